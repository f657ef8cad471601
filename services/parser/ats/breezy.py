"""Breezy: GET {token}.breezy.hr/json lists the positions; their pages carry JSON-LD with the description."""

import re

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.posting import RawPosting
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, Reader

_ADDRESSES = Addresses(r"(?P<token>[a-z0-9][a-z0-9-]*)\.breezy\.hr(?=[/?#\"'\s<]|$)", domains=(".breezy.hr",))
_ID = re.compile(r"/p/([0-9a-f]{12,})(?=[-/?]|$)")


class Breezy(AtsAdapter):
    """The portal's list in JSON."""

    name = "breezy"

    def recognise(self, url: str, html: str | None = None) -> Board | None:
        """`{token}.breezy.hr`."""
        match = _ADDRESSES.find(url, html)
        if match is None:
            return None
        token = match["token"].lower()
        return Board(ats=self.name, token=token, url=f"https://{token}.breezy.hr/")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        return (FetchSpec(url=f"https://{board.token}.breezy.hr/json", accept="json"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages; a position in several places stands in the list once for each."""
        del cursor
        jobs = Reader.of(page, board).required_items()
        found = dict.fromkeys(job.at("url").required_text() for job in jobs)
        return BoardPage(links=tuple(found), total=len(found))

    def mend(self, posting: RawPosting, page: Page) -> RawPosting:
        """The id that the address begins with: the title after it may change."""
        number = _ID.search(page.url)
        return posting.model_copy(update={"external_id": number[1]}) if number else posting
