"""Fetching a board and its job pages. Bodies go to the page archive; references are what returns."""

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from datetime import datetime

from temporalio import activity

from activities.batches import MAX_LINKS, NAMED, PostingBatch, UrlList, load_urls, save_batches, save_urls
from activities.board_lists import BoardLists, first_request, is_gone
from activities.board_reading import BoardReading
from activities.clients import Clients
from activities.errors import ATTEMPTS, LONGEST_WAIT
from activities.heartbeat import heartbeating
from activities.job_pages import fetch_pages
from activities.known_lists import answer_hash, fingerprint, listed_hash, same_again, vouching
from activities.listing_pages import ListingPages, read_on
from activities.page_checks import led_away
from activities.shapes import Followed, ShapeYield, yields_of
from quiethire.domain.base import Model
from quiethire.domain.board import WEBSITE, Board, learnt
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Gone, Permanent, QuietHireError, SchemaDrift, Throttled, Transient
from quiethire.domain.page import Page, PageRef
from quiethire.domain.result import Problem, Refusal
from quiethire.domain.urls import host_of
from quiethire.telemetry import ERRORS
from services.crawler.soft404 import SoftNotFound
from services.osint.outline import outline_of
from services.parser.ats.registry import adapter_for, page_request, recognise
from services.parser.parse import ParsedPage

logger = logging.getLogger(__name__)

MAX_BOARD_PAGES = 400
"""Listing pages of one board: a board that has more, or pages for ever, is cut, and so never complete."""

READ_SECONDS = 75.0
"""After so long a board's further pages are left to another activity, which finds those that were read in the archive."""

GONE = "listed, and not there"
"""Why a page was refused that a board names and its host has not."""

PAGES_AT_ONCE = 50
"""Job pages that one activity fetches, side by side. The crawler's own bounds stay in force below this."""


class _NoBoard(Gone):
    """The first page of a board's own list is not there."""


