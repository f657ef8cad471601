"""Postings gathered with those of the same job, and the one of each job that the search index shows."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from activities.clients import Clients
from quiethire.domain.cluster import moved
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.search import IndexFailure, SearchDocument
from services.duplicates.clusters import arrange, gathered
from services.duplicates.fingerprint import METHOD, fingerprints
from services.parser.ats.registry import recognise


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
        self._postings = clients.postings
        self._clusters = clients.clusters
        self._index = clients.index

    async def documents(self, rows: Iterable[StoredPosting]) -> list[SearchDocument]:
        """The documents of those postings that are shown."""
        open_ = {row.posting.id: row for row in rows if row.is_open}
        listings = await self._clusters.listings(open_)
        return [
            SearchDocument.of(row, count) for job_id, row in open_.items() if (count := listings.get(job_id, 1)) > 0
        ]

    async def refresh(self, job_ids: Collection[UUID]) -> tuple[int, list[IndexFailure]]:
        """Make the documents of these postings and of their mates from what is stored; those not shown are removed.

        Returns how many were sent, and which of them the index refused.
        """
        rows = await self._postings.known({*job_ids, *await self._clusters.mates(job_ids)})
        documents = await self.documents(rows.values())
        shown = {document.id for document in documents}
        failures = await self._index.upsert(documents)
        await self._index.delete([job_id for job_id in rows if str(job_id) not in shown])
        return len(documents), failures
