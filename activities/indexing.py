"""The search index as a whole: rebuilt under a new name, served as it was before, or compared with ClickHouse and mended."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, KeysView, Sequence
from collections.abc import Collection as Ids
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from temporalio import activity

from activities.clients import Clients
from activities.duplicates import Gathering, Showing
from activities.errors import INDEX_ATTEMPTS
from activities.generation import new_generation
from activities.heartbeat import heartbeating
from activities.shown_jobs import shown_ids
from quiethire.domain.base import Model
from quiethire.domain.errors import Gone, Permanent, QuietHireError, Transient
from quiethire.domain.search import SearchDocument
from services.duplicates.fingerprint import METHOD

BATCH = 500

SCATTERED = 2_000
"""Postings from all over the table that are read at once."""

ENOUGH = 0.999
"""Share of the postings that a new collection must hold: a few refused documents must not keep search from its update."""

LOOKED_BACK = timedelta(days=2)
"""Postings kept since then are compared again: two who stored at once may not have seen each other's."""

IN_FLIGHT = timedelta(hours=2)
"""Rows are stamped before they can be read, by the clocks of those who write them; and a swap whose worker died is told only by its next try."""

MOST_GIVEN_UP = 0.5
"""Part of its documents that an index of more than FEW gives up at once. What closes, crawls take out themselves: if so much is left over,
postings are lost, and no jobs gone."""
FEW = 100

FAILURES_AT_ONCE = 100_000
"""Most kept failures that one reconciliation tries again."""

TOLD_WITHIN = 1.0
"""Seconds in which Temporal hears what a try begins with, and a try that Temporal gave up hears of that."""


class Collection(Model):
    """A collection of the search index, by name, and how many documents it was built of."""

    name: str
    documents: int = 0
    since: datetime | None = None
    """Postings written at this time or later may be in it as they were before."""
    accept_loss: bool = False
    """It may serve however few documents it has beside those that serve now."""


class ReconcileInput(Model):
    """What to compare. Documents of postings written at `since` or later are made anew, whatever they hold.

    None is the last reconciliation.
    """

    since: datetime | None = None
    if_lost: bool = False
    """Only where the index holds fewer documents than it was last known to hold: else nothing is compared."""
    accept_loss: bool = False
    """However many documents are left over, they are removed."""


class ReconcileResult(Model):
    """What was different between ClickHouse and the index, and is no longer. All 0 where nothing was compared."""

    postings: int
    added: int
    """Documents that were not there."""
    renewed: int = 0
    """Documents that may have been older than what is stored, made anew."""
    removed: int
    failed: int


