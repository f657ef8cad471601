"""Matches for pages: whoever opens one waits a moment, and is told that they are being made where that takes longer."""

import asyncio
from uuid import UUID

from services.api.people.match_feed import Feed, Feeds


class MatchWaits:
    """The feeds of a process that are being made for somebody who opened a page."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._making: dict[UUID, asyncio.Task[Feed]] = {}

    async def feed(self, candidate_id: UUID, *, within: float) -> Feed | None:
        """Somebody's feed; None where it is not there within so many seconds, and goes on being made. Raises as `Feeds.of`."""
        task = self._making.get(candidate_id)
        if task is None:
            task = asyncio.create_task(self._feeds.of(candidate_id))
            self._making[candidate_id] = task
            task.add_done_callback(lambda done: self._made(candidate_id, done))
        done, _ = await asyncio.wait((task,), timeout=within)
        return task.result() if done else None

    def _made(self, candidate_id: UUID, done: asyncio.Task[Feed]) -> None:
        self._making.pop(candidate_id, None)
        if not done.cancelled():
            done.exception()  # Told to whoever waits; who comes later has it tried again.
