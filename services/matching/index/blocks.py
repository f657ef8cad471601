"""Location blocks: postings of the same places and rules of remote work, decided once for all of them.

Places and authorisations are looked at per block and not per posting; there are far fewer blocks than postings.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from quiethire.domain.matching import Profile
from quiethire.domain.posting import JobPosting, Location, Workplace
from services.matching.compiled import compiled
from services.matching.index.vocabulary import NOTHING, Ints, Names, from_nothing
from services.matching.reading.regions import city_names, countries_of, countries_of_place
from services.matching.reading.text import name_key

Bytes = npt.NDArray[np.uint8]

WORKPLACES = tuple(Workplace)
"""A workplace's number is its place here."""

_REMOTE = WORKPLACES.index(Workplace.REMOTE)
_NONE = WORKPLACES.index(Workplace.NONE)

_KEPT = 4_096
"""Sets of countries of which it is kept which numbers they have."""

PASSES, UNDERPAID, WORKPLACE, LOCATION, AUTHORISATION, INEXPERIENCED = range(6)
"""Eight verdicts are looked at together for one that passes (`segment.py`), which therefore is 0. What becomes of a posting: nothing hides it, or the first filter that does, in the order in which they are asked. A block's verdict is one of
these, but for pay and years."""


@dataclass(frozen=True, slots=True)
class Block:
    """What the postings of a block have in common."""

    workplace: Workplace
    places: tuple[tuple[str, str], ...]
    """(city, country) as keys; `""` where one is not known."""
    areas: tuple[str, ...]
    """Countries where remote work is allowed; `""` for an area that is not understood."""
    asks_authorisation: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A block in words, as the first of its postings writes them."""

    places: tuple[str, ...]
    areas: tuple[str, ...]
    countries: tuple[str, ...]


class BlockArrays(NamedTuple):
    """All blocks, as machine code reads them."""

    city_starts: Ints
    """The blocks of work on site in the city `c` stand from `city_starts[c]` to `city_starts[c + 1]`."""
    of_cities: Ints
    city_countries: Ints
    """The country of the city, as each of these blocks names it."""
    country_starts: Ints
    of_countries: Ints
    """The same by country, and below for remote work by the countries where it is allowed."""
    allowed_starts: Ints
    of_allowed: Ints
    asking: Ints
    """Blocks that ask for an authorisation."""
    asking_starts: Ints
    of_asking: Ints
    """The same by the countries of their places and areas; those that name none stand with what is not known."""


class _Wished(NamedTuple):
    """Wishes, as machine code reads them."""

    cities: Ints
    """Of these cities, and the first for those that are not known: in which countries each may lie, by number of country."""
    lying: Bytes
    by_city: bool
    countries: Bytes
    authorised: Bytes
    states_authorisation: bool


@dataclass
class Blocks:
    """The blocks of an index. They only grow."""

    blocks: list[Block] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    cities: Names = field(default_factory=from_nothing)
    countries: Names = field(default_factory=from_nothing)
    _numbers: dict[Block, int] = field(default_factory=dict)
    _workplaces: bytearray = field(default_factory=bytearray)
    _asks: bytearray = field(default_factory=bytearray)
    _place_starts: "array[int]" = field(default_factory=lambda: array("i", [0]))
    _cities: "array[int]" = field(default_factory=lambda: array("i"))
    _countries: "array[int]" = field(default_factory=lambda: array("i"))
    _area_starts: "array[int]" = field(default_factory=lambda: array("i", [0]))
    _areas: "array[int]" = field(default_factory=lambda: array("i"))

    def number(self, posting: JobPosting, *, asks_authorisation: bool) -> int:
        """The number of a posting's block."""
        block = Block(
            posting.remote,
            tuple(dict.fromkeys(pair for place in posting.locations for pair in _keys(place))),
            tuple(dict.fromkeys(_codes(posting.remote_allowed_in))),
            asks_authorisation,
        )
        found = self._numbers.get(block)
        if found is None:
            found = self._numbers[block] = len(self.blocks)
            self.blocks.append(block)
            self.told.append(_told(posting))
            self._grow(block)
        return found

    def _grow(self, block: Block) -> None:
        self._workplaces.append(WORKPLACES.index(block.workplace))
        self._asks.append(block.asks_authorisation)
        for city, country in block.places:
            self._cities.append(self.cities.number(city))
            self._countries.append(self.countries.number(country))
        self._place_starts.append(len(self._cities))
        self._areas.extend(self.countries.number(country) for country in block.areas)
        self._area_starts.append(len(self._areas))

    def order(self, numbers: Ints) -> Ints:
        """These blocks so that those which a candidate can reach stand near each other: by area, country and city."""
        return np.array(sorted(numbers.tolist(), key=lambda number: _near(self.blocks[number])), np.int32)

    def in_order(self) -> tuple["Blocks", Ints]:
        """The same, numbered in the order in which rows stand: what a candidate reaches of them then lies together. With the new number of each."""
        order = self.order(np.arange(len(self.blocks), dtype=np.int32))
        ordered = Blocks(cities=self.cities, countries=self.countries)
        for number in order.tolist():
            block = self.blocks[number]
            ordered._numbers[block] = len(ordered.blocks)
            ordered.blocks.append(block)
            ordered.told.append(self.told[number])
            ordered._grow(block)
        return ordered, np.argsort(order).astype(np.int32)

    def arrays(self) -> BlockArrays:
        """All blocks that are there now."""
        workplaces, asks = np.array(self._workplaces, np.uint8), np.array(self._asks, np.uint8)
        place_starts, area_starts = np.array(self._place_starts, np.int32), np.array(self._area_starts, np.int32)
        cities, countries = np.array(self._cities, np.int32), np.array(self._countries, np.int32)
        areas = np.array(self._areas, np.int32)
        remote = workplaces == _REMOTE
        placed = np.repeat(np.arange(len(remote), dtype=np.int32), np.diff(place_starts))
        allowed = np.repeat(np.arange(len(remote), dtype=np.int32), np.diff(area_starts))
        nowhere = np.flatnonzero((np.diff(place_starts) == 0) & (np.diff(area_starts) == 0)).astype(np.int32)
        on_site, afar = ~remote[placed], remote[allowed]
        lying = np.concatenate((countries, areas, np.full(len(nowhere), NOTHING, np.int32)))
        named = np.concatenate((placed, allowed, nowhere))
        asked = asks[named] > 0
        return BlockArrays(
            *_lists(cities[on_site], placed[on_site], len(self.cities)),
            countries[on_site][np.argsort(cities[on_site], kind="stable")],
            *_lists(*_once(countries[on_site], placed[on_site]), len(self.countries)),
            *_lists(*_once(areas[afar], allowed[afar]), len(self.countries)),
            np.flatnonzero(asks).astype(np.int32),
            *_lists(*_once(lying[asked], named[asked]), len(self.countries)),
        )  # fmt: skip

    def kinds(self) -> Bytes:
        """Of each block four times the workplace, two more where a place is named, and one more where the work may be anywhere."""
        workplaces = np.array(self._workplaces, np.uint8)
        placed, allowed = np.diff(np.array(self._place_starts)) > 0, np.diff(np.array(self._area_starts)) > 0
        return (4 * workplaces + 2 * placed + ~np.where(workplaces == _REMOTE, allowed, placed)).astype(np.uint8)


