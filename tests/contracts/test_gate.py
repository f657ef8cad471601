"""One contract for limits and kept answers: Redis and its twin in memory."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from benchmarks.faults.proxy import Faults, fault_proxy
from quiethire.domain.errors import Transient
from quiethire.domain.gate import Allowance, KeptAnswer, Lease, answer_key
from quiethire.domain.search import INDEX_GENERATION_KEY
from quiethire.storage.redis.cache import RedisCache
from quiethire.storage.redis.memory import MemoryCache

MINUTE = timedelta(minutes=1)
ANSWER = KeptAnswer(b'"etag"', b'{"hits":"\n\n\x00"}')


@pytest.fixture(params=["memory", "redis"])
async def cache(request: pytest.FixtureRequest, redis_url: str) -> AsyncIterator[MemoryCache | RedisCache]:
    if request.param == "memory":
        yield MemoryCache()
        return
    async with RedisCache(redis_url) as real:
        yield real


@pytest.fixture
def key() -> str:
    return answer_key(uuid4().hex)


def allowance(limit: float, burst: int) -> Allowance:
    return Allowance(f"ratelimit:{uuid4()}:search", limit, burst)


async def ask(cache, count: int, allowed: Allowance) -> list[bool]:
    return [each.verdict.granted for each in await asyncio.gather(*(cache.enter(allowed) for _ in range(count)))]


async def test_of_many_at_once_exactly_limit_and_burst_are_granted(cache):
    # One a minute: none grows again while this runs.
    assert sum(await ask(cache, 200, allowance(1, 69))) == 70


async def test_the_first_are_granted_and_each_tells_what_is_left(cache):
    allowed = allowance(1, 2)
    verdicts = [(await cache.enter(allowed)).verdict for _ in range(4)]
    assert [(each.granted, each.remaining) for each in verdicts] == [(True, 2), (True, 1), (True, 0), (False, 0)]
    assert [round(each.reset_after, -1) for each in verdicts] == [60, 120, 180, 180]
    assert [each.retry_after for each in verdicts[:3]] == [0, 0, 0]
    assert 50 < verdicts[3].retry_after <= 60


async def test_a_limit_may_be_less_than_one_a_minute(cache):
    allowed = allowance(1 / 30, 3)
    verdicts = [(await cache.enter(allowed)).verdict for _ in range(4)]
    assert [each.granted for each in verdicts] == [True, True, True, False]
    assert 28 * 60 < verdicts[3].retry_after <= 30 * 60


async def test_those_refused_do_not_make_the_wait_longer(cache):
    allowed = allowance(1, 0)
    await ask(cache, 50, allowed)
    assert (await cache.enter(allowed)).verdict.retry_after <= 60


async def test_after_the_time_that_was_told_one_more_is_granted(cache):
    allowed = allowance(1_200, 0)
    while (verdict := (await cache.enter(allowed)).verdict).granted:
        pass
    assert 0 < verdict.retry_after <= 0.05
    await asyncio.sleep(verdict.retry_after)
    assert (await cache.enter(allowed)).verdict.granted


async def test_each_key_has_its_own_limit(cache):
    assert await ask(cache, 2, allowance(1, 0)) == [True, False]
    assert await ask(cache, 2, allowance(1, 0)) == [True, False]


async def test_who_has_no_limit_is_told_no_verdict(cache, key):
    assert (await cache.enter(None, key)).verdict is None
    assert (await cache.enter(None)).answer is None


async def test_an_answer_is_kept_byte_for_byte_with_its_etag(cache, key):
    generation = (await cache.enter(None)).generation
    await cache.keep(key, generation, ANSWER, MINUTE)
    entered = await cache.enter(allowance(1, 0), key)
    assert (entered.answer, entered.verdict.granted, entered.generation) == (ANSWER, True, generation)


async def test_many_who_ask_at_once_are_each_told_their_own(cache):
    generation = (await cache.enter(None)).generation
    keys = [answer_key(uuid4().hex) for _ in range(300)]
    for number, key in enumerate(keys[::2]):
        await cache.keep(key, generation, KeptAnswer(b'"e"', str(number).encode()), MINUTE)
    told = await asyncio.gather(
        *(cache.enter(allowance(n + 1, 0) if n % 3 else None, key) for n, key in enumerate(keys))
    )
    assert [each.answer and int(each.answer.body) for each in told] == [
        None if number % 2 else number // 2 for number in range(300)
    ]
    assert [each.verdict and each.verdict.remaining for each in told] == [n if n % 3 else None for n in range(300)]


async def test_an_answer_of_another_generation_is_none(cache, key):
    await cache.set(INDEX_GENERATION_KEY, b"old", MINUTE)
    await cache.keep(key, b"old", ANSWER, MINUTE)
    await cache.set(INDEX_GENERATION_KEY, b"old\n", MINUTE)
    assert (await cache.enter(None, key)).answer is None
    await cache.set(INDEX_GENERATION_KEY, b"new", MINUTE)
    entered = await cache.enter(None, key)
    assert (entered.answer, entered.generation) == (None, b"new")
    await cache.keep(key, b"old", ANSWER, MINUTE)
    assert (await cache.enter(None, key)).answer is None


async def test_a_generation_that_was_lost_never_comes_back(cache, key):
    first = (await cache.enter(None)).generation
    assert (await cache.enter(None)).generation == first
    await cache.keep(key, first, ANSWER, MINUTE)
    await cache.set(INDEX_GENERATION_KEY, b"soon gone", timedelta(milliseconds=1))
    async with asyncio.timeout(30):
        while (second := (await cache.enter(None)).generation) == b"soon gone":  # noqa: ASYNC110  time passes in the server
            await asyncio.sleep(0.001)
    assert second != first
    assert (await cache.enter(None, key)).answer is None


async def leads(cache, key: str, holder: str, ttl: timedelta = MINUTE) -> bool:
    return (await cache.enter(None, key, Lease(holder, ttl))).leads


async def test_one_leads_and_the_others_wait_until_its_answer_is_there(cache, key):
    entered = await asyncio.gather(*(cache.enter(None, key, Lease(str(number), MINUTE)) for number in range(9)))
    assert [each.leads for each in entered] == [True] + [False] * 8
    assert all(each.answer is None for each in entered)
    await cache.keep(key, entered[0].generation, ANSWER, MINUTE, "0")
    late = await cache.enter(None, key, Lease("late", MINUTE))
    assert (late.answer, late.leads) == (ANSWER, False)


async def test_of_many_who_ask_at_once_for_several_answers_one_leads_in_each(cache, key):
    asked = [(f"{key}{number % 3}", str(number)) for number in range(30)]
    there = (await cache.enter(None)).generation
    await cache.keep(f"{key}2", there, ANSWER, MINUTE)
    entered = await asyncio.gather(
        *(
            cache.enter(allowance(1, 0), name, Lease(holder, MINUTE) if int(holder) > 5 else None)
            for name, holder in asked
        )
    )
    assert [holder for (_, holder), each in zip(asked, entered, strict=True) if each.leads] == ["6", "7"]
    assert [each.answer is not None for each in entered] == [number % 3 == 2 for number in range(30)]
    assert all(each.verdict.granted for each in entered)
    await cache.let_go(f"{key}0", there, "7")
    await cache.let_go(f"{key}1", there, "7")
    assert not await leads(cache, f"{key}0", "next")
    assert await leads(cache, f"{key}1", "next")


async def test_who_asks_without_a_lease_never_leads(cache, key):
    assert not (await cache.enter(None, key)).leads
    assert await leads(cache, key, "first")


async def test_the_lead_of_one_who_died_ends(cache, key):
    assert await leads(cache, key, "dead", timedelta(milliseconds=20))
    async with asyncio.timeout(30):
        while not await leads(cache, key, "next"):  # noqa: ASYNC110  time passes in the server
            await asyncio.sleep(0.001)


async def test_only_the_own_lead_can_be_let_go(cache, key):
    generation = (await cache.enter(None, key, Lease("mine", MINUTE))).generation
    await cache.let_go(key, generation, "yours")
    await cache.keep(f"{key}2", generation, ANSWER, MINUTE, "yours")
    assert not await leads(cache, key, "yours")
    await cache.let_go(key, generation, "mine")
    assert await leads(cache, key, "yours")


async def test_with_the_answer_the_own_lead_ends(cache, key):
    generation = (await cache.enter(None, key, Lease("mine", MINUTE))).generation
    await cache.keep(key, generation, ANSWER, MINUTE, "mine")
    await cache.set(key, b"lost", MINUTE)
    assert await leads(cache, key, "next")


async def test_nobody_waits_for_an_answer_of_a_generation_that_is_over(cache, key):
    await cache.set(INDEX_GENERATION_KEY, b"old", MINUTE)
    assert await leads(cache, key, "before")
    await cache.set(INDEX_GENERATION_KEY, b"new", MINUTE)
    assert await leads(cache, key, "after")
    await cache.keep(key, b"old", ANSWER, MINUTE, "before")
    assert not await leads(cache, key, "late")


async def test_what_is_in_redis_has_its_name_and_its_time(redis_url, key):
    allowed = allowance(2, 2)
    async with RedisCache(redis_url) as cache, Redis.from_url(redis_url) as redis:
        generation = (await cache.enter(allowed)).generation
        await cache.keep(key, generation, ANSWER, timedelta(minutes=5))
        assert 0 < await redis.pttl(allowed.key) <= 30_000
        assert 299 <= await redis.ttl(key) <= 300
        assert key.startswith("api:search:")


async def test_a_redis_that_lost_its_scripts_is_given_them_again(redis_url, key):
    async with RedisCache(redis_url) as cache, Redis.from_url(redis_url) as redis:
        await cache.enter(None, key)
        await redis.script_flush()
        assert await leads(cache, key, "a")


async def test_one_who_goes_away_while_asking_takes_nothing_from_the_others(redis_url):
    async with RedisCache(redis_url) as cache:
        asking = [asyncio.ensure_future(cache.enter(allowance(1, 0))) for _ in range(5)]
        await asyncio.sleep(0)
        asking[0].cancel()
        told = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(told[0], asyncio.CancelledError)
    assert [each.verdict.granted for each in told[1:]] == [True] * 4


async def test_out_of_reach_is_transient_for_all_who_ask_and_then_nobody_waits_for_a_second():
    async with RedisCache("redis://127.0.0.1:9/0") as cache:
        told = await asyncio.gather(*(cache.enter(allowance(1, 0)) for _ in range(3)), return_exceptions=True)
        assert all(isinstance(each, Transient) and each.where == "redis" for each in told)
        with pytest.raises(Transient, match="a moment ago"):
            await cache.enter(None, "key")
        for call in (
            cache.keep("k", b"", ANSWER, MINUTE),
            cache.let_go("k", b"", "l"),
        ):
            with pytest.raises(Transient):
                await call


async def test_where_redis_hangs_all_who_wait_are_told_after_one_try_and_not_batch_after_batch(monkeypatch):
    monkeypatch.setattr("quiethire.storage.redis.connection._TIMEOUT", 0.1)
    tries, over = [], asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tries.append(writer)
        await over.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with RedisCache(f"redis://127.0.0.1:{port}/0") as cache:
        told = await asyncio.gather(*(cache.enter(None, "key") for _ in range(500)), return_exceptions=True)
    over.set()
    server.close()
    await server.wait_closed()
    assert all(isinstance(each, Transient) for each in told)
    # One call, which connects a second time before it gives up.
    assert 1 <= len(tries) <= 2


async def test_a_defect_in_the_call_reaches_everyone_who_waits_for_it(redis_url):
    async with RedisCache(redis_url) as cache:
        script = cache._enter

        async def broken(**_: object) -> None:
            await asyncio.sleep(0)
            raise RuntimeError("a defect")

        cache._enter = broken
        async with asyncio.timeout(30):
            told = await asyncio.gather(*(cache.enter(None, "key") for _ in range(300)), return_exceptions=True)
        assert [str(each) for each in told] == ["a defect"] * 300
        cache._enter = script
        assert (await cache.enter(None, "key")).answer is None


async def test_what_is_asked_for_again_travels_once_and_is_still_of_its_generation(redis_url, key):
    async with RedisCache(redis_url) as cache, Redis.from_url(redis_url) as redis:
        generation = (await cache.enter(None)).generation
        await cache.keep(key, generation, ANSWER, MINUTE)
        assert (await cache.enter(None, key)).answer == ANSWER
        await redis.delete(key)
        assert (await cache.enter(None, key)).answer == ANSWER
        await redis.set(INDEX_GENERATION_KEY, b"changed")
        assert (await cache.enter(None, key)).answer is None
        await redis.set(INDEX_GENERATION_KEY, generation)
        assert (await cache.enter(None, key)).answer is None


async def test_what_is_kept_nearby_is_bounded_and_does_not_last(redis_url, key, monkeypatch):
    async with RedisCache(redis_url) as cache, Redis.from_url(redis_url) as redis:
        generation = (await cache.enter(None)).generation
        monkeypatch.setattr("quiethire.storage.redis.nearby.MOST_BYTES", 2_000)
        keys = [f"{key}{number}" for number in range(3)]
        for each in keys:
            await cache.keep(each, generation, KeptAnswer(b'"e"', b"x" * 1_000), MINUTE)
            await cache.enter(None, each)
        await redis.delete(*keys)
        assert [(await cache.enter(None, each)).answer is not None for each in keys] == [False, True, True]
        monkeypatch.setattr("quiethire.storage.redis.nearby.LASTS", -1.0)
        await cache.keep(key, generation, ANSWER, MINUTE)
        assert (await cache.enter(None, key)).answer == ANSWER
        await redis.delete(key)
        assert (await cache.enter(None, key)).answer is None


async def test_while_redis_is_away_one_at_a_time_tries_and_the_others_do_not_wait(redis_url, monkeypatch):
    monkeypatch.setattr("quiethire.storage.redis.gate.REST", 0.0)
    async with RedisCache("redis://127.0.0.1:9/0") as cache:
        with pytest.raises(Transient, match="out of reach"):
            await cache.enter(None, "key")
        told = await asyncio.gather(*(cache.enter(None, "key") for _ in range(5)), return_exceptions=True)
        assert ["a moment ago" in str(each) for each in told] == [False, True, True, True, True]
        async with RedisCache(redis_url) as there:
            cache._redis, cache._enter = there._redis, there._enter
            assert (await cache.enter(None, "key")).answer is None
            told = await asyncio.gather(*(cache.enter(None, "key") for _ in range(5)))
            assert [each.answer for each in told] == [None] * 5


async def test_a_redis_that_is_slow_keeps_nobody_waiting_and_is_asked_again_when_it_is_not(redis_url, key, monkeypatch):
    monkeypatch.setattr("quiethire.storage.redis.gate.PATIENCE", 0.05)
    server = urlsplit(redis_url)
    async with fault_proxy(server.hostname, server.port) as proxy:
        slow = redis_url.replace(f":{server.port}", f":{proxy.address[1]}")
        async with RedisCache(slow) as cache:
            await until_entered(cache, key)
            proxy.faults = Faults(latency=2)
            began = time.monotonic()
            with pytest.raises(Transient, match="within 50 ms"):
                await cache.enter(None, key)
            # Far more than the 50 ms, for this machine may be busy, and less than the answer takes.
            assert time.monotonic() - began < 2
            with pytest.raises(Transient, match="a moment ago"):
                await cache.enter(None, key)
            proxy.faults = Faults()
            await until_entered(cache, key)


async def until_entered(cache: RedisCache, key: str) -> None:
    """Ask until it answers: on a busy machine a server that is well may be late, too, and then it rests for a second."""
    async with asyncio.timeout(20):
        while not await entered(cache, key):  # noqa: ASYNC110 - nobody tells when it has rested
            await asyncio.sleep(0.05)


async def entered(cache: RedisCache, key: str) -> bool:
    try:
        await cache.enter(None, key)
    except Transient:
        return False
    return True
