"""What proves, for each ATS, that its whole board was seen; and that an answer which lost something never counts as whole."""

import json
import re

import pytest
from test_parser_ats_lists import BOARDS, CURSORS, FETCHED, board, fixture, parse

from activities.board_reading import CAPS, BoardReading
from quiethire.domain.errors import Gone, SchemaDrift
from quiethire.domain.page import Page
from services.parser.ats.registry import adapter_for
from services.parser.parse import parse_board_page

COUNTED = "of {seen} counted, last page reached"
ONE_ANSWER = "in one answer that is never paged, no count given, nothing cut"
GOES_ON = "the last page was not reached: 1 pages read"

PROOFS = {
    "greenhouse": COUNTED,
    "smartrecruiters": COUNTED,
    "oracle": COUNTED,
    "ukg": COUNTED,
    "bamboohr": COUNTED,
    "workday": "counted 40, read 2",
    "join": "counted 7, read 2",
    "eightfold": "counted 12, read 2",
    "lever": ONE_ANSWER,
    "ashby": ONE_ANSWER,
    "workable": ONE_ANSWER,
    "recruitee": ONE_ANSWER,
    "personio": ONE_ANSWER,
    "rippling": ONE_ANSWER,
    "gem": ONE_ANSWER,
    "breezy": ONE_ANSWER,
    "pinpoint": ONE_ANSWER,
    "comeet": ONE_ANSWER,
    "jazzhr": ONE_ANSWER,
    "jobvite": ONE_ANSWER,
    "gupy": ONE_ANSWER,
    "softgarden": ONE_ANSWER,
    "icims": GOES_ON,
    "teamtailor": GOES_ON,
    "successfactors": GOES_ON,
    "phenom": "on 1 pages, no count given, last page reached",
}
"""What is said of the first page of each board's fixture. Those that go on are whole with their last page alone."""

TOTALS = {
    "greenhouse": r'("total": ?)(\d+)',
    "smartrecruiters": r'("totalFound": ?)(\d+)',
    "oracle": r'("TotalJobsCount": ?)(\d+)',
    "ukg": r'("totalCount": ?)(\d+)',
    "bamboohr": r'("totalCount": ?)(\d+)',
}
LISTS = {
    "greenhouse": ("jobs",),
    "smartrecruiters": ("content",),
    "oracle": ("items", 0, "requisitionList"),
    "ukg": ("opportunities",),
    "bamboohr": ("result",),
}


def read(*pages):
    reading = BoardReading()
    for page in pages:
        reading.add(page)
        reading.ended = page.cursor is None
    return reading


def parsed(name, body):
    cursor = CURSORS.get(name)
    [spec] = adapter_for(name).requests(board(name), cursor)
    page = Page(url=spec.url, body=body, content_type="", fetched_at=FETCHED)
    return parse_board_page(board(name), page, cursor)


@pytest.mark.parametrize("name", BOARDS)
def test_each_board_says_what_its_completeness_rests_on(name):
    reading = read(parse(name, "normal"))
    assert PROOFS[name].format(seen=len(reading.given)) in reading.proof
    assert reading.is_whole == (PROOFS[name] in (COUNTED, ONE_ANSWER) or name == "phenom")


@pytest.mark.parametrize("name", BOARDS)
@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.7, 0.95])
def test_an_answer_that_was_cut_is_never_whole(name, share):
    body = fixture(name, "normal").rstrip()
    try:
        page = parsed(name, body[: int(len(body) * share)])
    except (SchemaDrift, Gone):
        return
    # What a page lists in a script near its top is whole, wherever the page ends after it.
    assert not read(page).is_whole or read(page).given == read(parse(name, "normal")).given


@pytest.mark.parametrize("name", TOTALS)
def test_a_board_that_counts_more_than_it_gives_is_never_whole(name):
    body = re.sub(TOTALS[name].encode(), lambda found: found[1] + b"%d" % (int(found[2]) + 1), fixture(name, "normal"))
    reading = read(parsed(name, body))
    assert not reading.is_whole
    assert reading.proof == f"counted {len(reading.given) + 1}, read {len(reading.given)}"


@pytest.mark.parametrize("name", LISTS)
def test_a_board_that_counts_is_never_whole_without_half_of_what_it_counts(name):
    document = json.loads(fixture(name, "normal"))
    listed = document
    for step in LISTS[name]:
        listed = listed[step]
    del listed[len(listed) // 2 :]
    assert not read(parsed(name, json.dumps(document).encode())).is_whole


@pytest.mark.parametrize("name", [name for name, proof in PROOFS.items() if proof == GOES_ON])
def test_a_board_without_a_count_is_whole_with_its_last_page(name):
    # The last page of such a board is empty, or names no other.
    first = parse(name, "normal")
    last = parse(name, "empty", first.cursor) if name != "icims" else first.model_copy(update={"cursor": None})
    assert last.cursor is None
    assert read(last.model_copy(update={"cursor": "more"})).is_whole is False
    if name != "icims":
        assert read(first, last).proof.endswith("on 2 pages, no count given, last page reached")


def ashby(count):
    [job] = json.loads(fixture("ashby", "normal"))["jobs"][:1]
    jobs = [
        job
        | {"id": f"{number:08}-0000-4000-8000-000000000000", "jobUrl": f"https://jobs.ashbyhq.com/northwind/{number}"}
        for number in range(count)
    ]
    return parsed("ashby", json.dumps({"jobs": jobs}).encode())


@pytest.mark.parametrize("count", [99, 101])
def test_a_feed_without_a_count_is_whole_beside_a_round_number(count):
    assert read(ashby(count)).is_whole


def test_a_feed_without_a_count_may_be_capped_where_it_holds_a_round_number():
    assert 100 in CAPS
    reading = read(ashby(100))
    assert not reading.is_whole
    assert reading.proof == "exactly 100 in one answer, not counted: it may be cut there"


@pytest.mark.parametrize(
    "page",
    [
        '<html><body class="iCIMS_Portal"><form class="iCIMS_LoginForm"><input type="password"></form></body></html>',
        '<html><body class="iCIMS_Portal"><div class="iCIMS_MainWrapper"><p>We are down for maintenance.</p></div></body></html>',
        '<html><body class="iCIMS_Portal"><h1 class="iCIMS_Header">Please accept cookies to continue</h1></body></html>',
    ],
)
def test_a_page_in_the_vendors_frame_that_is_no_list_is_no_empty_board(page):
    assert not read(parsed("icims", page.encode())).is_whole


@pytest.mark.parametrize("name", BOARDS)
@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html><html><body><h1>Sign in</h1><form><input type=password name=p></form></body></html>",
        "<!doctype html><html><body><h1>Wir sind gleich zurück</h1><p>Wartungsarbeiten</p></body></html>",
        "<!doctype html><html><body><h1>Just a moment...</h1><p>Checking your browser before accessing</p></body></html>",
        '{"error": "internal error", "status": 500}',
        '{"message": "maintenance"}',
        "",
    ],
)
def test_a_page_of_another_kind_is_never_a_whole_board(name, page):
    try:
        given = parsed(name, page.encode())
    except (SchemaDrift, Gone):
        return
    assert not read(given).is_whole
