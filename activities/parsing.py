"""From archived pages to postings."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from temporalio import activity

from activities.batches import MAX_LINKS, NAMED, PostingBatch, UrlList, save_batches, save_urls
from activities.clients import Clients
from activities.heartbeat import heartbeating
from activities.known_lists import listed_hash
from activities.listing_pages import ListingPages
from activities.page_checks import cut, cut_page, led_away
from activities.shapes import ShapeYield, yields_of
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput, QuietHireError, Transient
from quiethire.domain.page import Page, PageRef
from quiethire.domain.posting import JobPosting
from quiethire.domain.result import Problem, Refusal
from quiethire.domain.urls import canonical_url
from quiethire.telemetry import PARSER_DURATION, span
from services.crawler.traps import untrapped
from services.parser.links import Listing
from services.parser.parse import ParsedPage

MOST_GATHERED = 3 * MAX_LINKS
"""Links of one listing, those of traps among them. To tell traps takes 0.2 ms a link."""


class ExtractLinksInput(Model):
    """A company's own page, which lists postings or is one."""

    board: Board
    listing: PageRef
    further: ListingPages = ListingPages()
    """Where the listing goes on."""


class ExtractedLinks(Model):
    """The job pages it links to, and postings that it states itself; or, of a page that is a posting, that one alone."""

    links: UrlList | None = None
    listed: str = ""
    """The hash of what the listing's first page leads to."""
    none_open: bool = False
    """Whether it leads to no posting and says that there are none at present."""
    left: int = 0
    """Of a page that is a posting itself: job pages that it leads to, similar ones say, and that are not followed."""
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
        """The links of a listing, and the postings that it alone tells of.

        A page that is a posting is taken itself, and its links to others are left; so are those of a list that states all
        that it links to.
        """
        async with heartbeating():
            page = await self._page(input.listing)
            try:
                parsed = await self._parser.any_page(page, input.board)
                listing = await self._parser.listing(page) if parsed.postings else parsed.listing
            except Transient:
                raise  # The pool's fault, not the page's: the activity is tried again.
            except QuietHireError as error:
                return ExtractedLinks(problems=(Problem.of(error, page.url),))
            if listing is None or not (listing.links or parsed.postings):
                return await self._without_links(parsed, input)
            left = _unstated(listing, parsed.postings)
            is_posting = any(_is_at(posting, page) for posting in parsed.postings)
            is_all = bool(parsed.postings) and not (left or listing.goes_on or input.further.pages)
            if is_posting or is_all:
                return ExtractedLinks(batches=await save_batches(self._archive, parsed.postings), left=len(left))
            return await self._with_links(listing, parsed.postings, input)

    async def _without_links(self, parsed: ParsedPage, input: ExtractLinksInput) -> ExtractedLinks:
        """Of a page that is no posting and leads to none."""
        batches = await save_batches(self._archive, (), parsed.refused)
        found = ExtractedLinks(batches=batches, refused=parsed.refused[:NAMED])
        if parsed.listing is not None and _speaks_for(parsed.listing, input):
            return found.model_copy(update={"none_open": True})
        nothing = Problem(kind="no_postings", where=input.listing.final_url, detail="is no posting and links to none")
        return found.model_copy(update={"problems": (nothing,)})

    async def _with_links(
        self, listing: Listing, stated: Sequence[JobPosting], input: ExtractLinksInput
    ) -> ExtractedLinks:
        """Of a listing: its links, and those of the stated postings that it does not link to."""
        where = input.listing.final_url
        urls, problems = await self._over_pages(listing, input)
        kept = await asyncio.to_thread(untrapped, urls, datetime.now(UTC).date())
        if len(kept.urls) > MAX_LINKS:
            detail = f"lists {len(kept.urls)} pages, more than are followed"
            problems.append(Problem(kind="trap", where=where, detail=detail))
        if endless := {kind: count for kind, count in kept.left_out.items() if count and kind != "repeating"}:
            told = ", ".join(f"{count} by {kind}" for kind, count in endless.items())
            problems.append(Problem(kind="trap", where=where, detail=f"links that never end were left out: {told}"))
        followed = kept.urls[:MAX_LINKS]
        # Their own pages tell more of the others.
        linked = {canonical_url(url) for url in followed}
        alone = [posting for posting in stated if canonical_url(posting.url) not in linked]
        return ExtractedLinks(
            links=await save_urls(self._archive, followed),
            # The links say nothing of what is stated beside them.
            listed="" if alone else listed_hash(listing),
            batches=await save_batches(self._archive, alone) if alone else (),
            problems=tuple(problems),
        )

    async def _over_pages(self, listing: Listing, input: ExtractLinksInput) -> tuple[list[str], list[Problem]]:
        """The links of a listing over all of its pages, and what says that they are not all.

        A further page that leads to nothing new is none of the listing's: a page to log in, or the first one again.
        """
        urls, problems = dict.fromkeys(link.url for link in listing.links), list[Problem]()
        more = input.further
        if not more.whole and (listing.goes_on or more.pages or more.problems):
            problems.append(_paged(input.listing, "lists more on further pages than was read"))
        if listing.cut:
            problems.append(cut_page(input.listing))
        for ref in more.pages:
            try:
                further = await self._parser.listing(await self._page(ref))
            except InvalidInput as error:
                problems.append(Problem.of(error, ref.url))
                continue
            fresh = dict.fromkeys(link.url for link in further.links if link.url not in urls)
            if not fresh and not any(problem.kind == "paged_listing" for problem in problems):
                problems.append(_paged(ref, "is named as a further page of the list, and lists nothing new"))
            if further.cut:
                problems.append(cut_page(ref))
            urls |= fresh
            if len(urls) > MOST_GATHERED:
                detail = f"lists more than {MOST_GATHERED} pages, and what came after them was not looked at"
                problems.append(Problem(kind="trap", where=ref.url, detail=detail))
                break
        return list(urls), problems

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
            with span("parse", pages=len(pages)):
                given = await self._parser.posting_pages(pages)
            for ref, (page, _), parsed in zip(input.pages, pages, given, strict=True):
                found.append((ref.url, not isinstance(parsed, Problem) and bool(parsed.postings)))
                if isinstance(parsed, Problem):
                    problems.append(parsed)
                    continue
                if (half := await asyncio.to_thread(cut, ref, page.body)) is not None:
                    problems.append(half)
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


def _is_at(posting: JobPosting, page: Page) -> bool:
    """Whether the page is what the posting is known by."""
    return canonical_url(posting.url) == canonical_url(page.url)


def _unstated(listing: Listing, stated: Sequence[JobPosting]) -> list[str]:
    """Links of a listing that lead to none of the postings that it states."""
    known = {canonical_url(posting.url) for posting in stated}
    return [link.url for link in listing.links if canonical_url(link.url) not in known]


def _speaks_for(listing: Listing, input: ExtractLinksInput) -> bool:
    """Whether a page that says that there are no positions is the board's own, where it always was, and all of it."""
    is_there = led_away(input.listing) is None
    return listing.says_none and is_there and not input.further.pages and not input.listing.unrendered


def _paged(ref: PageRef, detail: str) -> Problem:
    return Problem(kind="paged_listing", where=ref.url, detail=detail)
