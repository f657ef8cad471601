"""Postings as the API tells them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from html import escape
from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict

from quiethire.domain.base import Model
from quiethire.domain.cluster import Member, reposts, shown_as, shown_first
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.history import life_of
from quiethire.domain.lifecycle import JobEvent, JobEventKind, StoredPosting
from quiethire.domain.posting import JobType, Location, Money, Period, Provenance, Salary, Seniority, Workplace
from services.api.jobs.examples import DETAIL, LIFE, SUMMARY
from services.api.jobs.safety import safe_html, safe_link
from services.api.search.answers import FoundPosting
from services.parser.quality import quality_parts


class Status(StrEnum):
    """Whether the posting can still be applied to."""

    OPEN = "open"
    CLOSED = "closed"


class Pay(Model):
    """Pay a period as stated, to the cent, and what that is in a year in whole units of the currency."""

    min: Money | None
    max: Money | None
    currency: str
    period: Period
    yearly_min: int | None
    yearly_max: int | None

    @classmethod
    def of(cls, salary: Salary) -> "Pay":
        """The salary with its yearly equivalent."""
        stated = salary.model_dump(include={"min", "max", "currency", "period"})
        return cls(**stated, yearly_min=salary.yearly_min, yearly_max=salary.yearly_max)


class PostingSummary(Model):
    """A posting without its texts."""

    model_config = ConfigDict(json_schema_extra={"example": SUMMARY})

    id: UUID
    title: str
    company_name: str
    company_domain: str | None
    locations: tuple[Location, ...]
    remote: Workplace
    on_site_days: int | None
    """Days a week at the workplace."""
    visa_sponsorship: bool | None
    """Null where the posting does not say."""
    job_type: JobType | None
    seniority: Seniority | None
    skills: tuple[str, ...]
    salary: Pay | None
    posted_at: datetime | None
    url: str | None
    ats: str
    quality_score: int
    status: Status
    first_seen_at: datetime
    updated_at: datetime
    """When it last changed, was closed or opened anew."""
    closed_at: datetime | None

    @classmethod
    def of(cls, row: StoredPosting) -> "PostingSummary":
        """The row as a list tells it."""
        return cls(**_common(row))


class HistoryEvent(Model):
    """Something that happened to a posting; `old` and `new` are the values of `field`."""

    kind: JobEventKind
    at: datetime
    field: str | None = None
    old: Any = None
    new: Any = None

    @classmethod
    def of(cls, event: JobEvent) -> "HistoryEvent":
        """The event with its values read."""
        return cls(
            kind=event.kind,
            at=event.at,
            field=event.field or None,
            old=json.loads(event.old) if event.old else None,
            new=json.loads(event.new) if event.new else None,
        )


class Listing(Model):
    """Another posting of the same job."""

    id: UUID
    url: str | None
    company_name: str
    ats: str
    board_key: str | None
    status: Status
    agency_copy: bool
    """Whether it is posted under another company's name than the original."""
    first_seen_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, member: Member) -> "Listing":
        """The posting as the page of its mate tells it."""
        posting = member.row.posting
        return cls(
            id=posting.id,
            url=safe_link(posting.url),
            company_name=posting.company_name,
            ats=posting.ats,
            board_key=posting.board_key,
            status=Status.OPEN if member.row.is_open else Status.CLOSED,
            agency_copy=member.placement.is_copy,
            first_seen_at=member.row.first_seen_at,
            closed_at=member.row.closed_at,
        )


class SalaryStep(Model):
    """Pay as it was and as it is since; null = not stated."""

    at: datetime
    old: Pay | None
    new: Pay | None


class Life(Model):
    """A posting's life so far. Corrections of ours are counted, and change nothing else here."""

    model_config = ConfigDict(json_schema_extra={"example": LIFE})

    since: datetime
    """When it was posted as the employer says, or when it was first seen, whichever is earlier."""
    since_posted: bool
    """Whether that is the employer's date."""
    open_days: int
    """Days that it was open in all, until now or its end."""
    days_to_close: int | None
    """The same once it is closed; null while it is open, and where nobody closed it."""
    reopened: int
    salary_changes: tuple[SalaryStep, ...]
    changes: dict[str, int]
    """How often the employer changed each field."""
    corrections: int
    """Fields that were read better later."""

    @classmethod
    def of(cls, row: StoredPosting, history: Sequence[JobEvent], now: datetime) -> "Life":
        """The life as of `now`."""
        life = life_of(row, history, now)
        steps = [
            SalaryStep(
                at=change.at,
                old=Pay.of(change.old) if change.old else None,
                new=Pay.of(change.new) if change.new else None,
            )
            for change in life.salary_changes
        ]
        return cls(**life.model_dump(exclude={"salary_changes"}), salary_changes=tuple(steps))


