"""Every ATS adapter, named once."""

from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput
from services.parser.ats.ashby import Ashby
from services.parser.ats.base import AtsAdapter
from services.parser.ats.greenhouse import Greenhouse
from services.parser.ats.lever import Lever

ADAPTERS: tuple[AtsAdapter, ...] = (Greenhouse(), Lever(), Ashby())


def adapter_for(ats: str) -> AtsAdapter:
    """The adapter of this name. Raises InvalidInput (`unknown_ats`) where there is none."""
    for adapter in ADAPTERS:
        if adapter.name == ats:
            return adapter
    names = ", ".join(adapter.name for adapter in ADAPTERS)
    raise InvalidInput("no such ATS", where=ats, hint=f"known are {names}", kind="unknown_ats")


def recognise(url: str, html: str | None = None) -> Board | None:
    """The board that a URL belongs to, else the one that the page embeds."""
    for page in (None, html) if html else (None,):
        for adapter in ADAPTERS:
            if (board := adapter.recognise(url, page)) is not None:
                return board
    return None
