"""The cache in memory: the twin for tests."""

import math
import time
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from quiethire.domain.gate import WINDOW, Allowance, Claim, Entered, KeptAnswer, Verdict
from quiethire.domain.search import INDEX_GENERATION_KEY
from quiethire.storage.redis.cache import FEED_TTL


class MemoryCache:
    """Cache in a dictionary. What was published is kept in `published`."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[float, bytes]] = {}
        self._arrivals: dict[str, float] = {}
        self._feeds: dict[UUID, tuple[float, dict[UUID, float]]] = {}
        self.published: list[tuple[str, bytes]] = []

    async def get(self, key: str) -> bytes | None:
        """A cached value."""
        expires, value = self._values.get(key, (0.0, b""))
        return value if expires > time.monotonic() else None

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        """Keep a value for a while."""
        self._values[key] = (time.monotonic() + ttl.total_seconds(), value)

    async def enter(self, allowance: Allowance | None, answer: str | None = None) -> Entered:
        """Take one request from the allowance, and look the answer up."""
        generation = await self._generation()
        kept = await self._kept(answer, generation) if answer is not None else None
        return Entered(None if allowance is None else self._judge(allowance), generation, kept)

    async def claim(self, answer: str, generation: bytes, lease: str, ttl: timedelta) -> Claim:
        """The kept answer, or the lead in finding it."""
        if generation != await self._generation():
            return Claim(None, leads=True)
        if (kept := await self._kept(answer, generation)) is not None:
            return Claim(kept, leads=False)
        key = f"{answer}:lease:{generation!r}"
        leads = await self.get(key) is None
        if leads:
            await self.set(key, lease.encode(), ttl)
        return Claim(None, leads)

    async def keep(self, answer: str, generation: bytes, kept: KeptAnswer, ttl: timedelta) -> None:
        """Keep an answer."""
        await self.set(answer, b"\n".join((generation, *kept)), ttl)

    async def let_go(self, answer: str, generation: bytes, lease: str) -> None:
        """End one's own lead."""
        key = f"{answer}:lease:{generation!r}"
        if await self.get(key) == lease.encode():
            self._values.pop(key)

    async def _generation(self) -> bytes:
        generation = await self.get(INDEX_GENERATION_KEY)
        if generation is None:
            generation = f"lost at {time.monotonic_ns()}".encode()
            await self.set(INDEX_GENERATION_KEY, generation, timedelta(days=1))
        return generation

    async def _kept(self, answer: str, generation: bytes) -> KeptAnswer | None:
        of, _, rest = (await self.get(answer) or b"").partition(b"\n")
        etag, _, body = rest.partition(b"\n")
        return KeptAnswer(etag, body) if of == generation else None

    def _judge(self, allowance: Allowance) -> Verdict:
        now, interval = time.monotonic(), WINDOW / allowance.limit
        depth = interval * (allowance.limit + allowance.burst)
        arrival = max(self._arrivals.get(allowance.key, 0.0), now)
        due = arrival + interval
        # Sums of fractions are not exact; a millionth of an interval is nobody's request.
        if due - now > depth + interval / 1e6:
            return Verdict(False, 0, due - now - depth, arrival - now)
        self._arrivals[allowance.key] = due
        return Verdict(True, math.floor((depth - (due - now)) / interval + 1e-6), 0.0, due - now)

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
