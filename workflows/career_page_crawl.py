"""One board, from fetch to match."""

import asyncio
import hashlib
from collections.abc import Awaitable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ActivityError, ChildWorkflowError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.batches import NAMED, PostingBatch, UrlList
    from activities.crawling import PAGES_AT_ONCE, BoardCrawl, CrawlActivities, CrawlBoardInput, CrawlPagesInput
    from activities.errors import to_problem
    from activities.listing_pages import ListingPages
    from activities.matching import ScoreInput
    from activities.parsing import ExtractLinksInput, ParseActivities, ParseInput
    from activities.shapes import ShapeYield, followed
    from activities.storing import CloseInput, IndexInput, StoreActivities, StoreInput, StoreResult
    from quiethire.domain.base import Model
    from quiethire.domain.board import Board
    from quiethire.domain.crawl import CrawlRecord
    from quiethire.domain.page import PageRef
    from quiethire.domain.result import Problem, Refusal
    from workflows.match import MatchWorkflow
    from workflows.policies import CRAWL, DATABASE, ONCE, PARSE, Urgency, priority
    from workflows.results import CareerPageCrawlResult, PostingCounts

INDEXED_AT_ONCE = 500
MATCHED_AT_ONCE = 5_000
"""Ids that one input holds: 200 kB of them."""

MAX_READS = 30
"""Activities that read one board, some 75 seconds each."""
MAX_PARTS = 1_000
"""Activities that fetch the job pages of one board: a history must not grow without end."""
MAX_WAITED = 3_600.0
"""Seconds that one crawl waits for hosts that ask for it, in all."""
LONGEST = timedelta(hours=24)
"""A crawl ends after so long: what its activities hand on stays in the archive for three days."""
STORED_AFTER = timedelta(hours=1)
"""A long crawl stores what it has by then: search does not wait for its end."""

ID_LENGTH = 240

DOMAIN = SearchAttributeKey.for_keyword("QuietHireDomain")
ATS = SearchAttributeKey.for_keyword("QuietHireAts")

T = TypeVar("T")


class CareerPageCrawlInput(Model):
    """The board to crawl. `offline` answers from the page archive alone."""

    board: Board
    offline: bool = False
    urgency: Urgency = Urgency.BATCH


def crawl_id(board: Board) -> str:
    """The workflow id of a board's crawl: a path; where a URL makes it too long, its end is a hash."""
    full = f"career-page-crawl/{board.key}"
    if len(full) <= ID_LENGTH:
        return full
    return f"{full[: ID_LENGTH - 17]}-{hashlib.sha256(full.encode()).hexdigest()[:16]}"


async def crawl_as_child(board: Board, *, offline: bool, urgency: Urgency) -> CareerPageCrawlResult:
    """Crawl a board from another workflow. Whatever goes wrong is a result, so that it never stops the parent."""
    try:
        return await workflow.execute_child_workflow(
            CareerPageCrawlWorkflow.run,
            CareerPageCrawlInput(board=board, offline=offline, urgency=urgency),
            id=crawl_id(board),
            retry_policy=ONCE,
            priority=priority(urgency, board.company_domain or board.key),
        )
    except ChildWorkflowError as error:
        problem = to_problem(error, board.key)
    except WorkflowAlreadyStartedError:
        problem = Problem(kind="already_running", where=board.key, detail="a crawl of this board runs already")
    return CareerPageCrawlResult(board=board, complete=False, failed=True, problems=(problem,))


