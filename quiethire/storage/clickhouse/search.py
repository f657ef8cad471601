"""The degraded search: substrings over ClickHouse, for when the index is out of reach."""

import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.search import (
    INDEXED_DESCRIPTION,
    FacetCount,
    SearchDocument,
    SearchHit,
    SearchQuery,
    SearchResult,
    Sort,
)
from quiethire.storage.clickhouse.clusters import HIDDEN

Rows = Sequence[Mapping[str, Any]]
Ask = Callable[[str, dict[str, Any]], Awaitable[Rows]]
Known = Callable[[Collection[UUID]], Awaitable[Mapping[UUID, StoredPosting]]]

MAX_WORDS = 10
"""Words of a query that count: each costs a pass over the text."""

FACET_VALUES = 50
"""Values of a facet, the most frequent ones."""

_SECONDS = 10
_TEXT = f"substringUTF8(description, 1, {INDEXED_DESCRIPTION})"
_ORDERS: Mapping[Sort, str] = {
    Sort.RELEVANCE: "in_title DESC, posted DESC, toString(id)",
    Sort.DATE: "posted DESC, toString(id)",
    Sort.SALARY: "ifNull(salary_yearly_max, -1) DESC, ifNull(salary_yearly_min, -1) DESC, posted DESC, toString(id)",
}
_FACETS: Mapping[str, str] = {
    "company": "[company_name]",
    "location": "arrayDistinct(`locations.name`)",
    "remote": "[toString(remote)]",
    "job_type": "[ifNull(toString(job_type), 'unknown')]",
}


async def search_postings(query: SearchQuery, ask: Ask, known: Known) -> SearchResult:
    """Two passes over the rows, one for counts and one for the page of hits, and then the hits themselves."""
    started = time.perf_counter()
    words = query.q.split()[:MAX_WORDS]
    where, parameters = _conditions(query, words)
    counted = (await ask(_counting(where), parameters))[0]
    in_title = " + ".join(f"(positionCaseInsensitiveUTF8(title, {{w{n}:String}}) > 0)" for n in range(len(words)))
    page = {"limit": query.per_page, "offset": (query.page - 1) * query.per_page}
    sql = (
        f"SELECT id, {in_title or 0} AS in_title, ifNull(posted_at, created_at) AS posted"  # noqa: S608 - constants
        f" FROM {{database:Identifier}}.jobs FINAL WHERE {where} ORDER BY {_ORDERS[query.sort]}"
        f" LIMIT {{limit:UInt64}} OFFSET {{offset:UInt64}} SETTINGS max_execution_time = {_SECONDS}"
    )
    ids = [row["id"] for row in await ask(sql, parameters | page)]
    rows = await known(ids)
    return SearchResult(
        found=counted["found"],
        page=query.page,
        hits=tuple(SearchHit(document=SearchDocument.of(rows[job])) for job in ids if job in rows),
        facets={
            name: tuple(FacetCount(value=value, count=count) for value, count in counted[f"facet_{name}"])
            for name in _FACETS
        },
        took_ms=(time.perf_counter() - started) * 1000,
        degraded=True,
    )


def _counting(where: str) -> str:
    facets = ", ".join(
        f"sumMap({values}, arrayMap(value -> toUInt64(1), {values})) AS sum_{name},"
        f" arraySlice(arraySort(pair -> (-toInt64(pair.2), pair.1), arrayZip(sum_{name}.1, sum_{name}.2)),"
        f" 1, {FACET_VALUES}) AS facet_{name}"
        for name, values in _FACETS.items()
    )
    return (
        f"SELECT count() AS found, {facets}"  # noqa: S608 - made of constants; what people type is bound
        f" FROM {{database:Identifier}}.jobs FINAL WHERE {where}"
        f" SETTINGS max_execution_time = {_SECONDS}"
    )


def _conditions(query: SearchQuery, words: list[str]) -> tuple[str, dict[str, Any]]:
    conditions = ["closed_at IS NULL", f"id NOT IN ({HIDDEN})"]
    parameters: dict[str, Any] = {f"w{n}": word for n, word in enumerate(words)}
    for n in range(len(words)):
        fields = ("title", "company_name", "arrayStringConcat(skills, '\\n')", _TEXT)
        hits = " OR ".join(f"positionCaseInsensitiveUTF8({field}, {{w{n}:String}}) > 0" for field in fields)
        conditions.append(f"({hits})")
    chosen: dict[str, Sequence[str]] = {
        "remote": query.remote,
        "company_name": query.company,
        "job_type": query.job_type,
    }
    for column, values in chosen.items():
        if values:
            conditions.append(f"{column} IN {{{column}:Array(String)}}")
            parameters[column] = [str(value) for value in values]
    if query.location and query.location.strip():
        conditions.append(
            "arrayExists(place -> positionCaseInsensitiveUTF8(place, {location:String}) > 0, `locations.name`)"
        )
        parameters["location"] = query.location.strip()
    if query.salary_min is not None:
        conditions.append("(salary_yearly_max >= {salary:Int64} OR salary_yearly_min >= {salary:Int64})")
        parameters["salary"] = query.salary_min
    return " AND ".join(conditions), parameters
