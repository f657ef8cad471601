"""From parsed postings to the stores: ClickHouse first, the search index at once after it."""

import logging
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from temporalio import activity

from activities.batches import PostingBatch, load_batch
from activities.clients import Clients
from activities.duplicates import Gathering, Showing
from activities.errors import ATTEMPTS
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.cadence import confirmed_after, due_at, is_sudden, unconfirmed_since
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import StoredPosting, close, observe
from quiethire.domain.result import Problem
from quiethire.domain.search import INDEX_GENERATION_KEY
from quiethire.domain.urls import canonical_url
from quiethire.telemetry import ERRORS, JOBS, OPEN_JOBS

logger = logging.getLogger(__name__)

GENERATION_TTL = timedelta(days=1)

_OUTCOMES = ("opened", "changed", "corrected", "reopened", "unchanged")


class StoreInput(Model):
    """A batch of postings as seen at `at`."""

    batch: PostingBatch
    at: datetime


class StoreResult(Model):
    """What the batch changed. `touched` are the ids whose search documents are stale now."""

    opened: int
    changed: int
    corrected: int = 0
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
    touched: tuple[UUID, ...] = ()
    """Postings that are stored, and whose documents are still to be made."""


class CloseResult(Model):
    """Postings that the board no longer lists."""

    closed: int
    indexed: int = 0
    """Documents written."""
    problems: tuple[Problem, ...] = ()


class StoreActivities:
    """`store_jobs_in_clickhouse`, `index_jobs_in_typesense` and `close_missing_jobs`."""

    def __init__(self, clients: Clients) -> None:
        self._archive = clients.archive
        self._postings = clients.postings
        self._candidates = clients.candidates
        self._boards = clients.boards
        self._cache = clients.cache
        self._gathering = Gathering(clients)
        self._showing = Showing(clients)

    @activity.defn(name="store_jobs_in_clickhouse")
    async def store_jobs_in_clickhouse(self, input: StoreInput) -> StoreResult:
        """Write what is new or changed, and gather it with its like; what is unchanged is only counted."""
        began = time.perf_counter()
        seen = (await load_batch(self._archive, input.batch)).postings
        known = await self._postings.known_of(seen)
        advance = observe(known, seen, input.at)
        if advance.rows:
            await self._postings.save(advance.rows, advance.events)
        # Of those that an earlier try wrote too: it may have died before it looked for their like.
        written = {**known, **{row.posting.id: row for row in advance.rows}}
        stale = await self._gathering.gather([written[job_id] for job_id in advance.touched])
        touched = (*advance.touched, *sorted(stale.difference(advance.touched)))
        counts = {name: getattr(advance, name) for name in _OUTCOMES}
        for outcome, count in counts.items():
            JOBS.labels(outcome=outcome).inc(count)
        return StoreResult(**counts, touched=touched, seconds=time.perf_counter() - began)

    @activity.defn(name="index_jobs_in_typesense")
    async def index_jobs_in_typesense(self, input: IndexInput) -> IndexResult:
        """Make the search documents of these postings' jobs from ClickHouse: one for each job that is open anywhere."""
        began = time.perf_counter()
        indexed, problems = await self._show(input.job_ids)
        return IndexResult(indexed=indexed, problems=problems, seconds=time.perf_counter() - began)

    @activity.defn(name="close_missing_jobs")
    async def close_missing_jobs(self, input: CloseInput) -> CloseResult:
        """Close what a complete crawl no longer lists, show what changed, and keep the facts of the crawl.

        Postings that an earlier try closed are found again by its moment, so that a death on the way leaves nothing undone.
        """
        record = input.record
        board = await self._boards.get(record.board_key)
        if board is None and not record.seen and not record.complete:
            # An address that never answered as a board is none.
            return CloseResult(closed=0)
        if board is None or board != board.model_copy(update=input.board.model_dump(exclude_none=True)):
            await self._boards.add(input.board)
        crawls = [
            crawl for crawl in await self._boards.recent_crawls(record.board_key) if crawl.crawl_id != record.crawl_id
        ]
        # Those closed at this very moment were closed by an earlier try of this crawl, and count as closed by it.
        known = await self._postings.of_board(record.board_key, record.started_at)
        missing = await self._missing(known, input.batches) if record.complete else {}
        problems: tuple[Problem, ...] = ()
        closed = missing
        facts = record.model_copy(update={"missing": len(missing)})
        if not _is_believed(facts, crawls, len(known)):
            detail = f"{len(missing)} of {len(known)} postings are gone at once; they close if a later crawl agrees"
            problems = (Problem(kind="sudden_drop", where=record.board_key, detail=detail),)
            closed = {}
        if closed:
            rows, events = close(closed.values(), record.started_at)
            await self._postings.save(rows, events)
            await self._candidates.remove_matches_of(list(closed))
            JOBS.labels(outcome="closed").inc(len(rows))
        indexed, unshown = await self._shown_at_last((*input.touched, *closed), record.board_key)
        if closed or record.opened or record.reopened:
            OPEN_JOBS.set((await self._postings.stats()).open)
        facts = facts.model_copy(update={"closed": len(closed)})
        await self._boards.record_crawl(facts, due_at=due_at([facts, *crawls]))
        return CloseResult(closed=len(closed), indexed=indexed, problems=(*problems, *unshown))

    async def _shown_at_last(self, job_ids: Sequence[UUID], where: str) -> tuple[int, tuple[Problem, ...]]:
        """As `_show`; but an index that stays away must not keep a crawl from its facts: ReconcileWorkflow mends it."""
        try:
            return await self._show(job_ids)
        except Transient as error:
            if activity.info().attempt < ATTEMPTS:
                raise
            return 0, (Problem.of(error, where),)

    async def _show(self, job_ids: Sequence[UUID]) -> tuple[int, tuple[Problem, ...]]:
        """Make the documents of these postings and of their mates: where a job is open elsewhere, the next is shown."""
        if not job_ids:
            return 0, ()
        sent, failures = await self._showing.refresh(job_ids)
        await self._new_generation()
        problems = (
            Problem(kind="not_indexed", where=str(failure.job_id), detail=failure.error) for failure in failures
        )
        return sent - len(failures), tuple(problems)

    async def _missing(
        self, known: Mapping[UUID, StoredPosting], batches: Sequence[PostingBatch]
    ) -> dict[UUID, StoredPosting]:
        """Postings that were neither listed nor among the pages that were listed and then refused."""
        listed: set[UUID] = set()
        refused: set[str] = set()
        for batch in batches:
            content = await load_batch(self._archive, batch)
            listed.update(posting.id for posting in content.postings)
            refused.update(canonical_url(refusal.url) for refusal in content.refused)
        return {
            job_id: row
            for job_id, row in known.items()
            if job_id not in listed and canonical_url(row.posting.url) not in refused
        }

    async def _new_generation(self) -> None:
        """Answers cached before this moment are no longer asked for."""
        stamp = str(time.time_ns()).encode()
        try:
            await self._cache.set(INDEX_GENERATION_KEY, stamp, GENERATION_TTL)
        except Transient as error:
            # The cache may be gone at any moment; its answers are gone with it, and live five minutes at most.
            ERRORS.labels(kind="cache").inc()
            logger.warning("index generation not told: %s", error)


def _is_believed(record: CrawlRecord, crawls: Sequence[CrawlRecord], known: int) -> bool:
    """Whether one crawl is proof enough. Where many are gone at once, an earlier one must have said so too."""
    if not is_sudden(known, record.missing):
        return True
    return record.started_at - (unconfirmed_since(crawls) or record.started_at) >= confirmed_after(record)
