"""The open postings as the matching worker keeps them in memory: read once, then kept current by what changed."""

import asyncio
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from activities.clients import Clients
from activities.shown_jobs import shown_jobs
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.ports import Vector
from quiethire.domain.posting import JobPosting
from services.matching.engine import ENGINE, PostingIndex
from services.matching.preparation import prepare
from services.matching.taxonomy.titles import EscoOccupations

logger = logging.getLogger(__name__)

WRITTEN_WITHIN = timedelta(minutes=10)
"""A row is stamped before it can be read, by the clock of who writes it."""
MARGIN = timedelta(minutes=1)
"""By how much the clocks of writers may differ."""
LOOK_AGAIN = timedelta(seconds=30)
"""The index is at most so old, but for the postings that a run names."""
ANEW_AFTER = timedelta(hours=1)
AT_ONCE = 2_000
"""Postings whose rows or vectors are read at once."""
MOST_CHANGED = 0.3
"""Share of the postings that changed at which reading all anew is less work."""


class OpenPostings:
    """One index for all runs of a process: of each job that is open the posting that is shown, with what its mates add, and its vector."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._postings = clients.postings
        self._clusters = clients.clusters
        self._embeddings = clients.embeddings
        self._model = clients.embedder.model
        self._taxonomy = clients.settings.cache_path / "taxonomy"
        self._index: PostingIndex | None = None
        self._looked_at = self._read_at = datetime.min.replace(tzinfo=UTC)
        self._states: dict[UUID, int] = {}
        """Of the postings that were written of late: as what the index knows each."""
        self._turn = asyncio.Lock()
        self._prepared: EscoOccupations | None = None
        self._preparing = asyncio.Lock()

    async def current(self, *, anew: bool = False) -> PostingIndex:
        """The index as the stores are now. `anew` reads everything, and counts anew how rare each skill is.

        That is done once for all parts of a run. An index that was given out never changes: whoever scores with it goes on
        undisturbed.
        """
        async with self._turn:
            now = datetime.now(UTC)
            if self._index is None or (anew and now - self._read_at >= ANEW_AFTER):
                self._index = await self._read_all()
                self._read_at = now
            elif now - self._looked_at >= LOOK_AGAIN:
                self._index = await self._updated(self._index)
            else:
                return self._index
            self._looked_at = now
            return self._index

    async def engine(self) -> str:
        """Versions of all that makes a score."""
        occupations = await self._occupations()
        return ENGINE if occupations is None else f"{ENGINE} esco/{occupations.version}"

    async def only(self, job_ids: Collection[UUID]) -> PostingIndex:
        """An index of those of these postings that are open and shown, in which skills are as rare as among all.

        The whole index is told of them too: whoever asks for it next need not look for them.
        """
        whole = await self.current()
        postings = await self._shown(await self._rows(job_ids))
        vectors = await self._vectors([posting.id for posting in postings])
        async with self._turn:
            gone = set(job_ids).difference(posting.id for posting in postings)
            self._index = await asyncio.to_thread((self._index or whole).changed, postings, gone, vectors=vectors)
            for job_id in job_ids:  # They were read before it was our turn: the next look reads them again.
                self._states.pop(job_id, None)
        return await asyncio.to_thread(
            PostingIndex.build,
            postings,
            rarity=whole.vocabulary.rarity,
            vectors=vectors,
            occupations=whole.vocabulary.occupations,
        )

    async def _read_all(self) -> PostingIndex:
        """Some postings at a time: a million with their texts, or with vectors of Python's numbers, are more than a machine has."""
        lately = await self._postings.written_since(datetime.now(UTC) - WRITTEN_WITHIN)
        states: dict[UUID, int] = {}
        listings = await self._clusters.listings()
        reader = PostingIndex.reader(await self._occupations())
        async for rows in self._postings.scan(AT_ONCE):
            states.update((row.posting.id, _state(row)) for row in rows if row.posting.id in lately)
            led = [row for row in rows if listings.get(row.posting.id, 1) > 1]
            postings = [row.posting for row in rows if listings.get(row.posting.id, 1) == 1] + await self._shown(led)
            vectors = await self._vectors([posting.id for posting in postings])
            await asyncio.to_thread(reader.add, postings, vectors)
        index = await asyncio.to_thread(PostingIndex.of_read, reader)
        self._states = states
        logger.info("matching index read", extra={"postings": len(index), "megabytes": index.nbytes // 1_000_000})
        return index

    async def _occupations(self) -> EscoOccupations | None:
        """ESCO's, where its packages are installed; without, titles are alike by their words alone.

        The first run may wait ten seconds for it, and no other run takes a thread meanwhile.
        """
        async with self._preparing:
            if self._prepared is None:
                self._prepared = await asyncio.to_thread(prepare, self._taxonomy)
        return self._prepared if len(self._prepared) else None

    async def _updated(self, index: PostingIndex) -> PostingIndex:
        lately, most = self._looked_at - MARGIN, MOST_CHANGED * max(len(index), AT_ONCE)
        written = await self._postings.written_since(self._looked_at - WRITTEN_WITHIN)
        if len(written - self._states.keys()) > most:
            return await self._read_all()
        rows, states = await self._rewritten(written)
        # Whichever mate of a cluster changes, another may be the one that is shown.
        moved = rows.keys() | await self._clusters.remembered_since(lately)
        touched = (
            moved | set(await self._clusters.mates(moved)) | await self._embeddings.kept_since(self._model, lately)
        )
        if len(touched) > most:
            return await self._read_all()
        rows.update({row.posting.id: row for row in await self._rows(touched - rows.keys())})
        postings = await self._shown([rows[job_id] for job_id in sorted(touched & rows.keys())])
        shown = [posting.id for posting in postings]
        vectors = await self._vectors(shown)
        index = await asyncio.to_thread(index.changed, postings, touched.difference(shown), vectors=vectors)
        self._states = states  # Not before: what a try that fails did not tell the index, the next one tells it.
        return index

    async def _rewritten(self, written: Collection[UUID]) -> tuple[dict[UUID, StoredPosting], dict[UUID, int]]:
        """Those of these rows that the index does not know as they are, and the states of all: of hours of crawling no more is held."""
        rows: dict[UUID, StoredPosting] = {}
        states: dict[UUID, int] = {}
        for some in _batches(written):
            for job_id, row in (await self._postings.known(some)).items():
                states[job_id] = _state(row)
                if self._states.get(job_id) != states[job_id]:
                    rows[job_id] = row
        return rows, states

    async def _rows(self, job_ids: Collection[UUID]) -> list[StoredPosting]:
        found: list[StoredPosting] = []
        for some in _batches(job_ids):
            rows = await self._postings.known(some)
            found += (rows[job_id] for job_id in sorted(rows))
        return found

    async def _shown(self, rows: Sequence[StoredPosting]) -> list[JobPosting]:
        """Those of these that stand for a job, each as the whole of it: as search tells of it, by whoever listed what."""
        found: list[JobPosting] = []
        for start in range(0, len(rows), AT_ONCE):
            found += (row.posting for row, _ in await shown_jobs(self._clients, rows[start : start + AT_ONCE]))
        return found

    async def _vectors(self, job_ids: Collection[UUID]) -> Mapping[UUID, Vector]:
        found: dict[UUID, Vector] = {}
        for some in _batches(job_ids):
            found.update(await self._embeddings.of_postings(self._model, some))
        return found


def _state(row: StoredPosting) -> int:
    """What tells a row from the one before it, for this process: one crawl may write a posting twice, both times as of its start."""
    return hash((row.updated_at, row.closed_at, row.posting.content_hash))


def _batches(job_ids: Collection[UUID]) -> Iterator[list[UUID]]:
    ordered = sorted(job_ids)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
