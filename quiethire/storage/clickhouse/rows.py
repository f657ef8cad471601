"""Stored postings and events as columns of ClickHouse, and back. What is read equals what was written."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from quiethire.domain.errors import InvalidInput
from quiethire.domain.lifecycle import JobEvent, JobEventKind, StoredPosting
from quiethire.domain.posting import Provenance, Salary
from quiethire.domain.urls import canonical_url

_PROVENANCE = TypeAdapter(dict[str, Provenance])
_PLACE_FIELDS = ("name", "city", "region", "country", "lat", "lon")
_INT64_MAX = 2**63 - 1
_MONEY_MAX = 10**16 - 1
"""What Decimal(18, 2) holds."""

_SAME_NAME = (
    *("id", "identity", "url", "board_key", "ats", "external_id", "title", "company_name", "company_domain", "remote"),
    *("remote_allowed_in", "on_site_days", "visa_sponsorship", "job_type", "seniority", "department"),
    *("description_html", "requirements", "skills", "posted_at", "valid_through", "application_url", "language"),
    *("quality_score", "parser_version"),
)
"""Fields of a posting that are columns as they are."""


def _field(name: str) -> Callable[[StoredPosting], Any]:
    return lambda row: getattr(row.posting, name)


def _places(name: str) -> Callable[[StoredPosting], Any]:
    return lambda row: [getattr(place, name) for place in row.posting.locations]


def _salary(name: str) -> Callable[[StoredPosting], Any]:
    return lambda row: None if row.posting.salary is None else getattr(row.posting.salary, name)


_COLUMNS: Mapping[str, Callable[[StoredPosting], Any]] = {
    **{name: _field(name) for name in _SAME_NAME},
    **{f"locations.{name}": _places(name) for name in _PLACE_FIELDS},
    "url_hash": lambda row: hashlib.sha256(canonical_url(row.posting.url).encode()).hexdigest(),
    "description": _field("description_text"),
    "salary_stated_min": _salary("min"),
    "salary_stated_max": _salary("max"),
    "salary_currency": _salary("currency"),
    "salary_period": _salary("period"),
    "salary_yearly_min": _salary("yearly_min"),
    "salary_yearly_max": _salary("yearly_max"),
    "provenance": lambda row: _PROVENANCE.dump_json(row.posting.provenance).decode(),
    "content_hash": lambda row: row.posting.content_hash,
    "created_at": lambda row: row.first_seen_at,
    "last_seen_at": lambda row: row.last_seen_at,
    "closed_at": lambda row: row.closed_at,
    "updated_at": lambda row: row.updated_at,
    "cause": lambda row: row.cause.value if row.cause else "",
}
JOB_COLUMNS = tuple(_COLUMNS)
"""The columns that are written."""

_DERIVED = ("url_hash", "salary_yearly_min", "salary_yearly_max", "content_hash")
_WHOLE = ("salary_min", "salary_max")
"""Pay in whole units, which ClickHouse fills in; rows of versions that kept no cents have nothing else."""
READ_COLUMNS = ", ".join(f"`{name}`" for name in (*JOB_COLUMNS, *_WHOLE) if name not in _DERIVED)
"""The columns that `posting_of` needs, as SQL."""

EVENT_COLUMNS = tuple(JobEvent.model_fields)

EVENT_ORDER = (
    JobEventKind.OPENED,
    JobEventKind.REOPENED,
    JobEventKind.CHANGED,
    JobEventKind.CORRECTED,
    JobEventKind.WITHDRAWN,
    JobEventKind.CLOSED,
)
"""The order in which events of one moment are told."""


def job_columns(rows: Sequence[StoredPosting]) -> list[list[Any]]:
    """The values of `JOB_COLUMNS`, column by column. Raises InvalidInput `unstorable`, naming the posting."""
    for row in rows:
        _refuse_unstorable(row)
    return [[_stored(value_of(row)) for row in rows] for value_of in _COLUMNS.values()]


def event_columns(events: Sequence[JobEvent]) -> list[list[Any]]:
    """The values of `EVENT_COLUMNS`, column by column."""
    return [[_stored(getattr(event, name)) for event in events] for name in EVENT_COLUMNS]


def posting_of(row: Mapping[str, Any]) -> StoredPosting:
    """A stored posting out of a row that has `READ_COLUMNS`."""
    return StoredPosting.model_validate(
        {
            "posting": {
                **{name: row[name] for name in _SAME_NAME},
                "description_text": row["description"],
                "locations": _locations_of(row),
                "salary": _salary_of(row),
                "provenance": _PROVENANCE.validate_json(row["provenance"]),
            },
            "first_seen_at": row["created_at"],
            "last_seen_at": row["last_seen_at"],
            "closed_at": row["closed_at"],
            "updated_at": row["updated_at"],
            "cause": row["cause"] or None,
        }
    )


def _locations_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    columns = (row[f"locations.{name}"] for name in _PLACE_FIELDS)
    return [dict(zip(_PLACE_FIELDS, place, strict=True)) for place in zip(*columns, strict=True)]


def _salary_of(row: Mapping[str, Any]) -> Salary | None:
    if row["salary_currency"] is None:
        return None
    return Salary(
        min=_money(row["salary_stated_min"], row["salary_min"]),
        max=_money(row["salary_stated_max"], row["salary_max"]),
        currency=row["salary_currency"],
        period=row["salary_period"],
    )


def _money(stored: Decimal | None, whole: int | None) -> int | float | None:
    """A Decimal as the number that it was: `Salary` holds whole amounts as int."""
    if stored is None:
        return whole
    return int(stored) if stored == stored.to_integral_value() else float(stored)


def _stored(value: object) -> object:
    """Times in UTC, as the columns are; tuples as lists."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return list(value) if isinstance(value, tuple) else value


def _refuse_unstorable(row: StoredPosting) -> None:
    posting = row.posting
    if not 0 <= posting.quality_score <= 100:
        raise _unstorable(row, f"a quality score of {posting.quality_score} is not within 0–100")
    salary = posting.salary
    if salary and any(abs(pay) > _INT64_MAX for pay in (salary.yearly_min or 0, salary.yearly_max or 0)):
        raise _unstorable(row, "a yearly salary beyond 64 bits")
    if salary and any(abs(pay) > _MONEY_MAX for pay in (salary.min or 0, salary.max or 0)):
        raise _unstorable(row, "a salary of more than 16 digits")
    times = (posting.posted_at, posting.valid_through, *_times(row))
    if any(at is not None and (at.tzinfo is None or not 1900 <= at.year <= 2299) for at in times):
        raise _unstorable(row, "a time without time zone, or outside 1900–2299")


def _times(row: StoredPosting) -> Iterable[datetime | None]:
    return (row.first_seen_at, row.last_seen_at, row.closed_at, row.updated_at)


def _unstorable(row: StoredPosting, what: str) -> InvalidInput:
    return InvalidInput(what, where=row.posting.url, kind="unstorable")
