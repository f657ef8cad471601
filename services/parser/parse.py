"""Pages to postings: the two functions that the rest of the house calls. Pure; the same page gives the same result."""

import re
from collections.abc import Sequence

from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, RawPosting, Workplace, job_id
from quiethire.domain.result import Refusal
from quiethire.domain.words import fold
from services.parser import evidence, html, marked, quality, running_text, state_posting
from services.parser.ats.base import MAX_ITEMS, MAX_POSTINGS, AtsAdapter, BoardPage
from services.parser.ats.registry import adapter_for
from services.parser.document import Document
from services.parser.headline import page_names
from services.parser.links import Listing, listing_of
from services.parser.merge import merge
from services.parser.normalise.posting import normalise
from services.parser.normalise.workplace import workplace


class ParsedPage(Model):
    """What a page gave: postings, what was refused and why, and for a page of a board how it goes on."""

    postings: tuple[JobPosting, ...] = ()
    refused: tuple[Refusal, ...] = ()
    links: tuple[str, ...] = ()
    cursor: str | None = None
    total: int | None = None
    uncounted: bool = False
    cut: bool = False
    """Whether the page of a board held more than is kept of one, or ends before its end."""
    listing: Listing | None = None
    """Where the page holds no posting, and was asked for what it leads to."""


def parse_board_page(board: Board, page: Page, cursor: str | None = None) -> ParsedPage:
    """The postings of one page of an ATS board's list: the page that was fetched for `cursor`.

    Raises SchemaDrift where the page's shape is unknown, InvalidInput for a board of no known ATS.
    """
    return finish_board_page(list_board_page(board, page, cursor), board, page)


def list_board_page(board: Board, page: Page, cursor: str | None) -> BoardPage:
    """The first half of `parse_board_page`: postings as the board states them. Raises what it raises."""
    listed = adapter_for(board.ats).parse(board, page, cursor)
    if len(listed.postings) <= MAX_POSTINGS and len(listed.links) <= MAX_ITEMS:
        return listed
    kept = {"postings": listed.postings[:MAX_POSTINGS], "links": listed.links[:MAX_ITEMS], "cut": True}
    return listed.model_copy(update=kept)


def finish_board_page(listed: BoardPage, board: Board, page: Page) -> ParsedPage:
    """The second half, for a list or a part of one: postings as we keep them. The page's body is not needed."""
    postings, refused = _finish([_with_text(raw) for raw in listed.postings], board, page)
    return ParsedPage(
        postings=postings,
        refused=refused,
        links=listed.links,
        cursor=listed.cursor,
        total=listed.total,
        uncounted=listed.uncounted,
        cut=listed.cut,
    )


def parse_posting_page(page: Page, *, board: Board | None) -> ParsedPage:
    """The posting of a job page: markup first, then what the page shows. A page that holds none is one refusal.

    The details of a board's API are read by its adapter, which raises SchemaDrift where their shape is unknown.
    """
    return _details(page, board) or _posting(Document(page), page, board)


def parse_page(page: Page, *, board: Board | None) -> ParsedPage:
    """As `parse_posting_page`; a page that holds no posting is read as a listing too, off the same tree."""
    if (details := _details(page, board)) is not None:
        return details
    document = Document(page)
    parsed = _posting(document, page, board)
    return parsed if parsed.postings else parsed.model_copy(update={"listing": listing_of(document)})


def _adapter(board: Board | None) -> AtsAdapter | None:
    return None if board is None or board.is_website else adapter_for(board.ats)


def _details(page: Page, board: Board | None) -> ParsedPage | None:
    """The posting of an address of a board's API; None for pages."""
    adapter = _adapter(board)
    if board is None or adapter is None or adapter.details is None or not adapter.details.match(page.url):
        return None
    postings, refused = _finish([_with_text(adapter.detail(board, page))], board, page)
    return ParsedPage(postings=postings, refused=refused)


