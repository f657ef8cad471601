"""Gupy: the board's page {token}.gupy.io holds every job as JSON; the job pages carry JSON-LD."""

import re

from quiethire.domain.board import Board
from quiethire.domain.page import FetchSpec, Page
from services.parser.ats.base import NEXT_STATE, Addresses, AtsAdapter, BoardPage, embedded_json

_ADDRESSES = Addresses(
    r"(?!(?:portal|attraction|suporte)\.)(?P<token>[a-z0-9][a-z0-9-]*)\.gupy\.io(?=[/?#\"'\s<]|$)",
    domains=(".gupy.io",),
)
"""`{token}.gupy.io`; the portal lists the jobs of all companies."""
_POOL = "vacancy_type_talent_pool"
"""A list of people for later, which is no posting."""


class Gupy(AtsAdapter):
    """The board's own state, which is the whole board."""

    name = "gupy"
    addresses = _ADDRESSES
    home = "https://{token}.gupy.io/"
    identifier = re.compile(r"/jobs/(\d+)(?=[/?#]|$)")

    def requests(self, board: Board, cursor: str | None) -> tuple[FetchSpec, ...]:
        """One request: the list is never paged."""
        del cursor
        return (FetchSpec(url=board.url, accept="html"),)

    def parse(self, board: Board, page: Page, cursor: str | None = None) -> BoardPage:
        """Links to the job pages."""
        del cursor
        jobs = embedded_json(page, NEXT_STATE, board).within("props", "pageProps", "jobs").required_items()
        numbers = dict.fromkeys(job.at("id").identifier() for job in jobs if job.at("type").text() != _POOL)
        return BoardPage(
            links=tuple(f"{board.url}jobs/{number}" for number in numbers), total=len(numbers), uncounted=True
        )
