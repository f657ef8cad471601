"""join.com: the company's page holds its jobs as JSON, five a page; the job pages carry JSON-LD."""

import re
from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, embedded_json

_ADDRESSES = Addresses(r"(?:www\.)?join\.com/companies/(?P<token>[A-Za-z0-9][A-Za-z0-9_-]*)", domains=("join.com",))
_STATE = re.compile(r"<script[^>]{0,200}\bid=\"__NEXT_DATA__\"[^>]{0,200}>\s*")


class Join(AtsAdapter):
    """The company page's own state."""

    name = "join"

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """`join.com/companies/{token}`."""
        match = _ADDRESSES.find(url, html)
        if match is None:
            return None
        return Board(ats=self.name, token=match["token"], url=f"https://join.com/companies/{match['token']}")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One page of jobs; the cursor is its number."""
        return (FetchSpec(url=f"{board.url}?page={cursor}" if cursor else board.url, accept="html"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages, and how many pages there are."""
        jobs = embedded_json(page, _STATE, board).within("props", "pageProps", "initialState", "jobs")
        slugs = [job.at("idParam").required_text() for job in jobs.at("items").required_items()]
        pages = jobs.within("pagination", "pageCount").count() or 1
        number = int(cursor or 1)
        return BoardPage(
            links=tuple(f"{board.url}/{quote(slug)}" for slug in slugs),
            cursor=str(number + 1) if slugs and number < pages else None,
            total=jobs.within("pagination", "total").count(),
        )
