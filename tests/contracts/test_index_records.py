"""One contract for what is kept of the search index: PostgreSQL and the twin in memory."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from quiethire.domain.errors import InvalidInput
from quiethire.domain.index_records import BUILD_LEASE, DOUBLINGS, FIRST_WAIT, REMOVAL_LEASE, IndexRecords
from quiethire.domain.search import IndexFailure
from quiethire.storage.postgres import PostgresIndexRecords
from quiethire.storage.postgres.memory_index_records import MemoryIndexRecords

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIRST, SECOND_JOB = UUID(int=1), UUID(int=2)


@pytest.fixture(params=["memory", "postgres"])
def records(request: pytest.FixtureRequest) -> IndexRecords:
    if request.param == "memory":
        return MemoryIndexRecords()
    return PostgresIndexRecords(request.getfixturevalue("postgres_pool"))


def counting(documents: int):
    async def count() -> int:
        return documents

    return count


async def expected(records: IndexRecords, now: datetime = NOW) -> int | None:
    return (await records.state(now)).documents


async def test_nothing_is_expected_of_an_index_that_was_never_counted(records):
    assert await expected(records) is None
    await records.counted(counting(7), NOW)
    assert await expected(records) == 7


async def test_an_index_that_lost_some_is_not_believed_unless_its_documents_were_compared(records):
    await records.counted(counting(10), NOW)
    await records.counted(counting(4), NOW)
    assert await expected(records) == 10
    await records.counted(counting(4), NOW, exact=True)
    assert await expected(records) == 4


async def test_what_is_being_removed_is_not_expected(records):
    await records.counted(counting(10), NOW)
    removal = await records.removing(3, NOW)
    assert await expected(records) == 7
    await records.counted(counting(6), NOW, removal=removal)
    assert await expected(records) == 7, "fewer than can be gone"
    await records.counted(counting(8), NOW, removal=removal)
    assert await expected(records) == 8


async def test_a_removal_that_nobody_ends_is_forgotten(records):
    await records.counted(counting(10), NOW)
    await records.removing(3, NOW)
    assert await expected(records, NOW + REMOVAL_LEASE + SECOND) == 10


async def test_more_than_there_is_may_be_removed(records):
    await records.counted(counting(2), NOW)
    await records.removing(100, NOW)
    assert await expected(records) == 0


async def test_those_who_count_at_once_do_so_one_after_the_other(records):
    at_once = most = held = 0

    async def count() -> int:
        nonlocal at_once, most, held
        at_once, held = at_once + 1, held + 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return held

    await asyncio.gather(*(records.counted(count, NOW) for _ in range(5)))
    assert most == 1
    assert await expected(records) == 5


async def test_one_collection_is_built_at_a_time(records):
    await records.build("jobs_a", NOW)
    await records.build("jobs_a", NOW + SECOND)
    assert (await records.state(NOW)).building == "jobs_a"
    with pytest.raises(InvalidInput) as error:
        await records.build("jobs_b", NOW + SECOND)
    assert error.value.kind == "rebuild_running"
    await records.end_build("jobs_a", NOW)
    state = await records.state(NOW)
    assert (state.building, state.reindexed_at) == (None, NOW)
    await records.build("jobs_b", NOW + SECOND)


async def test_a_build_that_is_heard_of_no_more_gives_way(records):
    await records.build("jobs_a", NOW)
    later = NOW + BUILD_LEASE + SECOND
    assert (await records.state(later)).building is None
    await records.build("jobs_b", later)
    await records.end_build("jobs_a")
    assert (await records.state(later)).building == "jobs_b"


async def test_the_last_reconciliation_is_the_one_that_began_last(records):
    await records.reconciled(NOW)
    await records.reconciled(NOW - SECOND)
    assert (await records.state(NOW)).reconciled_at == NOW


async def test_failures_are_kept_with_their_reason_until_they_are_settled(records):
    await records.failed([IndexFailure(job_id=FIRST, error="bad \x00 title")], NOW)
    await records.failed([IndexFailure(job_id=SECOND_JOB, error="too long")] * 2, NOW + SECOND)
    await records.failed([IndexFailure(job_id=FIRST, error="worse")], NOW + 2 * SECOND)
    second, first = await records.failures(10)
    assert (first.job_id, first.error, first.attempts) == (FIRST, "worse", 2)
    assert (first.first_at, first.last_at) == (NOW, NOW + 2 * SECOND)
    assert (second.job_id, second.attempts) == (SECOND_JOB, 1)
    assert [each.job_id for each in await records.failures(1)] == [SECOND_JOB]
    await records.settled([FIRST, UUID(int=9)])
    await records.settled([])
    await records.failed([], NOW)
    assert await records.count_failures() == 1


async def test_failures_that_are_left_alone_for_longer_keep_no_other_waiting(records):
    refused = [IndexFailure(job_id=UUID(int=number), error="bad title") for number in range(10, 15)]
    for _ in range(9):
        await records.failed(refused, NOW - timedelta(hours=1))
    for job_id, ago in ((FIRST, 2 * FIRST_WAIT), (SECOND_JOB, 2 * FIRST_WAIT - SECOND)):
        await records.failed([IndexFailure(job_id=job_id, error="index restarts")], NOW - ago)
    assert [each.job_id for each in await records.due(NOW, 3)] == [FIRST]
    assert [each.job_id for each in await records.due(NOW + SECOND, 3)] == [FIRST, SECOND_JOB]
    last = NOW - timedelta(hours=1) + FIRST_WAIT * 2**9
    assert len(await records.due(last - SECOND, 10)) == 2
    assert [each.job_id.int for each in await records.due(last, 3)] == [10, 11, 12]


async def test_no_failure_is_left_alone_for_longer_than_eight_hours_or_so(records):
    for _ in range(DOUBLINGS + 5):
        await records.failed([IndexFailure(job_id=FIRST, error="bad title")], NOW)
    longest = FIRST_WAIT * 2**DOUBLINGS
    assert await records.due(NOW + longest - SECOND, 1) == []
    assert [each.job_id for each in await records.due(NOW + longest, 1)] == [FIRST]
