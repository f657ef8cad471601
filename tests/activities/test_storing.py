"""Storing, indexing and closing: twice is as once, and a death on the way is mended by the retry."""

from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from activities.batches import PostingBatch, save_batches
from activities.storing import CloseInput, IndexInput, StoreActivities, StoreInput
from quiethire.domain.board import Board
from quiethire.domain.cadence import CONFIRM_AFTER
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import JobEventKind
from quiethire.domain.posting import JobPosting, job_id
from quiethire.domain.result import Refusal

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOARD = Board(ats="greenhouse", token="northwind", url="https://boards.greenhouse.io/northwind")


def posting(number, title="Data Engineer"):
    identity = f"greenhouse/northwind/{number}"
    return JobPosting(
        id=job_id(identity),
        identity=identity,
        url=f"https://boards.greenhouse.io/northwind/jobs/{number}",
        board_key=BOARD.key,
        ats="greenhouse",
        title=title,
        company_name="Northwind",
        quality_score=90,
    )


def record(at, crawl_id=None, **facts):
    given = {"complete": True} | facts
    return CrawlRecord(crawl_id=crawl_id or at.isoformat(), board_key=BOARD.key, started_at=at, **given)


class Crawl:
    """The activities that end a crawl, as the workflow runs them."""

    def __init__(self, world, run):
        self.world, self.run = world, run
        self.do = StoreActivities(world)

    async def batches(self, *postings, refused=()) -> tuple[PostingBatch, ...]:
        return await save_batches(self.world.archive, postings, refused)

    async def store(self, *postings, at=NOW):
        [batch] = await self.batches(*postings)
        result = await self.run(self.do.store_jobs_in_clickhouse, StoreInput(batch=batch, at=at))
        await self.run(self.do.index_jobs_in_typesense, IndexInput(job_ids=result.touched))
        return result

    async def finish(self, *postings, at, refused=(), **facts):
        batches = await self.batches(*postings, refused=refused)
        counted = {"seen": len(postings) + len(refused)} | facts
        given = CloseInput(board=BOARD, record=record(at, **counted), batches=batches)
        return await self.run(self.do.close_missing_jobs, given)

    async def open_ids(self):
        postings, documents = await self.world.postings.open_ids(), await self.world.index.ids()
        assert postings == documents
        return postings


@pytest.fixture
def crawl(world, run):
    return Crawl(world, run)


def ids(*numbers):
    return {posting(number).id for number in numbers}


async def test_storing_twice_counts_and_writes_as_once(crawl):
    first = await crawl.store(posting(1), posting(2))
    again = await crawl.store(posting(1), posting(2))
    assert (first.opened, again.opened, again.unchanged) == (2, 2, 0)
    assert first.touched == again.touched
    assert len(await crawl.world.postings.history(posting(1).id)) == 1


async def test_a_complete_crawl_closes_what_is_gone_everywhere(crawl):
    await crawl.store(posting(1), posting(2), posting(3))
    ended = await crawl.finish(posting(1), posting(2), at=NOW + HOUR)
    assert ended.closed == 1
    assert await crawl.open_ids() == ids(1, 2)
    [*_, last] = await crawl.world.postings.history(posting(3).id)
    assert last.kind is JobEventKind.CLOSED


async def test_an_incomplete_crawl_closes_nothing(crawl):
    await crawl.store(posting(1), posting(2), posting(3))
    assert (await crawl.finish(posting(1), at=NOW + HOUR, complete=False)).closed == 0
    assert await crawl.open_ids() == ids(1, 2, 3)


async def test_a_posting_that_is_listed_but_refused_stays_open(crawl):
    await crawl.store(posting(1), posting(2), posting(3))
    refusal = Refusal(url=f"{posting(3).url}?utm_source=mail#top", reason="quality 60 is below 70")
    assert (await crawl.finish(posting(1), posting(2), at=NOW + HOUR, refused=(refusal,))).closed == 0
    assert await crawl.open_ids() == ids(1, 2, 3)


async def test_closing_again_closes_nothing_more_and_counts_the_same(crawl):
    await crawl.store(posting(1), posting(2), posting(3))
    for _ in range(2):
        assert (await crawl.finish(posting(1), posting(2), at=NOW + HOUR)).closed == 1
    [crawl_record] = await crawl.world.boards.recent_crawls(BOARD.key)
    assert (crawl_record.closed, crawl_record.missing) == (1, 1)


