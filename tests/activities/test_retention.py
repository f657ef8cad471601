"""The page archive, kept within bounds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from activities.retention import RetentionActivities
from quiethire.domain.cadence import RECENT
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.dead_letters import DeadLetter
from quiethire.domain.page import FetchedVia, FetchSpec, PageRef
from quiethire.settings import Settings

SPEC = FetchSpec(url="https://northwind.example/careers")
NOW = datetime.now(UTC)


@pytest.fixture
async def filled(world):
    """A world in which a page was fetched twice."""
    for age, body in ((2, b"old"), (1, b"new")):
        ref = PageRef(
            url=SPEC.url,
            final_url=SPEC.url,
            status=200,
            content_type="text/html",
            content_hash=await world.archive.put(body),
            size=len(body),
            fetched_at=NOW - timedelta(days=age),
            via=FetchedVia.HTTP,
        )
        await world.archive.record(SPEC, ref)
    return world


async def test_the_newest_crawls_of_a_board_and_those_of_a_month_are_kept(world, run):
    def crawl(number, days):
        at = NOW - timedelta(days=days, minutes=number)
        return CrawlRecord(crawl_id=f"{days}/{number}", board_key="lever/a", complete=True, started_at=at)

    for days in (29, 31):
        for number in range(RECENT - 10):
            await world.boards.record_crawl(crawl(number, days))
    assert (await run(RetentionActivities(world).prune_archive)).crawls == RECENT - 20
    assert (await run(RetentionActivities(world).prune_archive)).crawls == 0
    assert len(await world.boards.recent_crawls("lever/a", 2 * RECENT)) == RECENT


async def test_dead_letters_of_a_quarter_ago_are_dropped(world, run):
    letter = {"kind": "defect", "workflow": "W", "run_id": "r", "queue": "q", "detail": "d", "occurrence": "r/1"}
    for days in (89, 91):
        of = DeadLetter(workflow_id=f"w/{days}", **letter)
        await world.dead_letters.keep(of, b"", NOW - timedelta(days=days))
    assert (await run(RetentionActivities(world).prune_archive)).letters == 1
    assert [each.workflow_id for each in await world.dead_letters.newest(9)] == ["w/89"]


async def test_by_default_what_was_just_recorded_is_kept(filled, run):
    assert (await run(RetentionActivities(filled).prune_archive)).fetches == 0


@pytest.mark.parametrize(
    ("settings", "dropped"),
    [
        ({"archive_keep_days": 0, "archive_keep_last_days": 0}, 0),
        ({"archive_keep_days": 1, "archive_keep_last_days": 0}, 1),
        ({"archive_keep_days": 0, "archive_keep_last_days": 1}, 2),
    ],
)
async def test_the_settings_say_what_goes_and_zero_is_for_ever(filled, run, monkeypatch, settings, dropped):
    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=1, minutes=1)

    monkeypatch.setattr("activities.retention.datetime", Later)
    activities = RetentionActivities(replace(filled, settings=Settings(**settings)))
    assert (await run(activities.prune_archive)).fetches == dropped
    assert (await run(activities.prune_archive)).fetches == 0
