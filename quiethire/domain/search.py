"""Searching postings: the question, the answer, and the document that is indexed."""

import re
from enum import StrEnum
from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.money import Currency, in_euros
from quiethire.domain.posting import MAX_AMOUNT, JobType, Salary, Seniority, Workplace

INDEXED_DESCRIPTION = 600
"""Characters of the description that are searched: broad matches further down only add noise and time."""

INDEX_SLOW = "index_slow"
"""Kind of a Transient: the index took the question and did not answer in time. Any other may mean that it was restarted."""

INDEX_GENERATION_KEY = "index:generation"
"""Cache key that indexing sets to a fresh value after each change of the index; where it is lost, the cache names a new one.

Cached answers carry it, so that an old answer never hides a new posting.
"""


_REGION_CODE = re.compile(r"[A-Z]{2,3}")

ANYWHERE = "any"
"""In `SearchDocument.remote_from`: the posting does not say where remote work may be done from."""


class Sort(StrEnum):
    """The order of the hits."""

    RELEVANCE = "relevance"
    DATE = "date"
    SALARY = "salary"


class Circle(Model):
    """A place on the map and how far around it."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    km: float = Field(gt=0, le=2_000)


class PayFloor(Model):
    """The least pay that is wanted, a year."""

    amount: int = Field(ge=0, le=MAX_AMOUNT)
    currency: Currency | None = None
    """None compares the plain number with pay in whatever currency; else pay in others is converted."""


class CountryPart(Model):
    """A part of a country: a job is in it that is in one of its towns, or at a place that is called so."""

    country: str = Field(pattern="^[A-Z]{2}$")
    words: tuple[str, ...] = Field((), max_length=100)
    """Its names: words that, in this country, stand in the names of its places and of no others."""
    code: str | None = Field(None, pattern="^[A-Z]{2,3}$")
    """What addresses there have in their place, where they have one: `OR` for Oregon. Elsewhere it may be a word."""
    own_words: tuple[str, ...] = Field((), max_length=20)
    """Names by which a posting alone is not known to be in the country: they are looked for anywhere."""
    names: tuple[str, ...] = Field((), max_length=300)
    """Names that stand within those of others as well: a place has one of these whole. `Saxony` is none of Lower Saxony."""
    cells: tuple[int, ...] = Field(max_length=4_000)
    """Where its towns lie (`quiethire.domain.grid`)."""

    @property
    def spelled(self) -> tuple[str, ...]:
        """`words`, and its code among them: for who knows of a place's name alone."""
        return (*self.words, self.code) if self.code else self.words


Facet = Literal["company", "location", "remote", "job_type", "seniority", "skills", "language"]
"""What can be counted over all that is found. A facet that the query narrows is counted without that narrowing, so that its other
values can be told; skills are counted with it, since all of them must be there, and a circle narrows all."""

FACETS: tuple[Facet, ...] = get_args(Facet)

FACET_VALUES = 20
"""Most values of each."""


class SearchQuery(Model):
    """What is asked of the index: a person's words made plain. Lists mean any of, but for skills, of which all must be there.

    Different fields mean all of. A phrase between quotes in `q` is matched as it stands, and `-word` excludes.
    """

    q: str = Field("", max_length=300)
    location: str | None = Field(None, max_length=200)
    """Words to be found in the names of places: for a place that is neither a circle nor a country, nor a part of one."""
    part: CountryPart | None = None
    area: tuple[Annotated[str, Field(pattern="^[A-Z]{2}$")], ...] = Field((), max_length=300)
    """Of a `location` that is an area of several countries, these: who works in one of them works in it."""
    circle: Circle | None = None
    country: str | None = Field(None, pattern="^[A-Z]{2}$")
    taken_for: str | None = Field(None, max_length=200)
    """What the place that was asked for is called. Told with the answer, and searched nowhere."""
    remote: tuple[Workplace, ...] = Field((), max_length=10)
    remote_from: tuple[Annotated[str, Field(max_length=60)], ...] = Field((), max_length=80)
    """Names of countries and areas, any of which a remote job may be done from; those that state nothing are in."""
    company: tuple[Annotated[str, Field(max_length=200)], ...] = Field((), max_length=50)
    exclude_company: tuple[Annotated[str, Field(max_length=200)], ...] = Field((), max_length=50)
    job_type: tuple[JobType, ...] = Field((), max_length=20)
    seniority: tuple[Seniority, ...] = Field((), max_length=20)
    skills: tuple[Annotated[str, Field(max_length=100)], ...] = Field((), max_length=20)
    salary_min: PayFloor | None = None
    posted_since: int | None = None
    """Seconds since the epoch."""
    seen_by: int | None = None
    """Seconds since the epoch: postings first seen later are left out, so that pages do not shift while one leafs."""
    language: tuple[Annotated[str, Field(pattern="^[a-z]{2,3}$")], ...] = Field((), max_length=20)
    sponsorship: bool | None = None
    semantic: bool = False
    """Whether postings that mean what `q` means are found too, in other words than its own."""
    among: tuple[UUID, ...] | None = Field(None, max_length=500)
    """Only these postings are looked at, where it is set."""
    facets: tuple[Facet, ...] = FACETS
    """What is counted. Who wants hits alone asks for none: in the slowest searches counting takes as long as finding."""
    sort: Sort = Sort.RELEVANCE
    page: int = Field(1, ge=1, le=250)
    per_page: int = Field(20, ge=1, le=100)


