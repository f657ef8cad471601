"""The companies, at `/companies`, and the page of one, at `/companies/{domain or name}`, which works without any one of the stores."""

import asyncio
from collections.abc import Awaitable, Collection, Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse
from pydantic import AfterValidator, ConfigDict, Field, field_validator

from quiethire.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.errors import Transient
from quiethire.domain.history import hiring_of
from quiethire.domain.search import SearchQuery, Sort
from services.api.dependencies import ClientsDep
from services.api.gate.input_limits import without_nul
from services.api.jobs.pay_changes import pay_changes
from services.api.outage import Outage
from services.api.pages.companies_view import companies_view
from services.api.pages.company_view import ReadBoard, company_view
from services.api.pages.render import render
from services.api.search.answers import SearchAnswer
from services.api.search.cursors import CompanyCursor, CompanyCursorText
from services.api.search.find import find
from services.api.search.parameters import LONGEST_NAME
from services.api.site import SiteDep

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Answer = TypeVar("Answer")

SHOWN = 20
"""Open postings on the page; a search has all."""

BOARDS = 20
"""Boards that are told, those with the most open postings."""

LISTED = 60
"""Companies on a page of their list."""


class Listed(Model):
    """Which companies to list. Parameters of others are left aside."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field("", max_length=200)
    _storable = field_validator("q")(without_nul)
    after: CompanyCursorText | None = None


_no_store = Outage("the store of postings does not answer, a company is told by its open postings alone")
_no_registry = Outage("the registry does not answer, a company is told without its domain")
_no_boards = Outage("the boards cannot be read, a company is told without them")


@router.get("/companies")
@router.head("/companies")
async def companies_page(query: Annotated[Listed, Query()], clients: ClientsDep) -> HTMLResponse:
    """Companies with open postings, the most first."""
    name, cursor = query.q.strip(), CompanyCursor.read(query.after) if query.after else None
    rows = await clients.postings.companies(
        limit=LISTED + 1, after=(cursor.open, cursor.key) if cursor else None, name=name
    )
    return HTMLResponse(
        render("companies.html", **companies_view(name, rows[:LISTED], first=cursor is None, more=len(rows) > LISTED))
    )


@router.get("/companies/{company:path}")
@router.head("/companies/{company:path}")
async def company_page(
    company: Annotated[str, Path(max_length=200), AfterValidator(without_nul)], clients: ClientsDep, site: SiteDep
) -> HTMLResponse:
    """A company: what it has open and how it hires."""
    now, asked = datetime.now(UTC), company.strip()
    if not asked:
        return _missing(asked)
    known = await _or_none(clients.companies.by_domain(asked.lower()), _no_registry)
    names = {asked, *([known.name] if known and known.name else [])}
    trouble = facts = None
    try:
        facts = await clients.postings.hiring(domain=asked.lower(), names=names, now=now)
    except Transient as error:
        _no_store.note(error)
        trouble = error
    name = facts.company if facts else (known.name if known and known.name else asked)
    query = SearchQuery(company=(name[:LONGEST_NAME],), sort=Sort.DATE, per_page=SHOWN, facets=())
    found, domain, boards = await asyncio.gather(
        find(clients, query),
        _or_none(_domain(clients, name), _no_store),
        _or_none(_boards(clients, asked.lower(), {*names, name}), _no_boards),
    )
    answer = SearchAnswer.model_validate_json(found)
    if facts is None and known is None and not answer.found:
        if trouble is not None:
            raise trouble
        return _missing(asked)
    changes = {} if trouble is not None else await pay_changes(clients, [UUID(hit.id) for hit in answer.hits])
    view = company_view(
        name,
        known.domain if known else domain,
        hiring=hiring_of(facts, now) if facts else None,
        history_known=trouble is None,
        answer=answer,
        changes=changes,
        boards=boards,
        site=site,
        now=now,
    )
    return HTMLResponse(render("company.html", **view))


async def _or_none(asked: Awaitable[Answer], outage: Outage) -> Answer | None:
    """The answer; None where the store that is asked is out of reach. The page says what is missing for that."""
    try:
        return await asked
    except Transient as error:
        outage.note(error)
        return None


async def _domain(clients: Clients, name: str) -> str | None:
    """The domain that postings of this name bear."""
    rows = await clients.postings.page(limit=1, company=name, closed=None)
    return rows[0].posting.company_domain if rows else None


async def _boards(clients: Clients, domain: str, names: Collection[str]) -> Sequence[ReadBoard]:
    """The boards that list its postings, with the last crawl of each."""
    counts = await clients.postings.boards_of(domain=domain, names=names)
    keys = sorted(counts, key=lambda key: (-counts[key], key))[:BOARDS]
    boards, crawls = await asyncio.gather(
        asyncio.gather(*map(clients.boards.get, keys)), clients.boards.recent_crawls_of(keys, limit=1)
    )
    return [
        ReadBoard(key, board, next(iter(crawls.get(key, [])), None)) for key, board in zip(keys, boards, strict=True)
    ]


def _missing(asked: str) -> HTMLResponse:
    page = render(
        "missing.html",
        title="This company is not known",
        text="No posting of a company of this name or domain was read. It may be written another way in its postings.",
        q=asked,
    )
    return HTMLResponse(page, 404)
