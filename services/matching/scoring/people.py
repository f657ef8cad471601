"""Profiles as arrays: all that the engine's loops know of people."""

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from quiethire.domain.errors import InvalidInput
from quiethire.domain.matching import Profile
from quiethire.domain.money import in_euros
from quiethire.domain.ports import Vector
from services.matching.factors import culture, validation
from services.matching.factors.salary import yearly
from services.matching.factors.skills import PROFICIENCY, known_skills
from services.matching.index.arrays import PeopleArrays
from services.matching.index.blocks import Wishes
from services.matching.index.columns import id_array, quantised
from services.matching.index.vocabulary import Floats, OccupationTable, Sizes, Vocabulary
from services.matching.reading.industries import industries_of
from services.matching.reading.levels import RANKS, level_of, work_words


@dataclass(frozen=True)
class Person:
    """One candidate to match: a profile for each track, and what is to be left out."""

    id: UUID
    profiles: Sequence[Profile]
    vectors: Sequence[Vector | None] = ()
    """The meaning of each profile, as far as it is known."""
    without: Sequence[UUID] = ()
    """Postings that they dismissed."""


@dataclass(frozen=True)
class People:
    """Profiles as arrays, and the wishes that their rows of `reach` stand for."""

    arrays: PeopleArrays
    wishes: tuple[Wishes, ...]
    tracks: tuple[int, ...]
    """How many profiles each person has."""


class _Ragged:
    """Lists of different lengths, one after the other."""

    def __init__(self, kind: str) -> None:
        self.values = array(kind)
        self.starts = array("i", [0])

    def add(self, values: Iterable[int]) -> None:
        self.values.extend(values)
        self.starts.append(len(self.values))


def people_of(people: Sequence[Person], vocabulary: Vocabulary, sizes: Sizes, likenesses: OccupationTable) -> People:
    """Encode the profiles of these people, one after the other."""
    rows = [(person, at, profile) for person in people for at, profile in enumerate(person.profiles)]
    known = _Skills(vocabulary)
    held = _Titles(vocabulary, sizes, likenesses)
    blocked, wishes = _Ragged("i"), dict[Wishes, int]()
    left_starts, left = [0], list[UUID]()
    numbers: list[tuple[float, ...]] = []
    reach: list[int] = []
    for person, _, profile in rows:
        known.add(profile)
        held.add(profile)
        blocked.add(sorted({each for word in profile.blocked_companies for each in vocabulary.companies.called(word)}))
        left.extend(sorted(set(person.without)))
        left_starts.append(len(left))
        reach.append(wishes.setdefault(Wishes.of(profile), len(wishes)))
        numbers.append(_numbers(profile, vocabulary))
    arrays: tuple[Any, ...] = (
        *known.arrays(),
        *held.arrays(),
        *_columns(np.array(numbers, np.float64).reshape(len(rows), 10)),
        *_vectors(rows, sizes.dimensions),
        _ints(reach),
        _ints(blocked.starts),
        _ints(blocked.values),
        _ints(left_starts),
        id_array(left),
    )
    return People(PeopleArrays(*arrays), tuple(wishes), tuple(len(person.profiles) for person in people))


class _Skills:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._numbers = vocabulary.skills.columns.numbers
        self._columns = _Ragged("i")
        self._proficiencies, self._years, self._states = array("d"), array("d"), bytearray()

    def add(self, profile: Profile) -> None:
        known = known_skills(profile)
        columns = {self._numbers[key]: skill for key, skill in known.items() if key in self._numbers}
        self._columns.add(sorted(columns))
        for column in sorted(columns):
            self._proficiencies.append(PROFICIENCY[columns[column].proficiency])
            self._years.append(columns[column].years)
        self._states.append(bool(known))

    def arrays(self) -> tuple[Any, ...]:
        return (
            _ints(self._columns.starts),
            _ints(self._columns.values),
            np.array(self._proficiencies, np.float64),
            np.array(self._years, np.float64),
            np.frombuffer(bytes(self._states), np.uint8),
        )


class _Titles:
    """Titles held that name work, by their words; and the occupations that they name."""

    def __init__(self, vocabulary: Vocabulary, sizes: Sizes, likenesses: OccupationTable) -> None:
        self._titles, self._sizes, self._likenesses = vocabulary.titles, sizes, likenesses
        self._starts = array("i", [0])
        self._words = _Ragged("i")
        self._weights = array("d")
        self._occupations = array("i")
        self._sets: dict[tuple[str, ...], int] = {}

    def add(self, profile: Profile) -> None:
        occupations = set[str]()
        for title in profile.titles:
            weights = self._titles.rarity.unit(work_words(title))
            if not weights:
                continue
            numbers = ((self._titles.words.numbers.get(word, -1), weight) for word, weight in weights.items())
            known = [(number, weight) for number, weight in numbers if 0 <= number < self._sizes.words]
            self._words.add(number for number, _ in known)
            self._weights.extend(weight for _, weight in known)
            occupations.add(self._titles.occupation(title))
        self._starts.append(len(self._words.starts) - 1)
        held = tuple(sorted(occupations - {""}))
        self._occupations.append(self._sets.setdefault(held, len(self._sets)) if held else -1)

    def arrays(self) -> tuple[Any, ...]:
        likenesses = np.zeros((len(self._sets), self._sizes.occupations))
        for held, row in self._sets.items():
            likenesses[row] = np.max([self._likenesses.row(each) for each in held], axis=0)
        return (
            _ints(self._starts),
            _ints(self._words.starts),
            _ints(self._words.values),
            np.array(self._weights, np.float64),
            _ints(self._occupations),
            likenesses,
        )


def _numbers(profile: Profile, vocabulary: Vocabulary) -> tuple[float, ...]:
    floor = profile.salary_floor
    level = level_of(profile.titles)
    euros = in_euros(yearly(floor), floor.currency) if floor else None
    return (
        math.nan if profile.years_experience is None else profile.years_experience,
        -1 if level is None else RANKS[level],
        industries_of(profile.industries),
        yearly(floor) if floor else math.nan,
        vocabulary.currencies.codes.numbers.get(floor.currency.upper(), -1) if floor else -1,
        math.nan if euros is None else euros,
        *culture.wishes(profile.culture),
        validation.value(profile.verified),
    )


def _columns(table: Floats) -> tuple[Any, ...]:
    """What `_numbers` gives, as the arrays from `years` to `validation`."""
    return (
        table[:, 0].copy(),
        table[:, 1].astype(np.int8),
        table[:, 2].astype(np.uint32),
        table[:, 3].copy(),
        table[:, 4].astype(np.int32),
        table[:, 5].copy(),
        table[:, 6:9].astype(np.uint8),
        table[:, 9].copy(),
    )


def _vectors(rows: Sequence[tuple[Person, int, Profile]], dimensions: int) -> tuple[npt.NDArray[np.int8], Floats]:
    given = {
        row: vector
        for row, (person, at, _) in enumerate(rows)
        if at < len(person.vectors) and (vector := person.vectors[at]) is not None
    }
    small, lengths = quantised(list(given.values()))
    vectors, inverse = np.zeros((len(rows), dimensions), np.int8), np.zeros(len(rows))
    if given and dimensions:
        if small.shape[1] != dimensions:
            raise InvalidInput("vectors of different lengths", where="matching", hint="give those of one model")
        vectors[list(given)], inverse[list(given)] = small, lengths
    return vectors, inverse


def _ints(values: Any) -> npt.NDArray[np.int32]:  # noqa: ANN401 - an array of the standard library
    return np.array(values, np.int32)
