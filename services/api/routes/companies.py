"""GET /api/v1/companies, /api/v1/companies/{company} and /api/v1/companies/{company}/hiring."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import AfterValidator, ConfigDict, Field
from pydantic.config import JsonDict

from quiethire.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.company import Company
from quiethire.domain.history import CompanyHiring, DaysToClose, HiringFacts, HiringWeek, hiring_of
from quiethire.domain.ports import CompanyOpenings
from services.api.dependencies import ClientsDep
from services.api.examples import shown
from services.api.gate.input_limits import without_nul
from services.api.jobs.safety import safe_link
from services.api.search.cursors import CompanyCursor, CompanyCursorText

router = APIRouter(prefix="/api/v1/companies", tags=["companies"])

BOARDS = 50
"""Boards of a company that are told, those with the most open postings."""

_HIRING: dict[str, Any] = {
    "open": 42,
    "with_pay": 0.786,
    "watched_since": "2026-05-04T09:00:00Z",
    "weeks": [{"week": "2026-11-09", "opened": 3, "closed": 1}],
    "days_to_close": {"median": 31, "closed": 57, "still_open": 42},
}
_BOARD: JsonDict = {
    "key": "greenhouse/northwind",
    "ats": "greenhouse",
    "url": "https://boards.greenhouse.io/northwind",
    "open": 42,
    "last_crawled_at": "2026-11-20T07:12:00Z",
}
_SUMMARY: JsonDict = {"name": "Northwind", "domain": "northwind.example", "open": 42, "with_pay": 0.786}
_CURSOR = CompanyCursor(open=42, key="northwind").text()
_DETAIL: JsonDict = {"name": "Northwind", "domain": "northwind.example", **_HIRING, "boards": [_BOARD]}

_Asked = Annotated[
    str,
    Path(min_length=1, max_length=200, examples=["northwind.example", "Northwind"]),
    AfterValidator(without_nul),
]


class CompaniesQuery(Model):
    """Which companies to list."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    q: str = Field("", max_length=200, examples=["north"])
    """Part of a name or domain, in any case of letters."""
    per_page: int = Field(50, ge=1, le=100, examples=[10])
    """Companies a page."""
    cursor: CompanyCursorText | None = Field(None, examples=[_CURSOR])
    """`next_cursor` of the page before, with `q` as it was."""


class CompanySummary(Model):
    """A company by its open postings."""

    model_config = ConfigDict(
        use_attribute_docstrings=True,
        json_schema_extra={"example": _SUMMARY},
    )

    name: str
    domain: str | None
    open: int
    with_pay: float
    """Share of the open postings that state pay."""

    @classmethod
    def of(cls, known: CompanyOpenings) -> "CompanySummary":
        """The company as a list tells it."""
        share = round(known.with_pay / known.open, 3)
        return cls(name=known.name, domain=known.domain, open=known.open, with_pay=share)


class CompaniesPage(Model):
    """Companies with open postings, the most first. `next_cursor` is null on the last page."""

    model_config = ConfigDict(json_schema_extra={"example": {"companies": [_SUMMARY], "next_cursor": _CURSOR}})

    companies: tuple[CompanySummary, ...]
    next_cursor: str | None


class CompanyBoard(Model):
    """A board that lists postings of the company."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    key: str
    ats: str
    """The applicant tracking system; `website` is a page of the company's own."""
    url: str | None
    open: int
    last_crawled_at: datetime | None


class CompanyDetail(Model):
    """What is known of a company."""

    model_config = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": _DETAIL})

    name: str
    domain: str | None
    open: int
    with_pay: float | None
    """Share of the open postings that state pay; null without any."""
    watched_since: datetime | None
    """When the first of its postings was seen; null where none ever was."""
    weeks: tuple[HiringWeek, ...]
    """Postings opened and closed, by week: the last half year."""
    days_to_close: DaysToClose | None
    boards: tuple[CompanyBoard, ...]


