"""What the rows and events of many postings say together: readings by board, and how a company hires.

FINAL reads the columns of every row that the index cannot rule out. So only narrow ones are asked for, and the postings of a
board or company are looked for without it first, by any version of theirs; the newest version is then asked again.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from quiethire.domain.history import HiringFacts, SalaryChange, Span, WeekCount, first_week, salary_change
from quiethire.domain.reading import BoardReadings, StoredReading
from quiethire.storage.clickhouse.search import Rows

Ask = Callable[[str, dict[str, Any]], Awaitable[Rows]]

_BOARDS_AT_ONCE = 500
"""Keys of boards in one statement: some 100 kB at most."""

_READINGS = """
    SELECT id, board_key, url, content_hash, parser_version, created_at AS first_seen_at, last_seen_at, closed_at,
           updated_at, nullIf(toString(cause), '') AS cause
    FROM {database:Identifier}.jobs FINAL
    WHERE identity IN (SELECT identity FROM {database:Identifier}.jobs WHERE board_key IN {boards:Array(String)})
      AND board_key IN {boards:Array(String)}
"""
_THERE = f"{_READINGS} AND (closed_at IS NULL OR closed_at = {{at:Nullable(DateTime64(6, 'UTC'))}})"
_BOARDS = """
    SELECT board_key, countIf(closed_at IS NULL) AS open, countIf(closed_at IS NOT NULL) AS closed,
           countIf(closed_at IS NULL AND parser_version < {version:UInt16}) AS outdated_open,
           countIf(closed_at IS NOT NULL AND parser_version < {version:UInt16}) AS outdated_closed
    FROM {database:Identifier}.jobs FINAL WHERE board_key IS NOT NULL GROUP BY board_key
"""

_OF_COMPANY = "(company_domain = {domain:Nullable(String)} OR lowerUTF8(company_name) IN {names:Array(String)})"
ITS_POSTINGS = f"""
    FROM {{database:Identifier}}.jobs FINAL
    WHERE identity IN (SELECT identity FROM {{database:Identifier}}.jobs WHERE {_OF_COMPANY}) AND {_OF_COMPANY} AND cause != 'withdrawn'
"""  # noqa: S608 - made of constants of this module
_HIRING = f"""
    SELECT company_name, closed_at IS NOT NULL AS closed, if(since >= {{first:DateTime64(6, 'UTC')}}, toMonday(since), NULL) AS week,
           intDiv(dateDiff('second', since, created_at), 86400) AS seen_from,
           intDiv(dateDiff('second', since, ifNull(closed_at, {{now:DateTime64(6, 'UTC')}})), 86400) AS until,
           count() AS postings, min(created_at) AS first_seen_at, countIf(salary_currency IS NOT NULL) AS with_pay
    FROM (
        SELECT company_name, salary_currency, created_at, closed_at, least(ifNull(posted_at, created_at), created_at) AS since
        {ITS_POSTINGS}
    )
    GROUP BY company_name, closed, week, seen_from, until
"""  # noqa: S608 - made of constants of this module
_CLOSED = f"""
    SELECT toMonday(at) AS week, uniqExact(id) AS postings FROM {{database:Identifier}}.job_events
    WHERE job_id IN (SELECT id {ITS_POSTINGS}) AND kind = 'closed' AND at >= {{first:DateTime64(6, 'UTC')}}
    GROUP BY week ORDER BY week
"""  # noqa: S608 - made of constants of this module
_SALARY_CHANGES = """
    SELECT job_id, max(at) AS newest, argMax(old, at) AS old, argMax(new, at) AS new FROM {database:Identifier}.job_events
    WHERE job_id IN {ids:Array(UUID)} AND kind = 'changed' AND field = 'salary' GROUP BY job_id
"""


async def salary_changes(job_ids: Collection[UUID], ask: Ask) -> Mapping[UUID, SalaryChange]:
    """See `PostingStore.salary_changes`."""
    ids = sorted(job_ids)
    rows = await ask(_SALARY_CHANGES, {"ids": ids}) if ids else []
    return {row["job_id"]: salary_change(row["newest"], row["old"], row["new"]) for row in rows}


async def readings_of(boards: Collection[str], ask: Ask) -> Mapping[UUID, StoredReading]:
    """See `PostingStore.readings`."""
    keys = list(dict.fromkeys(boards))
    found: list[StoredReading] = []
    for start in range(0, len(keys), _BOARDS_AT_ONCE):
        rows = await ask(_READINGS, {"boards": keys[start : start + _BOARDS_AT_ONCE]})
        found += [StoredReading.model_validate(row) for row in rows]
    return {reading.id: reading for reading in found}


async def of_board(board: str, closed_at: datetime | None, ask: Ask) -> Mapping[UUID, StoredReading]:
    """See `PostingStore.of_board`."""
    rows = await ask(_THERE, {"boards": [board], "at": closed_at})
    return {row["id"]: StoredReading.model_validate(row) for row in rows}


async def readings_by_board(version: int, ask: Ask) -> Mapping[str, BoardReadings]:
    """See `PostingStore.readings_by_board`."""
    rows = await ask(_BOARDS, {"version": version})
    return {
        row["board_key"]: BoardReadings.model_validate({k: row[k] for k in BoardReadings.model_fields}) for row in rows
    }


async def hiring(domain: str | None, names: Collection[str], now: datetime, ask: Ask) -> HiringFacts | None:
    """See `PostingStore.hiring`."""
    first = datetime.combine(first_week(now), time(), UTC)
    company = {"domain": domain, "names": sorted({name.lower() for name in names})}
    groups = await ask(_HIRING, {**company, "now": now.astimezone(UTC), "first": first})
    if not groups:
        return None
    closed = await ask(_CLOSED, {**company, "first": first})
    return facts_of(groups, [WeekCount(week=row["week"], postings=row["postings"]) for row in closed])


def facts_of(groups: Sequence[Mapping[str, Any]], closed: Sequence[WeekCount]) -> HiringFacts:
    """The groups of like postings as one: counts by name, by week and by span."""
    names: dict[str, int] = {}
    weeks: dict[Any, int] = {}
    spans: dict[tuple[int, int, bool], int] = {}
    for group in groups:
        count = int(group["postings"])
        names[group["company_name"]] = names.get(group["company_name"], 0) + count
        if group["week"] is not None:
            weeks[group["week"]] = weeks.get(group["week"], 0) + count
        span = (int(group["seen_from"]), int(group["until"]), bool(group["closed"]))
        spans[span] = spans.get(span, 0) + count
    open_groups = [group for group in groups if not group["closed"]]
    return HiringFacts(
        company=min(names, key=lambda name: (-names[name], name)),
        postings=sum(names.values()),
        open=sum(group["postings"] for group in open_groups),
        open_with_pay=sum(group["with_pay"] for group in open_groups),
        first_seen_at=min(group["first_seen_at"] for group in groups),
        opened=tuple(WeekCount(week=week, postings=count) for week, count in sorted(weeks.items())),
        closed=tuple(closed),
        spans=tuple(
            Span(seen_from=seen_from, until=until, closed=ended, postings=count)
            for (seen_from, until, ended), count in sorted(spans.items())
        ),
    )
