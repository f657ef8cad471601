"""Jobs as they are shown: of each the posting that stands for it, with what its other listings add."""

from collections.abc import Iterable

from activities.clients import Clients
from quiethire.domain.cluster import members_of, whole
from quiethire.domain.lifecycle import StoredPosting


async def shown_jobs(clients: Clients, rows: Iterable[StoredPosting]) -> list[tuple[StoredPosting, int]]:
    """Those of these postings that stand for a job, in their order: each with what its open mates add, and their number."""
    open_ = {row.posting.id: row for row in rows if row.is_open}
    placements = await clients.clusters.mates(open_)
    known = {**open_, **await clients.postings.excerpts(set(placements) - set(open_))}
    jobs = map(whole, members_of(known, placements).values())
    shown = {job[0].posting.id: job for job in jobs if job is not None}
    return [shown[job_id] for job_id in open_ if job_id in shown]
