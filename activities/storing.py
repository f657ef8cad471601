"""From parsed postings to the stores: ClickHouse first, the search index at once after it."""

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from temporalio import activity

from activities.alerting import Announcing
from activities.batches import PostingBatch, load_batch
from activities.clients import Clients
from activities.duplicates import Gathering, Showing
from activities.errors import ATTEMPTS
from activities.generation import new_generation
from activities.heartbeat import heartbeating
from activities.match_withdrawal import withdraw_matches
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.cadence import believed_gone, due_at, gone_for_good
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import QuietHireError, Transient
from quiethire.domain.lifecycle import StoredPosting, close, hand_over, observe
from quiethire.domain.result import Problem
from quiethire.domain.search import IndexFailure
from quiethire.domain.urls import canonical_url
from quiethire.telemetry import ERRORS, JOBS, span
from quiethire.telemetry.metrics import INDEX_LAG

logger = logging.getLogger(__name__)

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
    shows: bool = False
    """Whether the board is a page of the company that shows another board, of whose postings these batches are."""
    offline: bool = False
    """Whether the crawl read the archive alone: it says nothing of the board as it is now."""


class CloseResult(Model):
    """Postings that the board no longer lists."""

    closed: int
    taken_over: tuple[UUID, ...] = ()
    """Postings elsewhere that stand for a job now that one of these is closed: nobody was matched with them as such."""
    indexed: int = 0
    index_seconds: float = 0.0
    """Documents written."""
    problems: tuple[Problem, ...] = ()


MOST_TAKEN_OVER = 10_000
"""What one result holds: 400 kB. The night matches the rest."""


@dataclass(frozen=True)
class _Verdict:
    """What one crawl means for the postings of its board."""

    known: int
    """How many were open."""
    doubts: Mapping[UUID, datetime]
    """Those that are missing and not believed gone, and since when."""
    of_others: Collection[UUID]
    """Those listed that belong to other boards."""
    missing: int = 0
    closed: Mapping[UUID, StoredPosting] = field(default_factory=dict)
    handed_over: tuple[StoredPosting, ...] = ()
    """Those that another board lists: rows that make them its own."""

    def problems(self, where: str) -> tuple[Problem, ...]:
        """What is missing and is not closed."""
        left = self.missing - len(self.closed) - len(self.handed_over)
        if not left:
            return ()
        detail = f"{left} of {self.known} postings are gone at once; they close if a later crawl agrees"
        return (Problem(kind="sudden_drop", where=where, detail=detail),)


