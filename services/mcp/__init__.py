"""The Model Context Protocol face: search, postings and matches as tools for assistants."""
