"""The degraded search: substrings over ClickHouse, for when the index is out of reach."""

import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from quiethire.domain.cluster import Member, Placement, whole
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.search import (
    FACET_VALUES,
    FACETS,
    FacetCount,
    SearchDocument,
    SearchHit,
    SearchQuery,
    SearchResult,
    Sort,
)
from quiethire.storage.clickhouse.clusters import JOBS, MATES
from quiethire.storage.clickhouse.search_conditions import EUROS, IN_TITLE, Conditions, conditions_of, euro_rates

Rows = Sequence[Mapping[str, Any]]
Ask = Callable[[str, dict[str, Any]], Awaitable[Rows]]
Known = Callable[[Collection[UUID]], Awaitable[Mapping[UUID, StoredPosting]]]

_SECONDS = 10
_MICROSECONDS = 1_000_000
_VALUES: Mapping[str, str] = {
    "company": "[company_name]",
    "location": "arrayDistinct(names)",
    "remote": "[way]",
    "job_type": "[kind]",
    "seniority": "[level]",
    "skills": "able",
    "language": "[tongue]",
}
"""Of each facet the values that a row has."""

_NOBODY = f"toUUID('{UUID(int=0)}')"
_SITES = "arrayZip(`locations.name`, `locations.country`, `locations.lat`, `locations.lon`)"
_PAY = "(salary_yearly_min, salary_yearly_max, toString(salary_currency))"
_SHOWN = f"""(
    SELECT open.id AS id, title, company_name, description, remote_allowed_in AS allowed, visa_sponsorship AS sponsored,
           if(ifNull(toString(job_type), '') = '', 'unknown', assumeNotNull(toString(job_type))) AS kind,
           if(ifNull(toString(seniority), '') = '', 'unknown', assumeNotNull(toString(seniority))) AS level,
           if(ifNull(toString(language), '') = '', 'unknown', assumeNotNull(toString(language))) AS tongue,
           intDiv(toUnixTimestamp64Micro(ifNull(posted_at, created_at)), {_MICROSECONDS}) AS posted,
           intDiv(toUnixTimestamp64Micro(created_at), {_MICROSECONDS}) AS seen,
           job.leader = open.id AS leads,
           if(leads, job.places.1, `locations.name`) AS names, if(leads, job.places, {_SITES}) AS sites, if(leads, job.pay, {_PAY}) AS wage,
           if(leads, job.abilities, skills) AS able, if(leads, job.workplace, toString(remote)) AS way
    FROM (SELECT * FROM {{database:Identifier}}.jobs FINAL WHERE closed_at IS NULL) AS open
    LEFT ANY JOIN ({JOBS}) AS job ON job.member = open.id
    WHERE leads OR job.leader = {_NOBODY}
)"""  # noqa: S608 - made of constants
"""The postings that are shown, each with what its mates add. One without mates has nobody for its leader.

Columns that a search does not name are not read: the names of places are apart from where those are.
"""


async def search_postings(query: SearchQuery, ask: Ask, known: Known) -> SearchResult:
    """One pass over the rows for count, facets and the ids of the page; then the hits themselves."""
    started = time.perf_counter()
    conditions = conditions_of(query)
    sql, parameters = _statement(query, conditions)
    answer = (await ask(sql, parameters))[0]
    ids = [UUID(job) for job in answer["page"]]
    jobs = await _wholes(ids, ask, known)
    return SearchResult(
        found=answer["found"],
        page=query.page,
        hits=tuple(SearchHit(document=SearchDocument.of(*jobs[job])) for job in ids if job in jobs),
        facets={
            name: tuple(FacetCount(value=value, count=count) for value, count in answer[f"facet_{name}"])
            for name in FACETS
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


def _statement(query: SearchQuery, conditions: Conditions) -> tuple[str, dict[str, Any]]:
    """Rows that miss one narrowing at most are read: that one's facet counts them, nothing else does."""
    narrowing = conditions.narrowing
    columns = "".join(f", {condition} AS meets_{facet}" for facet, condition in narrowing.items())
    base = list(conditions.base)
    if narrowing:
        met = " + ".join(f"toUInt8({condition})" for condition in narrowing.values())
        base.insert(0, f"{met} >= {len(narrowing) - 1}")
    order, parameters = _order(query, conditions)
    first = (query.page - 1) * query.per_page
    met = _all_met(narrowing)
    facets = ", ".join(_facet(name, _all_met(narrowing, but=name)) for name in FACETS)
    sql = (
        f"SELECT countIf({met}) AS found,"  # noqa: S608 - made of constants and numbers; what people type is bound
        f" arrayMap(key -> key.3, arraySlice(groupArraySortedIf({first + query.per_page})"
        f"(({order}, -posted, toString(id)), {met}), {first + 1})) AS page, {facets}"
        f" FROM (SELECT *{columns} FROM {_SHOWN} WHERE {' AND '.join(base) or 1})"
        f" SETTINGS max_execution_time = {_SECONDS}"
    )
    return sql, {**conditions.parameters, **parameters}


def _order(query: SearchQuery, conditions: Conditions) -> tuple[str, dict[str, Any]]:
    """By what hits are sorted before their date, and its parameters."""
    if query.sort is Sort.SALARY:
        return f"-{EUROS}", euro_rates()
    if query.sort is Sort.RELEVANCE and "words" in conditions.parameters:
        return f"-toInt64({IN_TITLE})", {}
    return "0", {}


def _all_met(narrowing: Mapping[str, str], but: str | None = None) -> str:
    return " AND ".join(f"meets_{facet}" for facet in narrowing if facet != but) or "1"


def _facet(name: str, met: str) -> str:
    values = _VALUES[name]
    return (
        f"sumMapIf({values}, arrayMap(value -> toUInt64(1), {values}), {met}) AS sum_{name},"
        f" arraySlice(arraySort(pair -> (-toInt64(pair.2), pair.1), arrayZip(sum_{name}.1, sum_{name}.2)),"
        f" 1, {FACET_VALUES}) AS facet_{name}"
    )