def _posting(document: Document, page: Page, board: Board | None) -> ParsedPage:
    stated = marked.read(document)
    if marked.is_several(stated, document):
        return _several(stated, document, board, page)
    by_id = False
    if stated:
        if (over := evidence.why_over(document)) is not None:
            return ParsedPage(refused=(Refusal(url=page.url, reason=over),))
        by_id = not marked.is_for(document, stated[0])
        told = marked.as_one(stated, marked.place_of(stated[0], document) if _adapter(board) is None else page.url)
        shown = html.read(document, merge(told))
        if shown.workplace is not None and workplace(shown.workplace.value) is Workplace.HYBRID:
            # Markup has a word for remote work alone: where the page itself says hybrid, that is finer.
            told = [raw.model_copy(update={"workplace": None}) for raw in told]
        raw = merge([*told, _only_facts(shown, told[0]), running_text.read(merge([*told, shown]))])
    else:
        shown = html.read(document)
        names = {fold(name) for name in document.once(page_names)}
        if (state := state_posting.read(document, names)) is not None:
            raw = _with_text(merge([state, shown]))
        elif (reason := evidence.why_not(document, shown)) is not None:
            return ParsedPage(refused=(Refusal(url=page.url, reason=reason),))
        else:
            raw = _with_text(shown)
    raw = _on_board(raw, board)
    adapter = _adapter(board)
    postings, refused = _finish([adapter.mend(raw, page) if adapter else raw], board, page, by_id=by_id)
    return ParsedPage(postings=postings, refused=refused)


def _several(stated: Sequence[RawPosting], document: Document, board: Board | None, page: Page) -> ParsedPage:
    """A page with several marked-up postings: the one that it is for, else those that can be told apart, else a list."""
    chosen = marked.apart(stated, document)
    if not chosen:
        reason = f"list: the page marks up {len(stated)} postings that cannot be told apart, or not whole"
        return ParsedPage(refused=(Refusal(url=page.url, reason=reason),))
    raws = [_with_text(raw) for raw in chosen[:MAX_POSTINGS]]
    postings, refused = _finish(raws, board, page, by_id=len(chosen) > 1)
    return ParsedPage(postings=postings, refused=refused)


def _only_facts(shown: RawPosting, marked: RawPosting) -> RawPosting:
    """What the page shows, without its guess at pay and dates where markup says that there is a posting of another name."""
    names = [fold(raw.title.value) for raw in (shown, marked) if raw.title is not None]
    same = len(names) == 2 and (names[0] in names[1] or names[1] in names[0])
    return (
        shown
        if same
        else shown.model_copy(update={"salary": None, "posted_at": None, "locations": (), "company": None})
    )


def _with_text(raw: RawPosting) -> RawPosting:
    return merge([raw, running_text.read(raw)])


def _on_board(raw: RawPosting, board: Board | None) -> RawPosting:
    """On an ATS the last identifier of the address is the posting's: the same as in the board's own list."""
    if board is None or board.is_website or raw.url == board.url:
        return raw
    # What the vendor's pages name first may be the vendor.
    vendor = re.compile(rf"\b{re.escape(board.ats)}\b", re.IGNORECASE)
    company = raw.company if raw.company is None or not vendor.search(raw.company.value) else None
    ids = re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=/)\d{4,}(?=$|[/?#-])", raw.url)
    return raw.model_copy(update={"company": company, "external_id": ids[-1] if ids else None})


def _finish(
    raws: Sequence[RawPosting], board: Board | None, page: Page, *, by_id: bool = False
) -> tuple[tuple[JobPosting, ...], tuple[Refusal, ...]]:
    """Normalise, score and sift; a posting that is twice on a page counts once.

    On a website a posting is told by its address; `by_id` those at the address of a list are told by their identifiers.
    """
    postings: dict[str, JobPosting] = {}
    refused: list[Refusal] = []
    for raw in raws:
        try:
            posting = normalise(raw, board=board, fetched_at=page.fetched_at)
        except InvalidInput as error:
            refused.append(Refusal(url=raw.url, reason=f"{error.kind}: {error.detail}"))
            continue
        if by_id and raw.url == page.url and raw.external_id and posting.identity == posting.url:
            identity = f"{posting.identity}#{raw.external_id}"
            posting = posting.model_copy(update={"identity": identity, "id": job_id(identity)})
        if (reason := quality.refusal_reason(posting)) is not None:
            refused.append(Refusal(url=posting.url, reason=reason, quality_score=posting.quality_score))
        else:
            postings.setdefault(posting.identity, posting)
    return tuple(postings.values()), tuple(refused)
