"""A company's page that shows another board now: what only the page had closes, once a later crawl agrees."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from local_site import LISTING, Site, links, posting, working

from activities.boards import BoardActivities, BoardEnd, SettleInput
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.cadence import CONFIRM_AFTER
from quiethire.domain.errors import InvalidInput
from quiethire.storage.postgres.memory import MemoryBoards

PAGE = Board(ats=WEBSITE, token=LISTING, url=LISTING)
SHOWN = "greenhouse/newco"
FRAME = '<html><body><h1>Careers</h1><iframe src="https://boards.greenhouse.io/embed/job_board?for=newco"></iframe></body></html>'


def feed(count, total=None):
    jobs = [
        {
            "id": number,
            "absolute_url": f"https://boards.greenhouse.io/newco/jobs/{number}",
            "title": f"Data Engineer {number}",
            "location": {"name": "Berlin, Germany"},
            "content": "<p>You build the pipelines that our customers rely on, in Python and SQL.</p>" * 8,
            "first_published": "2026-11-02T09:00:00Z",
        }
        for number in range(100, 100 + count)
    ]
    return json.dumps({"jobs": jobs, "meta": {"total": total or count}})


class Moving:
    """A page that lists four postings of its own until it shows a board."""

    def __init__(self, feed):
        self.feed, self.moved = feed, False

    def __call__(self, target):
        if target.startswith("/v1/boards/newco/jobs"):
            return 200, self.feed
        if target == "/careers":
            listed = links([(f"/jobs/{number}-nurse", f"Nurse {number}") for number in range(4)])
            return 200, FRAME if self.moved else f"<html><body><h1>Open positions</h1>{listed}</body></html>"
        number = target.removeprefix("/jobs/").removesuffix("-nurse")
        return (200, posting(int(number))) if number.isdigit() else (404, "")


async def open_of(world, key):
    return len(await world.postings.of_board(key))


@pytest.fixture
def working_on(world, temporal_client):
    def working_on(web):
        return working(world, temporal_client, Site(web), "boards-api.greenhouse.io")

    return working_on


async def test_what_a_page_listed_closes_when_a_later_crawl_finds_the_other_board_again(world, working_on):
    web, now = Moving(feed(5)), datetime.now(UTC)
    async with working_on(web) as crawl:
        await crawl(PAGE, now)
        assert await open_of(world, PAGE.key) == 4
        web.moved = True
        first = await crawl(PAGE, now + timedelta(hours=1))
        assert (first.board.key, first.complete, first.postings.closed) == (SHOWN, True, 0)
        assert (await open_of(world, PAGE.key), await open_of(world, SHOWN)) == (4, 5)
        second = await crawl(PAGE, now + timedelta(hours=2) + CONFIRM_AFTER)
    assert second.postings.closed == 4
    assert (await open_of(world, PAGE.key), await open_of(world, SHOWN)) == (0, 5)
    newest, before, _ = await world.boards.recent_crawls(PAGE.key)
    assert newest.proof.startswith(f"shows {SHOWN}: ")
    assert [(each.complete, each.missing, each.closed) for each in (newest, before)] == [(True, 4, 4), (True, 4, 0)]
    assert [each.closed for each in await world.boards.recent_crawls(SHOWN)] == [0, 0]


async def test_a_shown_board_that_was_not_read_whole_closes_nothing_of_the_page(world, working_on):
    web, now = Moving(feed(5, total=9)), datetime.now(UTC)
    async with working_on(web) as crawl:
        await crawl(PAGE, now)
        web.moved = True
        for hours in (1, 20, 40):
            assert not (await crawl(PAGE, now + timedelta(hours=hours))).complete
    assert (await open_of(world, PAGE.key), await open_of(world, SHOWN)) == (4, 5)
    assert len(await world.boards.recent_crawls(PAGE.key)) == 1


async def test_a_page_that_never_listed_anything_itself_is_no_board(world, working_on):
    web = Moving(feed(2))
    web.moved = True
    async with working_on(web) as crawl:
        assert (await crawl(PAGE)).complete
    assert await world.boards.get(PAGE.key) is None
    assert await world.boards.recent_crawls(PAGE.key) == []


async def test_a_page_whose_board_drops_a_posting_is_given_none_of_it(world, working_on):
    web, now = Moving(feed(5)), datetime.now(UTC)
    async with working_on(web) as crawl:
        await crawl(PAGE, now)
        web.moved = True
        await crawl(PAGE, now + timedelta(hours=1))
        web.feed = feed(4)
        again = await crawl(PAGE, now + timedelta(hours=2))
    assert again.postings.closed == 1
    assert (await open_of(world, PAGE.key), await open_of(world, SHOWN)) == (4, 4)


class Refusing(MemoryBoards):
    """A store that cannot take the facts of one board."""

    async def record_crawl(self, crawl, **more):
        if crawl.board_key == "greenhouse/bad":
            raise InvalidInput("too long", where="store")
        await super().record_crawl(crawl, **more)


async def test_a_board_that_cannot_be_settled_costs_no_other(world, run):
    world.boards, now = Refusing(), datetime.now(UTC)
    ends = tuple(BoardEnd(board_key=f"greenhouse/{token}", why="timed out") for token in ("a", "bad", "b"))
    with pytest.raises(InvalidInput):
        await run(BoardActivities(world).settle_boards, SettleInput(ends=ends, run_id="run", since=now, at=now))
    told = {end.board_key: len(await world.boards.recent_crawls(end.board_key)) for end in ends}
    assert told == {"greenhouse/a": 1, "greenhouse/bad": 0, "greenhouse/b": 1}


async def test_the_name_of_a_settled_crawl_is_short_however_long_its_board_is(world, run):
    url, now = f"https://n.example/{'x' * 8_000}", datetime.now(UTC)
    end = BoardEnd(board_key=f"{WEBSITE}/{url}", why="timed out")
    await run(BoardActivities(world).settle_boards, SettleInput(ends=(end,), run_id="run", since=now, at=now))
    [told] = await world.boards.recent_crawls(end.board_key)
    assert len(told.crawl_id) < 100