class WholePosting(PostingSummary):
    """A posting with its texts, and with the source of each field."""

    remote_allowed_in: tuple[str, ...]
    department: str | None
    description_html: str
    """Sanitised."""
    description_text: str
    requirements: tuple[str, ...]
    valid_through: datetime | None
    application_url: str | None
    language: str | None
    external_id: str | None
    board_key: str | None
    provenance: dict[str, Provenance]


class PostingDetail(WholePosting):
    """A whole posting, with the source of each field and its history, oldest first."""

    model_config = ConfigDict(json_schema_extra={"example": DETAIL})

    last_seen_at: datetime
    """When a crawl last found it on its board."""
    life: Life
    history: tuple[HistoryEvent, ...]
    shown_as: UUID
    """The posting that stands for this job in a search: this one, or the one that it repeats."""
    listed_elsewhere: tuple[Listing, ...]
    """The other postings of the same job, those that are open first."""
    agency_copy: bool
    """Whether another company's posting is the original."""
    reposts: int
    """How often a board opened this job anew, under this id or another."""
    quality_parts: dict[str, str]
    """The points of each part of `quality_score` and how many it may have: `4/4`. An earlier parser may have counted others."""
    similar: tuple[FoundPosting, ...] = ()
    """Open postings most like this one, the likest first."""
    similar_known: bool = False
    """False where the search index was not asked or does not answer: then `similar` is empty for that reason."""
    partial: Literal[False] = False

    @classmethod
    def whole(
        cls, row: StoredPosting, history: list[JobEvent], crawls: list[CrawlRecord], mates: Sequence[Member]
    ) -> "PostingDetail":
        """The row with its history; `crawls` are the latest of its board, `mates` its cluster, or nobody."""
        posting = row.posting
        mine = [mate for mate in mates if mate.row.posting.id == posting.id]
        others = sorted(
            (mate for mate in mates if mate not in mine and not mate.row.is_withdrawn),
            key=lambda mate: (not mate.row.is_open, shown_first(mate)),
        )
        again = sum(event.kind is JobEventKind.REOPENED for event in history)
        told = whole_of(row)
        told["description_html"] = told["description_html"] or escape(posting.description_text)
        return cls(
            **told,
            last_seen_at=_last_seen(row, crawls),
            life=Life.of(row, history, datetime.now(UTC)),
            history=tuple(HistoryEvent.of(event) for event in history),
            shown_as=shown_as(row, mates).posting.id,
            listed_elsewhere=tuple(Listing.of(mate) for mate in others),
            agency_copy=any(mate.placement.is_copy for mate in mine),
            reposts=reposts([mate.row for mate in mates]) + again,
            quality_parts={part.name: f"{part.points}/{part.of}" for part in quality_parts(posting)},
        )


def _last_seen(row: StoredPosting, crawls: list[CrawlRecord]) -> datetime:
    """A crawl that saw the whole board, and missed nothing that it did not close, saw every posting that is open."""
    whole = [crawl.started_at for crawl in crawls if crawl.complete and crawl.missing == crawl.closed]
    return max([row.last_seen_at, *whole]) if row.is_open else row.last_seen_at


def whole_of(row: StoredPosting) -> dict[str, Any]:
    """The fields of a `WholePosting`, safe to be shown."""
    posting = row.posting
    return _common(row) | {
        "remote_allowed_in": posting.remote_allowed_in,
        "department": posting.department,
        "description_html": safe_html(posting.description_html),
        "description_text": posting.description_text,
        "requirements": posting.requirements,
        "valid_through": posting.valid_through,
        "application_url": safe_link(posting.application_url),
        "language": posting.language,
        "external_id": posting.external_id,
        "board_key": posting.board_key,
        "provenance": posting.provenance,
    }


def _common(row: StoredPosting) -> dict[str, Any]:
    posting = row.posting
    return {
        "id": posting.id,
        "title": posting.title,
        "company_name": posting.company_name,
        "company_domain": posting.company_domain,
        "locations": posting.locations,
        "remote": posting.remote,
        "on_site_days": posting.on_site_days,
        "visa_sponsorship": posting.visa_sponsorship,
        "job_type": posting.job_type,
        "seniority": posting.seniority,
        "skills": posting.skills,
        "salary": Pay.of(posting.salary) if posting.salary else None,
        "posted_at": posting.posted_at,
        "url": safe_link(posting.url),
        "ats": posting.ats,
        "quality_score": posting.quality_score,
        "status": Status.OPEN if row.is_open else Status.CLOSED,
        "first_seen_at": row.first_seen_at,
        "updated_at": row.updated_at,
        "closed_at": row.closed_at,
    }
