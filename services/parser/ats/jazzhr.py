"""JazzHR: GET {token}.applytojob.com/apply/jobs lists job pages; most carry JSON-LD."""

import re

from quiethire.domain.board import Board
from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage
from services.parser.ats.markup import links

_ADDRESSES = Addresses(r"(?P<token>[a-z0-9][a-z0-9-]*)\.applytojob\.com(?=[/?#\"'\s<]|$)", domains=(".applytojob.com",))
_ID = re.compile(r"/apply/(?:jobs/details/)?([A-Za-z0-9]{8,})(?=[/?]|$)")


class JazzHR(AtsAdapter):
    """The list of a company's jobs in one page."""

    name = "jazzhr"

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """`{token}.applytojob.com`."""
        match = _ADDRESSES.find(url, html)
        if match is None:
            return None
        token = match["token"].lower()
        return Board(ats=self.name, token=token, url=f"https://{token}.applytojob.com/apply/jobs")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        return (FetchSpec(url=board.url, accept="html"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages."""
        del cursor
        found = links(page, "a.job_title_link[href]")
        if not found and b"jobs_table" not in page.body:
            raise SchemaDrift("the page has no list of jobs", where=board.key, hint="see whether the board moved")
        return BoardPage(links=tuple(found), total=len(found))

    def mend(self, posting: RawPosting, page: Page) -> RawPosting:
        """The id that the address names: the title after it may change."""
        number = _ID.search(page.url)
        return posting.model_copy(update={"external_id": number[1]}) if number else posting
