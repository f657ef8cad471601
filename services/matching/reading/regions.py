"""Which countries a stated area means: `DE`, `Germany`, `EU`, `LATAM`, `Worldwide`."""

import re
from functools import cache, lru_cache

from quiethire.domain import geonames
from services.matching.reading.text import name_key

EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
_MIDDLE_EAST = frozenset(["AE", "BH", "IL", "IQ", "IR", "JO", "KW", "LB", "OM", "PS", "QA", "SA", "SY", "TR", "YE"])
_CENTRAL_AMERICA = frozenset(["MX", "BZ", "CR", "GT", "HN", "NI", "PA", "SV", "CU", "DO", "HT", "PR"])
_CONTINENTS = {
    "europe": ("EU",),
    "africa": ("AF",),
    "asia": ("AS",),
    "oceania": ("OC",),
    "south america": ("SA",),
    "americas": ("NA", "SA"),
}
_CENTRAL_EUROPE = frozenset({"AT", "CH", "CZ", "DE", "HU", "LI", "PL", "SI", "SK"})
_EASTERN_EUROPE = frozenset({"BG", "BY", "CZ", "EE", "HU", "LT", "LV", "MD", "PL", "RO", "SK", "UA"})
_BALKANS = frozenset({"AL", "BA", "BG", "GR", "HR", "ME", "MK", "RO", "RS", "SI", "XK"})
_GULF = frozenset({"AE", "BH", "KW", "OM", "QA", "SA"})
_WESTERN_EUROPE = frozenset({"AT", "BE", "CH", "DE", "ES", "FR", "GB", "IE", "IT", "LI", "LU", "MC", "NL", "PT"})
_SOUTHEAST_ASIA = frozenset({"BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"})
_WRITTEN = (
    *(
        "EU",
        "EEA",
        "Europe",
        "EMEA",
        "DACH",
        "Nordics",
        "Scandinavia",
        "Benelux",
        "Baltics",
        "Balkans",
        "Iberia",
        "CEE",
        "Central Europe",
        "Eastern Europe",
    ),
    *(
        "Western Europe",
        "MENA",
        "Middle East",
        "GCC",
        "Africa",
        "APAC",
        "Asia",
        "Southeast Asia",
        "ANZ",
        "Oceania",
        "North America",
    ),
    *("LATAM", "Central America", "South America", "Americas", "Worldwide"),
)
"""The areas as postings state them once they are read."""
_ALIASES = {"uk": "GB", "great britain": "GB", "england": "GB", "us": "US", "u.s.": "US", "u.s.a.": "US"}


_LARGE = 100_000
"""People of a city whose other names are known too."""
_TELLING = 3
"""Letters of a name that is no abbreviation of much else."""
_AROUND = re.compile(
    r"^(?:greater|metropolregion|grossraum) | (?:bay|metro|metropolitan) area$| (?:area|metropolitan|metro)$"
)
"""`Greater Boston Area`, `San Francisco Bay Area`, `Metropolregion Hamburg`."""


@cache
def _areas() -> dict[str, frozenset[str]]:
    """Every name that is understood, in the form of `name_key`."""
    countries = geonames.countries()
    areas: dict[str, frozenset[str]] = {}
    for code, country in countries.items():
        areas |= dict.fromkeys(
            (name_key(code), name_key(country["iso3"]), name_key(country["name"])), frozenset({code})
        )
    areas |= {alias: frozenset({code}) for alias, code in _ALIASES.items()}
    # Georgia is a country and a state of the USA: a name that may mean either is not understood.
    del areas["georgia"]
    continent = {
        name: frozenset(code for code, country in countries.items() if country["continentcode"] == name)
        for name in ("AF", "AS", "EU", "NA", "OC", "SA")
    }
    areas |= {name: frozenset[str]().union(*(continent[c] for c in codes)) for name, codes in _CONTINENTS.items()}
    areas |= dict.fromkeys(("eu", "european union"), EU)
    areas |= dict.fromkeys(("eea", "european economic area"), EU | {"IS", "LI", "NO"})
    areas["nordics"] = frozenset({"DK", "FI", "IS", "NO", "SE"})
    areas["baltics"], areas["iberia"] = frozenset({"EE", "LT", "LV"}), frozenset({"AD", "ES", "PT"})
    areas["balkans"], areas["gcc"], areas["central america"] = _BALKANS, _GULF, _CENTRAL_AMERICA
    areas["benelux"] = frozenset({"BE", "LU", "NL"})
    areas["scandinavia"] = frozenset({"DK", "NO", "SE"})
    areas["central europe"], areas["western europe"] = _CENTRAL_EUROPE, _WESTERN_EUROPE
    areas["eastern europe"] = _EASTERN_EUROPE
    areas["cee"] = _EASTERN_EUROPE | {"AL", "BA", "HR", "ME", "MK", "RS", "SI"}
    areas["southeast asia"] = _SOUTHEAST_ASIA
    areas["anz"] = frozenset({"AU", "NZ"})
    areas["middle east"] = _MIDDLE_EAST
    # What is EMEA's is not meant, though it lies in Asia.
    areas["apac"] = (continent["AS"] | continent["OC"]) - _MIDDLE_EAST
    areas["mena"] = _MIDDLE_EAST | {"DZ", "EG", "LY", "MA", "TN"}
    areas["dach"] = frozenset({"DE", "AT", "CH"})
    areas["emea"] = continent["EU"] | continent["AF"] | _MIDDLE_EAST
    areas["north america"] = frozenset({"US", "CA", "MX"})
    areas |= dict.fromkeys(("latam", "latin america"), continent["SA"] | _CENTRAL_AMERICA)
    areas |= dict.fromkeys(("worldwide", "anywhere", "global"), frozenset(countries))
    return areas


