"""JazzHR: GET {token}.applytojob.com/apply/jobs lists job pages; most carry JSON-LD."""

import re

from quiethire.domain.board import Board
from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage
from services.parser.ats.markup import links
from services.parser.truncation import is_cut

_ADDRESSES = Addresses(r"(?P<token>[a-z0-9][a-z0-9-]*)\.applytojob\.com(?=[/?#\"'\s<]|$)", domains=(".applytojob.com",))
"""`{token}.applytojob.com`."""
_MARKERS = (b"job_listings_wrapper", b"jobs_table")
"""What is around the list, also around an empty one."""
_ID = re.compile(r"/apply/(?:jobs/details/)?([A-Za-z0-9]{8,})(?=[/?]|$)")


class JazzHR(AtsAdapter):
    """The list of a company's jobs in one page."""

    name = "jazzhr"
    identifier = _ID
    addresses = _ADDRESSES
    home = "https://{token}.applytojob.com/apply/jobs"

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        return (FetchSpec(url=board.url, accept="html"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages."""
        del cursor
        found = links(page, "a.job_title_link[href], a[href*='/apply/jobs/details/']")
        if not found and not any(marker in page.body for marker in _MARKERS):
            raise SchemaDrift("the page has no list of jobs", where=board.key, hint="see whether the board moved")
        return BoardPage(links=tuple(found), total=len(found), uncounted=True, cut=is_cut(page.body))
