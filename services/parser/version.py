"""The parser's version, written on every posting that it reads."""

PARSER_VERSION = 10
"""To be raised with every change after which the same page may give another posting.

What then differs from what was stored is told as a correction of ours, never as news of the employer's.
"""
