"""The platform under load: what it holds, what becomes of more than that, and what it looks like after hours."""
