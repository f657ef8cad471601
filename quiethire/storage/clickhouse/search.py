"""The degraded search: substrings over ClickHouse, for when the index is out of reach."""

import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from quiethire.domain.cluster import Member, Placement, whole
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
from quiethire.storage.clickhouse.clusters import HIDDEN, MATES, WHOLE

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
    Sort.SALARY: "ifNull(yearly_max, -1) DESC, ifNull(yearly_min, -1) DESC, posted DESC, toString(id)",
}
_FACETS: Mapping[str, str] = {
    "company": "[company_name]",
    "location": "arrayDistinct(place_names)",
    "remote": "[workplace]",
    "job_type": "[ifNull(toString(job_type), 'unknown')]",
}

_SHOWN = f"""(
    SELECT id, title, company_name, description, job_type, posted_at, created_at,
           if(has_mates = 1, all_places, `locations.name`) AS place_names,
           if(has_mates = 1, any_pay.1, salary_yearly_min) AS yearly_min,
           if(has_mates = 1, any_pay.2, salary_yearly_max) AS yearly_max,
           if(has_mates = 1, any_skills, skills) AS abilities,
           if(has_mates = 1, if(states_remote, any_remote, 'none'), toString(remote)) AS workplace
    FROM (SELECT * FROM {{database:Identifier}}.jobs FINAL WHERE closed_at IS NULL AND id NOT IN ({HIDDEN})) AS open
    LEFT JOIN ({WHOLE}) AS job ON job.leader = open.id
)"""  # noqa: S608 - made of constants
"""The postings that are shown, each with what its mates add."""


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
        f" FROM {_SHOWN} WHERE {where} ORDER BY {_ORDERS[query.sort]}"
        f" LIMIT {{limit:UInt64}} OFFSET {{offset:UInt64}} SETTINGS max_execution_time = {_SECONDS}"
    )
    ids = [row["id"] for row in await ask(sql, parameters | page)]
    jobs = await _wholes(ids, ask, known)
    return SearchResult(
        found=counted["found"],
        page=query.page,
        hits=tuple(SearchHit(document=SearchDocument.of(*jobs[job])) for job in ids if job in jobs),
        facets={
            name: tuple(FacetCount(value=value, count=count) for value, count in counted[f"facet_{name}"])
            for name in _FACETS
        },
        took_ms=(time.perf_counter() - started) * 1000,
        degraded=True,
    )


async def _wholes(ids: Sequence[UUID], ask: Ask, known: Known) -> dict[UUID, tuple[StoredPosting, int]]:
    """The jobs that these postings stand for; one that was closed meanwhile is left out."""
    placed = await ask(MATES, {"ids": ids}) if ids else []
    placements = {row["job_id"]: Placement(cluster=row["cluster"], rank=row["rank"]) for row in placed}
    by_cluster: dict[UUID, list[Member]] = {}
    for job, row in (await known({*ids, *placements})).items():
        placement = placements.get(job) or Placement(cluster=job)
        by_cluster.setdefault(placement.cluster, []).append(Member(row=row, placement=placement))
    found = (whole(members) for members in by_cluster.values())
    return {shown[0].posting.id: shown for shown in found if shown is not None}


def _counting(where: str) -> str:
    facets = ", ".join(
        f"sumMap({values}, arrayMap(value -> toUInt64(1), {values})) AS sum_{name},"
        f" arraySlice(arraySort(pair -> (-toInt64(pair.2), pair.1), arrayZip(sum_{name}.1, sum_{name}.2)),"
        f" 1, {FACET_VALUES}) AS facet_{name}"
        for name, values in _FACETS.items()
    )
    return (
        f"SELECT count() AS found, {facets}"  # noqa: S608 - made of constants; what people type is bound
        f" FROM {_SHOWN} WHERE {where}"
        f" SETTINGS max_execution_time = {_SECONDS}"
    )


def _conditions(query: SearchQuery, words: list[str]) -> tuple[str, dict[str, Any]]:
    conditions = ["1"]
    parameters: dict[str, Any] = {f"w{n}": word for n, word in enumerate(words)}
    for n in range(len(words)):
        fields = ("title", "company_name", "arrayStringConcat(abilities, '\\n')", _TEXT)
        hits = " OR ".join(f"positionCaseInsensitiveUTF8({field}, {{w{n}:String}}) > 0" for field in fields)
        conditions.append(f"({hits})")
    chosen: dict[str, Sequence[str]] = {
        "workplace": query.remote,
        "company_name": query.company,
        "job_type": query.job_type,
    }
    for column, values in chosen.items():
        if values:
            conditions.append(f"{column} IN {{{column}:Array(String)}}")
            parameters[column] = [str(value) for value in values]
    if query.location and query.location.strip():
        conditions.append(
            "arrayExists(place -> positionCaseInsensitiveUTF8(place, {location:String}) > 0, place_names)"
        )
        parameters["location"] = query.location.strip()
    if query.salary_min is not None:
        conditions.append("(yearly_max >= {salary:Int64} OR yearly_min >= {salary:Int64})")
        parameters["salary"] = query.salary_min.amount
    return " AND ".join(conditions), parameters
