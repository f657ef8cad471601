"""Experience: years, level and the kind of work, as far as both sides state them."""

import numpy as np

from quiethire.domain.matching import Profile
from services.matching.levels import RANKS, level_of, work_words
from services.matching.matrix import PostingMatrix
from services.matching.sparse import Floats, share
from services.matching.text import term

_STEP = 0.25
"""What each level below the one asked costs."""


class Experience:
    """Likeness of titles x mean of years by years asked and of steps of level missing.

    Years and level count as far as they were reached in such work. More than asked is worth as much as what is asked,
    never less. What one side does not state leaves the product or the mean; without any, the factor is unknown.
    """

    name = "experience"
    weight = 20.0

    def values(self, profile: Profile, matrix: PostingMatrix) -> Floats:
        """0-1 for each row, NaN where unknown."""
        reached = np.stack((_years(profile, matrix), _level(profile, matrix)))
        known = ~np.isnan(reached)
        extent = share(np.where(known, reached, 0.0).sum(axis=0), known.sum(axis=0))
        likeness = _title(profile, matrix)
        product = likeness * extent
        return np.where(np.isnan(likeness), extent, np.where(np.isnan(extent), likeness, product))

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int, value: float) -> str:
        """The parts that are known."""
        if np.isnan(value):
            return "unknown: profile and posting state neither years, nor level, nor titles that could be compared"
        posting = matrix.postings[row]
        parts: list[str] = []
        asked = matrix.years_asked[row]
        if profile.years_experience is not None and not np.isnan(asked):
            parts.append(f"{profile.years_experience:g} years of experience, {asked:g} asked")
        held = level_of(profile.titles)
        if held is not None and posting.seniority is not None:
            parts.append(f"{held.value} level held, {posting.seniority.value} asked")
        title = _title_sentence(profile, matrix, row)
        if title:
            parts.append(title)
        return "; ".join(parts)


def _years(profile: Profile, matrix: PostingMatrix) -> Floats:
    if profile.years_experience is None:
        return np.full(len(matrix), np.nan)
    return np.minimum(1.0, profile.years_experience / np.maximum(matrix.years_asked, 1.0))


def _level(profile: Profile, matrix: PostingMatrix) -> Floats:
    held = level_of(profile.titles)
    if held is None:
        return np.full(len(matrix), np.nan)
    return np.maximum(0.0, 1.0 - _STEP * np.maximum(0.0, matrix.levels - RANKS[held]))


def _title(profile: Profile, matrix: PostingMatrix) -> Floats:
    """Cosine of the TF-IDF vectors of the posting's title and the nearest of the titles held, by the words for the work."""
    words = [{term(word) for word in work_words(title)} for title in profile.titles]
    queries = [matrix.rarity.unit(dict.fromkeys(sorted(each), 1.0)) for each in words if each]
    if not queries:
        return np.full(len(matrix), np.nan)
    nearest = np.max([matrix.titles.dot(query) for query in queries], axis=0)
    return np.where(matrix.titles.filled, np.minimum(1.0, nearest), np.nan)


def _title_sentence(profile: Profile, matrix: PostingMatrix, row: int) -> str:
    """The title held that comes nearest, and the words it shares; empty where one side names no work."""
    title = matrix.postings[row].title
    asked = list(dict.fromkeys(work_words(title)))
    held = [each for each in profile.titles if work_words(each)]
    if not asked or not held:
        return ""

    def shared_by(other: str) -> list[str]:
        words = set(work_words(other))
        return [word for word in asked if word in words]

    rarity = matrix.rarity

    def likeness(other: str) -> float:
        own = rarity.unit({term(word): 1.0 for word in work_words(other)})
        return sum(own[term(word)] * rarity.of_term(term(word)) for word in shared_by(other))

    nearest = max(held, key=likeness)
    shared = shared_by(nearest)
    if not shared:
        return f"no title held shares a word with “{title}”"
    return f"“{nearest}” held shares {len(shared)} of {len(asked)} words with “{title}”: {', '.join(shared)}"
