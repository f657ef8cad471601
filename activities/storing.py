"""From parsed postings to the stores: ClickHouse first, the search index at once after it."""

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from temporalio import activity

from activities.batches import PostingBatch, load_batch
from activities.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import StoredPosting, close, observe
from quiethire.domain.ports import CrawlRecord
from quiethire.domain.result import Problem
from quiethire.domain.search import INDEX_GENERATION_KEY, SearchDocument
from quiethire.telemetry import ERRORS, JOBS

logger = logging.getLogger(__name__)

CONFIRM_AFTER = timedelta(hours=6)
"""A board that lost more than half of its postings must say so again, this much later, before any is closed."""

GENERATION_TTL = timedelta(days=1)


class StoreInput(Model):
    """A batch of postings as seen at `at`."""

    batch: PostingBatch
    at: datetime


class StoreResult(Model):
    """What the batch changed. `touched` are the ids whose search documents are stale now."""

    opened: int
    changed: int
    reopened: int
    unchanged: int
    touched: tuple[UUID, ...]
    seconds: float


class IndexInput(Model):
    """Postings whose search documents are to be made anew from what is stored."""

    job_ids: tuple[UUID, ...]


class IndexResult(Model):
    """Documents written, and those that the index refused: ReconcileWorkflow tries them again."""

    indexed: int
    problems: tuple[Problem, ...] = ()
    seconds: float


class CloseInput(Model):
    """The end of a crawl: what it saw, and whether that was the whole board."""

    board: Board
    record: CrawlRecord
    batches: tuple[PostingBatch, ...]
    refused_urls: tuple[str, ...] = ()


class CloseResult(Model):
    """Postings that the board no longer lists."""

    closed: int
    problems: tuple[Problem, ...] = ()


class StoreActivities:
    """`store_jobs_in_clickhouse`, `index_jobs_in_typesense` and `close_missing_jobs`."""

    def __init__(self, clients: Clients) -> None:
        self._archive = clients.archive
        self._postings = clients.postings
        self._index = clients.index
        self._candidates = clients.candidates
        self._boards = clients.boards
        self._cache = clients.cache

    @activity.defn(name="store_jobs_in_clickhouse")
    async def store_jobs_in_clickhouse(self, input: StoreInput) -> StoreResult:
        """Write what is new or changed; what is unchanged is only counted."""
        began = time.perf_counter()
        seen = await load_batch(self._archive, input.batch)
        known = await self._postings.known({posting.id for posting in seen})
        advance = observe(known, seen, input.at)
        if advance.rows:
            await self._postings.save(advance.rows, advance.events)
        counts = {name: getattr(advance, name) for name in ("opened", "changed", "reopened", "unchanged")}
        for outcome, count in counts.items():
            JOBS.labels(outcome=outcome).inc(count)
        return StoreResult(**counts, touched=advance.touched, seconds=time.perf_counter() - began)

    @activity.defn(name="index_jobs_in_typesense")
    async def index_jobs_in_typesense(self, input: IndexInput) -> IndexResult:
        """Make the search documents of these postings from ClickHouse: open ones are there, closed ones are not."""
        began = time.perf_counter()
        rows = await self._postings.known(set(input.job_ids))
        documents = [SearchDocument.of(row) for row in rows.values() if row.is_open]
        failures = await self._index.upsert(documents)
        await self._index.delete([job_id for job_id, row in rows.items() if not row.is_open])
        await self._new_generation()
        return IndexResult(
            indexed=len(documents) - len(failures),
            problems=tuple(
                Problem(kind="not_indexed", where=str(failure.job_id), detail=failure.error) for failure in failures
            ),
            seconds=time.perf_counter() - began,
        )

    @activity.defn(name="close_missing_jobs")
    async def close_missing_jobs(self, input: CloseInput) -> CloseResult:
        """Close what a complete crawl no longer lists, and keep the facts of the crawl.

        ClickHouse is written last: a death on the way leaves the postings open there, and the retry finds them.
        """
        record = input.record
        await self._boards.add(input.board)
        open_rows = await self._postings.of_board(record.board_key)
        missing = await self._missing(open_rows, input) if record.complete else {}
        problems: tuple[Problem, ...] = ()
        if missing and await self._is_sudden(record, len(open_rows), len(missing)):
            detail = f"{len(missing)} of {len(open_rows)} postings are gone at once; they close if a later crawl agrees"
            problems = (Problem(kind="sudden_drop", where=record.board_key, detail=detail),)
            missing = {}
        rows, events = close(missing.values(), record.started_at)
        if rows:
            await self._index.delete(list(missing))
            await self._candidates.remove_matches_of(list(missing))
            await self._postings.save(rows, events)
            await self._new_generation()
            JOBS.labels(outcome="closed").inc(len(rows))
        await self._boards.record_crawl(record.model_copy(update={"closed": len(rows)}))
        return CloseResult(closed=len(rows), problems=problems)

    async def _missing(self, open_rows: Mapping[UUID, StoredPosting], input: CloseInput) -> dict[UUID, StoredPosting]:
        listed = {posting.id for batch in input.batches for posting in await load_batch(self._archive, batch)}
        refused = set(input.refused_urls)
        return {
            job_id: row for job_id, row in open_rows.items() if job_id not in listed and row.posting.url not in refused
        }

    async def _is_sudden(self, record: CrawlRecord, known: int, missing: int) -> bool:
        """Whether so much is gone that one crawl is no proof: a site that answers with an empty page, say."""
        if missing * 2 <= known:
            return False
        last = await self._boards.last_crawl(record.board_key)
        confirmed = (
            last is not None
            and last.complete
            and last.seen * 2 < known
            and record.started_at - last.started_at >= CONFIRM_AFTER
        )
        return not confirmed

    async def _new_generation(self) -> None:
        """Answers cached before this moment are no longer asked for."""
        stamp = str(time.time_ns()).encode()
        try:
            await self._cache.set(INDEX_GENERATION_KEY, stamp, GENERATION_TTL)
        except Transient as error:
            # The cache may be gone at any moment; its answers are gone with it, and live five minutes at most.
            ERRORS.labels(kind="cache").inc()
            logger.warning("index generation not told: %s", error)
