"""GET /api/v1/index: how the search index is doing, for operators."""

from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from pydantic import ConfigDict
from pydantic.config import JsonDict

from quiethire.clients import Clients
from quiethire.domain.access import Scope
from quiethire.domain.base import Model
from quiethire.domain.errors import QuietHireError
from quiethire.domain.index_records import KeptFailure
from quiethire.domain.search import INDEX_GENERATION_KEY, IndexCollection
from services.api.dependencies import ClientsDep
from services.api.gate.access import require
from services.api.jobs.examples import JOB

router = APIRouter(prefix="/api/v1/index", tags=["operations"], dependencies=[Depends(require(Scope.OPERATE))])

SHOWN = 100
"""Failures that are told one by one."""

_EXAMPLE: JsonDict = {
    "ready": True,
    "reason": None,
    "documents": 74009,
    "expected": 74009,
    "jobs": 74010,
    "collections": [
        {
            "name": "jobs_20261118T020000",
            "documents": 74009,
            "serves": True,
            "previous": False,
            "created_at": 1794967200,
        }
    ],
    "building": None,
    "failed": 1,
    "failures": [
        {
            "job_id": JOB,
            "error": "Request timed out.",
            "attempts": 2,
            "first_at": "2026-11-20T09:58:00Z",
            "last_at": "2026-11-20T10:00:00Z",
        }
    ],
    "reindexed_at": "2026-11-18T02:04:00Z",
    "reconciled_at": "2026-11-20T03:00:00Z",
    "generation": "51207",
}


class IndexStatus(Model):
    """How the search index is doing."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    ready: bool
    """Whether searches are answered by it. While it is not, ClickHouse answers them, and answers say `degraded`."""
    reason: str | None
    """Why it is not."""
    documents: int | None
    """Documents that it holds; null where it does not answer."""
    expected: int | None
    """Documents that it held after the last write; null where it was never counted."""
    jobs: int | None
    """Jobs that are to be shown, by ClickHouse; null where that does not answer."""
    collections: tuple[IndexCollection, ...]
    building: str | None
    """The collection that is being built."""
    failed: int
    """Postings that the index did not take."""
    failures: tuple[KeptFailure, ...]
    """Those that were tried longest ago, with what the index says; each is tried again until it is taken."""
    reindexed_at: datetime | None
    reconciled_at: datetime | None
    generation: str | None
    """Changes with the index; null where the cache does not answer."""


@router.get("")
async def get_index(clients: ClientsDep) -> IndexStatus:
    """Whether the index is whole, what it consists of, and what it did not take. It answers whatever is down, but PostgreSQL."""
    state = await clients.index_records.state(datetime.now(UTC))
    ready, documents, reason = await _asked(clients, state.documents)
    return IndexStatus(
        ready=ready,
        reason=reason,
        documents=documents,
        expected=state.documents,
        jobs=await _jobs(clients),
        collections=await _collections(clients),
        building=state.building,
        failed=await clients.index_records.count_failures(),
        failures=tuple(await clients.index_records.failures(SHOWN)),
        reindexed_at=state.reindexed_at,
        reconciled_at=state.reconciled_at,
        generation=await _generation(clients),
    )


async def _asked(clients: Clients, expected: int | None) -> tuple[bool, int | None, str | None]:
    """Whether it is whole, how many documents it holds, and what is wrong."""
    try:
        ready, documents = await clients.index.ready(), await clients.index.count()
    except QuietHireError as error:
        return False, None, str(error)
    if ready:
        return True, documents, None
    return False, documents, f"it holds {documents} of {expected} documents, or still replays what was written"


async def _jobs(clients: Clients) -> int | None:
    try:
        return max(0, await clients.postings.open_count() - await clients.clusters.hidden())
    except QuietHireError:
        return None


async def _collections(clients: Clients) -> tuple[IndexCollection, ...]:
    try:
        return await clients.index.collections()
    except QuietHireError:
        return ()


async def _generation(clients: Clients) -> str | None:
    try:
        return (await clients.cache.get(INDEX_GENERATION_KEY) or b"0").decode()
    except QuietHireError:
        return None
