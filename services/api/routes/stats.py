"""GET /api/v1/stats."""

from fastapi import APIRouter

from quiethire.domain.base import Model
from quiethire.domain.ports import PostingStats
from services.api.dependencies import ClientsDep

router = APIRouter(prefix="/api/v1", tags=["stats"])


class Stats(Model):
    """What QuietHire knows, counted now."""

    postings: PostingStats
    jobs: int
    """Open jobs: one that is listed in several places is several postings."""
    companies: int
    """Companies known, with postings or without."""
    boards: int
    """Boards known."""
    queue: dict[str, int]
    """URLs waiting to be crawled, by status."""


@router.get("/stats")
async def get_stats(clients: ClientsDep) -> Stats:
    """Counts of postings, companies, boards and the crawl queue."""
    postings = await clients.postings.stats()
    hidden = await clients.clusters.hidden()
    return Stats(
        postings=postings,
        jobs=max(0, postings.open - hidden),
        companies=await clients.companies.count(),
        boards=await clients.boards.count(),
        queue=await clients.queue.counts(),
    )
