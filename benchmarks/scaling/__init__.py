"""How many machines it takes: a small model of measured unit costs. `python -m benchmarks.scaling` writes docs/scaling.md."""
