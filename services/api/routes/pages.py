"""The search page, at `/`, and the part of it that changes, at `/results`. The page works without scripts."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from quiethire.clients import Clients
from services.api.dependencies import ClientsDep
from services.api.jobs.pay_changes import pay_changes
from services.api.pages.filters_view import Chip, chips_of, filters_view
from services.api.pages.render import render
from services.api.pages.search_view import (
    Counted,
    Seen,
    Wrong,
    no_model,
    page_query,
    read_address,
    search_url,
    search_view,
    wrong_of,
)
from services.api.problems import wants_page
from services.api.search.answers import SearchAnswer
from services.api.search.find import count, find
from services.api.search.parameters import SearchParameters
from services.api.search.unknown import unknown_of

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_OFFERS = 6
"""So many filters are tried to be left out for an empty list."""

_ICON = Path(__file__).parent.parent / "pages" / "static" / "icon.svg"


@router.get("/")
@router.head("/")
async def search_page(request: Request, clients: ClientsDep) -> Response:
    """The search page; its whole state is in its address. An address that says more than that is led to the plain one."""
    query, wrong = _read(request, clients)
    if wrong and not wants_page(request):
        page_query(request.query_params)  # Programs are told of what they sent as everywhere: by a problem.
    plain = search_url(query, page=query.page)
    given = request.query_params.multi_items()
    if not wrong and sorted(given) != sorted(parse_qsl(plain.partition("?")[2])):
        return RedirectResponse(plain, 303)
    return await _answer("search.html", query, wrong, clients)


@router.get("/results")
async def search_results(request: Request, clients: ClientsDep) -> Response:
    """What of the search page changes with the search, for the script that puts it in place."""
    response = await _answer("_search_parts.html", *_read(request, clients), clients)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@router.get("/favicon.ico")
@router.head("/favicon.ico")
async def icon() -> FileResponse:
    """The icon, for what asks for it at its old place."""
    return FileResponse(_ICON, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def _read(request: Request, clients: Clients) -> tuple[SearchParameters, tuple[Wrong, ...]]:
    query, errors = read_address(request.query_params)
    wrong = wrong_of(errors)
    if query.semantic and not clients.embedder.available:
        query, wrong = query.model_copy(update={"semantic": False}), (*wrong, no_model())
    return query, wrong


async def _answer(template: str, query: SearchParameters, wrong: tuple[Wrong, ...], clients: Clients) -> HTMLResponse:
    """The page of a search. One that cannot be read whole keeps what was written, and says what is wrong in place of the list."""
    now = datetime.now(UTC)
    answer = SearchAnswer.model_validate_json(await find(clients, query.query(now)))
    seen = Seen(query, answer, wrong) if wrong else await _seen(clients, query, answer, now)
    seen = replace(seen, saved=clients.mailer.configured)
    view = {**search_view(seen, now), **filters_view(query, answer, by_meaning=clients.embedder.available)}
    return HTMLResponse(render(template, **view), 400 if wrong else 200)


async def _seen(clients: Clients, query: SearchParameters, answer: SearchAnswer, now: datetime) -> Seen:
    """The answer with what is told beside it."""
    if answer.degraded:  # The plain search is slow, and does without comforts.
        return Seen(query, answer, unknown=await unknown_of(clients, query, answer.found, degraded=True))
    unknown, new, changes, offers = await asyncio.gather(
        unknown_of(clients, query, answer.found, degraded=False),
        _new(clients, query, answer, now),
        pay_changes(clients, [UUID(hit.id) for hit in answer.hits]),
        _offers(clients, query, answer, now),
    )
    return Seen(query, answer, new=new, offers=offers, unknown=unknown, changes=changes)


async def _new(clients: Clients, query: SearchParameters, answer: SearchAnswer, now: datetime) -> int:
    """How many of those found are of the last day; by meaning the nearest are found, whenever they were posted."""
    if not answer.found or query.semantic:
        return 0
    return await count(clients, query.model_copy(update={"posted_within": 1}).query(now))


async def _offers(clients: Clients, query: SearchParameters, answer: SearchAnswer, now: datetime) -> Sequence[Counted]:
    """For a search that finds nothing: what it finds without each of its parts, the most first."""
    if answer.found:
        return ()
    chips = chips_of(query)[:_OFFERS]
    if query.q and chips:
        chips += (Chip(f"“{query.q}”", query.model_copy(update={"q": "", "page": 1})),)
    counts = await asyncio.gather(*(count(clients, chip.without.query(now)) for chip in chips))
    found = [Counted(chip.label, search_url(chip.without), count) for chip, count in zip(chips, counts, strict=True)]
    return sorted((offer for offer in found if offer.count), key=lambda offer: -offer.count)
