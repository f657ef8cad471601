"""Pages to postings: the two functions that the rest of the house calls. Pure; the same page gives the same result."""

import re
from collections.abc import Sequence

from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, RawPosting
from quiethire.domain.result import Refusal
from quiethire.domain.urls import canonical_url
from services.parser import evidence, html, jsonld, microdata, quality, rdfa, running_text, state_posting
from services.parser.ats.registry import adapter_for
from services.parser.document import Document
from services.parser.headline import find_title, page_names
from services.parser.labels import SLOGAN
from services.parser.merge import merge
from services.parser.normalise.posting import normalise
from services.parser.normalise.text import fold

MAX_POSTINGS = 5_000
_BRANDED = re.compile(
    r"\b(greenhouse|lever|ashby|workday|breezy|gusto|smartrecruiters|personio|teamtailor|recruitee|workable|bamboohr|icims|jobvite)\b",
    re.IGNORECASE,
)


class ParsedPage(Model):
    """What a page gave: postings, what was refused and why, and for a page of a board how it goes on."""

    postings: tuple[JobPosting, ...] = ()
    refused: tuple[Refusal, ...] = ()
    links: tuple[str, ...] = ()
    cursor: str | None = None
    total: int | None = None


def parse_board_page(board: Board, page: Page, cursor: str | None = None) -> ParsedPage:
    """The postings of one page of an ATS board's list: the page that was fetched for `cursor`.

    Raises SchemaDrift where the page's shape is unknown, InvalidInput for a board of no known ATS.
    """
    listed = adapter_for(board.ats).parse(board, page, cursor)
    postings, refused = _finish([_with_text(raw) for raw in listed.postings], board, page)
    total, given = listed.total, len(listed.postings) + len(listed.links)
    if given >= MAX_POSTINGS:
        # The list was cut at what one page may hold: it counts for more than it gave, and so is never complete.
        total = max(total or 0, given + 1)
    return ParsedPage(postings=postings, refused=refused, links=listed.links, cursor=listed.cursor, total=total)


def parse_posting_page(page: Page, *, board: Board | None) -> ParsedPage:
    """The posting of a job page: markup first, then what the page shows. A page that holds none is one refusal.

    The details of a board's API are read by its adapter, which raises SchemaDrift where their shape is unknown.
    """
    adapter = None if board is None or board.is_website else adapter_for(board.ats)
    if board is not None and adapter is not None and adapter.details is not None and adapter.details.match(page.url):
        postings, refused = _finish([_with_text(adapter.detail(board, page))], board, page)
        return ParsedPage(postings=postings, refused=refused)
    document = Document(page)
    marked = [*jsonld.read(document), *microdata.read(document), *rdfa.read(document)]
    marked = [raw for raw in marked if raw.title is None or SLOGAN.match(fold(raw.title.value)) is None]
    titles = {fold(raw.title.value) for raw in marked if raw.title}
    shown = html.read(document)
    if len(titles) > 1:
        return _several(marked, document, board, page)
    if marked:
        raw = merge([*marked, _only_facts(shown, marked[0]), running_text.read(merge([*marked, shown]))])
    elif (stated := state_posting.read(document, {fold(name) for name in page_names(document)})) is not None:
        raw = _with_text(merge([stated, shown]))
    else:
        if (reason := evidence.why_not(document, shown)) is not None:
            return ParsedPage(refused=(Refusal(url=page.url, reason=reason),))
        raw = _with_text(shown)
    raw = _on_board(raw, board)
    postings, refused = _finish([adapter.mend(raw, page) if adapter else raw], board, page)
    return ParsedPage(postings=postings, refused=refused)


def _several(marked: Sequence[RawPosting], document: Document, board: Board | None, page: Page) -> ParsedPage:
    """A page with several marked-up postings: those that give an address of their own are taken, else it is a list."""
    addressed = [raw for raw in marked if canonical_url(raw.url) != canonical_url(page.url)]
    if not addressed:
        title = find_title(document)
        own = [raw for raw in marked if title and raw.title and fold(raw.title.value) == fold(title.text)]
        if not own:
            return ParsedPage(
                refused=(
                    Refusal(url=page.url, reason=f"list: the page marks up {len(marked)} postings without addresses"),
                )
            )
        addressed = own[:1]
    postings, refused = _finish([_with_text(raw) for raw in addressed[:MAX_POSTINGS]], board, page)
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
    company = raw.company if raw.company is None or not _BRANDED.search(raw.company.value) else None
    ids = re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=/)\d{4,}(?=$|[/?#-])", raw.url)
    return raw.model_copy(update={"company": company, "external_id": ids[-1] if ids else None})


def _finish(
    raws: Sequence[RawPosting], board: Board | None, page: Page
) -> tuple[tuple[JobPosting, ...], tuple[Refusal, ...]]:
    """Normalise, score and sift; a posting that is twice on a page counts once."""
    postings: dict[str, JobPosting] = {}
    refused: list[Refusal] = []
    for raw in raws:
        try:
            posting = normalise(raw, board=board, fetched_at=page.fetched_at)
        except InvalidInput as error:
            refused.append(Refusal(url=raw.url, reason=f"{error.kind}: {error.detail}"))
            continue
        if (reason := quality.refusal_reason(posting)) is not None:
            refused.append(Refusal(url=posting.url, reason=reason, quality_score=posting.quality_score))
        else:
            postings.setdefault(posting.identity, posting)
    return tuple(postings.values()), tuple(refused)
