"""The postings of one job, for the page of any of them."""

from uuid import UUID

from quiethire.clients import Clients
from quiethire.domain.cluster import Member


async def mates_of(clients: Clients, job_id: UUID) -> list[Member]:
    """The cluster of a posting, this one too; nobody where it stands alone."""
    placements = await clients.clusters.mates([job_id])
    rows = await clients.postings.known(placements)
    return [Member(row=row, placement=placements[other]) for other, row in rows.items()]
