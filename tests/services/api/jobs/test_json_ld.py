"""JobPosting as schema.org has it: what Google asks for, safe in a page, and read back by our own parser."""

import json
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from quiethire.domain.lifecycle import StoredPosting, close
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, Location, Period, Salary
from services.api.jobs.json_ld import json_ld
from services.api.jobs.postings import PostingDetail
from services.parser.parse import parse_posting_page

SEEN = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
SITE = "https://jobs.example"
BERLIN = Location(name="Berlin, Germany", city="Berlin", region="Berlin", country="DE", lat=52.52, lon=13.405)
TEXT = "You look after the timetables of forty trains, and you talk to the people who run them every day. "
FULL = {
    "locations": (BERLIN,),
    "remote": "none",
    "description_html": f"<p>{TEXT * 4}</p><h3>Requirements</h3><ul><li>You know SQL.</li><li>You like trains.</li></ul>",
    "description_text": f"{TEXT * 4}\nRequirements\n- You know SQL.\n- You like trains.",
    "department": "Operations",
    "valid_through": SEEN + timedelta(days=60),
}


def told(posting: JobPosting, *, closed: datetime | None = None) -> dict[str, object]:
    return json.loads(script(posting, closed=closed))


def script(posting: JobPosting, *, closed: datetime | None = None) -> str:
    row = StoredPosting(posting=posting, first_seen_at=SEEN, last_seen_at=SEEN, updated_at=SEEN)
    if closed:
        (row,), _ = close([row], closed)
    return json_ld(PostingDetail.whole(row, [], [], []), SITE)


def test_every_property_that_google_requires_or_recommends_is_there(posting):
    job = told(posting(1, **FULL))
    assert (job["@context"], job["@type"]) == ("https://schema.org/", "JobPosting")
    assert job["title"] == "Data Engineer"
    assert job["description"] == FULL["description_html"]
    assert job["datePosted"] == "2026-11-01T09:31:00+00:00"
    assert job["validThrough"] == "2026-12-31T09:30:00+00:00"
    assert job["hiringOrganization"] == {
        "@type": "Organization",
        "name": "Northwind",
        "sameAs": "https://northwind.example",
    }
    assert job["identifier"] == {"@type": "PropertyValue", "name": "Northwind", "value": "1"}
    assert job["jobLocation"][0]["address"] == {
        "@type": "PostalAddress",
        "addressLocality": "Berlin",
        "addressRegion": "Berlin",
        "addressCountry": "DE",
    }
    assert job["baseSalary"] == {
        "@type": "MonetaryAmount",
        "currency": "EUR",
        "value": {"@type": "QuantitativeValue", "minValue": 6500, "maxValue": 7900, "unitText": "MONTH"},
    }
    assert job["employmentType"] == "FULL_TIME"
    assert job["directApply"] is False
    assert job["url"] == f"{SITE}/jobs/{posting(1).id}"
    assert "jobLocationType" not in job


def test_remote_work_says_where_it_may_be_done_from(posting):
    stated = told(posting(1, remote="remote", locations=(), remote_allowed_in=("DE", "EU")))
    assert stated["jobLocationType"] == "TELECOMMUTE"
    assert stated["applicantLocationRequirements"] == [
        {"@type": "Country", "name": "Germany"},
        {"@type": "AdministrativeArea", "name": "EU"},
    ]
    assert "jobLocation" not in stated
    by_place = told(posting(1, remote="remote", locations=(BERLIN,)))
    assert [land["name"] for land in by_place["applicantLocationRequirements"]] == ["Germany"]


def test_what_is_not_known_is_left_out(posting):
    job = told(
        posting(1, salary=None, posted_at=None, job_type=None, locations=(), company_domain=None, external_id=None)
    )
    assert {"baseSalary", "employmentType", "jobLocation", "validThrough", "occupationalCategory"}.isdisjoint(job)
    assert job["datePosted"] == "2026-11-01T09:30:00+00:00"
    assert job["identifier"]["value"] == str(posting(1).id)
    assert "sameAs" not in job["hiringOrganization"]


def test_a_closed_posting_is_valid_no_longer_than_it_was_open(posting):
    end = SEEN + timedelta(days=3)
    assert told(posting(1, **FULL), closed=end)["validThrough"] == "2026-11-04T09:30:00+00:00"
    early = posting(1, valid_through=SEEN + timedelta(days=1))
    assert told(early, closed=end)["validThrough"] == "2026-11-02T09:30:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]>",
        "\u2028\u2029",
        "& &amp; &lt;",
        "\x00\x0b",
        "quotes \"'\\",
    ],
)
def test_nothing_in_a_posting_leaves_the_script_element(posting, text):
    made = script(posting(1, title=f"Engineer {text}", company_name=text, locations=(Location(name=text),)))
    assert not set(made) & set("<>&\u2028\u2029")
    read = _Scripts()
    read.feed(f"<script type='application/ld+json'>{made}</script><p>after</p>")
    assert [json.loads(found)["title"] for found in read.found] == [f"Engineer {text}"]


CASES = {
    "on site": FULL,
    "hourly": FULL | {"salary": Salary(min=17.5, max=19, currency="GBP", period=Period.HOUR)},
    "one figure": FULL | {"salary": Salary(min=90_000, max=90_000, currency="USD", period=Period.YEAR)},
    "open end": FULL | {"salary": Salary(min=90_000, max=None, currency="USD", period=Period.YEAR)},
    "remote": FULL | {"remote": "remote", "locations": (), "remote_allowed_in": ("DE", "EU"), "on_site_days": None},
    "two places": FULL
    | {"locations": (BERLIN, Location(name="Oslo, Norway", city="Oslo", region="Oslo", country="NO"))},
    "unknown": FULL | {"salary": None, "job_type": "contract", "department": None, "valid_through": None},
}


@pytest.mark.parametrize("name", CASES)
def test_our_own_parser_reads_the_same_posting_back(posting, name):
    written = posting(1, **CASES[name])
    markup = (
        f"<html><head><title>{written.title}</title>"
        f'<script type="application/ld+json">{script(written)}</script></head>'
        f"<body><h1>{written.title}</h1>{written.description_html}</body></html>"
    )
    page = Page(
        url=f"{SITE}/jobs/{written.id}", body=markup.encode(), content_type="text/html; charset=utf-8", fetched_at=SEEN
    )
    (read,) = parse_posting_page(page, board=None).postings
    same = {"title", "company_name", "external_id", "job_type", "salary", "department", "remote", "remote_allowed_in"}
    assert read.model_dump(include=same) == written.model_dump(include=same)
    assert read.posted_at == written.posted_at
    assert read.valid_through == written.valid_through
    assert read.description_text.split() == written.description_text.split()
    assert [(place.city, place.country) for place in read.locations] == [
        (place.city, place.country) for place in written.locations
    ]


class _Scripts(HTMLParser):
    """The content of the script elements, as a browser tells where they end."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._within = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._within = False

    def handle_data(self, data: str) -> None:
        if self._within:
            self.found.append(data)
