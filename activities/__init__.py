"""One step each: activities introduce services to stores. `errors.py` alone knows Temporal's errors."""