class CrawlBoardInput(Model):
    """A board to read. `started_at` names the crawl: what was archived since then is not fetched again."""

    board: Board
    started_at: datetime
    offline: bool = False
    full: bool = False
    """Whether it is read though its list is the one that the last complete crawl met."""


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
    same: CrawlRecord | None = None
    """The facts of this crawl, which are stored already, where the board's list is that of its last complete crawl."""
    complete: bool = False
    """Whether the whole board was seen: last page reached, counts agree, no error."""
    proof: str = ""
    """What `complete` rests on, or what is missing; of a website, as far as its listing goes."""
    fingerprint: str = ""
    """What the first page of the list is known by, where it tells anything of the board."""
    failed: bool = False
    """Whether the board could not be read, and should be tried again soon."""
    gone: bool = False
    """Whether its own first request was answered with 404 or 410: that one, no later page, and no page that only looks so."""
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
    gone: tuple[PostingBatch, ...] = ()
    """Those that are listed and not there, as refusals: the board vouches for them and they cannot be read."""
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
        self._boards = clients.boards
        self._companies = clients.companies
        self._lists = BoardLists(clients)
        self._per_host = clients.settings.host_concurrency
        self._soft_404 = SoftNotFound(clients.fetcher, clients.archive, clients.cache)

    @activity.defn(name="crawl_career_page")
    async def crawl_career_page(self, input: CrawlBoardInput) -> BoardCrawl:
        """Read a board: an ATS through its own feed, page by page, a website by its listing page."""
        began = time.perf_counter()
        self._parser.start()  # It loads while the board is fetched.
        async with heartbeating():
            try:
                crawl = await self._crawl(await self._known(input))
            except Throttled as error:
                # Who waits holds nothing: not this activity, but a timer of the workflow.
                waits = error.retry_after <= LONGEST_WAIT
                crawl = (
                    BoardCrawl(board=input.board, unfinished=True, wait=error.retry_after)
                    if waits
                    else _unread(input.board, error, failed=True)
                )
            except Transient:
                raise
            except QuietHireError as error:
                _tell_drift(error, input.board)
                # A host that fails with its robots.txt says nothing of the board, and no more than one that fails with a page.
                passing = isinstance(error, SchemaDrift) or error.kind == "robots_unreachable"
                crawl = _unread(input.board, error, failed=passing)
        return crawl.model_copy(update={"seconds": time.perf_counter() - began})

    @activity.defn(name="crawl_job_pages")
    async def crawl_job_pages(self, input: CrawlPagesInput) -> PagesCrawl:
        """Fetch job pages, many at once. One bad page never stops the rest; what may pass is tried again."""
        began = time.perf_counter()
        chosen, end = input.followed.choose(await load_urls(self._archive, input.urls), input.start, PAGES_AT_ONCE)

        async def fetch(url: str) -> PageRef:
            ref = await self._lists.fetch_once(page_request(url), input.started_at, offline=input.offline)
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
        gone = await self._vouched_for([url for url, outcome in outcomes.items() if is_gone(outcome)])
        return PagesCrawl(
            pages=pages,
            gone=await save_batches(self._archive, (), gone),
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

    async def _vouched_for(self, urls: Sequence[str]) -> list[Refusal]:
        """Links that lead nowhere, as refusals; and the addresses where they led, by which their postings are known."""
        led = [await self._archive.latest(page_request(url)) for url in urls]
        addresses = dict.fromkeys((*urls, *(ref.final_url for ref in led if ref is not None)))
        return [Refusal(url=url, reason=GONE) for url in addresses]

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

    async def _look(self, input: CrawlBoardInput) -> tuple[PageRef, BoardCrawl | None]:
        """The first page of a board's list; and the whole crawl where that is the list which the last complete one met."""
        board, crawl_id = input.board, activity.info().workflow_run_id or ""
        try:
            ref = await self._lists.fetch_once(first_request(board), input.started_at, offline=input.offline)
        except Gone as error:
            if not is_gone(error):
                raise
            raise _NoBoard(error.detail, where=error.where, hint=error.hint) from error
        if input.full or input.offline:
            return ref, None
        crawls = await self._boards.recent_crawls(board.key)
        last = vouching(crawls, crawl_id=crawl_id, at=input.started_at)
        if last is None or not await self._lists.is_same(board, last, ref):
            return ref, None
        same = same_again(last, crawl_id=crawl_id, at=input.started_at)
        await self._lists.record(same, crawls)
        return ref, BoardCrawl(board=board, same=same, complete=True, proof=same.proof, requests=same.requests)

    async def _known(self, input: CrawlBoardInput) -> CrawlBoardInput:
        """With the company that is known to own the board, and its name: who asks for a crawl by an address need not tell them."""
        known = await self._boards.get(input.board.key)
        board = input.board if known is None else learnt(known, input.board)
        if board.company_name is None and board.company_domain is not None:
            owner = await self._companies.by_domain(board.company_domain)
            board = board.model_copy(update={"company_name": owner.name if owner else None})
        return input.model_copy(update={"board": board})

    async def _crawl_website(self, input: CrawlBoardInput) -> BoardCrawl:
        ref, same = await self._look(input)
        if same is not None:
            return same
        page = Page.of(ref, await self._archive.get(ref.content_hash))
        problems: tuple[Problem, ...] = ()
        embedded = await asyncio.to_thread(_embedded, page)
        if embedded is not None:
            owner = {"company_domain": input.board.company_domain, "company_name": input.board.company_name}
            try:
                shown = input.model_copy(update={"board": embedded.model_copy(update=owner)})
                return await self._crawl_ats(await self._known(shown))
            except (Permanent, SchemaDrift) as error:
                # The page may list jobs all the same: a career site on a host of its own need not answer as its
                # vendor's others do, and offline the archive may hold the page alone.
                _tell_drift(error, embedded)
                logger.info("the page is read itself: %s", error, extra={"board": embedded.key, "kind": error.kind})
                if not (input.offline and error.kind == "not_archived"):
                    problems = (Problem.of(error, embedded.url),)

        async def fetch(url: str) -> PageRef:
            return await self._lists.fetch_once(page_request(url), input.started_at, offline=input.offline)

        retried = not input.offline and activity.info().attempt < ATTEMPTS
        further = await read_on(ref, fetch, self._archive, retried=retried)
        if further.unfinished:
            return BoardCrawl(board=input.board, unfinished=True)
        away = led_away(ref)
        proof = f"listing and {len(further.pages)} further pages read" if further.pages else "listing read"
        return BoardCrawl(
            board=input.board,
            listing=ref,
            further=further,
            complete=away is None and not any(page.unrendered for page in (ref, *further.pages)),
            proof=proof if away is None else away.detail,
            fingerprint=fingerprint(answer_hash(input.board, ref), ""),
            problems=(*problems, *([away] if away else ()), *further.problems, *_unrendered((ref, *further.pages))),
            requests=sum(not page.from_archive for page in (ref, *further.pages)),
        )

    async def _crawl_ats(self, input: CrawlBoardInput) -> BoardCrawl:
        first, same = await self._look(input)
        if same is not None:
            return same
        board = input.board
        adapter = adapter_for(board.ats)
        read = BoardReading()
        known_by = ""
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
                    ref = (
                        first
                        if cursor is None
                        else await self._lists.fetch_once(spec, input.started_at, offline=input.offline)
                    )
                except Gone as error:
                    if not (input.offline and error.kind == "not_archived"):
                        raise
                    read.cut = True  # The archive holds the board's first pages alone.
                    continue
                requests += not ref.from_archive
                page = Page.of(ref, await self._archive.get(ref.content_hash))
                parsed = await self._parser.board_page(board, page, cursor)
                read.add(parsed)
                cursor_after = parsed.cursor
                if cursor is None:
                    known_by = _known_by(board, ref, parsed)
            read.ended = cursor_after is None
            if read.ended or read.is_enough:
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
            complete=read.is_whole,
            proof=read.proof,
            fingerprint=known_by,
            problems=read.problems(board),
            requests=requests,
        )


def _known_by(board: Board, ref: PageRef, parsed: ParsedPage) -> str:
    """The fingerprint of a board by the first page of its list; blank where that only says where the list is."""
    answer = answer_hash(board, ref)
    if parsed.cursor is None and not parsed.links:
        return fingerprint(answer)
    if parsed.postings or parsed.links or parsed.refused or parsed.total is not None:
        return fingerprint(answer, listed_hash(parsed))
    return ""


def _unread(board: Board, error: QuietHireError, *, failed: bool) -> BoardCrawl:
    """The crawl of a board that could not be read."""
    problem = Problem.of(error, board.url)
    return BoardCrawl(
        board=board,
        problems=(problem,),
        proof=f"not read: {problem.kind}: {problem.detail}",
        failed=failed,
        gone=isinstance(error, _NoBoard),
    )


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
