"""A look at Redis."""

from datetime import UTC, datetime

from quiethire.domain.health import Look
from quiethire.storage.redis.connection import connect, errors


class RedisProbe:
    """Looks whether it answers."""

    name = "redis"

    def __init__(self, url: str) -> None:
        self._redis = connect(url)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._redis.aclose()

    async def look(self) -> Look:
        """Raises Transient."""
        async with errors():
            seconds, micros = await self._redis.time()
            told = await self._redis.info("server")
        return Look(
            version=str(told.get("redis_version", "")),
            now=datetime.fromtimestamp(seconds + micros / 1e6, UTC),
            run=str(told.get("run_id", "")),
        )
