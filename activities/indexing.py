"""The search index as a whole: rebuilt under a new name, or compared with ClickHouse and mended."""

from collections.abc import Collection as Ids
from datetime import UTC, datetime, timedelta
from uuid import UUID

from temporalio import activity

from activities.clients import Clients
from activities.duplicates import Gathering, Showing
from activities.heartbeat import heartbeating
from quiethire.domain.base import Model
from quiethire.domain.errors import Transient
from services.duplicates.fingerprint import METHOD

BATCH = 500

ENOUGH = 0.999
"""Share of the postings that a new collection must hold: a few refused documents must not keep search from its update."""

LOOKED_BACK = timedelta(days=2)
"""Postings kept since then are compared again: two who stored at once may not have seen each other's."""


class Collection(Model):
    """A collection of the search index, by name, and how many documents it must hold."""

    name: str
    documents: int = 0


class ReconcileInput(Model):
    """What to compare. Documents of postings written at `since` or later are made anew, whatever they hold."""

    since: datetime | None = None


class ReconcileResult(Model):
    """What was different between ClickHouse and the index, and is no longer."""

    postings: int
    added: int
    removed: int
    failed: int


class IndexActivities:
    """`build_search_collection`, `swap_search_collection` and `reconcile_search_index`."""

    def __init__(self, clients: Clients) -> None:
        self._postings = clients.postings
        self._clusters = clients.clusters
        self._index = clients.index
        self._gathering = Gathering(clients)
        self._showing = Showing(clients)

    @activity.defn(name="build_search_collection")
    async def build_search_collection(self, input: Collection) -> Collection:
        """Fill a new collection from ClickHouse. A second try starts it anew."""
        documents = 0
        async with heartbeating():
            await self._index.create(input.name)
            async for rows in self._postings.scan(BATCH):
                shown = await self._showing.documents(rows)
                await self._index.upsert(shown, input.name)
                documents += len(shown)
        return Collection(name=input.name, documents=documents)

    @activity.defn(name="swap_search_collection")
    async def swap_search_collection(self, input: Collection) -> None:
        """Point the alias at the collection, if it holds what it must."""
        async with heartbeating():
            count = await self._index.count(input.name)
            if count < input.documents * ENOUGH:
                raise Transient(f"holds {count} of {input.documents} documents", where=f"typesense/{input.name}")
            await self._index.swap(input.name)

    @activity.defn(name="reconcile_search_index")
    async def reconcile_search_index(self, input: ReconcileInput) -> ReconcileResult:
        """Add documents of jobs that are missing, remove those of postings that are not open or not shown."""
        async with heartbeating():
            await self._index.ensure()
            moved = await self._mend(input.since or datetime.now(UTC) - LOOKED_BACK)
            # Documents first: a posting that comes in between is then known as open, and never taken for a leftover.
            documents = await self._index.ids()
            postings = await self._shown()
            stale = await self._postings.open_ids(input.since) if input.since else set()
            wanted = sorted((postings - documents) | (stale & postings) | (moved & postings))
            failed = 0
            for start in range(0, len(wanted), BATCH):
                failed += await self._add(set(wanted[start : start + BATCH]))
            await self._index.delete(documents - postings)
        return ReconcileResult(
            postings=len(postings), added=len(wanted) - failed, removed=len(documents - postings), failed=failed
        )

    async def _shown(self) -> set[UUID]:
        listings = await self._clusters.listings()
        return {job_id for job_id in await self._postings.open_ids() if listings.get(job_id, 1)}

    async def _mend(self, since: datetime) -> set[UUID]:
        """Gather postings that were never compared, or not by these rules, and again those of late.

        Returns those whose documents may be stale.
        """
        strange = await self._clusters.strange(METHOD)
        late = await self._clusters.remembered_since(since)
        return await self._gather(strange, again=False) | await self._gather(late - strange, again=True)

    async def _gather(self, job_ids: Ids[UUID], *, again: bool) -> set[UUID]:
        ordered, found = sorted(job_ids), set[UUID]()
        for start in range(0, len(ordered), BATCH):
            some = set(ordered[start : start + BATCH])
            rows = await self._postings.known(some)
            found |= await self._gathering.gather(list(rows.values()), again=again)
        return found

    async def _add(self, job_ids: set[UUID]) -> int:
        rows = await self._postings.known(job_ids)
        return len(await self._index.upsert(await self._showing.documents(rows.values())))
