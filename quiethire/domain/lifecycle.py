"""The life of a posting: open → changed → closed → reopened, as pure functions.

Ids of events come from content, so that a retried activity writes the same events again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from quiethire.domain.base import Model
from quiethire.domain.posting import JOB_NAMESPACE, JobPosting

WATCHED_FIELDS = ("title", "company_name", "locations", "remote", "job_type", "salary", "description_text")
"""A change of one of these is told as an event with its old and new value."""


class JobEventKind(StrEnum):
    """What happened to a posting."""

    OPENED = "opened"
    CHANGED = "changed"
    CORRECTED = "corrected"
    """A better parser reads the same page otherwise: no news, since the employer changed nothing. Without a field it is
    open again, which was wrongly withdrawn.
    """
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    """A better parser takes it for no posting: it is shown no longer, and nobody closed it."""
    REOPENED = "reopened"


class JobEvent(Model):
    """One line of a posting's history. `old` and `new` are JSON."""

    id: UUID
    job_id: UUID
    kind: JobEventKind
    at: datetime
    field: str = ""
    old: str = ""
    new: str = ""

    @classmethod
    def make(
        cls, job: UUID, kind: JobEventKind, at: datetime, *, field: str = "", old: str = "", new: str = ""
    ) -> "JobEvent":
        """An event whose id is made of everything in it."""
        identity = "\x1f".join((str(job), kind, at.isoformat(), field, old, new))
        return cls(id=uuid5(JOB_NAMESPACE, identity), job_id=job, kind=kind, at=at, field=field, old=old, new=new)


class StoredPosting(Model):
    """A posting with its life: one row of ClickHouse's `jobs`."""

    posting: JobPosting
    first_seen_at: datetime
    last_seen_at: datetime
    """When this version was written. An unchanged posting writes no row: that its board's last crawl saw it is told by
    the facts of that crawl.
    """
    closed_at: datetime | None = None
    updated_at: datetime
    """The version of the row: the newest wins; of two of the same moment, the one written last."""
    cause: JobEventKind | None = None
    """Why this version was written. None in rows of before this was kept."""

    @property
    def is_open(self) -> bool:
        """Whether the posting can still be applied to."""
        return self.closed_at is None

    @property
    def is_withdrawn(self) -> bool:
        """Whether it is taken for no posting: it tells nothing of what the employer opened or closed."""
        return not self.is_open and self.cause is JobEventKind.WITHDRAWN


class Advance(Model):
    """What one crawl changes: rows to write and events to tell, with the counts by kind."""

    rows: tuple[StoredPosting, ...] = ()
    events: tuple[JobEvent, ...] = ()
    opened: int = 0
    changed: int = 0
    corrected: int = 0
    reopened: int = 0
    unchanged: int = 0
    touched: tuple[UUID, ...] = ()
    """Ids of the postings that are not unchanged, whether this try wrote them or an earlier try of the same crawl."""


_COUNTED = (JobEventKind.OPENED, JobEventKind.CHANGED, JobEventKind.CORRECTED, JobEventKind.REOPENED)


def observe(known: Mapping[UUID, StoredPosting], seen: Iterable[JobPosting], at: datetime) -> Advance:
    """What follows from having seen these postings at `at`, given the rows known of them.

    A posting that is open and unchanged yields nothing to write, but for the version of the parser that read it. One whose row
    a later crawl wrote stays as that one read it, and counts as unchanged. Where two boards list the same posting, it stays with
    the one that opened it, as long as it is open.
    """
    rows: list[StoredPosting] = []
    events: list[JobEvent] = []
    counts = dict.fromkeys((*_COUNTED, "unchanged"), 0)
    touched: list[UUID] = []
    for posting in {posting.id: posting for posting in seen}.values():
        row = known.get(posting.id)
        if row is not None and row.updated_at > at:
            counts["unchanged"] += 1
            continue
        if row is not None and row.is_open and row.posting.content_hash == posting.content_hash:
            # A row of this very moment was written by an earlier try of the same crawl, and counts as it did then.
            mine = row.updated_at == at and row.cause in _COUNTED
            counts[row.cause if mine and row.cause else "unchanged"] += 1
            if mine:
                touched.append(posting.id)
            if row.posting.parser_version < posting.parser_version:
                rows.append(row.model_copy(update={"posting": _owned(row, posting)}))
            continue
        cause = _cause(row, posting)
        counts[cause] += 1
        touched.append(posting.id)
        if row is None or not row.is_open:
            events.append(JobEvent.make(posting.id, cause, at))
        if row is not None:
            changed_by = cause if row.is_withdrawn else _by(row.posting, posting)
            events.extend(_changes(row.posting, posting, at, changed_by))
        rows.append(
            StoredPosting(
                posting=_owned(row, posting),
                first_seen_at=at if row is None else row.first_seen_at,
                last_seen_at=at,
                updated_at=at,
                cause=cause,
            )
        )
    named = {str(name): count for name, count in counts.items()}
    return Advance(rows=tuple(rows), events=tuple(events), touched=tuple(touched), **named)