@lru_cache(maxsize=4096)
def countries_of(area: str) -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes of the countries in an area; empty where the area is not understood."""
    return _areas().get(name_key(area), frozenset())


@lru_cache(maxsize=4096)
def areas_holding(place: str) -> tuple[str, ...]:
    """The names under which postings allow work from all of a country or area: `DE` gives DE, EU, Europe, …, Worldwide.

    A country comes as its code first, then the areas, the smallest first; empty where the place is not understood.
    """
    wanted = countries_of(place)
    if not wanted:
        return ()
    holding = [name for name in _WRITTEN if wanted <= countries_of(name)]
    holding.sort(key=lambda name: len(countries_of(name)))
    return (*(wanted if len(wanted) == 1 else ()), *holding)


@cache
def _cities() -> dict[str, frozenset[str]]:
    """City → the countries in which one of this name lies."""
    found: dict[str, set[str]] = {}
    for city in geonames.cities().values():
        found.setdefault(name_key(city["name"]), set()).add(city["countrycode"])
    return {name: frozenset(codes) for name, codes in found.items()}


@cache
def _also_called() -> dict[str, tuple[tuple[str, str], ...]]:
    """What people call large cities beside GeoNames' names of them → name and country of those it may be, the largest first."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    large = [city for city in geonames.cities().values() if city["population"] >= _LARGE]
    for city in sorted(large, key=lambda city: -city["population"]):
        known = (name_key(city["name"]), city["countrycode"])
        for other in map(name_key, city["alternatenames"]):
            if len(other) >= _TELLING and other.isascii() and other not in _cities():
                found.setdefault(other, {})[known] = None
    return {other: tuple(cities) for other, cities in found.items()}


def _bare(city: str) -> str:
    """A city's name without what says that its surroundings are meant too: `Greater Noida` is a city."""
    name = name_key(city)
    return name if name in _cities() or name in _also_called() else _AROUND.sub("", _AROUND.sub("", name))


@lru_cache(maxsize=1 << 16)
def city_names(place: str, own: tuple[str, ...]) -> tuple[str, ...]:
    """Under which names, in the form of `name_key`, postings have the city that somebody names who lives in `own`.

    As it is written, and as GeoNames calls it, which is how postings are read: `munich` for `München`, `new york city` for `NYC`.
    """
    city = place.split(",", maxsplit=1)[0]
    bare, lying = _bare(city), countries_of_place(place, own)
    others = (name for name, country in _also_called().get(bare, ()) if not lying or country in lying)
    return tuple(dict.fromkeys((name_key(city), next(others, bare))))


@cache
def _states() -> frozenset[str]:
    states = geonames.us_states()
    return frozenset(name_key(name) for code, state in states.items() for name in (code, state["name"]))


@lru_cache(maxsize=1 << 16)
def countries_of_place(place: str, own: tuple[str, ...]) -> frozenset[str]:
    """The countries in which a place may lie that somebody names who lives in `own`; empty where that is not known.

    `Paris, TX` lies in the USA, as is written there. `Paris` alone lies in France for who lives in France, and for others wherever
    there is a Paris.
    """
    city, *behind = (part.strip() for part in place.split(","))
    bare = _bare(city)
    lying = _cities().get(bare) or frozenset(country for _, country in _also_called().get(bare, ()))
    if behind:
        # DE is Germany and Delaware, CA is Canada and California: that which has such a city.
        state = frozenset({"US"}) if name_key(behind[-1]) in _states() else frozenset[str]()
        if written := countries_of(behind[-1]) | state:
            return written & lying or written
    return lying & frozenset[str]().union(*map(countries_of, own)) or lying


def warm_up() -> None:
    """Read the tables now: the threads that score first would each read them, all at once."""
    _areas()
    _cities()
    _also_called()
    _states()
