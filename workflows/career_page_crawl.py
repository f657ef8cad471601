"""One board, from fetch to match."""

import asyncio
import hashlib
from collections.abc import Awaitable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.batches import UrlList
    from activities.crawling import PAGES_AT_ONCE, BoardCrawl, CrawlActivities, CrawlBoardInput, CrawlPagesInput
    from activities.errors import to_problem
    from activities.listing_pages import ListingPages
    from activities.matching import ScoreInput
    from activities.parsing import ExtractLinksInput, ParseActivities, ParseInput
    from activities.queue import FinishInput, QueueActivities
    from activities.shapes import followed
    from activities.storing import CloseInput, IndexInput, StoreActivities, StoreInput
    from quiethire.domain.base import Model
    from quiethire.domain.board import Board
    from quiethire.domain.page import PageRef
    from quiethire.domain.ports import QueuedUrl
    from quiethire.domain.result import Problem
    from workflows.crawl_tally import CrawlSoFar, CrawlTally
    from workflows.match import score_in_parts
    from workflows.policies import CRAWL, DATABASE, INDEX, PARSE, STORE, Urgency, priority
    from workflows.results import CareerPageCrawlResult

INDEXED_AT_ONCE = 500
MATCHED_AT_ONCE = 5_000
"""Ids that one input holds: 200 kB of them."""

MAX_READS = 30
"""Activities that read one board, some 75 seconds each."""
MAX_PARTS = 1_000
"""Activities that fetch the job pages of one board."""
PARTS_A_HISTORY = 200
"""Those of one history: each costs thirty events at most, with what follows it. The next ones are a new history's.
Temporal may ask for that earlier: at 4,096 events or 4 MB."""
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
    started_at: datetime | None = None
    """When the check began that found the board changed: what it fetched is not fetched again. None: the crawl begins now."""
    so_far: CrawlSoFar | None = None
    """Set by the crawl itself, where its history starts anew."""
    queued: QueuedUrl | None = None
    """The entry of the crawl queue that is settled by this crawl: the run that claimed it may be over before."""


def crawl_id(board: Board) -> str:
    """The workflow id of a board's crawl: a path; where a URL makes it too long, its end is a hash."""
    full = f"career-page-crawl/{board.key}"
    if len(full) <= ID_LENGTH:
        return full
    return f"{full[: ID_LENGTH - 17]}-{hashlib.sha256(full.encode()).hexdigest()[:16]}"


def crawl_tags(board: Board) -> TypedSearchAttributes:
    """What a crawl is found by in the UI. Given at its start, they cost no action of their own."""
    tags = [SearchAttributePair(ATS, board.ats)]
    if board.company_domain:
        tags.append(SearchAttributePair(DOMAIN, board.company_domain))
    return TypedSearchAttributes(tags)


def fairness_key(board: Board) -> str:
    """A company's boards share its part of the workers, however many they are."""
    return board.company_domain or board.key


