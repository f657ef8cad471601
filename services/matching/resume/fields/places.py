"""Places by name: countries in the languages of our readers, and cities of 15,000 people and more (GeoNames)."""

import re
from functools import cache, lru_cache

from quiethire.domain import geonames
from services.matching.reading.text import name_key
from services.matching.resume.lines import Piece

_ALTERNATES_FROM = 100_000
"""People of a city whose names in other languages are known too."""
_OTHER_NAMES = {
    "AT": "osterreich autriche",
    "AE": "uae|vereinigte arabische emirate|emirats arabes unis",
    "AU": "australien australie",
    "BE": "belgien belgique belgica",
    "BG": "bulgarien bulgarie",
    "BR": "brasil brasilien bresil",
    "CA": "kanada",
    "CH": "schweiz suisse suiza svizzera",
    "CN": "china chine",
    "CZ": "czechia|czech republic|tschechien|republique tcheque|tschechische republik",
    "DE": "deutschland allemagne alemania duitsland",
    "DK": "danemark dinamarca danmark",
    "EG": "agypten egypte egipto",
    "ES": "espana spanien espagne",
    "FI": "finnland finlande finlandia",
    "FR": "frankreich francia frankrijk",
    "GB": "uk|u.k.|great britain|england|scotland|wales|northern ireland|grossbritannien|royaume-uni|reino unido|vereinigtes konigreich",
    "GR": "griechenland grece grecia",
    "HU": "ungarn hongrie hungria",
    "IE": "irland irlande irlanda",
    "IN": "indien inde",
    "IT": "italien italie italia",
    "JP": "japon",
    "KR": "south korea|korea|sudkorea",
    "LU": "luxemburg luxembourg luxemburgo",
    "MA": "marokko maroc marruecos",
    "MX": "mexiko mexique mexico",
    "NL": "netherlands|the netherlands|holland|niederlande|pays-bas|paises bajos|nederland",
    "NO": "norwegen norvege noruega norge",
    "PL": "polen pologne polonia polska",
    "PT": "portugal",
    "RO": "rumanien roumanie rumania",
    "RU": "russia russland russie rusia",
    "SE": "schweden suede suecia sverige",
    "TN": "tunesien tunisie tunez",
    "TR": "turkey turkei turquie turquia",
    "UA": "ukraine ukraina",
    "US": "us|usa|u.s.|u.s.a.|united states|united states of america|vereinigte staaten|etats-unis|estados unidos",
    "VN": "vietnam",
}
_NO_PLACES_WORDS = (
    "reading nice man of mobile best data young date bar born sale street university central independence "
    "enterprise orange split spring mary salem most same male this home job name see along can much even "
    "sun carmen victoria maria santiago lead web java go ada media bath mob cell tel mission march april "
    "may june july august temple normal"
)
_NO_PLACES = frozenset(_NO_PLACES_WORDS.split())
"""Names of cities that are words, or skills, on most résumés."""
_CAPITAL = re.compile(r"[A-ZÀ-Þ]")
POSTCODE = re.compile(
    r"\b\d{4}\s?[A-Z]{2}\b|\b\d{3}\s\d{2}\b|\b\d{2}-\d{3}\b|\b(?:[A-Z]{1,2}-)?\d{4,6}(?:[- ]\d{3,4})?\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
)
_STATE = re.compile(r"^[A-Z]{2,3}$")
_DISTRICT = re.compile(r"(?<=[^\W\d_]{4})\s(?:[CKNSVØ]|NV|SV|NØ|SØ|\d{1,2})$")
"""A part of a city as its post names it: `København Ø`, `Dublin 4`."""
_METRO = re.compile(r"\b(?:greater|area|metropolitan|region|raum|umgebung)\b", re.IGNORECASE)


@cache
def _countries() -> dict[str, str]:
    names = {}
    for code, country in geonames.countries().items():
        names[name_key(country["name"])] = code
    for code, written in _OTHER_NAMES.items():
        for name in written.split("|") if "|" in written else written.split():
            names[name_key(name)] = code
    return names


