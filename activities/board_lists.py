"""The first page of a board's list: fetched once a crawl, compared with what it was, and recorded where it is the same."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import activity

from activities.clients import Clients
from activities.known_lists import answer_hash, is_met_again, listed_hash, lists_pages
from quiethire.domain.board import Board
from quiethire.domain.cadence import due_at
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Gone, QuietHireError
from quiethire.domain.page import FetchSpec, Page, PageRef, Render
from services.crawler.shell import is_unrendered
from services.parser.ats.registry import adapter_for, page_request

CLOCKS_DIFFER = timedelta(minutes=1)
"""So far may the clocks of two machines be apart."""


class BoardLists:
    """What both the crawl of a board and the check of many need."""

    def __init__(self, clients: Clients) -> None:
        self._fetcher = clients.fetcher
        self._archive = clients.archive
        self._boards = clients.boards
        self._parser = clients.parser

    async def fetch_once(self, spec: FetchSpec, started_at: datetime, *, offline: bool = False) -> PageRef:
        """Fetch, unless an earlier try of this very crawl has done so: the archive is what a retry resumes from.

        By Temporal's clock: a page of a machine whose own was an hour ahead would else be every crawl's for that hour.
        """
        if not offline:
            latest, until = await self._archive.latest(spec), activity.info().started_time + CLOCKS_DIFFER
            if latest is not None and started_at <= latest.fetched_at <= until:
                if spec.render is not Render.AUTO:
                    return latest
                # What the archive does not keep is seen in the body once more: that no browser filled it.
                body = await self._archive.get(latest.content_hash)
                return latest.model_copy(update={"unrendered": is_unrendered(spec, latest, body)})
        return await self._fetcher.fetch(spec, offline=offline)

    async def is_same(self, board: Board, last: CrawlRecord, ref: PageRef) -> bool:
        """Whether this first page is that of `last`: its bytes, or else the postings that it leads to."""
        if ref.unrendered:
            return False
        if is_met_again(last, answer=answer_hash(board, ref)):
            return True
        if not lists_pages(last):
            return False
        try:
            page = Page.of(ref, await self._archive.get(ref.content_hash))
            if board.is_website:
                return is_met_again(last, listed=listed_hash(await self._parser.listing(page)))
            return is_met_again(last, listed=listed_hash(await self._parser.board_page(board, page)))
        except QuietHireError:
            return False  # The board is read in full, and that crawl tells what is wrong with its list.

    async def record(self, record: CrawlRecord, crawls: Sequence[CrawlRecord]) -> None:
        """Store the facts of a crawl that ends here. `crawls` are the board's others, the newest first."""
        others = [crawl for crawl in crawls if crawl.crawl_id != record.crawl_id]
        await self._boards.record_crawl(record, due_at=due_at([record, *others]))


def is_gone(outcome: object) -> bool:
    """Whether a host says honestly that a page is not there. A page that only looks so says nothing."""
    return isinstance(outcome, Gone) and outcome.kind == Gone.kind


def first_request(board: Board) -> FetchSpec:
    """What the first page of a board's list is asked for with."""
    if board.is_website:
        return page_request(board.url)
    return adapter_for(board.ats).requests(board, None)[0]
