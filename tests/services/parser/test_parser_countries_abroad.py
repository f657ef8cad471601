"""Countries as the world's languages call them."""

import pytest

from services.parser.normalise import gazetteer
from services.parser.normalise.location import parse_locations


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Eesti", (None, "EE")),
        ("Ruotsi", (None, "SE")),
        ("Fransa", (None, "FR")),
        ("Tailandia", (None, "TH")),
        ("Armenien", (None, "AM")),
        ("Kuba", (None, "CU")),
        ("Côte d'Ivoire", (None, "CI")),
        ("Côte d’Ivoire", (None, "CI")),
        ("קנדה", (None, "CA")),
        ("Praha, Česká republika", ("Prague", "CZ")),
        ("Beograd, Srbija", ("Belgrade", "RS")),
        ("Београд, Србија", ("Belgrade", "RS")),
        ("Варшава, Польша", ("Warsaw", "PL")),
        ("Alger, Algérie", ("Algiers", "DZ")),
        ("القاهرة، مصر", ("Cairo", "EG")),
    ],
)
def test_a_country_is_known_in_its_own_language_and_in_others(text, place):
    assert [(found.city, found.country) for found in parse_locations([text]).locations] == [place]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Columbia", ("Columbia", "US")),
        ("Salvador", ("Salvador", "BR")),
        ("Granada", ("Granada", "ES")),
        ("Brasília", ("Brasília", "BR")),
        ("Tunis", ("Tunis", "TN")),
        ("Rusko, Finland", ("Rusko", "FI")),
        ("Island", (None, None)),
    ],
)
def test_a_city_that_bears_a_countrys_name_in_some_language_is_meant(text, place):
    assert [(found.city, found.country) for found in parse_locations([text]).locations] == [place]


@pytest.mark.parametrize("word", ["cada", "indie", "island", "swiss", "man", "sec", "reunión de"])
def test_a_word_is_no_country(word):
    assert word not in gazetteer.countries()
