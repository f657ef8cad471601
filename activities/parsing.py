"""From archived pages to postings."""

import time
from datetime import UTC, datetime

from temporalio import activity

from activities.batches import MAX_LINKS, NAMED, PostingBatch, UrlList, save_batches, save_urls
from activities.clients import Clients
from activities.heartbeat import heartbeating
from activities.known_lists import listed_hash
from activities.listing_pages import ListingPages
from activities.shapes import ShapeYield, yields_of
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput, QuietHireError, Transient
from quiethire.domain.page import Page, PageRef
from quiethire.domain.posting import JobPosting
from quiethire.domain.result import Problem, Refusal
from quiethire.domain.urls import canonical_url, parse_url
from quiethire.telemetry import PARSER_DURATION
from services.crawler.traps import untrapped
from services.parser.links import Listing
from services.parser.truncation import is_cut


class ExtractLinksInput(Model):
    """A company's own page, which lists postings or is one."""

    board: Board
    listing: PageRef
    further: ListingPages = ListingPages()
    """Where the listing goes on."""


class ExtractedLinks(Model):
    """The job pages it links to; or, of a page that is a posting itself, the posting."""

    links: UrlList | None = None
    listed: str = ""
    """The hash of what the listing's first page leads to."""
    none_open: bool = False
    """Whether it leads to no posting and says that there are none at present."""
    batches: tuple[PostingBatch, ...] = ()
    refused: tuple[Refusal, ...] = ()
    """The first of those that the batches hold."""
    problems: tuple[Problem, ...] = ()


class ParseInput(Model):
    """Fetched job pages of one board."""

    board: Board
    pages: tuple[PageRef, ...]


class ParsedJobs(Model):
    """Postings by reference, pages that were refused, and pages that could not be read."""

    batches: tuple[PostingBatch, ...]
    refused: tuple[Refusal, ...] = ()
    """The first of those that the batches hold."""
    problems: tuple[Problem, ...] = ()
    yields: tuple[ShapeYield, ...] = ()
    """Which shapes of addresses brought postings."""
    seconds: float = 0.0