class IndexActivities:
    """`build_search_collection`, `swap_search_collection`, `roll_back_search_index` and `reconcile_search_index`."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._postings = clients.postings
        self._clusters = clients.clusters
        self._embeddings = clients.embeddings
        self._model = clients.embedder.model
        self._index = clients.index
        self._records = clients.index_records
        self._cache = clients.cache
        self._gathering = Gathering(clients)
        self._showing = Showing(clients)

    @activity.defn(name="build_search_collection")
    async def build_search_collection(self, input: Collection) -> Collection:
        """Fill a new collection from ClickHouse; a second try starts it anew. Whatever is written meanwhile goes there too.

        Raises InvalidInput `rebuild_running` while another one is built.
        """
        async with _outlasting(), self._building(input.name):
            documents = await self._fill(input.name)
        return Collection(name=input.name, documents=documents)

    async def _fill(self, name: str) -> int:
        documents = 0
        await self._index.create(name)
        # While one batch is sent the next is read: two servers work at once.
        sending = asyncio.create_task(self._index.upsert((), name))
        try:
            async for shown in self._documents():
                await sending
                sending = asyncio.create_task(self._index.upsert(shown, name))
                documents += len(shown)
                await self._records.build(name, datetime.now(UTC))
            await sending
        finally:
            # Whatever failed here, the sending is over too, and its own failure is looked at.
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        return documents

    async def _documents(self) -> AsyncIterator[list[SearchDocument]]:
        """Those of all jobs, a batch at a time.

        Jobs of several postings come last: their mates lie all over the table, where very many are found in the time that a few take.
        """
        listings = await self._clusters.listings()
        open_ids = await self._postings.open_ids()
        alone, leaders = await asyncio.to_thread(
            lambda: (
                [job_id for job_id in open_ids if job_id not in listings],
                [job_id for job_id in open_ids if listings.get(job_id)],
            )
        )
        for some in (*_batches(alone, BATCH), *_batches(leaders, SCATTERED)):
            rows = await self._postings.excerpts(some)
            yield await self._showing.documents(rows.values())

    @activity.defn(name="swap_search_collection")
    async def swap_search_collection(self, input: Collection) -> None:
        """Renew in the new collection what changed since it was begun, and point the alias at it if it holds what it must.

        Nobody waits until all of it was compared one by one: whoever reconciles afterwards does so. Raises Permanent `postings_lost`
        where it would hold less than half of what serves.
        """
        async with _outlasting():
            async with self._building(input.name):
                stale = await self._changed(input.since) if input.since else set()
                postings = await self._renew(stale, input.name)
                count = await self._index.count(input.name)
                if count < postings * ENOUGH:
                    what = f"holds {count} of {postings} documents"
                    raise Transient(what, where=f"typesense/{input.name}")
                if not input.accept_loss:
                    serving = await self._serving()
                    _refuse_loss(serving - postings, serving)
                await self._index.swap(input.name)
            await self._records.end_build(input.name, datetime.now(UTC))
            await new_generation(self._cache)

    @activity.defn(name="roll_back_search_index")
    async def roll_back_search_index(self) -> Collection:
        """Serve the collection from before the last rebuild. A second run undoes that, a second try of one does not.

        For nothing is moved before it is told what is to serve: a try that finds that serving already has nothing to do.
        """
        told = activity.info().heartbeat_details
        name: str = told[0] if told else await self._before()
        async with _outlasting(lambda: (name,)):
            await asyncio.sleep(TOLD_WITHIN)
            state = await self._records.state(datetime.now(UTC))
            if not await self._serves(name):
                await self._index.rollback()
            await new_generation(self._cache)
        return Collection(name=name, since=state.reindexed_at and state.reindexed_at - IN_FLIGHT)

    @activity.defn(name="reconcile_search_index")
    async def reconcile_search_index(self, input: ReconcileInput) -> ReconcileResult:
        """Add documents of jobs that are missing or older than their rows, remove those not open or not shown.

        Raises Permanent `postings_lost` where more than half would be removed: the index stays as it is then.
        """
        async with _outlasting():
            began = datetime.now(UTC)
            if input.if_lost and not await self._has_lost(began):
                return ReconcileResult(postings=0, added=0, removed=0, failed=0)
            await self._index.ensure()
            since = input.since or await self._last_time(began)
            moved = await self._mend(max(since, began - LOOKED_BACK))
            refused = {each.job_id for each in await self._records.failures(FAILURES_AT_ONCE)}
            stale = await self._changed(since)
            stale = await asyncio.to_thread(stale.union, moved, refused)
            result = await self._equalise(stale, accept_loss=input.accept_loss)
            if refused:
                shown = await shown_ids(self._clients)
                await self._records.settled({each for each in refused if each not in shown})
            # Only an index that holds all of it tells what is to be expected from now on.
            whole = await self._index.count() >= result.postings - result.failed
            await self._records.counted(self._index.count, began, exact=whole)
            await self._records.reconciled(began)
            if result.added or result.renewed or result.removed:
                await new_generation(self._cache)
        return result

    async def _before(self) -> str:
        name = next((each.name for each in await self._index.collections() if each.previous), None)
        if name is None:
            raise Gone("no collection of before is kept", where="typesense", hint="quiethire index rebuild")
        return name

    async def _serves(self, name: str) -> bool:
        """Raises Gone where a rollback would not make it serve either."""
        for each in await self._index.collections():
            if each.name == name and (each.serves or each.previous):
                return each.serves
        raise Gone(f"{name!r} is kept no more", where="typesense", hint="quiethire index status")

    async def _has_lost(self, now: datetime) -> bool:
        """Whether documents are missing, be it that they are still being loaded; or nobody ever counted them."""
        expected = (await self._records.state(now)).documents
        try:
            return expected is None or await self._index.count() < expected
        except Gone:
            return True

    async def _last_time(self, now: datetime) -> datetime:
        return ((await self._records.state(now)).reconciled_at or now - LOOKED_BACK) - IN_FLIGHT

    @asynccontextmanager
    async def _building(self, name: str) -> AsyncIterator[None]:
        """Holds the lease of a build. After its last try the next one need not wait for that."""
        await self._records.build(name, datetime.now(UTC))
        try:
            yield
        except QuietHireError as error:
            if activity.info().attempt >= INDEX_ATTEMPTS or not isinstance(error, Transient | Gone):
                await self._records.end_build(name)
            raise

    async def _renew(self, stale: Ids[UUID], collection: str) -> int:
        """Make the documents of those that are stale anew, in a collection that is built. Returns how many it is to hold.

        The build keeps its lease, however much it has to catch up with.
        """
        stale = await self._with_mates(stale)
        postings = await shown_ids(self._clients)
        # Whatever goes through all postings is for a thread: the heartbeats have to go on beside it.
        wanted, leftovers = await asyncio.to_thread(
            lambda: ([job_id for job_id in postings if job_id in stale], stale - postings)
        )
        for some in _batches(wanted, BATCH):
            await self._add(some, collection)
            await self._records.build(collection, datetime.now(UTC))
        await self._index.delete(leftovers, collection)
        return len(postings)

    async def _equalise(self, stale: Ids[UUID], *, accept_loss: bool) -> ReconcileResult:
        """Make the index hold what is to be shown, and the documents of those that are stale anew.

        Crawls store and close meanwhile: so what is stored is asked anew for each batch, and again behind it.
        """
        stale = await self._with_mates(stale)
        # Documents first: a posting that comes in between is then known as open, and never taken for a leftover.
        documents = await self._index.ids()
        postings = await shown_ids(self._clients)
        wanted, leftovers = await asyncio.to_thread(
            lambda: (
                [job_id for job_id in postings if job_id in stale or job_id not in documents],
                list(documents - postings),
            )
        )
        if not accept_loss:
            _refuse_loss(len(leftovers), len(documents))
        indexed, removed, failed = set[UUID](), set[UUID](), set[UUID]()
        for some in _batches(wanted + leftovers, BATCH):
            done = await self._showing.refresh(some)
            refused = {failure.job_id for failure in done.failures}
            # One may be the mate of another batch's too: what became of it last counts.
            for of_all, now in ((indexed, done.indexed), (removed, done.removed), (failed, refused)):
                of_all.difference_update(done.indexed, done.removed, refused)
                of_all.update(now)
        return await asyncio.to_thread(
            lambda: ReconcileResult(
                postings=len({*postings, *indexed, *failed} - removed),
                added=len(indexed - documents),
                renewed=len(indexed & documents),
                removed=len(removed & documents),
                failed=len(failed),
            )
        )

    async def _serving(self) -> int:
        """How many documents serve now; 0 where nothing does."""
        try:
            return await self._index.count()
        except Gone:
            return 0

    async def _with_mates(self, job_ids: Ids[UUID]) -> set[UUID]:
        """A posting that closed, or that is hidden, counts in the document of the one that leads its mates."""
        return await asyncio.to_thread(set(job_ids).union, await self._clusters.mates(job_ids))

    async def _changed(self, since: datetime) -> set[UUID]:
        """Those whose rows or vectors were written since then."""
        written = await self._postings.written_since(since)
        return await asyncio.to_thread(written.union, await self._embeddings.kept_since(self._model, since))

    async def _mend(self, since: datetime) -> set[UUID]:
        """Gather postings that were never compared, or not by these rules, and again those of late.

        Returns those whose documents may be stale.
        """
        strange = await self._clusters.strange(METHOD)
        late = await self._clusters.remembered_since(since)
        if not strange and not late:
            return set()
        open_ids = await self._postings.open_ids()
        anew, again = await asyncio.to_thread(
            lambda: (_as_they_lie(strange, open_ids), _as_they_lie(late.difference(strange), open_ids))
        )
        return await self._gather(anew, again=False) | await self._gather(again, again=True)

    async def _gather(self, job_ids: Sequence[UUID], *, again: bool) -> set[UUID]:
        found = set[UUID]()
        for some in _batches(job_ids, BATCH):
            rows = await self._postings.known(some)
            found |= await self._gathering.gather(list(rows.values()), again=again)
        return found

    async def _add(self, job_ids: Ids[UUID], collection: str) -> None:
        """To a collection that is built. What changes meanwhile is made anew once it serves."""
        rows = await self._postings.excerpts(job_ids)
        await self._index.upsert(await self._showing.documents(rows.values()), collection)


def _refuse_loss(given_up: int, of: int) -> None:
    """Raise Permanent where so many documents have no posting that the store must have lost them: the index is what is left of it."""
    if of > FEW and given_up > of * MOST_GIVEN_UP:
        what = (
            f"lacks {given_up} of the {of} jobs that the search index holds: it lost them, or belongs to something else"
        )
        hint = "restore a backup, or make it so with 'quiethire index reconcile --accept-loss'"
        raise Permanent(what, where="clickhouse", hint=hint, kind="postings_lost")


def _as_they_lie(job_ids: Ids[UUID], open_ids: KeysView[UUID]) -> list[UUID]:
    """In the order of the rows, closed ones last: a batch from all over a large table costs as much as the table."""
    return [*(each for each in open_ids if each in job_ids), *(each for each in job_ids if each not in open_ids)]


def _batches(ids: Sequence[UUID], size: int) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


@asynccontextmanager
async def _outlasting(told: Callable[[], Sequence[object]] = tuple) -> AsyncIterator[None]:
    """Heartbeats, which say what is `told`. An index that restarts seems, for a moment, to have no collections: what met that is tried again."""
    async with heartbeating(told):
        try:
            yield
        except Gone as error:
            what = f"restarts, or lost a collection: {error.detail}"
            raise Transient(what, where=error.where, hint="quiethire index status") from error
