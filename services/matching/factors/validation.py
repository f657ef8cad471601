"""Validation: how much of the profile is verified."""

import math
from collections.abc import Mapping

WEIGHT = 5.0


def value(parts: Mapping[str, bool]) -> float:
    """Share of the parts named that are verified; 0-1, NaN where the profile names none. The same for every posting."""
    return sum(parts.values()) / len(parts) if parts else math.nan


def sentence(parts: Mapping[str, bool]) -> str:
    """Which parts are verified."""
    if not parts:
        return "unknown: nothing is said of what was verified"
    verified = sorted(part for part, true in parts.items() if true)
    names = f": {', '.join(verified)}" if verified else ""
    return f"{len(verified)} of {len(parts)} parts of the profile verified{names}"
