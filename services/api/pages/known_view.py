"""The section "What we know about this posting": its dates, its changes, its other listings, the source of every field."""

from dataclasses import dataclass

from quiethire.domain.posting import QUALITY_FLOOR
from services.api.jobs.postings import HistoryEvent, PostingDetail
from services.api.pages.changes import Change, Rewriting, change_of, rewriting_of
from services.api.pages.life_words import life_reason, life_words
from services.api.pages.why import Origin, Why, all_origins, reasoned, sourced
from services.api.pages.wording import day

_CHANGES = 12
"""Changes that are shown at once, the newest first."""

_ALL_CHANGES = 200

_REWRITINGS = 10
"""Changes of the description that are compared: comparing takes time."""


@dataclass(frozen=True)
class Row:
    """One line: a name and what is known under it."""

    name: str
    value: str
    at: str = ""
    """The moment for machines, where the value is one."""
    url: str = ""
    why: Why | None = None


@dataclass(frozen=True)
class Line:
    """One line of the timeline."""

    change: Change
    rewriting: Rewriting | None = None


@dataclass(frozen=True)
class Elsewhere:
    """Another posting of the same job."""

    url: str
    name: str
    state: str


@dataclass(frozen=True)
class Known:
    """The section."""

    rows: tuple[Row, ...]
    changes: tuple[Line, ...]
    older_changes: tuple[Line, ...]
    elsewhere: tuple[Elsewhere, ...]
    origins: tuple[Origin, ...]


def known_view(posting: PostingDetail) -> Known:
    """All that is known of a posting beside what it says."""
    lines = _lines(posting.history)
    return Known(
        rows=tuple(row for row in _rows(posting) if row.value),
        changes=lines[:_CHANGES],
        older_changes=lines[_CHANGES:_ALL_CHANGES],
        elsewhere=tuple(
            Elsewhere(
                url=f"/jobs/{other.id}",
                name=f"{other.company_name}, {other.board_key or other.ats}",
                state=f"{'copy, ' if other.agency_copy else ''}{other.status.value}",
            )
            for other in posting.listed_elsewhere
        ),
        origins=all_origins(posting.provenance),
    )


def _rows(posting: PostingDetail) -> tuple[Row, ...]:
    first, last, valid = posting.first_seen_at, posting.last_seen_at, posting.valid_through
    board = posting.board_key or posting.ats
    return (
        Row("So far", life_words(posting.life, posting.status, newest=0), why=reasoned(life_reason(posting.life))),
        Row("First seen", day(first), first.isoformat(), why=reasoned(f"The first crawl of {board} that met it.")),
        Row("Last seen", day(last), last.isoformat(), why=reasoned(_last_seen(posting, board))),
        Row(
            "Posted",
            day(posting.posted_at) if posting.posted_at else "",
            posting.posted_at.isoformat() if posting.posted_at else "",
            why=sourced(posting.provenance, "posted_at"),
        ),
        Row(
            "Valid through",
            day(valid) if valid else "",
            valid.isoformat() if valid else "",
            why=sourced(posting.provenance, "valid_through"),
        ),
        Row("Posted anew", _reposts(posting.reposts), why=reasoned("Times that a board opened this job again.")),
        Row("Copy", "The original is another company’s" if posting.agency_copy else ""),
        Row("Quality", f"{posting.quality_score} of 100", why=_quality(posting)),
        Row("Listed at", board if posting.url else "", url=posting.url or ""),
    )


def _last_seen(posting: PostingDetail, board: str) -> str:
    if posting.closed_at is not None:
        return (
            f"When a crawl last noted something new about it; since {day(posting.closed_at)} {board} has it no longer."
        )
    return (
        f"The newest crawl that is known to have seen all of {board}, or the last one that found something new in it."
    )


def _reposts(count: int) -> str:
    return f"{count} {'time' if count == 1 else 'times'}" if count else ""


def _quality(posting: PostingDetail) -> Why:
    reason = f"Points for what the posting states; below {QUALITY_FLOOR} it would not be shown."
    counted = {name: points.split("/") for name, points in posting.quality_parts.items()}
    if sum(int(points) for points, _ in counted.values()) != posting.quality_score:
        return reasoned(reason, "It was counted by an earlier version of the parser.")
    return reasoned(reason, ", ".join(f"{name} {points} of {most}" for name, (points, most) in counted.items()) + ".")


def _lines(history: tuple[HistoryEvent, ...]) -> tuple[Line, ...]:
    """The newest first."""
    lines, compared = [], 0
    for event in reversed(history[-_ALL_CHANGES:]):
        rewriting = rewriting_of(event) if compared < _REWRITINGS else None
        compared += event.field == "description_text"
        lines.append(Line(change_of(event), rewriting))
    return tuple(lines)
