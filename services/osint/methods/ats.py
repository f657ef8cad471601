"""ATS detection: by the URL itself, the DNS aliases of its host, where it redirects to, and what the page embeds or links to.

What is found is then asked for: the board's own API lists its postings, or says that there is no such board. Each step is kept as
evidence.
"""

from quiethire.domain.board import Board
from quiethire.domain.company import BoardCandidate, DiscoveryMethod, Evidence, UrlType
from quiethire.domain.errors import Gone, InvalidInput, QuietHireError, SchemaDrift
from quiethire.domain.page import FetchSpec, Page, Render
from quiethire.domain.result import Problem
from quiethire.domain.urls import host_of, parse_url
from services.osint.discovery import AtsBoards, Discovery, Recognise, Requests, Web
from services.osint.outline import Outline, decode, outline_of
from services.osint.vendors import VendorAlias, vendor_of

URL_CONFIDENCE = 0.95
REDIRECT_CONFIDENCE = 0.95
EMBED_CONFIDENCE = 0.9
ALIAS_CONFIDENCE = 0.9
"""An alias that is the customer's own name at a vendor."""
LINK_CONFIDENCE = 0.8
HOST_CONFIDENCE = 0.6
"""A site of the vendor's on the company's own host, of which nothing but the alias is known."""
VENDOR_CONFIDENCE = 0.4
"""The vendor is known, the board is not."""
MAX_LINKED_BOARDS = 5
"""A page that links to more boards than these is a directory, not a company's page."""
MAX_CONFIRMED = 3
"""Boards of one run that are asked for."""
CONFIRMED, REFUTED, UNREADABLE = 0.8, 0.4, 0.6
"""An answer with postings takes so much of the doubt. That there is no such board leaves so much of the confidence, and
none to crawl; an answer that cannot be read leaves more: the board may be there, and its API have changed."""


class AtsDetection:
    """Detects the ATS behind a URL. Its subject is that URL."""

    name = "ats"

    async def discover(self, subject: str, web: Web) -> Discovery:
        """The board that serves the URL, as one candidate, or none. Raises InvalidInput where it is no URL."""
        requests = Requests(web.fetch)
        found = await confirm(await _detect(subject, requests, web), requests, web.boards)
        return Discovery(candidates=tuple(found[:1]), problems=tuple(requests.problems), requests=requests.made)


async def _detect(url: str, requests: Requests, web: Web) -> list[BoardCandidate]:
    """What may serve the URL, best first."""
    parse_url(url)
    if board := web.recognise(url, None):
        return [ats_candidate(board, URL_CONFIDENCE, "url", f"{url} is a URL of {board.ats}")]
    alias = await alias_of(host_of(url), requests, web)
    if alias is not None and alias.board is not None:
        return [by_alias(host_of(url), alias, alias.board)]
    page = await requests.get(FetchSpec(url=url, accept="html", render=Render.AUTO))
    found = boards_on(page.url, decode(page), outline_of(page), web.recognise) if page is not None else []
    return with_alias(found, host_of(url), alias, web.boards)


# --- by the DNS ---


async def alias_of(host: str, requests: Requests, web: Web) -> VendorAlias | None:
    """The vendor that a host is an alias of. A name server that fails is a problem, and no more."""
    if web.dns is None:
        return None
    try:
        answer = await web.dns.ask(host)
    except QuietHireError as error:
        requests.problems.append(Problem.of(error, where=host))
        return None
    return vendor_of(answer.aliases, web.recognise)


def by_alias(host: str, alias: VendorAlias, board: Board) -> BoardCandidate:
    """The board whose name at the vendor a host is an alias of."""
    return ats_candidate(board, ALIAS_CONFIDENCE, "cname", _aliased(host, alias))


