"""What is kept of the search index, in memory: the twin for tests."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from quiethire.domain.errors import InvalidInput
from quiethire.domain.index_records import BUILD_LEASE, REMOVAL_LEASE, IndexState, KeptFailure
from quiethire.domain.search import IndexFailure


class MemoryIndexRecords:
    """`IndexRecords` in memory."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._documents: int | None = None
        self._removals: dict[UUID, tuple[int, datetime]] = {}
        self._building: tuple[str, datetime] | None = None
        self._reindexed_at: datetime | None = None
        self._reconciled_at: datetime | None = None
        self._failures: dict[UUID, KeptFailure] = {}

    async def state(self, now: datetime) -> IndexState:
        """What is kept, as of now."""
        building = self._building
        return IndexState(
            documents=None if self._documents is None else max(0, self._documents - self._going(now)),
            building=building[0] if building and building[1] > now - BUILD_LEASE else None,
            reindexed_at=self._reindexed_at,
            reconciled_at=self._reconciled_at,
        )

    async def removing(self, documents: int, now: datetime) -> UUID:
        """Announce that so many documents may go."""
        removal = uuid4()
        self._removals[removal] = (documents, now)
        return removal

    async def counted(
        self, count: Callable[[], Awaitable[int]], now: datetime, *, removal: UUID | None = None, exact: bool = False
    ) -> None:
        """Count while nobody else does."""
        async with self._lock:
            held = await count()
            if exact or self._documents is None or held >= self._documents - self._going(now):
                self._documents = held
                kept = self._removals.items()
                self._removals = {key: told for key, told in kept if key != removal and told[1] > now - REMOVAL_LEASE}

    async def build(self, name: str, now: datetime) -> None:
        """Take, or keep, the lease of the only build."""
        building = (await self.state(now)).building
        if building not in (None, name):
            raise InvalidInput("another collection is being built", where="memory", kind="rebuild_running")
        self._building = (name, now)

    async def end_build(self, name: str, swapped_at: datetime | None = None) -> None:
        """Give the lease back."""
        if self._building and self._building[0] == name:
            self._building = None
        self._reindexed_at = swapped_at or self._reindexed_at

    async def reconciled(self, began_at: datetime) -> None:
        """A reconciliation has ended."""
        self._reconciled_at = max(filter(None, (self._reconciled_at, began_at)))

    async def failed(self, failures: Sequence[IndexFailure], now: datetime) -> None:
        """Keep what was not indexed, and why."""
        for each in {each.job_id: each for each in failures}.values():
            old = self._failures.get(each.job_id)
            self._failures[each.job_id] = KeptFailure(
                job_id=each.job_id,
                error=each.error,
                attempts=old.attempts + 1 if old else 1,
                first_at=old.first_at if old else now,
                last_at=now,
            )

    async def settled(self, job_ids: Collection[UUID]) -> None:
        """These are in the index, or need not be."""
        for job_id in job_ids:
            self._failures.pop(job_id, None)

    async def failures(self, limit: int) -> list[KeptFailure]:
        """What is not indexed, the one that was tried longest ago first."""
        return sorted(self._failures.values(), key=lambda each: (each.last_at, each.job_id))[:limit]

    async def due(self, now: datetime, limit: int) -> list[KeptFailure]:
        """The same of those that are to be tried again."""
        return [each for each in await self.failures(len(self._failures)) if each.is_due(now)][:limit]

    async def count_failures(self) -> int:
        """How many these are."""
        return len(self._failures)

    def _going(self, now: datetime) -> int:
        return sum(documents for documents, at in self._removals.values() if at > now - REMOVAL_LEASE)
