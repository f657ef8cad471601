"""What a place in words means to a search: a circle around a city, a country, an area for remote work, or just words.

It is read by the parser's gazetteer, so that a search understands a place as postings were understood.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from quiethire.domain import geonames
from quiethire.domain.base import Model
from quiethire.domain.posting import Location, Workplace
from quiethire.domain.search import Circle
from quiethire.domain.words import fold
from services.matching.reading.regions import areas_holding
from services.parser.normalise import gazetteer
from services.parser.normalise.location import country_code, parse_locations

RADIUS_KM = 50.0
"""Around a city, unless something else is asked for."""

_EITHER = re.compile(r"[/|;&]|\b(?:or|oder|ou)\b", re.IGNORECASE)
"""Stands between things of which one is enough: `Berlin or remote` narrows Berlin to no way of working."""

_RATHER_CITIES = ("new york", "district of columbia")

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ELSEWHERE = 0.04
"""What a place counts under a name that is not its own: Jakarta was New York once."""
_FORGIVEN_FROM = 4
"""Letters from which on a beginning may have a typo: shorter ones are near to too much."""


class Meaning(Model):
    """What `SearchQuery` calls `circle`, `country` and `location`, of which one at most is set, and how the work is done."""

    circle: Circle | None = None
    country: str | None = None
    words: str | None = None
    workplace: Workplace | None = None
    """`Remote` is no place, and `Remote, Germany` is one with a way of working."""
    region: str | None = None
    """Of words that are a state of the USA or a province of Canada, what `SearchQuery` calls so."""


@lru_cache(maxsize=4_096)
def resolve(location: str, radius_km: float = RADIUS_KM) -> Meaning:
    """A city is a circle around it, a country is that country, everything else is words to be found in places' names; `Remote` is no place.

    A code of two letters is a country's (ISO 3166-1), never a state's. A way of working beside one place is told with it.
    """
    code = country_code(location)
    if code is not None:
        return Meaning(country=code)
    if (state := _states().get(fold(location))) is not None:
        return Meaning(words=location.strip(), region=state)
    read = parse_locations((location,))
    if read.workplace is not None and not read.locations:
        return Meaning(workplace=read.workplace)
    places = read.locations
    place = places[0] if len(places) == 1 else None
    if (
        place is not None
        and read.workplace is not None
        and place.name != location.strip()
        and not _EITHER.search(location)
    ):
        return resolve(place.name, radius_km).model_copy(update={"workplace": read.workplace})
    return _of_place(location, place, radius_km)


def _of_place(location: str, place: Location | None, radius_km: float) -> Meaning:
    """Of a text that was read as this one place, or as none or several."""
    if place is not None and place.city is not None and place.lat is not None and place.lon is not None:
        return Meaning(circle=Circle(lat=place.lat, lon=place.lon, km=radius_km))
    if place is not None and place.country is not None and place.city is None and place.region is None:
        return Meaning(country=place.country)
    return Meaning(words=location.strip() or None, region=_region(place) if place is not None else None)


def _region(place: Location) -> str | None:
    """Of a state or a province under its own name: postings there write its code. An area in it, as Silicon Valley, is not all of it."""
    state = _states().get(fold(place.name.partition(",")[0]))
    return state if place.city is None and state == f"{place.country}-{place.region}" else None


@cache
def _states() -> Mapping[str, str]:
    """Folded name of a state of the USA or a province of Canada → its country and code, but for those that are rather the city.

    Quebec is the city to the parser, as postings mean it; who searches means the province, in which the city lies.
    """
    own = {fold(state["name"]): f"US-{code}" for code, state in geonames.us_states().items()}
    own |= {name: f"CA-{code}" for name, (country, code) in gazetteer.states().items() if country == "CA"}
    return MappingProxyType({name: code for name, code in own.items() if name not in _RATHER_CITIES})


@lru_cache(maxsize=1_024)
def remote_areas(place: str) -> tuple[str, ...]:
    """Under which names a posting allows remote work from all of this country or area, in any language of the field.

    Empty where neither is known.
    """
    return areas_holding(country_code(place) or gazetteer.AREAS.get(fold(place)) or place)


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A place as `location` takes it. `city` is None for a country; `people` of a country are those of its largest city."""

    name: str
    city: str | None
    country: str
    people: int


Counts = Mapping[tuple[str | None, str], int]
"""(city, country) → open postings there; a country's own count is under (None, country)."""


