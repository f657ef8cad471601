"""iCIMS: GET {host}.icims.com/jobs/search?pr={page}&in_iframe=1 lists job pages, which carry JSON-LD."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from quiethire.domain.board import Board
from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage
from services.parser.ats.markup import links
from services.parser.normalise.dates import parse_date
from services.parser.truncation import is_cut

_ADDRESSES = Addresses(r"(?P<token>[a-z0-9][a-z0-9-]*)\.icims\.com(?=[/?#\"'\s<]|$)", domains=(".icims.com",))
"""`{token}.icims.com`."""
_PAGES = re.compile(r"Page\s+(\d+)\s+of\s+(\d+)", re.IGNORECASE)
_EMPTY = re.compile(r"no jobs (?:were )?found|iCIMS_JobsTable|iCIMS_NoResults", re.IGNORECASE)
"""What an empty list shows. Pages to log in and of errors stand in the same frame, and show neither jobs nor this."""
_WALL = re.compile(r"type=[\"']?password", re.IGNORECASE)
_JUST_NOW = timedelta(days=1)
"""A date of posting this close before the fetch may be the time of the request itself."""


class Icims(AtsAdapter):
    """The career portal, without the frame that companies put around it."""

    name = "icims"
    addresses = _ADDRESSES
    home = "https://{token}.icims.com/jobs/search"

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One page of the search; the cursor is its number, from 0."""
        return (FetchSpec(url=f"{board.url}?ss=1&pr={cursor or 0}&in_iframe=1", accept="html"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages, without their frames too."""
        text = page.body.decode("utf-8", "replace")
        if "iCIMS_" not in text:
            raise SchemaDrift("the page is no iCIMS portal", where=board.key, hint="see whether the board moved")
        found = [url for url in links(page, ".iCIMS_JobsTable a[href], .iCIMS_JobCardItem a[href]") if _is_job(url)]
        bare = dict.fromkeys(url.partition("?")[0] for url in found)
        number = int(cursor or 0)
        pages = _PAGES.search(text)
        more = number + 1 < int(pages[2]) if pages else bool(links(page, 'link[rel="next"][href]'))
        if more and not bare:
            raise SchemaDrift(
                "a page before the last holds no jobs", where=board.key, hint="compare it with the fixtures"
            )
        return BoardPage(
            links=tuple(f"{url}?in_iframe=1" for url in bare),
            cursor=str(number + 1) if more else None,
            total=0 if not bare and number == 0 and _EMPTY.search(text) and not _WALL.search(text) else None,
            cut=is_cut(page.body),
        )

    def mend(self, posting: RawPosting, page: Page) -> RawPosting:
        """The address with the frame that a person reads it in; no date of posting that may be the request's own time."""
        posted = parse_date(posting.posted_at.value, page.fetched_at) if posting.posted_at else None
        doubtful = posted is not None and posted > page.fetched_at - _JUST_NOW
        return posting.model_copy(
            update={
                "url": posting.url.partition("?")[0],
                "posted_at": None if doubtful else posting.posted_at,
            }
        )


def _is_job(url: str) -> bool:
    return re.search(r"/jobs/\d+/", urlsplit(url).path) is not None
