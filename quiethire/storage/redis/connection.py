"""A connection to Redis (or Valkey, or Dragonfly), and its errors as ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from quiethire.domain.errors import Permanent, Transient

_TIMEOUT = 0.5
"""Seconds. What may be lost at any moment is no help where it takes longer."""


def connect(url: str) -> Redis:
    """A client for redis://host:6379/0, rediss:// or unix://; it connects when it is first used."""
    return Redis.from_url(
        url,
        socket_timeout=_TIMEOUT,
        socket_connect_timeout=_TIMEOUT,
        # One try more, at once, for a connection that the server closed; the default would wait for seconds.
        retry=Retry(NoBackoff(), 1),
    )


@asynccontextmanager
async def errors() -> AsyncIterator[None]:
    """Out of reach is Transient, anything else Permanent."""
    try:
        yield
    except (RedisConnectionError, RedisTimeoutError, OSError) as error:
        raise Transient(f"out of reach: {error}", where="redis", hint="is the server running?") from error
    except RuntimeError as error:
        # uvloop's own words for a connection that was reset between its being chosen and its being written to; the client lets them pass.
        if not str(error).endswith("the handler is closed"):
            raise
        raise Transient("the connection was reset", where="redis", hint="is the server running?") from error
    except RedisError as error:
        raise Permanent(str(error), where="redis") from error
