"""What the parser's HTTP face takes and gives: pages in, postings and links out, one by one or many at once."""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic.config import JsonDict

from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, Money, Period
from quiethire.domain.result import Problem, Refusal
from quiethire.domain.urls import MAX_URL_LENGTH
from services.parser.document import MAX_BODY
from services.parser.links import JobLink
from services.parser.quality import quality_parts

MAX_PAGES = 100
"""Pages of one batch."""

_PAGE: JsonDict = {
    "url": "https://northwind.example/jobs/7",
    "html": "<html lang='en'><title>Data Engineer at Northwind</title><h1>Data Engineer</h1><p>Berlin · €17.50 an hour</p>…</html>",
    "fetched_at": "2026-11-20T08:00:00Z",
}
_POSTING: JsonDict = {
    "title": "Data Engineer",
    "company_name": "Northwind",
    "location": "Berlin",
    "remote": "hybrid",
    "on_site_days": 2,
    "visa_sponsorship": True,
    "job_type": "full_time",
    "salary": {"min": 17.5, "max": 19, "currency": "EUR", "period": "hour"},
    "salary_min": 17.5,
    "salary_max": 19,
    "salary_currency": "EUR",
    "salary_period": "hour",
    "quality_score": 95,
    "quality_parts": {"title": "25/25", "company": "15/15", "posted date": "0/5"},
    "provenance": {"salary": {"source": "html", "path": "p near the title"}},
}
_REFUSED: JsonDict = {
    "url": "https://northwind.example/jobs",
    "reason": "list: the page links to 12 postings and is none itself",
}
_ERROR: JsonDict = {
    "kind": "invalid_url",
    "where": "not a url",
    "detail": "not a URL (give an absolute http:// or https:// URL)",
}


class ParseRequest(Model):
    """A fetched page. `fetched_at` is what relative dates count from; now, where it is not given."""

    model_config = ConfigDict(json_schema_extra={"example": _PAGE})

    url: str = Field(max_length=MAX_URL_LENGTH)
    html: str = Field(max_length=MAX_BODY)
    fetched_at: AwareDatetime | None = None

    def page(self) -> Page:
        """The page as the parser takes it."""
        return Page(
            url=self.url,
            body=self.html.encode("utf-8", "replace"),
            content_type="text/html; charset=utf-8",
            fetched_at=self.fetched_at or datetime.now(UTC),
        )


class ParsedPosting(JobPosting):
    """A posting with every field of its own, and beside them the flat names that tables and older clients read."""

    model_config = ConfigDict(json_schema_extra={"example": _POSTING})

    url_hash: str
    """SHA-256 of the canonical URL."""
    company: str
    location: str | None
    """The places in one line."""
    description: str
    salary_min: Money | None
    salary_max: Money | None
    salary_currency: str | None
    salary_period: Period | None
    quality_parts: dict[str, str]
    """The points of each part of `quality_score` and how many it may have: `25/25`."""

    @classmethod
    def of(cls, posting: JobPosting) -> "ParsedPosting":
        """The posting under its flat names too."""
        pay = posting.salary
        return cls(
            **dict(posting),
            url_hash=hashlib.sha256(posting.url.encode()).hexdigest(),
            company=posting.company_name,
            location=" · ".join(dict.fromkeys(place.name for place in posting.locations)) or None,
            description=posting.description_text,
            salary_min=pay.min if pay else None,
            salary_max=pay.max if pay else None,
            salary_currency=pay.currency if pay else None,
            salary_period=pay.period if pay else None,
            quality_parts={part.name: f"{part.points}/{part.of}" for part in quality_parts(posting)},
        )


class ParseResponse(Model):
    """The postings of the page, or why there are none."""

    postings: tuple[ParsedPosting, ...]
    refused: tuple[Refusal, ...]
    board: Board | None


class LinksResponse(Model):
    """The job links of the page, and the board that it shows or embeds."""

    links: tuple[JobLink, ...]
    board: Board | None


Pages = Annotated[
    list[Any],
    Field(min_length=1, max_length=MAX_PAGES),
    WithJsonSchema(
        {"type": "array", "items": ParseRequest.model_json_schema(), "minItems": 1, "maxItems": MAX_PAGES},
    ),
]
"""Each is read as a ParseRequest by itself, so that one that is none costs none of the others."""


class BatchRequest(Model):
    """Pages, at most 100 and 40 MB of JSON together."""

    model_config = ConfigDict(json_schema_extra={"example": {"pages": [_PAGE, {"url": "not a url", "html": ""}]}})

    pages: Pages


class BatchParsed(Model):
    """What one page of a batch gave; with an `error`, nothing else."""

    url: str
    postings: tuple[ParsedPosting, ...] = ()
    refused: tuple[Refusal, ...] = ()
    board: Board | None = None
    error: Problem | None = None


class BatchLinks(Model):
    """The links of one page of a batch; with an `error`, none."""

    url: str
    links: tuple[JobLink, ...] = ()
    board: Board | None = None
    error: Problem | None = None


class BatchParseResponse(Model):
    """One entry a page, in the order of the pages."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "results": [
                    {"url": _PAGE["url"], "postings": [_POSTING], "refused": [], "board": None, "error": None},
                    {"url": _REFUSED["url"], "postings": [], "refused": [_REFUSED], "board": None, "error": None},
                    {"url": "not a url", "postings": [], "refused": [], "board": None, "error": _ERROR},
                ]
            }
        }
    )

    results: tuple[BatchParsed, ...]


class BatchLinksResponse(Model):
    """One entry a page, in the order of the pages."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "results": [
                    {
                        "url": "https://northwind.example/careers",
                        "links": [{"url": "https://northwind.example/jobs/7", "text": "Data Engineer"}],
                        "board": None,
                        "error": None,
                    }
                ]
            }
        }
    )

    results: tuple[BatchLinks, ...]


def url_of(given: object) -> str:
    """What a page of a batch calls its URL, to name its entry by; it may be anything."""
    url = given.get("url") if isinstance(given, dict) else None
    return url[:MAX_URL_LENGTH] if isinstance(url, str) else ""


def read_request(given: object) -> ParseRequest:
    """One page of a batch. Raises InvalidInput where it is none."""
    try:
        return ParseRequest.model_validate(given)
    except ValidationError as error:
        raise InvalidInput(faults(error.errors()), where=url_of(given), kind="invalid_request") from error


def faults(errors: Any) -> str:  # noqa: ANN401 - pydantic's and FastAPI's lists of faults differ in type alone
    """What is wrong with a request, without the page that was sent."""
    return "; ".join(f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in errors[:20])
