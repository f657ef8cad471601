"""What names one posting and no other: its id on an ATS, its address, and where one applies."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from quiethire.domain.board import Board
from quiethire.domain.posting import JobPosting
from services.duplicates.hashing import hash64

Recognise = Callable[[str], Board | None]
"""The board that a URL belongs to: the parser's registry knows."""

_EMBEDDED = re.compile(r"[?&](?P<ats>gh|ashby)_jid=(?P<id>[0-9a-f-]{4,40})(?=&|$)", re.IGNORECASE)
"""How the pages of a company show a posting of a board that they embed."""
_EMBEDDERS = {"gh": "greenhouse", "ashby": "ashby"}
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID = re.compile(rf"{_UUID}|(?<=[/=_-])(?:[A-Z]{{1,4}}-?)?\d{{4,}}(?=$|[/?#&-])", re.IGNORECASE)
"""An identifier in an address."""
_YEAR = re.compile(r"(?:19|20)\d\d")
"""Such a number in the address of a form is that of the season rather than of a posting: `/careers/2026/apply`."""
_FORM = re.compile(r"/(?:apply|application|bewerben)/?(?=\?|$)")
"""What follows the address of a posting in that of its form."""
_GLOBAL = frozenset(("greenhouse", "lever", "ashby", "smartrecruiters", "rippling"))
"""Those whose ids are the same posting on whatever board they stand."""


def names_of(posting: JobPosting, recognise: Recognise) -> tuple[int, ...]:
    """Hashes of the names of a posting, sorted. Two postings that share one are one.

    An application's address counts where it holds an identifier: a form for all of a company's jobs names none.
    """
    names = {_by_address(posting.url, recognise)}
    board = (posting.board_key or "").partition("/")
    if posting.external_id and posting.board_key and posting.identity != posting.url:
        names = {_by_id(board[0], board[2], posting.external_id)}
        if recognise(posting.url) is None:
            names.add(_by_address(posting.url, recognise))
    if posting.identity.partition("#")[0] == posting.url != posting.identity:
        names = {hash64("page", posting.identity)}  # One of several on one page.
    form = posting.application_url
    if form is not None and form != posting.url and (named := _by_form(form, recognise)) is not None:
        names.add(named)
    return tuple(sorted(names))


def _by_address(url: str, recognise: Recognise) -> int:
    return _on_ats(url, recognise) or hash64("page", url)


def _by_form(url: str, recognise: Recognise) -> int | None:
    if (named := _on_ats(url, recognise)) is not None:
        return named
    numbered = any(_YEAR.fullmatch(number) is None for number in _ID.findall(unquote(url)))
    return hash64("page", _FORM.sub("", url)) if numbered else None


def _on_ats(url: str, recognise: Recognise) -> int | None:
    """The id of a posting of an ATS that an address names."""
    if (embedded := _EMBEDDED.search(url)) is not None:
        return _by_id(_EMBEDDERS[embedded["ats"].lower()], "", embedded["id"])
    if not (found := _ID.findall(url.partition("//")[2])):
        return None
    board = recognise(url)
    return None if board is None or board.is_website else _by_id(board.ats, board.token, found[-1])


def _by_id(ats: str, token: str, number: str) -> int:
    return hash64("ats", ats, "" if ats in _GLOBAL else token.lower(), number.lower())
