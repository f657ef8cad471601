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
    CLOSED = "closed"
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
    """The version of the row: the newest wins."""

    @property
    def is_open(self) -> bool:
        """Whether the posting can still be applied to."""
        return self.closed_at is None


class Advance(Model):
    """What one crawl changes: rows to write and events to tell, with the counts by kind."""

    rows: tuple[StoredPosting, ...] = ()
    events: tuple[JobEvent, ...] = ()
    opened: int = 0
    changed: int = 0
    reopened: int = 0
    unchanged: int = 0
    touched: tuple[UUID, ...] = ()
    """Ids of the postings that are not unchanged, whether this try wrote them or an earlier try of the same crawl."""


def observe(known: Mapping[UUID, StoredPosting], seen: Iterable[JobPosting], at: datetime) -> Advance:
    """What follows from having seen these postings at `at`, given the rows known of them.

    A posting that is open and unchanged yields nothing to write.
    """
    rows: list[StoredPosting] = []
    events: list[JobEvent] = []
    counts = {"opened": 0, "changed": 0, "reopened": 0, "unchanged": 0}
    touched: list[UUID] = []
    for posting in {posting.id: posting for posting in seen}.values():
        row = known.get(posting.id)
        if row is None:
            touched.append(posting.id)
            counts["opened"] += 1
            rows.append(StoredPosting(posting=posting, first_seen_at=at, last_seen_at=at, updated_at=at))
            events.append(JobEvent.make(posting.id, JobEventKind.OPENED, at))
            continue
        same = row.posting.content_hash == posting.content_hash
        if same and row.is_open:
            counts[_counted_as(row, at)] += 1
            if row.updated_at == at:
                touched.append(posting.id)
            continue
        touched.append(posting.id)
        if not row.is_open:
            counts["reopened"] += 1
            events.append(JobEvent.make(posting.id, JobEventKind.REOPENED, at))
        else:
            counts["changed"] += 1
        events.extend(_changes(row.posting, posting, at))
        rows.append(
            StoredPosting(
                posting=posting, first_seen_at=row.first_seen_at, last_seen_at=at, updated_at=max(at, row.updated_at)
            )
        )
    return Advance(rows=tuple(rows), events=tuple(events), touched=tuple(touched), **counts)


def close(known: Iterable[StoredPosting], at: datetime) -> tuple[Sequence[StoredPosting], Sequence[JobEvent]]:
    """Rows and events that close these postings at `at`. Those closed already are left alone."""
    gone = [row for row in known if row.is_open]
    rows = [row.model_copy(update={"closed_at": at, "updated_at": max(at, row.updated_at)}) for row in gone]
    return rows, [JobEvent.make(row.posting.id, JobEventKind.CLOSED, at) for row in gone]


def _counted_as(row: StoredPosting, at: datetime) -> str:
    """A row of this very moment was written by an earlier try of the same crawl: count it as that try did.

    But for a posting that was reopened: the row does not tell it from one that changed.
    """
    if row.updated_at != at:
        return "unchanged"
    return "opened" if row.first_seen_at == at else "changed"


def _changes(old: JobPosting, new: JobPosting, at: datetime) -> list[JobEvent]:
    before = old.model_dump(mode="json", include=set(WATCHED_FIELDS))
    after = new.model_dump(mode="json", include=set(WATCHED_FIELDS))
    return [
        JobEvent.make(new.id, JobEventKind.CHANGED, at, field=field, old=_json(before[field]), new=_json(after[field]))
        for field in WATCHED_FIELDS
        if before[field] != after[field]
    ]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
