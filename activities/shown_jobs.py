"""Jobs as they are shown: of each the posting that stands for it, with what its other listings add."""

import asyncio
from collections.abc import Iterable, KeysView
from uuid import UUID

from activities.clients import Clients
from quiethire.domain.cluster import whole_jobs
from quiethire.domain.lifecycle import StoredPosting


async def shown_jobs(clients: Clients, rows: Iterable[StoredPosting]) -> list[tuple[StoredPosting, int]]:
    """Those of these postings that stand for a job, in their order: each with what its open mates add, and their number."""
    open_ = {row.posting.id: row for row in rows if row.is_open}
    placements = await clients.clusters.mates(open_)
    known = {**open_, **await clients.postings.excerpts(set(placements) - set(open_))}
    shown = {job[0].posting.id: job for job in whole_jobs(known, placements)}
    return [shown[job_id] for job_id in open_ if job_id in shown]


async def shown_ids(clients: Clients) -> KeysView[UUID]:
    """A set of all postings that stand for a job, in the order of their rows: whoever reads those of a batch reads neighbours."""
    listings = await clients.clusters.listings()
    open_ids = await clients.postings.open_ids()
    # Whatever goes through all postings is for a thread: the heartbeats have to go on beside it.
    return await asyncio.to_thread(lambda: dict.fromkeys(each for each in open_ids if listings.get(each, 1)).keys())
