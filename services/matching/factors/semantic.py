"""Semantic similarity: how alike the meanings of profile and posting are, by their vectors."""

import math

from services.matching.compiled import inlined

WEIGHT = 15.0

NONE = 0.22
"""The cosine that is worth nothing: the median of profiles and postings of different trades, measured as ADR 27 tells."""

FULL = 0.55
"""The cosine that is worth the whole weight, reached by one in ten pairs of one occupation: a profile and a posting are texts of different kinds, and never come near 1."""


@inlined
def value(cosine: float) -> float:
    """Where the cosine stands between `NONE` and `FULL`; 0-1."""
    return min(1.0, max(0.0, (cosine - NONE) / (FULL - NONE)))


def sentence(factor: float) -> str:
    """How alike they are."""
    if math.isnan(factor):
        return "unknown: the texts of profile and posting were not compared yet"
    if factor == 1.0:
        return "what profile and posting tell is as alike as texts of one trade, by meaning"
    return f"what profile and posting tell is {math.floor(factor * 100)}% as alike as texts of one trade, by meaning"
