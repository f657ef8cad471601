"""One contract for saved searches, their ledger and deliveries: PostgreSQL and its twin in memory."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from quiethire.domain.alerts import (
    MOST_ACTIVE,
    NEWS,
    ONE_DELIVERY,
    REST,
    SAME_TEXT,
    Advert,
    AlertPosting,
    AlertStatus,
    AlertStore,
    Channel,
    Claim,
    Frequency,
    SavedSearch,
)
from quiethire.domain.errors import InvalidInput
from quiethire.domain.search import SearchQuery
from quiethire.storage.postgres import PostgresAlerts
from quiethire.storage.postgres.memory_alerts import MemoryAlerts

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=10)
ALL = tuple(Channel)


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> AlertStore:
    if request.param == "memory":
        return MemoryAlerts()
    return PostgresAlerts(request.getfixturevalue("postgres_pool"))


def saved(**changes: object) -> SavedSearch:
    fields: dict[str, object] = {
        "id": uuid4(),
        "owner": "key:abc",
        "name": "data engineer",
        "parameters": '{"q":"data engineer"}',
        "query": SearchQuery(q="data engineer"),
        "channel": Channel.EMAIL,
        "frequency": Frequency.INSTANT,
        "status": AlertStatus.ACTIVE,
        "address": "ann@example.com",
        "created_at": NOW,
        "since": NOW,
    }
    return SavedSearch.model_validate(fields | changes)


def claim(
    search: SavedSearch, job: UUID | None = None, *mates: UUID, cluster: UUID | None = None, advert=None, due_at=NOW
) -> Claim:
    job = job or uuid4()
    posting = AlertPosting(id=job, title="Engineer", company="Northwind", places=("Berlin",), posted_at=NOW)
    return Claim(
        search_id=search.id,
        cluster=cluster or job,
        advert=advert or Advert(family=job, text=bytes(64)),
        mates=mates,
        posting=posting,
        due_at=due_at,
    )


async def sent(store: AlertStore, now: datetime = NOW) -> list[list[UUID]]:
    """Batch and take all, as a sender that succeeds."""
    await store.batch(now, 100)
    taken = await store.take(ALL, now=now, limit=100, lease=LEASE)
    for delivery in taken:
        await store.delivered(delivery, now)
    return [[posting.id for posting in delivery.postings] for delivery in taken]


async def test_a_saved_search_is_found_by_its_id_its_token_and_its_owner(store: AlertStore) -> None:
    search = saved(token="t" * 43)
    assert await store.save(search, "t" * 43)
    assert await store.get(search.id) == search
    assert await store.by_token("t" * 43) == search
    assert await store.by_token("u" * 43) is None
    assert await store.of_owner("key:abc") == [search]
    assert await store.of_owner("key:other") == []


async def test_what_changes_is_kept_and_what_is_deleted_is_gone(store: AlertStore) -> None:
    search = saved()
    await store.save(search, "t" * 43)
    await store.claim([claim(search)], NOW)
    await store.batch(NOW, 10)
    paused = search.model_copy(update={"status": AlertStatus.PAUSED, "frequency": Frequency.DAILY})
    await store.change(paused, search)
    assert await store.get(search.id) == paused
    await store.delete(search.id)
    assert await store.get(search.id) is None
    assert await store.by_token("t" * 43) is None
    assert await store.alerts(search.id) == []
    assert await store.take(ALL, now=NOW, limit=10, lease=LEASE) == []


async def test_an_address_has_only_so_many_searches_in_whatever_case_it_is_written(store: AlertStore) -> None:
    for _ in range(MOST_ACTIVE):
        assert await store.save(saved())
    assert not await store.save(saved(address="ANN@example.com"))
    assert await store.save(saved(address="bob@example.com"))


async def test_an_address_is_asked_once_in_a_while_though_many_ask_at_once(store: AlertStore) -> None:
    wait = 10 * MINUTE
    asked = await asyncio.gather(*(store.may_ask("Ann@example.com", NOW, wait) for _ in range(5)))
    assert sum(asked) == 1
    assert not await store.may_ask("ann@example.com", NOW + 9 * MINUTE, wait)
    assert await store.may_ask("bob@example.com", NOW, wait)
    assert await store.may_ask("ann@example.com", NOW + 10 * MINUTE, wait)


async def test_postings_are_noted_only_while_somebody_listens(store: AlertStore) -> None:
    assert await store.note([uuid4()], NOW) == 0
    await store.save(saved(status=AlertStatus.UNCONFIRMED))
    assert await store.note([uuid4()], NOW) == 0
    await store.save(saved())
    assert await store.note([uuid4(), uuid4()], NOW) == 2


async def test_a_posting_that_is_noted_again_while_searches_are_asked_stays(store: AlertStore) -> None:
    await store.save(saved())
    one, other = sorted((uuid4(), uuid4()))
    await store.note([one, other], NOW)
    taken = await store.noted(10, until=NOW)
    assert [noted.job_id for noted in taken] == [one, other]
    await store.note([one], NOW + MINUTE)
    await store.settle(taken)
    (left,) = await store.noted(10, until=NOW + MINUTE)
    assert (left.job_id, left.first_noted_at, left.noted_at) == (one, NOW, NOW + MINUTE)
    assert await store.noted(10, until=NOW) == []


async def test_noted_postings_come_in_pages(store: AlertStore) -> None:
    await store.save(saved())
    jobs = sorted(uuid4() for _ in range(5))
    await store.note(jobs, NOW)
    first = await store.noted(3, until=NOW)
    rest = await store.noted(3, until=NOW, after=(first[-1].noted_at, first[-1].job_id))
    assert [noted.job_id for noted in (*first, *rest)] == jobs


async def test_each_posting_is_claimed_once_for_a_search_and_once_for_another(store: AlertStore) -> None:
    one, other, job = saved(), saved(), uuid4()
    await store.save(one)
    await store.save(other)
    assert await store.claim([claim(one, job), claim(other, job)], NOW) == 2
    assert await store.claim([claim(one, job), claim(other, job)], NOW + MINUTE) == 0
    assert await store.claim([claim(one, job)], NOW + 10 * REST) == 0


async def test_many_who_claim_the_same_at_once_get_it_once(store: AlertStore) -> None:
    search, cluster = saved(), uuid4()
    await store.save(search)
    claims = [claim(search, cluster=cluster) for _ in range(6)]
    assert sum(await asyncio.gather(*(store.claim([each], NOW) for each in claims))) == 1


async def test_a_job_in_thirty_cities_is_claimed_once(store: AlertStore) -> None:
    search, cities = saved(), [uuid4() for _ in range(30)]
    await store.save(search)
    assert await store.claim([claim(search, city, *cities, cluster=cities[0]) for city in cities], NOW) == 1
    later = [claim(search, city, *cities, cluster=cities[0]) for city in cities]
    assert await store.claim(later, NOW + MINUTE) == 0


async def test_a_job_is_known_by_its_mates_though_its_cluster_is_another_by_now(store: AlertStore) -> None:
    search, old, new = saved(), uuid4(), uuid4()
    await store.save(search)
    assert await store.claim([claim(search, old)], NOW) == 1
    assert await store.claim([claim(search, new, old, new, cluster=uuid4())], NOW + MINUTE) == 0


async def test_a_job_listed_anew_is_news_after_a_month_and_not_before(store: AlertStore) -> None:
    search, old = saved(), uuid4()
    await store.save(search)
    await store.claim([claim(search, old)], NOW)
    assert await store.claim([claim(search, None, old, cluster=old)], NOW + REST - MINUTE) == 0
    assert await store.claim([claim(search, None, old, cluster=old)], NOW + REST + MINUTE) == 1


async def test_a_city_that_was_told_with_the_others_is_never_news_of_its_own(store: AlertStore) -> None:
    search, other, cities = saved(), saved(), [uuid4() for _ in range(3)]
    await store.save(search)
    await store.save(other)
    assert await store.claim([claim(search, cities[0], *cities)], NOW) == 1
    assert await store.claim([claim(search, cities[1], cities[1])], NOW + 2 * REST) == 0
    assert await store.claim([claim(other, cities[1], cities[1])], NOW + 2 * REST) == 1
    await store.delete(search.id)
    await store.save(search)
    assert await store.claim([claim(search, cities[1], cities[1])], NOW + 2 * REST) == 1, "deleted with its ledger"


async def test_what_was_held_back_as_a_told_job_is_no_news_later(store: AlertStore) -> None:
    search, old, anew = saved(), uuid4(), uuid4()
    await store.save(search)
    assert await store.claim([claim(search, old)], NOW) == 1
    assert await store.claim([claim(search, anew, old, anew, cluster=old)], NOW + MINUTE) == 0
    assert await store.claim([claim(search, anew, anew, cluster=anew)], NOW + 2 * REST) == 0


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
    assert await store.active(3) == searches[:3]
    assert await store.active(3, searches[2].id) == searches[3:]


async def test_unconfirmed_searches_do_not_fill_an_address(store: AlertStore) -> None:
    for _ in range(MOST_ACTIVE + 1):
        assert await store.save(saved(status=AlertStatus.UNCONFIRMED))


async def test_a_change_leaves_what_others_changed_meanwhile(store: AlertStore) -> None:
    search = saved(channel=Channel.WEBHOOK, secret="old")
    await store.save(search)
    await store.change(search.model_copy(update={"secret": "new", "former_secret": "old"}), search)
    await store.change(search.model_copy(update={"name": "other"}), search)
    known = await store.get(search.id)
    assert known is not None
    assert (known.name, known.secret, known.former_secret) == ("other", "new", "old")


async def test_an_address_that_has_its_searches_cannot_confirm_one_more(store: AlertStore) -> None:
    asked = [saved(status=AlertStatus.UNCONFIRMED) for _ in range(MOST_ACTIVE + 1)]
    for search in asked:
        await store.save(search)
    for search in asked[:-1]:
        await store.change(search.model_copy(update={"status": AlertStatus.ACTIVE}), search)
    with pytest.raises(InvalidInput, match="20 active"):
        await store.change(asked[-1].model_copy(update={"status": AlertStatus.ACTIVE}), asked[-1])
    assert await store.get(asked[-1].id) == asked[-1]


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


async def test_searches_of_an_owner_are_switched_off_together(store: AlertStore) -> None:
    search, other, paused = saved(), saved(owner="page"), saved(status=AlertStatus.PAUSED)
    for each in (search, other, paused):
        await store.save(each)
    await store.disable_of(["key:abc"], "its key is gone")
    known = [await store.get(each.id) for each in (search, other, paused)]
    off = search.model_copy(update={"status": AlertStatus.DISABLED, "failure": "its key is gone"})
    assert known == [off, other, paused]


async def test_what_nobody_confirmed_is_forgotten_after_a_week(store: AlertStore) -> None:
    old = saved(status=AlertStatus.UNCONFIRMED, created_at=NOW - timedelta(days=8))
    young = saved(status=AlertStatus.UNCONFIRMED)
    kept = saved(created_at=NOW - timedelta(days=8))
    for search in (old, young, kept):
        await store.save(search)
    await store.may_ask("ann@example.com", NOW - timedelta(days=2), LEASE)
    await store.prune(NOW)
    assert [await store.get(search.id) for search in (old, young, kept)] == [None, young, kept]


def bits(differing: int) -> bytes:
    return ((1 << differing) - 1).to_bytes(64, "big")


async def test_an_advert_in_another_city_is_known_by_its_company_title_and_text(store: AlertStore) -> None:
    search, family = saved(), uuid4()
    await store.save(search)
    told = Advert(family=family, text=bytes(64))
    assert await store.claim([claim(search, advert=told)], NOW) == 1
    alike = Advert(family=family, text=bits(SAME_TEXT))
    other_text, other_title = Advert(family=family, text=bits(SAME_TEXT + 1)), Advert(family=uuid4(), text=bytes(64))
    assert await store.claim([claim(search, advert=alike)], NOW + MINUTE) == 0
    assert await store.claim([claim(search, advert=other_text), claim(search, advert=other_title)], NOW + MINUTE) == 2
    assert await store.claim([claim(search, advert=alike)], NOW + REST + 2 * MINUTE) == 1
