"""The crawl queue."""

from datetime import datetime, timedelta

from temporalio import activity

from activities.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.ports import QueuedUrl

LEASE = timedelta(hours=1)
"""A claim older than this belongs to a worker that died, or to a crawl that takes long: then a second one does not begin."""

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
    attempt: int
    """Its `attempts` when it was claimed: of whose crawl this is the end."""
    ok: bool


class PutOffInput(Model):
    """An entry whose URL is crawled already, by a crawl that began earlier."""

    entry_id: int
    attempt: int


class QueueActivities:
    """`claim_crawl_queue`, `finish_crawl_queue_entry` and `put_off_crawl_queue_entry`."""

    def __init__(self, clients: Clients) -> None:
        self._queue = clients.queue

    @activity.defn(name="claim_crawl_queue")
    async def claim_crawl_queue(self, input: ClaimInput) -> Claimed:
        """Take what is most urgent. An entry whose every claim ended with a dead worker is given up."""
        entries = await self._queue.claim(input.limit, owner=input.owner, lease=LEASE, now=input.now)
        for entry in entries:
            if entry.attempts > MAX_ATTEMPTS:
                await self._queue.finish(entry.id, attempt=entry.attempts, ok=False, max_attempts=MAX_ATTEMPTS)
        ours = tuple(entry for entry in entries if entry.attempts <= MAX_ATTEMPTS)
        return Claimed(entries=ours, drained=not entries)

    @activity.defn(name="finish_crawl_queue_entry")
    async def finish_crawl_queue_entry(self, input: FinishInput) -> None:
        """Complete an entry, or give it back for another attempt."""
        await self._queue.finish(input.entry_id, attempt=input.attempt, ok=input.ok, max_attempts=MAX_ATTEMPTS)

    @activity.defn(name="put_off_crawl_queue_entry")
    async def put_off_crawl_queue_entry(self, input: PutOffInput) -> None:
        """Leave an entry until its lease is over: by then the crawl under way may have told how it ended."""
        await self._queue.put_off(input.entry_id, attempt=input.attempt)
