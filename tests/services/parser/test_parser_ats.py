"""Greenhouse, Lever and Ashby against hand-made answers in the documented shape, and against saved real ones."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import Page
from quiethire.domain.posting import JobType, Period, Source, Workplace
from services.parser.ats.registry import adapter_for, recognise
from services.parser.parse import ParsedPage, parse_board_page

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"
BOARDS = {
    "greenhouse": Board(ats="greenhouse", token="northwind", url="https://job-boards.greenhouse.io/northwind"),
    "lever": Board(ats="lever", token="acme", url="https://jobs.lever.co/acme"),
    "ashby": Board(ats="ashby", token="Globex", url="https://jobs.ashbyhq.com/Globex"),
}


def parse(name: str, case: str) -> ParsedPage:
    board = BOARDS[name]
    spec = adapter_for(name).requests(board, None)[0]
    body = (FIXTURES / name / f"{case}.json").read_bytes()
    return parse_board_page(board, Page(url=spec.url, body=body, content_type="application/json", fetched_at=FETCHED))


def test_greenhouse_gives_every_field_of_the_board():
    first, second = parse("greenhouse", "normal").postings
    assert first.identity == "greenhouse/northwind/4001"
    assert (first.title, first.company_name, first.department) == ("Senior Data Engineer", "Northwind", "Data")
    assert (first.locations[0].city, first.locations[0].country) == ("Berlin", "DE")
    assert (first.remote, first.job_type) == (Workplace.HYBRID, JobType.FULL_TIME)
    assert first.salary is not None
    assert (first.salary.min, first.salary.max, first.salary.currency, first.salary.period) == (
        70000,
        95000,
        "EUR",
        Period.YEAR,
    )
    assert first.posted_at == datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert first.valid_through == datetime(2026, 6, 30, tzinfo=UTC)
    assert first.requirements == ("Python and PostgreSQL", "German & English")
    assert first.skills == ("Python", "PostgreSQL")
    assert "alert" not in first.description_html
    assert first.provenance["title"].source is Source.ATS
    assert first.provenance["title"].path == "$.jobs[0].title"
    assert second.locations[0].city == "Porto"


def test_lever_joins_description_lists_and_closing_and_knows_an_hourly_wage():
    first, second = parse("lever", "normal").postings
    assert "Forklift licence" in first.description_text
    assert "Benefits from the first day." in first.description_text
    assert [(place.city, place.country) for place in first.locations] == [("Toronto", "CA"), ("Austin", "US")]
    assert first.salary is not None
    assert (first.salary.min, first.salary.max, first.salary.period) == (31.5, 38, Period.HOUR)
    assert first.posted_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert first.application_url == "https://jobs.lever.co/acme/6f7f0d0e-0000-4000-8000-000000000001/apply"
    assert first.company_name == "Acme"
    assert (second.remote, second.locations[0].country, second.department) == (Workplace.REMOTE, "US", "Sales")


def test_lever_pages_until_a_page_is_short():
    adapter, board = adapter_for("lever"), BOARDS["lever"]
    item = json.loads((FIXTURES / "lever" / "normal.json").read_bytes())[1]
    full = json.dumps([{**item, "id": str(number)} for number in range(100)]).encode()
    url = adapter.requests(board, None)[0].url
    first = adapter.parse(board, Page(url=url, body=full, content_type="application/json", fetched_at=FETCHED))
    assert (first.cursor, first.total) == ("100", None)
    url = adapter.requests(board, first.cursor)[0].url
    empty = Page(url=url, body=b"[]", content_type="application/json", fetched_at=FETCHED)
    last = adapter.parse(board, empty, first.cursor)
    assert (last.cursor, last.total) == (None, 100)


def test_ashby_takes_the_address_the_workplace_type_and_the_span_of_all_tiers():
    parsed = parse("ashby", "normal")
    first, second = parsed.postings
    assert parsed.total == 2  # the unlisted one is left out
    assert [(place.city, place.country) for place in first.locations] == [("Munich", "DE"), ("Lisbon", "PT")]
    assert first.remote is Workplace.HYBRID
    assert first.salary is not None
    assert (first.salary.min, first.salary.max, first.salary.currency) == (90000, 140000, "EUR")
    assert (second.remote, second.remote_allowed_in, second.job_type) == (Workplace.REMOTE, ("CA",), JobType.PART_TIME)
    assert second.salary is not None
    assert (second.salary.period, second.provenance["salary"].source) == (Period.HOUR, Source.TEXT)


def test_an_unknown_ats_is_refused_with_the_known_names():
    with pytest.raises(InvalidInput, match="greenhouse"):
        adapter_for("nosuch")


def test_every_posting_of_the_saved_boards_is_good_enough_and_has_the_pay_that_is_stated(corpus):
    counts: dict[str, int] = {}
    for line in (corpus / "web.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if not case["path"].startswith(("feeds/ashby/", "feeds/greenhouse/", "feeds/lever/")):
            continue
        board = recognise(case["url"])
        assert board is not None
        body = (corpus / case["path"]).read_bytes()
        parsed = parse_board_page(board, Page(url=case["url"], body=body, content_type="", fetched_at=FETCHED))
        assert parsed.refused == ()
        counts[board.ats] = counts.get(board.ats, 0) + len(parsed.postings)
        if board.ats == "ashby":
            _assert_stated_pay(json.loads(body), {posting.external_id: posting for posting in parsed.postings})
    assert counts == {"ashby": 199, "greenhouse": 2, "lever": 2}


def _assert_stated_pay(answer, postings):
    for job in answer["jobs"]:
        tiers = (job.get("compensation") or {}).get("compensationTiers", [])
        parts = [part for tier in tiers for part in tier["components"] if part["compensationType"] == "Salary"]
        if any(part["minValue"] or part["maxValue"] for part in parts):
            assert postings[job["id"]].salary is not None, job["title"]
