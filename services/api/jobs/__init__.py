"""Postings as readers get them."""
