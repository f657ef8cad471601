"""Faults under a steady load with known truth: `python -m benchmarks.faults [--only F23] [--quick] [--json]`."""
