"""The search page, at `/`, and the part of it that changes, at `/results`. The page works without scripts."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from quiethire.clients import Clients
from services.api.answers import SearchAnswer
from services.api.dependencies import ClientsDep
from services.api.pages.filters_view import Chip, chips_of, filters_view
from services.api.pages.render import render
from services.api.pages.search_view import Counted, page_query, search_url, search_view
from services.api.parameters import SearchParameters
from services.api.search import find

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_OFFERS = 6
"""So many filters are tried to be left out for an empty list."""


@router.get("/")
@router.head("/")
async def search_page(request: Request, clients: ClientsDep) -> HTMLResponse:
    """The search page; its whole state is in its address."""
    return HTMLResponse(render("search.html", **await _view(request, clients)))


@router.get("/results")
async def search_results(request: Request, clients: ClientsDep) -> HTMLResponse:
    """What of the search page changes with the search, for the script that puts it in place."""
    return HTMLResponse(
        render("_search_parts.html", **await _view(request, clients)), headers={"X-Robots-Tag": "noindex"}
    )


async def _view(request: Request, clients: Clients) -> Mapping[str, Any]:
    query, now = page_query(request.query_params), datetime.now(UTC)
    answer = SearchAnswer.model_validate_json(await find(clients, query.query(now)))
    new, offers = 0, tuple[Counted, ...]()
    if not answer.degraded:  # The plain search is slow, and does without comforts.
        new = await _count(clients, query.model_copy(update={"posted_within": 1}), now) if answer.found else 0
        offers = await _offers(clients, query, now) if not answer.found else ()
    return {**search_view(query, answer, new, offers, now), **filters_view(query, answer)}


async def _offers(clients: Clients, query: SearchParameters, now: datetime) -> tuple[Counted, ...]:
    """For a search that finds nothing: what it finds without each of its parts, the most first."""
    chips = chips_of(query)[:_OFFERS]
    if query.q and chips:
        chips += (Chip(f"“{query.q}”", query.model_copy(update={"q": "", "page": 1})),)
    counts = await asyncio.gather(*(_count(clients, chip.without, now) for chip in chips))
    found = [Counted(chip.label, search_url(chip.without), count) for chip, count in zip(chips, counts, strict=True)]
    return tuple(sorted((offer for offer in found if offer.count), key=lambda offer: -offer.count))


async def _count(clients: Clients, query: SearchParameters, now: datetime) -> int:
    asked = query.model_copy(update={"page": 1, "per_page": 1})
    return int(orjson.loads(await find(clients, asked.query(now)))["found"])
