"""One contract for the cache: Redis and its twin in memory."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from quiethire.domain.errors import Transient
from quiethire.stack.running import Running
from quiethire.storage.redis.cache import RedisCache
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


async def test_of_several_who_set_what_is_new_one_does_until_it_is_dropped(cache):
    key = f"test:{uuid4()}"
    told = await asyncio.gather(*(cache.set_new(key, b"%d" % number, MINUTE) for number in range(8)))
    assert told.count(None) == 1
    first = b"%d" % told.index(None)
    assert set(told) == {None, first}
    assert await cache.get(key) == first
    await cache.drop(key)
    await cache.drop(key)
    assert await cache.get(key) is None
    assert await cache.set_new(key, b"again", MINUTE) is None


async def test_a_value_is_gone_after_its_time(cache):
    key = f"test:{uuid4()}"
    await cache.set(key, b"value", timedelta(milliseconds=1))
    async with asyncio.timeout(30):
        while await cache.get(key) is not None:  # noqa: ASYNC110  time passes in the server, which tells nobody
            await asyncio.sleep(0.001)


async def test_a_cache_out_of_reach_is_transient():
    async with RedisCache("redis://127.0.0.1:9/0") as cache:
        for call in (
            cache.get("key"),
            cache.set("key", b"", MINUTE),
            cache.set_new("key", b"", MINUTE),
            cache.drop("key"),
        ):
            with pytest.raises(Transient) as caught:
                await call
            assert caught.value.where == "redis"
