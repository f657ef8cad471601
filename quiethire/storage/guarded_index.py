"""The search index with what is known of it beside: no answer of a part of it, and nothing refused is forgotten."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from quiethire.domain import acting
from quiethire.domain.errors import Gone, QuietHireError, Transient
from quiethire.domain.index_records import IndexRecords
from quiethire.domain.ports import Meaning, SearchIndex, Vector
from quiethire.domain.search import (
    INDEX_SLOW,
    IndexCollection,
    IndexFailure,
    SearchDocument,
    SearchHit,
    SearchQuery,
    SearchResult,
    Suggestions,
)
from quiethire.telemetry import ERRORS

ASKED_EVERY = 1.0
"""Seconds after which the expected count is asked for anew, beside the searches."""

GRANTED = 10.0
"""Seconds for which it is taken for granted: only what other processes wrote since is not in it."""

LOOKED_AT_EVERY = 0.25
"""Seconds between two looks at an index that is not known to be whole."""

LOOK_PATIENCE = 0.25
"""Seconds that the search which occasions a look waits for what is seen. One that is well says so in a few thousandths; one that takes
the question and does not answer must keep nobody from the other way to search."""

PATIENCE = 1.0
"""Seconds that a search waits for the records. Without them the last count that was known is what is expected."""

STANDSTILL = 20.0
"""An index that is not whole, and whose number of documents stands still for so many seconds, has loaded all it has."""

TOLD_EVERY = 5.0
"""Seconds between two lines of the log that tell how far it is."""

COUNT_PATIENCE = 3.0
"""Seconds that a count may take while others wait for theirs."""

WHERE = "typesense"

T = TypeVar("T")

logger = logging.getLogger(__name__)


class GuardedIndex:
    """`SearchIndex` over another one, which may restart at any moment, and records that outlive it.

    A restarted index answers of the documents that it has loaded. So each answer is held against the count that was kept
    after the last write: one of fewer documents is no answer, and Transient is raised, as for an index out of reach.
    Whatever is written while a collection is built goes to that one too, so that nothing is missing when it takes over.
    """

    def __init__(self, index: SearchIndex, records: IndexRecords) -> None:
        self._index = index
        self._records = records
        self._expected: int | None = None
        self._asked_at = self._known_at = -GRANTED
        self._asking: asyncio.Task[None] | None = None
        self._doubted = self._restarted = False
        self._looked_at = self._whole_at = -LOOKED_AT_EVERY
        self._looking: asyncio.Task[None] | None = None

    async def ensure(self) -> None:
        """Create what is missing, once a restarted index has loaded what it has: until then all of it seems to be missing."""
        state = await self._records.state(_now())
        if state.documents:
            await self._let_load(state.documents)
        await self._index.ensure()
        if state.documents is None:
            await self._count()

    async def ready(self) -> bool:
        """Whether it answers with all of the documents that it was last known to hold, and has replayed all writes."""
        return await self._index.ready() and await self._has_all()

    async def upsert(self, documents: Sequence[SearchDocument], collection: str | None = None) -> list[IndexFailure]:
        """Add or replace. What is refused is kept with its reason, until it is accepted or no longer wanted."""
        if not documents:
            return []
        building = None if collection else (await self._records.state(_now())).building
        failures = await self._index.upsert(documents, collection)
        if building is not None:
            with suppress(Gone):  # The build was given up and its collection dropped.
                failures += await self._index.upsert(documents, building)
        refused = {failure.job_id for failure in failures}
        if failures:
            fields = {"documents": len(refused), "of": len(documents), "first": str(failures[0].job_id)}
            logger.warning("the index refuses documents: %s", failures[0].error, extra=fields)
        await self._records.failed(failures, _now())
        if collection is None:
            await self._records.settled({UUID(document.id) for document in documents} - refused)
            await self._count()
        return list({failure.job_id: failure for failure in failures}.values())

    async def embed(self, vectors: Mapping[UUID, Vector], collection: str | None = None) -> None:
        """Tell what postings mean."""
        building = None if collection else (await self._records.state(_now())).building
        await self._index.embed(vectors, collection)
        if building is not None:
            with suppress(Gone):
                await self._index.embed(vectors, building)

    async def delete(self, job_ids: Collection[UUID], collection: str | None = None) -> None:
        """Remove; those not there are no error. That fewer are to be expected is told first."""
        if not job_ids:
            return
        if collection is not None:
            await self._index.delete(job_ids, collection)
            return
        removal = await self._records.removing(len(job_ids), _now())
        self._asked_at = self._known_at = -GRANTED
        building = (await self._records.state(_now())).building
        await self._index.delete(job_ids)
        if building is not None:
            with suppress(Gone):
                await self._index.delete(job_ids, building)
        await self._records.settled(job_ids)
        await self._count(removal=removal)

    async def search(self, query: SearchQuery, meaning: Meaning | None = None) -> SearchResult:
        """Search. Raises Transient where the index is out of reach, or not whole."""

        async def ask() -> tuple[SearchResult, int | None]:
            result = await self._index.search(query, meaning)
            return result, result.held

        return await self.vouch(ask)

    async def walk(self, query: SearchQuery) -> AsyncIterator[list[UUID]]:
        """Every hit. Raises Transient as soon as the index is not whole."""
        await self._settle_doubt()
        async for batch in self._index.walk(query):
            await self._require_now()
            yield batch

    async def suggest(self, prefix: str, limit: int) -> Suggestions:
        """Titles, companies and skills that have a word with this beginning."""
        await self._settle_doubt()
        found = await self._index.suggest(prefix, limit)
        await self._require_now()
        return found

    async def similar(self, job_id: UUID, limit: int) -> tuple[SearchHit, ...]:
        """The postings most like this one."""
        await self._settle_doubt()
        found = await self._index.similar(job_id, limit)
        await self._require_now()
        return found

    async def vouch(self, ask: Callable[[], Awaitable[tuple[T, int | None]]]) -> T:
        """What is asked of the index in another way; with it comes how many documents it held, where that is told.

        Raises Transient where those were not all.
        """
        await self._settle_doubt()
        expected = await self._known_expected()
        try:
            found, held = await ask()
        except Transient as error:
            if error.where == WHERE:  # Of what else failed the index is innocent: the model of a search by meaning.
                self._doubted = True
                self._restarted |= error.kind != INDEX_SLOW
            raise
        if held is not None:
            await self._require(held, expected)
        return found

    async def count(self, collection: str | None = None) -> int:
        """Number of documents."""
        return await self._index.count(collection)

    async def ids(self, collection: str | None = None) -> set[UUID]:
        """The ids of all documents."""
        return await self._index.ids(collection)

    async def create(self, name: str) -> None:
        """A new, empty collection."""
        await self._index.create(name)

    async def swap(self, name: str) -> None:
        """Serve this collection. Its count is what is expected from then on."""
        await self._records.counted(lambda: self._smaller(name), _now(), exact=True)
        await self._index.swap(name)
        await self._count(exact=True)

    async def rollback(self) -> str:
        """Serve the collection from before the last swap again."""
        before = next((each for each in await self._index.collections() if each.previous), None)
        if before is not None:
            await self._records.counted(lambda: self._smaller(before.name), _now(), exact=True)
        name = await self._index.rollback()
        await self._count(exact=True)
        return name

    async def collections(self) -> tuple[IndexCollection, ...]:
        """The collections of this index."""
        return await self._index.collections()

    async def compared(self) -> None:
        """The documents were compared one by one: what is there is what is expected."""
        await self._count(exact=True)

    async def _let_load(self, expected: int) -> None:
        """Wait until it is whole, or until nothing more comes: then it has lost some, and `reconcile` brings them back.

        Raises Transient where it does not answer: what it holds nobody knows then, and nothing may be created.
        """
        held, since, told = -1, time.monotonic(), time.monotonic()
        away: Transient | None = None
        while not await self.ready():
            await asyncio.sleep(LOOKED_AT_EVERY)
            now, former = time.monotonic(), held
            try:
                held, away = await self._index.count(), None
            except Gone:
                held, away = 0, None
            except Transient as error:
                away = error
            since = since if held == former else now
            if now - since >= STANDSTILL and away is not None:
                raise away
            if now - since >= STANDSTILL:
                logger.warning("the index has lost documents", extra={"documents": held, "expected": expected})
                return
            if now - told >= TOLD_EVERY:
                told = now
                logger.info("the index loads", extra={"documents": held, "expected": expected})

    async def _smaller(self, name: str) -> int:
        """What both this and the serving collection hold, for the moment between the two."""
        return min(await self._index.count(), await self._index.count(name))

    async def _count(self, *, removal: UUID | None = None, exact: bool = False) -> None:
        """Keep how many there are. Where that fails, what is kept is too few, and harms nothing."""
        try:
            async with asyncio.timeout(COUNT_PATIENCE):
                await self._records.counted(self._index.count, _now(), removal=removal, exact=exact)
        except (QuietHireError, TimeoutError) as error:
            ERRORS.labels(kind="index_count").inc()
            logger.warning("the documents of the index were not counted: %s", error)
        self._asked_at = self._known_at = -GRANTED

    async def _require_now(self) -> None:
        """The same for answers that do not tell of how many documents they are.

        Killed and started again, the server takes longer until it answers at all than one look is good for.
        """
        if time.monotonic() - self._whole_at >= LOOKED_AT_EVERY:
            expected = await self._known_expected()
            await self._require(await self._index.count(), expected)

    async def _require(self, held: int, expected: int) -> None:
        """Raises Transient where so many documents are not all that were expected when they were asked for."""
        if held < expected:
            # Some may have been removed since that was known.
            await self._ask_records()
            expected = min(expected, self._expected or 0)
        if held < expected:
            self._doubted = self._restarted = True
            raise _not_whole(held, expected)
        self._whole_at = time.monotonic()

    async def _settle_doubt(self) -> None:
        """After a failure the index is believed again once it has all documents.

        One that may have been restarted is believed once it has replayed all that was written, too: until then an answer may
        be of all documents and still of yesterday's. One that was only slow has nothing to replay, and while others write
        there is hardly a moment without a write under way.
        """
        if not self._doubted:
            return
        if self._looking is None and time.monotonic() - self._looked_at >= LOOKED_AT_EVERY:
            looking = self._looking = asyncio.create_task(self._look())
            await asyncio.wait((looking,), timeout=LOOK_PATIENCE)
            if looking.done():
                looking.result()
        if self._doubted:
            raise _not_whole(None, self._expected)

    async def _look(self) -> None:
        try:
            self._doubted = not await (self.ready() if self._restarted else self._has_all())
            self._restarted &= self._doubted
        finally:
            self._looked_at = time.monotonic()
            self._looking = None

    async def _has_all(self) -> bool:
        try:
            await self._ask_records()
            async with asyncio.timeout(COUNT_PATIENCE):
                return await self._index.count() >= (self._expected or 0)
        except (Transient, Gone, TimeoutError) as error:
            self._restarted |= getattr(error, "kind", INDEX_SLOW) != INDEX_SLOW
            return False

    async def _known_expected(self) -> int:
        """What is to be expected of an answer that is asked for after this. A search waits for it only where it is not known."""
        now = time.monotonic()
        if now - self._asked_at >= ASKED_EVERY:
            self._asked_at = now  # At once, so that of many searches one asks.
            self._asking = asyncio.create_task(self._ask_records())
        if now - self._known_at >= GRANTED and self._asking is not None:
            await asyncio.shield(self._asking)
        return self._expected or 0

    async def _ask_records(self) -> None:
        try:
            # Whoever happens to ask: what is told is everybody's, and the store shows it to nobody who acts for a person.
            async with asyncio.timeout(PATIENCE):
                with acting.request():
                    self._expected = (await self._records.state(_now())).documents
        except (QuietHireError, TimeoutError) as error:
            ERRORS.labels(kind="index_records").inc()
            logger.warning("what the index should hold is not known anew: %s", error)
        self._asked_at = self._known_at = time.monotonic()


def _not_whole(held: int | None, expected: int | None) -> Transient:
    of = "" if held is None else f": it holds {held} of {expected}"
    return Transient(
        f"the index is loading, or has lost documents{of}",
        where=WHERE,
        hint="quiethire index status",
        kind="index_loading",
    )


def _now() -> datetime:
    return datetime.now(UTC)
