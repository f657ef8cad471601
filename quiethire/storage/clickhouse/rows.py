"""Stored postings and events as columns of ClickHouse, and back. What is read equals what was written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

import orjson

from quiethire.domain.errors import InvalidInput
from quiethire.domain.lifecycle import JobEvent, JobEventKind, StoredPosting
from quiethire.domain.posting import JobPosting, Salary
from quiethire.domain.search import INDEXED_DESCRIPTION
from quiethire.storage.clickhouse.texts import (
    html_of,
    item_lines,
    items_of,
    markup_of,
    shortened,
    with_quotes,
    without_quotes,
)

_PLACE_FIELDS = ("name", "city", "region", "country", "lat", "lon")
_INT64_MAX = 2**63 - 1
_MONEY_MAX = 10**16 - 1
"""What Decimal(18, 2) holds."""

_AS_THEY_ARE = (
    *("id", "identity", "board_key", "ats", "title", "company_name", "company_domain", "remote", "on_site_days"),
    *("visa_sponsorship", "job_type", "seniority", "department", "language", "quality_score", "parser_version"),
)
"""Fields of a posting that are columns of the same name."""

_LISTS = ("remote_allowed_in", "skills")
_POSTING_TIMES = ("posted_at", "valid_through")
_SHORTENED = ("url", "external_id", "application_url")
_LIFE_TIMES = {
    "created_at": "first_seen_at",
    "last_seen_at": "last_seen_at",
    "closed_at": "closed_at",
    "updated_at": "updated_at",
}
_SALARY = {
    "salary_stated_min": "min",
    "salary_stated_max": "max",
    "salary_currency": "currency",
    "salary_period": "period",
    "salary_yearly_min": "yearly_min",
    "salary_yearly_max": "yearly_max",
}

Column = Callable[[Sequence[StoredPosting]], list[Any]]
"""A column of these rows."""


def _field(name: str, convert: Callable[[Any], Any] | None = None) -> Column:
    return _life(f"posting.{name}", convert)


def _life(path: str, convert: Callable[[Any], Any] | None = None) -> Column:
    get = attrgetter(path)
    if convert is None:
        return lambda rows: list(map(get, rows))
    return lambda rows: list(map(convert, map(get, rows)))


def _places(name: str) -> Column:
    return lambda rows: [[getattr(place, name) for place in row.posting.locations] for row in rows]


def _salary(name: str) -> Column:
    return lambda rows: [None if (pay := row.posting.salary) is None else getattr(pay, name) for row in rows]


def _short(name: str) -> Column:
    get = attrgetter(name)
    return lambda rows: [shortened(get(row.posting), row.posting.identity) for row in rows]


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def _markups(rows: Sequence[StoredPosting]) -> list[str]:
    return [markup_of(row.posting.description_html, row.posting.description_text) for row in rows]


def _provenance(row: StoredPosting) -> str:
    text = row.posting.description_text
    stated = row.posting.provenance.items()
    return orjson.dumps({field: (from_.source, without_quotes(from_.path, text)) for field, from_ in stated}).decode()


_COLUMNS: Mapping[str, Column] = {
    **{name: _field(name) for name in _AS_THEY_ARE},
    **{name: _field(name, list) for name in _LISTS},
    **{name: _field(name, _utc) for name in _POSTING_TIMES},
    **{f"{name}_stored": _short(name) for name in _SHORTENED},
    **{f"locations.{name}": _places(name) for name in _PLACE_FIELDS},
    **{column: _salary(name) for column, name in _SALARY.items()},
    "description": _field("description_text"),
    "description_markup": _markups,
    "provenance": lambda rows: list(map(_provenance, rows)),
    "content_digest": _field("content_hash", bytes.fromhex),
    **{column: _life(name, _utc) for column, name in _LIFE_TIMES.items()},
    "cause": _life("cause", lambda cause: cause or ""),
}
JOB_COLUMNS = (*_COLUMNS, "requirement_lines", "requirement_items")
"""The columns that are written."""

_WHOLE = ("salary_min", "salary_max")
"""Pay in whole units, which ClickHouse fills in; rows of versions that kept no cents have nothing else."""
_NOT_READ = ("salary_yearly_min", "salary_yearly_max", "content_digest", *(f"{name}_stored" for name in _SHORTENED))
READ_COLUMNS = ", ".join(f"`{name}`" for name in (*JOB_COLUMNS, *_SHORTENED, *_WHOLE) if name not in _NOT_READ)
"""The columns that `posting_of` needs, as SQL."""

_BEGINNING = {
    "description": f"substringUTF8(jobs.description, 1, {INDEXED_DESCRIPTION})",
    "description_markup": "''",
    "provenance": "'{}'",
    "requirement_lines": "[]",
    "requirement_items": "[]",
    "url": "''",
    **dict.fromkeys(("external_id", "application_url", "department", "valid_through"), "NULL"),
}
HIT_COLUMNS = ", ".join(
    f"{_BEGINNING.get(name, f'jobs.`{name}`')} AS `{name}`"
    for name in (*JOB_COLUMNS, *_SHORTENED, *_WHOLE)
    if name not in _NOT_READ
)
"""The same of a posting that is found, as SQL: of its texts as much as is shown of a hit, and nothing of where they are from."""

VERSION_COLUMNS = "id, board_key, content_hash, parser_version, created_at, last_seen_at, closed_at, updated_at, cause"
"""The columns that `version_of` needs, as SQL."""

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
    asked = [list(row.posting.requirements) for row in rows]
    lines = [item_lines(items, row.posting.description_text) for items, row in zip(asked, rows, strict=True)]
    items = [[] if found else items for found, items in zip(lines, asked, strict=True)]
    return [*(column_of(rows) for column_of in _COLUMNS.values()), lines, items]


def event_columns(events: Sequence[JobEvent]) -> list[list[Any]]:
    """The values of `EVENT_COLUMNS`, column by column."""
    columns = {name: [getattr(event, name) for event in events] for name in EVENT_COLUMNS}
    columns["at"] = [event.at.astimezone(UTC) for event in events]
    return list(columns.values())


def posting_of(row: Mapping[str, Any]) -> StoredPosting:
    """A stored posting out of a row that has `READ_COLUMNS`."""
    text = row["description"]
    return StoredPosting.model_validate(
        {
            "posting": {
                **{name: row[name] for name in (*_AS_THEY_ARE, *_LISTS, *_POSTING_TIMES, *_SHORTENED)},
                "description_text": text,
                "description_html": html_of(row["description_markup"], text),
                "requirements": row["requirement_items"] or items_of(row["requirement_lines"], text),
                "locations": _locations_of(row),
                "salary": _salary_of(row),
                "provenance": {field: _origin(told, text) for field, told in orjson.loads(row["provenance"]).items()},
            },
            **_life_of(row),
        }
    )


def version_of(row: Mapping[str, Any], seen: JobPosting) -> StoredPosting | None:
    """What is stored of a posting, out of a row that has `VERSION_COLUMNS`, where it is what was seen again."""
    if row["content_hash"] != seen.content_hash:
        return None
    same = seen.model_copy(update={"parser_version": row["parser_version"], "board_key": row["board_key"]})
    return StoredPosting.model_validate({"posting": same, **_life_of(row)})


def _life_of(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: row[column] for column, name in _LIFE_TIMES.items()}, "cause": row["cause"] or None}


def _origin(stored: dict[str, str] | list[str], text: str) -> dict[str, str]:
    """Rows of the first versions spell everything out."""
    return stored if isinstance(stored, dict) else {"source": stored[0], "path": with_quotes(stored[1], text)}


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
