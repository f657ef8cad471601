"""What the search page shows of an answer, worked out: its address, its rows, and what an empty list offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_origin
from urllib.parse import urlencode

from fastapi.exceptions import RequestValidationError
from markupsafe import Markup
from pydantic import ValidationError
from starlette.datastructures import QueryParams

from quiethire.domain.posting import JobType, Workplace
from services.api.answers import FoundPosting, SearchAnswer
from services.api.cursors import LAST_PAGE
from services.api.pages.posting_view import company_url
from services.api.pages.wording import ago, few, label, pay_range
from services.api.parameters import SearchParameters

_DEFAULTS = SearchParameters()
_OF_PROGRAMS = ("cursor", "fields")
"""Parameters that the page has no use for: it leafs by page numbers and shows what it shows."""
_LISTS = {name for name, field in SearchParameters.model_fields.items() if get_origin(field.annotation) is tuple}
_NOT_OF_A_FEED = ("sort", "page", "per_page")
_SKILLS = 5


@dataclass(frozen=True)
class Counted:
    """A link to another search, and how many jobs it finds."""

    label: str
    url: str
    count: int


@dataclass(frozen=True)
class Feed:
    """This search as a feed."""

    label: str
    type: str
    url: str


@dataclass(frozen=True)
class Row:
    """A hit as the list shows it."""

    url: str
    title: Markup
    company: Markup
    company_url: str
    facts: str
    pay: str
    posted: str
    posted_at: str
    skills: tuple[str, ...]
    more_skills: int
    snippet: Markup | None


def page_query(params: QueryParams) -> SearchParameters:
    """The search in a page's address. Empty fields of the form and parameters of others are left aside.

    Raises RequestValidationError.
    """
    given: dict[str, Any] = {}
    for name in SearchParameters.model_fields:
        values = [value.strip() for value in params.getlist(name) if value.strip()]
        if values and name not in _OF_PROGRAMS:
            given[name] = tuple(dict.fromkeys(values)) if name in _LISTS else values[-1]
    if "salary_min" not in given:
        # The form always sends them, and alone they say nothing.
        given.pop("salary_currency", None)
        given.pop("salary_period", None)
    try:
        return SearchParameters.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from error


def search_url(query: SearchParameters, path: str = "/", **changes: object) -> str:
    """The address of this search with changes, on its first page unless another is asked for."""
    state = query.model_dump(mode="json") | {"page": 1} | changes
    if not state["location"]:
        state["radius_km"] = _DEFAULTS.radius_km
    plain = _DEFAULTS.model_dump(mode="json")
    pairs: list[tuple[str, str]] = []
    for name, value in state.items():
        if isinstance(value, (list, tuple)):
            pairs.extend((name, str(item)) for item in value)
        elif value != plain[name]:
            pairs.append((name, _written(value)))
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def search_view(
    query: SearchParameters, answer: SearchAnswer, new: int, offers: Sequence[Counted], now: datetime
) -> Mapping[str, Any]:
    """Everything the template asks for, but the filters. `new`: how many of the found jobs were posted since yesterday."""
    more = query.page * query.per_page < answer.found and query.page < LAST_PAGE
    return {
        "query": query,
        "answer": answer,
        "title": f"{query.q} · QuietHire" if query.q else "QuietHire",
        "address": search_url(query, page=query.page),
        "rows": tuple(row_of(hit, now) for hit in answer.hits),
        "new_today": Counted("new today", search_url(query, posted_within=1), new),
        "offers": offers,
        "previous_url": search_url(query, page=query.page - 1) if query.page > 1 else None,
        "next_url": search_url(query, page=query.page + 1) if more else None,
        "pages": max(1, -(-answer.found // query.per_page)),
        "first_url": search_url(query),
        "wider_url": search_url(SearchParameters(q=query.q)),
        "alert_url": search_url(query, "/alerts/new"),
        "feeds": _feeds(query),
    }


def _feeds(query: SearchParameters) -> tuple[Feed, ...]:
    asked = query.model_copy(update={name: getattr(_DEFAULTS, name) for name in _NOT_OF_A_FEED})
    return (
        Feed("Atom", "application/atom+xml", search_url(asked, "/feeds/search.atom")),
        Feed("RSS", "application/rss+xml", search_url(asked, "/feeds/search.rss")),
        Feed("JSON", "application/feed+json", search_url(asked, "/feeds/search.json")),
    )


def row_of(hit: FoundPosting, now: datetime) -> Row:
    """The hit as a line of the list."""
    words = [few(hit.location, 2)]
    days = f" {hit.on_site_days}\N{NO-BREAK SPACE}d" if hit.on_site_days and hit.remote == Workplace.HYBRID else ""
    words += [label("remote", hit.remote) + days] if hit.remote != Workplace.NONE else []
    words += [label("job_type", hit.job_type)] if hit.job_type in tuple(JobType) else []
    salary = hit.salary
    snippet = hit.highlights.get("description")
    return Row(
        url=f"/jobs/{hit.id}",
        title=_marked(hit, "title", hit.title),
        company=_marked(hit, "company", hit.company),
        company_url=company_url(hit.company_domain or hit.company),
        facts=" · ".join(word for word in words if word),
        pay=pay_range(salary.min, salary.max, salary.currency) if salary else "",
        posted=f"posted {ago(hit.posted_at, now)}",
        posted_at=hit.posted_at.isoformat(),
        skills=hit.skills[:_SKILLS],
        more_skills=max(0, len(hit.skills) - _SKILLS),
        snippet=Markup(snippet) if snippet else None,  # noqa: S704  safety.safe_marks made it
    )


def _marked(hit: FoundPosting, field: str, plain: str) -> Markup:
    if field in hit.highlights:
        return Markup(hit.highlights[field])  # noqa: S704  safety.safe_marks made it
    return Markup.escape(plain)