def correct(row: StoredPosting, posting: JobPosting, at: datetime) -> tuple[StoredPosting, Sequence[JobEvent]]:
    """Row and events that put a better reading in the place of the one before, as told at `at`.

    The row keeps its version, and whether it is open: what a crawl writes in between always wins. What is withdrawn stays
    told so.
    """
    same = row.is_withdrawn or row.posting.content_hash == posting.content_hash
    cause = {} if same else {"cause": JobEventKind.CORRECTED}
    events = _changes(row.posting, posting, at, JobEventKind.CORRECTED)
    return row.model_copy(update={"posting": posting, **cause}), events


def close(known: Iterable[StoredPosting], at: datetime) -> tuple[Sequence[StoredPosting], Sequence[JobEvent]]:
    """Rows and events that close these postings at `at`: their boards list them no longer.

    Those closed already are left alone.
    """
    return _end(known, at, JobEventKind.CLOSED)


def hand_over(row: StoredPosting, board_key: str) -> StoredPosting:
    """The row of a posting that its own board lists no longer, and another one does: nothing happened to the posting.

    It keeps its version, so that what a crawl writes in between wins.
    """
    return row.model_copy(update={"posting": row.posting.model_copy(update={"board_key": board_key})})


def withdraw(known: Iterable[StoredPosting], at: datetime) -> tuple[Sequence[StoredPosting], Sequence[JobEvent]]:
    """Rows and events that take these postings back at `at`: a better parser says that they are none."""
    return _end(known, at, JobEventKind.WITHDRAWN)


def _end(
    known: Iterable[StoredPosting], at: datetime, cause: JobEventKind
) -> tuple[Sequence[StoredPosting], Sequence[JobEvent]]:
    gone = [row for row in known if row.is_open]
    rows = [
        row.model_copy(update={"closed_at": at, "updated_at": max(at, row.updated_at), "cause": cause}) for row in gone
    ]
    return rows, [JobEvent.make(row.posting.id, cause, at) for row in gone]


def _owned(row: StoredPosting | None, posting: JobPosting) -> JobPosting:
    """The posting as it was read, of the board that it belongs to."""
    owner = row.posting.board_key if row is not None and row.is_open else None
    return posting if owner is None else posting.model_copy(update={"board_key": owner})


def _cause(row: StoredPosting | None, posting: JobPosting) -> JobEventKind:
    if row is None:
        return JobEventKind.OPENED
    if row.is_withdrawn:
        return JobEventKind.CORRECTED  # The withdrawal was our mistake, and nothing that the employer did.
    return _by(row.posting, posting) if row.is_open else JobEventKind.REOPENED


def _by(old: JobPosting, new: JobPosting) -> JobEventKind:
    """Whose change it is. What two versions of the parser read cannot be told apart from what the employer wrote."""
    return JobEventKind.CHANGED if old.parser_version == new.parser_version else JobEventKind.CORRECTED


def _changes(old: JobPosting, new: JobPosting, at: datetime, kind: JobEventKind) -> list[JobEvent]:
    before = old.model_dump(mode="json", include=set(WATCHED_FIELDS))
    after = new.model_dump(mode="json", include=set(WATCHED_FIELDS))
    return [
        JobEvent.make(new.id, kind, at, field=field, old=_json(before[field]), new=_json(after[field]))
        for field in WATCHED_FIELDS
        if before[field] != after[field]
    ]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
