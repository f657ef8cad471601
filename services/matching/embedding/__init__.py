"""Texts as vectors whose angle tells how alike their meanings are."""
