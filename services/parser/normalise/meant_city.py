"""The one city that is meant, of all that bear a name."""

import re

from quiethire.domain.words import fold
from services.parser.normalise import gazetteer

_OF_THE_WORLD = 10
"""Times as many people as a city of the same name that is nearer has: then the larger one is meant all the same."""
_DISTRICT = 0.4
"""Degrees that a district is away from the middle of its city at most."""


def city_of(
    names: list[str], country: str | None, region: str | None, likely: str | None = None
) -> gazetteer.City | None:
    """The first name that a city bears, or beside a country or state a town; `region` is judged by where it is a code."""
    code = region if region and len(region) == 2 else None
    for known in (gazetteer.cities, gazetteer.towns) if country else (gazetteer.cities,):
        for name in names:
            for city in known(fold(name)) if country else _likeliest(known(fold(name)), likely):
                if country in (None, city.country) and (city.country != "US" or code in (None, city.region)):
                    return _around(city, fold(name))
    return None


def anywhere(text: str, likely: str | None) -> tuple[gazetteer.City | None, str | None, str | None]:
    """The largest known city, else a country or state, among the words of a text such as "Mexico City HQ"."""
    of_state = fold(text).removeprefix("state of ").removesuffix(" state")
    if of_state != fold(text) and of_state in gazetteer.states():
        return None, *gazetteer.states()[of_state]
    words = re.findall(r"[^\W\d_][\w.'’-]*", text)[:12]
    runs = [
        fold(" ".join(words[i : i + size]))
        for size in (3, 2, 1)
        for i in range(len(words) - size + 1)
        if not words[i][:1].islower()  # Most scripts have no capitals.
    ]
    for run in runs:
        if run in gazetteer.countries():
            return None, gazetteer.countries()[run], None
        named = _likeliest(gazetteer.cities(run), likely)
        if run in gazetteer.states() and gazetteer.namesake(run) is None:
            land, state = gazetteer.states()[run]
            return None, land, state
        if named and named[0].population > gazetteer.LARGE:
            return named[0], None, None
    return None, None, None


def _likeliest(named: list[gazetteer.City], likely: str | None) -> list[gazetteer.City]:
    """Cities of one name, first the one in the likely country, unless it is a small town beside a city of the world."""
    there = next((city for city in named if city.country == likely), None)
    if there is None or named[0].population > _OF_THE_WORLD * there.population:
        return named
    return [there, *named]


def _around(city: gazetteer.City, name: str) -> gazetteer.City:
    """The city that a district is a part of, where its name begins with that: "Berlin-Mitte", "Lyon 3ème"."""
    head = re.split(r"[-\s]", name)[0]
    apart = "-" in name or "-" in city.name or name[len(head) + 1 : len(head) + 2].isdigit()
    if head == name or not apart or not (named := gazetteer.cities(head)):
        return city
    whole = named[0]
    near = abs(whole.lat - city.lat) < _DISTRICT and abs(whole.lon - city.lon) < _DISTRICT
    larger = whole.population > max(city.population, gazetteer.LARGE)
    return whole if near and larger and whole.country == city.country else city
