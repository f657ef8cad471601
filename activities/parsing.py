"""From archived pages to postings."""

import time
from datetime import UTC, datetime

from temporalio import activity

from activities.batches import MAX_LINKS, NAMED, PostingBatch, UrlList, save_batches, save_urls
from activities.clients import Clients
from activities.heartbeat import heartbeating
from activities.listing_pages import ListingPages
from activities.shapes import ShapeYield, yields_of
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput, QuietHireError, Transient
from quiethire.domain.page import Page, PageRef
from quiethire.domain.posting import JobPosting
from quiethire.domain.result import Problem, Refusal
from quiethire.telemetry import PARSER_DURATION
from services.crawler.traps import untrapped


class ExtractLinksInput(Model):
    """A company's own page, which lists postings or is one."""

    board: Board
    listing: PageRef
    further: ListingPages = ListingPages()
    """Where the listing goes on."""


class ExtractedLinks(Model):
    """The job pages it links to; or, of a page that is a posting itself, the posting."""

    links: UrlList | None = None
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
                nothing = Problem(kind="no_postings", where=page.url, detail="is no posting and links to none")
                batches = await save_batches(self._archive, (), parsed.refused)
                return ExtractedLinks(batches=batches, refused=parsed.refused[:NAMED], problems=(nothing,))
            problems: list[Problem] = []
            if listing.goes_on and not input.further.whole:
                detail = "lists more on further pages than was read"
                problems.append(Problem(kind="paged_listing", where=page.url, detail=detail))
            found = [link.url for link in listing.links]
            for ref in input.further.pages:
                try:
                    found += [link.url for link in (await self._parser.listing(await self._page(ref))).links]
                except InvalidInput as error:
                    problems.append(Problem.of(error, ref.url))
            kept = untrapped(found, datetime.now(UTC).date())
            if len(kept.urls) > MAX_LINKS:
                detail = f"lists {len(kept.urls)} pages, more than are followed"
                problems.append(Problem(kind="trap", where=page.url, detail=detail))
            if cut := {kind: count for kind, count in kept.left_out.items() if count and kind != "repeating"}:
                told = ", ".join(f"{count} by {kind}" for kind, count in cut.items())
                problems.append(
                    Problem(kind="trap", where=page.url, detail=f"links that never end were left out: {told}")
                )
            return ExtractedLinks(links=await save_urls(self._archive, kept.urls[:MAX_LINKS]), problems=tuple(problems))

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
            for ref, parsed in zip(input.pages, await self._parser.posting_pages(pages), strict=True):
                found.append((ref.url, not isinstance(parsed, Problem) and bool(parsed.postings)))
                if isinstance(parsed, Problem):
                    problems.append(parsed)
                    continue
                postings.extend(parsed.postings)
                refused.extend(parsed.refused)
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
