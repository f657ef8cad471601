"""The letters of states behind a mere blank, Australia's states, and regions beside their cities in more countries."""

import pytest

from services.parser.normalise.location import known_place, parse_locations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Austin TX", ("Austin", "TX", "US")),
        ("Paris TX", ("Paris", "TX", "US")),
        ("Vienna VA", ("Vienna", "VA", "US")),
        ("Boston MA 02110", ("Boston", "MA", "US")),
        ("Springfield IL", ("Springfield", "IL", "US")),
        ("Toronto ON", ("Toronto", "ON", "CA")),
        ("Geelong VIC", ("Geelong", "Victoria", "AU")),
        ("Wollongong, NSW", ("Wollongong", "New South Wales", "AU")),
        ("Adelaide SA 5000", ("Adelaide", "South Australia", "AU")),
        ("Adelaide, SA", ("Adelaide", "South Australia", "AU")),
        ("Perth, WA", ("Perth", "Western Australia", "AU")),
        ("Seattle, WA", ("Seattle", "WA", "US")),
        ("Riyadh, SA", ("Riyadh", None, "SA")),
        ("Berlin DE", ("Berlin", None, "DE")),
        ("Milano MI", ("Milan", None, "IT")),
        ("Curitiba, Paraná", ("Curitiba", "Parana", "BR")),
        ("Medellín, Antioquia", ("Medellín", "Antioquia", "CO")),
        ("Cork, County Cork", ("Cork", "County Cork", "IE")),
        ("Ludhiana, Punjab", ("Ludhiana", "Punjab", "IN")),
        ("Poznań, woj. wielkopolskie", ("Poznań", "Wielkopolskie", "PL")),
        ("دبي", ("Dubai", None, "AE")),
    ],
)
def test_a_place_with_its_state(text, expected):
    found = parse_locations([text]).locations
    assert [(place.city, place.region, place.country) for place in found] == [expected]


@pytest.mark.parametrize("text", ["Austin TX", "Melbourne VIC 3000", "Co. Kildare"])
def test_such_a_text_is_nothing_but_a_place(text):
    assert known_place(text)


@pytest.mark.parametrize("text", ["Senior PA", "Accounts PA", "Team VIC", "Join SA"])
def test_letters_behind_what_lies_nowhere_name_no_state(text):
    assert not known_place(text)
