"""Starts the embedded local stack: real Temporal, PostgreSQL, Typesense and Valkey, from Python packages."""