@workflow.defn
class CareerPageCrawlWorkflow:
    """Fetch the board, follow its links, parse, store, index, close what is gone, hand what is fresh to matching."""

    def __init__(self) -> None:
        self._refused: list[Refusal] = []
        self._problems: list[Problem] = []
        self._batches: list[PostingBatch] = []
        self._stored = 0
        """How many of the batches are stored, and …"""
        self._indexed_of_touched = 0
        """… how many of the postings touched are indexed."""
        self._stored_at: datetime | None = None
        self._waited = 0.0
        self._yields: list[ShapeYield] = []
        self._counts = PostingCounts()
        self._touched: list[UUID] = []
        self._indexed = 0
        self._requests = 0
        self._complete = False
        self._failed = False
        self._seconds: dict[str, float] = {}

    @workflow.run
    async def run(self, input: CareerPageCrawlInput) -> CareerPageCrawlResult:
        """See the class."""
        started_at = workflow.now()
        self._tag(input.board)
        crawl = await self._read(input, started_at)
        if crawl is None:
            return self._result(input.board)
        self._take(crawl)
        await self._follow(crawl, input, started_at)
        await self._store(crawl.board, started_at)
        await self._finish(crawl.board, started_at)
        await self._match(crawl.board)
        return self._result(crawl.board)

    async def _read(self, input: CareerPageCrawlInput, started_at: datetime) -> BoardCrawl | None:
        """The board itself; one whose host wants long pauses takes several activities."""
        for _ in range(MAX_READS):
            crawl = await self._try(
                workflow.execute_activity_method(
                    CrawlActivities.crawl_career_page,
                    CrawlBoardInput(board=input.board, started_at=started_at, offline=input.offline),
                    priority=priority(input.urgency, input.board.key),
                    **CRAWL,
                ),
                input.board.url,
            )
            if crawl is None or not crawl.unfinished:
                return crawl
            if not await self._wait(crawl.wait):
                break
        self._slow(input.board)
        return None

    async def _wait(self, seconds: float) -> bool:
        """Let a host have its peace, if this crawl has the time. Nothing is held meanwhile."""
        self._waited += seconds
        if self._waited > MAX_WAITED:
            return False
        if seconds:
            await workflow.sleep(seconds)
        return True

    def _slow(self, board: Board) -> None:
        detail = "its pages came too slowly to be read in one crawl"
        self._lost([Problem(kind="slow_board", where=board.url, detail=detail)])
        self._failed = True

    async def _try(self, doing: Awaitable[T], where: str) -> T | None:
        """What an activity gives; or None where it failed for good, which costs its part of the crawl and no more."""
        try:
            return await doing
        except ActivityError as error:
            self._lost([to_problem(error, where)])
            self._failed = True
            return None

    def _tag(self, board: Board) -> None:
        attributes = [ATS.value_set(board.ats)]
        if board.company_domain:
            attributes.append(DOMAIN.value_set(board.company_domain))
        workflow.upsert_search_attributes(attributes)

    def _take(self, crawl: BoardCrawl) -> None:
        self._complete = crawl.complete
        self._failed = crawl.failed
        self._batches.extend(crawl.batches)
        self._refused.extend(crawl.refused)
        self._problems.extend(crawl.problems)
        self._requests += crawl.requests
        self._spent("fetch", crawl.seconds)

    async def _follow(self, crawl: BoardCrawl, input: CareerPageCrawlInput, started_at: datetime) -> None:
        """Fetch and parse the job pages that the board names or that its listing links to."""
        links = crawl.links
        if crawl.listing is not None:
            links = await self._listed(crawl.board, crawl.listing, crawl.further)
        count, start, left, parts = links.count if links else 0, 0, 0, 0
        while start < count:
            parts += 1
            if parts > MAX_PARTS or workflow.now() - started_at > LONGEST:
                self._slow(crawl.board)
                break
            fetched = await self._try(
                workflow.execute_activity_method(
                    CrawlActivities.crawl_job_pages,
                    CrawlPagesInput(
                        urls=links,
                        start=start,
                        started_at=started_at,
                        offline=input.offline,
                        # What a board itself names is followed to the end; what a page links to, as long as it pays.
                        followed=followed(self._yields if crawl.listing is not None else ()),
                    ),
                    priority=priority(input.urgency, crawl.board.key),
                    **CRAWL,
                ),
                crawl.board.url,
            )
            start = start + PAGES_AT_ONCE if fetched is None or fetched.end is None else fetched.end
            if fetched is None:
                continue
            left += fetched.left
            self._yields.extend(fetched.barren)
            self._requests += fetched.requests
            self._failed = self._failed or fetched.failed
            self._spent("fetch", fetched.seconds)
            self._lost(fetched.problems)
            await self._parse(crawl.board, fetched.pages)
            if self._is_due(started_at):
                await self._store(crawl.board, started_at)
            if not await self._wait(fetched.wait):
                self._slow(crawl.board)
                break
        if left:
            detail = f"{left} pages were not fetched: too many of their kind were no postings"
            self._lost([Problem(kind="trap", where=crawl.board.url, detail=detail)])

    async def _listed(self, board: Board, listing: PageRef, further: ListingPages) -> UrlList | None:
        """The job pages that a listing links to. A page that is a posting itself gives that, and no links."""
        extracted = await self._try(
            workflow.execute_activity_method(
                ParseActivities.extract_job_links,
                ExtractLinksInput(board=board, listing=listing, further=further),
                **PARSE,
            ),
            listing.url,
        )
        if extracted is None:
            return None
        self._batches.extend(extracted.batches)
        self._refused.extend(extracted.refused)
        self._lost(extracted.problems)
        return extracted.links

    async def _parse(self, board: Board, pages: tuple[PageRef, ...]) -> None:
        if not pages:
            return
        parsed = await self._try(
            workflow.execute_activity_method(
                ParseActivities.parse_job_data, ParseInput(board=board, pages=pages), **PARSE
            ),
            board.url,
        )
        if parsed is None:
            return
        self._batches.extend(parsed.batches)
        self._refused.extend(parsed.refused)
        self._yields.extend(parsed.yields)
        self._spent("parse", parsed.seconds)
        self._lost(parsed.problems)

    def _is_due(self, started_at: datetime) -> bool:
        """Whether what is not stored yet is a batch's worth, or old."""
        waiting = sum(batch.count for batch in self._batches[self._stored :])
        return waiting >= INDEXED_AT_ONCE or workflow.now() - (self._stored_at or started_at) > STORED_AFTER

    async def _store(self, board: Board, started_at: datetime) -> None:
        """Store and index what is not yet."""
        batches, self._stored, self._stored_at = self._batches[self._stored :], len(self._batches), workflow.now()
        stored = await asyncio.gather(
            *(
                self._try(
                    workflow.execute_activity_method(
                        StoreActivities.store_jobs_in_clickhouse, StoreInput(batch=batch, at=started_at), **DATABASE
                    ),
                    board.key,
                )
                for batch in batches
                if batch.count
            )
        )
        for result in stored:
            if result is not None:
                self._count(result)
        touched, self._indexed_of_touched = self._touched[self._indexed_of_touched :], len(self._touched)
        for job_ids in _batched(touched, INDEXED_AT_ONCE):
            indexed = await self._try(
                workflow.execute_activity_method(
                    StoreActivities.index_jobs_in_typesense, IndexInput(job_ids=job_ids), **DATABASE
                ),
                board.key,
            )
            if indexed is not None:
                self._indexed += indexed.indexed
                self._problems.extend(indexed.problems)
                self._spent("index", indexed.seconds)

    def _count(self, result: StoreResult) -> None:
        stored = result.opened + result.changed + result.corrected + result.reopened
        self._counts += PostingCounts(
            seen=stored + result.unchanged,
            stored=stored,
            opened=result.opened,
            changed=result.changed,
            corrected=result.corrected,
            reopened=result.reopened,
            unchanged=result.unchanged,
        )
        self._touched.extend(result.touched)
        self._spent("store", result.seconds)

    async def _finish(self, board: Board, started_at: datetime) -> None:
        refused = sum(batch.refused for batch in self._batches)
        self._counts += PostingCounts(seen=refused, refused=refused)
        counts = self._counts
        record = CrawlRecord(
            crawl_id=workflow.info().run_id,
            board_key=board.key,
            started_at=started_at,
            complete=self._complete,
            seen=counts.seen,
            opened=counts.opened,
            changed=counts.changed,
            corrected=counts.corrected,
            reopened=counts.reopened,
            unchanged=counts.unchanged,
            refused=counts.refused,
            closed=0,
            problems=len(self._problems),
            requests=self._requests,
        )
        ended = await self._try(
            workflow.execute_activity_method(
                StoreActivities.close_missing_jobs,
                CloseInput(board=board, record=record, batches=tuple(self._batches)),
                **DATABASE,
            ),
            board.key,
        )
        if ended is not None:
            self._counts += PostingCounts(closed=ended.closed)
            self._problems.extend(ended.problems)

    async def _match(self, board: Board) -> None:
        """Fresh postings × all candidates. A match that fails is a problem, never a failed crawl."""
        for number, job_ids in enumerate(_batched(self._touched, MATCHED_AT_ONCE)):
            try:
                scored = await workflow.execute_child_workflow(
                    MatchWorkflow.run,
                    ScoreInput(job_ids=job_ids),
                    id=f"match/{workflow.info().run_id}/{number}",
                    parent_close_policy=ParentClosePolicy.ABANDON,
                )
            except ChildWorkflowError as error:
                self._problems.append(to_problem(error, board.key))
            else:
                self._spent("match", scored.seconds)

    def _lost(self, problems: Sequence[Problem]) -> None:
        """What could not be had: the crawl did not see the whole board."""
        self._problems.extend(problems)
        self._complete = self._complete and not problems

    def _spent(self, stage: str, seconds: float) -> None:
        self._seconds[stage] = self._seconds.get(stage, 0.0) + seconds

    def _result(self, board: Board) -> CareerPageCrawlResult:
        return CareerPageCrawlResult(
            board=board,
            complete=self._complete,
            failed=self._failed,
            postings=self._counts,
            indexed=self._indexed,
            requests=self._requests,
            refused=tuple(dict.fromkeys(self._refused))[:NAMED],
            problems=tuple(dict.fromkeys(self._problems))[:NAMED],
            stage_seconds=self._seconds,
        )


def _batched(items: Sequence[UUID], size: int) -> Iterator[tuple[UUID, ...]]:
    for start in range(0, len(items), size):
        yield tuple(items[start : start + size])
