"""Teamtailor: GET {host}/jobs.rss?per_page=200 lists the jobs; their pages carry JSON-LD with every field."""

import re
from urllib.parse import urlsplit

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage
from services.parser.ats.markup import Element

PAGE_SIZE = 200
_FULL = (100, PAGE_SIZE)
"""Where the feed ends by itself: its own default, and what is asked for."""

_ADDRESSES = Addresses(
    r"(?P<host>(?P<token>[a-z0-9][a-z0-9-]*(?:\.na)?)\.teamtailor\.com)(?=[/?#\"'\s<]|$)", domains=(".teamtailor.com",)
)
_MARKER = re.compile(r"//assets[a-z0-9-]*\.teamtailor-cdn\.com/", re.IGNORECASE)
"""What a whole career site is built from; a widget on a page of the company's own comes from `scripts.`."""


class Teamtailor(AtsAdapter):
    """The career site's feed. On a company's own host the token is the host."""

    name = "teamtailor"

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """`{token}.teamtailor.com`, with `.na` for North America, and a site that is built from the vendor's assets."""
        if (match := _ADDRESSES.find(url, html)) is not None:
            return Board(ats=self.name, token=match["token"].lower(), url=f"https://{match['host'].lower()}/jobs")
        host = urlsplit(url).netloc.lower()
        if host and html and "teamtailor-cdn.com/" in html and _MARKER.search(html):
            return Board(ats=self.name, token=host, url=f"https://{host}/jobs")
        return None

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the feed is never paged."""
        del cursor
        return (FetchSpec(url=f"https://{urlsplit(board.url).netloc}/jobs.rss?per_page={PAGE_SIZE}", accept="xml"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages."""
        del cursor
        channels = Element.of(page, board, "rss").all("channel")
        if not channels:
            raise Element.of(page, board, "rss").drift("channel", board)
        found: dict[str, None] = {}
        for item in channels[0].all("item"):
            if (link := item.text("link")) is None:
                raise item.drift("link", board)
            found[link] = None
        # A feed that is full may have left jobs out: one more than it lists can never be reached.
        return BoardPage(links=tuple(found), total=len(found) + (len(found) in _FULL))
