"""Answering a search: the kept answer, else the index, else the plain search of ClickHouse."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import uuid4
from weakref import WeakKeyDictionary

import orjson

from quiethire.clients import Clients
from quiethire.domain.errors import QuietHireError
from quiethire.domain.gate import KeptAnswer, Lease, answer_key
from quiethire.domain.ports import Cache, Embedder, Meaning, Vector
from quiethire.domain.search import SearchQuery
from quiethire.domain.search_words import asked
from quiethire.telemetry.metrics import DEGRADED_ANSWERS
from services.api.gate.conditional import etag_of
from services.api.outage import Outage
from services.api.search.answers import SearchAnswer
from services.api.search.canonical import canonical

KEPT_FOR = timedelta(minutes=5)
LEASE = timedelta(seconds=2)
"""So long does one who finds an answer keep the others waiting, should it die over it."""

MEANINGS = 500
"""Texts whose vectors are remembered: who narrows a search or leafs in it asks for the same meaning again."""

_SHORT_PAUSE, _LONG_PAUSE = 0.005, 0.1
"""Seconds between two looks of one who waits."""

_no_index = Outage("the index does not answer, searching ClickHouse")
_no_cache = Outage("the cache does not answer, searching without")


@dataclass
class Found:
    """What a request was answered with, told to whoever may give the same answer again without asking."""

    key: str = ""
    """Where the answer is kept; empty where it is not."""
    body: bytes = b""
    whole: bool = False
    """Whether no route ever adds to it, whatever it finds."""


FOUND: ContextVar[Found | None] = ContextVar("found", default=None)
"""Set by who wants to be told."""


class _Answer(NamedTuple):
    body: bytes
    is_new: bool = False
    """Whether it is of the index, and not one that another process has kept."""
    degraded: bool = False


_Searches = dict[tuple[bytes, str], asyncio.Task[_Answer]]
_searches: WeakKeyDictionary[Cache, _Searches] = WeakKeyDictionary()
"""Searches that are under way in this process, or whose answers are being kept, by the generation of the index and the key."""

_meanings: WeakKeyDictionary[Embedder, OrderedDict[str, Vector]] = WeakKeyDictionary()

_keeping: set[asyncio.Task[None]] = set()


async def find(clients: Clients, query: SearchQuery) -> bytes:
    """The answer as JSON. Bytes are kept, not objects: nothing is serialised twice.

    However many ask the same at once, in this process or in others, the index is asked once. Raises Transient where neither
    the index nor ClickHouse answers.
    """
    plain = canonical(query)
    key = answer_key(hashlib.sha256(plain.model_dump_json().encode()).hexdigest())
    holder = uuid4().hex
    try:
        entered = await clients.cache.enter(None, key, Lease(holder, LEASE))
    except QuietHireError as error:
        _no_cache.note(error)
        return (await _search(clients, plain)).body
    if entered.answer is not None:
        body = entered.answer.body
    else:
        body = await _join(clients, plain, _Place(key, entered.generation, holder), leads=entered.leads)
    if (found := FOUND.get()) is not None:
        found.key, found.body = key, body
    return body


async def count(clients: Clients, query: SearchQuery) -> int:
    """How many it finds, whatever page of it is asked for. Raises as `find`."""
    alone = query.model_copy(update={"page": 1, "per_page": 1, "facets": ()})
    return int(orjson.loads(await find(clients, alone))["found"])


class _Place(NamedTuple):
    """Where an answer is to be kept, and under which lease it is found."""

    key: str
    generation: bytes
    """As it was before the search: an answer is never kept under one newer than itself."""
    holder: str


async def _join(clients: Clients, query: SearchQuery, place: _Place, *, leads: bool) -> bytes:
    """The answer of a search that is under way here, or of a new one.

    Only searches of the same generation are joined: one that began before the index changed may miss what is new.
    """
    under_way, name = _searches.setdefault(clients.cache, {}), (place.generation, place.key)
    searching = under_way.get(name)
    if searching is None or not _is_good(searching):
        searching = under_way[name] = asyncio.create_task(_find(clients, query, place, leads=leads))
        keeping = asyncio.create_task(_keep(clients.cache, place, searching, under_way))
        _keeping.add(keeping)
        keeping.add_done_callback(_keeping.discard)
    # One who asks and goes away takes nothing from the others, and nobody waits until the answer is kept.
    return (await asyncio.shield(searching)).body


def _is_good(searching: asyncio.Task[_Answer]) -> bool:
    """Whether it is under way, or its answer is being kept."""
    if not searching.done():
        return True
    return not searching.cancelled() and searching.exception() is None and not searching.result().degraded


async def _find(clients: Clients, query: SearchQuery, place: _Place, *, leads: bool) -> _Answer:
    """Search, unless another process does so already: then wait for its answer, but never longer than a lease."""
    patience, pause = time.monotonic() + LEASE.total_seconds(), _SHORT_PAUSE
    while not leads and time.monotonic() < patience:
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONG_PAUSE)
        try:
            entered = await clients.cache.enter(None, place.key, Lease(place.holder, LEASE))
        except QuietHireError as error:
            _no_cache.note(error)
            break
        if entered.answer is not None:
            return _Answer(entered.answer.body)
        if entered.generation != place.generation:  # What is waited for is over.
            break
        leads = entered.leads
    return await _search(clients, query)


async def _keep(cache: Cache, place: _Place, searching: asyncio.Task[_Answer], under_way: _Searches) -> None:
    """Keep the answer and end the lead. A degraded answer is not kept: it ends with its cause."""
    await asyncio.wait((searching,))
    try:
        if not _is_good(searching):
            await cache.let_go(place.key, place.generation, place.holder)
        elif (answer := searching.result()).is_new:
            kept = KeptAnswer(etag_of(answer.body), answer.body)
            await cache.keep(place.key, place.generation, kept, KEPT_FOR, place.holder)
    except QuietHireError as error:
        _no_cache.note(error)
    finally:
        if under_way.get((place.generation, place.key)) is searching:
            del under_way[place.generation, place.key]


async def _search(clients: Clients, query: SearchQuery) -> _Answer:
    meaning = _meaning(clients, query) if query.semantic else None
    try:
        result = await clients.index.search(query, meaning)
    except QuietHireError as error:
        if meaning is not None and meaning.done():
            meaning.result()  # What ails the model is told: the index has no part in it.
        # Whatever ails the index, ClickHouse knows every posting.
        _no_index.note(error)
        result = (await clients.postings.search(query)).model_copy(update={"degraded": True})
        DEGRADED_ANSWERS.inc()
    body = SearchAnswer.of(result, query).model_dump_json().encode()
    return _Answer(body, is_new=not result.degraded, degraded=result.degraded)


def _meaning(clients: Clients, query: SearchQuery) -> Meaning | None:
    """The vector of what is asked; None for what is asked of the words themselves, as phrases and exclusions are."""
    parts = asked(query.q)
    if not parts.words or parts.phrases or parts.excluded:
        return None
    making = asyncio.create_task(_vector(clients.embedder, " ".join(parts.words)))
    # Where the search ends before it, nobody asks what became of it.
    making.add_done_callback(lambda made: made.cancelled() or made.exception())
    return making


async def _vector(embedder: Embedder, words: str) -> Vector:
    known = _meanings.setdefault(embedder, OrderedDict())
    vector = known.pop(words, None) or (await embedder.embed([words]))[0]
    known[words] = vector
    if len(known) > MEANINGS:
        known.popitem(last=False)
    return vector