def _once(keys: Ints, blocks: Ints) -> tuple[Ints, Ints]:
    """Each pair once: a place stands by two names, both in one country."""
    pairs = np.unique(keys.astype(np.int64) << 32 | blocks)
    return (pairs >> 32).astype(np.int32), pairs.astype(np.int32)


def _lists(keys: Ints, blocks: Ints, width: int) -> tuple[Ints, Ints]:
    """The blocks of each key, one after the other, and where those of each begin."""
    starts = np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=width)))).astype(np.int32)
    return starts, blocks[np.argsort(keys, kind="stable")]


@dataclass(frozen=True)
class Wishes:
    """Where and how a candidate works: all that a block's verdict depends on."""

    workplaces: tuple[Workplace, ...]
    places: tuple[str, ...]
    countries: tuple[str, ...]
    authorisation: tuple[str, ...]

    @classmethod
    def of(cls, profile: Profile) -> "Wishes":
        """Those of a profile."""
        return cls(profile.workplaces, profile.places, profile.countries, profile.work_authorisation)


class Judge:
    """Decides what wishes reach of the blocks that are there now."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks, self._arrays, self._kinds = blocks, blocks.arrays(), blocks.kinds()
        # Many people accept the same workplaces, or name the same countries.
        self._afar: dict[tuple[bool, ...], Bytes] = {}
        self._flags: dict[frozenset[str], Bytes] = {}

    def verdicts(self, wishes: Wishes) -> Bytes:
        """For each block 0 where its postings may be taken, else the number of the first filter that hides them."""
        accepted = tuple([not wishes.workplaces or each in wishes.workplaces for each in WORKPLACES])
        verdict = self._afar.get(accepted)
        if verdict is None:
            told = [_from_afar(kind, accepted) for kind in range(4 * len(WORKPLACES))]
            verdict = self._afar[accepted] = np.array(told, np.uint8)[self._kinds]
        return _verdicts(self._arrays, self._wished(wishes), verdict)

    def _wished(self, wishes: Wishes) -> _Wished:
        return _Wished(
            *self._cities(wishes),
            bool(wishes.places),
            self._countries(wishes.countries),
            self._countries(wishes.authorisation),
            bool(wishes.authorisation),
        )

    def _cities(self, wishes: Wishes) -> tuple[Ints, Bytes]:
        """The cities wished for, in which countries; and in front where work may be whose city is not known."""
        own = frozenset[str]().union(*map(countries_of, wishes.countries))
        lying = [countries_of_place(place, wishes.countries) for place in wishes.places]
        anywhere = [codes or own for codes in lying]
        numbers = [NOTHING]
        flags = [self._flagged(frozenset[str]().union(*anywhere) if all(anywhere) else frozenset[str]())]
        for place, codes in zip(wishes.places, lying, strict=True):
            for name in city_names(place, wishes.countries):
                if (number := self._blocks.cities.numbers.get(name)) is not None:
                    numbers.append(number)
                    flags.append(self._flagged(codes))
        return np.array(numbers, np.int32), np.array(flags)

    def _countries(self, areas: tuple[str, ...]) -> Bytes:
        """Which countries lie in one of the areas, or may; without an understood area, all may."""
        understood = [countries_of(area) for area in areas]
        return self._flagged(frozenset[str]().union(*understood) if all(understood) else frozenset[str]())

    def _flagged(self, wanted: frozenset[str]) -> Bytes:
        """Which countries are these, or may be; any, where none is wanted. Countries that came later are in none."""
        found = self._flags.get(wanted)
        if found is None:
            if len(self._flags) >= _KEPT:
                self._flags.clear()
            found = self._flags[wanted] = self._flag(wanted)
        return found

    def _flag(self, wanted: frozenset[str]) -> Bytes:
        countries = self._arrays.country_starts.size - 1
        flags = np.zeros(countries, np.uint8) if wanted else np.ones(countries, np.uint8)
        flags[NOTHING] = 1  # What is not known may be any.
        for name in wanted:
            number = self._blocks.countries.numbers.get(name)
            if number is not None and number < countries:
                flags[number] = 1
        return flags


def _from_afar(kind: int, accepted: tuple[bool, ...]) -> int:
    """The verdict on a block of a kind before its places are looked at."""
    workplace, placed, anywhere = kind // 4, kind & 2, kind & 1
    if not accepted[workplace] and not (workplace == _NONE and not placed):
        return WORKPLACE
    return PASSES if anywhere else LOCATION


@compiled
def _verdicts(blocks: BlockArrays, wished: _Wished, afar: Bytes) -> Bytes:
    """What is seen from afar; besides, those blocks pass that have a place that is wished for, or where remote work is allowed in a country that is; by the lists."""
    near = np.zeros(afar.size, np.uint8)
    if wished.by_city:
        for nth in range(wished.cities.size):
            city = wished.cities[nth]
            if city < blocks.city_starts.size - 1:
                for at in range(blocks.city_starts[city], blocks.city_starts[city + 1]):
                    near[blocks.of_cities[at]] |= wished.lying[nth, blocks.city_countries[at]]
    else:
        _mark(near, wished.countries, blocks.country_starts, blocks.of_countries)
    _mark(near, wished.countries, blocks.allowed_starts, blocks.of_allowed)
    verdict: Bytes = afar * ((afar != LOCATION) | (near == 0))
    if wished.states_authorisation:
        _authorise(verdict, blocks, wished.authorised)
    return verdict


@compiled
def _authorise(verdict: Bytes, blocks: BlockArrays, authorised: Bytes) -> None:
    """Hide those that pass and ask for an authorisation for countries where the candidate has none."""
    may = np.zeros(verdict.size, np.uint8)
    _mark(may, authorised, blocks.asking_starts, blocks.of_asking)
    for block in blocks.asking:  # Without a branch: the processor could not foretell it.
        verdict[block] += AUTHORISATION * ((verdict[block] == PASSES) & (may[block] == 0))


@compiled
def _mark(marked: Bytes, flags: Bytes, starts: Ints, listed: Ints) -> None:
    """Mark the blocks that are listed for any of the flagged countries."""
    for key in range(flags.size):
        if flags[key]:
            for at in range(starts[key], starts[key + 1]):
                marked[listed[at]] = 1


def _keys(place: Location) -> Iterable[tuple[str, str]]:
    """By both names: "Munich" of the gazetteer and "München" as the employer wrote it."""
    country = (place.country or "").upper()
    yield name_key(place.city or ""), country
    if place.city:
        yield name_key(place.name.split(",")[0]), country


def _codes(areas: tuple[str, ...]) -> Iterable[str]:
    for area in areas:
        yield from sorted(countries_of(area)) or ("",)


def _told(posting: JobPosting) -> Told:
    places = tuple(
        ", ".join(part for part in (place.city, place.country) if part) or place.name for place in posting.locations
    )
    countries = tuple(dict.fromkeys(place.country for place in posting.locations if place.country))
    return Told(places, posting.remote_allowed_in, countries or posting.remote_allowed_in)


def _near(block: Block) -> tuple[object, ...]:
    remote = block.workplace is Workplace.REMOTE
    places = tuple((country, city) for city, country in block.places)
    return (
        (0, len(block.areas), block.areas, places) if remote else (1, len(block.places) > 1, places, block.workplace),
        block.asks_authorisation,
    )
