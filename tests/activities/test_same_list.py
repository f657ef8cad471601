"""A board whose list is the one that its last complete crawl met costs one request, no parse, and one row of facts."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from local_site import LISTING, Site, links, posting, working

from activities.boards import BoardActivities, BoardEnd, SettleInput
from activities.checking import CheckActivities, CheckBoardsInput
from activities.crawling import CrawlActivities, CrawlBoardInput
from activities.job_pages import SILENT
from activities.known_lists import FULL_READ, vouching
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Blocked, Disallowed, Gone, InvalidInput, Throttled, Transient
from services.parser import version

NOW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
"""After all that the tests fetch before: nothing of that stands for what a crawl of now would fetch."""
HOUR = timedelta(hours=1)
FEED = "https://boards-api.greenhouse.io/v1/boards/northwind/jobs?content=true&pay_transparency=true"
BOARD = Board(ats="greenhouse", token="northwind", url="https://boards.greenhouse.io/northwind")
SITE = Board(ats=WEBSITE, token=LISTING, url=LISTING)
TEXT = "<p>You build the pipelines that our customers rely on, in Python and SQL, with a small team in Berlin.</p>" * 8


def feed(*numbers):
    jobs = [
        {
            "id": number,
            "absolute_url": f"https://boards.greenhouse.io/northwind/jobs/{number}",
            "title": f"Data Engineer {number}",
            "location": {"name": "Berlin, Germany"},
            "content": TEXT,
        }
        for number in numbers
    ]
    return json.dumps({"jobs": jobs, "meta": {"total": len(jobs)}})


def record(at, **facts):
    given = {"complete": True, "fingerprint": "a", "crawl_id": at.isoformat()} | facts
    return CrawlRecord(board_key=BOARD.key, started_at=at, **given)


@pytest.fixture
def read(world, run):
    async def read(board=BOARD, at=NOW, **how):
        given = CrawlBoardInput(board=board, started_at=at, **how)
        return await run(CrawlActivities(world).crawl_career_page, given, run_id=at.isoformat())

    return read


@pytest.fixture
async def known(world, read):
    """The board was read in full a day ago."""
    world.web[FEED] = feed(1, 2, 3)
    found = await read(at=NOW - 24 * HOUR)
    assert (found.same, found.complete) == (None, True)
    facts = record(NOW - 24 * HOUR, fingerprint=found.fingerprint, proof=found.proof, seen=3, opened=3)
    await world.boards.add(BOARD)
    await world.boards.record_crawl(facts)
    world.fetcher.asked.clear()
    return facts


async def test_an_unchanged_board_costs_one_request_no_parse_and_one_row(world, read, known, monkeypatch):
    async def never(*_, **__):
        raise AssertionError("nothing is to be parsed or written")

    for store, method in (
        (world.parser, "_run"),
        (world.boards, "add"),
        (world.postings, "save"),
        (world.index, "upsert"),
        (world.index, "delete"),
        (world.cache, "set"),
    ):
        monkeypatch.setattr(store, method, never)
    found = await read(at=NOW)
    assert world.fetcher.asked == [FEED]
    assert (found.complete, found.same.seen, found.same.unchanged, found.requests) == (True, 3, 3, 1)
    newest, oldest = await world.boards.recent_crawls(BOARD.key)
    assert (newest, oldest) == (found.same, known)
    assert (newest.same_list, newest.fingerprint) == (True, known.fingerprint)
    assert "3 of 3 counted" in newest.proof


async def test_a_retry_records_the_same_crawl_once_and_asks_for_nothing(world, read, known):
    at = datetime.now(UTC)
    first, again = await read(at=at), await read(at=at)
    assert world.fetcher.asked == [FEED]
    assert again.same == first.same
    assert len(await world.boards.recent_crawls(BOARD.key)) == 2


async def test_a_list_that_differs_is_read(world, read, known):
    world.web[FEED] = feed(1, 2)
    found = await read()
    assert (found.same, found.complete, found.batches[0].count) == (None, True, 2)
    assert world.fetcher.asked == [FEED]


@pytest.mark.parametrize("how", ["full", "offline"])
async def test_a_crawl_for_a_person_and_one_offline_read_in_full(read, known, how):
    assert (await read(**{how: True})).same is None


async def test_a_new_parser_and_a_new_name_of_the_company_read_in_full(read, known, monkeypatch):
    assert (await read(BOARD.model_copy(update={"company_name": "Northwind"}))).same is None
    monkeypatch.setattr("activities.known_lists.PARSER_VERSION", version.PARSER_VERSION + 1)
    assert (await read(at=NOW + HOUR)).same is None


async def test_the_same_list_carries_on_over_many_crawls(world, read, known):
    for hours in range(1, 60):
        assert (await read(at=NOW + hours * HOUR)).same is not None
    crawls = await world.boards.recent_crawls(BOARD.key, limit=100)
    assert len(crawls) == 60
    assert {crawl.proof for crawl in crawls[:-1]} == {crawls[0].proof}


VOUCHED = [
    ([record(NOW - 900 * HOUR)], True),
    ([record(NOW - 23 * HOUR, fingerprint="a-b")], True),
    ([record(NOW - 24 * HOUR, fingerprint="a-b")], False),
    ([record(NOW - HOUR, fingerprint="a-b", same_list=True), record(NOW - 23 * HOUR, fingerprint="a-b")], True),
    ([record(NOW - HOUR, fingerprint="a-b", same_list=True), record(NOW - 25 * HOUR, fingerprint="a-b")], False),
    ([record(NOW - HOUR, fingerprint="a-b", same_list=True)], False),
    ([record(NOW - HOUR, fingerprint="")], False),
    ([record(NOW - HOUR, missing=5)], False),
    ([record(NOW - HOUR, missing=5, closed=5)], True),
    ([record(NOW - HOUR, complete=False), record(NOW - 2 * HOUR)], False),
    ([record(NOW - HOUR, complete=False, opened=1), record(NOW - 2 * HOUR)], False),
    ([record(NOW - HOUR, complete=False, changed=1), record(NOW - 2 * HOUR)], False),
    ([record(NOW - HOUR, same_list=True), record(NOW - 2 * HOUR, complete=False), record(NOW - 3 * HOUR)], True),
    ([record(NOW - HOUR, crawl_id="own", missing=3), record(NOW - 2 * HOUR)], True),
    ([record(NOW - HOUR, crawl_id="own", complete=False), record(NOW - 2 * HOUR)], True),
    ([record(NOW - HOUR, complete=False)], False),
    ([], False),
]


@pytest.mark.parametrize(("crawls", "vouched"), VOUCHED)
def test_which_crawls_vouch_for_a_board(crawls, vouched):
    assert FULL_READ == 24 * HOUR
    assert (vouching(crawls, crawl_id="own", at=NOW) is not None) == vouched


async def test_a_crawl_that_lost_its_facts_has_the_board_read_in_full_though_its_list_is_the_old_one_again(
    world, run, read, known
):
    """It may have stored a posting that only a full crawl finds missing."""
    world.web[FEED] = feed(1, 2, 3, 4)
    assert (await read(at=NOW)).batches[0].count == 4
    lost = SettleInput(
        ends=(BoardEnd(board_key=BOARD.key, why="timed out"),), run_id="r", since=NOW, at=NOW + timedelta(minutes=1)
    )
    await run(BoardActivities(world).settle_boards, lost)
    world.web[FEED] = feed(1, 2, 3)
    assert (await read(at=NOW + HOUR)).same is None
    assert (await read(at=NOW + 300 * HOUR)).same is None


# --- a website, by the whole workflow ---


def listing(numbers, noise=0):
    nonce = f'<input type="hidden" name="csrf" value="{noise}">'
    return (
        f"<html><body><h1>Open positions</h1>{nonce}"
        + links([(f"/jobs/{number}-nurse", f"Nurse {number}") for number in numbers])
        + "</body></html>"
    )


class Careers(Site):
    """A listing and its job pages; the listing differs in a nonce at each request."""

    def __init__(self):
        super().__init__(self.page)
        self.numbers = list(range(4))

    def page(self, target):
        if target == "/careers":
            return 200, listing(self.numbers, noise=len(self.asked))
        number = target.removeprefix("/jobs/").removesuffix("-nurse")
        if number.isdigit() and int(number) in self.numbers:
            return 200, posting(int(number))
        return 404, "not here"


async def test_a_website_is_read_by_its_listing_alone_though_each_answer_differs(world, temporal_client):
    site = Careers()
    async with working(world, temporal_client, site) as crawl:
        first = await crawl()
        assert (first.complete, first.postings.opened) == (True, 4)
        site.asked.clear()
        second = await crawl()
        assert (second.complete, second.postings.seen, second.postings.unchanged) == (True, 4, 4)
        assert site.asked == ["/careers"]
        site.numbers = [0, 1, 2]
        third = await crawl()
        assert (third.complete, third.postings.closed) == (True, 1)
        record, same, full = await world.boards.recent_crawls(SITE.key)
        assert [crawl.same_list for crawl in (record, same, full)] == [False, True, False]
        assert full.proof == "listing read; all 4 pages it names were read"
        assert same.proof.endswith(full.proof)
        tomorrow = await crawl(started_at=datetime.now(UTC))
        assert not (await world.boards.recent_crawls(SITE.key))[0].same_list, "who checked already has it read in full"
        assert tomorrow.complete


# --- many boards at once ---


@pytest.fixture
def check(world, run):
    async def check(*boards, at=NOW):
        return await run(CheckActivities(world).check_boards, CheckBoardsInput(boards=boards, started_at=at))

    return check


def other(name):
    return Board(ats="greenhouse", token=name, url=f"https://boards.greenhouse.io/{name}")


def feed_of(name):
    return FEED.replace("northwind", name)


async def made_known(world, read, board, body):
    world.web[feed_of(board.token)] = body
    found = await read(board, at=NOW - 24 * HOUR)
    await world.boards.add(board)
    facts = record(NOW - 24 * HOUR, fingerprint=found.fingerprint, seen=2, crawl_id=board.key)
    await world.boards.record_crawl(facts.model_copy(update={"board_key": board.key}))


async def test_a_check_tells_boards_apart_and_records_those_that_are_done(world, read, check):
    boards = {name: other(name) for name in ("same", "moved", "gone", "slow", "busy")}
    for board in boards.values():
        await made_known(world, read, board, feed(1, 2))
    new = other("new")
    world.web[feed_of("moved")] = feed(1)
    world.web[feed_of("gone")] = Gone("answered 404")
    world.web[feed_of("slow")] = Transient("timed out", kind="timeout")
    world.web[feed_of("busy")] = Throttled("wait", retry_after=7)
    world.settings = world.settings.model_copy(update={"host_concurrency": 1})
    world.fetcher.asked.clear()
    found = await check(*boards.values(), new)
    assert found.same == (boards["same"].key,)
    assert found.changed == (boards["moved"], new)
    assert set(found.failed) == {boards["gone"].key, boards["slow"].key}
    assert [problem.kind for problem in found.problems] == ["gone", "timeout"]
    assert (found.waiting, found.wait) == ((boards["busy"],), 7)
    assert feed_of("new") not in world.fetcher.asked
    crawls = {name: (await world.boards.recent_crawls(board.key))[0] for name, board in boards.items()}
    assert (crawls["same"].same_list, crawls["same"].complete, crawls["same"].seen) == (True, True, 2)
    assert (crawls["gone"].complete, crawls["gone"].proof) == (False, "not read: gone: answered 404")
    assert crawls["moved"].started_at == crawls["busy"].started_at == NOW - 24 * HOUR


async def test_a_check_twice_is_as_once_and_what_it_fetched_is_not_fetched_again(world, read, check):
    same, moved = other("same"), other("moved")
    for board in (same, moved):
        await made_known(world, read, board, feed(1, 2))
    world.web[feed_of("moved")] = feed(1)
    world.fetcher.asked.clear()
    at = datetime.now(UTC)
    first, again = await check(same, moved, at=at), await check(same, moved, at=at)
    assert (first.same, first.changed) == (again.same, again.changed) == ((same.key,), (moved,))
    assert len(await world.boards.recent_crawls(same.key)) == 2
    found = await read(moved, at=at, full=True)
    assert found.batches[0].count == 1
    assert len(world.fetcher.asked) == 2


async def test_a_vendor_that_refuses_one_board_costs_that_one_and_the_others_wait(world, read, check):
    boards = [other(f"b{number}") for number in range(6)]
    for board in boards:
        await made_known(world, read, board, feed(1, 2))
    world.web[feed_of("b0")] = Blocked("answered 403: private")
    world.settings = world.settings.model_copy(update={"host_concurrency": 1})
    world.fetcher.asked.clear()
    found = await check(*boards)
    assert world.fetcher.asked == [feed_of("b0")]
    assert (found.failed, found.waiting, found.requests) == ((boards[0].key,), tuple(boards[1:]), 1)
    assert [len(await world.boards.recent_crawls(board.key)) for board in boards] == [2, 1, 1, 1, 1, 1]


async def test_a_vendor_that_is_silent_fails_those_that_were_asked_and_the_others_wait(world, read, check):
    boards = [other(f"b{number}") for number in range(6)]
    for board in boards:
        await made_known(world, read, board, feed(1, 2))
        world.web[feed_of(board.token)] = Transient("timed out", kind="timeout")
    world.settings = world.settings.model_copy(update={"host_concurrency": 1})
    found = await check(*boards)
    assert found.failed == tuple(board.key for board in boards[:SILENT])
    assert (found.waiting, found.requests) == (tuple(boards[SILENT:]), SILENT)


async def test_a_board_that_may_not_be_asked_for_costs_no_request(world, read, check):
    board = other("b")
    await made_known(world, read, board, feed(1, 2))
    world.web[feed_of("b")] = Disallowed("robots.txt says no", kind="robots")
    found = await check(board)
    assert (found.failed, found.requests) == ((board.key,), 0)
    [newest, _] = await world.boards.recent_crawls(board.key)
    assert newest.requests == 0


async def test_a_board_that_cannot_be_looked_at_is_read_in_full_and_the_others_are_looked_at(
    world, read, check, monkeypatch
):
    """One whose archived page is damaged, and one of an ATS that is known no longer."""
    damaged, same, at = other("damaged"), other("same"), datetime.now(UTC)
    for board in (damaged, same):
        await made_known(world, read, board, feed(1, 2))
    [facts] = await world.boards.recent_crawls(damaged.key)
    await world.boards.record_crawl(facts.model_copy(update={"fingerprint": "another-list"}))
    unknown = Board(ats="nowhere", token="b", url="https://nowhere.example/b")
    facts = record(NOW - HOUR, crawl_id=unknown.key).model_copy(update={"board_key": unknown.key})
    await world.boards.record_crawl(facts)

    async def get(content_hash):
        raise InvalidInput("does not have the hash it is stored under", kind="damaged_page")

    monkeypatch.setattr(world.archive, "get", get)
    found = await check(damaged, unknown, same, at=at)
    assert (found.same, found.changed) == ((same.key,), (damaged, unknown))
    assert (found.failed, found.waiting) == ((), ())
