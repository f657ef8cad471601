"""Fetching a board and its job pages. Bodies go to the page archive; references are what returns."""

import asyncio
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from temporalio import activity

from activities.batches import MAX_LINKS, NAMED, PostingBatch, UrlList, load_urls, save_batches, save_urls
from activities.clients import Clients
from activities.errors import ATTEMPTS, LONGEST_WAIT
from activities.heartbeat import heartbeating
from activities.job_pages import fetch_pages
from activities.listing_pages import ListingPages, read_on
from activities.shapes import Followed, ShapeYield, yields_of
from quiethire.domain.base import Model
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.errors import Gone, Permanent, QuietHireError, SchemaDrift, Throttled, Transient
from quiethire.domain.page import FetchSpec, Page, PageRef, Render
from quiethire.domain.posting import JobPosting
from quiethire.domain.result import Problem, Refusal
from quiethire.domain.urls import host_of
from quiethire.telemetry import ERRORS
from services.crawler.crawler import is_unrendered
from services.crawler.soft404 import SoftNotFound
from services.osint.outline import outline_of
from services.parser.ats.registry import adapter_for, page_request, recognise
from services.parser.parse import ParsedPage

logger = logging.getLogger(__name__)

MAX_BOARD_PAGES = 400
"""Listing pages of one board: a board that has more, or pages for ever, is cut, and so never complete."""

READ_SECONDS = 75.0
"""After so long a board's further pages are left to another activity, which finds those that were read in the archive."""

MAX_REPEATS = 3
"""Pages in a row that give nothing new, after which a board's paging is taken to go nowhere."""

PAGES_AT_ONCE = 50
"""Job pages that one activity fetches, side by side. The crawler's own bounds stay in force below this."""


class CrawlBoardInput(Model):
    """A board to read. `started_at` names the crawl: what was archived since then is not fetched again."""

    board: Board
    started_at: datetime
    offline: bool = False


class BoardCrawl(Model):
    """What the board itself gave."""

    board: Board
    """The board that was read: an ATS board where the page asked for only embeds one."""
    batches: tuple[PostingBatch, ...] = ()
    refused: tuple[Refusal, ...] = ()
    """The first of those that the batches hold."""
    listing: PageRef | None = None
    """The company's own page, whose links are still to be followed."""
    further: ListingPages = ListingPages()
    """The pages on which that listing goes on."""
    links: UrlList | None = None
    """Job pages that the board names and that are still to be fetched."""
    complete: bool = False
    """Whether the whole board was seen: last page reached, counts agree, no error."""
    failed: bool = False
    """Whether the board could not be read, and should be tried again soon."""
    unfinished: bool = False
    """Whether time ran out: the same activity again goes on from what is in the archive. Nothing but `wait` is told then."""
    wait: float = 0.0
    """Seconds that the host asked for before the next try."""
    problems: tuple[Problem, ...] = ()
    requests: int = 0
    seconds: float = 0.0


class CrawlPagesInput(Model):
    """Job pages to fetch: the next `PAGES_AT_ONCE` of the list that are followed, from `start`."""

    urls: UrlList
    start: int
    started_at: datetime
    offline: bool = False
    followed: Followed = Followed()
    """Which of them are still worth a fetch."""


class PagesCrawl(Model):
    """The pages that came, and what went wrong with the others."""

    pages: tuple[PageRef, ...]
    end: int | None = None
    """Where the list goes on; None after as many as are fetched at once."""
    wait: float = 0.0
    """Seconds that a host asked for before it goes on."""
    left: int = 0
    """How many on the way there were not worth a fetch."""
    barren: tuple[ShapeYield, ...] = ()
    """The shapes of those that are not there: they bring no posting either."""
    problems: tuple[Problem, ...] = ()
    failed: bool = False
    """Whether some of them should be tried again soon."""
    requests: int = 0
    seconds: float = 0.0


