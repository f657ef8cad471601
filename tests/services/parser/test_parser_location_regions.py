"""A name that is a state's or an area's means no small town elsewhere; two letters behind a city are what its addresses end in."""

import pytest

from quiethire.domain import geonames
from quiethire.domain.posting import Workplace
from services.parser.normalise.location import country_code, known_place, parse_locations


def read(text: str) -> list[tuple[str | None, str | None, str | None]]:
    return [(place.city, place.region, place.country) for place in parse_locations([text]).locations]


_RATHER_CITIES = ("New York", "District of Columbia")
_STATES = [(state["name"], code) for code, state in geonames.us_states().items() if state["name"] not in _RATHER_CITIES]


@pytest.mark.parametrize("country", ["", ", USA", ", United States", ", United States of America"])
@pytest.mark.parametrize(("name", "code"), _STATES)
def test_a_state_of_the_united_states_is_the_state(name, code, country):
    assert read(f"{name}{country}") == [(None, code, "US")]


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Washington State", "WA"),
        ("State of Washington", "WA"),
        ("New York State", "NY"),
        ("Northern Virginia", "VA"),
        ("Upstate New York", "NY"),
        ("United States, Virginia", "VA"),
    ],
)
def test_a_state_in_other_words_is_no_city(text, region):
    assert read(text) == [(None, region, "US")]


def test_a_state_as_an_employer_is_not_taken_for_a_place():
    assert not known_place("State of Washington")


@pytest.mark.parametrize(
    ("name", "region"),
    [("Ontario", "ON"), ("British Columbia", "BC"), ("Yukon", "YT"), ("Nunavut", "NU"), ("New Brunswick", "NB")],
)
def test_a_province_of_canada_is_the_province(name, region):
    assert read(name) == [(None, region, "CA")]


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Kent", "GB"),
        ("Surrey", "GB"),
        ("Norfolk", "GB"),
        ("Andalusia", "ES"),
        ("Mallorca", "ES"),
        ("Tuscany", "IT"),
        ("Piedmont", "IT"),
        ("South Tyrol", "IT"),
        ("Normandy", "FR"),
        ("Ile de France", "FR"),
        ("Victoria", "AU"),
        ("Nuevo León", "MX"),
        ("Kanto", "JP"),
        ("Hesse", "DE"),
        ("NRW", "DE"),
        ("Tyrol", "AT"),
    ],
)
def test_a_large_region_is_no_town_of_its_name_elsewhere(name, country):
    assert [(city, land) for city, _, land in read(name)] == [(None, country)]


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("New York", ("New York City", "NY", "US")),
        ("District of Columbia", ("Washington", "DC", "US")),
        ("D.C.", ("Washington", "DC", "US")),
        ("Ontario, CA", ("Ontario", "CA", "US")),
        ("Virginia, MN", ("Virginia", "MN", "US")),
        ("Virginia, South Africa", ("Virginia", None, "ZA")),
        ("Kent, Washington", ("Kent", "WA", "US")),
        ("Norfolk, VA", ("Norfolk", "VA", "US")),
        ("Surrey, BC", ("Surrey", "BC", "CA")),
        ("Victoria, British Columbia", ("Victoria", "BC", "CA")),
        ("Florence, Tuscany", ("Florence", "Tuscany", "IT")),
        ("Salzburg", ("Salzburg", None, "AT")),
        ("Valencia", ("Valencia", None, "ES")),
        ("Valencia, Venezuela", ("Valencia", None, "VE")),
        ("Odessa", ("Odesa", None, "UA")),
        ("Odessa, TX", ("Odessa", "TX", "US")),
        ("Halle", ("Halle", None, "DE")),
        ("Neustadt", ("Neustadt an der Weinstraße", None, "DE")),
        ("Neumarkt, Romania", ("Târgu Mureş", None, "RO")),
        ("Frankfurt", ("Frankfurt am Main", None, "DE")),
        ("Halle, Belgium", ("Halle", None, "BE")),
    ],
)
def test_a_city_that_shares_its_name_is_known_by_what_stands_beside_it(text, city):
    assert read(text) == [city]


@pytest.mark.parametrize(
    "text",
    [
        "Bay Area",
        "The Bay Area",
        "SF Bay Area",
        "San Francisco Bay Area",
        "Bay Area, CA",
        "Bay Area, California",
        "Remote - Bay Area",
    ],
)
def test_the_bay_area_is_san_franciscos(text):
    assert read(text) == [("San Francisco", "CA", "US")]


