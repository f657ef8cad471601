"""The search index as a whole: rebuilt under a new name, or compared with ClickHouse and mended."""

from datetime import datetime
from uuid import UUID

from temporalio import activity

from activities.clients import Clients
from activities.heartbeat import heartbeating
from quiethire.domain.base import Model
from quiethire.domain.errors import Transient
from quiethire.domain.search import SearchDocument

BATCH = 500

ENOUGH = 0.999
"""Share of the postings that a new collection must hold: a few refused documents must not keep search from its update."""


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
        self._index = clients.index

    @activity.defn(name="build_search_collection")
    async def build_search_collection(self, input: Collection) -> Collection:
        """Fill a new collection from ClickHouse. A second try starts it anew."""
        documents = 0
        async with heartbeating():
            await self._index.create(input.name)
            async for rows in self._postings.scan(BATCH):
                await self._index.upsert([SearchDocument.of(row) for row in rows], input.name)
                documents += len(rows)
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
        """Add documents that are missing, remove those of postings that are not open."""
        async with heartbeating():
            await self._index.ensure()
            # Documents first: a posting that comes in between is then known as open, and never taken for a leftover.
            documents = await self._index.ids()
            postings = await self._postings.open_ids()
            stale = await self._postings.open_ids(input.since) if input.since else set()
            wanted = sorted((postings - documents) | stale)
            failed = 0
            for start in range(0, len(wanted), BATCH):
                failed += await self._add(set(wanted[start : start + BATCH]))
            await self._index.delete(documents - postings)
        return ReconcileResult(
            postings=len(postings), added=len(wanted) - failed, removed=len(documents - postings), failed=failed
        )

    async def _add(self, job_ids: set[UUID]) -> int:
        rows = await self._postings.known(job_ids)
        return len(await self._index.upsert([SearchDocument.of(row) for row in rows.values() if row.is_open]))
