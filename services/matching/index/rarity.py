"""How rare a skill or a word of a title is among postings: the rarer, the more it says."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Rarity:
    """In how many of `postings` postings each skill stands, and each word that names the work in a title.

    A score depends on it. Two runs agree where they share one rarity: a run over fresh postings takes that of
    all open ones, which `services.matching.index.reader` has counted.
    """

    postings: int
    skills: Mapping[str, int]
    words: Mapping[str, int]

    def of_skill(self, key: str) -> float:
        """Smoothed inverse document frequency, ln((1 + N) / (1 + n)) + 1, as in scikit-learn; at least 1.

        In tenths: what comes and goes in a day moves no score.
        """
        return round(math.log((1 + self.postings) / (1 + self.skills.get(key, 0))) + 1, 1)

    def of_word(self, word: str) -> float:
        """The same for a word of a title."""
        return round(math.log((1 + self.postings) / (1 + self.words.get(word, 0))) + 1, 1)

    def unit(self, words: Iterable[str]) -> dict[str, float]:
        """The rarities of these words as a vector of length one; in the order of the words, so that sums agree to the last bit."""
        weights = {word: self.of_word(word) for word in sorted(set(words))}
        length = math.sqrt(math.fsum(weight**2 for weight in weights.values()))
        return {word: weight / length for word, weight in weights.items()}


UNCOUNTED = Rarity(0, {}, {})
