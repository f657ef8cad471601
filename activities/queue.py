"""The crawl queue."""

from datetime import datetime, timedelta

from temporalio import activity

from activities.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.ports import QueuedUrl

LEASE = timedelta(hours=1)
"""A claim older than this belongs to a worker that died."""


MAX_ATTEMPTS = 3


class ClaimInput(Model):
    """How many entries to take, and when."""

    limit: int
    owner: str
    """Who claims: the same owner who asks again is given the same entries."""
    now: datetime


class Claimed(Model):
    """Entries that are ours now; `drained` where the queue had none."""

    entries: tuple[QueuedUrl, ...]
    drained: bool


class FinishInput(Model):
    """How the crawl of an entry ended."""

    entry_id: int
    ok: bool


class QueueActivities:
    """`claim_crawl_queue` and `finish_crawl_queue_entry`."""

    def __init__(self, clients: Clients) -> None:
        self._queue = clients.queue

    @activity.defn(name="claim_crawl_queue")
    async def claim_crawl_queue(self, input: ClaimInput) -> Claimed:
        """Take what is most urgent. An entry whose every claim ended with a dead worker is given up."""
        entries = await self._queue.claim(input.limit, owner=input.owner, lease=LEASE, now=input.now)
        for entry in entries:
            if entry.attempts > MAX_ATTEMPTS:
                await self._queue.finish(entry.id, ok=False, max_attempts=MAX_ATTEMPTS)
        ours = tuple(entry for entry in entries if entry.attempts <= MAX_ATTEMPTS)
        return Claimed(entries=ours, drained=not entries)

    @activity.defn(name="finish_crawl_queue_entry")
    async def finish_crawl_queue_entry(self, input: FinishInput) -> None:
        """Complete an entry, or give it back for another attempt."""
        await self._queue.finish(input.entry_id, ok=input.ok, max_attempts=MAX_ATTEMPTS)
