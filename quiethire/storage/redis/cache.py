"""The cache on Redis (or Valkey, or Dragonfly). All of it may be lost at any moment."""

from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import Self, cast
from uuid import UUID

from quiethire.storage.redis.connection import connect, errors
from quiethire.storage.redis.gate import RedisGate

FEED_TTL = timedelta(hours=1)


def feed_key(candidate_id: UUID) -> str:
    """Where a candidate's daily feed is kept."""
    return f"candidate:{candidate_id}:daily_matches"


class RedisCache(RedisGate):
    """Cache on a Redis server. Use it as `async with`, or call `aclose`. Failures are Transient: callers go on without."""

    def __init__(self, url: str) -> None:
        """`url`: redis://host:6379/0, rediss:// or unix://."""
        super().__init__(connect(url))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
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

    async def put_daily_matches(self, candidate_id: UUID, scores: Mapping[UUID, float]) -> None:
        """Replace a candidate's feed, in one transaction: no reader sees it half-written."""
        key = feed_key(candidate_id)
        async with errors(), self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(key)
            if scores:
                pipe.zadd(key, {str(job_id): score for job_id, score in scores.items()})
                pipe.expire(key, FEED_TTL)
            await pipe.execute()

    async def daily_matches(self, candidate_id: UUID, limit: int = 100) -> list[tuple[UUID, float]]:
        """A candidate's feed, best first; empty where it was lost."""
        if limit < 1:
            return []
        async with errors():
            entries = await self._redis.zrevrange(feed_key(candidate_id), 0, limit - 1, withscores=True)
        return [(UUID(member.decode()), score) for member, score in cast("list[tuple[bytes, float]]", entries)]

    async def publish(self, channel: str, message: bytes) -> None:
        """Tell whoever listens."""
        async with errors():
            await self._redis.publish(channel, message)
