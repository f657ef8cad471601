"""Kept answers: one question in all its forms, many who ask at once, and the short way."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from quiethire.clients import Clients
from quiethire.domain.errors import Transient
from quiethire.domain.gate import KeptAnswer, Lease
from quiethire.domain.posting import Location
from quiethire.domain.search import INDEX_GENERATION_KEY, SearchQuery
from quiethire.storage.redis import RedisCache
from quiethire.storage.redis.memory import MemoryCache
from quiethire.telemetry import KEPT_ANSWERS
from services.api.search import find as searching
from services.api.search.canonical import canonical
from services.api.search.find import find

HOUR = timedelta(hours=1)


class Counting:
    """An index that counts, and answers when it is let."""

    def __init__(self, index: object, *, wait: asyncio.Event | None = None) -> None:
        self.index, self.wait, self.asked = index, wait, 0

    async def search(self, query: SearchQuery, meaning=None):
        # Names that nobody knows are looked up beside what is asked, one hit a page.
        self.asked += query.per_page > 1
        if self.wait is not None:
            await self.wait.wait()
        return await self.index.search(query, meaning)

    def __getattr__(self, name: str) -> object:
        return getattr(self.index, name)


@asynccontextmanager
async def processes(clients: Clients, redis_url: str, count: int) -> AsyncIterator[list[Clients]]:
    """As many gateways as there would be processes: each with its own connection to one Redis."""
    caches = [RedisCache(redis_url) for _ in range(count)]
    yield [replace(clients, cache=cache) for cache in caches]
    for cache in caches:
        await cache.aclose()


async def all_is_kept() -> None:
    """Nobody who asks waits for the keeping."""
    await asyncio.gather(*searching._keeping)


def kept_answers() -> float:
    return KEPT_ANSWERS._value.get()


@pytest.mark.parametrize(
    "forms",
    [
        ("q=data+engineer&remote=remote", "remote=remote&q=data%20engineer"),
        ("q=Data++Engineer", "q=+data+engineer+"),
        ("remote=remote&remote=hybrid", "remote=hybrid&remote=remote&remote=hybrid"),
        ("skills=Python&skills=SQL", "skills=SQL&skills=Python"),
        ("q=data", "q=data&page=1&per_page=20&sort=relevance"),
        ("location=berlin", "location=Berlin"),
    ],
)
async def test_one_question_in_two_forms_is_asked_once(any_clients, gateway, crawl, posting, forms):
    await crawl(any_clients, posting(1))
    counting = Counting(any_clients.index)
    async with gateway(replace(any_clients, index=counting)) as client:
        first, second = [await client.get(f"/api/v1/search?{query}") for query in forms]
    assert counting.asked == 1
    assert (first.status_code, first.content) == (200, second.content)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("q=data", "q=date"),
        ("q=data", "location=data"),
        ("company=a&company=b", "company=a"),
        ("company=a", "exclude_company=a"),
        ("company=a,b", "company=a&company=b"),
        ("q=data", "q=data&page=2"),
        ("q=%22data+engineer%22", "q=data+engineer"),
        ("salary_min=1&salary_currency=EUR", "salary_min=1&salary_currency=USD"),
    ],
)
async def test_two_questions_are_asked_apart(clients, gateway, one, other):
    counting = Counting(clients.index)
    async with gateway(replace(clients, index=counting)) as client:
        for query in (one, other):
            assert (await client.get(f"/api/v1/search?{query}")).status_code == 200
    assert counting.asked == 2


def test_the_canonical_form_is_its_own():
    query = SearchQuery(q="  Data\tENGINEER ", skills=("b", "a", "b"), location=" New  York ")
    once = canonical(query)
    assert (once.q, once.skills, once.location) == ("data engineer", ("a", "b"), "new york")
    assert canonical(once) == once
    assert canonical(SearchQuery()) == SearchQuery()


async def test_a_cursor_of_one_form_goes_on_in_the_other(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2))
    async with gateway(clients) as client:
        await client.get("/api/v1/search?q=data&per_page=1")
        first = (await client.get("/api/v1/search?q=DATA&per_page=1")).json()
        second = await client.get("/api/v1/search", params={"q": "DATA", "per_page": 1, "cursor": first["next_cursor"]})
    assert second.status_code == 200
    assert {first["hits"][0]["id"], second.json()["hits"][0]["id"]} == {str(posting(1).id), str(posting(2).id)}


async def test_of_many_who_ask_at_once_one_asks_the_index(any_clients):
    go = asyncio.Event()
    counting = Counting(any_clients.index, wait=go)
    clients = replace(any_clients, index=counting)
    asking = [asyncio.create_task(find(clients, SearchQuery(q="data"))) for _ in range(50)]
    async with asyncio.timeout(30):
        while counting.asked == 0:  # noqa: ASYNC110  the search begins when it has asked the cache
            await asyncio.sleep(0)
        go.set()
        answers = await asyncio.gather(*asking)
    assert counting.asked == 1
    assert len(set(answers)) == 1


async def test_of_many_processes_one_asks_the_index(clients, redis_url):
    go = asyncio.Event()
    counting = Counting(clients.index, wait=go)
    async with processes(replace(clients, index=counting), redis_url, 4) as gateways:
        asking = [asyncio.create_task(find(each, SearchQuery(q="data"))) for each in gateways for _ in range(5)]
        async with asyncio.timeout(30):
            while counting.asked == 0:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        # All others have asked, and wait.
        await asyncio.gather(*(each.cache.enter(None) for each in gateways))
        go.set()
        answers = await asyncio.gather(*asking)
    assert counting.asked == 1
    assert len(set(answers)) == 1


async def test_one_that_dies_over_a_search_keeps_the_others_waiting_for_its_lease_and_no_longer(clients, redis_url):
    async with processes(clients, redis_url, 2) as (dead, alive):
        asked: list[str] = []
        enter = alive.cache.enter

        async def after_the_dead(allowance: None, answer: str, lease: Lease):
            if not asked:
                assert (await dead.cache.enter(None, answer, Lease("dead", timedelta(seconds=0.3)))).leads
            asked.append(answer)
            return await enter(allowance, answer, lease)

        alive.cache.enter = after_the_dead
        before = time.monotonic()
        await find(alive, SearchQuery(q="data"))
        waited = time.monotonic() - before
    assert len(asked) > 1
    assert waited >= 0.25


async def test_nobody_waits_until_an_answer_is_kept(clients):
    kept = asyncio.Event()
    cache = MemoryCache()
    keep = cache.keep

    async def slowly(*given: object) -> None:
        await kept.wait()
        await keep(*given)

    cache.keep = slowly
    counting = Counting(clients.index)
    slow = replace(clients, cache=cache, index=counting)
    async with asyncio.timeout(30):
        first, second = await find(slow, SearchQuery()), await find(slow, SearchQuery())
        kept.set()
        third = await find(slow, SearchQuery())
    assert first == second == third
    assert counting.asked == 1


async def test_an_answer_that_failed_is_asked_for_again_and_fails_for_each(clients):
    class Broken:
        asked = 0

        async def search(self, query: SearchQuery, meaning=None):
            self.asked += 1
            raise Transient("away", where="store")

    broken = Broken()
    away = replace(clients, index=broken, postings=broken)
    for _ in range(2):
        told = await asyncio.gather(*(find(away, SearchQuery()) for _ in range(5)), return_exceptions=True)
        assert all(isinstance(each, Transient) for each in told)
    assert broken.asked == 4
    assert b'"found":0' in await find(clients, SearchQuery())


async def test_one_who_goes_away_while_it_searches_takes_nothing_from_the_others(clients):
    go = asyncio.Event()
    counting = Counting(clients.index, wait=go)
    waiting = replace(clients, index=counting)
    first = asyncio.create_task(find(waiting, SearchQuery()))
    async with asyncio.timeout(30):
        while counting.asked == 0:  # noqa: ASYNC110
            await asyncio.sleep(0)
        others = [asyncio.create_task(find(waiting, SearchQuery())) for _ in range(3)]
        await asyncio.sleep(0)
        first.cancel()
        go.set()
        assert len({*await asyncio.gather(*others)}) == 1
    assert counting.asked == 1


async def test_who_asks_after_a_change_neither_joins_nor_waits_for_a_search_from_before(clients, monkeypatch):
    monkeypatch.setattr("services.api.search.find.LEASE", HOUR)
    go = asyncio.Event()
    counting = Counting(clients.index, wait=go)
    waiting = replace(clients, index=counting)
    async with asyncio.timeout(30):
        before = asyncio.create_task(find(waiting, SearchQuery()))
        while counting.asked < 1:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await clients.cache.set(INDEX_GENERATION_KEY, b"changed", HOUR)
        after = asyncio.create_task(find(waiting, SearchQuery()))
        while counting.asked < 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
        go.set()
        await asyncio.gather(before, after)


async def test_a_degraded_answer_is_never_kept(clients, crawl, posting):
    class Away:
        async def search(self, query: SearchQuery, meaning=None):
            raise Transient("away", where="typesense")

    await crawl(clients, posting(1))
    assert b'"degraded":true' in await find(replace(clients, index=Away()), SearchQuery())
    assert b'"degraded":false' in await find(clients, SearchQuery())


@pytest.mark.parametrize("dies_at", ["enter", "keep", "let_go"])
async def test_a_cache_that_dies_at_any_step_costs_time_and_nothing_else(clients, crawl, posting, gateway, dies_at):
    cache = MemoryCache()

    async def away(*_: object) -> None:
        raise Transient("gone", where="redis")

    setattr(cache, dies_at, away)
    await crawl(clients, posting(1))
    async with gateway(replace(clients, cache=cache)) as client:
        for _ in range(3):
            answer = await client.get("/api/v1/search")
            assert (answer.status_code, answer.json()["found"]) == (200, 1)


async def test_the_short_way_gives_what_the_long_way_gives(any_clients, gateway, crawl, posting):
    await crawl(any_clients, posting(1))
    async with gateway(any_clients) as client:
        before = kept_answers()
        first = await client.get("/api/v1/search?q=data")
        await all_is_kept()
        second = await client.get("/api/v1/search?q=data")
        assert kept_answers() == before + 1
        long, short = dict(first.headers), dict(second.headers)
        assert long.pop("x-request-id") != short.pop("x-request-id")
        # Both are counted; how many are left by the second, how long it took says, for the allowance fills up again.
        for headers in (long, short):
            assert headers.pop("ratelimit").startswith('"search";r=79')
        assert (long, first.content) == (short, second.content)
        etag = {"If-None-Match": first.headers["ETag"]}
        unchanged = await client.get("/api/v1/search?q=data", headers=etag)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        head = await client.head("/api/v1/search?q=data")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == first.headers["Content-Length"]
        wrong = await client.get("/api/v1/search?q=data", headers={"Authorization": "Bearer wrong"})
        assert wrong.status_code == 401
        assert kept_answers() == before + 3


async def test_a_search_by_place_has_the_short_way_too(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, locations=(Location(name="Berlin, Germany", lat=52.52, lon=13.4),)))
    asked = "/api/v1/search?location=berlin&q=data"
    async with gateway(clients) as client:
        before, first = kept_answers(), await client.get(asked)
        await all_is_kept()
        second = await client.get(asked)
    assert (second.content, kept_answers()) == (first.content, before + 1)
    assert (second.json()["found"], second.json()["place"]["name"]) == (1, "Berlin, Germany")


async def test_the_short_way_is_not_taken_after_a_change_nor_for_a_wrong_question(clients, gateway, crawl, posting):
    async with gateway(clients) as client:
        for _ in range(2):
            assert (await client.get("/api/v1/search?q=data")).json()["found"] == 0
        await crawl(clients, posting(1))
        await clients.cache.set(INDEX_GENERATION_KEY, b"changed", HOUR)
        assert (await client.get("/api/v1/search?q=data")).json()["found"] == 1
        for _ in range(3):
            assert (await client.get("/api/v1/search?q=data&page=0")).status_code == 400
            assert (await client.post("/api/v1/search?q=data")).status_code == 405


async def test_of_words_alone_it_is_kept_too_that_they_find_nothing(clients, gateway):
    async with gateway(clients) as client:
        before = kept_answers()
        answers = []
        for _ in range(3):
            answers.append((await client.get("/api/v1/search?q=zymurgy")).content)
            await all_is_kept()
    assert (len(set(answers)), json.loads(answers[0])["found"], kept_answers()) == (1, 0, before + 2)


async def test_what_nobody_knows_is_told_however_the_answer_is_kept(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    company = posting(1).company_name
    async with gateway(clients) as client:
        assert (await client.get("/api/v1/search", params={"company": company})).json()["found"] == 1
        await all_is_kept()
        await clients.index.delete([posting(1).id])
        await clients.cache.set(INDEX_GENERATION_KEY, b"changed", HOUR)
        told = [(await client.get("/api/v1/search", params={"company": company})).json() for _ in range(3)]
        await all_is_kept()
        told.append((await client.get("/api/v1/search", params={"company": company})).json())
    assert [each["found"] for each in told] == [0] * 4
    assert len({str(each["unknown"]) for each in told}) == 1


async def test_what_a_route_makes_of_an_answer_is_made_each_time(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        await client.get("/api/v1/search")
        for _ in range(3):
            hits = (await client.get("/api/v1/search?fields=title")).json()["hits"]
            assert hits == [{"id": str(posting(1).id), "title": "Data Engineer"}]


async def test_days_are_counted_anew_when_an_hour_begins(clients, gateway, crawl, posting, monkeypatch):
    await crawl(clients, posting(1))
    clock: Callable[[], float] = time.time
    shift = 0.0
    counting = Counting(clients.index)
    monkeypatch.setattr("services.api.gate.gateway.time.time", lambda: clock() + shift)
    async with gateway(replace(clients, index=counting)) as client:
        before = kept_answers()
        assert (await client.get("/api/v1/search?posted_within=365")).json()["found"] == 1
        shift = 3_600.0
        await client.get("/api/v1/search?posted_within=365")
        assert kept_answers() == before
        await all_is_kept()
        await client.get("/api/v1/search?posted_within=365")
    assert kept_answers() == before + 1


async def test_a_kept_answer_that_another_process_left_is_told_as_it_is(clients, redis_url, gateway):
    async with processes(clients, redis_url, 2) as (one, other), gateway(one) as client:
        async with gateway(other) as before:
            await before.get("/api/v1/search?q=x")
        generation = (await one.cache.enter(None)).generation
        (key,) = await one.cache._redis.keys("api:search:*")
        await other.cache.keep(key.decode(), generation, KeptAnswer(b'"e"', b"{}"), HOUR)
        assert (await client.get("/api/v1/search?q=x")).content == b"{}"
        answer = await client.get("/api/v1/search?q=x")
    assert (answer.content, answer.headers["ETag"]) == (b"{}", '"e"')
