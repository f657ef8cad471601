"""Validation: how much of the profile is verified."""

import numpy as np

from quiethire.domain.matching import Profile
from services.matching.matrix import PostingMatrix
from services.matching.sparse import Floats


class Validation:
    """Share of the parts named that are verified. Unknown where the profile names none."""

    name = "validation"
    weight = 5.0

    def values(self, profile: Profile, matrix: PostingMatrix) -> Floats:
        """The same 0-1 for each row, or NaN."""
        parts = profile.verified
        return np.full(len(matrix), sum(parts.values()) / len(parts) if parts else np.nan)

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int, value: float) -> str:  # noqa: ARG002 - the shape of a factor
        """Which parts are verified."""
        if np.isnan(value):
            return "unknown: nothing is said of what was verified"
        verified = sorted(part for part, true in profile.verified.items() if true)
        names = f": {', '.join(verified)}" if verified else ""
        return f"{len(verified)} of {len(profile.verified)} parts of the profile verified{names}"
