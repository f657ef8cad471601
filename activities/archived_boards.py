"""Reading boards from the page archive alone: their lists, the pages that those lead to, and the pages of known postings."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime

from activities.batches import MAX_LINKS
from activities.clients import Clients
from activities.crawling import MAX_BOARD_PAGES
from activities.listing_pages import read_on
from activities.page_checks import cut, half_seen, led_elsewhere
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import Gone, QuietHireError, Transient
from quiethire.domain.page import FetchSpec, Page, PageRef
from quiethire.domain.posting import JobPosting
from quiethire.domain.result import Problem, Refusal
from quiethire.domain.urls import canonical_url
from services.crawler.traps import untrapped
from services.crawler.twins import twins
from services.parser.ats.registry import adapter_for, page_request
from services.parser.parse import ParsedPage

PAGES_AT_ONCE = 64
"""Job pages that are read and parsed together."""


class Reading(Model):
    """What an archived page gives."""

    ref: PageRef
    is_list: bool
    """Whether it is a page of a board's list, which holds postings of other addresses than its own."""
    listed: bool
    """Whether it belongs to the board's list as it was last seen: what it holds may be opened."""
    postings: tuple[JobPosting, ...] = ()
    refused: tuple[Refusal, ...] = ()


Outcome = Reading | Problem


class ArchivedBoards:
    """Boards as the archive has them. Nothing here can make a request: there is no fetcher."""

    def __init__(self, clients: Clients) -> None:
        self._archive = clients.archive
        self._parser = clients.parser

    async def listing(
        self, board: Board, *, since: datetime | None, skip: Collection[str]
    ) -> AsyncIterator[Sequence[Outcome]]:
        """The board's list and the pages that it links to, but for those of `skip` (canonical URLs).

        A page of the list that is older than `since`, when the whole list was last read, is no part of it any more.
        """
        links: list[str] = []
        listed = True
        try:
            pages = self._website(board, links) if board.is_website else self._ats(board, links)
            async for outcome in pages:
                if isinstance(outcome, Problem):
                    yield [outcome]
                    continue
                listed = since is None or outcome.ref.fetched_at >= since
                yield [outcome.model_copy(update={"listed": listed})]
        except Transient:
            raise
        except QuietHireError as error:
            yield [Problem.of(error, board.url)]
        wanted = [link for link in dict.fromkeys(links) if canonical_url(link) not in skip]
        async for readings in self.pages(board, wanted, listed=listed):
            yield readings

    async def pages(self, board: Board, urls: Sequence[str], *, listed: bool) -> AsyncIterator[Sequence[Outcome]]:
        """Job pages, those that are in the archive. One that shows but a part of itself is a problem."""
        for start in range(0, len(urls), PAGES_AT_ONCE):
            specs = (page_request(url) for url in urls[start : start + PAGES_AT_ONCE])
            found = await asyncio.gather(*(self._archived(spec) for spec in specs))
            pages = [each for each in found if isinstance(each, tuple)]
            parsed = await self._parser.posting_pages([(page, board) for _, page in pages])
            yield [
                *(each for each in found if isinstance(each, Problem)),
                *(
                    outcome if isinstance(outcome, Problem) else _reading(ref, outcome, listed=listed)
                    for (ref, _), outcome in zip(pages, parsed, strict=True)
                ),
            ]

    async def body(self, ref: PageRef) -> bytes:
        """The body of a page that was read."""
        return await self._archive.get(ref.content_hash)

    async def _ats(self, board: Board, links: list[str]) -> AsyncIterator[Outcome]:
        """The pages of an ATS board's list, as far as they are in the archive; `links` takes what they link to."""
        adapter = adapter_for(board.ats)
        cursor: str | None = None
        cursors: set[str | None] = {None}
        for _ in range(MAX_BOARD_PAGES):
            cursor_after: str | None = None
            for spec in adapter.requests(board, cursor):
                ref = await self._latest(spec)
                if ref is None:
                    continue
                page = Page.of(ref, await self._archive.get(ref.content_hash))
                if (half := await asyncio.to_thread(cut, ref, page.body)) is not None:
                    yield half
                    continue
                parsed = await self._parser.board_page(board, page, cursor)
                links += parsed.links[: MAX_LINKS - len(links)]
                cursor_after = parsed.cursor
                yield _reading(ref, parsed, is_list=True)
            if cursor_after in cursors:
                return
            cursors.add(cursor_after)
            cursor = cursor_after

    async def _website(self, board: Board, links: list[str]) -> AsyncIterator[Outcome]:
        """A company's own page that is a posting itself, or else nothing: `links` takes those of the listing."""
        spec = page_request(board.url)
        ref = await self._latest(spec)
        if ref is None:
            return
        page = Page.of(ref, await self._archive.get(ref.content_hash))
        parsed = await self._parser.any_page(page, board)
        if parsed.listing is None or not parsed.listing.links:
            if not led_elsewhere(spec, ref):
                half = await asyncio.to_thread(half_seen, spec, ref, page.body)
                yield half or _reading(ref, parsed)
            return
        found = [link.url for link in parsed.listing.links]
        further = await read_on(ref, self._further, self._archive, retried=False)
        for more in further.pages:
            further_page = Page.of(more, await self._archive.get(more.content_hash))
            found += [link.url for link in (await self._parser.listing(further_page)).links]
        kept = await asyncio.to_thread(untrapped, found, datetime.now(UTC).date())
        links += kept.urls[:MAX_LINKS]
        # Nothing but how fresh the list is.
        yield Reading(ref=ref, is_list=True, listed=True)

    async def _further(self, url: str) -> PageRef:
        """A further page of a listing, for `read_on`."""
        ref = await self._latest(page_request(url))
        if ref is None:
            raise Gone("not in the archive", where=url, kind="not_archived")
        return ref

    async def _archived(self, spec: FetchSpec) -> tuple[PageRef, Page] | Problem | None:
        ref = await self._latest(spec)
        if ref is None or led_elsewhere(spec, ref):
            return None
        try:
            body = await self._archive.get(ref.content_hash)
            return await asyncio.to_thread(half_seen, spec, ref, body) or (ref, Page.of(ref, body))
        except Transient:
            raise
        except QuietHireError as error:
            return Problem.of(error, spec.url)

    async def _latest(self, spec: FetchSpec) -> PageRef | None:
        """The newest answer to the request, or to one that asks for the same."""
        ref = await self._archive.latest(spec)
        for twin in twins(spec) if ref is None else ():
            ref = ref or await self._archive.latest(twin)
        # What redirects led to is archived under its own address too, with the one that led there.
        return ref.model_copy(update={"url": spec.url}) if ref is not None else None


def _reading(ref: PageRef, parsed: ParsedPage, *, is_list: bool = False, listed: bool = True) -> Reading:
    return Reading(ref=ref, is_list=is_list, listed=listed, postings=parsed.postings, refused=parsed.refused)
