"""Names as numbers: every skill, title, company and place that an index has met. It only grows, and segments share it."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
import numpy.typing as npt

from quiethire.domain.company_names import known_as, meant_by
from quiethire.domain.money import euros
from services.matching.factors.experience import Occupations
from services.matching.factors.skills import OPTIONAL_SHARE, AskedSkill
from services.matching.index.rarity import UNCOUNTED, Rarity
from services.matching.reading.levels import work_words
from services.matching.reading.skill_names import skill_key

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

WISHED = 128
"""The bit of a skill that is only wished for; the bits below hold the years of it that are asked."""

NOTHING = 0
"""The number of the empty name, in vocabularies that have one: nothing is known, or nothing stated."""


_KEPT = 1 << 16
"""Titles and skills, read or put in words for one person, that are kept for the next."""


@dataclass
class Names:
    """Names in the order in which they came."""

    numbers: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def number(self, name: str) -> int:
        """The number of a name, a new one for a new name."""
        found = self.numbers.get(name)
        if found is None:
            found = self.numbers[name] = len(self.names)
            self.names.append(name)
        return found

    def __len__(self) -> int:
        return len(self.names)


def from_nothing() -> Names:
    """Names of which the first is the empty one."""
    return Names({"": NOTHING}, [""])


@dataclass
class Skills:
    """Skills as postings write them, each with its column: the spellings of one skill share one."""

    rarity: Rarity = UNCOUNTED
    spelled: Names = field(default_factory=Names)
    columns: Names = field(default_factory=Names)
    _columns: "array[int]" = field(default_factory=lambda: array("i"))
    _weights: "array[float]" = field(default_factory=lambda: array("d"))
    _asked: dict[tuple[int, int], AskedSkill] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """The number of a spelling."""
        number = self.spelled.number(name)
        if number == len(self._columns):
            self._columns.append(self.columns.number(skill_key(name)))
        return number

    def asked(self, numbers: Sequence[int], notes: Sequence[int]) -> tuple[AskedSkill, ...]:
        """The skills of a posting, by their spellings and its notes."""
        kept = self._asked
        return tuple([kept.get(each) or self._ask(*each) for each in zip(numbers, notes, strict=True)])

    def _ask(self, number: int, note: int) -> AskedSkill:
        column, optional = self._columns[number], note >= WISHED
        weight = self._weights[column] * (OPTIONAL_SHARE if optional else 1.0)
        skill = AskedSkill(
            self.spelled.names[number], self.columns.names[column], optional, note & (WISHED - 1), weight
        )
        if len(self._asked) >= _KEPT:
            self._asked.clear()
        self._asked[number, note] = skill
        return skill

    def column_of_spelling(self) -> Ints:
        """The column of each spelling."""
        return np.array(self._columns, np.int32)

    def weights(self) -> Floats:
        """How rare the skill of each column is."""
        self._weights.extend(map(self.rarity.of_skill, self.columns.names[len(self._weights) :]))
        return np.array(self._weights, np.float64)


@dataclass
class Titles:
    """Titles, and the work that they name: its words as a vector of length one, and its occupation.

    Many titles name one work: levels and what brackets set apart are no part of it.
    """

    occupations: Occupations | None
    rarity: Rarity = UNCOUNTED
    spelled: Names = field(default_factory=Names)
    words: Names = field(default_factory=Names)
    occupation_names: Names = field(default_factory=from_nothing)
    _work_numbers: dict[tuple[str, ...], int] = field(default_factory=dict)
    _works: "array[int]" = field(default_factory=lambda: array("i"))
    _starts: "array[int]" = field(default_factory=lambda: array("i", [0]))
    _words: "array[int]" = field(default_factory=lambda: array("i"))
    _weights: "array[float]" = field(default_factory=lambda: array("d"))
    _occupations: "array[int]" = field(default_factory=lambda: array("i"))
    _weighed: int = 0
    """Works of which the words have their weights."""
    _units: dict[tuple[str, ...], Mapping[str, float]] = field(default_factory=dict)

    def number(self, title: str) -> int:
        """The number of a title."""
        number = self.spelled.number(title)
        if number == len(self._works):
            self._works.append(self._work(title))
        return number

    def work(self, number: int) -> int:
        """The number of the work that a title names."""
        return self._works[number]

    def _work(self, title: str) -> int:
        words, occupation = sorted(set(work_words(title))), self.occupation(title)
        key = (occupation, *words)
        found = self._work_numbers.get(key)
        if found is None:
            found = self._work_numbers[key] = len(self._occupations)
            self._words.extend(map(self.words.number, words))
            self._starts.append(len(self._words))
            self._occupations.append(self.occupation_names.number(occupation))
        return found

    def words_of(self, work: int) -> list[str]:
        """The words of a work."""
        return [self.words.names[word] for word in self._words[self._starts[work] : self._starts[work + 1]]]

    def unit(self, words: tuple[str, ...]) -> Mapping[str, float]:
        """The words of a title as a vector of length one: people held the titles of postings, and of each other."""
        unit = self._units.get(words)
        if unit is None:
            unit = self.rarity.unit(words)
            if len(self._units) >= _KEPT:
                self._units.clear()
            self._units[words] = unit
        return unit

    def occupation_of(self, number: int) -> str:
        """The occupation that the title of a number names, or nothing."""
        return self.occupation_names.names[self._occupations[self._works[number]]]

    def occupation(self, title: str) -> str:
        """The occupation that a title names, or nothing."""
        return (self.occupations.occupation(title) or "") if self.occupations else ""

    def unnamed(self) -> npt.NDArray[np.bool_]:
        """Which works are none: titles that name no work."""
        none: npt.NDArray[np.bool_] = np.diff(np.array(self._starts, np.int32)) == 0
        return none

    def works_of_words(self) -> tuple[Ints, Ints, Floats]:
        """For each word the works that have it, with its weight in each: where they begin, the works, the weights."""
        for work in range(self._weighed, len(self._occupations)):
            self._weights.extend(self.rarity.unit(self.words_of(work)).values())
        self._weighed = len(self._occupations)
        starts = np.array(self._starts, np.int32)
        words, weights = np.array(self._words, np.int32), np.array(self._weights, np.float64)
        order = np.argsort(words, kind="stable")
        works = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
        counts = np.bincount(words, minlength=len(self.words))
        return np.concatenate(([0], np.cumsum(counts))).astype(np.int32), works[order], weights[order]

    def all_occupations(self) -> Ints:
        """The occupation of each work."""
        return np.array(self._occupations, np.int32)


@dataclass
class Companies:
    """Companies by name and domain, for those whom a candidate blocks."""

    numbers: dict[frozenset[str], int] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=dict)

    def number(self, name: str, domain: str | None) -> int:
        """The number of a company."""
        own = known_as(name, domain)
        found = self.numbers.get(own)
        if found is None:
            found = self.numbers[own] = len(self.numbers)
            for each in own:
                self.by_name.setdefault(each, []).append(found)
        return found

    def called(self, word: str) -> list[int]:
        """Those of this name or domain."""
        return sorted({number for each in meant_by(word) for number in self.by_name.get(each, ())})


@dataclass
class Currencies:
    """Currencies with what one unit is in euros; NaN where the bank publishes no rate."""

    codes: Names = field(default_factory=from_nothing)

    def number(self, code: str) -> int:
        """The number of a currency."""
        return self.codes.number(code.upper())

    def rates(self) -> Floats:
        """Euros for a unit of each."""
        return np.array([euros().get(code, np.nan) for code in self.codes.names], np.float64)


@dataclass(eq=False)
class Vocabulary:
    """All names of an index. They are read before it is known how rare they are, and weigh from `weigh` on."""

    occupations: Occupations | None = None
    companies: Companies = field(default_factory=Companies)
    currencies: Currencies = field(default_factory=Currencies)
    authorisations: Names = field(default_factory=from_nothing)
    """The words in which postings ask for a work authorisation."""
    growing: Lock = field(default_factory=Lock)
    """Held while names are added: one thread at a time."""

    skills: Skills = field(default_factory=Skills)

    def __post_init__(self) -> None:
        self.titles = Titles(self.occupations)

    @property
    def rarity(self) -> Rarity:
        """How rare skills and words are."""
        return self.skills.rarity

    def weigh(self, rarity: Rarity) -> None:
        """Names weigh by this rarity: said once, before the first index is made of them."""
        self.skills.rarity = self.titles.rarity = rarity


@dataclass(frozen=True)
class Sizes:
    """How much of a vocabulary an index knows; what came later is not in it."""

    words: int
    occupations: int
    dimensions: int
    """Of vectors; 0 where no posting has one."""


class OccupationTable:
    """How alike each occupation of an index is to those that somebody held, worked out when it is first asked for."""

    def __init__(self, vocabulary: Vocabulary, size: int) -> None:
        self._titles = vocabulary.titles
        self._names = vocabulary.titles.occupation_names.names[:size]
        self._rows: dict[str, Floats] = {}

    def row(self, held: str) -> Floats:
        """For one occupation held."""
        found = self._rows.get(held)
        if found is None:
            occupations = self._titles.occupations
            likeness = occupations.likeness if occupations else (lambda one, other: float(one == other))
            found = np.array([likeness(held, name) if name else 0.0 for name in self._names], np.float64)
            self._rows[held] = found
        return found