@router.get("")
async def list_companies(query: Annotated[CompaniesQuery, Query()], clients: ClientsDep) -> CompaniesPage:
    """List companies by open postings, for example `/api/v1/companies?q=north&per_page=10`.

    Follow `next_cursor` until it is null. A company that gains or loses postings meanwhile may be told twice or be passed over.
    """
    cursor = CompanyCursor.read(query.cursor) if query.cursor else None
    rows = await clients.postings.companies(
        limit=query.per_page + 1, after=(cursor.open, cursor.key) if cursor else None, name=query.q.strip()
    )
    kept = rows[: query.per_page]
    return CompaniesPage(
        companies=tuple(CompanySummary.of(row) for row in kept),
        next_cursor=CompanyCursor(open=kept[-1].open, key=kept[-1].key).text() if len(rows) > query.per_page else None,
    )


@router.get("/{company:path}/hiring", responses=shown({"company": "Northwind", **_HIRING}))
async def get_hiring(company: _Asked, clients: ClientsDep) -> CompanyHiring:
    """How a company hires: postings opened and closed by week, how long they stay open, and how many state pay.

    The company is named by its domain, `/api/v1/companies/northwind.example/hiring`, or as its postings name it, in any case
    of letters.
    """
    now = datetime.now(UTC)
    _, _, facts = await _known(clients, company.strip(), now)
    if facts is None:
        raise HTTPException(404, "No posting of a company of this name or domain is known.")
    return hiring_of(facts, now)


@router.get("/{company:path}")
async def get_company(company: _Asked, clients: ClientsDep) -> CompanyDetail:
    """A company: its open postings, how it hires, and its boards, for example `/api/v1/companies/northwind.example`.

    It is named by its domain, or as its postings name it, in any case of letters.
    """
    asked, now = company.strip(), datetime.now(UTC)
    known, names, facts = await _known(clients, asked, now)
    if known is None and facts is None:
        raise HTTPException(404, "No company of this name or domain is known.")
    hiring = hiring_of(facts, now) if facts is not None else None
    name = next((name for name in (facts and facts.company, known and known.name) if name), asked)
    return CompanyDetail(
        name=name,
        domain=known.domain if known is not None else await _domain(clients, asked),
        open=hiring.open if hiring else 0,
        with_pay=hiring.with_pay if hiring else None,
        watched_since=hiring.watched_since if hiring else None,
        weeks=hiring.weeks if hiring else (),
        days_to_close=hiring.days_to_close if hiring else None,
        boards=await _boards(clients, await clients.postings.boards_of(domain=asked.lower(), names=names)),
    )


async def _known(clients: Clients, asked: str, now: datetime) -> tuple[Company | None, set[str], HiringFacts | None]:
    """What the registry has under this domain, the names that its postings may bear, and what is stored of those."""
    known = await clients.companies.by_domain(asked.lower())
    names = {asked, *([known.name] if known is not None and known.name else [])}
    return known, names, await clients.postings.hiring(domain=asked.lower(), names=names, now=now)


async def _domain(clients: Clients, asked: str) -> str | None:
    """The domain that postings of this name bear, or the one that was asked for."""
    rows = await clients.postings.page(limit=1, company=asked, closed=None)
    return rows[0].posting.company_domain if rows else None


async def _boards(clients: Clients, counts: Mapping[str, int]) -> tuple[CompanyBoard, ...]:
    keys = sorted(counts, key=lambda key: (-counts[key], key))[:BOARDS]
    boards = await asyncio.gather(*map(clients.boards.get, keys))
    crawls = await clients.boards.recent_crawls_of(keys, limit=1)
    return tuple(
        CompanyBoard(
            key=key,
            ats=key.partition("/")[0],
            url=safe_link(board.url) if board is not None else None,
            open=counts[key],
            last_crawled_at=max((crawl.started_at for crawl in crawls.get(key, [])), default=None),
        )
        for key, board in zip(keys, boards, strict=True)
    )
