"""Postings: as a source states them (RawPosting) and as QuietHire keeps them (JobPosting)."""

import hashlib
from collections.abc import Mapping
from datetime import UTC
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self
from uuid import UUID, uuid5

from pydantic import AfterValidator, AwareDatetime, Field, FiniteFloat, WithJsonSchema

from quiethire.domain.base import Model

JOB_NAMESPACE = UUID("8c0b3f7e-6a52-5a0d-8f0e-3f4f9d2f7c11")

QUALITY_FLOOR = 70
"""Postings below are refused."""


class Source(StrEnum):
    """Where a value was found, best first."""

    ATS = "ats"
    JSON_LD = "json-ld"
    MICRODATA = "microdata"
    HTML = "html"
    TEXT = "text"


class Provenance(Model):
    """The origin of one field: the kind of source and a path or snippet within it."""

    source: Source
    path: str


class Sourced(Model):
    """A value as stated, with its origin."""

    value: str
    source: Source
    path: str


class RawSalary(Model):
    """Pay as stated: numbers where the source has numbers, else the text."""

    source: Source
    path: str
    text: str | None = None
    min: float | None = None
    max: float | None = None
    currency: str | None = None
    period: str | None = None


class RawPosting(Model):
    """What one source says of one posting, not yet normalised."""

    url: str
    external_id: str | None = None
    title: Sourced | None = None
    company: Sourced | None = None
    locations: tuple[Sourced, ...] = ()
    workplace: Sourced | None = None
    remote_allowed_in: tuple[Sourced, ...] = ()
    job_type: Sourced | None = None
    department: Sourced | None = None
    description_html: Sourced | None = None
    salary: RawSalary | None = None
    posted_at: Sourced | None = None
    valid_through: Sourced | None = None
    application_url: Sourced | None = None
    language: Sourced | None = None


class Workplace(StrEnum):
    """Where the work is done. `none` = on site or not stated, as in the API's `remote` field."""

    NONE = "none"
    HYBRID = "hybrid"
    REMOTE = "remote"


class JobType(StrEnum):
    """The kind of contract."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    CONTRACT = "contract"
    TEMPORARY = "temporary"
    INTERNSHIP = "internship"
    APPRENTICESHIP = "apprenticeship"
    VOLUNTEER = "volunteer"


class Seniority(StrEnum):
    """The level, from the title."""

    INTERN = "intern"
    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"
    STAFF = "staff"
    LEAD = "lead"
    EXECUTIVE = "executive"


class Location(Model):
    """One place. `name` is as stated; the rest is filled where known (country: ISO 3166-1 alpha-2)."""

    name: str
    city: str | None = None
    region: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None


MAX_AMOUNT = 10**15
"""Whole units of a currency: more is nobody's pay."""


class Period(StrEnum):
    """What a salary figure covers."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


YEARLY_FACTOR: Mapping[Period, int] = {
    Period.HOUR: 2080,
    Period.DAY: 260,
    Period.WEEK: 52,
    Period.MONTH: 12,
    Period.YEAR: 1,
}
"""Periods in a working year: 52 weeks of 5 days of 8 hours."""


def _money(amount: int | float) -> int | float:
    """To the cent; a whole amount is an int, so that it is written without a point wherever it goes."""
    if isinstance(amount, int):
        return amount
    cents = round(amount, 2)
    return int(cents) if cents.is_integer() else cents


Money = Annotated[
    int | FiniteFloat,
    AfterValidator(_money),
    WithJsonSchema({"type": "number", "description": "At most two decimals; a whole amount has none."}),
]
"""An amount as stated, with its cents. A float holds cents exactly up to 10¹³, and is a plain number in JSON, numpy and SQL."""


class Salary(Model):
    """Pay in units of `currency` (ISO 4217) a `period`, to the cent; an open end is None."""

    min: Money | None
    max: Money | None
    currency: str
    period: Period

    @property
    def yearly_min(self) -> int | None:
        """The lower end a year, in whole units."""
        return None if self.min is None else round(self.min * YEARLY_FACTOR[self.period])

    @property
    def yearly_max(self) -> int | None:
        """The upper end a year, in whole units."""
        return None if self.max is None else round(self.max * YEARLY_FACTOR[self.period])


def job_id(identity: str) -> UUID:
    """UUIDv5 of a posting's identity: the same posting has the same id on every machine."""
    return uuid5(JOB_NAMESPACE, identity)


Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
"""A time in UTC: the same moment stated with another offset is no change of a posting."""


class JobPosting(Model):
    """A normalised posting: what the pipeline stores, indexes and matches."""

    id: UUID
    identity: str
    """`ats/token/external id` on an ATS, else the canonical URL."""
    url: str
    board_key: str | None = None
    ats: str
    external_id: str | None = None
    title: str
    company_name: str
    company_domain: str | None = None
    locations: tuple[Location, ...] = ()
    remote: Workplace = Workplace.NONE
    remote_allowed_in: tuple[str, ...] = ()
    on_site_days: int | None = Field(None, ge=0, le=7)
    """Days a week at the workplace, where the posting states them."""
    visa_sponsorship: bool | None = None
    """Whether the employer sponsors a visa or work permit; None = not stated."""
    job_type: JobType | None = None
    seniority: Seniority | None = None
    department: str | None = None
    description_html: str = ""
    description_text: str = ""
    requirements: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    salary: Salary | None = None
    posted_at: Moment | None = None
    valid_through: Moment | None = None
    application_url: str | None = None
    language: str | None = None
    quality_score: int
    provenance: dict[str, Provenance] = {}
    parser_version: int = Field(0, ge=0, le=65_535)
    """The parser that read it. What differs between two versions' readings is our change, not the employer's."""

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over what a reader would call the posting: a change of it is a change of the posting.

        The score and the provenance are ours, not the employer's, and stay out. So does the posted date: "2 weeks ago"
        is another date on every day. Asked for by each step of a posting's way, so it is computed once.
        """
        content = self.model_dump_json(exclude=_NO_CONTENT)
        return hashlib.sha256(content.encode()).hexdigest()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, whose hash is its own."""
        copied = super().model_copy(update=update, deep=deep)
        if update and not _NO_CONTENT.issuperset(update):
            copied.__dict__.pop("content_hash", None)
        return copied


_NO_CONTENT = {"quality_score", "provenance", "board_key", "company_domain", "posted_at", "parser_version"}
