"""What is known of the search index beside the index itself: how many documents it ought to hold, and what it refused.

A restarted index calls itself healthy while it holds a part of its documents. Only a count kept elsewhere tells.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from quiethire.domain.base import Model
from quiethire.domain.search import IndexFailure

BUILD_LEASE = timedelta(minutes=10)
"""So long after it was last heard of a build counts as under way."""

REMOVAL_LEASE = timedelta(minutes=10)
"""So long a removal that was announced, and not counted, may still lower the count."""

FIRST_WAIT = timedelta(seconds=30)
DOUBLINGS = 10
"""Half a minute, doubled so often, is eight hours: longer than that no failure is left alone."""


class IndexState(Model):
    """What is kept of the index."""

    documents: int | None = None
    """How many the serving collection holds at least, those that are being removed left out; None where never counted."""
    building: str | None = None
    """The collection that is being built: whatever is written goes to it too."""
    reindexed_at: datetime | None = None
    reconciled_at: datetime | None = None
    """When the last reconciliation that ended began."""


class KeptFailure(Model):
    """A document that is not in the index as it should be."""

    job_id: UUID
    error: str
    attempts: int
    first_at: datetime
    last_at: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether it was left alone for twice as long as before its last try."""
        return now - self.last_at >= FIRST_WAIT * 2.0 ** min(self.attempts, DOUBLINGS)


class IndexRecords(Protocol):
    """Kept where neither the index nor its restarts reach."""

    async def state(self, now: datetime) -> IndexState:
        """What is kept, as of now."""
        ...

    async def removing(self, documents: int, now: datetime) -> UUID:
        """Announce that so many documents may go: fewer are expected until `counted` tells what is left."""
        ...

    async def counted(
        self, count: Callable[[], Awaitable[int]], now: datetime, *, removal: UUID | None = None, exact: bool = False
    ) -> None:
        """Keep what `count` gives; it is called while nobody else counts, so that the last word is the newest.

        Fewer than expected is not kept, for that is an index that has lost some or still loads them; but for `exact`, said
        after the documents were compared one by one.
        """
        ...

    async def build(self, name: str, now: datetime) -> None:
        """Take, or keep, the lease of the only build. Raises InvalidInput `rebuild_running` while another has it."""
        ...

    async def end_build(self, name: str, swapped_at: datetime | None = None) -> None:
        """Give the lease back, with the time at which the collection took over, where it did."""
        ...

    async def reconciled(self, began_at: datetime) -> None:
        """A reconciliation has ended."""
        ...

    async def failed(self, failures: Sequence[IndexFailure], now: datetime) -> None:
        """Keep what was not indexed, and why."""
        ...

    async def settled(self, job_ids: Collection[UUID]) -> None:
        """These are in the index, or need not be."""
        ...

    async def failures(self, limit: int) -> list[KeptFailure]:
        """What is not indexed, the one that was tried longest ago first."""
        ...

    async def due(self, now: datetime, limit: int) -> list[KeptFailure]:
        """The same of those that are to be tried again: however many are not yet, they keep none of these waiting."""
        ...

    async def count_failures(self) -> int:
        """How many these are."""
        ...
