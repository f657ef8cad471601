"""GET /api/v1/jobs and GET /api/v1/jobs/{id}."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query

from quiethire.domain.base import Model
from services.api.dependencies import ClientsDep
from services.api.mates import mates_of
from services.api.postings import PostingDetail, PostingSummary

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])


class JobsQuery(Model):
    """Which postings to list."""

    limit: Annotated[int, Query(ge=1, le=100)] = 50
    after: UUID | None = None
    """`next_after` of the page before."""
    company: Annotated[str | None, Query(max_length=200)] = None


class JobsPage(Model):
    """Open postings in a lasting order. `next_after` is null on the last page."""

    jobs: tuple[PostingSummary, ...]
    next_after: UUID | None


@router.get("")
async def list_jobs(query: Annotated[JobsQuery, Query()], clients: ClientsDep) -> JobsPage:
    """List open postings, for example `/api/v1/jobs?limit=100&company=Northwind`.

    Follow `next_after` until it is null: nothing is skipped or told twice, however much changes meanwhile.
    """
    rows = await clients.postings.page(limit=query.limit + 1, after=query.after, company=query.company)
    kept = rows[: query.limit]
    more = len(rows) > query.limit
    return JobsPage(
        jobs=tuple(PostingSummary.of(row) for row in kept), next_after=kept[-1].posting.id if more else None
    )


@router.get("/{job_id}")
async def get_job(job_id: UUID, clients: ClientsDep) -> PostingDetail:
    """One posting, open or closed, with where each field was found and what happened to it."""
    row = await clients.postings.get(job_id)
    if row is None:
        raise HTTPException(404, "There is no posting with this id.")
    return PostingDetail.whole(
        row,
        await clients.postings.history(job_id),
        await clients.boards.recent_crawls(row.posting.board_key) if row.posting.board_key else [],
        await mates_of(clients, job_id),
    )
