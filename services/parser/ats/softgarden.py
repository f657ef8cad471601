"""softgarden: the script of the board's page {token}.softgarden.io names every job; the job pages carry JSON-LD."""

import re

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from services.parser.ats.base import Addresses, AtsAdapter, BoardPage, embedded_json

_ADDRESSES = Addresses(
    r"(?!(?:certificate|matomo|tracker)\.)(?P<token>[a-z0-9][a-z0-9-]*)\.softgarden\.io(?=[/?#\"'\s<]|$)",
    domains=(".softgarden.io",),
)
"""`{token}.softgarden.io`."""
_JOBS = re.compile(r"\bcomplete_job_id_list\s*=\s*(?:jobs_selected\s*=\s*)?")


class Softgarden(AtsAdapter):
    """The career board; search and paging go on in the page itself, over the list that it holds."""

    name = "softgarden"
    addresses = _ADDRESSES
    home = "https://{token}.softgarden.io/"
    identifier = re.compile(r"/job/(\d+)(?=[/?#]|$)")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the page names the whole board."""
        del cursor
        return (FetchSpec(url=board.url, accept="html"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages."""
        del cursor
        numbers = dict.fromkeys(job.identifier() for job in embedded_json(page, _JOBS, board).required_items())
        return BoardPage(
            links=tuple(f"{board.url}job/{number}" for number in numbers), total=len(numbers), uncounted=True
        )
