"""What a place in words means to a search: a circle around a city, a country, an area for remote work, or just words.

It is read by the parser's gazetteer, so that a search understands a place as postings were understood.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from quiethire.domain.base import Model
from quiethire.domain.posting import Location, Workplace
from quiethire.domain.search import Circle, CountryPart
from quiethire.domain.words import fold
from services.api.search.parts import Part, meant_by, part_called, part_coded, parts, towns_of
from services.api.search.typed_place import as_postings_write
from services.matching.reading.regions import areas_holding, countries_of
from services.parser.normalise import gazetteer
from services.parser.normalise.location import country_code, parse_locations

_ANYWHERE = "Worldwide"
"""The area that leaves nothing out, and is searched as a word."""

_AREAS = {
    **dict.fromkeys(("europaische union", "union europeenne", "union europea", "unione europea", "unia europejska"), "EU"),
    **dict.fromkeys(("lateinamerika", "america latina", "amerique latine"), "LATAM"),
    "skandinavien": "Scandinavia", **dict.fromkeys(("the nordics", "nordic countries"), "Nordics"), "asean": "Southeast Asia",
    **dict.fromkeys(("ue", "e.u"), "EU"), **dict.fromkeys(("ewr", "eee"), "EEA"), **dict.fromkeys(("afrika", "afrique"), "Africa"),
    **dict.fromkeys(("asien", "asie"), "Asia"), "osteuropa": "Eastern Europe", "westeuropa": "Western Europe", "mitteleuropa": "Central Europe",
    **dict.fromkeys(("sudamerika", "sudamerica", "amerique du sud"), "South America"), "baltikum": "Baltics", "balkan": "Balkans",
    **dict.fromkeys(("america", "amerika", "amerique"), "Americas"),
    **dict.fromkeys(("nordamerika", "norteamerica", "amerique du nord"), "North America"), "naher osten": "Middle East",
}  # fmt: skip
"""What people call areas in which postings are read to allow remote work by other names."""

RADIUS_KM = 50.0
"""Around a city, unless something else is asked for."""

_EITHER = re.compile(r"[/|;&]|\b(?:or|oder|ou)\b", re.IGNORECASE)
"""Stands between things of which one is enough: `Berlin or remote` narrows Berlin to no way of working."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ELSEWHERE = 0.04
"""What a place counts under a name that is not its own: Jakarta was New York once."""
_FORGIVEN_FROM = 4
"""Letters from which on a beginning may have a typo: shorter ones are near to too much."""


class Meaning(Model):
    """What `SearchQuery` calls `circle`, `country`, `part` and `location`, of which one at most is set, and how the work is done."""

    circle: Circle | None = None
    country: str | None = None
    words: str | None = None
    workplace: Workplace | None = None
    """`Remote` is no place, and `Remote, Germany` is one with a way of working."""
    part: CountryPart | None = None
    area: tuple[str, ...] = ()
    """Of words that are an area of several countries, these."""
    place: str | None = None
    """Which place that is, as people are told it; None of words alone."""


@lru_cache(maxsize=4_096)
def resolve(location: str, radius_km: float = RADIUS_KM) -> Meaning:
    """A city is a circle around it, a country is that country, everything else is words to be found in places' names; `Remote` is no place.

    An area is words and its countries. A code of two letters is a country's (ISO 3166-1), and a state's only where no country
    has it, or its own stands beside it. A way of working beside one place is told with it.
    """
    if (part := part_called(location) or _beside_its_country(location)) is not None:
        return _within(part)
    if (area := gazetteer.AREAS.get(fold(location)) or _AREAS.get(fold(location))) is not None and area != _ANYWHERE:
        return Meaning(words=location.strip(), area=tuple(sorted(countries_of(area))), place=area)
    code = country_code(location)
    if code is not None:
        return _in_country(code)
    location = as_postings_write(location)
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
    if place is not None and (part := _part(place)) is not None:
        return _within(part)
    if place is not None and place.city is not None and place.lat is not None and place.lon is not None:
        return Meaning(circle=Circle(lat=place.lat, lon=place.lon, km=radius_km), place=told_location(place))
    if place is not None and place.country is not None and place.city is None and place.region is None:
        return _in_country(place.country)
    return Meaning(words=location.strip() or None)


def _within(part: Part) -> Meaning:
    return Meaning(part=meant_by(part), place=f"{part.names[0]}, {gazetteer.country_names()[part.country]}")


def _in_country(code: str) -> Meaning:
    return Meaning(country=code, place=gazetteer.country_names().get(code, code))


def names_several(location: str) -> bool:
    """Whether this is a list of cities, `Berlin, Hamburg`, where a search has one."""
    return sum(place.city is not None for place in parse_locations((location,)).locations) > 1


_APART = re.compile(r"\s+[-–|]\s+|\s*\(")


def _beside_its_country(location: str) -> Part | None:
    """`UK, Scotland`, `Scotland (UK)`, and `Scotland, UK` but where that may be a city: `Ontario, CA` lies in California."""
    first, comma, last = map(str.strip, _APART.sub(", ", location).rstrip(" )").partition(","))
    if not comma:
        first, _, last = location.strip().rpartition(" ")
    for name, land in ((first, last), (last, first)):
        if comma and (coded := part_coded(name, country_code(land))) is not None:
            return coded  # `CA, USA` is no country.
        part = part_called(name)
        if part is not None and part_called(land) is None and country_code(land) == part.country:
            return part if not _may_be_city(first, land, part.country) else None
    return None


