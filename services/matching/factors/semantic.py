"""Semantic similarity, as far as shared words carry it: TF-IDF cosine. Embeddings take its place later."""

import numpy as np

from quiethire.domain.matching import Profile
from services.matching.matrix import PostingMatrix
from services.matching.rarity import TITLE_COUNTS
from services.matching.sparse import Floats
from services.matching.text import term, term_frequencies, tokens

FULL = 0.3
"""The cosine that is worth the whole weight: a profile and a posting are texts of different kinds, and their cosine
does not come near 1. Measured on saved postings: 0.15-0.35 for a fitting one, below 0.1 for one of another trade."""

_NAMED = 6
"""A reason names so many shared words."""


class Semantic:
    """Cosine of the TF-IDF vectors of profile and posting, by `FULL`. Unknown where either has no words."""

    name = "semantic"
    weight = 15.0

    def values(self, profile: Profile, matrix: PostingMatrix) -> Floats:
        """0-1 for each row, NaN where unknown."""
        query = matrix.rarity.unit(term_frequencies(_parts(profile)))
        if not query:
            return np.full(len(matrix), np.nan)
        stated = matrix.terms.filled
        return np.where(stated, np.clip(matrix.terms.dot(query) / FULL, 0.0, 1.0), np.nan)

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int, value: float) -> str:
        """The rarest words that both have."""
        if np.isnan(value):
            return "unknown: profile or posting has no text"
        posting = matrix.postings[row]
        own = {token for part in _parts(profile) for token in tokens(part)}
        theirs = tokens(
            " ".join((posting.title, *posting.skills, *posting.requirements, posting.description_text))[:8_000]
        )
        shared = sorted(own.intersection(theirs), key=lambda token: (-matrix.rarity.of_term(term(token)), token))
        if not shared:
            return "profile and posting share no words"
        return f"text similarity {value:.0%} of full; rarest shared words: {', '.join(shared[:_NAMED])}"


def _parts(profile: Profile) -> tuple[str, ...]:
    return (*profile.titles * TITLE_COUNTS, *profile.skills, profile.summary)
