"""Answers kept before a change of the index are told to be old, though the cache be away at that moment."""

import asyncio
from datetime import timedelta

from activities.generation import new_generation
from quiethire.domain.errors import Transient
from quiethire.domain.search import INDEX_GENERATION_KEY
from quiethire.storage.redis.memory import MemoryCache


class ComesBack(MemoryCache):
    """Away for the first so many writes, then back with what it held."""

    def __init__(self, away: int) -> None:
        super().__init__()
        self.away = away
        self.told = asyncio.Event()

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        if self.away:
            self.away -= 1
            raise Transient("out of reach", where="redis")
        await super().set(key, value, ttl)
        self.told.set()


async def test_a_cache_that_comes_back_is_told_of_the_change_that_it_missed():
    cache = ComesBack(away=2)
    await new_generation(cache)
    assert await cache.get(INDEX_GENERATION_KEY) is None
    async with asyncio.timeout(30):
        await cache.told.wait()
    assert await cache.get(INDEX_GENERATION_KEY) is not None


async def test_many_changes_while_it_is_away_are_told_of_by_one(recwarn):
    cache = ComesBack(away=5)
    for _ in range(3):
        await new_generation(cache)
    async with asyncio.timeout(30):
        await cache.told.wait()
    assert cache.away == 0
