"""What one crawl is no proof of: a board that is away, a look that was overtaken, a list from the archive, one board of two."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from local_site import LISTING
from test_storing import BOARD, HOUR, NOW, Crawl, ids, record
from test_storing import posting as stored

from activities.board_lists import first_request
from activities.crawling import CrawlActivities, CrawlBoardInput
from activities.storing import CloseInput, StoreInput
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.cadence import CONFIRM_AFTER, GONE_AFTER
from quiethire.domain.errors import Blocked, Disallowed, Gone, Throttled, Transient
from quiethire.domain.lifecycle import JobEventKind
from workflows.crawl_tally import CrawlTally

SITE = Board(ats=WEBSITE, token=LISTING, url=LISTING)


@pytest.fixture
def crawl(world, run):
    return Crawl(world, run)


# --- a board that is not there ---

DAY = timedelta(days=1)


async def looked(crawl, world, outcomes):
    """The crawls of a board that answers so, whenever it is due; of each how many it closed, and when it was."""
    everything = [stored(number) for number in range(5)]
    await crawl.store(*everything)
    await crawl.finish(*everything, at=NOW)
    told = []
    for outcome in outcomes:
        at = (await world.boards.schedule(NOW)).next_due_at
        world.web[first_request(BOARD).url] = outcome
        found = await crawl.run(CrawlActivities(world).crawl_career_page, CrawlBoardInput(board=BOARD, started_at=at))
        tally = CrawlTally()
        tally.take(found)
        given = CloseInput(board=BOARD, record=tally.record(at.isoformat(), BOARD, at), batches=())
        told.append(((await crawl.run(crawl.do.close_missing_jobs, given)).closed, at))
    return told


async def test_a_board_that_is_not_there_for_a_week_is_closed_once(crawl, world):
    told = await looked(crawl, world, [Gone("answered 404")] * 12)
    [(place, (closed, at))] = [(place, each) for place, each in enumerate(told) if each[0]]
    assert (closed, at - told[0][1]) == (5, GONE_AFTER)
    assert await crawl.open_ids() == set()
    crawls = (await world.boards.recent_crawls(BOARD.key))[::-1][1:]
    assert [each.complete for each in crawls] == [number >= place for number in range(12)]
    assert crawls[place].proof == f"gone: answers 404 or 410 since {told[0][1]:%Y-%m-%d %H:%M} UTC, {place + 1} crawls"


async def test_a_board_that_is_back_before_the_week_is_over_loses_nothing(crawl, world):
    told = await looked(crawl, world, [Gone("answered 404")] * 8)
    assert 5 * DAY < told[-1][1] - told[0][1] < GONE_AFTER
    await crawl.finish(*(stored(number) for number in range(5)), at=told[-1][1] + DAY)
    assert [closed for closed, _ in told] == [0] * 8
    given = record(told[-1][1] + 2 * DAY, complete=False, gone=True)
    again = await crawl.run(crawl.do.close_missing_jobs, CloseInput(board=BOARD, record=given, batches=()))
    assert again.closed == 0
    assert await crawl.open_ids() == ids(*range(5))


@pytest.mark.parametrize(
    "answer",
    [
        Blocked("answered 403"),
        Disallowed("robots.txt says no"),
        Gone("says that it is not there", kind="soft_404"),
        Gone("the host does not exist", kind="host_not_found"),
        Throttled("answered 429", retry_after=1e9),
    ],
    ids=["blocked", "disallowed", "soft_404", "no_host", "throttled"],
)
async def test_a_board_that_only_does_not_answer_keeps_its_postings(crawl, world, answer):
    told = await looked(crawl, world, [answer] * 18)
    assert told[-1][1] - NOW > 60 * DAY
    assert await crawl.open_ids() == ids(*range(5))


async def test_another_answer_in_between_starts_the_week_anew(crawl, world):
    missing, refused = Gone("answered 410"), Blocked("answered 403")
    told = await looked(crawl, world, [*[missing] * 6, refused, *[missing] * 2])
    assert told[-1][1] - told[0][1] > GONE_AFTER
    assert await crawl.open_ids() == ids(*range(5))


async def test_a_later_page_that_is_not_there_is_no_board_that_is_gone(world, run):
    board = Board(ats="smartrecruiters", token="northwind", url="https://careers.smartrecruiters.com/northwind")
    listed = {
        "id": "1",
        "uuid": "1",
        "name": "Nurse",
        "releasedDate": "2026-11-01T00:00:00Z",
        "location": {"city": "Berlin"},
    }
    world.fetcher.web = defaultdict(lambda: Gone("answered 404"))
    world.fetcher.web[first_request(board).url] = json.dumps(
        {"totalFound": 250, "offset": 0, "limit": 100, "content": [listed]}
    )
    found = await run(CrawlActivities(world).crawl_career_page, CrawlBoardInput(board=board, started_at=NOW))
    assert len(world.fetcher.asked) == 2
    assert ([problem.kind for problem in found.problems], found.complete, found.gone) == (["gone"], False, False)


async def test_a_website_whose_listing_is_not_there_is_gone_and_one_whose_embedded_board_is_not_is_read(world, run):
    world.fetcher.web = defaultdict(lambda: Gone("answered 404"))
    given = CrawlBoardInput(board=SITE, started_at=datetime.now(UTC))
    assert (await run(CrawlActivities(world).crawl_career_page, given)).gone
    world.fetcher.web[LISTING] = (
        '<html><body><iframe src="https://boards.greenhouse.io/embed/job_board?for=nobody"></iframe></body></html>'
    )
    read = await run(CrawlActivities(world).crawl_career_page, given)
    assert (read.gone, [problem.kind for problem in read.problems]) == (False, ["gone"])


# --- crawls that overtake each other, and those of the archive ---


async def test_a_crawl_that_began_earlier_and_ends_later_closes_nothing(crawl, world):
    everything, new = [stored(number) for number in range(5)], stored(77)
    await crawl.store(*everything)
    await crawl.store(new, at=NOW + 2 * HOUR)
    assert (await crawl.finish(*everything, at=NOW + HOUR)).closed == 0, "a later crawl opened it"
    await crawl.finish(*everything, new, at=NOW + 2 * HOUR)
    assert (await crawl.finish(*everything[1:], new, at=NOW + HOUR + HOUR / 2)).closed == 0, "a later one saw it"
    assert await crawl.open_ids() == ids(*range(5), 77)
    assert (await crawl.finish(*everything[1:], new, at=NOW + 3 * HOUR)).closed == 1


async def test_an_offline_crawl_shows_what_it_stored_and_is_no_look_at_the_board(crawl, world):
    everything = [stored(number) for number in range(10)]
    await crawl.store(*everything)
    await crawl.finish(*everything[3:], at=NOW + HOUR)
    before = (await world.boards.schedule(NOW)).next_due_at
    [batch] = await crawl.batches(*everything[3:], stored(50))
    at = NOW + HOUR + CONFIRM_AFTER
    new = await crawl.run(crawl.do.store_jobs_in_clickhouse, StoreInput(batch=batch, at=at))
    given = CloseInput(
        board=BOARD, record=record(at, seen=8, opened=1), batches=(batch,), touched=new.touched, offline=True
    )
    told = await crawl.run(crawl.do.close_missing_jobs, given)
    assert (told.closed, told.indexed) == (0, 1)
    assert await crawl.open_ids() == ids(*range(10), 50)
    assert len(await world.boards.recent_crawls(BOARD.key)) == 1
    assert (await world.boards.schedule(NOW)).next_due_at == before
    other = BOARD.model_copy(update={"token": "southwind"})
    unknown = record(at, seen=1).model_copy(update={"board_key": other.key})
    given = CloseInput(board=other, record=unknown, batches=(), offline=True)
    await crawl.run(crawl.do.close_missing_jobs, given)
    assert await world.boards.get(other.key) == other


# --- one posting on two boards ---


def listed_by(path):
    url = f"https://northwind.example{path}"
    return Board(ats=WEBSITE, token=url, url=url)


async def read_board(crawl, board, *numbers, at, complete=True):
    """A crawl of this board that lists these."""
    listed = [stored(number).model_copy(update={"board_key": board.key}) for number in numbers]
    batches = await crawl.batches(*listed)
    for batch in batches:
        await crawl.run(crawl.do.store_jobs_in_clickhouse, StoreInput(batch=batch, at=at))
    facts = record(at, crawl_id=f"{board.token} {at}", complete=complete, seen=len(listed))
    given = CloseInput(board=board, record=facts.model_copy(update={"board_key": board.key}), batches=batches)
    return (await crawl.run(crawl.do.close_missing_jobs, given)).closed


async def test_a_posting_that_another_board_lists_goes_over_to_that_one_which_decides(crawl, world):
    careers, jobs = listed_by("/careers"), listed_by("/jobs")
    await read_board(crawl, careers, *range(6), at=NOW)
    await read_board(crawl, jobs, 0, 1, at=NOW + HOUR)
    assert await read_board(crawl, careers, *range(2, 6), at=NOW + 2 * HOUR) == 0
    assert set(await world.postings.of_board(jobs.key)) == ids(0, 1)
    assert await world.postings.open_ids() == ids(*range(6))
    assert [event.kind for event in await world.postings.history(stored(0).id)] == [JobEventKind.OPENED]
    assert await read_board(crawl, careers, *range(2, 6), at=NOW + 3 * HOUR) == 0
    assert await read_board(crawl, jobs, 0, at=NOW + 4 * HOUR) == 1
    assert await world.postings.open_ids() == ids(0, *range(2, 6))


async def test_a_posting_that_the_other_board_lists_no_longer_either_is_closed(crawl, world):
    careers, jobs = listed_by("/careers"), listed_by("/jobs")
    await read_board(crawl, careers, *range(6), at=NOW)
    await read_board(crawl, jobs, 0, at=NOW + HOUR)
    await read_board(crawl, jobs, at=NOW + 2 * HOUR, complete=False)
    assert await world.boards.also_listed([stored(0).id], careers.key) == {stored(0).id: jobs.key}
    await read_board(crawl, jobs, at=NOW + 3 * HOUR)
    assert await read_board(crawl, careers, *range(1, 6), at=NOW + 4 * HOUR) == 1


async def test_a_death_before_a_posting_goes_over_is_mended_by_the_retry(crawl, world, monkeypatch):
    careers, jobs = listed_by("/careers"), listed_by("/jobs")
    await read_board(crawl, careers, *range(4), at=NOW)
    await read_board(crawl, jobs, 0, 1, at=NOW + HOUR)
    await read_board(crawl, careers, 3, at=NOW + 2 * HOUR)
    last = NOW + 2 * HOUR + CONFIRM_AFTER
    save = world.postings.save

    async def die(rows, events):
        if not events:
            raise Transient("the worker died here")
        await save(rows, events)

    with monkeypatch.context() as patch:
        patch.setattr(world.postings, "save", die)
        with pytest.raises(Transient):
            await read_board(crawl, careers, 3, at=last)
    assert await read_board(crawl, careers, 3, at=last) == 1
    assert set(await world.postings.of_board(jobs.key)) == ids(0, 1)
    assert set(await world.postings.of_board(careers.key)) == ids(3)
