"""Open postings counted: by company, by board of a company, by place. Only narrow columns are read."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from quiethire.domain.ports import CompanyOpenings
from quiethire.storage.clickhouse.history import ITS_POSTINGS
from quiethire.storage.clickhouse.search import Rows

Ask = Callable[[str, dict[str, Any]], Awaitable[Rows]]

PLACES = 5_000
"""Places that are counted, those with the most postings."""
LONGEST_KEY = 200
"""Characters of a company's key: it goes into cursors, and names come from strangers."""

_COMPANIES = """
    SELECT key, argMin(called, (-postings, called)) AS name, any(its_domain) AS domain, sum(postings) AS open, sum(pay) AS with_pay
    FROM (
        SELECT substringUTF8(ifNull(company_domain, lowerUTF8(company_name)), 1, {longest:UInt64}) AS key,
               company_name AS called, any(company_domain) AS its_domain, toInt64(count()) AS postings,
               toInt64(countIf(salary_currency IS NOT NULL)) AS pay
        FROM {database:Identifier}.jobs FINAL WHERE closed_at IS NULL GROUP BY key, called
    )
    GROUP BY key
    HAVING (
        {asked:String} = '' OR position(key, lowerUTF8({asked:String})) > 0
        OR max(position(lowerUTF8(called), lowerUTF8({asked:String}))) > 0
    ) AND ({behind:Int64} < 0 OR open < {behind:Int64} OR (open = {behind:Int64} AND key > {behind_key:String}))
    ORDER BY open DESC, key LIMIT {limit:UInt64}
"""
_BOARDS = (
    f"SELECT board_key, countIf(closed_at IS NULL) AS open {ITS_POSTINGS} AND board_key IS NOT NULL GROUP BY board_key"
)
_PLACES = """
    SELECT nullIf(place.1, '') AS city, place.2 AS country, count() AS postings
    FROM (
        SELECT arrayJoin(arrayDistinct(arrayConcat(
            arrayMap((city, country) -> (ifNull(city, ''), ifNull(country, '')), `locations.city`, `locations.country`),
            arrayMap(country -> ('', ifNull(country, '')), `locations.country`)
        ))) AS place
        FROM {database:Identifier}.jobs FINAL WHERE closed_at IS NULL
    )
    WHERE place.2 != '' GROUP BY place ORDER BY postings DESC, place LIMIT {limit:UInt64}
"""


async def companies(limit: int, after: tuple[int, str] | None, name: str, ask: Ask) -> list[CompanyOpenings]:
    """See `PostingStore.companies`."""
    behind, key = after or (-1, "")
    given = {"limit": limit, "asked": name, "behind": behind, "behind_key": key, "longest": LONGEST_KEY}
    rows = await ask(_COMPANIES, given)
    return [CompanyOpenings.model_validate(row) for row in rows]


async def boards_of(domain: str | None, names: Collection[str], ask: Ask) -> Mapping[str, int]:
    """See `PostingStore.boards_of`."""
    rows = await ask(_BOARDS, {"domain": domain, "names": sorted({name.lower() for name in names})})
    return {row["board_key"]: row["open"] for row in rows}


async def places(ask: Ask) -> Mapping[tuple[str | None, str], int]:
    """See `PostingStore.places`."""
    rows = await ask(_PLACES, {"limit": PLACES})
    return {(row["city"], row["country"]): row["postings"] for row in rows}
