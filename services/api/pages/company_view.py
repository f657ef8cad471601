"""What a company's page shows, worked out: its open postings, how it hires, and the boards that this is read from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quiethire.domain.board import Board
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.history import WEEKS, CompanyHiring, DaysToClose, SalaryChange
from quiethire.domain.search import Sort
from services.api.jobs.safety import safe_link
from services.api.pages.chart import chart_of
from services.api.pages.life_words import days
from services.api.pages.posting_view import Fact, Head, Note, company_url
from services.api.pages.search_view import row_of, search_url
from services.api.pages.why import reasoned
from services.api.pages.wording import day
from services.api.search.answers import SearchAnswer
from services.api.search.parameters import LONGEST_NAME, SearchParameters

_FIRST = timedelta(weeks=2)
"""A shorter watch makes no line."""


@dataclass(frozen=True)
class ReadBoard:
    """A board, and its last crawl: None where it was never read."""

    key: str
    board: Board | None
    crawl: CrawlRecord | None


@dataclass(frozen=True)
class BoardLine:
    """A board as the page tells it."""

    name: str
    url: str | None
    read: str
    read_at: str
    seen: str
    proof: str


@dataclass(frozen=True)
class Week:
    """A line of the table beside the chart."""

    week: str
    opened: int
    closed: int


def company_view(
    name: str,
    domain: str | None,
    *,
    hiring: CompanyHiring | None,
    history_known: bool,
    answer: SearchAnswer,
    changes: Mapping[UUID, SalaryChange],
    boards: Sequence[ReadBoard] | None,
    site: str,
    now: datetime,
) -> Mapping[str, Any]:
    """Everything the template asks for.

    `changes`: the newest change of pay of the hits that have one; `hiring` is None where no posting was ever seen, or the history cannot be read (`history_known`); `boards` where those
    cannot be.
    """
    search = SearchParameters(company=(name[:LONGEST_NAME],), sort=Sort.DATE)
    watched = hiring is not None and now - hiring.watched_since >= _FIRST
    weeks = hiring.weeks if hiring else ()
    return {
        "name": name,
        "domain": domain,
        "site_url": safe_link(f"https://{domain}/") if domain else None,
        "notes": _notes(answer, history_known=history_known),
        "facts": _facts(hiring) if hiring else (),
        "hiring": hiring,
        "chart": chart_of(hiring.weeks, hiring.watched_since) if hiring and watched else None,
        "watched_since": day(hiring.watched_since) if hiring else "",
        "weeks": tuple(Week(day(week.week), week.opened, week.closed) for week in reversed(weeks)),
        "rows": tuple(row_of(hit, now, changes.get(UUID(hit.id))) for hit in answer.hits),
        "found": answer.found,
        "all_url": search_url(search) if answer.found > len(answer.hits) else None,
        "feed_url": search_url(search.unpaged(), "/feeds/search.atom"),
        "boards": None if boards is None else tuple(_board(board) for board in boards),
        "head": Head(
            title=f"Jobs at {name}",
            description=_summary(name, hiring, answer.found),
            url=f"{site}{company_url(domain or name)}",
            indexed=history_known and answer.found > 0,
        ),
    }


def _notes(answer: SearchAnswer, *, history_known: bool) -> tuple[Note, ...]:
    notes = []
    if not history_known:
        text = (
            "The store of postings does not answer right now. The open postings are what the search index knows; how the "
            "company hires is missing until it is back. Try again in a moment."
        )
        notes.append(Note("A part of this page is missing.", text))
    if answer.degraded:
        notes.append(
            Note("Plain search.", "The search index does not answer right now; this list is current all the same.")
        )
    return tuple(notes)


def _facts(hiring: CompanyHiring) -> tuple[Fact, ...]:
    stated = "" if hiring.with_pay is None else f"{round(hiring.with_pay * hiring.open):,} of {hiring.open:,}"
    rests = hiring.days_to_close
    return (
        Fact(
            "Open postings",
            f"{hiring.open:,}",
            why=reasoned(
                "Postings that its boards list, as of the last crawl of each. One job on two boards is two postings, and one "
                "line of the list."
            ),
        ),
        Fact(
            "State pay",
            "Nothing is open" if hiring.with_pay is None else f"{hiring.with_pay:.0%}",
            stated,
            reasoned("The share of the open postings that say what they pay."),
        ),
        Fact(
            "Median time to close",
            "Not known yet" if rests.median is None else days(rests.median),
            f"rests on {rests.closed:,} closed and {rests.still_open:,} open",
            reasoned(*_median_reasons(rests)),
        ),
        Fact(
            "Watched since",
            day(hiring.watched_since),
            why=reasoned(
                "The day on which the first of its postings was seen. Of weeks before, only what was still open is known."
            ),
        ),
    )


def _median_reasons(rests: DaysToClose) -> tuple[str, ...]:
    method = (
        "The age at which half of its postings are closed (Kaplan–Meier): those still open count for as long as they were "
        "seen, and those that were old already when first seen do not count as young ones."
    )
    if rests.median is None:
        return ("Fewer than half of its postings are known to have closed.", method)
    return (method,)


def _board(known: ReadBoard) -> BoardLine:
    crawl = known.crawl
    return BoardLine(
        name=known.key,
        url=safe_link(known.board.url) if known.board else None,
        read=day(crawl.started_at) if crawl else "not read yet",
        read_at=crawl.started_at.isoformat() if crawl else "",
        seen=f"{crawl.seen:,} {'posting' if crawl.seen == 1 else 'postings'}" if crawl else "",
        proof=("" if crawl.complete else "not whole: ") + crawl.proof if crawl else "",
    )


def _summary(name: str, hiring: CompanyHiring | None, found: int) -> str:
    told = f"{found:,} open {'job' if found == 1 else 'jobs'} at {name}"
    if hiring is None:
        return f"{told}."
    return (
        f"{told}, and how it hires: opened and closed by week over {WEEKS} weeks, time to close, share with pay stated."
    )
