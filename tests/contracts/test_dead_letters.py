"""One contract for dead letters: PostgreSQL and the twin in memory."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from quiethire.domain.dead_letters import DeadLetter, DeadLetters
from quiethire.storage.postgres import PostgresDeadLetters
from quiethire.storage.postgres.memory_dead_letters import MemoryDeadLetters

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture(params=["memory", "postgres"])
def letters(request: pytest.FixtureRequest) -> DeadLetters:
    if request.param == "memory":
        return MemoryDeadLetters()
    return PostgresDeadLetters(request.getfixturevalue("postgres_pool"))


def letter(number: int = 1, **changes: str) -> DeadLetter:
    given = {
        "kind": "defect",
        "workflow": "CareerPageCrawlWorkflow",
        "workflow_id": f"career-page-crawl/{number}",
        "run_id": "run",
        "activity": "parse_job_data",
        "queue": "parse",
        "where": "https://northwind.example/",
        "detail": "KeyError: 'title'",
        "occurrence": "run/7",
    }
    return DeadLetter(**{**given, **changes})


async def test_a_letter_is_kept_with_what_its_workflow_was_started_with(letters):
    await letters.keep(letter(), b"input", NOW)
    [kept] = await letters.newest(10)
    assert kept.model_dump(include=set(DeadLetter.model_fields)) == letter().model_dump()
    assert (kept.count, kept.first_at, kept.last_at, kept.replayed_at, kept.payload_kept) == (1, NOW, NOW, None, True)
    assert await letters.get(kept.id) == kept
    assert await letters.payload(kept.id) == b"input"


async def test_the_same_failure_is_counted_and_one_that_is_told_twice_is_not(letters):
    await letters.keep(letter(), b"first", NOW)
    await letters.keep(letter(), b"first", NOW)
    await letters.keep(letter(occurrence="run/8", detail="KeyError: 'url'"), b"second", LATER)
    [kept] = await letters.newest(10)
    assert (kept.count, kept.first_at, kept.last_at, kept.detail) == (2, NOW, LATER, "KeyError: 'url'")
    assert await letters.payload(kept.id) == b"second"


async def test_one_that_was_replayed_and_fails_again_is_open_again(letters):
    await letters.keep(letter(), b"", NOW)
    [kept] = await letters.newest(1)
    await letters.replayed(kept, LATER)
    await letters.keep(letter(), b"", NOW)
    assert (await letters.get(kept.id)).replayed_at == LATER  # told twice
    await letters.keep(letter(occurrence="run/8"), b"", LATER)
    assert (await letters.get(kept.id)).replayed_at is None


async def test_one_that_failed_again_before_its_replay_was_written_down_is_open(letters):
    await letters.keep(letter(), b"", NOW)
    [read] = await letters.newest(1)
    await letters.keep(letter(occurrence="run/8"), b"", LATER)
    await letters.replayed(read, LATER)
    assert await letters.open_by_kind() == {"defect": 1}


async def test_the_newest_come_first_and_a_kind_can_be_asked_for(letters):
    await letters.keep(letter(1), b"", LATER)
    await letters.keep(letter(2, kind="timeout"), b"", NOW)
    assert [each.workflow_id[-1] for each in await letters.newest(10)] == ["1", "2"]
    assert [each.workflow_id[-1] for each in await letters.newest(1)] == ["1"]
    assert [each.workflow_id[-1] for each in await letters.newest(10, kind="timeout")] == ["2"]


async def test_a_letter_without_what_its_workflow_was_started_with_says_so(letters):
    await letters.keep(letter(), None, NOW)
    [kept] = await letters.newest(10)
    assert not kept.payload_kept
    assert await letters.payload(kept.id) is None


async def test_a_letter_that_was_replayed_says_so_and_one_that_is_dropped_is_gone(letters):
    await letters.keep(letter(), b"input", NOW)
    [kept] = await letters.newest(10)
    await letters.replayed(kept, LATER)
    replayed = await letters.get(kept.id)
    assert replayed is not None
    assert replayed.replayed_at == LATER
    assert await letters.drop(kept.id)
    assert not await letters.drop(kept.id)
    assert await letters.get(kept.id) is None
    assert await letters.payload(kept.id) is None


async def test_a_kind_is_dropped_at_once_and_what_was_not_seen_for_long_is_pruned(letters):
    for number, kind, at in ((1, "defect", NOW), (2, "defect", LATER), (3, "timeout", NOW), (4, "undecodable", LATER)):
        await letters.keep(letter(number, kind=kind), b"", at)
    assert await letters.drop_kind("defect") == 2
    assert await letters.drop_kind("defect") == 0
    assert await letters.prune(LATER) == 1
    assert [each.kind for each in await letters.newest(10)] == ["undecodable"]


async def test_one_that_comes_again_while_old_ones_are_pruned_stays(postgres_pool):
    letters = PostgresDeadLetters(postgres_pool)
    await letters.keep(letter(), b"", NOW)
    async with postgres_pool.connection() as other:
        await other.execute("UPDATE dead_letters SET last_at = %s", (LATER,))
        pruning = asyncio.create_task(letters.prune(LATER))
        # Not pg_stat_activity: a transaction is shown the same one again and again.
        waits = "SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        async with asyncio.timeout(30):
            while not await (await other.execute(waits)).fetchall():  # noqa: ASYNC110 - PostgreSQL tells nobody who waits
                await asyncio.sleep(0.01)
    assert await pruning == 0
    assert len(await letters.newest(1)) == 1


async def test_what_nobody_started_again_is_counted_by_kind(letters):
    for number, kind in ((1, "defect"), (2, "defect"), (3, "timeout")):
        await letters.keep(letter(number, kind=kind), b"", NOW)
    for each in await letters.newest(10):
        if each.workflow_id.endswith(("1", "3")):
            await letters.replayed(each, LATER)
    assert await letters.open_by_kind() == {"defect": 1}


async def test_what_a_stranger_sent_is_kept_whatever_it_holds(letters):
    await letters.keep(letter(detail="NUL \0 and a lot " + "x" * 10_000), b"\0", NOW)
    [kept] = await letters.newest(10)
    assert "\0" not in kept.detail
    assert len(kept.detail) <= 500
