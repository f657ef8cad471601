"""The cache on Redis (or Valkey, or Dragonfly). All of it may be lost at any moment."""

import asyncio
from datetime import timedelta
from types import TracebackType
from typing import Self

from quiethire.storage.redis.connection import connect, errors
from quiethire.storage.redis.gate import RedisGate
from quiethire.storage.redis.listening import Hub
from quiethire.storage.redis.telling import RedisTelling


class RedisCache(RedisGate, RedisTelling):
    """Cache on a Redis server. Use it as `async with`, or call `aclose`. Failures are Transient: callers go on without."""

    def __init__(self, url: str, *, secret: str = "") -> None:
        """`url`: redis://host:6379/0, rediss:// or unix://. `secret` seals feeds; without one, none is kept."""
        redis = connect(url)
        RedisGate.__init__(self, redis)
        RedisTelling.__init__(self, redis, Hub(url), secret)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, once what is being kept is kept: a call under way would open a new one."""
        if calls := self._writing_now | self._under_way:
            await asyncio.wait(calls)
        await self._hub.aclose()
        await self._redis.aclose()

    async def get(self, key: str) -> bytes | None:
        """A cached value."""
        async with errors():
            value = await self._redis.get(key)
        return value if isinstance(value, bytes) else None

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        """Keep a value for a while."""
        async with errors():
            await self._redis.set(key, value, px=ttl)

    async def set_new(self, key: str, value: bytes, ttl: timedelta) -> bytes | None:
        """Keep a value where there is none, else tell that one."""
        async with errors():
            while not await self._redis.set(key, value, nx=True, px=ttl):
                held = await self._redis.get(key)
                if isinstance(held, bytes):  # Else it has ended in between.
                    return held
        return None

    async def drop(self, key: str) -> None:
        """Keep it no longer."""
        async with errors():
            await self._redis.delete(key)