def places(prefix: str, counts: Counts | None = None) -> list[tuple[PlaceName, int]]:
    """Cities and countries that have a name with this beginning, with their postings: the most postings, then people, first.

    A name in another language counts a twenty-fifth. Where there is none, those that have one with a single letter wrong, missing,
    added or swapped.
    """
    known = counts or {}

    def weight(found: tuple[PlaceName, float]) -> tuple[float, float, str]:
        place, factor = found
        return (-known.get((place.city, place.country), 0) * factor, -place.people * factor, place.name)

    best = sorted(_found(prefix), key=weight)
    return [(place, known.get((place.city, place.country), 0)) for place, _ in best]


def near_place(text: str, *, countries: bool = False) -> str | None:
    """The place whose name somebody may have misspelt, as `location` takes it; of all places, or of the countries alone."""
    head = text.partition(",")[0].strip()
    for written in dict.fromkeys((text.strip(), head)):
        near = [place for place, _ in places(written) if not countries or place.city is None]
        if near and len(fold(written)) >= _FORGIVEN_FROM:
            return near[0].name
    return None


@lru_cache(maxsize=4_096)
def told_place(name: str) -> str:
    """A place as people are told it, however its posting spells it: `Munich, DE` and `80331 München` are `Munich, Germany`."""
    found = parse_locations((name,)).locations
    return told_location(found[0]) if len(found) == 1 else name


def told_location(place: Location) -> str:
    """The same of a place that was read already. Where no country is known it is told in the posting's own words."""
    country = gazetteer.country_names().get(place.country or "")
    if country is None:
        return place.name
    if place.city is None:
        return place.name if place.region else country
    if place.city == country:
        return country
    return f"{place.city}, {place.region if place.country == 'US' and place.region else country}"


@lru_cache(maxsize=512)
def _found(prefix: str) -> tuple[tuple[PlaceName, float], ...]:
    key = fold(prefix)
    if not key:
        return ()
    found = _beginnings([key])
    if not found and len(key) >= _FORGIVEN_FROM:
        found = _beginnings(_near(key))
    return tuple(found.values())


def _beginnings(keys: Iterable[str]) -> dict[str, tuple[PlaceName, float]]:
    table = _table()
    found: dict[str, tuple[PlaceName, float]] = {}
    for key in keys:
        for index in range(bisect_left(table.names, key), len(table.names)):
            if not table.names[index].startswith(key):
                break
            place, factor = table.places[index], 1.0 if table.own[index] else _ELSEWHERE
            if factor > found.get(place.name, (place, 0.0))[1]:
                found[place.name] = (place, factor)
    return found


def _near(key: str) -> set[str]:
    """All that one typo makes of it; those with which no name begins find nothing."""
    cuts = [(key[:at], key[at:]) for at in range(len(key) + 1)]
    dropped = {left + right[1:] for left, right in cuts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    replaced = {left + letter + right[1:] for left, right in cuts if right for letter in _LETTERS}
    added = {left + letter + right for left, right in cuts for letter in _LETTERS}
    return dropped | swapped | replaced | added


@dataclass(frozen=True, slots=True)
class _Table:
    """Folded names in order, the place of each, and whether it is the place's own name."""

    names: list[str]
    places: list[PlaceName]
    own: bytearray


@cache
def _table() -> _Table:
    lands = gazetteer.country_names()
    largest: dict[str, int] = {}
    known: dict[str, PlaceName] = {}
    entries: dict[tuple[str, str], bool] = {}
    for folded, cities in gazetteer.known_cities().items():
        for city in cities:
            if city.name == lands[city.country]:
                continue  # Singapore: the country is the city.
            name = _told(city, lands)
            if name not in known or known[name].people < city.population:
                known[name] = PlaceName(name, city.name, city.country, city.population)
            largest[city.country] = max(largest.get(city.country, 0), city.population)
            entries[folded, name] = folded == fold(city.name)
    for folded, code in gazetteer.countries().items():
        known[lands[code]] = PlaceName(lands[code], None, code, largest.get(code, 0) + 1)
        entries[folded, lands[code]] = True
    ordered = sorted(entries)
    return _Table(
        names=[folded for folded, _ in ordered],
        places=[known[name] for _, name in ordered],
        own=bytearray(entries[entry] for entry in ordered),
    )


def warm_up() -> None:
    """Read the tables now: it takes a second, in which a first caller would wait."""
    _table()


def _told(city: gazetteer.City, lands: Mapping[str, str]) -> str:
    """`Berlin, Germany`; in the United States the state tells it from the others: `Portland, OR`."""
    return f"{city.name}, {city.region if city.country == 'US' else lands[city.country]}"
