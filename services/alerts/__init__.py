"""Telling people of new postings: what is said, and how it is delivered."""