TELLING = frozenset({"page", "seen_by", "facets", "taken_for"})
"""What of a query says how its answer is told, and nothing of what is found, nor in which order."""


class SearchDocument(Model):
    """A posting as the search index holds it."""

    id: str
    title: str
    company: str
    company_domain: str | None = None
    location: tuple[str, ...]
    countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2."""
    regions: tuple[str, ...] = ()
    """Parts of countries that have a code, behind their country's: `US-OR`. A search never tells them."""
    description: str
    remote: str
    remote_from: tuple[str, ...] = ()
    """Countries and areas that a remote job may be done from, as stated, else those of its places; `any` where it says neither."""
    job_type: str
    seniority: str = "unknown"
    skills: tuple[str, ...]
    language: str = "unknown"
    salary_min: int | None = None
    """Yearly."""
    salary_max: int | None = None
    salary_currency: str | None = None
    pay_eur: int = -1
    """The upper end of the yearly pay, else the lower, in euros, for comparing; -1 where none is stated or no rate is known."""
    on_site_days: int | None = None
    visa_sponsorship: bool | None = None
    quality_score: int
    posted_at: int
    """Seconds since the epoch: when it was posted, else when it was first seen."""
    seen_at: int = 0
    """Seconds since the epoch: when it was first seen."""
    geopoint: tuple[tuple[float, float], ...] | None = None
    embedding: tuple[float, ...] | None = None
    """What it means; None until that is worked out. A search never tells it."""
    listings: int | None = None
    """How many open postings of this job there are, this one too; None in documents of before they were counted."""

    @classmethod
    def of(cls, row: StoredPosting, listings: int = 1, embedding: tuple[float, ...] | None = None) -> "SearchDocument":
        """Project a stored posting, which stands for so many of the same job, onto what is searched."""
        posting = row.posting
        points = tuple(
            (place.lat, place.lon) for place in posting.locations if place.lat is not None and place.lon is not None
        )
        countries = tuple(dict.fromkeys(place.country for place in posting.locations if place.country))
        salary = posting.salary
        return cls(
            id=str(posting.id),
            title=posting.title,
            company=posting.company_name,
            company_domain=posting.company_domain,
            location=tuple(dict.fromkeys(place.name for place in posting.locations)),
            countries=countries,
            regions=tuple(
                dict.fromkeys(
                    f"{place.country}-{place.region}"
                    for place in posting.locations
                    if place.country and _REGION_CODE.fullmatch(place.region or "")
                )
            ),
            description=posting.description_text[:INDEXED_DESCRIPTION],
            remote=posting.remote.value,
            remote_from=posting.remote_allowed_in or countries or (ANYWHERE,),
            job_type=posting.job_type.value if posting.job_type else "unknown",
            seniority=posting.seniority.value if posting.seniority else "unknown",
            skills=posting.skills,
            language=posting.language or "unknown",
            salary_min=salary.yearly_min if salary else None,
            salary_max=salary.yearly_max if salary else None,
            salary_currency=salary.currency if salary else None,
            pay_eur=_pay_eur(salary),
            on_site_days=posting.on_site_days,
            visa_sponsorship=posting.visa_sponsorship,
            quality_score=posting.quality_score,
            posted_at=int((posting.posted_at or row.first_seen_at).timestamp()),
            seen_at=int(row.first_seen_at.timestamp()),
            geopoint=points or None,
            embedding=embedding,
            listings=listings,
        )


def _pay_eur(salary: Salary | None) -> int:
    if salary is None:
        return -1
    yearly = salary.yearly_max if salary.yearly_max is not None else salary.yearly_min
    euros = None if yearly is None else in_euros(yearly, salary.currency)
    return -1 if euros is None else euros


class SearchHit(Model):
    """One found posting with the marked snippets (`<mark>` only, everything else escaped)."""

    document: SearchDocument
    highlights: dict[str, str] = {}


class FacetCount(Model):
    """How many of the found postings have this value."""

    value: str
    count: int


class SearchResult(Model):
    """One page of hits, and the counts of the facets that were asked for."""

    found: int
    page: int
    hits: tuple[SearchHit, ...]
    facets: dict[str, tuple[FacetCount, ...]] = {}
    facets_estimated: bool = False
    """Whether a part of very many hits was counted, and the rest inferred."""
    took_ms: float
    degraded: bool = False
    """True where the index was out of reach and ClickHouse answered."""
    held: int | None = None
    """How many documents the index held as it answered, where it tells."""


class IndexFailure(Model):
    """A document that the index refused; it is kept and retried."""

    job_id: UUID
    error: str


class Suggestions(Model):
    """What a beginning of a word may be meant for, each with how many postings have it, the most frequent first."""

    titles: tuple[FacetCount, ...] = ()
    companies: tuple[FacetCount, ...] = ()
    skills: tuple[FacetCount, ...] = ()


class IndexCollection(Model):
    """One collection of the index: the one that serves, the one before it, or one that is being built."""

    name: str
    documents: int
    serves: bool
    previous: bool
    """Whether a rollback serves it again."""
    created_at: int
    """Seconds since the epoch."""
