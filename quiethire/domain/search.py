"""Searching postings: the question, the answer, and the document that is indexed."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.posting import JobType, Workplace

INDEXED_DESCRIPTION = 1_000
"""Characters of the description that are searched: broad matches further down only add noise and time."""

INDEX_GENERATION_KEY = "index:generation"
"""Cache key that indexing sets to a fresh value after each change of the index; absent counts as "0".

Cached answers carry it in their own key, so that an old answer never hides a new posting.
"""


class Sort(StrEnum):
    """The order of the hits."""

    RELEVANCE = "relevance"
    DATE = "date"
    SALARY = "salary"


class SearchQuery(Model):
    """What a person asks for. Lists mean any of; different fields mean all of."""

    q: str = Field("", max_length=300)
    location: str | None = Field(None, max_length=200)
    remote: tuple[Workplace, ...] = Field((), max_length=10)
    company: tuple[Annotated[str, Field(max_length=200)], ...] = Field((), max_length=50)
    job_type: tuple[JobType, ...] = Field((), max_length=20)
    salary_min: int | None = Field(None, ge=0, le=10**15)
    """Yearly; in the currency of the posting."""
    sort: Sort = Sort.RELEVANCE
    page: int = Field(1, ge=1, le=250)
    per_page: int = Field(20, ge=1, le=100)


class SearchDocument(Model):
    """A posting as the search index holds it."""

    id: str
    title: str
    company: str
    location: tuple[str, ...]
    description: str
    remote: str
    job_type: str
    skills: tuple[str, ...]
    salary_min: int | None = None
    """Yearly."""
    salary_max: int | None = None
    salary_currency: str | None = None
    on_site_days: int | None = None
    visa_sponsorship: bool | None = None
    quality_score: int
    posted_at: int
    """Seconds since the epoch: when it was posted, else when it was first seen."""
    geopoint: tuple[tuple[float, float], ...] | None = None
    listings: int | None = None
    """How many open postings of this job there are, this one too; None in documents of before they were counted."""

    @classmethod
    def of(cls, row: StoredPosting, listings: int = 1) -> "SearchDocument":
        """Project a stored posting, which stands for so many of the same job, onto what is searched."""
        posting = row.posting
        points = tuple(
            (place.lat, place.lon) for place in posting.locations if place.lat is not None and place.lon is not None
        )
        salary = posting.salary
        return cls(
            id=str(posting.id),
            title=posting.title,
            company=posting.company_name,
            location=tuple(dict.fromkeys(place.name for place in posting.locations)),
            description=posting.description_text[:INDEXED_DESCRIPTION],
            remote=posting.remote.value,
            job_type=posting.job_type.value if posting.job_type else "unknown",
            skills=posting.skills,
            salary_min=salary.yearly_min if salary else None,
            salary_max=salary.yearly_max if salary else None,
            salary_currency=salary.currency if salary else None,
            on_site_days=posting.on_site_days,
            visa_sponsorship=posting.visa_sponsorship,
            quality_score=posting.quality_score,
            posted_at=int((posting.posted_at or row.first_seen_at).timestamp()),
            geopoint=points or None,
            listings=listings,
        )


class SearchHit(Model):
    """One found posting with the marked snippets (`<mark>` only, everything else escaped)."""

    document: SearchDocument
    highlights: dict[str, str] = {}


class FacetCount(Model):
    """How many of the found postings have this value."""

    value: str
    count: int


class SearchResult(Model):
    """One page of hits with the counts of the facets `company`, `location`, `remote`, `job_type`."""

    found: int
    page: int
    hits: tuple[SearchHit, ...]
    facets: dict[str, tuple[FacetCount, ...]] = {}
    took_ms: float
    degraded: bool = False
    """True where the index was out of reach and ClickHouse answered."""


class IndexFailure(Model):
    """A document that the index refused; it is kept and retried."""

    job_id: UUID
    error: str
