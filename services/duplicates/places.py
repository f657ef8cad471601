"""Places: where two postings of one title may be the same job, and where they are two."""

from collections.abc import Sequence

from quiethire.domain.posting import Location
from services.duplicates.words import fold, words

_NOWHERE = frozenset((
    "remote", "anywhere", "worldwide", "global", "hybrid", "various", "multiple", "locations", "location",
    "flexible", "nationwide", "bundesweit", "homeoffice", "home", "office", "distributed", "virtual", "work",
    "from", "onsite", "several", "international", "all", "deutschlandweit", "telework", "teletravail",
))  # fmt: skip
"""Words of what stands in the place of a place."""

MOST = 50
"""Places of one posting that are compared."""

_ALIASES = {
    "GB": "uk great britain england united kingdom",
    "US": "us usa united states america",
    "DE": "germany deutschland",
}


def place_keys(locations: Sequence[Location]) -> tuple[str, ...]:
    """`DE:berlin` for a city, `DE` for a country, else the name; sorted. What names no place has none."""
    keys = {key for location in locations if (key := _key(location))}
    return tuple(sorted(keys)[:MOST])


def place_names(locations: Sequence[Location]) -> tuple[str, ...]:
    """All words by which a title may name the posting's own places."""
    names = [
        name for place in locations[:MOST] for name in (place.name, place.city, place.region, place.country) if name
    ]
    return (*names, *(_ALIASES[place.country] for place in locations[:MOST] if place.country in _ALIASES))


def share_a_place(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether both state places, and one of them is the same, or a city in a country that the other names."""
    there = set(other)
    if there.intersection(one):
        return True
    return _within(one, there) or _within(other, set(one))


def _within(cities: Sequence[str], countries: set[str]) -> bool:
    return any(":" in city and city.partition(":")[0] in countries for city in cities)


def _key(location: Location) -> str:
    if location.city:
        return f"{location.country or ''}:{''.join(words(fold(location.city)))}"
    if location.region:
        return f"{location.country or ''}:~{''.join(words(fold(location.region)))}"
    if location.country:
        return location.country
    return "".join(word for word in words(fold(location.name)) if word not in _NOWHERE)[:40]
