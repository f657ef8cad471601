"""Where remote work is allowed, what a two-letter code means beside a place, towns beside their country, regions by name."""

import pytest

from services.parser.normalise.gazetteer import cities, only_town, towns
from services.parser.normalise.location import known_place, parse_locations


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("Remote (US only)", ("US",)),
        ("Remote - EMEA", ("EMEA",)),
        ("Remote, Germany or Austria", ("DE", "AT")),
        ("Home office innerhalb Deutschlands", ("DE",)),
        ("Anywhere in Europe", ("Europe",)),
        ("Remote within the EU", ("EU",)),
        ("Remote (Germany, Austria, Switzerland)", ("DE", "AT", "CH")),
        ("Remote, Germany, Spain, Portugal or the U.K.", ("DE", "ES", "PT", "GB")),
        ("Remote - US & Canada", ("US", "CA")),
        ("Remote (US/CA)", ("US", "CA")),
        ("Remote US or CA", ("US", "CA")),
        ("Remote, UK and Ireland", ("GB", "IE")),
        ("100% remote (deutschlandweit)", ("DE",)),
        ("Remote in Deutschland", ("DE",)),
        ("Work from anywhere", ("Worldwide",)),
        ("Worldwide", ("Worldwide",)),
        ("Remote - Americas", ("Americas",)),
        ("Remote (EU timezones)", ("EU",)),
        ("Europe (remote)", ("Europe",)),
        ("Télétravail partout en France", ("FR",)),
        ("Teletrabajo desde cualquier lugar de España", ("ES",)),
        ("100% en remoto (España)", ("ES",)),
        ("Remote, California", ("US",)),
        ("Remote - Canada", ("CA",)),
        ("Remote (UK based)", ("GB",)),
        ("Fully remote within the United States", ("US",)),
        ("Remote - must be located in Poland", ("PL",)),
        ("Praca zdalna (Polska)", ("PL",)),
        ("Remote DACH", ("DACH",)),
        ("United States (Remote)", ("US",)),
        ("Remote (US-based)", ("US",)),
        ("Remote USA only", ("US",)),
        ("Thuiswerken in Nederland", ("NL",)),
        ("Berlin or remote within Germany", ("DE",)),
        ("Remote, North America", ("North America",)),
        ("LATAM Remote", ("LATAM",)),
        ("APAC - Remote", ("APAC",)),
        ("Remote: Spain, Portugal", ("ES", "PT")),
        ("Distans, hela Sverige", ("SE",)),
        ("Homeoffice österreichweit", ("AT",)),
        ("Remote (anywhere in the US)", ("US",)),
        ("Remote - Nordics", ("Nordics",)),
        ("Remote from Germany, Poland or Spain", ("DE", "PL", "ES")),
        ("Remote (Europe or US)", ("Europe", "US")),
        ("Remote East Coast US", ("US",)),
        ("Hybrid - Berlin", ()),
    ],
)
def test_remote_work_is_allowed_where_the_text_says(text, allowed):
    assert parse_locations([text]).remote_allowed_in == allowed


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Toronto, CA", [("Toronto", "CA")]),
        ("San Francisco, CA", [("San Francisco", "US")]),
        ("Fresno, CA", [("Fresno", "US")]),
        ("Vancouver, CA", [("Vancouver", "CA")]),
        ("Ottawa, ON, CA", [("Ottawa", "CA")]),
        ("Oakland, CA, US", [("Oakland", "US")]),
        ("Wilmington, DE", [("Wilmington", "US")]),
        ("Köln, DE", [("Köln", "DE")]),
        ("Hamburg, DE", [("Hamburg", "DE")]),
        ("Dover, DE", [("Dover", "US")]),
        ("Bogotá, CO", [("Bogotá", "CO")]),
        ("Denver, CO", [("Denver", "US")]),
        ("Tel Aviv, IL", [("Tel Aviv", "IL")]),
        ("Chicago, IL", [("Chicago", "US")]),
        ("Mumbai, IN", [("Mumbai", "IN")]),
        ("Gary, IN", [("Gary", "US")]),
        ("Casablanca, MA", [("Casablanca", "MA")]),
        ("Boston, MA", [("Boston", "US")]),
        ("Little Rock, AR", [("Little Rock", "US")]),
        ("Buenos Aires, AR", [("Buenos Aires", "AR")]),
        ("Tukwila, WA", [("Tukwila", "US")]),
        ("Sant Julià de Lòria, Andorra", [("Sant Julià de Lòria", "AD")]),
        ("Herzogenaurach", [("Herzogenaurach", "DE")]),
        ("Kitzbühel, Österreich", [("Kitzbühel", "AT")]),
        ("Herzogenaurach, Bayern", [("Herzogenaurach", "DE")]),
        ("Berlin, München, Hamburg", [("Berlin", "DE"), ("Munich", "DE"), ("Hamburg", "DE")]),
        ("London, UK; Paris, France", [("London", "GB"), ("Paris", "FR")]),
        ("Munich & Berlin", [("Munich", "DE"), ("Berlin", "DE")]),
        ("Zug, Switzerland", [("Zug", "CH")]),
        ("Bad Homburg vor der Höhe", [("Bad Homburg vor der Höhe", "DE")]),
        ("Zermatt, Switzerland", [("Zermatt", "CH")]),
        ("Bayern", [(None, "DE")]),
        ("Region Stuttgart", [("Stuttgart", "DE")]),
        ("Ruhrgebiet", [(None, "DE")]),
        ("Katowice, śląskie", [("Katowice", "PL")]),
        ("Scotland", [(None, "GB")]),
        ("Auvergne-Rhône-Alpes", [(None, "FR")]),
        ("Vlaanderen", [(None, "BE")]),
        ("Noord-Holland", [(None, "NL")]),
        ("Skåne", [(None, "SE")]),
        ("Region Hovedstaden", [(None, "DK")]),
        ("Lombardia", [(None, "IT")]),
        ("Andalucía", [(None, "ES")]),
        ("Aarau, Aargau", [("Aarau", "CH")]),
        ("Ontario, Canada", [(None, "CA")]),
        ("Ontario, CA", [("Ontario", "US")]),
        ("Best, Netherlands", [("Best", "NL")]),
        ("Independence, MO", [("Independence", "US")]),
        ("Mobile, AL", [("Mobile", "US")]),
        ("Walldorf, Germany", [("Walldorf", "DE")]),
        ("Davos, Switzerland", [("Davos", "CH")]),
    ],
)
def test_codes_towns_and_regions_are_read_by_what_stands_beside_them(text, places):
    assert [(place.city, place.country) for place in parse_locations([text]).locations] == places


def test_a_town_has_coordinates_beside_its_country_and_a_common_word_is_none_by_itself():
    davos = parse_locations(["Davos, Switzerland"]).locations[0]
    assert davos.lat is not None
    assert round(davos.lat) == 47
    assert not cities("davos")
    assert towns("davos")
    assert only_town("engineer") is None
    assert not known_place("Mobile")


def test_a_long_text_is_no_place():
    assert not known_place("Berlin " * 100)
