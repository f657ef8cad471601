"""How rare a skill or a word is among postings: the rarer, the more it says."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from quiethire.domain.posting import JobPosting
from services.matching.skill_names import skill_key
from services.matching.sparse import Floats, Ints
from services.matching.text import TERMS, term_frequencies

TITLE_COUNTS = 3
"""A word of the title counts as if it stood three times in the text."""

_DESCRIPTION_HEAD = 2_000
_REQUIREMENTS_HEAD = 4_000


def posting_terms(posting: JobPosting) -> dict[int, float]:
    """The terms of title, requirements, skills and the head of the description."""
    requirements = "\n".join(posting.requirements)[:_REQUIREMENTS_HEAD]
    parts = (*(posting.title,) * TITLE_COUNTS, *posting.skills, requirements)
    return term_frequencies((*parts, posting.description_text[:_DESCRIPTION_HEAD]))


@dataclass(frozen=True, eq=False)
class Rarity:
    """In how many of `postings` postings each skill and each hashed term stands.

    A score depends on it. Two runs agree where they share one rarity: a run over fresh postings takes that of
    all open ones.
    """

    postings: int
    skills: Mapping[str, int]
    terms: Ints

    @classmethod
    def of(cls, postings: Sequence[JobPosting]) -> Self:
        """Counted over these postings."""
        return cls.of_terms(postings, (posting_terms(posting) for posting in postings))

    @classmethod
    def of_terms(cls, postings: Sequence[JobPosting], terms: Iterable[Mapping[int, float]]) -> Self:
        """The same, for a caller that has read the terms already."""
        skills = Counter(key for posting in postings for key in {skill_key(skill) for skill in posting.skills})
        counts = np.zeros(TERMS, np.int64)
        for columns in terms:
            counts[list(columns)] += 1
        return cls(len(postings), skills, counts)

    def of_skill(self, key: str) -> float:
        """Smoothed inverse document frequency, ln((1 + N) / (1 + n)) + 1, as in scikit-learn; at least 1."""
        return math.log((1 + self.postings) / (1 + self.skills.get(key, 0))) + 1

    def of_term(self, column: int) -> float:
        """The same for a hashed term."""
        return math.log((1 + self.postings) / (1 + int(self.terms[column]))) + 1

    def unit(self, frequencies: Mapping[int, float]) -> dict[int, float]:
        """The TF-IDF vector of hashed terms, at length 1; empty for no terms."""
        weights = {column: tf * self.of_term(column) for column, tf in frequencies.items()}
        length = math.sqrt(math.fsum(weight**2 for weight in weights.values()))
        return {column: weight / length for column, weight in weights.items()}

    def of_all_terms(self) -> Floats:
        """The same for every hashed term."""
        return np.log((1 + self.postings) / (1 + self.terms)) + 1
