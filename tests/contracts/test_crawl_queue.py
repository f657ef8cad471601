"""One contract for the crawl queue: PostgreSQL and its twin in memory."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from quiethire.domain.errors import InvalidInput
from quiethire.domain.ports import CrawlQueue
from quiethire.storage.postgres import PostgresCrawlQueue
from quiethire.storage.postgres.memory import MemoryCrawlQueue

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
LEASE = timedelta(minutes=10)


@pytest.fixture(params=["memory", "postgres"])
def queue(request: pytest.FixtureRequest) -> CrawlQueue:
    if request.param == "memory":
        return MemoryCrawlQueue()
    return PostgresCrawlQueue(request.getfixturevalue("postgres_pool"))


def urls(count: int) -> list[str]:
    return [f"https://a.example/{number}" for number in range(count)]


async def test_pushing_counts_what_was_not_waiting_already(queue: CrawlQueue) -> None:
    assert await queue.push([*urls(2), "https://A.example/1#jobs"]) == 2
    assert await queue.push(urls(3)) == 1
    assert await queue.counts() == {"pending": 3, "processing": 0, "completed": 0, "failed": 0}


async def test_a_url_that_is_processed_is_not_queued_again_until_it_is_done(queue: CrawlQueue) -> None:
    await queue.push(urls(1))
    (entry,) = await queue.claim(1, owner="call-1", lease=LEASE, now=NOW)
    assert await queue.push(urls(1)) == 0
    await queue.finish(entry.id, attempt=entry.attempts, ok=True)
    assert await queue.push(urls(1)) == 1
    assert await queue.counts() == {"pending": 1, "processing": 0, "completed": 1, "failed": 0}


async def test_the_lowest_priority_number_goes_first_then_the_oldest(queue: CrawlQueue) -> None:
    await queue.push(["https://a.example/b", "https://a.example/a"])
    await queue.push(["https://a.example/urgent"], priority=1)
    await queue.push(["https://a.example/late"], priority=9)
    taken = await queue.claim(3, owner="call-2", lease=LEASE, now=NOW)
    assert [entry.url for entry in taken] == [
        "https://a.example/urgent",
        "https://a.example/b",
        "https://a.example/a",
    ]
    assert [(entry.priority, entry.attempts) for entry in taken] == [(1, 1), (5, 1), (5, 1)]


async def test_two_claimers_at_once_get_different_entries(queue: CrawlQueue) -> None:
    await queue.push(urls(40))
    claims = await asyncio.gather(
        *(queue.claim(10, owner=f"worker-{number}", lease=LEASE, now=NOW) for number in range(4))
    )
    taken = [entry.id for claim in claims for entry in claim]
    assert len(taken) == len(set(taken)) == 40
    assert await queue.claim(10, owner="call-3", lease=LEASE, now=NOW) == []


async def test_an_entry_whose_claim_is_older_than_the_lease_is_taken_again(queue: CrawlQueue) -> None:
    await queue.push(urls(1))
    (first,) = await queue.claim(1, owner="call-4", lease=LEASE, now=NOW)
    assert await queue.claim(1, owner="call-5", lease=LEASE, now=NOW + LEASE) == []
    (second,) = await queue.claim(1, owner="call-6", lease=LEASE, now=NOW + LEASE + timedelta(seconds=1))
    assert (second.id, second.attempts) == (first.id, 2)


async def test_a_failed_entry_is_pending_until_its_attempts_are_used_up(queue: CrawlQueue) -> None:
    await queue.push(urls(1))
    for attempt in (1, 2):
        (entry,) = await queue.claim(1, owner="call-7", lease=LEASE, now=NOW + 2 * attempt * LEASE)
        assert entry.attempts == attempt
        await queue.finish(entry.id, attempt=entry.attempts, ok=False, max_attempts=2)
    assert await queue.counts() == {"pending": 0, "processing": 0, "completed": 0, "failed": 1}
    assert await queue.claim(1, owner="call-8", lease=LEASE, now=NOW + 9 * LEASE) == []


async def test_a_failed_entry_is_taken_again_when_its_lease_is_over_and_holds_up_no_other(queue: CrawlQueue) -> None:
    await queue.push(urls(1))
    (entry,) = await queue.claim(1, owner="call-10", lease=LEASE, now=NOW)
    await queue.finish(entry.id, attempt=entry.attempts, ok=False)
    assert await queue.push(urls(2)) == 1
    soon = await queue.claim(2, owner="call-11", lease=LEASE, now=NOW + LEASE)
    assert [other.url for other in soon] == urls(2)[1:]
    later = await queue.claim(2, owner="call-12", lease=LEASE, now=NOW + LEASE + timedelta(seconds=1))
    assert [(again.id, again.attempts) for again in later] == [(entry.id, 2)]


async def test_finishing_twice_changes_nothing(queue: CrawlQueue) -> None:
    await queue.push(urls(1))
    (entry,) = await queue.claim(1, owner="call-9", lease=LEASE, now=NOW)
    for ok in (True, True, False):
        await queue.finish(entry.id, attempt=entry.attempts, ok=ok)
    assert await queue.counts() == {"pending": 0, "processing": 0, "completed": 1, "failed": 0}


async def test_of_a_failure_only_the_claim_that_holds_the_entry_tells(queue: CrawlQueue) -> None:
    await queue.push(urls(1))
    (former,) = await queue.claim(1, owner="former", lease=LEASE, now=NOW)
    (holder,) = await queue.claim(1, owner="holder", lease=LEASE, now=NOW + 2 * LEASE)
    await queue.finish(former.id, attempt=former.attempts, ok=False)
    assert (await queue.counts())["processing"] == 1
    for _ in range(2):
        await queue.finish(holder.id, attempt=holder.attempts, ok=False, max_attempts=2)
    assert (await queue.counts())["failed"] == 1


async def test_a_success_is_the_last_word_whoever_has_it(queue: CrawlQueue) -> None:
    await queue.push(urls(1))
    (slow,) = await queue.claim(1, owner="slow", lease=LEASE, now=NOW)
    (broken,) = await queue.claim(1, owner="broken", lease=LEASE, now=NOW + 2 * LEASE)
    await queue.finish(broken.id, attempt=broken.attempts, ok=False, max_attempts=2)
    await queue.push(urls(1))
    await queue.finish(slow.id, attempt=slow.attempts, ok=True)
    await queue.finish(broken.id, attempt=broken.attempts, ok=False, max_attempts=2)
    assert await queue.counts() == {"pending": 1, "processing": 0, "completed": 1, "failed": 0}


async def test_an_entry_that_is_put_off_comes_again_after_its_lease_and_the_claim_was_no_attempt(
    queue: CrawlQueue,
) -> None:
    await queue.push(urls(1))
    (first,) = await queue.claim(1, owner="first", lease=LEASE, now=NOW)
    for number in range(1, 9):
        now = NOW + 2 * number * LEASE
        (again,) = await queue.claim(1, owner=f"again-{number}", lease=LEASE, now=now)
        assert again.attempts == 2
        for _ in range(2):
            await queue.put_off(again.id, attempt=again.attempts)
        assert await queue.claim(1, owner="soon", lease=LEASE, now=now + LEASE) == []
    await queue.finish(first.id, attempt=first.attempts, ok=False)
    assert await queue.counts() == {"pending": 1, "processing": 0, "completed": 0, "failed": 0}


async def test_long_urls_and_backslashes_are_queued_once_each(queue: CrawlQueue) -> None:
    long = [f"https://a.example/?q={'x' * 8_000}{end}" for end in ("1", "2")]
    assert await queue.push([*long, "https://a.example/?q=\\x00", "https://a.example/?q=\\\\"]) == 4
    assert await queue.push(long) == 0


async def test_what_is_no_url_is_refused_and_nothing_is_queued(queue: CrawlQueue) -> None:
    with pytest.raises(InvalidInput):
        await queue.push([*urls(1), "javascript:alert(1)"])
    assert (await queue.counts())["pending"] == 0


async def test_an_owner_who_asks_again_is_given_the_same_entries(queue: CrawlQueue) -> None:
    await queue.push(urls(5))
    first = await queue.claim(2, owner="run/1", lease=LEASE, now=NOW)
    assert await queue.claim(2, owner="run/1", lease=LEASE, now=NOW) == first
    second = await queue.claim(2, owner="run/2", lease=LEASE, now=NOW)
    assert {entry.id for entry in first}.isdisjoint(entry.id for entry in second)
    for entry in first:
        await queue.finish(entry.id, attempt=entry.attempts, ok=True)
    third = await queue.claim(2, owner="run/1", lease=LEASE, now=NOW)
    assert [entry.attempts for entry in third] == [1]
