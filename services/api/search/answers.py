"""What a search answers with, as the API tells it."""

from datetime import UTC, datetime
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic.config import JsonDict

from quiethire.domain.base import Model
from quiethire.domain.posting import Period
from quiethire.domain.search import FacetCount, SearchDocument, SearchHit, SearchQuery, SearchResult
from services.api.jobs.examples import FOUND
from services.api.jobs.safety import safe_marks
from services.api.search.cursors import SearchCursor

_EXAMPLE: JsonDict = {
    "found": 1,
    "page": 1,
    "per_page": 20,
    "hits": [FOUND],
    "facets": {"remote": [{"value": "hybrid", "count": 1}]},
    "facets_estimated": False,
    "took_ms": 4.2,
    "degraded": False,
    "next_cursor": None,
    "place": {"name": "Berlin, Germany", "radius_km": 50},
    "unknown": [],
}


class YearlyPay(Model):
    """Pay a year in whole units of the currency; an open end is null."""

    min: int | None
    max: int | None
    currency: str | None
    period: Period = Period.YEAR


class FoundPosting(Model):
    """One hit."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    title: str
    company: str
    company_domain: str | None = None
    location: tuple[str, ...]
    description: str
    """The beginning of it."""
    remote: str
    remote_from: tuple[str, ...] = ()
    """Countries and areas that remote work is allowed from; `any` where the posting names none."""
    job_type: str
    seniority: str = "unknown"
    language: str = "unknown"
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
    """Field → HTML: `<mark>` around what matched, everything else escaped."""

    @classmethod
    def of(cls, hit: SearchHit) -> "FoundPosting":
        """The hit as the API tells it."""
        return cls.model_validate(_told(hit))


def _known(facet: str, counts: tuple[FacetCount, ...]) -> tuple[FacetCount, ...]:
    """What a filter takes: in these the index says `unknown` of a posting that tells none."""
    if facet not in {"language", "seniority", "job_type"}:
        return counts
    return tuple(counted for counted in counts if counted.value != "unknown")


def _told(hit: SearchHit) -> dict[str, Any]:
    """The fields of a hit: a page of them is checked at once, which takes a fifth less."""
    document = hit.document
    pay = None
    if document.salary_min is not None or document.salary_max is not None:
        pay = YearlyPay(min=document.salary_min, max=document.salary_max, currency=document.salary_currency)
    return {
        **{field: getattr(document, field) for field in _AS_INDEXED},
        "salary": pay,
        "posted_at": datetime.fromtimestamp(document.posted_at, UTC),
        "highlights": {field: safe_marks(text) for field, text in hit.highlights.items()},
    }


_HITS = TypeAdapter(tuple[FoundPosting, ...])
_AS_INDEXED = tuple(FoundPosting.model_fields.keys() & SearchDocument.model_fields.keys() - {"posted_at"})
"""What is told of a posting as the index has it."""


class Unknown(Model):
    """A value of a parameter that names nothing known here."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    parameter: str
    """`location`, `company`, `exclude_company` or `skills`; of a profile what holds the value, such as `preferences.places`."""
    value: str
    near: str | None
    """A name that is known, and may have been meant."""
    hint: str


class TakenFor(Model):
    """The place that a search was taken to mean."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    name: str
    radius_km: float | None
    """How far around it; null of a country, a part or an area."""

    @classmethod
    def of(cls, query: SearchQuery) -> "TakenFor | None":
        """Of this query; None where it asks for no place that is known."""
        if query.taken_for is None:
            return None
        return cls(name=query.taken_for, radius_km=query.circle.km if query.circle else None)


class SearchAnswer(Model):
    """One page of hits, and what is counted of all of them."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE}, use_attribute_docstrings=True)

    found: int
    """Hits in all."""
    page: int
    per_page: int
    hits: tuple[FoundPosting, ...]
    facets: dict[str, tuple[FacetCount, ...]]
    """Of each facet that was asked for the most frequent values among all hits, of those that tell one. A facet that the search narrows is counted without that narrowing."""
    facets_estimated: bool
    """True where so much was found that a part of it was counted and the rest inferred: each count is about right."""
    took_ms: float
    degraded: bool
    """True where the index is out of reach, and a plainer search answered: without typos, prefixes and highlights."""
    next_cursor: str | None = None
    """For `cursor`; null on the last page."""
    place: TakenFor | None = None
    """What `location` was taken for: which of the cities of that name. Null where it is looked for as words alone, or not given."""
    unknown: tuple[Unknown, ...] = ()
    """What of the search names no place, company or skill that is known here."""

    @classmethod
    def of(cls, result: SearchResult, query: SearchQuery) -> "SearchAnswer":
        """The result of this query, now, as the API tells it."""
        return cls(
            found=result.found,
            page=result.page,
            per_page=query.per_page,
            hits=_HITS.validate_python([_told(hit) for hit in result.hits]),
            facets={name: _known(name, counts) for name, counts in result.facets.items()},
            facets_estimated=result.facets_estimated,
            took_ms=round(result.took_ms, 1),
            degraded=result.degraded,
            next_cursor=SearchCursor.after(query, result.found, datetime.now(UTC)),
            place=TakenFor.of(query),
        )
