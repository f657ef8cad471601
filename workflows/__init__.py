"""What happens, in which order. Workflows decide; activities do.

This package imports nothing itself: a workflow file loads in Temporal's sandbox, alone.
"""
