"""Every ATS adapter, named once."""

from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import FetchSpec, Render
from services.parser.ats.ashby import Ashby
from services.parser.ats.bamboohr import BambooHR
from services.parser.ats.base import AtsAdapter
from services.parser.ats.breezy import Breezy
from services.parser.ats.comeet import Comeet
from services.parser.ats.eightfold import Eightfold
from services.parser.ats.gem import Gem
from services.parser.ats.greenhouse import Greenhouse
from services.parser.ats.gupy import Gupy
from services.parser.ats.icims import Icims
from services.parser.ats.jazzhr import JazzHR
from services.parser.ats.jobvite import Jobvite
from services.parser.ats.join import Join
from services.parser.ats.lever import Lever
from services.parser.ats.oracle import Oracle
from services.parser.ats.personio import Personio
from services.parser.ats.phenom import Phenom
from services.parser.ats.pinpoint import Pinpoint
from services.parser.ats.recruitee import Recruitee
from services.parser.ats.rippling import Rippling
from services.parser.ats.smartrecruiters import SmartRecruiters
from services.parser.ats.softgarden import Softgarden
from services.parser.ats.successfactors import SuccessFactors
from services.parser.ats.teamtailor import Teamtailor
from services.parser.ats.ukg import Ukg
from services.parser.ats.workable import Workable
from services.parser.ats.workday import Workday

ADAPTERS: tuple[AtsAdapter, ...] = (
    Greenhouse(),
    Lever(),
    Ashby(),
    Workday(),
    SmartRecruiters(),
    Oracle(),
    Ukg(),
    Icims(),
    Workable(),
    Recruitee(),
    Personio(),
    BambooHR(),
    Teamtailor(),
    Rippling(),
    Gem(),
    Breezy(),
    Pinpoint(),
    Join(),
    Comeet(),
    Eightfold(),
    JazzHR(),
    Jobvite(),
    Gupy(),
    Softgarden(),
    # The last two bear no name in their addresses; a page that leads to a board above is better known by that.
    SuccessFactors(),
    Phenom(),
)

MAX_TOKEN = 200


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
            board = adapter.recognise(url, page)
            if board is not None and _is_sound(board.token):
                return board
    return None


def _is_sound(token: str) -> bool:
    """Whether a token, which strangers wrote, may go into ids and paths: short, printable, and leading nowhere else."""
    parts = token.split("/")
    return 0 < len(token) <= MAX_TOKEN and token.isprintable() and not any(part in ("", ".", "..") for part in parts)


def page_request(url: str) -> FetchSpec:
    """How the page of a posting is asked for: as an adapter wants its details, else as a page that may need rendering."""
    for adapter in ADAPTERS:
        if adapter.details is not None and adapter.details.match(url):
            return FetchSpec(url=url, accept=adapter.details_accept)
    return FetchSpec(url=url, accept="html", render=Render.AUTO)
