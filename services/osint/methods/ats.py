"""ATS detection: by the URL itself, by where it redirects to, and by what the page embeds or links to."""

from quiethire.domain.board import Board
from quiethire.domain.company import BoardCandidate, DiscoveryMethod, Evidence, UrlType
from quiethire.domain.page import FetchSpec, Render
from quiethire.domain.urls import parse_url
from services.osint.discovery import Discovery, FetchPage, Recognise, Requests, Web
from services.osint.outline import Outline, decode, outline_of

URL_CONFIDENCE = 0.95
REDIRECT_CONFIDENCE = 0.95
EMBED_CONFIDENCE = 0.9
LINK_CONFIDENCE = 0.8
MAX_LINKED_BOARDS = 5
"""A page that links to more boards than these is a directory, not a company's page."""


class AtsDetection:
    """Detects the ATS behind a URL. Its subject is that URL."""

    name = "ats"

    async def discover(self, subject: str, web: Web) -> Discovery:
        """The board that serves the URL, as one candidate, or none. Raises InvalidInput where it is no URL."""
        requests = Requests(web.fetch)
        found = await _detect(subject, requests, web.recognise)
        return Discovery(
            candidates=(found,) if found else (), problems=tuple(requests.problems), requests=requests.made
        )


async def detect_ats(url: str, fetch: FetchPage, recognise: Recognise) -> BoardCandidate | None:
    """The ATS board behind a URL, or None; so too for a page that cannot be fetched.

    `AtsDetection` tells why it could not. Raises InvalidInput where `url` is none.
    """
    return await _detect(url, Requests(fetch), recognise)


async def _detect(url: str, requests: Requests, recognise: Recognise) -> BoardCandidate | None:
    parse_url(url)
    if board := recognise(url, None):
        return ats_candidate(board, URL_CONFIDENCE, "url", f"{url} is a URL of {board.ats}")
    page = await requests.get(FetchSpec(url=url, accept="html", render=Render.AUTO))
    if page is None:
        return None
    found = boards_on(page.url, decode(page), outline_of(page), recognise)
    return found[0] if found else None


def boards_on(url: str, html: str, outline: Outline, recognise: Recognise) -> list[BoardCandidate]:
    """The ATS boards that a fetched page is, embeds or links to; each board once, best first."""
    if board := recognise(url, None):
        return [ats_candidate(board, REDIRECT_CONFIDENCE, "redirect", f"redirects to {url}")]
    embedded: dict[str, BoardCandidate] = {}
    linked: dict[str, BoardCandidate] = {}
    for frame in outline.frames:
        if board := recognise(frame, None):
            reason = f"{url} shows it in a frame"
            embedded.setdefault(board.key, ats_candidate(board, EMBED_CONFIDENCE, "embed", reason))
    for link in outline.links:
        if (board := recognise(link.url, None)) and board.key not in embedded:
            reason = f"{url} links to {link.url} as {link.text!r}"
            linked.setdefault(board.key, ats_candidate(board, LINK_CONFIDENCE, "link", reason))
    # What the markup alone tells may be one of the links again: then it is known already.
    if (board := recognise(url, html)) and board.key not in linked:
        embedded.setdefault(board.key, ats_candidate(board, EMBED_CONFIDENCE, "embed", f"{url} embeds it"))
    return [*embedded.values(), *(linked.values() if len(linked) <= MAX_LINKED_BOARDS else ())]


def ats_candidate(
    board: Board, confidence: float, kind: str, detail: str, via: DiscoveryMethod = DiscoveryMethod.OSINT
) -> BoardCandidate:
    """A candidate for a board on an ATS, with the one reason to believe in it."""
    return BoardCandidate(
        url=board.url,
        url_type=UrlType.ATS,
        discovered_via=via,
        confidence=confidence,
        evidence=(Evidence(kind=kind, detail=detail[:500]),),
        board=board,
    )
