"""The whole platform on one machine: the embedded stack, and one process with the worker and the API."""
