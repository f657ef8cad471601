"""Several postings that one page marks up: each with an address or identifier of its own, or one told several times."""

import json
from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from services.parser.parse import parse_page, parse_posting_page

FETCHED = datetime(2026, 11, 20, 12, tzinfo=UTC)
HERE = "https://www.northwind.example/careers"
PROSE = "You look after the timetables of forty trains and talk to the people who run them every day. " * 6


def parsed(html: str, url: str = HERE):
    page = Page(url=url, body=html.encode(), content_type="text/html; charset=utf-8", fetched_at=FETCHED)
    return parse_posting_page(page, board=None)


def item(title: str, city: str = "Porto", **fields: object) -> dict[str, object]:
    return {
        "@type": "JobPosting",
        "title": title,
        "description": f"<p>{title}. {PROSE}</p>",
        "hiringOrganization": {"name": "Northwind Rail"},
        "jobLocation": {"address": {"addressLocality": city, "addressCountry": "PT"}},
        "employmentType": "FULL_TIME",
        "datePosted": "2026-11-02",
        **fields,
    }


def ld(*items: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@graph": items})}</script>'


ADDRESSES = [
    {"url": "/jobs/{}"},
    {"url": "https://www.northwind.example/jobs/{}?utm_source=list"},
    {"@id": "https://jobs.northwind.example/jobs/{}"},
    {"mainEntityOfPage": {"@id": "https://www.northwind.example/jobs/{}"}},
    {"@id": "https://www.northwind.example/careers#{}", "mainEntityOfPage": "/jobs/{}"},
]


@pytest.mark.parametrize("fields", ADDRESSES)
def test_postings_with_addresses_of_their_own_are_each_taken_at_them(fields):
    def at(number: int) -> dict[str, object]:
        return json.loads(json.dumps(fields).replace("{}", str(number)))

    found = parsed(ld(item("Train Planner", **at(1)), item("Signal Engineer", **at(2)))).postings
    assert [(posting.title, posting.url.partition("/jobs/")[2]) for posting in found] == [
        ("Train Planner", "1"),
        ("Signal Engineer", "2"),
    ]
    assert len({posting.id for posting in found}) == 2


def test_postings_in_rdfa_are_told_apart_by_what_they_are_about():
    markup = "".join(
        f'<div vocab="https://schema.org/" typeof="JobPosting" resource="/jobs/{number}"><h2 property="title">{title}</h2>'
        f'<span property="hiringOrganization" typeof="Organization"><b property="name">Northwind Rail</b></span>'
        f'<div property="jobLocation" typeof="Place"><i property="address">Porto, Portugal</i></div>'
        f'<div property="description"><p>{PROSE}</p></div></div>'
        for number, title in enumerate(("Train Planner", "Signal Engineer"))
    )
    assert [(p.title, p.url) for p in parsed(markup).postings] == [
        ("Train Planner", "https://www.northwind.example/jobs/0"),
        ("Signal Engineer", "https://www.northwind.example/jobs/1"),
    ]


def test_postings_in_microdata_are_told_apart_by_their_links():
    markup = "".join(
        f'<div itemscope itemtype="https://schema.org/JobPosting"><a itemprop="url" href="/jobs/{number}">'
        f'<b itemprop="title">{title}</b></a><span itemprop="hiringOrganization">Northwind Rail</span>'
        f'<i itemprop="jobLocation">Porto, Portugal</i><div itemprop="description">{PROSE}</div></div>'
        for number, title in enumerate(("Train Planner", "Signal Engineer"))
    )
    assert [(p.title, p.url) for p in parsed(markup).postings] == [
        ("Train Planner", "https://www.northwind.example/jobs/0"),
        ("Signal Engineer", "https://www.northwind.example/jobs/1"),
    ]


def test_postings_at_one_address_are_told_apart_by_their_identifiers_in_any_order():
    first = item("Train Planner", identifier={"@type": "PropertyValue", "value": "NR-1"})
    second = item("Signal Engineer", identifier="NR-2")
    one, other = parsed(ld(first, second)).postings, parsed(ld(second, first)).postings
    assert {posting.url for posting in one} == {HERE}
    assert {posting.external_id: posting.id for posting in one} == {
        posting.external_id: posting.id for posting in other
    }
    assert len({posting.id for posting in one}) == 2


@pytest.mark.parametrize(
    "items",
    [
        [item("Train Planner"), item("Signal Engineer")],
        [item("Train Planner", url="/jobs/1"), item("Signal Engineer", url="/jobs/1")],
        [item("Train Planner", url="#planner"), item("Signal Engineer", url="#engineer")],
        [item("Train Planner", url=HERE), item("Signal Engineer", url=HERE)],
        [
            item("Train Planner", url="https://elsewhere.example/1"),
            item("Signal Engineer", url="https://elsewhere.example/2"),
        ],
        [
            item("Train Planner", url="/jobs/1", description=None),
            item("Signal Engineer", url="/jobs/2", description=None),
        ],
        [item("Train Planner", identifier="NR"), item("Signal Engineer", identifier="NR")],
    ],
    ids=[
        "no address",
        "one address",
        "places of the page",
        "the page itself",
        "another site",
        "not described",
        "one identifier",
    ],
)
def test_postings_that_cannot_be_told_apart_are_a_list(items):
    found = parsed(ld(*items))
    assert found.postings == ()
    assert [refusal.reason.partition(":")[0] for refusal in found.refused] == ["list"]


def test_a_page_that_bears_the_title_of_one_of_them_is_for_that_one():
    found = parsed(
        "<title>Signal Engineer | Northwind Rail</title><h1>Signal Engineer</h1>"
        + ld(item("Train Planner", url="/jobs/1"), item("Signal Engineer", url="/jobs/2")),
        "https://www.northwind.example/jobs/2",
    )
    assert [posting.title for posting in found.postings] == ["Signal Engineer"]


def test_one_posting_that_is_told_for_each_city_keeps_every_city():
    found = parsed(ld(*(item("Train Planner", city, url=f"/{city}") for city in ("Porto", "Lisbon", "Porto", "Braga"))))
    (posting,) = found.postings
    assert posting.url == HERE
    assert [place.city for place in posting.locations] == ["Porto", "Lisbon", "Braga"]


# --- a page that may be either ---

LISTING = "<title>Jobs</title><h1>Open positions</h1><ul>" + "".join(
    f'<li><a href="/jobs/{number}-{title.lower().replace(" ", "-")}">{title}</a></li>'
    for number, title in enumerate(("Train Planner", "Signal Engineer", "Depot Manager", "Data Analyst"), start=4711)
)


def test_a_page_without_a_posting_is_read_as_a_listing_by_the_same_call():
    page = Page(url=HERE, body=LISTING.encode(), content_type="text/html", fetched_at=FETCHED)
    found = parse_page(page, board=None)
    assert found.postings == ()
    assert found.refused
    assert found.listing is not None
    assert [link.text for link in found.listing.links] == [
        "Train Planner",
        "Signal Engineer",
        "Depot Manager",
        "Data Analyst",
    ]
    assert not found.listing.goes_on


def test_a_page_with_a_posting_is_read_as_no_listing():
    page = Page(url=HERE, body=ld(item("Train Planner")).encode(), content_type="text/html", fetched_at=FETCHED)
    found = parse_page(page, board=None)
    assert len(found.postings) == 1
    assert found.listing is None