@pytest.mark.parametrize(
    ("store", "method"),
    [("index", "delete"), ("matches", "remove_matches_of"), ("postings", "save"), ("boards", "record_crawl")],
)
async def test_a_death_while_closing_is_mended_by_the_retry(crawl, monkeypatch, store, method):
    await crawl.store(posting(1), posting(2), posting(3))

    async def die(*_, **__):
        raise Transient("the worker died here")

    with monkeypatch.context() as patch:
        patch.setattr(getattr(crawl.world, store), method, die)
        with pytest.raises(Transient):
            await crawl.finish(posting(1), posting(2), at=NOW + HOUR)
    assert (await crawl.finish(posting(1), posting(2), at=NOW + HOUR)).closed == 1
    assert await crawl.open_ids() == ids(1, 2)
    kinds = [event.kind for event in await crawl.world.postings.history(posting(3).id)]
    assert kinds == [JobEventKind.OPENED, JobEventKind.CLOSED]


def drops() -> float:
    return REGISTRY.get_sample_value("quiethire_error_total", {"kind": "sudden_drop"}) or 0.0


async def test_a_sudden_drop_must_be_said_again_later(crawl):
    await crawl.store(*(posting(number) for number in range(5)))
    counted = drops()
    doubted = await crawl.finish(posting(0), at=NOW + HOUR)
    # What the alert for walls goes by.
    assert drops() == counted + 1
    assert (doubted.closed, [problem.kind for problem in doubted.problems]) == (0, ["sudden_drop"])
    assert len(await crawl.open_ids()) == 5
    assert (await crawl.finish(posting(0), at=NOW + HOUR + CONFIRM_AFTER - HOUR)).closed == 0
    assert (await crawl.finish(posting(0), at=NOW + HOUR + CONFIRM_AFTER)).closed == 4
    assert await crawl.open_ids() == ids(0)


async def test_a_board_that_lists_nothing_any_more_must_say_so_for_a_day(crawl):
    await crawl.store(*(posting(number) for number in range(5)))
    closed = [(await crawl.finish(at=NOW + hours * HOUR)).closed for hours in (1, 7, 24, 25)]
    assert closed == [0, 0, 0, 5]


async def test_a_fifth_of_a_board_that_is_gone_at_once_must_be_said_again_and_two_postings_need_not(crawl):
    await crawl.store(*(posting(number) for number in range(10)))
    assert (await crawl.finish(*(posting(number) for number in range(8)), at=NOW + HOUR)).closed == 2
    assert (await crawl.finish(*(posting(number) for number in range(5)), at=NOW + 2 * HOUR)).closed == 0
    assert (
        await crawl.finish(*(posting(number) for number in range(5)), at=NOW + 2 * HOUR + CONFIRM_AFTER)
    ).closed == 3


async def test_a_drop_is_confirmed_though_the_board_is_crawled_often(crawl):
    await crawl.store(*(posting(number) for number in range(5)))
    closed = [(await crawl.finish(posting(0), at=NOW + hours * HOUR)).closed for hours in range(1, 15)]
    assert sum(closed) == 4
    assert closed.index(4) == CONFIRM_AFTER // HOUR


async def test_a_board_that_came_back_starts_the_doubt_anew(crawl):
    everything = [posting(number) for number in range(5)]
    await crawl.store(*everything)
    await crawl.finish(posting(0), at=NOW + HOUR)
    await crawl.finish(*everything, at=NOW + 2 * HOUR)
    assert (await crawl.finish(posting(0), at=NOW + 8 * HOUR)).closed == 0


async def test_the_index_holds_open_postings_only(crawl, world):
    stored = await crawl.store(posting(1), posting(2), posting(3))
    await crawl.finish(posting(1), posting(2), at=NOW + HOUR)
    await crawl.run(crawl.do.index_jobs_in_typesense, IndexInput(job_ids=stored.touched))
    assert await world.index.ids() == ids(1, 2)


async def test_indexing_goes_on_without_the_cache(crawl, monkeypatch):
    async def gone(*_, **__):
        raise Transient("no redis")

    monkeypatch.setattr(crawl.world.cache, "set", gone)
    await crawl.store(posting(1))
    assert await crawl.open_ids() == ids(1)
