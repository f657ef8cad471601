"""The cache on Redis (or Valkey, or Dragonfly). All of it may be lost at any moment."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from types import TracebackType
from typing import Self, cast
from uuid import UUID

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from quiethire.domain.errors import Permanent, Transient

FEED_TTL = timedelta(hours=1)
_TIMEOUT = 0.5
"""Seconds. A cache that takes longer is no help."""


def feed_key(candidate_id: UUID) -> str:
    """Where a candidate's daily feed is kept."""
    return f"candidate:{candidate_id}:daily_matches"


class RedisCache:
    """Cache on a Redis server. Use it as `async with`, or call `aclose`. Failures are Transient: callers go on without."""

    def __init__(self, url: str) -> None:
        """`url`: redis://host:6379/0, rediss:// or unix://."""
        self._redis = Redis.from_url(
            url,
            socket_timeout=_TIMEOUT,
            socket_connect_timeout=_TIMEOUT,
            # One try more, at once, for a connection that the server closed; the default would wait for seconds.
            retry=Retry(NoBackoff(), 1),
        )

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
        async with _errors():
            value = await self._redis.get(key)
        return value if isinstance(value, bytes) else None

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        """Keep a value for a while."""
        async with _errors():
            await self._redis.set(key, value, px=ttl)

    async def put_daily_matches(self, candidate_id: UUID, scores: Mapping[UUID, float]) -> None:
        """Replace a candidate's feed, in one transaction: no reader sees it half-written."""
        key = feed_key(candidate_id)
        async with _errors(), self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(key)
            if scores:
                pipe.zadd(key, {str(job_id): score for job_id, score in scores.items()})
                pipe.expire(key, FEED_TTL)
            await pipe.execute()

    async def daily_matches(self, candidate_id: UUID, limit: int = 100) -> list[tuple[UUID, float]]:
        """A candidate's feed, best first; empty where it was lost."""
        if limit < 1:
            return []
        async with _errors():
            entries = await self._redis.zrevrange(feed_key(candidate_id), 0, limit - 1, withscores=True)
        return [(UUID(member.decode()), score) for member, score in cast("list[tuple[bytes, float]]", entries)]

    async def publish(self, channel: str, message: bytes) -> None:
        """Tell whoever listens."""
        async with _errors():
            await self._redis.publish(channel, message)


@asynccontextmanager
async def _errors() -> AsyncIterator[None]:
    try:
        yield
    except (RedisConnectionError, RedisTimeoutError, OSError) as error:
        raise Transient(f"out of reach: {error}", where="redis", hint="is the server running?") from error
    except RedisError as error:
        raise Permanent(str(error), where="redis") from error
