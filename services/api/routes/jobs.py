"""GET /api/v1/jobs and GET /api/v1/jobs/{id}."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field
from pydantic_core import PydanticCustomError

from quiethire.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.errors import QuietHireError, Transient
from services.api.dependencies import ClientsDep, JobId
from services.api.jobs.details import PartialPosting, detail_of, part_of
from services.api.jobs.examples import JOB, SUMMARY
from services.api.jobs.postings import PostingDetail, PostingSummary
from services.api.search.cursors import ListCursor, ListCursorText

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

_CURSOR = ListCursor(after=UUID(JOB)).text()


class Listed(StrEnum):
    """Which postings a list has."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


_CLOSED: dict[Listed, bool | None] = {Listed.OPEN: False, Listed.CLOSED: True, Listed.ALL: None}


def _a_moment_of_postings(at: datetime) -> datetime:
    """Beyond these years stores and time zones end, and there is no posting."""
    if not 1970 <= at.year < 2200:
        raise PydanticCustomError("updated_since", "must be a moment of the years 1970 to 2199")
    return at


class JobsQuery(Model):
    """Which postings to list."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    status: Listed = Field(Listed.OPEN, examples=["all"])
    """`open`, `closed` or `all`."""
    company: str | None = Field(None, max_length=200, examples=["Northwind", "northwind.example"])
    """A company's name as its postings have it, in any case of letters, or its domain."""
    updated_since: Annotated[AwareDatetime, AfterValidator(_a_moment_of_postings)] | None = Field(
        None, examples=["2026-11-01T00:00:00Z"]
    )
    """Postings of which something was written at this moment (RFC 3339) or later: what changed, opened, closed, or was read wrongly before and
    is corrected. Their own `updated_at` may be earlier. With `status=all`, what to follow to keep a copy current."""
    per_page: int = Field(50, ge=1, le=100, examples=[100])
    """Postings a page."""
    cursor: ListCursorText | None = Field(None, examples=[_CURSOR])
    """`next_cursor` of the page before."""


class JobsPage(Model):
    """Postings in a lasting order. `next_cursor` is null on the last page."""

    model_config = ConfigDict(json_schema_extra={"example": {"jobs": [SUMMARY], "next_cursor": _CURSOR}})

    jobs: tuple[PostingSummary, ...]
    next_cursor: str | None


@router.get("")
async def list_jobs(query: Annotated[JobsQuery, Query()], clients: ClientsDep) -> JobsPage:
    """List postings in a lasting order, for example `/api/v1/jobs?company=northwind.example&per_page=100`.

    Follow `next_cursor` until it is null: nothing is skipped or told twice, however much changes meanwhile.
    """
    rows = await clients.postings.page(
        limit=query.per_page + 1,
        after=ListCursor.read(query.cursor).after if query.cursor else None,
        company=query.company.strip() if query.company else None,
        closed=_CLOSED[query.status],
        updated_since=query.updated_since,
    )
    kept = rows[: query.per_page]
    more = len(rows) > query.per_page
    return JobsPage(
        jobs=tuple(PostingSummary.of(row) for row in kept),
        next_cursor=ListCursor(after=kept[-1].posting.id).text() if more else None,
    )


@router.get("/{job_id}")
async def get_job(job_id: JobId, clients: ClientsDep, response: Response) -> PostingDetail | PartialPosting:
    """One posting, open or closed: where each field was found, what happened to it, where else it is listed, and its like.

    While the store of postings is out of reach, open ones are told as the search index has them: `partial` is true then, and
    the history and the origins are missing.
    """
    try:
        posting: PostingDetail | PartialPosting | None = await detail_of(clients, job_id)
    except Transient as error:
        posting = await _partly(clients, job_id, error)
        response.headers["Cache-Control"] = "no-store"
    if posting is None:
        raise HTTPException(404, "There is no posting with this id.")
    return posting


async def _partly(clients: Clients, job_id: UUID, error: Transient) -> PartialPosting:
    """Raises the error of the store where the index does not help: a posting that it lacks may still be a closed one."""
    try:
        part = await part_of(clients, job_id)
    except QuietHireError:
        raise error from None
    if part is None:
        raise error
    return part
