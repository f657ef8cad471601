"""JSON-LD in the odd shapes that sites write it in: vocabularies spelled out, values as objects, references, scripts around it."""

import json
from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting
from services.parser.parse import parse_posting_page

PROSE = (
    "We build pumps for farms and look for somebody who likes to solder and to talk with customers every single day. "
)
PLACE = {"@type": "Place", "address": {"@type": "PostalAddress", "addressLocality": "Leeds", "addressCountry": "GB"}}
POSTING: dict[str, object] = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Pump Technician",
    "description": f"<p>{PROSE * 5}</p>",
    "datePosted": "2026-11-05",
    "employmentType": "PART_TIME",
    "hiringOrganization": {"@type": "Organization", "name": "Aqua Nord"},
    "jobLocation": PLACE,
    "baseSalary": {
        "@type": "MonetaryAmount",
        "currency": "GBP",
        "value": {"minValue": 30_000, "maxValue": 35_000, "unitText": "YEAR"},
    },
}
OWN = {name: value for name, value in POSTING.items() if not name.startswith("@")}


def _parse(script: str) -> JobPosting:
    text = (
        f'<!doctype html><html lang="en"><head><title>Pump Technician</title><script type="application/ld+json">{script}</script>'
        "</head><body><h1>Pump Technician</h1></body></html>"
    )
    page = Page(
        url="https://aquanord.example/jobs/pump-technician",
        body=text.encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
    )
    (posting,) = parse_posting_page(page, board=None).postings
    return posting


def _is_whole(posting: JobPosting) -> bool:
    assert (posting.company_name, [place.city for place in posting.locations]) == ("Aqua Nord", ["Leeds"])
    assert posting.job_type is not None
    assert posting.posted_at is not None
    assert posting.salary is not None
    return (posting.salary.min, posting.salary.max) == (30_000, 35_000) and PROSE.strip() in posting.description_text


def _wrapped(value: object) -> object:
    return {"@value": value, "@language": "en"} if isinstance(value, str) else value


@pytest.mark.parametrize(
    "script",
    [
        json.dumps({"@type": "schema:JobPosting", **{f"schema:{name}": value for name, value in OWN.items()}}),
        json.dumps(
            {
                "@type": "http://schema.org/JobPosting",
                **{f"http://schema.org/{name}": value for name, value in OWN.items()},
            }
        ),
        json.dumps({**POSTING, **{name: _wrapped(value) for name, value in OWN.items()}}),
        json.dumps(
            {
                "@graph": [
                    {"@id": "#place", **PLACE},
                    {"@id": "#us", "@type": "Organization", "name": "Aqua Nord"},
                    {
                        **POSTING,
                        "jobLocation": [{"@id": "#place"}],
                        "hiringOrganization": {"@type": "Organization", "@id": "#us"},
                    },
                ]
            }
        ),
        json.dumps({**POSTING, "jobLocation": {"@type": "Place", "address": {"@id": "#a"}}})[:-1]
        + ', "subjectOf": {"@id": "#a", "addressLocality": "Leeds", "addressCountry": "GB"}}',
        "\ufeff" + json.dumps(POSTING),
        json.dumps({"@type": "BreadcrumbList"}) + "\n" + json.dumps(POSTING),
        f"window.posting = {json.dumps(POSTING)};",
        json.dumps({**POSTING, "description": f"&amp;lt;p&amp;gt;{PROSE * 5}&amp;lt;/p&amp;gt;"}),
    ],
)
def test_a_posting_is_whole_in_whatever_shape(script: str) -> None:
    posting = _parse(script)
    assert _is_whole(posting)
    assert "<p>" not in posting.description_text


@pytest.mark.parametrize("no_value", ["undefined", "NaN"])
def test_what_scripts_call_no_value_costs_only_that_value(no_value: str) -> None:
    posting = _parse(json.dumps(POSTING).replace("30000", no_value))
    assert posting.salary is not None
    assert (posting.salary.min, posting.salary.max) == (None, 35_000)


@pytest.mark.parametrize(
    ("place", "cities"),
    [
        (
            {
                "address": [
                    {"addressLocality": "Leeds", "addressCountry": "GB"},
                    {"addressLocality": "York", "addressCountry": "GB"},
                ]
            },
            ["Leeds", "York"],
        ),
        ({"address": {"streetAddress": "1 Mill Street, Leeds LS1 4AP", "addressCountry": "GB"}}, ["Leeds"]),
        ({"address": {"streetAddress": "Unit 4, The Old Mill", "addressCountry": "GB"}}, [None]),
    ],
)
def test_every_address_of_a_place_is_read_and_the_end_of_one_in_a_single_line(place: object, cities: list[str]) -> None:
    posting = _parse(json.dumps({**POSTING, "jobLocation": place}))
    assert [found.city for found in posting.locations] == cities


def test_where_remote_work_is_allowed_may_stand_in_an_address() -> None:
    allowed = {"@type": "Country", "address": {"addressCountry": "DE"}}
    posting = _parse(
        json.dumps({**POSTING, "jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": allowed})
    )
    assert posting.remote_allowed_in == ("DE",)


def test_items_that_refer_to_each_other_end() -> None:
    ring = [{"@id": f"#{n}", "name": f"n{n}", "a": {"@id": f"#{n + 1}"}, "b": {"@id": f"#{n + 1}"}} for n in range(30)]
    script = json.dumps(
        {"@graph": [{**POSTING, "sameAs": {"@id": "#0"}, "isPartOf": {"@id": "#p"}, "@id": "#p"}, *ring]}
    )
    assert _is_whole(_parse(script))
