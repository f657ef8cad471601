"""Parts of countries by name, each with its towns: who searches Bavaria means Munich as well.

Which part a town lies in GeoNames knows, under codes of its own; so each part is told here by its names and by a city in it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from types import MappingProxyType

from quiethire.domain import geonames
from quiethire.domain.grid import cell
from quiethire.domain.search import CountryPart
from quiethire.domain.words import fold
from services.parser.normalise import gazetteer
from services.parser.normalise.location import country_code, parse_locations

_NAMES: Mapping[str, Mapping[str, str]] = {
    "GB": {"Glasgow": "Scotland, Schottland, Écosse, Escocia, Scozia, Szkocja", "Cardiff": "Wales, Cymru, Gales, Pays de Galles",
           "London": "England, Angleterre, Inglaterra, Inghilterra",
           "Belfast": "Northern Ireland, Nordirland, Irlande du Nord, Irlanda del Norte"},
    "DE": {"Stuttgart": "Baden-Württemberg, Baden-Wuerttemberg", "Munich": "Bavaria, Bayern, Bavière, Baviera, Bawaria, Freistaat Bayern", "Potsdam": "Brandenburg", "Wiesbaden": "Hesse, Hessen",
           "Hannover": "Lower Saxony, Niedersachsen", "Rostock": "Mecklenburg-Vorpommern, Mecklenburg-Western Pomerania",
           "Köln": "North Rhine-Westphalia, Nordrhein-Westfalen, NRW", "Mainz": "Rhineland-Palatinate, Rheinland-Pfalz",
           "Saarbrücken": "Saarland", "Leipzig": "Saxony, Sachsen, Freistaat Sachsen", "Magdeburg": "Saxony-Anhalt, Sachsen-Anhalt", "Kiel": "Schleswig-Holstein",
           "Erfurt": "Thuringia, Thüringen, Thueringen"},
    "AT": {"Sankt Pölten": "Lower Austria, Niederösterreich", "Linz": "Upper Austria, Oberösterreich", "Graz": "Styria, Steiermark",
           "Innsbruck": "Tyrol, Tirol", "Villach": "Carinthia, Kärnten", "Dornbirn": "Vorarlberg", "Eisenstadt": "Burgenland"},
    "CH": {"Lausanne": "Vaud, Waadt", "Lugano": "Ticino, Tessin", "Aarau": "Aargau, Argovie", "Chur": "Graubünden, Grisons", "Frauenfeld": "Thurgau"},
    "ES": {"Barcelona": "Catalonia, Catalunya, Cataluña, Katalonien", "Sevilla": "Andalusia, Andalucía, Andalusien",
           "Bilbao": "Basque Country, País Vasco, Euskadi", "Vigo": "Galicia", "Gijón": "Asturias", "Santander": "Cantabria",
           "Zaragoza": "Aragon, Aragón", "Pamplona": "Navarre, Navarra", "Valladolid": "Castile and León, Castilla y León",
           "Albacete": "Castilla-La Mancha", "Badajoz": "Extremadura", "Palma": "Balearic Islands, Islas Baleares, Illes Balears",
           "Madrid": "Comunidad de Madrid, Community of Madrid", "Alicante": "Valencian Community, Comunidad Valenciana, Comunitat Valenciana", "Las Palmas": "Canary Islands, Islas Canarias"},
    "IT": {"Milan": "Lombardy, Lombardia", "Turin": "Piedmont, Piemonte", "Venice": "Veneto", "Bologna": "Emilia-Romagna",
           "Florence": "Tuscany, Toscana, Toskana", "Rome": "Lazio", "Naples": "Campania", "Bari": "Apulia, Puglia",
           "Palermo": "Sicily, Sicilia, Sizilien", "Cagliari": "Sardinia, Sardegna, Sardinien", "Genoa": "Liguria", "Perugia": "Umbria",
           "Ancona": "Marche", "Pescara": "Abruzzo", "Catanzaro": "Calabria", "Trieste": "Friuli-Venezia Giulia",
           "Trento": "Trentino-Alto Adige", "Potenza": "Basilicata", "Campobasso": "Molise"},
    "FR": {"Rennes": "Brittany, Bretagne", "Rouen": "Normandy, Normandie", "Toulouse": "Occitanie", "Bordeaux": "Nouvelle-Aquitaine",
           "Lyon": "Auvergne-Rhône-Alpes", "Marseille": "Provence-Alpes-Côte d'Azur, PACA", "Lille": "Hauts-de-France",
           "Strasbourg": "Grand Est", "Nantes": "Pays de la Loire", "Orléans": "Centre-Val de Loire", "Dijon": "Bourgogne-Franche-Comté",
           "Paris": "Île-de-France", "Ajaccio": "Corsica, Corse"},
    "NL": {"Amsterdam": "North Holland, Noord-Holland", "Rotterdam": "South Holland, Zuid-Holland", "Eindhoven": "North Brabant, Noord-Brabant",
           "Nijmegen": "Gelderland", "Enschede": "Overijssel", "Leeuwarden": "Friesland", "Middelburg": "Zeeland", "Assen": "Drenthe",
           "Almere": "Flevoland"},
    "BE": {"Antwerpen": "Flanders, Vlaanderen, Flandern, Flandre", "Liège": "Wallonia, Wallonie, Wallonië"},
    "PL": {"Warsaw": "Masovia, Mazowieckie", "Kraków": "Lesser Poland, Małopolska, Małopolskie", "Katowice": "Silesia, Śląsk, Śląskie",
           "Wrocław": "Lower Silesia, Dolny Śląsk, Dolnośląskie", "Poznań": "Greater Poland, Wielkopolska, Wielkopolskie",
           "Gdańsk": "Pomerania, Pomorskie", "Łódź": "Łódzkie", "Lublin": "Lubelskie", "Rzeszów": "Podkarpackie", "Białystok": "Podlaskie",
           "Bydgoszcz": "Kujawsko-Pomorskie", "Olsztyn": "Warmińsko-Mazurskie", "Szczecin": "Zachodniopomorskie", "Kielce": "Świętokrzyskie",
           "Opole": "Opolskie", "Zielona Góra": "Lubuskie"},
    "AU": {"Sydney": "New South Wales, NSW", "Brisbane": "Queensland, QLD", "Perth": "Western Australia", "Adelaide": "South Australia",
           "Hobart": "Tasmania", "Darwin": "Northern Territory", "Melbourne": "Victoria, VIC", "Canberra": "Australian Capital Territory"},
    "IN": {"Bengaluru": "Karnataka", "Mumbai": "Maharashtra", "Chennai": "Tamil Nadu", "Hyderabad": "Telangana", "Kochi": "Kerala",
           "Ahmedabad": "Gujarat", "Lucknow": "Uttar Pradesh", "Gurugram": "Haryana", "Kolkata": "West Bengal", "Jaipur": "Rajasthan",
           "Visakhapatnam": "Andhra Pradesh", "Indore": "Madhya Pradesh", "Bhubaneshwar": "Odisha", "Patna": "Bihar", "Guwahati": "Assam",
           "Dehradun": "Uttarakhand", "Ranchi": "Jharkhand", "Raipur": "Chhattisgarh"},
    "BR": {"Belo Horizonte": "Minas Gerais", "Porto Alegre": "Rio Grande do Sul", "Florianópolis": "Santa Catarina", "Recife": "Pernambuco",
           "Curitiba": "Paraná", "Salvador": "Bahia", "Fortaleza": "Ceará", "Goiânia": "Goiás", "Vitória": "Espírito Santo",
           "Cuiabá": "Mato Grosso", "Campo Grande": "Mato Grosso do Sul", "Natal": "Rio Grande do Norte", "Manaus": "Amazonas"},
    "CA": {"Calgary": "Alberta", "Vancouver": "British Columbia", "Winnipeg": "Manitoba", "Moncton": "New Brunswick", "Halifax": "Nova Scotia",
           "St. John's": "Newfoundland and Labrador, Newfoundland", "Toronto": "Ontario", "Charlottetown": "Prince Edward Island", "Montréal": "Quebec",
           "Regina": "Saskatchewan", "Yellowknife": "Northwest Territories", "Iqaluit": "Nunavut", "Whitehorse": "Yukon"},
}  # fmt: skip
"""Country → a city in each of its parts → the part's names. Salzburg, Utrecht and Zürich are the cities: most who write that mean these."""

