"""One contract for saved searches and what they were told of: PostgreSQL and its twin in memory."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from alert_examples import ALL, LEASE, MASTERS, MINUTE, NOW, claim, saved
from bounded_deletes import at_most_two

from quiethire.domain.alerts import (
    MOST_ACTIVE,
    REST,
    SAME_TEXT,
    Advert,
    AlertStatus,
    Channel,
    Frequency,
)
from quiethire.domain.errors import InvalidInput
from quiethire.domain.ports import AlertStore
from quiethire.storage.postgres import PostgresAlerts
from quiethire.storage.postgres.connection import Pool
from quiethire.storage.postgres.memory_alerts import MemoryAlerts


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> AlertStore:
    if request.param == "memory":
        return MemoryAlerts()
    return PostgresAlerts(request.getfixturevalue("postgres_pool"), MASTERS)


async def test_a_saved_search_is_found_by_its_id_its_token_and_its_owner(store: AlertStore) -> None:
    search = saved(token="t" * 43)
    assert await store.save(search, "t" * 43)
    assert await store.get(search.id) == search
    assert await store.by_token("t" * 43) == search
    assert await store.by_token("u" * 43) is None
    assert await store.of_owner("key:abc") == [search]
    assert await store.of_owner("key:other") == []


@pytest.mark.parametrize(
    "fields",
    [
        {"token": "t" * 43},
        {"channel": Channel.WEBHOOK, "address": "https://hooks.example/jobs", "secret": "new", "former_secret": "old"},
        {"channel": Channel.FEED, "address": None},
    ],
    ids=["email", "webhook", "feed"],
)
async def test_where_it_goes_and_what_signs_it_comes_back_by_every_way(store: AlertStore, fields: dict) -> None:
    search = saved(**fields)
    assert await store.save(search, "t" * 43)
    found = [await store.get(search.id), await store.by_token("t" * 43)]
    assert [*found, *await store.of_owner(search.owner), *await store.asking(9)] == [search] * 4
    renamed = search.model_copy(update={"name": "other"})
    await store.change(renamed, search)
    assert await store.get(search.id) == renamed


async def test_a_secret_and_a_state_change_together(store: AlertStore) -> None:
    search = saved(channel=Channel.WEBHOOK, address="https://hooks.example/jobs", secret="old")
    await store.save(search)
    for changes in (
        {"secret": "new", "former_secret": "old", "status": AlertStatus.PAUSED},
        {"secret": "newest", "former_secret": None, "status": AlertStatus.ACTIVE},
    ):
        before = await store.get(search.id)
        assert before is not None
        await store.change(before.model_copy(update=changes), before)
        assert await store.get(search.id) == search.model_copy(update=changes)


async def test_a_search_that_was_deleted_is_not_brought_back_by_a_change(store: AlertStore) -> None:
    search = saved(channel=Channel.WEBHOOK, address="https://hooks.example/jobs", secret="old")
    await store.save(search)
    await store.delete(search.id)
    await store.change(search.model_copy(update={"secret": "new"}), search)
    assert await store.get(search.id) is None


async def test_all_of_an_owner_are_deleted_and_nobody_elses(store: AlertStore) -> None:
    mine, another, theirs = saved(), saved(), saved(owner="key:other")
    for search in (mine, another, theirs):
        await store.save(search, str(search.id))
    await store.delete_of(mine.owner)
    await store.delete_of(mine.owner)
    assert (await store.of_owner(mine.owner), await store.of_owner(theirs.owner)) == ([], [theirs])


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


async def test_what_was_noted_while_nobody_listened_was_there_before(store: AlertStore) -> None:
    job = uuid4()
    assert await store.note([job], NOW) == 0
    await store.save(saved())
    assert await store.noted(10, until=NOW) == []
    assert await store.note([job], NOW + MINUTE) == 1
    (noted,) = await store.noted(10, until=NOW + MINUTE)
    assert (noted.first_noted_at, noted.noted_at) == (NOW, NOW + MINUTE)


async def test_what_was_noted_for_somebody_stays_so_while_nobody_listens(store: AlertStore) -> None:
    search, job = saved(), uuid4()
    await store.save(search)
    await store.note([job], NOW)
    await store.change(search.model_copy(update={"status": AlertStatus.PAUSED}), search)
    assert await store.note([job], NOW + MINUTE) == 0
    assert [noted.job_id for noted in await store.noted(10, until=NOW)] == [job]


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


async def test_very_much_is_forgotten_a_few_rows_at_a_time(
    postgres_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quiethire.storage.postgres.connection.DROPPED_AT_ONCE", 2)
    store, long_ago = PostgresAlerts(postgres_pool, MASTERS), NOW - timedelta(days=8)
    old = [saved(status=AlertStatus.UNCONFIRMED, created_at=long_ago) for _ in range(5)]
    jobs = [uuid4() for _ in range(5)]
    for number, search in enumerate(old):
        await store.save(search)
        assert await store.may_ask(f"{number}@example.com", long_ago, LEASE)
    assert await store.note(jobs, long_ago) == 0, "settled as they are noted"
    async with postgres_pool.connection() as connection:
        await connection.execute(at_most_two("saved_searches", "noted_postings", "alert_questions"))
    await store.prune(NOW)
    assert [await store.get(search.id) for search in old] == [None] * 5
    assert all([await store.may_ask(f"{number}@example.com", long_ago, LEASE) for number in range(5)])
    await store.save(saved())
    await store.note(jobs, NOW)
    assert {noted.first_noted_at for noted in await store.noted(10, until=NOW)} == {NOW}


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
