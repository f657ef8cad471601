"""Finds companies and their boards. Knows no store and makes no request of its own: what it needs is passed in."""
