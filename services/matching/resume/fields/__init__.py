"""The fields of a résumé, each read from the lines of its part."""