_COUNTIES = {
    "Scotland": ("fife", "aberdeenshire", "midlothian", "lanarkshire", "ayrshire", "east lothian"),
    "Wales": ("powys",),
    "Northern Ireland": (
        *("county antrim", "county armagh", "county down", "county londonderry", "county tyrone"),
        *("co. antrim", "co. armagh", "co. down"),
    ),
}
"""Of the counties of the United Kingdom that the gazetteer knows, those that lie not in England."""

_STATES = {"New York": ("New York State",), "District of Columbia": ()}
"""States of the USA by what they are called, where their name is rather a city's; the others go by their name, and with `State` behind it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a country."""

    names: tuple[str, ...]
    """The one that it is told by comes first."""
    country: str
    code: str | None
    """What addresses there have in its place: `CA` for California. None where they have none."""
    region: str
    """GeoNames' code of it."""


def part_called(name: str) -> Part | None:
    """The part of a country that has this name, or a code that is no country's: `TX`, but not `CA`."""
    return _by_name().get(_plain(name))


def part_coded(code: str, country: str | None) -> Part | None:
    """The part of this country that has this code."""
    return next((part for part in parts() if part.country == country and part.code == code.upper()), None)


@cache
def parts() -> tuple[Part, ...]:
    """All that are known."""
    found = [
        Part(_STATES.get(state["name"], (state["name"], f"{state['name']} State")), "US", code, code)
        for code, state in geonames.us_states().items()
    ]
    codes = {name: code for name, (country, code) in gazetteer.states().items() if country == "CA"}
    for country, cities in _NAMES.items():
        for city, told in cities.items():
            names = tuple(told.split(", "))
            region = next(each.region for each in gazetteer.places(fold(city)) if each.country == country)
            found.append(Part(names, country, codes[fold(names[0])] if country == "CA" else None, region))
    return tuple(part for part in found if part.names)


