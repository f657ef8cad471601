"""Profiles as arrays: all that the engine's loops know of people."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from uuid import UUID

import numpy as np
import numpy.typing as npt

from quiethire.domain.errors import InvalidInput
from quiethire.domain.matching import Profile
from quiethire.domain.money import in_euros
from quiethire.domain.ports import Vector
from services.matching.factors import validation
from services.matching.factors.salary import yearly
from services.matching.factors.skills import PROFICIENCY
from services.matching.index.arrays import HELD_WORD, KNOWN, PROFILE, PeopleArrays
from services.matching.index.blocks import Wishes
from services.matching.index.columns import id_array, quantised
from services.matching.index.vocabulary import Floats, OccupationTable, Sizes, Vocabulary
from services.matching.reading.levels import RANKS
from services.matching.scoring.read_profile import Held, ReadProfile


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
    """Profiles as arrays, as they were read, and the wishes that their rows of `reach` stand for."""

    arrays: PeopleArrays
    wishes: tuple[Wishes, ...]
    read: tuple[tuple[ReadProfile, ...], ...]
    """The profiles of each person."""


def people_of(people: Sequence[Person], vocabulary: Vocabulary, sizes: Sizes, likenesses: OccupationTable) -> People:
    """Encode the profiles of these people, one after the other."""
    lists = _Lists(vocabulary, sizes)
    read: list[tuple[ReadProfile, ...]] = []
    firsts = [0]
    for person in people:
        own = tuple([ReadProfile.of(profile, vocabulary.titles) for profile in person.profiles])
        for each in own:
            lists.add(each, person.without)
        read.append(own)
        firsts.append(len(lists.profiles))
    vectors, lengths = _vectors(people, sizes.dimensions)
    profiles = np.array(lists.profiles, PROFILE)
    profiles["length"] = lengths
    arrays = PeopleArrays(
        np.array(firsts, np.int32),
        profiles,
        np.array(lists.skills, KNOWN),
        np.array(lists.titles, np.int32),
        np.array(lists.words, HELD_WORD),
        _rows(lists.occupations, likenesses, sizes),
        vectors,
        np.array(lists.blocked, np.int32),
        id_array(lists.left),
    )
    return People(arrays, tuple(lists.wishes), tuple(read))


class _Lists:
    """What becomes arrays, profile by profile."""

    def __init__(self, vocabulary: Vocabulary, sizes: Sizes) -> None:
        self._vocabulary, self._words = vocabulary, sizes.words
        self.profiles: list[tuple[float, ...]] = []
        self.skills: list[tuple[float, float, int]] = []
        self.titles = [0]
        self.words: list[tuple[float, int]] = []
        self.occupations = dict[tuple[str, ...], int]()
        self.blocked: list[int] = []
        self.left: list[UUID] = []
        self.wishes = dict[Wishes, int]()

    def add(self, own: ReadProfile, without: Sequence[UUID]) -> None:
        """One profile more."""
        profile, floor = own.profile, own.profile.salary_floor
        year = yearly(floor) if floor else None
        euros = in_euros(year, floor.currency) if floor and year is not None else None
        before = len(self.skills), len(self.titles) - 1, len(self.blocked), len(self.left)
        self._list(own, without)
        self.profiles.append((
            math.nan if profile.years_experience is None else profile.years_experience,
            math.nan if year is None else year,
            math.nan if euros is None else euros,
            validation.value(profile.verified),
            0.0,
            before[0], len(self.skills),
            before[1], len(self.titles) - 1,
            before[2], len(self.blocked),
            before[3], len(self.left),
            self._occupations(own),
            self.wishes.setdefault(Wishes.of(profile), len(self.wishes)),
            self._vocabulary.currencies.codes.numbers.get(floor.currency.upper(), -1) if floor else -1,
            own.industries,
            -1 if own.level is None else RANKS[own.level],
            bool(own.known),
            *own.culture,
        ))  # fmt: skip

    def _list(self, own: ReadProfile, without: Sequence[UUID]) -> None:
        columns, companies = self._vocabulary.skills.columns.numbers, self._vocabulary.companies
        known = [(columns[key], skill) for key, skill in own.known.items() if key in columns]
        known.sort(key=itemgetter(0))
        self.skills += [(skill.years, PROFICIENCY[skill.proficiency], column) for column, skill in known]
        for held in own.held:
            self._title(held)
        self.blocked += sorted({each for word in own.profile.blocked_companies for each in companies.called(word)})
        self.left += sorted(set(without))

    def _title(self, held: Held) -> None:
        """Its words that the index knows."""
        numbers = self._vocabulary.titles.words.numbers
        words = [(weight, numbers.get(word, -1)) for word, weight in held.unit.items()]
        self.words += [(weight, number) for weight, number in words if 0 <= number < self._words]
        self.titles.append(len(self.words))

    def _occupations(self, own: ReadProfile) -> int:
        held = tuple(sorted({each.occupation for each in own.held} - {""}))
        return self.occupations.setdefault(held, len(self.occupations)) if held else -1


def _rows(occupations: Mapping[tuple[str, ...], int], likenesses: OccupationTable, sizes: Sizes) -> Floats:
    """How alike those that somebody held are to each of the index."""
    rows = np.empty((len(occupations), sizes.occupations))
    for held, row in occupations.items():
        rows[row] = likenesses.row(held[0])
        for other in held[1:]:
            np.maximum(rows[row], likenesses.row(other), out=rows[row])
    return rows


def _vectors(people: Sequence[Person], dimensions: int) -> tuple[npt.NDArray[np.int8], Floats]:
    tracks = [(person, at) for person in people for at in range(len(person.profiles))]
    given = {
        row: vector
        for row, (person, at) in enumerate(tracks)
        if at < len(person.vectors) and (vector := person.vectors[at]) is not None
    }
    small, lengths = quantised(list(given.values()))
    if given and dimensions and small.shape[1] != dimensions:
        raise InvalidInput("vectors of different lengths", where="matching", hint="give those of one model")
    if dimensions and len(given) == len(tracks):
        return small, lengths
    vectors, inverse = np.zeros((len(tracks), dimensions), np.int8), np.zeros(len(tracks))
    if given and dimensions:
        vectors[list(given)], inverse[list(given)] = small, lengths
    return vectors, inverse
