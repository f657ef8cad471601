"""GET /api/v1/suggest."""

import asyncio
import time
from typing import Annotated
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from quiethire.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.errors import QuietHireError
from quiethire.domain.ports import PostingStore
from quiethire.domain.search import FacetCount, Suggestions
from services.api.dependencies import ClientsDep
from services.api.outage import Outage
from services.api.search.places import Counts, places

router = APIRouter(prefix="/api/v1", tags=["search"])

COUNTED_EVERY = 300.0
"""Seconds between two counts of the postings of all places."""
_AGAIN_AFTER = 30.0
_PATIENCE = 0.5
"""Seconds."""

_EXAMPLE: JsonDict = {
    "titles": [{"value": "Berlin Office Manager", "count": 1}],
    "companies": [{"value": "Berliner Verlag", "count": 7}],
    "skills": [],
    "places": [{"name": "Berlin, Germany", "city": "Berlin", "part": None, "country": "DE", "count": 1204}],
    "degraded": False,
}

_no_index = Outage("the index does not answer, suggesting companies and places alone")
_no_counts = Outage("the store of postings does not answer, places are suggested without their counts")


class SuggestQuery(Model):
    """What somebody begins to write."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    q: str = Field(min_length=1, max_length=100, examples=["berl", "data", "pyth"])
    """The beginning of a word or of several. Small typos are forgiven."""
    limit: int = Field(8, ge=1, le=20, examples=[5])
    """Suggestions of each kind at most."""


class SuggestedPlace(Model):
    """A place by a name that `location` takes."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    name: str
    city: str | None
    """Null for a country or a part of one."""
    part: str | None
    """Of a part of a country, such as Scotland, its name; null for a city or a country."""
    country: str
    """ISO 3166-1 alpha-2."""
    count: int
    """Open postings in the city or in the country itself; of a part about those of its towns, for one in two of these counts twice."""


class Suggested(Model):
    """What it may be meant for, each kind with the most postings first."""

    model_config = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": _EXAMPLE})

    titles: tuple[FacetCount, ...]
    companies: tuple[FacetCount, ...]
    skills: tuple[FacetCount, ...]
    places: tuple[SuggestedPlace, ...]
    degraded: bool
    """True where the index is out of reach: then titles and skills are missing."""


@router.get("/suggest")
async def suggest(query: Annotated[SuggestQuery, Query()], clients: ClientsDep) -> Suggested:
    """Suggest titles, companies, skills and places while somebody writes, for example `/api/v1/suggest?q=berl`."""
    found, counts = await asyncio.gather(_suggestions(clients, query), _counts(clients.postings))
    near = places(query.q, counts)[: query.limit]
    return Suggested(
        **(found or await _plainly(clients, query)).model_dump(),
        places=tuple(
            SuggestedPlace(
                name=place.name,
                city=place.city,
                part=place.part.names[0] if place.part else None,
                country=place.country,
                count=count,
            )
            for place, count in near
        ),
        degraded=found is None,
    )


async def _suggestions(clients: Clients, query: SuggestQuery) -> Suggestions | None:
    try:
        return await clients.index.suggest(query.q, query.limit)
    except QuietHireError as error:
        _no_index.note(error)
        return None


async def _plainly(clients: Clients, query: SuggestQuery) -> Suggestions:
    """Without the index: companies, by their names."""
    try:
        found = await clients.postings.companies(limit=query.limit, name=query.q.strip())
    except QuietHireError as error:
        _no_counts.note(error)
        return Suggestions()
    return Suggestions(companies=tuple(FacetCount(value=each.name, count=each.open) for each in found))


class _PlaceCounts:
    """The postings of all places, counted now and then beside the answering."""

    def __init__(self) -> None:
        self.known: Counts = {}
        self.until = 0.0
        self.counting: asyncio.Task[None] | None = None

    async def count(self, postings: PostingStore) -> None:
        """Where they cannot be counted, those of before stay, and it is tried again soon."""
        try:
            self.known = await postings.places()
            self.until = time.monotonic() + COUNTED_EVERY
        except QuietHireError as error:
            _no_counts.note(error)
            self.until = time.monotonic() + _AGAIN_AFTER


_place_counts: WeakKeyDictionary[PostingStore, _PlaceCounts] = WeakKeyDictionary()


async def _counts(postings: PostingStore) -> Counts:
    """The newest that there are: nobody waits for a new count but, for a moment, who asks before the first one."""
    counts = _place_counts.setdefault(postings, _PlaceCounts())
    if time.monotonic() >= counts.until and (counts.counting is None or counts.counting.done()):
        counts.counting = asyncio.create_task(counts.count(postings))
    if counts.counting is not None and not counts.known:
        await asyncio.wait({counts.counting}, timeout=_PATIENCE)
    return counts.known
