"""Culture: preferences that both sides declare."""

import numpy as np

from quiethire.domain.matching import Profile
from services.matching.matrix import PostingMatrix
from services.matching.sparse import Bools, Floats, share

WISHES = {
    "remote": ("remote", "hybrid", "onsite"),
    "size": ("small", "medium", "large"),
    "pace": ("fast", "steady"),
}
"""The preferences that can be compared, and their words. Any other word counts as not declared."""


class Culture:
    """Share of the preferences declared on both sides that agree. Unknown where there is none."""

    name = "culture"
    weight = 10.0

    def values(self, profile: Profile, matrix: PostingMatrix) -> Floats:
        """0-1 for each row, NaN where unknown."""
        agree = np.zeros(len(matrix))
        both = np.zeros(len(matrix))
        for aspect, wish in _wishes(profile).items():
            declared: Bools = matrix.culture[aspect] != ""
            both += declared
            agree += declared & (matrix.culture[aspect] == wish)
        return share(agree, both)

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int, value: float) -> str:
        """Each preference that both declare."""
        if np.isnan(value):
            return "unknown: no preference is declared on both sides"
        parts: list[str] = []
        for aspect, wish in _wishes(profile).items():
            stated = str(matrix.culture[aspect][row])
            if stated:
                parts.append(
                    f"{aspect}: {stated}, as wished" if stated == wish else f"{aspect}: {stated}, {wish} wished"
                )
        return "; ".join(parts)


def _wishes(profile: Profile) -> dict[str, str]:
    wishes = {aspect: profile.culture.get(aspect, "").strip().lower() for aspect in WISHES}
    return {aspect: wish for aspect, wish in wishes.items() if wish in WISHES[aspect]}