@workflow.defn
class CareerPageCrawlWorkflow:
    """Fetch the board, follow its links, parse, store, index, close what is gone, match what is fresh."""

    def __init__(self) -> None:
        self._tally = CrawlTally()
        self._stored = 0
        """How many of the batches are stored, and …"""
        self._indexed_of_touched = 0
        """… how many of the postings touched are indexed."""
        self._stored_at: datetime | None = None
        self._waited = 0.0

    @workflow.run
    async def run(self, input: CareerPageCrawlInput) -> CareerPageCrawlResult:
        """See the class."""
        board = await self._crawl(input)
        if input.queued is not None:
            await self._settle(input.queued)
        return self._tally.result(board)

    async def _crawl(self, input: CareerPageCrawlInput) -> Board:
        """The board that was crawled in the end."""
        started_at = input.started_at or workflow.now()
        so_far = input.so_far
        if so_far is None:
            crawl = await self._read(input, started_at)
            if crawl is None:
                return input.board
            self._tally.take(crawl)
            if crawl.same is not None:
                return crawl.board
            so_far = await self._led(crawl)
        else:
            self._tally, self._stored = so_far.tally, len(so_far.tally.batches)
            self._stored_at, self._waited = so_far.stored_at, so_far.waited
        board = so_far.board
        await self._follow(so_far, input, started_at)
        await self._store(board, started_at)
        await self._finish(board, input, started_at)
        await self._match(board)
        return board

    async def _settle(self, entry: QueuedUrl) -> None:
        """Tell the crawl queue how this ended. An entry of which nothing is told is taken again when its lease is over."""
        finished = FinishInput(entry_id=entry.id, attempt=entry.attempts, ok=not self._tally.failed)
        try:
            await workflow.execute_activity_method(QueueActivities.finish_crawl_queue_entry, finished, **DATABASE)
        except ActivityError as error:
            self._tally.name(to_problem(error, entry.url))

    async def _read(self, input: CareerPageCrawlInput, started_at: datetime) -> BoardCrawl | None:
        """The board itself; one whose host wants long pauses takes several activities."""
        for _ in range(MAX_READS):
            crawl = await self._try(
                workflow.execute_activity_method(
                    CrawlActivities.crawl_career_page,
                    CrawlBoardInput(
                        board=input.board,
                        started_at=started_at,
                        offline=input.offline,
                        # Who was asked for a look gives one; and what a check found changed is not checked again.
                        full=input.urgency is Urgency.PERSON or input.started_at is not None,
                    ),
                    priority=priority(input.urgency, fairness_key(input.board)),
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
        self._tally.lose([Problem(kind="slow_board", where=board.url, detail=detail)])
        self._tally.failed = True

    async def _try(self, doing: Awaitable[T], where: str) -> T | None:
        """What an activity gives; or None where it failed for good, which costs its part of the crawl and no more."""
        try:
            return await doing
        except ActivityError as error:
            self._tally.lose([to_problem(error, where)])
            self._tally.failed = True
            return None

    async def _led(self, crawl: BoardCrawl) -> CrawlSoFar:
        """The job pages that the board names or that its listing links to, none of them fetched yet."""
        links = crawl.links
        if crawl.listing is not None:
            links = await self._listed(crawl.board, crawl.listing, crawl.further)
        from_page = crawl.listing is not None
        return CrawlSoFar(board=crawl.board, links=links, from_page=from_page, tally=self._tally)

    async def _follow(self, so_far: CrawlSoFar, input: CareerPageCrawlInput, started_at: datetime) -> None:
        """Fetch and parse the job pages."""
        board, links = so_far.board, so_far.links
        count, start, left, parts = links.count if links else 0, so_far.start, so_far.left, so_far.parts
        while start < count:
            if self._is_full(parts - so_far.parts):
                reached = {"start": start, "left": left, "parts": parts}
                await self._go_on(so_far.model_copy(update=reached), input, started_at)
            parts += 1
            if parts > MAX_PARTS or workflow.now() - started_at > LONGEST:
                self._slow(board)
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
                        followed=followed(self._tally.yields if so_far.from_page else ()),
                    ),
                    priority=priority(input.urgency, fairness_key(board)),
                    **CRAWL,
                ),
                board.url,
            )
            start = start + PAGES_AT_ONCE if fetched is None or fetched.end is None else fetched.end
            if fetched is None:
                continue
            left += fetched.left
            self._tally.take_pages(fetched)
            await self._parse(board, fetched.pages)
            if self._is_due(started_at):
                await self._store(board, started_at)
                await self._index(board, least=1)
            if not await self._wait(fetched.wait):
                self._slow(board)
                break
        if left:
            detail = f"{left} pages were not fetched: too many of their kind were no postings"
            self._tally.lose([Problem(kind="trap", where=board.url, detail=detail)])
        self._tally.followed(links, board, from_page=so_far.from_page)

    @staticmethod
    def _is_full(parts: int) -> bool:
        """Whether this history has had its share of the job pages. Runs of before there was one go on."""
        full = parts >= PARTS_A_HISTORY or (parts > 0 and workflow.info().is_continue_as_new_suggested())
        return full and workflow.patched("crawl-continues-as-new")

    async def _go_on(self, reached: CrawlSoFar, input: CareerPageCrawlInput, started_at: datetime) -> None:
        """Settle what was fetched, so that next to nothing is carried, and leave the rest to a new history."""
        await self._store(reached.board, started_at)
        await self._index(reached.board, least=1)
        await self._match(reached.board)
        self._tally.touched = []
        carried = {"waited": self._waited, "stored_at": self._stored_at, "tally": self._tally}
        so_far = reached.model_copy(update=carried)
        workflow.continue_as_new(input.model_copy(update={"started_at": started_at, "so_far": so_far}))

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
        self._tally.take_links(extracted, board)
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
        if parsed is not None:
            self._tally.take_parsed(parsed)

    def _is_due(self, started_at: datetime) -> bool:
        """Whether what is not stored yet is a batch's worth, or old."""
        waiting = sum(batch.count for batch in self._tally.batches[self._stored :])
        return waiting >= INDEXED_AT_ONCE or workflow.now() - (self._stored_at or started_at) > STORED_AFTER

    async def _store(self, board: Board, started_at: datetime) -> None:
        """Store what is not yet."""
        batches, self._stored, self._stored_at = (
            self._tally.batches[self._stored :],
            len(self._tally.batches),
            workflow.now(),
        )
        stored = await asyncio.gather(
            *(
                self._try(
                    workflow.execute_activity_method(
                        StoreActivities.store_jobs_in_clickhouse, StoreInput(batch=batch, at=started_at), **STORE
                    ),
                    board.key,
                )
                for batch in batches
                if batch.count
            )
        )
        for result in stored:
            if result is not None:
                self._tally.take_stored(result)

    async def _index(self, board: Board, *, least: int) -> None:
        """Index what is stored and is not yet, in parts of no fewer than `least`."""
        while (waiting := len(self._tally.touched) - self._indexed_of_touched) and waiting >= least:
            job_ids = self._next_touched()
            indexed = await self._try(
                workflow.execute_activity_method(
                    StoreActivities.index_jobs_in_typesense, IndexInput(job_ids=job_ids), **INDEX
                ),
                board.key,
            )
            if indexed is not None:
                self._tally.take_indexed(indexed)

    def _next_touched(self) -> tuple[UUID, ...]:
        start = self._indexed_of_touched
        job_ids = tuple(self._tally.touched[start : start + INDEXED_AT_ONCE])
        self._indexed_of_touched += len(job_ids)
        return job_ids

    async def _finish(self, board: Board, input: CareerPageCrawlInput, started_at: datetime) -> None:
        """Index, close, record. The last part is indexed by the activity that closes: a small board needs no other.

        A page that shows another board now, all of which was read, lists nothing of its own any more: that is recorded too.
        """
        await self._index(board, least=INDEXED_AT_ONCE + 1)
        record = self._tally.record(workflow.info().run_id, board, started_at)
        closing = CloseInput(
            board=board,
            record=record,
            batches=(*self._tally.batches, *self._tally.gone),
            touched=self._next_touched(),
            offline=input.offline,
        )
        closed = await self._close(closing)
        if closed and record.complete and input.board.key != board.key and not input.offline:
            shown = self._tally.shown(record, input.board)
            await self._close(
                closing.model_copy(update={"board": input.board, "record": shown, "touched": (), "shows": True})
            )

    async def _close(self, closing: CloseInput) -> bool:
        """Close what a board no longer lists, and record its crawl. Whether that was done."""
        ended = await self._try(
            workflow.execute_activity_method(StoreActivities.close_missing_jobs, closing, **INDEX),
            closing.board.key,
        )
        if ended is not None:
            self._tally.take_closed(ended)
        return ended is not None

    async def _match(self, board: Board) -> None:
        """Fresh postings × all candidates. A match that fails is a problem, never a failed crawl."""
        for job_ids in _batched(self._tally.touched, MATCHED_AT_ONCE):
            try:
                scored = await score_in_parts(ScoreInput(job_ids=job_ids))
            except ActivityError as error:
                self._tally.name(to_problem(error, board.key))
            else:
                self._tally.take_matched(scored.seconds)


def _batched(items: Sequence[UUID], size: int) -> Iterator[tuple[UUID, ...]]:
    for start in range(0, len(items), size):
        yield tuple(items[start : start + size])