def with_alias(
    found: list[BoardCandidate], host: str, alias: VendorAlias | None, boards: AtsBoards | None
) -> list[BoardCandidate]:
    """What a page gave, with what the DNS says of its host.

    A board of that vendor is the surer; without one there is the site that the vendor serves on this very host, or
    else the bare knowledge of who the vendor is.
    """
    if alias is None:
        return found
    reason = Evidence(kind="cname", detail=_aliased(host, alias))
    same = [candidate for candidate in found if candidate.board and candidate.board.ats == alias.ats]
    others = [candidate for candidate in found if candidate not in same]
    if same:
        sure = [_moved(one, 1 - (1 - one.confidence) * (1 - HOST_CONFIDENCE), reason) for one in same]
        return [*sure, *others]
    board = boards.on_host(alias.ats, host) if boards is not None else None
    if board is not None:
        return [ats_candidate(board, HOST_CONFIDENCE, reason.kind, reason.detail), *others]
    if others:
        return [one.model_copy(update={"evidence": (*one.evidence, reason)}) for one in others]
    known = BoardCandidate(
        url=f"https://{host}/",
        url_type=UrlType.ATS,
        discovered_via=DiscoveryMethod.OSINT,
        confidence=VENDOR_CONFIDENCE,
        evidence=(reason,),
    )
    return [known]


def _aliased(host: str, alias: VendorAlias) -> str:
    return f"{host} is an alias of {alias.host}, a host of {alias.ats}"


# --- by the page ---


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


# --- by the board itself ---


async def confirm(
    candidates: list[BoardCandidate], requests: Requests, boards: AtsBoards | None
) -> list[BoardCandidate]:
    """The candidates after a request to the API of the first few, best first again."""
    if boards is None:
        return candidates
    asked = [await _confirmed(candidate, requests, boards) for candidate in candidates[:MAX_CONFIRMED]]
    return sorted([*asked, *candidates[MAX_CONFIRMED:]], key=lambda candidate: -candidate.confidence)


async def _confirmed(candidate: BoardCandidate, requests: Requests, boards: AtsBoards) -> BoardCandidate:
    board = candidate.board
    if board is None:
        return candidate
    answer = await requests.ask(boards.requests(board)[0], guess=True)
    if isinstance(answer, Page):
        try:
            count = await boards.count(board, answer)
        except (SchemaDrift, InvalidInput) as error:
            answer = error
        else:
            return _answered(candidate, count)
    refused = _refused(candidate, answer)
    if refused.board is None and isinstance(answer, Gone):
        # The company's own page leads there: that is worth telling, while a board that nobody named is not.
        requests.problems.append(Problem.of(answer, where=candidate.url))
    return refused


def _answered(candidate: BoardCandidate, count: int) -> BoardCandidate:
    """An empty list is none the surer: some vendors answer so to any name."""
    if count == 0:
        reason = Evidence(kind="empty", detail="the board's API answers, and lists no postings")
        return _moved(candidate, candidate.confidence, reason)
    reason = Evidence(kind="confirmed", detail=f"the board's API lists {count} postings")
    return _moved(candidate, 1 - (1 - candidate.confidence) * (1 - CONFIRMED), reason)


def _refused(candidate: BoardCandidate, error: QuietHireError | None) -> BoardCandidate:
    """Only an answer speaks against a board: that nobody could ask says nothing of it."""
    told = f"{error.kind}: {error.detail}"[:300] if error is not None else "the run may make no more requests"
    if isinstance(error, Gone) and error.kind not in ("not_archived", "host_not_found"):
        reason = Evidence(kind="refuted", detail=f"the API of {candidate.url} knows no such board ({told})")
        return _moved(candidate, candidate.confidence * REFUTED, reason).model_copy(update={"board": None})
    if isinstance(error, SchemaDrift) or (isinstance(error, InvalidInput) and error.kind.startswith("not_")):
        left, kind, what = UNREADABLE, "unreadable", "the board's API answers what is no list of postings"
    else:
        left, kind, what = 1.0, "unconfirmed", "the board's API could not be asked"
    return _moved(candidate, candidate.confidence * left, Evidence(kind=kind, detail=f"{what} ({told})"))


def _moved(candidate: BoardCandidate, confidence: float, reason: Evidence) -> BoardCandidate:
    return candidate.model_copy(update={"confidence": round(confidence, 3), "evidence": (*candidate.evidence, reason)})