def _may_be_city(name: str, land: str, country: str) -> bool:
    """Whether a large city is called so, there or in the state that these letters mean as well."""
    cities = [city for city in gazetteer.cities(fold(name)) if city.population >= gazetteer.LARGE]
    return any(city.country == country for city in cities) or bool(cities and land.upper() in gazetteer.state_codes())


def _part(place: Location) -> Part | None:
    """The part of a country that is named here, alone or before its country: a city beside it is that city."""
    name, _, behind = place.name.partition(",")
    part = part_called(name)
    if part is None or place.country != part.country:
        return None
    if behind.strip() and (part_called(behind) is not None or country_code(behind) != part.country):
        return None
    return part if part.code is None or (place.city is None and part.code == place.region) else None


@lru_cache(maxsize=1_024)
def remote_areas(place: str) -> tuple[str, ...]:
    """Under which names a posting allows remote work from all of this country or area, in any common language.

    A part of a country is taken for its country: postings are read to allow no less than a whole one. Empty where none is known.
    """
    known = country_code(place) or gazetteer.AREAS.get(fold(place))
    part = resolve(place).part if known is None else None
    return areas_holding(part.country if part is not None else known or place)


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A place as `location` takes it. `city` is None for a country or a part of one; `people` of these are those of their largest city."""

    name: str
    city: str | None
    country: str
    people: int
    part: Part | None = None

    def count(self, counts: "Counts") -> int:
        """The open postings there: of a country those that name it alone, of a part of one about those of its towns."""
        if self.part is None:
            return counts.get((self.city, self.country), 0)
        return sum(counts.get((town, self.country), 0) for town in towns_of(self.part))


Counts = Mapping[tuple[str | None, str], int]
"""(city, country) → open postings there; a country's own count is under (None, country)."""


def places(prefix: str, counts: Counts | None = None) -> list[tuple[PlaceName, int]]:
    """Cities, countries and parts of these that have a name with this beginning, with their postings: the most postings, then people, first.

    A name in another language counts a twenty-fifth. Where there is none, those that have one with a single letter wrong, missing,
    added or swapped.
    """
    known = counts or {}

    def weight(found: tuple[PlaceName, float]) -> tuple[float, float, str]:
        place, factor = found
        return (-place.count(known) * factor, -place.people * factor, place.name)

    return [(place, place.count(known)) for place, _ in sorted(_found(prefix), key=weight)]


def near_place(text: str, *, countries: bool = False) -> str | None:
    """The place whose name somebody may have misspelt, as `location` takes it; of all places, or of the countries alone."""
    head = text.partition(",")[0].strip()
    for written in dict.fromkeys((text.strip(), head)):
        near = [place for place, _ in places(written) if not countries or (place.city is None and place.part is None)]
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
    key = _straight(fold(prefix))
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


def _straight(folded: str) -> str:
    """With the apostrophe that keyboards have: telephones set another."""
    return folded.replace("’", "'")


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
    largest: Counter[tuple[str, str | None]] = Counter()
    known: dict[str, PlaceName] = {}
    entries: dict[tuple[str, str], bool] = {}
    for folded, cities in gazetteer.known_cities().items():
        for city in cities:
            if city.name == lands[city.country]:
                continue  # Singapore: the country is the city.
            name = _told(city, lands)
            if name not in known or known[name].people < city.population:
                known[name] = PlaceName(name, city.name, city.country, city.population)
            for where in ((city.country, None), (city.country, city.region)):
                largest[where] = max(largest[where], city.population)
            entries[_straight(folded), name] = folded == fold(city.name)
    for folded, code in gazetteer.countries().items():
        if part_called(folded) is None:
            known[lands[code]] = PlaceName(lands[code], None, code, largest[code, None] + 1)
            entries[_straight(folded), lands[code]] = True
    for part in parts():
        name = f"{part.names[0]}, {lands[part.country]}"
        if resolve(name).part is not None:  # `Quebec, Canada` is the city.
            known[name] = PlaceName(name, None, part.country, largest[part.country, part.region] + 1, part)
            entries |= {(fold(own).replace("-", mark), name): True for own in part.names for mark in "- "}
    entries = _abroad(known) | entries
    ordered = sorted(entries)
    return _Table(
        names=[folded for folded, _ in ordered],
        places=[known[name] for _, name in ordered],
        own=bytearray(entries[entry] for entry in ordered),
    )


def _abroad(known: Collection[str]) -> dict[tuple[str, str], bool]:
    """What further languages call the countries among these places: none of their own names."""
    lands = gazetteer.country_names()
    named = ((_straight(folded), lands[code]) for folded, code in gazetteer.countries_abroad().items())
    return dict.fromkeys((entry for entry in named if entry[1] in known), False)


def warm_up() -> None:
    """Read the tables now: it takes a second, in which a first caller would wait."""
    _table()


def _told(city: gazetteer.City, lands: Mapping[str, str]) -> str:
    """`Berlin, Germany`; in the United States the state tells it from the others: `Portland, OR`."""
    return f"{city.name}, {city.region if city.country == 'US' else lands[city.country]}"
