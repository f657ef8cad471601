"""Codes and names that look like small words: Oregon, Indiana, Oklahoma, and every … City."""

import pytest

from services.parser.ats.registry import recognise
from services.parser.normalise.location import parse_locations


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Salem, OR", [("Salem, OR", "Salem", "OR")]),
        ("Columbus, IN", [("Columbus, IN", "Columbus", "IN")]),
        ("Carmel, IN, US", [("Carmel, IN, US", "Carmel", "IN")]),
        ("Oklahoma City, OK", [("Oklahoma City, OK", "Oklahoma City", "OK")]),
        ("Kansas City, MO", [("Kansas City, MO", "Kansas City", "MO")]),
        ("Jersey City, NJ", [("Jersey City, NJ", "Jersey City", "NJ")]),
        (
            "San Jose, CA and Austin, TX",
            [("San Jose, CA", "San Jose", "CA"), ("Austin, TX", "Austin", "TX")],
        ),
        ("Austin, TX or Denver, CO", [("Austin, TX", "Austin", "TX"), ("Denver, CO", "Denver", "CO")]),
    ],
)
def test_places_of_the_united_states_keep_their_names(text, places):
    found = parse_locations([text]).locations
    assert [(place.name, place.city, place.region) for place in found] == places
    assert {place.country for place in found} == {"US"}


@pytest.mark.parametrize("text", ["Berlin or Munich", "Berlin oder Munich", "Berlin; Munich"])
def test_small_words_still_separate(text):
    assert [place.city for place in parse_locations([text]).locations] == ["Berlin", "Munich"]


@pytest.mark.parametrize("token", ["..%2F..%2Fadmin", "a%0Ab", "a%00b", "a" * 5_000, "."])
def test_a_token_that_could_do_harm_names_no_board(token):
    assert recognise(f"https://jobs.ashbyhq.com/{token}") is None
