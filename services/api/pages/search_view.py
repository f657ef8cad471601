"""What the search page shows of an answer, worked out: its address, its rows, and what an empty list offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_origin
from urllib.parse import urlencode
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from markupsafe import Markup
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import QueryParams

from quiethire.domain.history import SalaryChange
from quiethire.domain.money import asked_amount
from quiethire.domain.posting import JobType, Workplace
from services.api.pages.life_words import PayNews, pay_news
from services.api.pages.posting_view import company_url
from services.api.pages.wording import ago, few, label, pay_range
from services.api.problems import field_errors
from services.api.publishing.exports import WITHOUT_SCOPE, ExportFormat
from services.api.search.answers import FoundPosting, SearchAnswer, Unknown
from services.api.search.cursors import LAST_PAGE
from services.api.search.parameters import SearchParameters
from services.api.search.places import told_place

_DEFAULTS = SearchParameters()
_OF_PROGRAMS = ("cursor", "facets", "fields")
"""Parameters that the page has no use for: it leafs by page numbers and shows what it shows."""
_LISTS = {name for name, info in SearchParameters.model_fields.items() if get_origin(info.annotation) is tuple}
_SKILLS = 5
_FILES = {ExportFormat.CSV: "CSV", ExportFormat.JSONL: "JSON Lines", ExportFormat.PARQUET: "Parquet"}


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
class File:
    """All that this search finds, as a file."""

    label: str
    url: str


@dataclass(frozen=True)
class Hint:
    """A name that is not known here, and the search with one that is near."""

    value: str
    words: str
    near: str = ""
    url: str = ""


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
    news: PayNews | None


@dataclass(frozen=True)
class Wrong:
    """A parameter that cannot be read as it is: what was written, and what is wrong with it."""

    name: str
    label: str
    value: str
    detail: str


def read_address(params: QueryParams) -> tuple[SearchParameters, list[ErrorDetails]]:
    """The search in a page's address, as far as it can be read, and what is wrong with the rest.

    Empty fields of the form and parameters of others are left aside. Pay may be written as people do, `70,000` or `70k`. A place
    that is written goes before a circle, which the form keeps and has no field for.
    """
    given: dict[str, Any] = {}
    for name in SearchParameters.model_fields:
        values = [value.strip() for value in params.getlist(name) if value.strip()]
        if values and name not in _OF_PROGRAMS:
            given[name] = list(dict.fromkeys(values)) if name in _LISTS else values[-1]
    if (amount := asked_amount(given.get("salary_min", ""))) is not None:
        given["salary_min"] = str(amount)
    if "salary_min" not in given:
        # The form always sends them, and alone they say nothing.
        given.pop("salary_currency", None)
        given.pop("salary_period", None)
    if "location" in given:
        given.pop("geo", None)
    wrong: list[ErrorDetails] = []
    while True:
        try:
            return SearchParameters.model_validate(given), wrong
        except ValidationError as error:
            wrong += error.errors(include_url=False)
            _leave_out(given, error.errors(include_url=False))


def _leave_out(given: dict[str, Any], errors: Sequence[ErrorDetails]) -> None:
    """Take what is wrong away: of a list the wrong values, if they are some of it alone."""
    for name in {str(error["loc"][0]) for error in errors}:
        places = {error["loc"][1] for error in errors if error["loc"][0] == name and len(error["loc"]) > 1}
        kept = [value for place, value in enumerate(given[name]) if place not in places] if places else []
        if kept:
            given[name] = kept
        else:
            del given[name]


def page_query(params: QueryParams) -> SearchParameters:
    """The search in a page's address. Raises RequestValidationError."""
    query, wrong = read_address(params)
    if wrong:
        raise RequestValidationError([{**error, "loc": ("query", *error["loc"])} for error in wrong])
    return query


def wrong_of(errors: Sequence[ErrorDetails]) -> tuple[Wrong, ...]:
    """What is wrong, in the words of the page."""
    told = field_errors([{**error, "loc": ("query", *error["loc"])} for error in errors])
    values = [error["input"] if isinstance(error["input"], str) else "" for error in errors]
    return tuple(
        Wrong(each.field, label("parameter", each.field), value, each.detail)
        for each, value in zip(told, values, strict=False)
    )