def _told(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The same, counted and logged: one board's drop is its own affair, many at once are a wall before a provider, or ours."""
    for each in problems:
        ERRORS.labels(kind=each.kind).inc()
        logger.warning("postings are gone at once", extra={"board": each.where, "detail": each.detail})
    return problems


class StoreActivities:
    """`store_jobs_in_clickhouse`, `index_jobs_in_typesense` and `close_missing_jobs`."""

    def __init__(self, clients: Clients) -> None:
        self._archive = clients.archive
        self._postings = clients.postings
        self._matches = clients.matches
        self._clusters = clients.clusters
        self._boards = clients.boards
        self._cache = clients.cache
        self._records = clients.index_records
        self._announcing = Announcing(clients)
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
            with span("store", rows=len(advance.rows)):
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
        async with heartbeating():
            indexed, problems = await self._show(input.job_ids)
        return IndexResult(indexed=indexed, problems=problems, seconds=time.perf_counter() - began)

    @activity.defn(name="close_missing_jobs")
    async def close_missing_jobs(self, input: CloseInput) -> CloseResult:
        """Close what a complete crawl no longer lists, show what changed, and keep the facts of the crawl.

        An offline crawl only shows what changed: what the archive holds is no look at the board.
        Postings that an earlier try closed are found again by its moment, so that a death on the way leaves nothing undone.
        """
        async with heartbeating():
            return await self._close_missing(input)

    async def _close_missing(self, input: CloseInput) -> CloseResult:
        record = input.record
        board = await self._boards.get(record.board_key)
        if board is None and (input.shows or not (record.seen or record.complete)):
            # An address that never answered as a board is none, nor is a page that never listed anything itself.
            return CloseResult(closed=0)
        if board is None or board != board.model_copy(update=input.board.model_dump(exclude_none=True)):
            await self._boards.add(input.board)
        if input.offline:
            return await self._shown(input.touched)
        crawls = [
            crawl for crawl in await self._boards.recent_crawls(record.board_key) if crawl.crawl_id != record.crawl_id
        ]
        if record.gone and (proof := gone_for_good([record, *crawls])):
            record = record.model_copy(update={"complete": True, "proof": proof})
        overtaken = any(crawl.complete and crawl.started_at > record.started_at for crawl in crawls)
        verdict = await self._judge(record, input.batches, overtaken=overtaken)
        if verdict.closed:
            rows, events = close(verdict.closed.values(), record.started_at)
            await self._postings.save(rows, events)
            await withdraw_matches(self._matches, self._cache, list(verdict.closed))
            JOBS.labels(outcome="closed").inc(len(rows))
        facts = record.model_copy(update={"missing": verdict.missing, "closed": len(verdict.closed)})
        due = due_at([facts, *crawls], doubted_since=min(verdict.doubts.values(), default=None))
        await self._boards.record_crawl(
            facts,
            due_at=due,
            # A crawl that did not see the whole board, or was overtaken, leaves them as they are.
            doubts=verdict.doubts if record.complete and not overtaken else None,
            of_others=None if overtaken else () if input.shows else verdict.of_others,
        )
        if verdict.handed_over:
            # The last write: until it is made, a retry finds everything as it was.
            await self._postings.save(verdict.handed_over, ())
        # After the facts: an index that hangs costs the crawl none of them.
        shown = await self._shown((*input.touched, *verdict.closed))
        return shown.model_copy(
            update={
                "closed": len(verdict.closed),
                "taken_over": await self._taken_over(verdict.closed),
                "problems": (*_told(verdict.problems(record.board_key)), *shown.problems),
            }
        )

    async def _taken_over(self, closed: Collection[UUID]) -> tuple[UUID, ...]:
        """The mates of closed postings that are shown now. What was a match by its closed listing is one by these at once."""
        mates = (await self._clusters.mates(closed)).keys() - set(closed) if closed else set()
        listings = await self._clusters.listings(mates) if mates else {}
        return tuple(sorted(job_id for job_id, count in listings.items() if count)[:MOST_TAKEN_OVER])

    async def _judge(self, record: CrawlRecord, batches: Sequence[PostingBatch], *, overtaken: bool) -> _Verdict:
        """What follows from this crawl for the postings of its board; for none that a later crawl wrote.

        Those closed at this very moment were closed by an earlier try of this crawl, and count as closed by it.
        """
        key, at = record.board_key, record.started_at
        of_board = await self._postings.of_board(key, at)
        known = {job_id: reading for job_id, reading in of_board.items() if reading.updated_at <= at}
        listed, refused = await self._listed(batches)
        doubts = await self._boards.doubts(key)
        verdict = _Verdict(known=len(known), doubts=doubts, of_others=listed.difference(of_board))
        if overtaken or not record.complete:
            return verdict
        missing = {
            job_id: reading
            for job_id, reading in known.items()
            if job_id not in listed and canonical_url(reading.url) not in refused
        }
        facts = record.model_copy(update={"missing": len(missing)})
        believed = {
            *believed_gone(facts, len(known), missing, doubts),
            *(job_id for job_id, reading in missing.items() if reading.closed_at is not None),
        }
        rows = await self._not_later_than(at, believed)
        # What a later crawl wrote since it was looked at is not missing.
        missing = {job_id: reading for job_id, reading in missing.items() if job_id not in believed or job_id in rows}
        others = await self._boards.also_listed(rows, key) if rows else {}
        handed = {job_id: other for job_id, other in others.items() if rows[job_id].is_open}
        return replace(
            verdict,
            missing=len(missing),
            closed={job_id: row for job_id, row in rows.items() if job_id not in handed},
            handed_over=tuple(hand_over(rows[job_id], other) for job_id, other in handed.items()),
            # Those handed over keep their doubt until that is written: a retry believes them again.
            doubts={job_id: doubts.get(job_id, at) for job_id in missing if job_id not in believed}
            | {job_id: doubts[job_id] for job_id in handed if job_id in doubts},
        )

    async def _not_later_than(self, at: datetime, job_ids: Collection[UUID]) -> dict[UUID, StoredPosting]:
        """The rows of these postings, but for those that a later crawl wrote."""
        rows = await self._postings.known(job_ids) if job_ids else {}
        return {job_id: row for job_id, row in rows.items() if row.updated_at <= at}

    async def _shown(self, job_ids: Sequence[UUID]) -> CloseResult:
        """As `_show`, for the result of a crawl's end."""
        began = time.perf_counter()
        indexed, problems = await self._show(job_ids)
        seconds = time.perf_counter() - began
        return CloseResult(closed=0, indexed=indexed, index_seconds=seconds, problems=problems)

    async def _show(self, job_ids: Sequence[UUID]) -> tuple[int, tuple[Problem, ...]]:
        """Make the documents of these postings and of their mates: where a job is open elsewhere, the next is shown.

        What an index that stays away leaves undone is kept and is a problem: the next writes and ReconcileWorkflow mend it.
        Raises Transient where it is worth another try, and where it cannot be kept either.
        """
        if not job_ids:
            return 0, ()
        await self._announcing.note(job_ids)
        try:
            with span("index", postings=len(job_ids)):
                done = await self._showing.refresh(job_ids)
        except QuietHireError as error:
            if _is_tried_again(error):
                raise
            await self._records.failed(
                [IndexFailure(job_id=job, error=str(error)[:500]) for job in job_ids], datetime.now(UTC)
            )
            return 0, (Problem.of(error),)
        # Asked for as soon as they were stored: waiting for a worker and earlier tries count.
        INDEX_LAG.observe(max((datetime.now(UTC) - activity.info().scheduled_time).total_seconds(), 0.0))
        await new_generation(self._cache)
        await self._announcing.announce(job_ids)
        problems = (
            Problem(kind="not_indexed", where=str(failure.job_id), detail=failure.error) for failure in done.failures
        )
        return len(done.indexed), tuple(problems)

    async def _listed(self, batches: Sequence[PostingBatch]) -> tuple[set[UUID], set[str]]:
        """Postings that were listed, and the pages that were listed and then refused."""
        listed: set[UUID] = set()
        refused: set[str] = set()
        for batch in batches:
            content = await load_batch(self._archive, batch)
            listed.update(posting.id for posting in content.postings)
            refused.update(canonical_url(refusal.url) for refusal in content.refused)
        return listed, refused


def _is_tried_again(error: QuietHireError) -> bool:
    """Whether another try is waited for. Not for what is not transient, as a collection that is gone.

    An index that is away is waited for no longer than any activity waits, and not as the stores are: searches do without it.
    """
    return isinstance(error, Transient) and activity.info().attempt < ATTEMPTS
