"""Answering a search: cache, then the index, then the plain search of ClickHouse."""

import hashlib
import logging
from datetime import UTC, datetime, timedelta

from pydantic import ConfigDict
from pydantic.config import JsonDict

from quiethire.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.errors import QuietHireError
from quiethire.domain.posting import Period
from quiethire.domain.search import (
    INDEX_GENERATION_KEY,
    FacetCount,
    SearchHit,
    SearchQuery,
    SearchResult,
)
from quiethire.telemetry import ERRORS
from services.api.request_context import REQUEST_ID
from services.api.safety import safe_marks

logger = logging.getLogger(__name__)

CACHED_FOR = timedelta(minutes=5)

_EXAMPLE: JsonDict = {
    "found": 1,
    "page": 1,
    "per_page": 20,
    "hits": [
        {
            "id": "6b1f2a52-3a0e-5d0c-9d40-0f7f8f3c1a11",
            "title": "Senior Data Engineer",
            "company": "Northwind",
            "location": ["Berlin, Germany"],
            "description": "You build the pipelines that…",
            "remote": "hybrid",
            "job_type": "full_time",
            "skills": ["Python", "Spark"],
            "salary": {"min": 75000, "max": 95000, "currency": "EUR", "period": "year"},
            "on_site_days": 2,
            "visa_sponsorship": True,
            "quality_score": 92,
            "posted_at": "2026-11-18T08:00:00Z",
            "highlights": {"title": "Senior <mark>Data</mark> Engineer"},
        }
    ],
    "facets": {"remote": [{"value": "hybrid", "count": 1}]},
    "took_ms": 4.2,
    "degraded": False,
}


class YearlyPay(Model):
    """Pay a year in whole units of the currency; an open end is null."""

    min: int | None
    max: int | None
    currency: str | None
    period: Period = Period.YEAR


class FoundPosting(Model):
    """One hit. Highlights are HTML: `<mark>` alone, everything else escaped."""

    id: str
    title: str
    company: str
    location: tuple[str, ...]
    description: str
    """The beginning of it."""
    remote: str
    job_type: str
    skills: tuple[str, ...]
    salary: YearlyPay | None
    on_site_days: int | None = None
    visa_sponsorship: bool | None = None
    quality_score: int
    posted_at: datetime
    geopoint: tuple[tuple[float, float], ...] | None = None
    listings: int | None = None
    """In how many places this job is open."""
    highlights: dict[str, str] = {}

    @classmethod
    def of(cls, hit: SearchHit) -> "FoundPosting":
        """The hit as the API tells it."""
        document = hit.document
        pay = None
        if document.salary_min is not None or document.salary_max is not None:
            pay = YearlyPay(min=document.salary_min, max=document.salary_max, currency=document.salary_currency)
        plain = document.model_dump(include=set(cls.model_fields) - {"salary", "posted_at", "highlights"})
        return cls(
            **plain,
            salary=pay,
            posted_at=datetime.fromtimestamp(document.posted_at, UTC),
            highlights={field: safe_marks(text) for field, text in hit.highlights.items()},
        )


class SearchAnswer(Model):
    """One page of hits with facet counts. `degraded`: the index is out of reach, a plainer search answered."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    found: int
    page: int
    per_page: int
    hits: tuple[FoundPosting, ...]
    facets: dict[str, tuple[FacetCount, ...]]
    took_ms: float
    degraded: bool

    @classmethod
    def of(cls, result: SearchResult, per_page: int) -> "SearchAnswer":
        """The result as the API tells it."""
        return cls(
            found=result.found,
            page=result.page,
            per_page=per_page,
            hits=tuple(FoundPosting.of(hit) for hit in result.hits),
            facets=result.facets,
            took_ms=round(result.took_ms, 1),
            degraded=result.degraded,
        )


async def find(clients: Clients, query: SearchQuery) -> bytes:
    """The answer as JSON. Bytes are cached, not objects: nothing is serialised twice.

    Raises Transient where neither the index nor ClickHouse answers.
    """
    key = await _cache_key(clients, query)
    if key is not None and (cached := await _cached(clients, key)) is not None:
        return cached
    try:
        result = await clients.index.search(query)
    except QuietHireError as error:
        # Whatever ails the index, ClickHouse knows every posting. A degraded answer is not cached: it ends with its cause.
        _note("the index does not answer, searching ClickHouse", error)
        result = (await clients.postings.search(query)).model_copy(update={"degraded": True})
        return SearchAnswer.of(result, query.per_page).model_dump_json().encode()
    answer = SearchAnswer.of(result, query.per_page).model_dump_json().encode()
    if key is not None:
        await _keep(clients, key, answer)
    return answer


async def _cache_key(clients: Clients, query: SearchQuery) -> str | None:
    """The key, or None where the cache is out of reach.

    It holds the generation of the index as it was *before* the search, so that an answer is never filed under a
    generation newer than itself.
    """
    try:
        generation = await clients.cache.get(INDEX_GENERATION_KEY) or b"0"
    except QuietHireError as error:
        _note("the cache does not answer, searching without", error)
        return None
    digest = hashlib.sha256(generation + b"\0" + query.model_dump_json().encode()).hexdigest()
    return f"api:search:{digest}"


async def _cached(clients: Clients, key: str) -> bytes | None:
    try:
        return await clients.cache.get(key)
    except QuietHireError as error:
        _note("the cache does not answer, searching without", error)
        return None


async def _keep(clients: Clients, key: str, answer: bytes) -> None:
    try:
        await clients.cache.set(key, answer, CACHED_FOR)
    except QuietHireError as error:
        _note("the answer was not cached", error)


def _note(what: str, error: QuietHireError) -> None:
    ERRORS.labels(kind=error.kind).inc()
    logger.warning("%s: %s", what, error, extra={"request_id": REQUEST_ID.get(), "where": error.where})
