"""One contract for the cache: Redis and its twin in memory."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis

from quiethire.domain.errors import Transient
from quiethire.stack import Running
from quiethire.storage.redis.cache import FEED_TTL, RedisCache, feed_key
from quiethire.storage.redis.memory import MemoryCache

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["memory", "redis"])
async def cache(request: pytest.FixtureRequest, stack: Running) -> AsyncIterator[MemoryCache | RedisCache]:
    if request.param == "memory":
        yield MemoryCache()
        return
    async with RedisCache(stack.redis_url) as real:
        yield real


async def test_what_was_set_is_got_byte_for_byte(cache):
    key = f"test:{uuid4()}"
    assert await cache.get(key) is None
    await cache.set(key, b"\x00\xff old", MINUTE)
    await cache.set(key, b"\x00\xff new", MINUTE)
    assert await cache.get(key) == b"\x00\xff new"


async def test_a_value_is_gone_after_its_time(cache):
    key = f"test:{uuid4()}"
    await cache.set(key, b"value", timedelta(milliseconds=1))
    async with asyncio.timeout(5):
        while await cache.get(key) is not None:  # noqa: ASYNC110  time passes in the server, which tells nobody
            await asyncio.sleep(0.001)


async def test_a_feed_is_best_first_and_limited(cache):
    candidate = uuid4()
    await cache.put_daily_matches(candidate, {UUID(int=1): 40.0, UUID(int=2): 90.25, UUID(int=3): 90.25})
    everything = [(UUID(int=3), 90.25), (UUID(int=2), 90.25), (UUID(int=1), 40.0)]
    assert await cache.daily_matches(candidate) == everything
    assert await cache.daily_matches(candidate, limit=2) == everything[:2]
    assert await cache.daily_matches(candidate, limit=0) == []


async def test_a_new_feed_replaces_the_old_one_whole(cache):
    candidate = uuid4()
    await cache.put_daily_matches(candidate, {UUID(int=1): 40.0, UUID(int=2): 90.0})
    await cache.put_daily_matches(candidate, {UUID(int=3): 10.0})
    assert await cache.daily_matches(candidate) == [(UUID(int=3), 10.0)]
    await cache.put_daily_matches(candidate, {})
    assert await cache.daily_matches(candidate) == []


async def test_feeds_of_two_candidates_are_apart(cache):
    first, second = uuid4(), uuid4()
    await cache.put_daily_matches(first, {UUID(int=1): 40.0})
    assert await cache.daily_matches(second) == []


async def test_a_feed_in_redis_has_its_name_and_expires(stack):
    candidate = uuid4()
    async with RedisCache(stack.redis_url) as cache:
        await cache.put_daily_matches(candidate, {UUID(int=1): 40.0})
    async with Redis.from_url(stack.redis_url) as redis:
        left = await redis.ttl(f"candidate:{candidate}:daily_matches")
    assert feed_key(candidate) == f"candidate:{candidate}:daily_matches"
    assert 0 < left <= FEED_TTL.total_seconds()


async def test_what_is_published_reaches_a_listener(stack):
    channel = f"user:{uuid4()}:notifications"
    async with (
        Redis.from_url(stack.redis_url) as redis,
        redis.pubsub() as listener,
        RedisCache(stack.redis_url) as cache,
    ):
        await listener.subscribe(channel)
        await listener.get_message(timeout=5)
        await cache.publish(channel, b"\x01new match")
        message = await listener.get_message(ignore_subscribe_messages=True, timeout=5)
    assert message["data"] == b"\x01new match"


async def test_a_cache_out_of_reach_is_transient():
    async with RedisCache("redis://127.0.0.1:9/0") as cache:
        for call in (cache.get("key"), cache.set("key", b"", MINUTE), cache.daily_matches(uuid4())):
            with pytest.raises(Transient) as caught:
                await call
            assert caught.value.where == "redis"
        with pytest.raises(Transient):
            await cache.put_daily_matches(uuid4(), {uuid4(): 1.0})
