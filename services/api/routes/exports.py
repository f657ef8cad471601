"""GET /api/v1/exports/jobs.{csv,jsonl,parquet}: everything that a search finds, streamed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import StreamingResponse

from quiethire.clients import Clients
from quiethire.domain.access import Scope
from quiethire.domain.search import SearchQuery
from services.api.dependencies import ClientsDep
from services.api.gate.access import CallerDep
from services.api.publishing.exports import MEDIA_TYPES, WITHOUT_SCOPE, ExportFormat, Job, encoder
from services.api.publishing.turns import TurnsDep
from services.api.publishing.walking import walk
from services.api.search.find import count
from services.api.search.parameters import SearchFilters

router = APIRouter(prefix="/api/v1/exports", tags=["exports"])

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
)
async def export_jobs(
    format: ExportFormat,
    parameters: Annotated[SearchFilters, Query()],
    clients: ClientsDep,
    caller: CallerDep,
    turns: TurnsDep,
) -> StreamingResponse:
    """Every job that a search finds, for example `/api/v1/exports/jobs.csv?q=data+engineer&remote=remote`, newest first.

    The parameters are those of the search, without order and paging. Without any, every job that is open is given. CSV is
    RFC 4180 in UTF-8: a text that a spreadsheet could take for a formula is preceded by an apostrophe, lists are joined by
    ` | `, and a description ends after 32,000 characters. JSON Lines tells whole postings; Parquet has typed columns.
    Without an API key that has the scope `export`, an export holds at most 10,000 jobs. One caller may have two open
    at once.
    """
    query = parameters.everything().query(datetime.now(UTC))
    if not caller.may(Scope.EXPORT):
        await _bounded(clients, query)
    parts = turns.each(file_of(format, walk(clients, query)))
    # What fails at once is answered as a problem; what fails later breaks the connection, so that no part passes for the whole.
    first = await anext(parts)
    return StreamingResponse(
        _from(first, parts),
        media_type=MEDIA_TYPES[format],
        headers={
            "Content-Disposition": f'attachment; filename="quiethire-jobs.{format.value}"',
            "Cache-Control": "no-store",
        },
    )


async def _bounded(clients: Clients, query: SearchQuery) -> None:
    found = await count(clients, query)
    if found > WITHOUT_SCOPE:
        raise HTTPException(
            403,
            f"These are {found} jobs. An export of more than {WITHOUT_SCOPE} needs an API key with the scope 'export'.",
        )


async def file_of(format: ExportFormat, batches: AsyncGenerator[list[Job]]) -> AsyncGenerator[bytes]:
    """The file in parts, at least one, some of them empty. Encoding goes on beside the loop, which serves others meanwhile."""
    file = encoder(format)
    async with aclosing(batches):
        async for jobs in batches:
            yield await asyncio.to_thread(file.rows, jobs)
    yield await asyncio.to_thread(file.end)


async def _from(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    """The parts that hold anything."""
    async with aclosing(rest):
        if first:
            yield first
        async for part in rest:
            if part:
                yield part
