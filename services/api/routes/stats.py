"""GET /api/v1/stats."""

from fastapi import APIRouter

from quiethire.domain.base import Model
from quiethire.domain.ports import PostingStats
from services.api.dependencies import ClientsDep

router = APIRouter(prefix="/api/v1", tags=["stats"])


class Stats(Model):
    """What QuietHire knows, counted now."""

    postings: PostingStats
    companies: int
    """Companies known, with postings or without."""
    boards: int
    """Boards known."""
    queue: dict[str, int]
    """URLs waiting to be crawled, by status."""


@router.get("/stats")
async def get_stats(clients: ClientsDep) -> Stats:
    """Counts of postings, companies, boards and the crawl queue."""
    return Stats(
        postings=await clients.postings.stats(),
        companies=await clients.companies.count(),
        boards=await clients.boards.count(),
        queue=await clients.queue.counts(),
    )