class CrawlActivities:
    """`crawl_career_page` and `crawl_job_pages`."""

    def __init__(self, clients: Clients) -> None:
        self._fetcher = clients.fetcher
        self._archive = clients.archive
        self._parser = clients.parser
        self._per_host = clients.settings.host_concurrency
        self._soft_404 = SoftNotFound(clients.fetcher, clients.archive, clients.cache)

    @activity.defn(name="crawl_career_page")
    async def crawl_career_page(self, input: CrawlBoardInput) -> BoardCrawl:
        """Read a board: an ATS through its own feed, page by page, a website by its listing page."""
        began = time.perf_counter()
        async with heartbeating():
            try:
                crawl = await self._crawl(input)
            except Throttled as error:
                # Who waits holds nothing: not this activity, but a timer of the workflow.
                waits = error.retry_after <= LONGEST_WAIT
                crawl = (
                    BoardCrawl(board=input.board, unfinished=True, wait=error.retry_after)
                    if waits
                    else BoardCrawl(board=input.board, problems=(Problem.of(error, input.board.url),), failed=True)
                )
            except Transient:
                raise
            except QuietHireError as error:
                _tell_drift(error, input.board)
                problem = Problem.of(error, input.board.url)
                crawl = BoardCrawl(board=input.board, problems=(problem,), failed=isinstance(error, SchemaDrift))
        return crawl.model_copy(update={"seconds": time.perf_counter() - began})

    @activity.defn(name="crawl_job_pages")
    async def crawl_job_pages(self, input: CrawlPagesInput) -> PagesCrawl:
        """Fetch job pages, many at once. One bad page never stops the rest; what may pass is tried again."""
        began = time.perf_counter()
        chosen, end = input.followed.choose(await load_urls(self._archive, input.urls), input.start, PAGES_AT_ONCE)

        async def fetch(url: str) -> PageRef:
            ref = await self._fetch_once(page_request(url), input.started_at, offline=input.offline)
            if not input.offline:
                await self._soft_404.check(ref)
            return ref

        async with heartbeating():
            fetched = await fetch_pages(list(chosen), fetch, per_host=self._per_host)
        results = fetched.outcomes
        passing = [result for result in results.values() if isinstance(result, Transient)]
        again = next((error for error in passing if not isinstance(error, Throttled)), None)
        if again is not None and activity.info().attempt < ATTEMPTS:
            raise again  # What came is in the archive; the next try fetches only the others.
        # The list goes on from the first page that was not reached; what came from behind it is in the archive.
        end = min((place for url, place in chosen.items() if url not in results), default=end)
        outcomes = {url: results[url] for url, place in chosen.items() if place < end}
        pages = tuple(outcome for outcome in outcomes.values() if isinstance(outcome, PageRef))
        return PagesCrawl(
            pages=pages,
            end=end,
            wait=fetched.wait,
            left=end - input.start - len(outcomes),
            barren=yields_of((url, False) for url, outcome in outcomes.items() if isinstance(outcome, Gone)),
            problems=(
                *(Problem.of(outcome, url) for url, outcome in outcomes.items() if isinstance(outcome, QuietHireError)),
                *_unrendered(pages),
            ),
            failed=bool(passing),
            requests=sum(not page.from_archive for page in pages),
            seconds=time.perf_counter() - began,
        )

    async def _crawl(self, input: CrawlBoardInput) -> BoardCrawl:
        if not input.board.is_website:
            try:
                return await self._crawl_ats(input)
            except Gone as error:
                if not (input.offline and error.kind == "not_archived"):
                    raise
                # The archive may hold the page that a person reads though not the board's feed.
                board = input.board.model_copy(update={"ats": WEBSITE, "token": input.board.url})
                return await self._crawl_website(input.model_copy(update={"board": board}))
        return await self._crawl_website(input)

    async def _crawl_website(self, input: CrawlBoardInput) -> BoardCrawl:
        ref = await self._fetch_once(page_request(input.board.url), input.started_at, offline=input.offline)
        page = Page.of(ref, await self._archive.get(ref.content_hash))
        problems: tuple[Problem, ...] = ()
        embedded = await asyncio.to_thread(_embedded, page)
        if embedded is not None:
            owner = {"company_domain": input.board.company_domain, "company_name": input.board.company_name}
            try:
                return await self._crawl_ats(input.model_copy(update={"board": embedded.model_copy(update=owner)}))
            except (Permanent, SchemaDrift) as error:
                # The page may list jobs all the same: a career site on a host of its own need not answer as its
                # vendor's others do, and offline the archive may hold the page alone.
                _tell_drift(error, embedded)
                logger.info("the page is read itself: %s", error, extra={"board": embedded.key, "kind": error.kind})
                if not (input.offline and error.kind == "not_archived"):
                    problems = (Problem.of(error, embedded.url),)

        async def fetch(url: str) -> PageRef:
            return await self._fetch_once(page_request(url), input.started_at, offline=input.offline)

        retried = not input.offline and activity.info().attempt < ATTEMPTS
        further = await read_on(ref, fetch, self._archive, retried=retried)
        if further.unfinished:
            return BoardCrawl(board=input.board, unfinished=True)
        return BoardCrawl(
            board=input.board,
            listing=ref,
            further=further,
            complete=not any(page.unrendered for page in (ref, *further.pages)),
            problems=(*problems, *further.problems, *_unrendered((ref, *further.pages))),
            requests=sum(not page.from_archive for page in (ref, *further.pages)),
        )

    async def _crawl_ats(self, input: CrawlBoardInput) -> BoardCrawl:
        board = input.board
        adapter = adapter_for(board.ats)
        read = _Read()
        cursor: str | None = None
        cursors: set[str | None] = {None}
        requests = 0
        until = time.monotonic() + READ_SECONDS
        for _ in range(MAX_BOARD_PAGES):
            if cursor is not None and time.monotonic() > until:
                return BoardCrawl(board=board, unfinished=True)
            cursor_after: str | None = None
            for spec in adapter.requests(board, cursor):
                try:
                    ref = await self._fetch_once(spec, input.started_at, offline=input.offline)
                except Gone as error:
                    if cursor is None or not (input.offline and error.kind == "not_archived"):
                        raise
                    read.cut = True  # The archive holds the board's first pages alone.
                    continue
                requests += not ref.from_archive
                page = Page.of(ref, await self._archive.get(ref.content_hash))
                parsed = await self._parser.board_page(board, page, cursor)
                read.add(parsed)
                cursor_after = parsed.cursor
            if cursor_after is None or read.is_enough:
                break
            if cursor_after in cursors:
                raise SchemaDrift(f"the board's paging came back to {cursor_after!r}", where=board.key)
            cursors.add(cursor_after)
            cursor = cursor_after
        return BoardCrawl(
            board=board,
            batches=await save_batches(self._archive, read.postings, read.refused),
            refused=tuple(read.refused[:NAMED]),
            links=await save_urls(self._archive, read.links[:MAX_LINKS]) if read.links else None,
            complete=cursor_after is None and read.is_whole,
            problems=_board_problems(board, read),
            requests=requests,
        )

    async def _fetch_once(self, spec: FetchSpec, started_at: datetime, *, offline: bool) -> PageRef:
        """Fetch, unless an earlier try of this very crawl has done so: the archive is what a retry resumes from."""
        if not offline:
            latest = await self._archive.latest(spec)
            if latest is not None and latest.fetched_at >= started_at:
                if spec.render is not Render.AUTO:
                    return latest
                # What the archive does not keep is seen in the body once more: that no browser filled it.
                body = await self._archive.get(latest.content_hash)
                return latest.model_copy(update={"unrendered": is_unrendered(spec, latest, body)})
        return await self._fetcher.fetch(spec, offline=offline)


