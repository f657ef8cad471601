"""Every field that has a value says where it was found."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quiethire.domain.board import Board
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, RawPosting, Source, Sourced, Workplace
from services.parser.ats.registry import recognise
from services.parser.normalise.posting import normalise
from services.parser.normalise.provenance import MAX_PATH
from services.parser.parse import parse_board_page, parse_posting_page

FETCHED = datetime(2026, 11, 4, tzinfo=UTC)
UNFOUND = {
    *("id", "identity", "url", "board_key", "ats", "external_id", "company_domain", "quality_score", "provenance"),
    "parser_version",
}
"""What was asked for rather than found, and what is ours."""
DERIVED = {"seniority", "requirements", "skills", "visa_sponsorship"}
"""Fields that are read from words, whatever source the words have."""
BODY = (
    "<p>Northwind builds pipelines for grids in Berlin. You work 2 days a week in our office.</p><p>We sponsor visas.</p>"
    "<h3>Requirements</h3><ul><li>Five years of Python</li><li>Some Kafka</li></ul><p>The salary is €70,000 to €85,000 a year.</p>"
)


def raw(**fields: object) -> RawPosting:
    stated = {
        "url": "https://northwind.example/jobs/7",
        "title": Sourced(value="Senior Data Engineer", source=Source.JSON_LD, path="$.title"),
        "description_html": Sourced(value=BODY, source=Source.JSON_LD, path="$.description"),
    }
    return RawPosting.model_validate(stated | fields)


def filled(posting: JobPosting) -> set[str]:
    """The fields that hold anything; on site is also what is taken where nothing is said of the workplace."""
    empty = (None, "", (), Workplace.NONE)
    return {name for name in JobPosting.model_fields if name not in UNFOUND and getattr(posting, name) not in empty}


def origin(posting: JobPosting, field: str) -> tuple[Source, str]:
    found = posting.provenance[field]
    return found.source, found.path


def test_what_is_derived_is_traced_to_the_words_it_was_read_from():
    posting = normalise(raw(), board=None, fetched_at=FETCHED)
    assert filled(posting) <= set(posting.provenance)
    assert origin(posting, "title") == (Source.JSON_LD, "$.title")
    assert origin(posting, "seniority") == (Source.TEXT, "title “Senior Data Engineer”")
    assert origin(posting, "visa_sponsorship") == (Source.TEXT, "description “We sponsor visas.”")
    assert origin(posting, "requirements") == (Source.TEXT, "description “Five years of Python”")
    assert origin(posting, "skills") == (Source.TEXT, "description “- Five years of Python”")
    assert origin(posting, "company_name") == (Source.HTML, "host")
    assert origin(posting, "language")[0] is Source.TEXT
    assert (posting.on_site_days, posting.visa_sponsorship) == (2, True)
    assert "2 days a week in our office" in origin(posting, "on_site_days")[1]


def test_a_company_that_no_page_names_is_traced_to_its_board():
    board = Board(ats="lever", token="acme", url="https://jobs.lever.co/acme")
    posting = normalise(raw(external_id="1"), board=board, fetched_at=FETCHED)
    assert (posting.company_name, origin(posting, "company_name")) == ("Acme", (Source.ATS, "board lever/acme"))


def test_a_remote_rule_that_a_place_states_is_traced_to_the_place():
    places = tuple(
        Sourced(value=name, source=Source.ATS, path=f"$.offices[{n}]")
        for n, name in enumerate(("Munich", "Remote - Germany"))
    )
    posting = normalise(raw(locations=places), board=None, fetched_at=FETCHED)
    assert (posting.remote, posting.remote_allowed_in) == (Workplace.REMOTE, ("DE",))
    assert origin(posting, "remote") == (Source.ATS, "$.offices[1]")
    assert origin(posting, "remote_allowed_in") == (Source.ATS, "$.offices[1]")
    assert origin(posting, "locations") == (Source.ATS, "$.offices[0]")


def test_a_field_without_a_value_has_no_origin():
    workless = Sourced(value="whatever suits", source=Source.HTML, path="li")
    broken = Sourced(value="http://", source=Source.HTML, path="a")
    posting = normalise(
        raw(workplace=workless, application_url=broken, posted_at=workless), board=None, fetched_at=FETCHED
    )
    assert set(posting.provenance).isdisjoint({"application_url", "posted_at", "locations", "job_type"})


def test_a_path_is_cut_to_a_bound():
    title = Sourced(value="Nurse", source=Source.HTML, path="div > " * 200)
    posting = normalise(raw(title=title), board=None, fetched_at=FETCHED)
    assert len(posting.provenance["title"].path) == MAX_PATH


def test_every_field_of_every_posting_of_the_corpus_has_an_origin_of_the_right_kind(corpus: Path):
    read = 0
    cases = (corpus / "postings" / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    for case in map(json.loads, cases):
        body = (corpus / "postings" / case["path"]).read_bytes()
        page = Page(url=case["url"], body=body, content_type="text/html", fetched_at=FETCHED)
        board = recognise(page.url)
        for posting in parse_posting_page(page, board=board).postings:
            read += 1
            assert filled(posting) <= set(posting.provenance), (case["id"], filled(posting) - set(posting.provenance))
            for field, found in posting.provenance.items():
                assert found.path, (case["id"], field)
                assert len(found.path) <= MAX_PATH, (case["id"], field)
                assert field not in DERIVED or found.source is Source.TEXT, (case["id"], field)
                # A job page is no answer of an ATS; what is named after a board is.
                assert found.source is not Source.ATS or (board and found.path == f"board {board.key}"), (
                    case["id"],
                    field,
                )
            assert posting.provenance["description_html"] == posting.provenance["description_text"]
    assert read > 30


@pytest.mark.parametrize("ats", ["ashby", "breezy", "gem", "greenhouse", "lever", "pinpoint", "recruitee", "workable"])
def test_every_field_of_a_boards_posting_has_a_path_into_its_answer(ats: str):
    board = Board(ats=ats, token="northwind", url=f"https://northwind.{ats}.example/careers")
    body = (Path(__file__).parent / "fixtures" / ats / "normal.json").read_bytes()
    page = Page(url=board.url, body=body, content_type="application/json", fetched_at=FETCHED)
    postings = parse_board_page(board, page).postings
    assert postings
    for posting in postings:
        assert filled(posting) <= set(posting.provenance), filled(posting) - set(posting.provenance)
        for field, found in posting.provenance.items():
            assert found.source in (Source.ATS, Source.TEXT), (field, found)
            assert found.path.startswith(("$", "description", "title", "board ", "“")) or found.source is Source.TEXT, (
                found
            )
