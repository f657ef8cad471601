"""Everything that a search finds, a batch at a time."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from math import ceil
from typing import TypeVar
from uuid import UUID

from activities.shown_jobs import shown_jobs
from quiethire.clients import Clients
from quiethire.domain.errors import QuietHireError, Transient
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.search import TELLING, SearchQuery, Sort
from quiethire.telemetry import ERRORS

logger = logging.getLogger(__name__)

T = TypeVar("T")

SCANNED = 500
"""Postings at a time, where all are wanted."""

FETCHED = 2_000
"""Postings that are fetched at a time by their ids. They lie anywhere: the more, the more of them share a block of the store."""

_PAGE = 100
_PAGES = 250
"""What the plain search gives: so many postings at a time, so many times."""

_NARROWS_NOTHING = {*TELLING, "sort", "per_page"}


async def walk(clients: Clients, query: SearchQuery) -> AsyncGenerator[list[tuple[StoredPosting, int]]]:
    """The jobs that this search finds, each once, with the number of their open postings; memory holds one batch.

    Newest first; where nothing is asked for, all jobs, in the order of the store. Raises Transient where that cannot be
    told, before the first batch or after any.
    """
    async with aclosing(_rows(clients, query)) as batches:
        async for rows in batches:
            if jobs := await shown_jobs(clients, rows):
                yield jobs


async def _rows(clients: Clients, query: SearchQuery) -> AsyncGenerator[list[StoredPosting]]:
    if not query.model_dump(exclude=_NARROWS_NOTHING, exclude_defaults=True):
        async with _closed(clients.postings.scan(SCANNED)) as scanned:
            async for rows in scanned:
                yield rows
        return
    ids: list[UUID] = []
    async with aclosing(_ids(clients, query)) as batches:
        async for some in batches:
            ids += some
            while len(ids) >= FETCHED:
                yield await _known(clients, ids[:FETCHED])
                del ids[:FETCHED]
    yield await _known(clients, ids)


async def _known(clients: Clients, ids: Sequence[UUID]) -> list[StoredPosting]:
    """The postings that are there, in this order."""
    known = await clients.postings.known(ids)
    return [known[job_id] for job_id in ids if job_id in known]


async def _ids(clients: Clients, query: SearchQuery) -> AsyncGenerator[list[UUID]]:
    """By the index, or by ClickHouse where the index does not answer: each says who is in, so they never take turns."""
    async with _closed(clients.index.walk(query)) as walked:
        try:
            first: list[UUID] = await anext(walked, [])
        except QuietHireError as error:
            ERRORS.labels(kind=error.kind).inc()
            logger.warning("the index does not answer, walking ClickHouse: %s", error, extra={"where": error.where})
        else:
            if first:
                yield first
            async for ids in walked:
                yield ids
            return
    async for ids in _plainly(clients, query):
        yield ids


@asynccontextmanager
async def _closed(batches: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """These batches, and no more of them at the end: whoever gives them is told at once, not when memory is tidied up."""
    try:
        yield batches
    finally:
        if isinstance(batches, AsyncGenerator):
            await batches.aclose()


async def _plainly(clients: Clients, query: SearchQuery) -> AsyncGenerator[list[UUID]]:
    """By the plain search, page after page.

    Where fewer are found than a page before, some closed, and others may have moved up to pages that were told already: as many
    pages are asked again.
    """
    told: set[UUID] = set()
    page, before = 1, 0
    while page <= _PAGES:
        asked = query.model_copy(update={"sort": Sort.DATE, "page": page, "per_page": _PAGE, "facets": ()})
        result = await clients.postings.search(asked)
        if result.found > _PAGE * _PAGES:
            raise Transient(
                f"{result.found} postings are more than the plain search can tell",
                where="search index",
                hint="try again when the index is back, or ask for less",
            )
        gone, before = before - result.found, result.found
        if gone > 0:
            page = max(1, page - ceil(gone / _PAGE))
            continue
        ids = [UUID(hit.document.id) for hit in result.hits]
        fresh = [job_id for job_id in ids if job_id not in told]
        told.update(fresh)
        if fresh:
            yield fresh
        if len(ids) < _PAGE:
            return
        page += 1
