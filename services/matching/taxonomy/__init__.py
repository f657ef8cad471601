"""Skills and occupations as concepts of ESCO, the European classification, and the technologies it does not know."""
