"""Saved real answers of ATS APIs: how many postings they hold, and that what they state is given."""

import json
from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from services.parser.ats.base import BoardPage
from services.parser.ats.registry import adapter_for, recognise
from services.parser.parse import parse_board_page, parse_posting_page

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
PHENOM = ("https://careers.mcdonalds.example/", '<script src="https://cdn.phenompeople.com/a.js"></script>')
ORACLE = "https://x.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1"


def listed(corpus, path, url, html=None, cursor=None) -> BoardPage:
    """What the adapter makes of a saved list."""
    board = recognise(url, html)
    assert board is not None
    body = (corpus / "feeds" / path).read_bytes()
    page = Page(url=url, body=body, content_type="", fetched_at=FETCHED)
    assert parse_board_page(board, page, cursor).refused == () or path.startswith("personio")
    return adapter_for(board.ats).parse(board, page, cursor)


@pytest.mark.parametrize(
    ("path", "url", "links", "total"),
    [
        ("workday/workday.json", "https://x.wd1.myworkdayjobs.com/Careers", 2, 2),
        ("smartrecruiters/smartrecruiters.json", "https://careers.smartrecruiters.com/Knight", 1, 1),
        ("oracle-orc/oracle_orc.json", ORACLE, 2, None),
        ("bamboohr/bamboohr.json", "https://x.bamboohr.com/careers", 2, 3),
        ("rippling/rippling.json", "https://ats.rippling.com/acme/jobs", 1, 1),
        ("eightfold/eightfold.json", "https://albemarle.eightfold.ai/careers?domain=albemarle.com", 2, None),
    ],
)
def test_lists_of_details_give_each_posting_once(corpus, path, url, links, total):
    found = listed(corpus, path, url)
    assert (len(set(found.links)), found.postings, found.total) == (links, (), total)
    # Two of the answers do not say how many there are: then the next page is asked for.
    assert (found.cursor is None) == (total is not None)


@pytest.mark.parametrize(
    ("file", "postings", "total", "more"),
    [
        ("mcdonalds_au_page1.json", 2, 1888, True),
        ("mcdonalds_ca_page1.json", 3, 3889, True),
        ("mcdonalds_ca_page389.json", 3, 3889, False),
        ("mcdonalds_ca_empty.json", 0, 3889, False),
    ],
)
def test_pages_of_phenom_s_search_give_whole_postings_until_the_count_is_reached(corpus, file, postings, total, more):
    before = total - postings if "page389" in file else 0
    found = listed(corpus, f"phenom/{file}", *PHENOM, cursor=f"search:1:{before}:en")
    assert (len(found.postings), found.total, found.cursor is not None) == (postings, total, more)
    for posting in found.postings:
        assert posting.description_html is not None
        assert len(posting.description_html.value) > 500
        assert posting.locations
        assert posting.url.startswith("https://careers.mcdonalds.example/")
        assert posting.application_url is not None
        assert posting.language is not None


def test_personio_counts_a_position_once(corpus):
    found = listed(corpus, "personio/personio.xml", "https://acme.jobs.personio.de/")
    assert (len(found.postings), found.total) == (1, 1)
    [posting] = found.postings
    assert [place.value for place in posting.locations] == ["Munich", "Berlin"]
    assert posting.department is not None
    assert posting.posted_at is not None


def test_a_detail_of_oracle_is_read(corpus):
    body = (corpus / "feeds" / "oracle-orc" / "oracle_orc_detail.json").read_bytes()
    board = recognise(ORACLE)
    assert board is not None
    url = "https://x.fa.us2.oraclecloud.com/hcmRestApi/resources/latest/recruitingCEJobRequisitionDetails?finder=ById"
    page = Page(url=url, body=body, content_type="", fetched_at=FETCHED)
    raw = adapter_for("oracle").detail(board, page)
    assert raw.external_id == json.loads(body)["Id"]
    assert raw.description_html is not None
    assert "Own the implementation roadmap." in raw.description_html.value
    assert [place.value for place in raw.locations] == ["Atlanta, GA, US"]
    [posting] = parse_posting_page(page, board=board).postings
    assert (posting.remote, posting.posted_at) == ("hybrid", datetime(2026, 8, 19, tzinfo=UTC))


STATED = {
    "ashby": {
        "department": ("department",),
        "job_type": ("employmentType",),
        "posted_at": ("publishedAt",),
        "locations": ("location",),
        "description_html": ("descriptionHtml",),
        "application_url": ("applyUrl",),
        "workplace": ("workplaceType",),
    },
    "greenhouse": {
        "posted_at": ("first_published",),
        "locations": ("location", "name"),
        "description_html": ("content",),
        "language": ("language",),
        "company": ("company_name",),
        "valid_through": ("application_deadline",),
    },
    "lever": {
        "posted_at": ("createdAt",),
        "locations": ("categories", "location"),
        "job_type": ("categories", "commitment"),
        "department": ("categories", "team"),
        "description_html": ("description",),
        "application_url": ("applyUrl",),
        "workplace": ("workplaceType",),
    },
}
"""Where a board states a field."""


def test_every_field_that_a_whole_list_states_is_given(corpus):
    counts: dict[str, int] = {}
    for line in (corpus / "web.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        family = case["path"].split("/")[1]
        if not case["path"].startswith("feeds/") or family not in STATED:
            continue
        found = listed(corpus, case["path"].removeprefix("feeds/"), case["url"])
        assert found.total is not None
        assert found.total >= len(found.postings)  # One answer was cut short when it was saved.
        answer = json.loads((corpus / case["path"]).read_bytes())
        jobs = {str(job["id"]): job for job in (answer if isinstance(answer, list) else answer["jobs"])}
        assert {posting.external_id for posting in found.postings} <= set(jobs)
        for posting in found.postings:
            counts[family] = counts.get(family, 0) + 1
            for field, path in STATED[family].items():
                value = jobs[str(posting.external_id)]
                for name in path:
                    value = (value or {}).get(name)
                if value not in (None, "", "unspecified"):
                    assert getattr(posting, field), (family, posting.url, field)
    assert counts == {"ashby": 199, "greenhouse": 2, "lever": 2}