@cache
def _cities() -> dict[str, str]:
    """Name → country of the largest city of that name."""
    cities: dict[str, tuple[int, str]] = {}
    for city in geonames.cities().values():
        people = int(city["population"])
        names = [city["name"], *(city["alternatenames"] if people >= _ALTERNATES_FROM else ())]
        for name in names:
            key = name_key(name).replace("-", " ")
            if len(key) > (2 if name == city["name"] else 3) and people > cities.get(key, (0, ""))[0]:
                cities[key] = people, city["countrycode"]
    return {name: country for name, (_, country) in cities.items() if name not in _NO_PLACES}


@cache
def _states() -> dict[str, str]:
    """The states of the USA: name → code."""
    return {name_key(state["name"]): code for code, state in geonames.us_states().items()}


@cache
def _american_cities() -> frozenset[tuple[str, str]]:
    """Name and state of each."""
    cities = geonames.cities().values()
    return frozenset((name_key(one["name"]), one["admin1code"]) for one in cities if one["countrycode"] == "US")


def _is_american(city: str, state: str) -> bool:
    """Whether what stands behind a city says that it is the American one of that name: `Paris, TX`, `Paris, Texas`."""
    code = _states().get(name_key(state))
    if code is not None and country_of(state) is None:
        return True
    return (name_key(city), code or state) in _american_cities()


def warm_up() -> None:
    """Load the tables."""
    _countries()
    _cities()
    _states()
    _american_cities()


@lru_cache(maxsize=4096)
def country_of(name: str) -> str | None:
    """ISO 3166-1 alpha-2 of a country by name."""
    return _countries().get(name_key(name).removeprefix("the ").strip(" .")) or _countries().get(name_key(name))


@lru_cache(maxsize=4096)
def city_country(name: str) -> str | None:
    """The country of a city by name; of several of one name the largest counts."""
    bare = _DISTRICT.sub("", _METRO.sub("", POSTCODE.sub("", name)).strip(" ,.-"))
    if not bare or not _CAPITAL.search(bare[0]):
        return None
    return _cities().get(name_key(bare).replace("-", " "))


def is_place(name: str) -> bool:
    """Whether these words name a city or a country, or several of them after commas."""
    parts = [part.strip() for part in re.split(r"[,/()]|\s[-–]\s", name) if part.strip()]
    if not 1 <= len(parts) <= 4:
        return False
    known = [bool(city_country(part) or country_of(part)) for part in parts]
    return known[0] and all(
        fine or _STATE.match(part) or index > 0 for index, (fine, part) in enumerate(zip(known, parts, strict=True))
    )


def place_in(piece: Piece) -> tuple[Piece, str | None] | None:
    """The city and country that a line names, without street and postcode, and the country's code."""
    parts = piece.split(re.compile(r"\s*[,;|•·\t()]\s*|\s{2,}|\s[-–—/]\s"))
    for index, part in enumerate(parts):
        bare = _without_postcode(part)
        country = city_country(bare.text)
        if country is None:
            continue
        last = bare
        for after in parts[index + 1 : index + 3]:
            state = _without_postcode(after)
            stated = "US" if _is_american(bare.text, state.text) else country_of(after.text)
            if stated is None and not _STATE.match(state.text):
                break
            last, country = after if stated else state, stated or country
            if stated is not None:
                break
        whole = piece.cut(bare.start - piece.start, last.start + len(last.text) - piece.start)
        return _closed(whole), country
    for part in parts:
        if (country := country_of(part.text)) is not None:
            return part, country
    return None


def _closed(piece: Piece) -> Piece:
    """Without a bracket that is not closed."""
    if "(" in piece.text and ")" not in piece.text:
        piece = piece.cut(0, piece.text.index("("))
    return piece.stripped(" ,(.")


def _without_postcode(part: Piece) -> Piece:
    found = POSTCODE.search(part.text)
    if found is None:
        return part
    after = part.cut(found.end(), len(part.text)).stripped(" ,-")
    return after if after.text else part.cut(0, found.start()).stripped(" ,-")
