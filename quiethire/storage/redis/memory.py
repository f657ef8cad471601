"""The cache in memory: the twin for tests."""

import time
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from quiethire.storage.redis.cache import FEED_TTL


class MemoryCache:
    """Cache in a dictionary. What was published is kept in `published`."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[float, bytes]] = {}
        self._feeds: dict[UUID, tuple[float, dict[UUID, float]]] = {}
        self.published: list[tuple[str, bytes]] = []

    async def get(self, key: str) -> bytes | None:
        """A cached value."""
        expires, value = self._values.get(key, (0.0, b""))
        return value if expires > time.monotonic() else None

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        """Keep a value for a while."""
        self._values[key] = (time.monotonic() + ttl.total_seconds(), value)

    async def put_daily_matches(self, candidate_id: UUID, scores: Mapping[UUID, float]) -> None:
        """Replace a candidate's feed."""
        self._feeds[candidate_id] = (time.monotonic() + FEED_TTL.total_seconds(), dict(scores))

    async def daily_matches(self, candidate_id: UUID, limit: int = 100) -> list[tuple[UUID, float]]:
        """A candidate's feed, best first, ties by id downwards as in Redis; empty where it was lost."""
        expires, scores = self._feeds.get(candidate_id, (0.0, {}))
        if expires <= time.monotonic() or limit < 1:
            return []
        ordered = sorted(scores.items(), key=lambda entry: (entry[1], str(entry[0])), reverse=True)
        return ordered[:limit]

    async def publish(self, channel: str, message: bytes) -> None:
        """Tell whoever listens."""
        self.published.append((channel, message))
