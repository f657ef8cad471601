"""What the search page shows, worked out: links that keep the whole state in the URL, chips, facets, rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi.exceptions import RequestValidationError
from markupsafe import Markup
from pydantic import ValidationError
from starlette.datastructures import QueryParams

from quiethire.domain.posting import JobType, Workplace
from quiethire.domain.search import FacetCount, Sort
from services.api.pages.wording import ago, few, label, pay_range
from services.api.parameters import SearchParameters
from services.api.search import FoundPosting, SearchAnswer

_DEFAULTS = SearchParameters()
_LAST_PAGE = 250
_LISTS = ("remote", "company", "exclude_company", "job_type", "seniority", "skills", "language")
_SKILLS = 5


@dataclass(frozen=True)
class Link:
    """A link that changes the search. `count` where it is known."""

    label: str
    url: str
    selected: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Group:
    """A facet and its values."""

    title: str
    options: tuple[Link, ...]


@dataclass(frozen=True)
class Row:
    """A hit as the list shows it."""

    url: str
    title: Markup
    company: Markup
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
        values = [value for value in params.getlist(name) if value.strip()]
        if values:
            given[name] = values if name in _LISTS else values[-1]
    try:
        return SearchParameters.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from error


def search_url(query: SearchParameters, **changes: object) -> str:
    """The address of this search with changes, on its first page unless another is asked for."""
    state = query.model_dump(mode="json") | {"page": 1} | changes
    plain = _DEFAULTS.model_dump(mode="json")
    pairs: list[tuple[str, str]] = []
    for name, value in state.items():
        if isinstance(value, (list, tuple)):
            pairs.extend((name, str(item)) for item in value)
        elif value != plain[name]:
            pairs.append((name, str(value)))
    return f"/?{urlencode(pairs)}" if pairs else "/"


def search_view(query: SearchParameters, answer: SearchAnswer, now: datetime) -> Mapping[str, Any]:
    """Everything the template asks for."""
    return {
        "query": query,
        "answer": answer,
        "rows": tuple(_row(hit, now) for hit in answer.hits),
        "chips": _chips(query),
        "groups": _groups(query, answer),
        "sorts": tuple(
            Link(label("sort", sort), search_url(query, sort=sort.value), selected=query.sort is sort) for sort in Sort
        ),
        "hidden": tuple((name, value) for name in _LISTS for value in getattr(query, name))
        + ((("sort", query.sort.value),) if query.sort is not _DEFAULTS.sort else ()),
        "previous_url": search_url(query, page=query.page - 1) if query.page > 1 else None,
        "next_url": _next_url(query, answer),
        "pages": max(1, -(-answer.found // query.per_page)),
        "first_url": search_url(query),
        "wider_url": search_url(SearchParameters(q=query.q)),
    }


def _next_url(query: SearchParameters, answer: SearchAnswer) -> str | None:
    more = query.page * query.per_page < answer.found and query.page < _LAST_PAGE
    return search_url(query, page=query.page + 1) if more else None


def _row(hit: FoundPosting, now: datetime) -> Row:
    words = [few(hit.location, 2)]
    days = f" {hit.on_site_days} d" if hit.on_site_days and hit.remote == Workplace.HYBRID else ""
    words += [label("remote", hit.remote) + days] if hit.remote != Workplace.NONE else []
    words += [label("job_type", hit.job_type)] if hit.job_type in tuple(JobType) else []
    salary = hit.salary
    snippet = hit.highlights.get("description")
    return Row(
        url=f"/jobs/{hit.id}",
        title=_marked(hit, "title", hit.title),
        company=_marked(hit, "company", hit.company),
        facts=" · ".join(word for word in words if word),
        pay=pay_range(salary.min, salary.max, salary.currency) if salary else "",
        posted=ago(hit.posted_at, now),
        posted_at=hit.posted_at.isoformat(),
        skills=hit.skills[:_SKILLS],
        more_skills=max(0, len(hit.skills) - _SKILLS),
        snippet=Markup(snippet) if snippet else None,  # noqa: S704  safety.safe_marks made it
    )


def _marked(hit: FoundPosting, field: str, plain: str) -> Markup:
    if field in hit.highlights:
        return Markup(hit.highlights[field])  # noqa: S704  safety.safe_marks made it
    return Markup.escape(plain)


def _chips(query: SearchParameters) -> tuple[Link, ...]:
    """What narrows the search; each link takes one away."""
    chips = [
        Link(label(name, value), search_url(query, **{name: _without(query, name, value)}))
        for name in _LISTS
        for value in getattr(query, name)
    ]
    if query.location:
        chips.append(Link(query.location, search_url(query, location=None)))
    if query.salary_min is not None:
        chips.append(Link(f"at least {query.salary_min:,} a year", search_url(query, salary_min=None)))
    return tuple(chips)


def _without(query: SearchParameters, name: str, value: str) -> list[str]:
    return [other for other in getattr(query, name) if other != value]


def _groups(query: SearchParameters, answer: SearchAnswer) -> tuple[Group, ...]:
    groups = [
        Group("Workplace", _options(query, answer, "remote", tuple(Workplace))),
        Group("Type", _options(query, answer, "job_type", tuple(JobType))),
        Group("Company", _options(query, answer, "company", query.company)),
        Group("Place", _places(query, answer.facets.get("location", ()))),
    ]
    return tuple(group for group in groups if group.options)


def _options(query: SearchParameters, answer: SearchAnswer, name: str, always: tuple[str, ...]) -> tuple[Link, ...]:
    """While some values are selected, the others can be added, though they are not counted now."""
    chosen = [str(value) for value in getattr(query, name)]
    counts = {count.value: count.count for count in answer.facets.get(name, ())}
    # The kinds of work keep their order, so that nothing jumps; companies come by count.
    order = [str(value) for value in always if value in counts or chosen]
    values = order if name != "company" else [*counts, *(value for value in order if value not in counts)]
    return tuple(
        Link(
            label(name, value),
            search_url(query, **{name: _without(query, name, value) if value in chosen else [*chosen, value]}),
            selected=value in chosen,
            count=counts.get(value, 0 if value in chosen else None),
        )
        for value in values[:20]
    )


def _places(query: SearchParameters, counts: tuple[FacetCount, ...]) -> tuple[Link, ...]:
    return tuple(
        Link(
            count.value,
            search_url(query, location=None if count.value == query.location else count.value[:200]),
            selected=count.value == query.location,
            count=count.count,
        )
        for count in counts[:12]
    )
