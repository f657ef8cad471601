"""join.com: the company's page holds its jobs as JSON, five a page; the job pages carry JSON-LD."""

from urllib.parse import quote

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from services.parser.ats.base import NEXT_STATE, Addresses, AtsAdapter, BoardPage, embedded_json

_ADDRESSES = Addresses(r"(?:www\.)?join\.com/companies/(?P<token>[A-Za-z0-9][A-Za-z0-9_-]*)", domains=("join.com",))
"""`join.com/companies/{token}`."""


class Join(AtsAdapter):
    """The company page's own state."""

    name = "join"
    addresses = _ADDRESSES
    home = "https://join.com/companies/{token}"
    keeps_case = True

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One page of jobs; the cursor is its number."""
        return (FetchSpec(url=f"{board.url}?page={cursor}" if cursor else board.url, accept="html"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages, and how many pages there are."""
        jobs = embedded_json(page, NEXT_STATE, board).within("props", "pageProps", "initialState", "jobs")
        slugs = [job.at("idParam").required_text() for job in jobs.at("items").required_items()]
        pages = jobs.within("pagination", "pageCount").count() or 1
        number = int(cursor or 1)
        return BoardPage(
            links=tuple(f"{board.url}/{quote(slug)}" for slug in slugs),
            cursor=str(number + 1) if slugs and number < pages else None,
            total=jobs.within("pagination", "total").count(),
        )
