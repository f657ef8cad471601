"""GET /api/v1/stats."""

from fastapi import APIRouter
from pydantic import ConfigDict
from pydantic.config import JsonDict

from quiethire.domain.base import Model
from quiethire.domain.ports import PostingStats
from services.api.dependencies import ClientsDep

router = APIRouter(prefix="/api/v1", tags=["stats"])


_EXAMPLE: JsonDict = {
    "postings": {
        "open": 81240,
        "closed": 40310,
        "companies": 9120,
        "boards": 8744,
        "with_salary": 30120,
        "remote": 14500,
        "events": {"opened": 121550, "changed": 30210, "closed": 40310},
        "by_ats": {"greenhouse": 30110, "lever": 12050, "website": 39080},
    },
    "jobs": 74010,
    "companies": 12400,
    "boards": 9100,
    "queue": {"pending": 12, "completed": 4400},
}


class Stats(Model):
    """What QuietHire knows, counted now."""

    model_config = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": _EXAMPLE})

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
