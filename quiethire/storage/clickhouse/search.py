"""The degraded search: substrings over ClickHouse, for when the index is out of reach."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from heapq import nsmallest
from operator import neg
from typing import Any
from uuid import UUID

from quiethire.domain.cluster import Member, Placement, whole
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.search import (
    FACET_VALUES,
    FacetCount,
    SearchDocument,
    SearchHit,
    SearchQuery,
    SearchResult,
    Sort,
)
from quiethire.storage.clickhouse.clusters import JOBS
from quiethire.storage.clickhouse.rows import HIT_COLUMNS
from quiethire.storage.clickhouse.search_conditions import EUROS, IN_TITLE, Conditions, conditions_of, euro_rates

Rows = Sequence[Mapping[str, Any]]
Ask = Callable[[str, dict[str, Any]], Awaitable[Rows]]
Read = Callable[[Sequence[str]], Awaitable[Sequence[StoredPosting]]]
"""The postings of these identities, as `HITS` tells of them. A job may have more of them than one statement takes."""

SEARCH_PATIENCE = 5.0
"""Seconds after which nobody waits for a search any more, nor its statements go on: it takes a part of one, and one that hangs would keep all others out."""
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
_OF_A_JOB: Mapping[str, tuple[str, str]] = {
    "names": ("job.places.1", "`locations.name`"),
    "sites": ("job.places", "arrayZip(`locations.name`, `locations.country`, `locations.lat`, `locations.lon`)"),
    "wage": ("job.pay", "(salary_yearly_min, salary_yearly_max, toString(salary_currency))"),
    "able": ("job.abilities", "skills"),
    "way": ("job.workplace", "toString(remote)"),
    "allowed": ("job.allowed_in", "remote_allowed_in"),
    "listed_as": ("job.identities", "[open.identity]"),
}
"""What a posting is searched by together with its mates, and by itself."""
_BY_ITSELF = ", ".join(f"{own} AS {name}" for name, (_, own) in _OF_A_JOB.items())
_WITH_MATES = "job.leader = open.id AS leads, " + ", ".join(
    f"if(leads, {gathered}, {own}) AS {name}" for name, (gathered, own) in _OF_A_JOB.items()
)
_JOIN = f"""
    LEFT ANY JOIN ({JOBS}) AS job ON job.member = open.id
    WHERE leads OR job.leader = {_NOBODY}"""
"""One without mates has nobody for its leader."""
ANY_MATES = "SELECT 1 FROM {database:Identifier}.clusters LIMIT 1"
"""To plan for mates takes as long as to search a thousand postings, and a young store has none."""
HITS = f"SELECT {HIT_COLUMNS} FROM {{database:Identifier}}.jobs FINAL WHERE identity IN {{identities:Array(String)}}"  # noqa: S608 - constants


async def search_postings(query: SearchQuery, ask: Ask, read: Read, *, mated: bool) -> SearchResult:
    """One pass over the rows for count, facets and who is on the page; then the hits themselves. Mated: some have mates."""
    started = time.perf_counter()
    sql, parameters = _statement(query, conditions_of(query), gathered=mated)
    answer = (await ask(sql, parameters))[0]
    jobs = await _wholes(answer["page"], read)
    return SearchResult(
        found=answer["found"],
        page=query.page,
        hits=tuple(SearchHit(document=SearchDocument.of(row, listings)) for row, listings in jobs),
        facets={name: _most_frequent(*answer[f"facet_{name}"]) for name in query.facets},
        took_ms=(time.perf_counter() - started) * 1000,
        degraded=True,
    )


async def _wholes(page: Sequence[Sequence[str]], read: Read) -> list[tuple[StoredPosting, int]]:
    """The jobs of a page, of each the identities of its postings as they are shown; one that was closed meanwhile is left out."""
    wanted = [identity for listed in page for identity in listed]
    rows = {row.posting.identity: row for row in await read(wanted)}
    jobs = (
        whole(
            Member(row=rows[identity], placement=Placement(cluster=rows[identity].posting.id, rank=rank))
            for rank, identity in enumerate(listed)
            if identity in rows
        )
        for listed in page
    )
    return [job for job in jobs if job is not None]


def _shown(told: Mapping[str, str], *, gathered: bool) -> str:
    """The postings that are shown, each with what its mates add, where any has mates, and what is told of its description.

    Columns that a search does not name are not read: the names of places are apart from where those are.
    """
    looked_for = "".join(f", {expression} AS {name}" for name, expression in told.items())
    return f"""(
    SELECT open.id AS id, title, company_name, visa_sponsorship AS sponsored,
           if(ifNull(toString(job_type), '') = '', 'unknown', assumeNotNull(toString(job_type))) AS kind,
           if(ifNull(toString(seniority), '') = '', 'unknown', assumeNotNull(toString(seniority))) AS level,
           if(ifNull(toString(language), '') = '', 'unknown', assumeNotNull(toString(language))) AS tongue,
           intDiv(toUnixTimestamp64Micro(ifNull(posted_at, created_at)), {_MICROSECONDS}) AS posted,
           intDiv(toUnixTimestamp64Micro(created_at), {_MICROSECONDS}) AS seen,
           {_WITH_MATES if gathered else _BY_ITSELF}{"".join(f", {name}" for name in told)}
    FROM (SELECT *{looked_for} FROM {{database:Identifier}}.jobs FINAL WHERE closed_at IS NULL) AS open
    {_JOIN if gathered else ""}
)"""  # noqa: S608 - made of constants; what people type is bound


def _statement(query: SearchQuery, conditions: Conditions, *, gathered: bool) -> tuple[str, dict[str, Any]]:
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
    facets = "".join(f", {_facet(name, _all_met(narrowing, but=name))}" for name in query.facets)
    sql = (
        f"SELECT countIf({met}) AS found,"  # noqa: S608 - made of constants and numbers; what people type is bound
        f" arraySlice(groupArraySortedIf({first + query.per_page})"
        f"(({order}, -posted, toString(id), listed_as), {met}), {first + 1}).4 AS page{facets}"
        f" FROM (SELECT *{columns} FROM {_shown(conditions.told, gathered=gathered)} WHERE {' AND '.join(base) or 1})"
        f" SETTINGS max_execution_time = {SEARCH_PATIENCE:g}"
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
    """All values and their counts. Which of them are the most frequent is found faster here than it is planned there."""
    values = _VALUES[name]
    return f"sumMapIf({values}, arrayWithConstant(length({values}), toUInt64(1)), {met}) AS facet_{name}"


def _most_frequent(values: Sequence[str], counts: Sequence[int]) -> tuple[FacetCount, ...]:
    told = nsmallest(FACET_VALUES, zip(map(neg, counts), values, strict=True))
    return tuple(FacetCount(value=value, count=-count) for count, value in told)
