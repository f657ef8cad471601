"""From archived pages to postings."""

import time

from temporalio import activity

from activities.batches import NAMED, PostingBatch, UrlList, save_batches, save_urls
from activities.clients import Clients
from activities.heartbeat import heartbeating
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import QuietHireError
from quiethire.domain.page import Page, PageRef
from quiethire.domain.posting import JobPosting
from quiethire.domain.result import Problem, Refusal
from quiethire.telemetry import PARSER_DURATION


class ExtractLinksInput(Model):
    """A company's own page, which lists postings or is one."""

    board: Board
    listing: PageRef


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
            except QuietHireError as error:
                return ExtractedLinks(problems=(Problem.of(error, page.url),))
            if parsed.postings:
                return ExtractedLinks(batches=await save_batches(self._archive, parsed.postings))
            listing = parsed.listing
            if listing is None or not listing.links:
                nothing = Problem(kind="no_postings", where=page.url, detail="is no posting and links to none")
                batches = await save_batches(self._archive, (), parsed.refused)
                return ExtractedLinks(batches=batches, refused=parsed.refused[:NAMED], problems=(nothing,))
            links = await save_urls(self._archive, [link.url for link in listing.links])
        more = Problem(kind="paged_listing", where=page.url, detail="lists more on further pages than was read")
        return ExtractedLinks(links=links, problems=(more,) if listing.goes_on else ())

    @activity.defn(name="parse_job_data")
    async def parse_job_data(self, input: ParseInput) -> ParsedJobs:
        """Parse job pages; keep what is good enough, and say why the rest is not."""
        began = time.perf_counter()
        postings: list[JobPosting] = []
        refused: list[Refusal] = []
        problems: list[Problem] = []
        async with heartbeating():
            pages = [(await self._page(ref), input.board) for ref in input.pages]
            for parsed in await self._parser.posting_pages(pages):
                if isinstance(parsed, Problem):
                    problems.append(parsed)
                    continue
                postings.extend(parsed.postings)
                refused.extend(parsed.refused)
            batches = await save_batches(self._archive, postings, refused)
        seconds = time.perf_counter() - began
        PARSER_DURATION.observe(seconds / max(len(pages), 1))
        return ParsedJobs(batches=batches, refused=tuple(refused[:NAMED]), problems=tuple(problems), seconds=seconds)

    async def _page(self, ref: PageRef) -> Page:
        return Page.of(ref, await self._archive.get(ref.content_hash))
