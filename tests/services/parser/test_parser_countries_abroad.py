"""Countries as the world's languages call them, and what only sounds like one."""

from collections import Counter

import pytest

from quiethire.domain import cldr
from services.parser.normalise import gazetteer
from services.parser.normalise.location import country_code, known_place, parse_locations


def read(text):
    return [(place.city, place.country) for place in parse_locations([text]).locations]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Eesti", (None, "EE")),
        ("Valga, Eesti", ("Valga", "EE")),
        ("Ruotsi", (None, "SE")),
        ("Fransa", (None, "FR")),
        ("Hellas", (None, "GR")),
        ("Armenien", (None, "AM")),
        ("Kuba", (None, "CU")),
        ("Côte d'Ivoire", (None, "CI")),
        ("Côte d’Ivoire", (None, "CI")),
        ("קנדה", (None, "CA")),
        ("Praha, Česká republika", ("Prague", "CZ")),
        ("Београд, Србија", ("Belgrade", "RS")),
        ("Варшава, Польша", ("Warsaw", "PL")),
        ("Alger, Algérie", ("Algiers", "DZ")),
    ],
)
def test_a_country_is_known_in_its_own_language_and_in_others(text, place):
    assert read(text) == [place]


def test_it_is_where_remote_work_is_allowed_and_what_a_country_is_stated_as():
    assert parse_locations(["Remote - Storbritannia"]).remote_allowed_in == ("GB",)
    assert country_code("Česká republika") == "CZ"
    assert country_code("Saksa") == "DE"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Columbia", ("Columbia", "US")),
        ("Salvador", ("Salvador", "BR")),
        ("Granada", ("Granada", "ES")),
        ("Brasília", ("Brasília", "BR")),
        ("Rusko, Finland", ("Rusko", "FI")),
        ("Líbano, Tolima", ("Líbano", "CO")),
        ("5300 Turgi, Schweiz", ("Turgi", "CH")),
        ("Kina, Sverige", ("Kina", "SE")),
        ("عمان، الأردن", ("Amman", "JO")),
        ("عمان", ("Amman", "JO")),
        ("Norra Stockholm", ("Stockholm", "SE")),
        ("Rue Maurice Berteaux Paris", ("Paris", "FR")),
        ("Via Cina Roma", ("Rome", "IT")),
        ("Tommy Bahama Orlando", ("Orlando", "US")),
        ("Clínica Alemana Santiago", ("Santiago", "CL")),
        ("Česká národní banka Praha", ("Prague", "CZ")),
        ("Saint-Maurice", (None, None)),
        ("Island", (None, None)),
    ],
)
def test_a_city_a_street_or_a_firm_that_bears_such_a_name_is_what_it_was(text, place):
    assert read(text) == [place]


@pytest.mark.parametrize(
    "text", ["Siri, Machine Learning", "English, Somali", "Danska, Finska", "Norra, Sales", "Maroc"]
)
def test_such_a_name_vouches_for_no_place(text):
    assert not known_place(text)


def test_no_city_and_no_town_bears_one_itself():
    own = {place.name.lower() for place in gazetteer.every_place()}
    assert not {name for name in gazetteer.countries_abroad() if name in own}


def test_every_language_names_every_country():
    told = Counter(code for code, _ in cldr.country_names())
    assert {told[code] for code in ("DE", "EE", "JP", "ZA")} == {43}