@cache
def meant_by(part: Part) -> CountryPart:
    """What a search for it looks for."""
    inner = [name for name in part.names if _within_another(name, part)]
    plain = [name for name in part.names if name not in inner]
    known = [name for name in plain if _is_known(name, part.country)]
    return CountryPart(
        country=part.country,
        words=(*known, *_counties(part)),
        code=part.code,
        own_words=tuple(name for name in plain if name not in known),
        names=tuple(told for name in inner for told in (name, *_with_country(name, part.country))),
        cells=tuple(sorted({where for _, where, _ in _towns()[part.country, part.region]})),
    )


def _is_known(name: str, country: str) -> bool:
    """Whether a posting that names this alone is known to be in the country."""
    read = parse_locations((name,)).locations
    return len(read) == 1 and read[0].country == country


def _with_country(name: str, country: str) -> Iterable[str]:
    """With the country behind it, or before, as it is called anywhere."""
    for land in (country, *(land for land, code in gazetteer.countries().items() if code == country)):
        yield from (f"{name}, {land}", f"{land}, {name}")


def _counties(part: Part) -> Iterable[str]:
    """Those of the United Kingdom that lie in it: who names one of them mostly names no more."""
    if part.country != "GB":
        return ()
    elsewhere = {county for counties in _COUNTIES.values() for county in counties}
    of_england = (
        name for name, (country, _) in gazetteer.states().items() if country == "GB" and name not in elsewhere
    )
    return _COUNTIES.get(part.names[0], of_england)


def _within_another(name: str, part: Part) -> bool:
    """Whether the words of the name stand in the name of another part of the country, or of a large city in one: Kansas City is in Missouri."""
    own = f" {_plain(name)} "
    parts_too = (told for each in parts() if each.country == part.country and each != part for told in each.names)
    cities = (each.name for each in _large_cities()[part.country] if each.region != part.region)
    return any(own in f" {_plain(other)} " for other in chain(parts_too, cities))


@cache
def _large_cities() -> Mapping[str, set[gazetteer.City]]:
    found: dict[str, set[gazetteer.City]] = defaultdict(set)
    for place in gazetteer.every_place():
        if place.population >= gazetteer.LARGE:
            found[place.country].add(place)
    return found


@cache
def towns_of(part: Part) -> frozenset[str]:
    """The names of its cities and towns, but for those that a larger one elsewhere in the country has."""
    return frozenset(
        name for name, _, people in _towns()[part.country, part.region] if people == _largest()[part.country, name]
    )


@cache
def _by_name() -> Mapping[str, Part]:
    coded = {_plain(part.code): part for part in parts() if part.code and country_code(part.code) is None}
    return MappingProxyType(coded | {_plain(name): part for part in parts() for name in part.names})


@lru_cache(maxsize=8_192)
def _plain(name: str) -> str:
    """As names are compared: with hyphens or without, as one likes."""
    return fold(name).replace("-", " ").replace("’", "'")


@cache
def _towns() -> Mapping[tuple[str, str], set[tuple[str, int, int]]]:
    """(country, GeoNames' code of a part) → name, cell and people of each of its towns."""
    found: dict[tuple[str, str], set[tuple[str, int, int]]] = defaultdict(set)
    for town in gazetteer.every_place():
        found[town.country, town.region].add((town.name, cell(town.lat, town.lon), town.population))
    return found


@cache
def _largest() -> Mapping[tuple[str, str], int]:
    """(country, name of a town) → people of the largest of that name."""
    found: Counter[tuple[str, str]] = Counter()
    for town in gazetteer.every_place():
        found[town.country, town.name] = max(found[town.country, town.name], town.population)
    return found
