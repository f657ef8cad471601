"""Deliveries of alerts: what is due goes out together, once, and is tried again; in memory and in PostgreSQL."""

import asyncio
from datetime import datetime
from uuid import UUID

import pytest
from alert_examples import ALL, LEASE, MASTERS, MINUTE, NOW, claim, saved

from quiethire.domain.alerts import (
    NEWS,
    ONE_DELIVERY,
    AlertStatus,
    Channel,
    digest_owner,
)
from quiethire.domain.ports import AlertStore
from quiethire.storage.postgres import PostgresAlerts
from quiethire.storage.postgres.memory_alerts import MemoryAlerts


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> AlertStore:
    if request.param == "memory":
        return MemoryAlerts()
    return PostgresAlerts(request.getfixturevalue("postgres_pool"), MASTERS)


async def sent(store: AlertStore, now: datetime = NOW) -> list[list[UUID]]:
    """Batch and take all, as a sender that succeeds."""
    await store.batch(now, 100)
    taken = await store.take(ALL, now=now, limit=100, lease=LEASE)
    for delivery in taken:
        await store.delivered(delivery, now)
    return [[posting.id for posting in delivery.postings] for delivery in taken]


async def test_a_search_that_is_not_active_claims_nothing(store: AlertStore) -> None:
    paused = saved(status=AlertStatus.PAUSED)
    await store.save(paused)
    assert await store.claim([claim(paused)], NOW) == 0
    assert await store.claim([claim(saved())], NOW) == 0


async def test_what_is_due_goes_out_together_and_once(store: AlertStore) -> None:
    search = saved()
    await store.save(search)
    now_due, later_due = claim(search), claim(search, due_at=NOW + MINUTE)
    await store.claim([now_due, later_due], NOW)
    assert await store.next_try(ALL) == NOW
    assert await sent(store) == [[now_due.posting.id]]
    assert await sent(store) == []
    assert await store.next_try(ALL) == NOW + MINUTE
    assert await sent(store, NOW + MINUTE) == [[later_due.posting.id]]
    assert await store.next_try(ALL) is None


async def test_a_delivery_has_a_bound_and_the_rest_follows(store: AlertStore) -> None:
    search = saved()
    await store.save(search)
    await store.claim([claim(search) for _ in range(ONE_DELIVERY + 2)], NOW)
    assert [len(postings) for postings in await sent(store)] == [ONE_DELIVERY]
    assert [len(postings) for postings in await sent(store)] == [2]


async def test_those_that_fail_are_taken_behind_others_and_one_of_a_search_at_a_time(store: AlertStore) -> None:
    failing, well = saved(channel=Channel.WEBHOOK, failing_since=NOW), saved()
    await store.save(failing)
    await store.claim([claim(failing)], NOW - MINUTE)
    await store.batch(NOW - MINUTE, 10)
    await store.save(well)
    for _ in range(2):
        await store.claim([claim(well)], NOW)
        await store.batch(NOW, 10)
    rounds = [await store.take(ALL, now=NOW, limit=2, lease=LEASE) for _ in range(3)]
    assert [[each.search.id for each in taken] for taken in rounds] == [[well.id, failing.id], [well.id], []]


async def test_two_who_batch_at_once_put_no_posting_into_two_deliveries(store: AlertStore) -> None:
    search = saved()
    await store.save(search)
    await store.claim([claim(search) for _ in range(5)], NOW)
    await asyncio.gather(*(store.batch(NOW, 10) for _ in range(4)))
    taken = await asyncio.gather(*(store.take(ALL, now=NOW, limit=10, lease=LEASE) for _ in range(4)))
    deliveries = [delivery for some in taken for delivery in some]
    assert [len(delivery.postings) for delivery in deliveries] == [5]


async def test_a_delivery_whose_sender_died_is_taken_again_with_the_same_id_and_content(store: AlertStore) -> None:
    search = saved()
    await store.save(search)
    await store.claim([claim(search), claim(search)], NOW)
    await store.batch(NOW, 10)
    (first,) = await store.take(ALL, now=NOW, limit=10, lease=LEASE)
    assert await store.take(ALL, now=NOW + LEASE - MINUTE, limit=10, lease=LEASE) == []
    (second,) = await store.take(ALL, now=NOW + LEASE, limit=10, lease=LEASE)
    assert (second.id, second.postings, second.attempts) == (first.id, first.postings, 2)