def test_a_bay_that_is_another_keeps_its_city():
    assert read("Tampa Bay Area") == [("Tampa", "FL", "US")]
    assert read("Bay, PH") == [("Bay", None, "PH")]


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("LA, CA", ("Los Angeles", "CA", "US")),
        ("LA, California", ("Los Angeles", "CA", "US")),
        ("NY, NY", ("New York City", "NY", "US")),
        ("SLC, UT", ("Salt Lake City", "UT", "US")),
        ("New Orleans, LA", ("New Orleans", "LA", "US")),
        ("LA", (None, "LA", "US")),
    ],
)
def test_letters_are_a_city_only_beside_its_state(text, city):
    assert read(text) == [city]


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("Virginia, Maryland", ["VA", "MD"]),
        ("Texas, Oklahoma", ["TX", "OK"]),
        ("Virginia, Maryland or Delaware", ["VA", "MD", "DE"]),
        ("Ontario, Alberta", ["ON", "AB"]),
        ("Indiana, Pennsylvania", ["PA"]),
        ("Silicon Valley, California", ["CA"]),
    ],
)
def test_states_in_a_row_are_each_a_place_but_for_a_town_in_its_state(text, regions):
    assert [region for _, region, _ in read(text)] == regions


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("Remote - Virginia", ("US",)),
        ("Remote, Ontario", ("CA",)),
        ("Remote: Texas, Virginia, Florida", ("US",)),
        ("Remote - Africa", ("Africa",)),
        ("Remote - South Africa", ("ZA",)),
    ],
)
def test_remote_work_in_a_state_is_allowed_in_its_country(text, allowed):
    places = parse_locations([text])
    assert (places.workplace, places.remote_allowed_in) == (Workplace.REMOTE, allowed)


@pytest.mark.parametrize("text", ["South East England", "South London", "Cape Cod", "New Town", "Hong"])
def test_a_word_of_a_countrys_name_is_not_the_country(text):
    assert not {land for _, _, land in read(text)} & {"ZA", "NZ", "CD", "HK"}


def test_codes_of_three_letters_that_are_words_are_no_countries():
    assert country_code("DEU") == "DE"
    assert country_code("com") is None
    assert not known_place("Ken")


@pytest.mark.parametrize(
    ("text", "city", "country"),
    [
        ("Munich, BY, DE", "Munich", "DE"),
        ("Walldorf, BW, DE", "Walldorf", "DE"),
        ("Bengaluru, KA, IN", "Bengaluru", "IN"),
        ("Chennai, TN, IN", "Chennai", "IN"),
        ("Amsterdam, NH, NL", "Amsterdam", "NL"),
        ("Buenos Aires, BA, AR", "Buenos Aires", "AR"),
        ("Tel Aviv, TA, IL", "Tel Aviv", "IL"),
        ("Toronto, ON, CA", "Toronto", "CA"),
        ("Munich, BY", "Munich", "DE"),
        ("Torino (TO)", "Turin", "IT"),
        ("Bologna (BO)", "Bologna", "IT"),
        ("Modena (MO)", "Modena", "IT"),
        ("Como (CO)", "Como", "IT"),
        ("Bern, BE", "Bern", "CH"),
        ("Curitiba, PR", "Curitiba", "BR"),
        ("Florianópolis - SC", "Florianópolis", "BR"),
        ("Mumbai, MH", "Mumbai", "IN"),
    ],
)
def test_the_code_of_a_region_is_no_american_state_and_no_country(text, city, country):
    assert [(found, land) for found, _, land in read(text)] == [(city, country)]


@pytest.mark.parametrize(
    ("text", "city", "region"),
    [
        ("Hamburg, NY", "Hamburg", "NY"),
        ("Berlin, Connecticut", "Berlin", "CT"),
        ("Milan, MI", "Milan", "MI"),
        ("Cologne, MN", "Cologne", "MN"),
        ("Wilmington, NC, US", "Wilmington", "NC"),
        ("Wilmington, US, DE", "Wilmington", "DE"),
    ],
)
def test_an_american_town_is_no_capital_of_its_name(text, city, region):
    assert read(text) == [(city, region, "US")]


@pytest.mark.parametrize(
    ("text", "cities"),
    [
        ("Boston, New York, Chicago", [("Boston", "MA"), ("New York City", "NY"), ("Chicago", "IL")]),
        ("Boston, Chicago, New York", [("Boston", "MA"), ("Chicago", "IL"), ("New York City", "NY")]),
        ("New York, San Francisco", [("New York City", "NY"), ("San Francisco", "CA")]),
        ("New York, Boston", [("New York City", "NY"), ("Boston", "MA")]),
        (
            "San Francisco, CA, New York, NY, Seattle, WA",
            [("San Francisco", "CA"), ("New York City", "NY"), ("Seattle", "WA")],
        ),
        ("Portland, Oregon, Seattle, Washington", [("Portland", "OR"), ("Seattle", "WA")]),
        ("Toronto, ON, Vancouver, BC", [("Toronto", "ON"), ("Vancouver", "BC")]),
        ("Toronto, Ontario, Vancouver, British Columbia", [("Toronto", "ON"), ("Vancouver", "BC")]),
        ("Austin, TX, USA, Denver, CO, USA", [("Austin", "TX"), ("Denver", "CO")]),
        ("Austin, TX, Denver, CO, Remote", [("Austin", "TX"), ("Denver", "CO")]),
        ("Brooklyn, New York, NY", [("Brooklyn", "NY")]),
        ("Buffalo, New York", [("Buffalo", "NY")]),
        ("New York, New York", [("New York City", "NY")]),
        ("London, ON, CA", [("London", "ON")]),
    ],
)
def test_cities_in_a_row_are_each_in_their_own_state(text, cities):
    assert [(city, region) for city, region, _ in read(text)] == cities
