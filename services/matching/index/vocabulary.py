"""Names as numbers: every skill, title, company and place that an index has met. It only grows, and segments share it."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
import numpy.typing as npt

from quiethire.domain.money import euros
from services.matching.factors.experience import Occupations
from services.matching.factors.skills import AskedSkill
from services.matching.index.rarity import UNCOUNTED, Rarity
from services.matching.reading.levels import work_words
from services.matching.reading.skill_names import skill_key
from services.matching.reading.text import name_key, tokens

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

WISHED = 128
"""The bit of a skill that is only wished for; the bits below hold the years of it that are asked."""

NOTHING = 0
"""The number of the empty name, in vocabularies that have one: nothing is known, or nothing stated."""


_KEPT = 1 << 16
"""Works and skills, put in words for one person, that are kept for the next."""


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
    _asked: dict[tuple[int, int], tuple[AskedSkill, float]] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """The number of a spelling."""
        number = self.spelled.number(name)
        if number == len(self._columns):
            self._columns.append(self.columns.number(skill_key(name)))
        return number

    def asked(self, number: int, note: int) -> tuple[AskedSkill, float]:
        """A skill by its spelling and the note of a posting, and how rare it is."""
        found = self._asked.get((number, note))
        if found is None:
            column = self._columns[number]
            skill = AskedSkill(
                self.spelled.names[number], self.columns.names[column], note >= WISHED, note & (WISHED - 1)
            )
            if len(self._asked) >= _KEPT:
                self._asked.clear()
            found = self._asked[number, note] = skill, self._weights[column]
        return found

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
    _units: dict[int, dict[str, float]] = field(default_factory=dict)

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

    def unit(self, number: int) -> dict[str, float]:
        """The words of the work that a title names, as a vector of length one."""
        work = self._works[number]
        unit = self._units.get(work)
        if unit is None:
            unit = self.rarity.unit(self.words_of(work))
            if len(self._units) >= _KEPT:
                self._units.clear()
            self._units[work] = unit
        return unit

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


_LEGAL = (
    "inc incorporated llc llp lp pllc ltd limited corp corporation co company plc pvt private gmbh mbh ag se kg kgaa ohg gbr ug"
    " haftungsbeschrankt sa sas sasu sarl rl srl spa sl slu bv bvba nv ab as asa oy oyj aps sro doo spzoo kft zrt ood eood ltda pty pte"
    " sdn bhd kk"
)  # fmt: skip
_FORMS = frozenset((form,) for form in _LEGAL.split()) | {("a", "s"), ("sp", "z", "oo"), ("sp", "z", "o", "o")}
"""Legal forms, without their dots: `Acme` and `Acme GmbH` are one company."""
_LONGEST_FORM = max(map(len, _FORMS))


def company_key(name: str) -> str:
    """The form in which two names of a company are the same: without the legal form at its end."""
    words = tokens(name.replace(".", ""))
    while (size := _form_at_end(words)) > 0:
        del words[-size:]
    return " ".join(words) or name_key(name)


def _form_at_end(words: Sequence[str]) -> int:
    """How many words the legal form at the end of a name is; 0 where there is none, or nothing else."""
    sizes = range(1, min(_LONGEST_FORM, len(words) - 1) + 1)
    return next((size for size in sizes if tuple(words[-size:]) in _FORMS), 0)


def _host(address: str) -> str:
    """The domain of an address as people write it: `https://www.acme.com/jobs` is that of acme.com."""
    return address.strip().lower().partition("//")[2 if "//" in address else 0].partition("/")[0].removeprefix("www.")


@dataclass
class Companies:
    """Companies by name and domain, for those whom a candidate blocks."""

    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    known_as: dict[str, list[int]] = field(default_factory=dict)

    def number(self, name: str, domain: str | None) -> int:
        """The number of a company."""
        own = (company_key(name), _host(domain or ""))
        found = self.numbers.get(own)
        if found is None:
            found = self.numbers[own] = len(self.numbers)
            for each in filter(None, set(own)):
                self.known_as.setdefault(each, []).append(found)
        return found

    def called(self, word: str) -> list[int]:
        """Those of this name or domain."""
        return sorted({*self.known_as.get(company_key(word), ()), *self.known_as.get(_host(word), ())})


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
