"""A city without its country: the one in the country that the site is made for, and short names in scripts of their own."""

from datetime import UTC, datetime

import pytest

from quiethire.domain.board import Board
from quiethire.domain.posting import RawPosting, Source, Sourced
from services.parser.normalise.location import parse_locations
from services.parser.normalise.posting import normalise

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)


def country_of(city: str, url: str, *, language: str | None = None, board: Board | None = None) -> str | None:
    def stated(value: str) -> Sourced:
        return Sourced(value=value, source=Source.HTML, path="x")

    raw = RawPosting(
        url=url,
        external_id="7",
        title=stated("Train Planner"),
        locations=(stated(city),),
        language=stated(language) if language else None,
    )
    [place] = normalise(raw, board=board, fetched_at=FETCHED).locations
    return place.country


@pytest.mark.parametrize(
    ("city", "host", "country"),
    [
        ("Cádiz", "northwind.es", "ES"),
        ("Córdoba", "northwind.es", "ES"),
        ("León", "northwind.es", "ES"),
        ("Brest", "northwind.fr", "FR"),
        ("Halle", "northwind.de", "DE"),
        ("Halle", "northwind.be", "BE"),
        ("Lincoln", "northwind.co.uk", "GB"),
        ("Newcastle", "northwind.co.uk", "GB"),
        ("Newcastle", "northwind.com.au", "AU"),
        ("Córdoba", "northwind.com", "AR"),
    ],
)
def test_a_bare_city_is_in_the_country_of_the_site_where_it_has_one(city, host, country):
    assert country_of(city, f"https://{host}/jobs/7") == country


@pytest.mark.parametrize(
    ("city", "host", "country"),
    [
        ("Córdoba, Argentina", "northwind.es", "AR"),
        ("Buenos Aires", "northwind.es", "AR"),
        ("Paris", "northwind.us", "FR"),
        ("Córdoba", "northwind.co", "AR"),
    ],
)
def test_the_site_says_nothing_of_a_named_country_a_city_elsewhere_or_one_of_the_world(city, host, country):
    assert country_of(city, f"https://{host}/jobs/7") == country


def test_the_language_tells_where_the_host_does_not():
    assert country_of("Córdoba", "https://northwind.com/jobs/7", language="es-ES") == "ES"
    assert country_of("Manchester", "https://northwind.com/jobs/7", language="en-US") == "GB"


def test_the_host_of_an_ats_is_not_the_employers():
    board = Board(ats="personio", token="northwind", url="https://northwind.jobs.personio.de/")
    assert country_of("Hanover", "https://northwind.jobs.personio.de/job/7", board=board) == "US"
    employers = board.model_copy(update={"company_domain": "northwind.de"})
    assert country_of("Hanover", "https://northwind.jobs.personio.de/job/7", board=employers) == "DE"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("東京", ("Tokyo", "JP")),
        ("서울", ("Seoul", "KR")),
        ("上海", ("Shanghai", "CN")),
        ("台北", ("Taipei", "TW")),
        ("日本", (None, "JP")),
        ("中国", (None, "CN")),
        ("台灣", (None, "TW")),
        ("대한민국", (None, "KR")),
        ("東京, 日本", ("Tokyo", "JP")),
    ],
)
def test_names_of_two_letters_are_read_where_a_letter_is_a_word(text, place):
    assert [(found.city, found.country) for found in parse_locations([text]).locations] == [place]
