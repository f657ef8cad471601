"""Teamtailor: GET {host}/jobs.rss?per_page=100&offset= answers with the jobs and their descriptions, 100 at a time."""

import re
from urllib.parse import urlsplit

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting, Sourced
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, place, stated
from services.parser.ats.markup import Element

PAGE_SIZE = 100
"""The feed's own default; a site may give fewer at a time."""

_ADDRESSES = Addresses(
    r"(?P<host>(?P<token>[a-z0-9][a-z0-9-]*(?:\.na)?)\.teamtailor\.com)(?=[/?#\"'\s<]|$)", domains=(".teamtailor.com",)
)
"""`{token}.teamtailor.com`, with `.na` for North America."""
_ASSETS = re.compile(r"//assets[a-z0-9-]*\.teamtailor-cdn\.com/")
"""What a whole career site is built from; a widget on a page of the company's own comes from `scripts.`."""
_WORKPLACES = {"fully": "remote", "hybrid": "hybrid", "onsite": "onsite"}
"""`remoteStatus`; `none` says nothing, and `temporary` is no lasting way to work."""


class Teamtailor(AtsAdapter):
    """The career site's feed. A job without its description is read by its page, which carries JSON-LD."""

    name = "teamtailor"
    addresses = _ADDRESSES
    home = "https://{token}.teamtailor.com/jobs"
    own_home = "https://{token}/jobs"
    markers = ("teamtailor-cdn.com/",)
    identifier = re.compile(r"/jobs/(\d+)(?=[-/?#]|$)")

    def serves(self, html: str) -> bool:
        """By the assets of a whole site."""
        return super().serves(html) and _ASSETS.search(html) is not None

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One page of 100; the cursor is how many to skip."""
        feed = f"https://{urlsplit(board.url).netloc}/jobs.rss"
        older = () if cursor else (feed,)
        return (FetchSpec(url=f"{feed}?offset={cursor or 0}&per_page={PAGE_SIZE}", accept="xml", archived_as=older),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """A page is followed by another until one is empty: the feed says nothing of how many there are."""
        root = Element.of(page, board, "rss")
        if (channel := next(iter(root.all("channel")), None)) is None:
            raise root.drift("channel", board)
        items = channel.all("item")
        jobs = {job.url: job for job in (self._posting(item, board) for item in items)}
        start = int(cursor or 0)
        return BoardPage(
            postings=tuple(job for job in jobs.values() if job.description_html),
            links=tuple(job.url for job in jobs.values() if not job.description_html),
            cursor=str(start + len(items)) if items else None,
            total=0 if not items and start == 0 else None,
        )

    def _posting(self, item: Element, board: Board) -> RawPosting:
        link, title = item.text("link"), item.sourced("title")
        if link is None or title is None:
            raise item.drift("link" if link is None else "title", board)
        number = self.identifier.search(link)
        words = _WORKPLACES.get((item.text("remoteStatus") or "").lower())
        places = [found for at in item.within("locations", "location") if (found := _place(at))]
        return RawPosting(
            url=link,
            external_id=number[1] if number else None,
            title=title,
            locations=tuple(places),
            workplace=stated(words, f"{item.path}/remoteStatus") if words else None,
            department=item.sourced("department"),
            description_html=item.sourced("description"),
            posted_at=item.sourced("pubDate"),
        )


def _place(at: Element) -> Sourced | None:
    """City and country; a place without a city has a name of the company's own."""
    city = at.text("city")
    return (place((city,), at.text("country"), at.path) if city else None) or at.sourced("name")