@dataclass
class _Read:
    """What the pages of a board gave, each posting and link once, and how many the board says there are."""

    postings: list[JobPosting] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    total: int | None = None
    repeats: bool = False
    """Whether some page gave but what was known: then others may have been left out."""
    in_a_row: int = 0
    cut: bool = False
    """Whether some page held more than is read of one, or is not there."""

    def add(self, parsed: ParsedPage) -> None:
        """Take in one page."""
        before, found = len(self.given), [*(posting.identity for posting in parsed.postings), *parsed.links]
        self.postings.extend(parsed.postings)
        self.refused.extend(parsed.refused)
        self.links.extend(link for link in dict.fromkeys(parsed.links) if link not in self.given)
        self.given.update(found, (refusal.url for refusal in parsed.refused))
        self.cut |= parsed.cut
        repeated = bool(found) and len(self.given) == before
        self.repeats |= repeated
        self.in_a_row = self.in_a_row + 1 if repeated else 0
        # Some boards count on their first page only, others on their last. One that shrinks while it is read has moved
        # postings past the reader: the highest count is what there is to see.
        self.total = self.total if parsed.total is None else max(self.total or 0, parsed.total)

    @property
    def is_enough(self) -> bool:
        """Whether going on is of no use."""
        return len(self.links) > MAX_LINKS or self.in_a_row == MAX_REPEATS

    @property
    def is_whole(self) -> bool:
        """Whether all that the board counts was given; one that counts nothing and gave nothing is not known to be empty."""
        counted = len(self.given) >= (1 if self.total is None else self.total)
        return counted and not (self.repeats or self.cut) and len(self.links) <= MAX_LINKS


def _tell_drift(error: QuietHireError, board: Board) -> None:
    """A board that changed its shape is counted and logged as an error: its adapter has to be mended."""
    if isinstance(error, SchemaDrift):
        ERRORS.labels(kind=error.kind).inc()
        logger.error("a board answers in a shape unknown to its adapter", exc_info=error, extra={"board": board.key})


def _embedded(page: Page) -> Board | None:
    """The ATS board that a page redirected to, shows in a frame, or is itself on the company's own host.

    A mere mention of a board is none.
    """
    boards = (recognise(url) for url in (page.url, *outline_of(page).frames))
    shown = next((board for board in boards if board is not None), None)
    if shown is not None:
        return shown
    marked = recognise(page.url, page.body.decode("utf-8", "replace"))
    return marked if marked is not None and host_of(marked.url) == host_of(page.url) else None


_UNFILLED = (
    "its HTML is a shell that scripts fill, and no browser filled it: there was none (QUIETHIRE_CHROMIUM_PATH names one), "
    "or rendering showed no more"
)
"""Of a page from the archive, which does not tell which it was."""


def _unrendered(pages: Iterable[PageRef]) -> tuple[Problem, ...]:
    """Pages that were taken as they came, though only their scripts would say what they hold."""
    return tuple(
        Problem(
            kind="unrendered",
            where=page.url,
            detail=page.unrendered_why or _UNFILLED,
        )
        for page in pages
        if page.unrendered
    )


def _board_problems(board: Board, read: _Read) -> tuple[Problem, ...]:
    seen, total = len(read.given), read.total
    if seen == 0:
        return (Problem(kind="empty_board", where=board.key, detail="the board answers and lists no posting"),)
    if total is not None and seen < total:
        return (Problem(kind="incomplete_board", where=board.key, detail=f"lists {total} postings and gave {seen}"),)
    if read.cut:
        return (
            Problem(kind="incomplete_board", where=board.key, detail=f"lists more than the {seen} postings it gave"),
        )
    return ()
