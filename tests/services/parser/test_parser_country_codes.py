"""Two letters that are stated as a country are the country's, in markup and on boards, though a state's are the same."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, Workplace
from services.parser.ats.registry import recognise
from services.parser.normalise.location import parse_locations
from services.parser.parse import parse_board_page, parse_posting_page

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"
ORACLE = "https://ebwh.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1"
ORACLE_DETAIL = (
    "https://ebwh.fa.us2.oraclecloud.com/hcmRestApi/resources/latest/recruitingCEJobRequisitionDetails"
    "?expand=all&onlyData=true&finder=ById;Id=%22210%22,siteNumber=CX_1"
)


def marked_up(**fields: object) -> JobPosting:
    item = {
        "@type": "JobPosting",
        "title": "Train Planner",
        "hiringOrganization": {"name": "Northwind Rail"},
        "datePosted": "2026-10-20",
        "description": "You look after the timetables of forty trains. " * 20,
        **fields,
    }
    html = f'<h1>Train Planner</h1><script type="application/ld+json">{json.dumps(item)}</script>'
    page = Page(
        url="https://northwind.example/jobs/4711", body=html.encode(), content_type="text/html", fetched_at=FETCHED
    )
    [posting] = parse_posting_page(page, board=None).postings
    return posting


def places(posting: JobPosting) -> list[tuple[str | None, str | None, str | None]]:
    return [(place.city, place.region, place.country) for place in posting.locations]


@pytest.mark.parametrize("code", ["DE", "CA", "IL", "CO", "IN", "AR", "GA", "GE", "JE", "FR", "US"])
def test_a_country_alone_is_no_state(code):
    assert places(marked_up(jobLocation={"address": {"addressCountry": code}})) == [(None, None, code)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Saanichton", "British Columbia", "CA"), ("Saanichton", "BC", "CA")),
        (("Toronto", "ON", "CA"), ("Toronto", "ON", "CA")),
        (("Small Harbour", "Ontario", "CA"), ("Small Harbour", "ON", "CA")),
        (("Bogotá", None, "CO"), ("Bogotá", None, "CO")),
        (("Singapore", None, "SG"), ("Singapore", None, "SG")),
        (("Germany", None, "DE"), (None, None, "DE")),
        (("Dover", "DE", "US"), ("Dover", "DE", "US")),
        (("San Diego", "CA", "US"), ("San Diego", "CA", "US")),
        (("San Diego", "CA", "CA"), ("San Diego", "CA", "US")),
        (("Berlin", None, "de"), ("Berlin", None, "DE")),
    ],
)
def test_a_city_is_in_the_country_that_is_stated(parts, expected):
    names = ("addressLocality", "addressRegion", "addressCountry")
    address = {name: part for name, part in zip(names, parts, strict=True) if part}
    assert places(marked_up(jobLocation={"address": address})) == [expected]


def test_work_at_home_is_allowed_in_the_country_that_is_stated():
    posting = marked_up(jobLocation={"address": {"addressLocality": "Homeoffice", "addressCountry": "DE"}})
    assert (posting.remote, posting.remote_allowed_in) == (Workplace.REMOTE, ("DE",))


@pytest.mark.parametrize(
    ("kind", "name", "allowed"),
    [("State", "CA", "California"), ("State", "ON", "Ontario"), ("State", "Texas", "Texas"), ("Country", "CA", "CA")],
)
def test_applicants_may_be_in_a_state_or_in_a_country_of_its_letters(kind, name, allowed):
    where = {"@type": kind, "name": name}
    posting = marked_up(jobLocationType="TELECOMMUTE", applicantLocationRequirements=where)
    assert posting.remote_allowed_in == (allowed,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Germany, DE", (None, None, "DE")),
        ("Canada, CA", (None, None, "CA")),
        ("Bayern, DE", (None, "Bayern", "DE")),
        ("Saanichton, British Columbia, CA", ("Saanichton", "BC", "CA")),
        ("Dover, DE", ("Dover", "DE", "US")),
        ("San Diego, CA", ("San Diego", "CA", "US")),
        ("Ontario, CA", ("Ontario", "CA", "US")),
        ("Ontario, California, CA", ("Ontario", "CA", "US")),
        ("Toronto, Ontario, CA", ("Toronto", "ON", "CA")),
    ],
)
def test_letters_behind_the_name_of_their_country_or_of_a_region_of_it_are_the_country(text, expected):
    assert [(place.city, place.region, place.country) for place in parse_locations([text]).locations] == [expected]


@pytest.mark.parametrize(
    ("where", "country", "expected"),
    [
        ("Remote", "CA", (None, None, "CA")),
        ("Remote", "DE", (None, None, "DE")),
        ("Tel Aviv", "IL", ("Tel Aviv", None, "IL")),
        ("Remote - Canada", "CA", (None, None, "CA")),
        ("San Francisco, CA", "US", ("San Francisco", "CA", "US")),
    ],
)
def test_the_country_of_a_posting_on_lever_is_no_state(where, country, expected):
    answer = json.loads((FIXTURES / "lever" / "normal.json").read_bytes())[:1]
    answer[0]["country"] = country
    answer[0]["categories"].update(location=where, allLocations=[where])
    url = "https://jobs.lever.co/acme"
    board = recognise(url)
    assert board is not None
    page = Page(url=url, body=json.dumps(answer).encode(), content_type="", fetched_at=FETCHED)
    [posting] = parse_board_page(board, page).postings
    assert places(posting) == [expected]


@pytest.mark.parametrize(
    ("where", "code", "expected"),
    [
        ("Germany", "DE", (None, None, "DE")),
        ("Canada", "CA", (None, None, "CA")),
        ("Perth", "AU", ("Perth", None, "AU")),
    ],
)
def test_the_country_of_a_requisition_on_oracle_is_no_city(where, code, expected):
    answer = json.loads((FIXTURES / "oracle" / "detail.json").read_bytes())
    answer["items"][0].update(PrimaryLocation=where, PrimaryLocationCountry=code, secondaryLocations=[])
    page = Page(url=ORACLE_DETAIL, body=json.dumps(answer).encode(), content_type="", fetched_at=FETCHED)
    [posting] = parse_posting_page(page, board=recognise(ORACLE)).postings
    assert places(posting) == [expected]
