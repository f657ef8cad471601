"""Words of a search that name nothing known here: a misspelt place or company finds nothing, and should not do so in silence."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

import orjson

from quiethire.clients import Clients
from quiethire.domain.errors import QuietHireError
from quiethire.domain.search import SearchQuery
from services.api.outage import Outage
from services.api.search.answers import Unknown
from services.api.search.find import count, find
from services.api.search.parameters import SearchParameters
from services.api.search.places import names_several, near_place, resolve

_LOOKED_UP = 10
"""Names of companies and skills of one search that are looked up."""

_KINDS: Mapping[str, tuple[str, Literal["companies", "skills"]]] = {
    "company": ("No open posting is of a company of this name.", "companies"),
    "exclude_company": ("No open posting is of a company of this name.", "companies"),
    "skills": ("No open posting names this skill.", "skills"),
}

_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")

_no_index = Outage("the index does not answer, unknown names are told without near ones")
_no_postings = Outage("the postings are out of reach, domains of companies are told without names")


def names_something(asked: SearchParameters) -> bool:
    """Whether a search names a place, a company or a skill at all."""
    return bool(asked.location or asked.company or asked.exclude_company or asked.skills)


async def unknown_in(clients: Clients, asked: SearchParameters) -> tuple[Unknown, ...]:
    """What of a search that is to be kept names nothing. Where nobody can tell, nothing is told."""
    if not names_something(asked):
        return ()
    try:
        plain = asked.query(datetime.now(UTC)).model_copy(update={"facets": ()})
        told = orjson.loads(await find(clients, plain))
        return await unknown_of(clients, asked, told["found"], degraded=told["degraded"])
    except QuietHireError as error:
        _no_index.note(error)
        return ()


async def unknown_of(clients: Clients, asked: SearchParameters, found: int, *, degraded: bool) -> tuple[Unknown, ...]:
    """What of a search names nothing, given how many it found. A degraded answer is slow as it is: it tells of places alone."""
    told: list[Unknown] = []
    if asked.location and not found and (place := resolve(asked.location)).words and not place.area:
        told.append(_of_place(asked.location))
    if not degraded:
        names = [name for name, _ in zip(_doubtful(asked, found), range(_LOOKED_UP), strict=False)]
        told += [each for each in await asyncio.gather(*(_of_name(clients, *name) for name in names)) if each]
    return tuple(told)


def _doubtful(asked: SearchParameters, found: int) -> Iterator[tuple[str, str]]:
    """(parameter, value) that may name nothing: one that found something is known, and so are skills, all of which were there."""
    if not found or len(asked.company) > 1:
        yield from (("company", name) for name in asked.company)
    yield from (("exclude_company", name) for name in asked.exclude_company)
    if not found:
        yield from (("skills", name) for name in asked.skills)


def _of_place(place: str) -> Unknown:
    if names_several(place):
        return _told("location", place, "These are several places, and a search has one: ask for each by itself.", None)
    near = near_place(place)
    return _told("location", place, "No place of this name is known, and no posting names it.", near)


async def _of_name(clients: Clients, parameter: str, name: str) -> Unknown | None:
    words, kind = _KINDS[parameter]
    if await count(clients, SearchQuery.model_validate({kind if kind == "skills" else "company": [name]})):
        return None
    if kind == "skills" and "," in name:  # Of `Python,SQL` either would be a wrong guess.
        return _told(parameter, name, f"{words} Several are given one by one.", None)
    near = await _company_at(clients, name) if kind == "companies" and _DOMAIN.fullmatch(name) else None
    try:
        suggested = getattr(await clients.index.suggest(name[:100], 1), kind) if near is None else ()
        near = suggested[0].value if suggested else near
    except QuietHireError as error:
        _no_index.note(error)
    return _told(parameter, name, words, near)


async def _company_at(clients: Clients, domain: str) -> str | None:
    """What the open postings of the company with this domain call it."""
    try:
        facts = await clients.postings.hiring(domain=domain.lower(), names=(), now=datetime.now(UTC))
    except QuietHireError as error:
        _no_postings.note(error)
        return None
    return facts.company if facts is not None and facts.open else None


def _told(parameter: str, value: str, words: str, near: str | None) -> Unknown:
    return Unknown(parameter=parameter, value=value, near=near, hint=f"{words} Did you mean {near}?" if near else words)
