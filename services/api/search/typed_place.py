"""A place as people type it in a search, written as postings write it: these have commas and capitals, and are read by them."""

from collections.abc import Iterable

from quiethire.domain.posting import Location
from quiethire.domain.words import fold
from services.parser.normalise import gazetteer
from services.parser.normalise.location import country_code, parse_locations

_ABBREVIATED = 3
"""Letters at most of what may be short for a country or a state: `tx`, `uk`, `usa`, `nsw`."""
_LONGEST_NAME = 8
"""Words at most of a city with its country."""


def as_postings_write(location: str) -> str:
    """With the comma and the capitals that tell what is meant: `paris, tx` is no city of France, `portland maine` none of Oregon.

    What is no city, nor one with its state or country, stays as it is: of `santa clara county` a parser would make Santa Clara in Cuba.
    """
    typed = location.strip()
    if typed.islower():
        typed = " ".join(word[:1].upper() + word[1:] for word in typed.split())
    if gazetteer.cities(fold(typed)):
        return typed if _city_of(typed) is not None else location
    for name, land in _set_apart(typed):
        written = f"{name}, {land}"
        if (city := _city_of(written)) is not None and _lies_in(city, land):
            return written
    return location


def _set_apart(typed: str) -> Iterable[tuple[str, str]]:
    """What may be a city, and its state or country: cut at the commas, else before one of the last words.

    A country at the end, which says less than a state before it, is tried after that.
    """
    if "," in typed:
        name, *lands = map(str.strip, typed.split(","))
        cuts = [(name, land) for land in lands]
    else:
        words = typed.split()
        last = len(words) if len(words) <= _LONGEST_NAME else 0
        short = words[:-1] if last and country_code(words[-1]) else []
        parted = [(each, at) for each in (short, words[:last]) for at in range(1, len(each))]
        cuts = [(" ".join(each[:at]), " ".join(each[at:])) for each, at in parted]
    return ((name, land.upper() if len(land) <= _ABBREVIATED else land) for name, land in cuts)


def _lies_in(city: Location, land: str) -> bool:
    """Whether a city lies in the state or country of this name or code."""
    region = gazetteer.states().get(fold(land))
    return (
        land in {city.region, city.country}
        or country_code(land) == city.country
        or region == (city.country, city.region)
    )


def _city_of(text: str) -> Location | None:
    """The one city, of those whose whereabouts are known, that a text names."""
    read = parse_locations((text,)).locations
    return read[0] if len(read) == 1 and read[0].city is not None and read[0].lat is not None else None