async def test_only_channels_that_can_be_sent_are_taken_and_waited_for(store: AlertStore) -> None:
    search = saved()
    await store.save(search)
    await store.claim([claim(search)], NOW)
    await store.batch(NOW, 10)
    assert await store.take((Channel.WEBHOOK,), now=NOW, limit=10, lease=LEASE) == []
    assert await store.next_try((Channel.WEBHOOK,)) is None
    assert len(await store.take((Channel.EMAIL,), now=NOW, limit=10, lease=LEASE)) == 1


async def test_a_failure_is_told_and_tried_again_and_a_success_ends_it(store: AlertStore) -> None:
    search = saved()
    await store.save(search)
    await store.claim([claim(search)], NOW)
    await store.batch(NOW, 10)
    (delivery,) = await store.take(ALL, now=NOW, limit=10, lease=LEASE)
    await store.failed(delivery, "answered 500", now=NOW, again_at=NOW + MINUTE)
    failing = await store.get(search.id)
    assert failing is not None
    assert (failing.failing_since, failing.failure) == (NOW, "answered 500")
    assert await store.next_try(ALL) == NOW + MINUTE
    (again,) = await store.take(ALL, now=NOW + MINUTE, limit=10, lease=LEASE)
    assert again.search.failing_since == NOW
    await store.delivered(again, NOW + MINUTE)
    assert await store.get(search.id) == search
    assert await store.take(ALL, now=NOW + 10 * LEASE, limit=10, lease=LEASE) == []


async def test_a_search_that_is_switched_off_says_why_and_sends_nothing_more(store: AlertStore) -> None:
    search = saved()
    await store.save(search)
    await store.claim([claim(search)], NOW)
    await store.batch(NOW, 10)
    (delivery,) = await store.take(ALL, now=NOW, limit=10, lease=LEASE)
    await store.failed(delivery, "answered 410", now=NOW, again_at=None, disable=True)
    switched_off = await store.get(search.id)
    assert switched_off is not None
    assert (switched_off.status, switched_off.failure) == (AlertStatus.DISABLED, "answered 410")
    assert await store.take(ALL, now=NOW + 10 * LEASE, limit=10, lease=LEASE) == []


async def test_a_feed_is_not_sent_and_holds_what_was_due_the_last_first(store: AlertStore) -> None:
    search = saved(channel=Channel.FEED, address=None)
    await store.save(search, "f" * 43)
    early, late, future = claim(search), claim(search), claim(search, due_at=NOW + 60 * MINUTE)
    await store.claim([early, future], NOW)
    await store.claim([late], NOW + MINUTE)
    assert await sent(store, NOW + MINUTE) == []
    told = await store.alerts(search.id)
    assert [(alert.posting, alert.at) for alert in told] == [(late.posting, NOW + MINUTE), (early.posting, NOW)]


async def test_active_searches_come_in_pages_by_id(store: AlertStore) -> None:
    searches = sorted((saved(address=f"{number}@example.com") for number in range(5)), key=lambda search: search.id)
    for search in searches:
        await store.save(search)
    await store.save(saved(status=AlertStatus.PAUSED))
    await store.save(saved(address=None, owner=digest_owner(UUID(int=1))))
    assert await store.asking(3) == searches[:3]
    assert await store.asking(3, searches[2].id) == searches[3:]


async def test_after_a_long_pause_what_waited_before_it_is_told_to_nobody(store: AlertStore) -> None:
    search, late = saved(), NOW + 13 * NEWS
    await store.save(search)
    await store.claim([claim(search)], NOW)
    await store.batch(NOW, 10)
    digest = claim(search, due_at=NOW + 60 * MINUTE)
    await store.claim([digest], NOW + MINUTE)
    paused = search.model_copy(update={"status": AlertStatus.PAUSED})
    await store.change(paused, search)
    resumed = search.model_copy(update={"since": late})
    await store.change(resumed, paused)
    assert await sent(store, late) == []
    assert await store.next_try(ALL) is None
    assert await store.claim([digest], late) == 0
    young = claim(search, due_at=late + 60 * MINUTE)
    await store.claim([young], late)
    await store.change(paused, resumed)
    await store.change(resumed.model_copy(update={"since": late + 60 * MINUTE}), paused)
    assert await sent(store, late + 60 * MINUTE) == [[young.posting.id]]