def no_model() -> Wrong:
    """That a search by meaning is asked for where no model is."""
    detail = "is not possible here: no model is installed that knows what words mean"
    return Wrong("semantic", label("parameter", "semantic"), "", detail)


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


@dataclass(frozen=True)
class Seen:
    """What a search page is made of: the search, its answer, and what was found out beside it."""

    query: SearchParameters
    answer: SearchAnswer
    wrong: tuple[Wrong, ...] = ()
    new: int = 0
    """How many of the found jobs were posted since yesterday."""
    offers: Sequence[Counted] = ()
    unknown: Sequence[Unknown] = ()
    changes: Mapping[UUID, SalaryChange] = field(default_factory=dict)
    """The newest change of pay of the hits that have one."""
    saved: bool = False
    """Whether a search can be saved here: where no mail is sent, it cannot."""


def search_view(seen: Seen, now: datetime) -> Mapping[str, Any]:
    """Everything the template asks for, but the filters."""
    query, answer = seen.query, seen.answer
    more = query.page * query.per_page < answer.found and query.page < LAST_PAGE
    return {
        "query": query,
        "answer": answer,
        "wrong": seen.wrong,
        "typed": {wrong.name: wrong.value for wrong in seen.wrong},
        "title": f"{query.q} · QuietHire" if query.q else "QuietHire",
        "address": search_url(query, page=query.page),
        "rows": tuple(row_of(hit, now, seen.changes.get(UUID(hit.id))) for hit in answer.hits),
        "new_today": Counted("new today", search_url(query, posted_within=1), seen.new),
        "offers": seen.offers,
        "hints": tuple(_hint(query, unknown) for unknown in seen.unknown),
        "previous_url": search_url(query, page=query.page - 1) if query.page > 1 else None,
        "next_url": search_url(query, page=query.page + 1) if more else None,
        "pages": max(1, -(-answer.found // query.per_page)),
        "first_url": search_url(query),
        "wider_url": search_url(SearchParameters(q=query.q)),
        # What is told later is told of all that a search finds: one by meaning finds the nearest alone.
        "alert_url": search_url(query, "/alerts/new") if seen.saved and not query.semantic else None,
        "by_words_url": search_url(query, semantic=False),
        "feeds": () if query.semantic else _feeds(query),
        "files": _files(query) if answer.found <= WITHOUT_SCOPE and not query.semantic else (),
        "most_in_file": WITHOUT_SCOPE,
    }


def _hint(query: SearchParameters, unknown: Unknown) -> Hint:
    """What names nothing, and the same search with the name that may have been meant."""
    if unknown.near is None:
        return Hint(unknown.value, unknown.hint)
    values = getattr(query, unknown.parameter)
    meant: object = unknown.near
    if isinstance(values, tuple):
        meant = [unknown.near if value == unknown.value else value for value in values]
    words = unknown.hint.partition(" Did you mean ")[0]
    return Hint(unknown.value, words, unknown.near, search_url(query, "/", **{unknown.parameter: meant}))


def _feeds(query: SearchParameters) -> tuple[Feed, ...]:
    asked = query.unpaged()
    return (
        Feed("Atom", "application/atom+xml", search_url(asked, "/feeds/search.atom")),
        Feed("RSS", "application/rss+xml", search_url(asked, "/feeds/search.rss")),
        Feed("JSON", "application/feed+json", search_url(asked, "/feeds/search.json")),
    )


def _files(query: SearchParameters) -> tuple[File, ...]:
    asked = query.unpaged()
    return tuple(File(words, search_url(asked, f"/api/v1/exports/jobs.{kind}")) for kind, words in _FILES.items())


def row_of(hit: FoundPosting, now: datetime, change: SalaryChange | None = None) -> Row:
    """The hit as a line of the list. `change`: the newest one of its pay."""
    words = [few(tuple(dict.fromkeys(map(told_place, hit.location))), 2)]
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
        news=pay_news(change, now) if change is not None else None,
    )


def _marked(hit: FoundPosting, name: str, plain: str) -> Markup:
    if name in hit.highlights:
        return Markup(hit.highlights[name])  # noqa: S704  safety.safe_marks made it
    return Markup.escape(plain)
