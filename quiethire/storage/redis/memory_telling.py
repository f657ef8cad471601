"""Feeds and notifications in memory: the twin for tests."""

import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

from quiethire.domain.notifications import (
    FEEDS_CHANNEL,
    MOST_KEPT,
    KeptFeed,
    Listening,
    News,
    Notification,
    notifications_channel,
    order_of,
)
from quiethire.storage.redis.listening import Queue
from quiethire.storage.redis.telling import FEED_TTL


class MemoryTelling:
    """`Telling` in dictionaries."""

    def __init__(self) -> None:
        self._scores: dict[UUID, tuple[float, dict[UUID, float]]] = {}
        self._feeds: dict[UUID, tuple[float, bytes]] = {}
        self._hidden: dict[UUID, tuple[float, bytes]] = {}
        self._states: dict[UUID, int] = {}
        self._told: dict[UUID, set[str]] = {}
        self._notified: dict[UUID, list[Notification]] = {}
        self._listeners: dict[str, set[Queue]] = {}

    async def put_daily_matches(
        self, candidate_id: UUID, scores: Mapping[UUID, float], hidden: bytes | None = None
    ) -> None:
        """Replace a candidate's scores."""
        self._scores[candidate_id] = (time.monotonic() + FEED_TTL.total_seconds(), dict(scores))
        await self.drop_feed(candidate_id)
        if hidden is not None:
            self._hidden[candidate_id] = (time.monotonic() + FEED_TTL.total_seconds(), hidden)

    async def daily_matches(self, candidate_id: UUID, limit: int = 100) -> list[tuple[UUID, float]]:
        """A candidate's feed, best first, ties by id downwards as in Redis; empty where it was lost."""
        expires, scores = self._scores.get(candidate_id, (0.0, {}))
        if expires <= time.monotonic() or limit < 1:
            return []
        ordered = sorted(scores.items(), key=lambda entry: (entry[1], str(entry[0])), reverse=True)
        return ordered[:limit]

    async def feed(self, candidate_id: UUID) -> KeptFeed:
        """The feed, and its state."""
        now = time.monotonic()
        feed, hidden = (
            value if expires > now else None
            for expires, value in (kept.get(candidate_id, (0.0, b"")) for kept in (self._feeds, self._hidden))
        )
        return KeptFeed(feed, hidden, self._states.get(candidate_id, 0))

    async def put_feed(self, candidate_id: UUID, feed: bytes, state: int) -> bool:
        """Keep a feed where its state is still this one."""
        if self._states.get(candidate_id, 0) != state:
            return False
        self._feeds[candidate_id] = (time.monotonic() + FEED_TTL.total_seconds(), feed)
        return True

    async def drop_feed(self, *candidate_ids: UUID) -> None:
        """Forget the feeds."""
        for candidate_id in candidate_ids:
            self._feeds.pop(candidate_id, None)
            self._hidden.pop(candidate_id, None)
            self._states[candidate_id] = self._states.get(candidate_id, 0) + 1
            self._publish(FEEDS_CHANNEL, str(candidate_id).encode())

    async def notify(self, candidate_id: UUID, news: Sequence[News]) -> int:
        """Tell what was not told before."""
        told, kept = self._told.setdefault(candidate_id, set()), self._notified.setdefault(candidate_id, [])
        fresh = [each for at, each in enumerate(news) if each.key not in told | {other.key for other in news[:at]}]
        for each in fresh:
            last = order_of(kept[-1].id) if kept else (0, 0)
            now = max(int(time.time() * 1_000), last[0])
            entry = Notification(f"{now}-{last[1] + 1 if now == last[0] else 0}", each.body)
            kept.append(entry)
            self._publish(notifications_channel(candidate_id), entry.id.encode() + b"\n" + entry.body)
        told.update(each.key for each in fresh)
        del kept[:-MOST_KEPT]
        return len(fresh)

    async def notified(self, candidate_id: UUID, after: str | None = None) -> list[Notification]:
        """What is kept behind this id."""
        kept = self._notified.get(candidate_id, [])
        return [each for each in kept if after is None or order_of(each.id) > order_of(after)]

    async def told(self, candidate_id: UUID) -> list[str]:
        """The keys of what is not told again, in order."""
        return sorted(self._told.get(candidate_id, ()))

    def listen(self, channel: str) -> AbstractAsyncContextManager[Listening]:
        """From now on."""
        return self._listen(channel)

    @asynccontextmanager
    async def _listen(self, channel: str) -> AsyncIterator[Queue]:
        queue = Queue()
        self._listeners.setdefault(channel, set()).add(queue)
        try:
            yield queue
        finally:
            self._listeners[channel].discard(queue)

    async def forget_people(self, candidate_ids: Collection[UUID]) -> None:
        """Drop everything of these."""
        for candidate_id in candidate_ids:
            for kept in (self._scores, self._feeds, self._hidden, self._told, self._notified):
                kept.pop(candidate_id, None)
            self._publish(FEEDS_CHANNEL, str(candidate_id).encode())

    def _publish(self, channel: str, message: bytes) -> None:
        for queue in tuple(self._listeners.get(channel, ())):
            queue.put(message)
