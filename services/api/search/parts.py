"""Parts of countries by name, each with its towns: who searches Bavaria means Munich as well.

Which part a town lies in GeoNames knows, under codes of its own; so each part is told here by its names and by a city in it.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from quiethire.domain import geonames
from quiethire.domain.grid import cell
from quiethire.domain.words import fold
from services.parser.normalise import gazetteer

_NAMES: Mapping[str, Mapping[str, str]] = {
    "GB": {"Glasgow": "Scotland, Schottland, Écosse, Escocia", "Cardiff": "Wales, Cymru", "London": "England",
           "Belfast": "Northern Ireland, Nordirland"},
    "DE": {"Stuttgart": "Baden-Württemberg", "Munich": "Bavaria, Bayern, Bavière, Baviera", "Potsdam": "Brandenburg", "Wiesbaden": "Hesse, Hessen",
           "Hannover": "Lower Saxony, Niedersachsen", "Rostock": "Mecklenburg-Vorpommern, Mecklenburg-Western Pomerania",
           "Köln": "North Rhine-Westphalia, Nordrhein-Westfalen, NRW", "Mainz": "Rhineland-Palatinate, Rheinland-Pfalz",
           "Saarbrücken": "Saarland", "Leipzig": "Saxony, Sachsen", "Magdeburg": "Saxony-Anhalt, Sachsen-Anhalt", "Kiel": "Schleswig-Holstein",
           "Erfurt": "Thuringia, Thüringen"},
    "AT": {"Sankt Pölten": "Lower Austria, Niederösterreich", "Linz": "Upper Austria, Oberösterreich", "Graz": "Styria, Steiermark",
           "Innsbruck": "Tyrol, Tirol", "Villach": "Carinthia, Kärnten", "Dornbirn": "Vorarlberg", "Eisenstadt": "Burgenland"},
    "CH": {"Lausanne": "Vaud, Waadt", "Lugano": "Ticino, Tessin", "Aarau": "Aargau, Argovie", "Chur": "Graubünden, Grisons"},
    "ES": {"Barcelona": "Catalonia, Catalunya, Cataluña, Katalonien", "Sevilla": "Andalusia, Andalucía, Andalusien",
           "Bilbao": "Basque Country, País Vasco, Euskadi", "Vigo": "Galicia", "Gijón": "Asturias", "Santander": "Cantabria",
           "Zaragoza": "Aragon, Aragón", "Pamplona": "Navarre, Navarra", "Valladolid": "Castile and León, Castilla y León",
           "Albacete": "Castilla-La Mancha", "Badajoz": "Extremadura", "Palma": "Balearic Islands, Islas Baleares, Illes Balears",
           "Alicante": "Valencian Community, Comunidad Valenciana, Comunitat Valenciana", "Las Palmas": "Canary Islands, Islas Canarias"},
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
           "Gdańsk": "Pomerania, Pomorskie"},
    "AU": {"Sydney": "New South Wales, NSW", "Brisbane": "Queensland, QLD", "Perth": "Western Australia", "Adelaide": "South Australia",
           "Hobart": "Tasmania", "Darwin": "Northern Territory"},
    "IN": {"Bengaluru": "Karnataka", "Mumbai": "Maharashtra", "Chennai": "Tamil Nadu", "Hyderabad": "Telangana", "Kochi": "Kerala",
           "Ahmedabad": "Gujarat", "Lucknow": "Uttar Pradesh", "Gurugram": "Haryana", "Kolkata": "West Bengal", "Jaipur": "Rajasthan",
           "Visakhapatnam": "Andhra Pradesh", "Indore": "Madhya Pradesh"},
    "BR": {"Belo Horizonte": "Minas Gerais", "Porto Alegre": "Rio Grande do Sul", "Florianópolis": "Santa Catarina", "Recife": "Pernambuco"},
    "CA": {"Calgary": "Alberta", "Vancouver": "British Columbia", "Winnipeg": "Manitoba", "Moncton": "New Brunswick", "Halifax": "Nova Scotia",
           "St. John's": "Newfoundland and Labrador", "Toronto": "Ontario", "Charlottetown": "Prince Edward Island", "Montréal": "Quebec",
           "Regina": "Saskatchewan", "Yellowknife": "Northwest Territories", "Iqaluit": "Nunavut", "Whitehorse": "Yukon"},
}  # fmt: skip
"""Country → a city in each of its parts → the part's names. Those that are also a city's are that city: Salzburg, Utrecht, Zürich."""

_RATHER_CITIES = ("new york", "district of columbia")
"""States that are rather the city. Quebec is the city to the parser, as postings mean it; who searches means the province."""


class Part(NamedTuple):
    """A part of a country."""

    name: str
    country: str
    code: str | None
    """What addresses there have in its place: `CA` for California. None where they have none."""
    region: str
    """GeoNames' code of it."""


def part_called(name: str) -> Part | None:
    """The part of a country that has this name."""
    return parts().get(_plain(name))


def _plain(name: str) -> str:
    """As names are compared: with hyphens or without, as one likes."""
    return fold(name).replace("-", " ").replace("’", "'")


@cache
def cells_of(part: Part) -> tuple[int, ...]:
    """Where its towns lie, ascending."""
    return tuple(sorted({where for _, where in _towns()[part.country, part.region]}))


@cache
def towns_of(part: Part) -> frozenset[str]:
    """The names of its cities and towns."""
    return frozenset(name for name, _ in _towns()[part.country, part.region])


@cache
def parts() -> Mapping[str, Part]:
    """All that are known, by each of their names as names are compared."""
    states = geonames.us_states().items()
    found = {_plain(state["name"]): Part(state["name"], "US", code, code) for code, state in states}
    codes = {name: code for name, (country, code) in gazetteer.states().items() if country == "CA"}
    for country, cities in _NAMES.items():
        for city, names in cities.items():
            region = next(each.region for each in gazetteer.places(fold(city)) if each.country == country)
            own, *others = names.split(", ")
            code = codes[_plain(own)] if country == "CA" else None
            found |= dict.fromkeys(map(_plain, (own, *others)), Part(own, country, code, region))
    return MappingProxyType({name: part for name, part in found.items() if name not in _RATHER_CITIES})


@cache
def _towns() -> Mapping[tuple[str, str], set[tuple[str, int]]]:
    """(country, GeoNames' code of a part) → name and cell of each of its towns."""
    found: dict[tuple[str, str], set[tuple[str, int]]] = defaultdict(set)
    for town in gazetteer.every_place():
        found[town.country, town.region].add((town.name, cell(town.lat, town.lon)))
    return found
