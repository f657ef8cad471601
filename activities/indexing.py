"""The search index as a whole: rebuilt under a new name, or compared with ClickHouse and mended."""

from uuid import UUID

from temporalio import activity

from activities.clients import Clients
from activities.heartbeat import heartbeating
from quiethire.domain.base import Model
from quiethire.domain.errors import Transient
from quiethire.domain.search import SearchDocument

BATCH = 500


class Collection(Model):
    """A collection of the search index, by name, and how many documents it must hold."""

    name: str
    documents: int = 0


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
                failures = await self._index.upsert([SearchDocument.of(row) for row in rows], input.name)
                documents += len(rows) - len(failures)
        return Collection(name=input.name, documents=documents)

    @activity.defn(name="swap_search_collection")
    async def swap_search_collection(self, input: Collection) -> None:
        """Point the alias at the collection, if it holds what it must."""
        count = await self._index.count(input.name)
        if count < input.documents:
            raise Transient(f"holds {count} of {input.documents} documents", where=f"typesense/{input.name}")
        await self._index.swap(input.name)

    @activity.defn(name="reconcile_search_index")
    async def reconcile_search_index(self) -> ReconcileResult:
        """Add documents that are missing, remove those of postings that are not open."""
        async with heartbeating():
            await self._index.ensure()
            postings, documents = await self._postings.open_ids(), await self._index.ids()
            failed = 0
            missing = sorted(postings - documents)
            for start in range(0, len(missing), BATCH):
                failed += await self._add(set(missing[start : start + BATCH]))
            await self._index.delete(documents - postings)
        return ReconcileResult(
            postings=len(postings), added=len(missing) - failed, removed=len(documents - postings), failed=failed
        )

    async def _add(self, job_ids: set[UUID]) -> int:
        rows = await self._postings.known(job_ids)
        return len(await self._index.upsert([SearchDocument.of(row) for row in rows.values() if row.is_open]))
