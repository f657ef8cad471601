"""When what has a page last changed: open postings, and the companies that have some. Only narrow columns are read."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from quiethire.domain.ports.postings import Changed
from quiethire.storage.clickhouse.search import Rows

Ask = Callable[[str, dict[str, Any]], Awaitable[Rows]]

_OPEN = "FROM {database:Identifier}.jobs FINAL WHERE closed_at IS NULL"
_AFTER = " AND identity > (SELECT identity FROM {database:Identifier}.jobs WHERE id = {after:UUID} LIMIT 1)"
_POSTINGS = f"SELECT toString(id) AS name, updated_at AS at {_OPEN}"
_MILESTONES = f"""
    SELECT id FROM (SELECT id, row_number() OVER (ORDER BY identity) AS turn {_OPEN})
    WHERE turn % {{every:UInt64}} = 0 ORDER BY turn
"""  # noqa: S608 - made of constants of this module
_COMPANIES = f"""
    SELECT ifNull(company_domain, company_name) AS name, max(updated_at) AS at {_OPEN} AND name > {{after:String}}
    GROUP BY name ORDER BY name LIMIT {{limit:UInt64}}
"""


async def changed_postings(limit: int, after: UUID | None, ask: Ask) -> list[Changed]:
    """See `PostingStore.changed_postings`."""
    if after is None:
        return _changed(await ask(f"{_POSTINGS} ORDER BY identity LIMIT {{limit:UInt64}}", {"limit": limit}))
    sql = f"{_POSTINGS}{_AFTER} ORDER BY identity LIMIT {{limit:UInt64}}"
    return _changed(await ask(sql, {"limit": limit, "after": after}))


async def milestones(every: int, ask: Ask) -> list[UUID]:
    """See `PostingStore.milestones`."""
    return [row["id"] for row in await ask(_MILESTONES, {"every": every})]


async def changed_companies(limit: int, after: str, ask: Ask) -> list[Changed]:
    """See `PostingStore.changed_companies`."""
    return _changed(await ask(_COMPANIES, {"limit": limit, "after": after}))


def _changed(rows: Sequence[Any]) -> list[Changed]:
    return [Changed(name=row["name"], at=row["at"]) for row in rows]
