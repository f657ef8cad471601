"""Which lines belong to which part of a résumé, and which to other people."""
