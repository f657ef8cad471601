"""Postings gathered with those of the same job, and the one of each job that the search index shows."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from activities.clients import Clients
from activities.shown_jobs import shown_jobs
from quiethire.domain.cluster import moved, whole_jobs
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.search import IndexFailure, SearchDocument
from services.duplicates.clusters import arrange, gathered
from services.duplicates.fingerprint import METHOD, fingerprints
from services.parser.ats.registry import recognise

ROUNDS = 4
"""Times that documents are made of what is stored, while it changes meanwhile; `reconcile` mends what is left."""

TRIED_AGAIN = 50
"""Failures of before that one write tries again."""


class Refreshed(NamedTuple):
    """What became of the documents of some postings, of their mates, and of failures that were tried again. Each is in one."""

    indexed: set[UUID]
    removed: set[UUID]
    """Not to be shown: they have no documents, whether they had any before or not."""
    failures: list[IndexFailure]


class Gathering:
    """Finds out which stored postings are the same job, and keeps it."""

    def __init__(self, clients: Clients) -> None:
        self._clusters = clients.clusters

    async def gather(self, rows: Sequence[StoredPosting], *, again: bool = False) -> set[UUID]:
        """Place these postings among their like; `again` those whose fingerprints are kept already.

        Fingerprints are kept before the like are looked for: of two who store at once, one at least sees the other's.
        Returns the ids of all whose documents are stale now: of those that moved, of their mates, and of those they left;
        of these postings' mates too, unless they are only compared `again`.
        """
        if not rows:
            return set()
        given = await asyncio.to_thread(fingerprints, rows, recognise)
        if not again:
            await self._clusters.remember(given)
        near = await self._clusters.around(given)
        placed = await asyncio.to_thread(arrange, [each for each in near.fingerprints if each.method == METHOD])
        mates = gathered(placed)
        kept = {job_id: at for job_id, at in placed.items() if job_id in mates or job_id in near.placements}
        changed = moved(near.placements, kept)
        await self._clusters.place(changed)
        about = set(changed) if again else {*changed, *(each.job_id for each in given)}
        both = (near.placements, mates)
        clusters = {at.cluster for placements in both for job_id, at in placements.items() if job_id in about}
        return {*changed, *(job for placements in both for job, at in placements.items() if at.cluster in clusters)}


class Showing:
    """What the search index holds: one document for each job, of the posting that stands for all of its open ones."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._postings = clients.postings
        self._clusters = clients.clusters
        self._embeddings = clients.embeddings
        self._model = clients.embedder.model
        self._index = clients.index
        self._records = clients.index_records

    async def documents(self, rows: Iterable[StoredPosting]) -> list[SearchDocument]:
        """The documents of those postings that are shown."""
        return await self._made(await shown_jobs(self._clients, rows))

    async def _made(self, jobs: Sequence[tuple[StoredPosting, int]]) -> list[SearchDocument]:
        """The documents of these jobs, with the vectors that they have by now."""
        vectors = await self._embeddings.of_postings(self._model, [row.posting.id for row, _ in jobs])
        return [SearchDocument.of(*job, embedding=vectors.get(job[0].posting.id)) for job in jobs]

    async def refresh(self, job_ids: Collection[UUID]) -> Refreshed:
        """Make the documents of these postings and of their mates from what is stored; those not shown are removed.

        Another crawl may store or close one of them between our reading and our writing, and have its documents replaced
        by ours. So what is stored is asked again afterwards, until it is what was sent.
        Those that failed before are tried again, each after twice the time that it was left alone before.
        """
        job_ids = {*job_ids, *await self._due_again()}
        sent: dict[UUID, SearchDocument | None] = {}
        failures: dict[UUID, IndexFailure] = {}
        for _ in range(ROUNDS):
            placements = await self._clusters.mates(job_ids)
            rows = await self._postings.excerpts([*job_ids, *placements])
            shown = {document.id: document for document in await self._made(whole_jobs(rows, placements))}
            # One that has no row any more is not shown either.
            wanted = {job_id: shown.get(str(job_id)) for job_id in {*job_ids, *placements}}
            changed = {
                job_id: wanted[job_id] for job_id in wanted if job_id not in sent or sent[job_id] != wanted[job_id]
            }
            if not changed:
                break
            for job_id in changed:
                failures.pop(job_id, None)
            refused = await self._index.upsert([document for document in changed.values() if document is not None])
            failures.update((failure.job_id, failure) for failure in refused)
            await self._index.delete([job_id for job_id, document in changed.items() if document is None])
            sent.update(changed)
        removed = {job_id for job_id, document in sent.items() if document is None}
        return Refreshed(sent.keys() - removed - failures.keys(), removed, list(failures.values()))

    async def _due_again(self) -> set[UUID]:
        return {each.job_id for each in await self._records.due(datetime.now(UTC), TRIED_AGAIN)}
