"""GET /api/v1/exports/jobs.{csv,jsonl,parquet}: everything that a search finds, streamed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import StreamingResponse

from quiethire.clients import Clients
from quiethire.domain.access import Scope
from quiethire.domain.search import SearchQuery
from services.api.access import CallerDep, require
from services.api.dependencies import ClientsDep
from services.api.exports import MEDIA_TYPES, ExportFormat, Job, encoder
from services.api.parameters import SearchParameters
from services.api.search import find
from services.api.walking import unpaged, walk

router = APIRouter(prefix="/api/v1/exports", tags=["exports"])

WITHOUT_KEY = 10_000
"""Most jobs of an export without an API key."""

_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, in chunks. A connection that ends without the last chunk has not told everything.",
        "content": {media.partition(";")[0]: {} for media in MEDIA_TYPES.values()},
    }
}


@router.get(
    "/jobs.{format}",
    response_class=StreamingResponse,
    responses=_ANSWER,
    dependencies=[Depends(require(Scope.EXPORT))],
)
async def export_jobs(
    format: ExportFormat, parameters: Annotated[SearchParameters, Query()], clients: ClientsDep, caller: CallerDep
) -> StreamingResponse:
    """Every job that a search finds, for example `/api/v1/exports/jobs.csv?q=data+engineer&remote=remote`, newest first.

    The parameters are those of the search, but for `sort` and paging. Without any, every job that is open is given. CSV is
    RFC 4180 in UTF-8: a text that a spreadsheet could take for a formula is preceded by an apostrophe, lists are joined by
    ` | `, and a description ends after 32,000 characters. JSON Lines tells whole postings; Parquet has typed columns.
    Without an API key an export holds at most 10,000 jobs.
    """
    query = unpaged(parameters).query(datetime.now(UTC))
    if caller.is_anonymous:
        await _bounded(clients, query)
    jobs = walk(clients, query)
    # What fails at once is answered as a problem; what fails later breaks the connection, so that no part passes for the whole.
    first: list[Job] = await anext(jobs, [])
    return StreamingResponse(
        file_of(format, first, jobs),
        media_type=MEDIA_TYPES[format],
        headers={
            "Content-Disposition": f'attachment; filename="quiethire-jobs.{format.value}"',
            "Cache-Control": "no-store",
        },
    )


async def _bounded(clients: Clients, query: SearchQuery) -> None:
    found = orjson.loads(await find(clients, query.model_copy(update={"page": 1, "per_page": 1})))["found"]
    if found > WITHOUT_KEY:
        raise HTTPException(
            403,
            f"These are {found} jobs. An export of more than {WITHOUT_KEY} needs an API key with the scope 'export'.",
        )


async def file_of(format: ExportFormat, first: Sequence[Job], rest: AsyncGenerator[list[Job]]) -> AsyncIterator[bytes]:
    """The file in parts. Encoding goes on beside the loop, which serves others meanwhile."""
    file = encoder(format)
    if part := await asyncio.to_thread(file.rows, first):
        yield part
    async with aclosing(rest):
        async for jobs in rest:
            if part := await asyncio.to_thread(file.rows, jobs):
                yield part
    yield await asyncio.to_thread(file.end)
