"""Answers that are bent in any one place: an adapter gives postings or a typed error, and nothing else."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quiethire.domain.errors import QuietHireError
from quiethire.domain.page import Page
from services.parser.ats.registry import ADAPTERS, recognise
from services.parser.parse import parse_board_page, parse_posting_page

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"
BENDS = (
    None,
    True,
    False,
    0,
    -1,
    10**18,
    1e308,
    "",
    " ",
    "\x00",
    "1e999",
    "NaN",
    "x" * 5_000,
    [],
    {},
    [[]],
    {"a": None},
)
ROUNDS = 150
BOARDS = {
    "workday": "https://n.wd3.myworkdayjobs.com/Careers",
    "smartrecruiters": "https://careers.smartrecruiters.com/Northwind",
    "oracle": "https://ebwh.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1",
    "ukg": "https://recruiting.ultipro.com/NOR1000NWW/JobBoard/0f0f0f0f-0000-4000-8000-000000000001",
    "workable": "https://apply.workable.com/northwind/",
    "recruitee": "https://northwind.recruitee.com/",
    "bamboohr": "https://northwind.bamboohr.com/careers",
    "rippling": "https://ats.rippling.com/northwind/jobs",
    "gem": "https://jobs.gem.com/northwind",
    "breezy": "https://northwind.breezy.hr/",
    "pinpoint": "https://northwind.pinpointhq.com/",
    "eightfold": "https://northwind.eightfold.ai/careers?domain=northwind.com",
    "greenhouse": "https://job-boards.greenhouse.io/northwind",
    "lever": "https://jobs.lever.co/acme",
    "ashby": "https://jobs.ashbyhq.com/Globex",
}
DETAILS = {
    "workday": "https://n.wd3.myworkdayjobs.com/wday/cxs/n/Careers/job/Linz/Plant-Engineer_R-1001-1",
    "smartrecruiters": "https://api.smartrecruiters.com/v1/companies/Northwind/postings/744000001",
    "oracle": "https://ebwh.fa.us2.oraclecloud.com/hcmRestApi/resources/latest/recruitingCEJobRequisitionDetails?x=1",
    "bamboohr": "https://northwind.bamboohr.com/careers/31/detail",
    "rippling": "https://api.rippling.com/platform/api/ats/v1/board/northwind/jobs/2f0674e6",
    "eightfold": "https://northwind.eightfold.ai/api/apply/v2/jobs/10995553?domain=northwind.com",
}


def bent(value, chance):
    """The value with one of its parts, at any depth, put in another's place."""
    places = []

    def walk(current):
        pairs = (
            current.items() if isinstance(current, dict) else enumerate(current) if isinstance(current, list) else ()
        )
        for key, part in pairs:
            places.append((current, key))
            walk(part)

    walk(value)
    if places:
        holder, key = chance.choice(places)
        holder[key] = chance.choice(BENDS)
    return value


@pytest.mark.parametrize("name", BOARDS)
def test_a_list_that_is_bent_in_one_place_is_read_or_refused(name):
    board, chance = recognise(BOARDS[name]), random.Random(name)
    text = (FIXTURES / name / "normal.json").read_text(encoding="utf-8")
    outcomes = set()
    for _ in range(ROUNDS):
        body = json.dumps(bent(json.loads(text), chance)).encode()
        try:
            parse_board_page(board, Page(url=BOARDS[name], body=body, content_type="", fetched_at=FETCHED))
            outcomes.add("read")
        except QuietHireError as error:
            outcomes.add(error.kind)
    assert outcomes == {"read", "schema_drift"}


@pytest.mark.parametrize("name", DETAILS)
def test_a_detail_that_is_bent_in_one_place_is_read_or_refused(name):
    board, chance = recognise(BOARDS[name]), random.Random(name)
    text = (FIXTURES / name / "detail.json").read_text(encoding="utf-8")
    outcomes = set()
    for _ in range(ROUNDS):
        body = json.dumps(bent(json.loads(text), chance)).encode()
        try:
            parse_posting_page(Page(url=DETAILS[name], body=body, content_type="", fetched_at=FETCHED), board=board)
            outcomes.add("read")
        except QuietHireError as error:
            outcomes.add(error.kind)
    # A detail that holds nothing is that of a posting which is no longer there.
    assert outcomes - {"gone"} == {"read", "schema_drift"}


@pytest.mark.parametrize("body", [b"", b"\x00" * 1_000, b"[" * 100_000, b"<" * 100_000, b"NaN", b"\xff\xfe<\x00"])
def test_no_adapter_stumbles_over_a_body_that_is_nothing(body):
    for adapter in ADAPTERS:
        board = recognise(BOARDS.get(adapter.name, BOARDS["gem"]))
        page = Page(url="https://n.example/", body=body, content_type="", fetched_at=FETCHED)
        try:
            found = adapter.parse(board, page, None)
        except QuietHireError:
            continue
        assert (found.postings, found.links) == ((), ())