class ParseActivities:
    """`extract_job_links` and `parse_job_data`. Parsing runs in processes that can be killed."""

    def __init__(self, clients: Clients) -> None:
        self._archive = clients.archive
        self._parser = clients.parser

    @activity.defn(name="extract_job_links")
    async def extract_job_links(self, input: ExtractLinksInput) -> ExtractedLinks:
        """The links of a listing. A page that is a posting is taken itself, and its links to others are left."""
        async with heartbeating():
            page = await self._page(input.listing)
            try:
                parsed = await self._parser.any_page(page, input.board)
            except Transient:
                raise  # The pool's fault, not the page's: the activity is tried again.
            except QuietHireError as error:
                return ExtractedLinks(problems=(Problem.of(error, page.url),))
            if parsed.postings:
                return ExtractedLinks(batches=await save_batches(self._archive, parsed.postings))
            listing = parsed.listing
            if listing is None or not listing.links:
                batches = await save_batches(self._archive, (), parsed.refused)
                found = ExtractedLinks(batches=batches, refused=parsed.refused[:NAMED])
                if listing is not None and _speaks_for(listing, input):
                    return found.model_copy(update={"none_open": True})
                nothing = Problem(kind="no_postings", where=page.url, detail="is no posting and links to none")
                return found.model_copy(update={"problems": (nothing,)})
            urls, problems = await self._over_pages(listing, input)
            kept = untrapped(urls, datetime.now(UTC).date())
            if len(kept.urls) > MAX_LINKS:
                detail = f"lists {len(kept.urls)} pages, more than are followed"
                problems.append(Problem(kind="trap", where=page.url, detail=detail))
            if cut := {kind: count for kind, count in kept.left_out.items() if count and kind != "repeating"}:
                told = ", ".join(f"{count} by {kind}" for kind, count in cut.items())
                problems.append(
                    Problem(kind="trap", where=page.url, detail=f"links that never end were left out: {told}")
                )
            links = await save_urls(self._archive, kept.urls[:MAX_LINKS])
            return ExtractedLinks(links=links, listed=listed_hash(listing), problems=tuple(problems))

    async def _over_pages(self, listing: Listing, input: ExtractLinksInput) -> tuple[list[str], list[Problem]]:
        """The links of a listing over all of its pages, and what says that they are not all.

        A further page that leads to nothing new is none of the listing's: a page to log in, or the first one again.
        """
        urls, problems = [link.url for link in listing.links], []
        if listing.goes_on and not input.further.whole:
            problems.append(_paged(input.listing, "lists more on further pages than was read"))
        if listing.cut:
            problems.append(_cut(input.listing))
        for ref in input.further.pages:
            try:
                further = await self._parser.listing(await self._page(ref))
            except InvalidInput as error:
                problems.append(Problem.of(error, ref.url))
                continue
            fresh = [link.url for link in further.links if link.url not in urls]
            if not fresh and not any(problem.kind == "paged_listing" for problem in problems):
                problems.append(_paged(ref, "is named as a further page of the list, and lists nothing new"))
            if further.cut:
                problems.append(_cut(ref))
            urls += fresh
        return urls, problems

    @activity.defn(name="parse_job_data")
    async def parse_job_data(self, input: ParseInput) -> ParsedJobs:
        """Parse job pages; keep what is good enough, and say why the rest is not."""
        began = time.perf_counter()
        postings: list[JobPosting] = []
        refused: list[Refusal] = []
        problems: list[Problem] = []
        async with heartbeating():
            pages = [(await self._page(ref), input.board) for ref in input.pages]
            found: list[tuple[str, bool]] = []
            given = await self._parser.posting_pages(pages)
            for ref, (page, _), parsed in zip(input.pages, pages, given, strict=True):
                found.append((ref.url, not isinstance(parsed, Problem) and bool(parsed.postings)))
                if isinstance(parsed, Problem):
                    problems.append(parsed)
                    continue
                if _is_cut(page):
                    # Half a description is no change of the posting, and the posting is there.
                    problems.append(_cut(ref))
                    refused.append(Refusal(url=ref.url, reason="cut_page: ends before its end"))
                    continue
                postings.extend(parsed.postings)
                refused.extend(parsed.refused)
                if parsed.refused and canonical_url(ref.final_url) != canonical_url(ref.url):
                    # What was listed was refused, wherever it led: to a page to log in, say.
                    refused.append(Refusal(url=ref.url, reason=f"led to {ref.final_url}, where nothing was taken"))
            batches = await save_batches(self._archive, postings, refused)
        seconds = time.perf_counter() - began
        PARSER_DURATION.observe(seconds / max(len(pages), 1))
        return ParsedJobs(
            batches=batches,
            refused=tuple(refused[:NAMED]),
            problems=tuple(problems),
            yields=yields_of(found),
            seconds=seconds,
        )

    async def _page(self, ref: PageRef) -> Page:
        return Page.of(ref, await self._archive.get(ref.content_hash))


def _speaks_for(listing: Listing, input: ExtractLinksInput) -> bool:
    """Whether a page that says that there are no positions is the board's own, where it always was, and all of it."""
    asked, came = parse_url(input.listing.url), parse_url(input.listing.final_url)
    is_there = _bare(asked.hostname) == _bare(came.hostname) and asked.pathname.rstrip("/") == came.pathname.rstrip("/")
    return listing.says_none and is_there and not input.further.pages and not input.listing.unrendered


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _paged(ref: PageRef, detail: str) -> Problem:
    return Problem(kind="paged_listing", where=ref.url, detail=detail)


def _cut(ref: PageRef) -> Problem:
    return Problem(kind="cut_page", where=ref.url, detail="ends before its end: what it says may be but the first part")


def _is_cut(page: Page) -> bool:
    return "html" in page.content_type.lower() and is_cut(page.body)
