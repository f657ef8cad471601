"""Answering a search: the kept answer, else the index, else the plain search of ClickHouse."""

import asyncio
import hashlib
import time
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4
from weakref import WeakKeyDictionary

from quiethire.clients import Clients
from quiethire.domain.errors import QuietHireError
from quiethire.domain.gate import KeptAnswer, answer_key
from quiethire.domain.ports import Cache, Vector
from quiethire.domain.search import SearchQuery
from quiethire.domain.search_words import asked
from services.api.answers import SearchAnswer
from services.api.canonical import canonical
from services.api.conditional import etag_of
from services.api.outage import Outage

KEPT_FOR = timedelta(minutes=5)
LEASE = timedelta(seconds=2)
"""So long does one who finds an answer keep the others waiting, should it die over it."""

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


FOUND: ContextVar[Found | None] = ContextVar("found", default=None)
"""Set by who wants to be told."""

_Searches = dict[tuple[bytes, str], asyncio.Task[bytes]]
_searches: WeakKeyDictionary[Cache, _Searches] = WeakKeyDictionary()
"""Searches that are under way in this process, by the generation of the index and the key of the answer."""


async def find(clients: Clients, query: SearchQuery) -> bytes:
    """The answer as JSON. Bytes are kept, not objects: nothing is serialised twice.

    However many ask the same at once, in this process or in others, the index is asked once. Raises Transient where neither
    the index nor ClickHouse answers.
    """
    plain = canonical(query)
    key = answer_key(hashlib.sha256(plain.model_dump_json().encode()).hexdigest())
    try:
        entered = await clients.cache.enter(None, key)
    except QuietHireError as error:
        _no_cache.note(error)
        return (await _search(clients, plain))[0]
    if entered.answer is not None:
        body = entered.answer.body
    else:
        body = await _join(clients, plain, key, entered.generation)
    if (found := FOUND.get()) is not None:
        found.key, found.body = key, body
    return body


async def _join(clients: Clients, query: SearchQuery, key: str, generation: bytes) -> bytes:
    """The answer of a search that is under way here, or of a new one.

    Only searches of the same generation are joined: one that began before the index changed may miss what is new.
    """
    under_way = _searches.setdefault(clients.cache, {})
    task = under_way.get((generation, key))
    if task is None:
        task = under_way[generation, key] = asyncio.create_task(_find(clients, query, key, generation))
        task.add_done_callback(lambda done: (under_way.pop((generation, key)), done.cancelled() or done.exception()))
    # One who asks and goes away takes nothing from the others.
    return await asyncio.shield(task)


async def _find(clients: Clients, query: SearchQuery, key: str, generation: bytes) -> bytes:
    """Search, unless another process does so already: then wait for its answer, but never longer than a lease."""
    lease = uuid4().hex
    try:
        kept, leads = await _lead(clients.cache, key, generation, lease)
    except QuietHireError as error:
        _no_cache.note(error)
        return (await _search(clients, query))[0]
    if kept is not None:
        return kept.body
    try:
        body, degraded = await _search(clients, query)
        # A degraded answer is not kept: it ends with its cause.
        if not degraded:
            await _keep(clients.cache, key, generation, body)
    finally:
        if leads:
            await _let_go(clients.cache, key, generation, lease)
    return body


async def _lead(cache: Cache, key: str, generation: bytes, lease: str) -> tuple[KeptAnswer | None, bool]:
    """The kept answer, or the lead; neither where others take too long over it."""
    patience, pause = time.monotonic() + LEASE.total_seconds(), _SHORT_PAUSE
    while True:
        claim = await cache.claim(key, generation, lease, LEASE)
        if claim.answer is not None or claim.leads or time.monotonic() > patience:
            return claim.answer, claim.leads
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONG_PAUSE)


async def _search(clients: Clients, query: SearchQuery) -> tuple[bytes, bool]:
    """The answer, and whether it is a degraded one."""
    vector = await _meaning(clients, query) if query.semantic else None
    try:
        result = await clients.index.search(query, vector)
    except QuietHireError as error:
        # Whatever ails the index, ClickHouse knows every posting.
        _no_index.note(error)
        result = (await clients.postings.search(query)).model_copy(update={"degraded": True})
    return SearchAnswer.of(result, query).model_dump_json().encode(), result.degraded


async def _meaning(clients: Clients, query: SearchQuery) -> Vector | None:
    """The vector of what is asked; None for what is asked of the words themselves, as phrases and exclusions are."""
    parts = asked(query.q)
    if not parts.words or parts.phrases or parts.excluded:
        return None
    return (await clients.embedder.embed([" ".join(parts.words)]))[0]


async def _keep(cache: Cache, key: str, generation: bytes, body: bytes) -> None:
    """Keep the answer under the generation as it was before the search: never under one newer than itself."""
    try:
        await cache.keep(key, generation, KeptAnswer(etag_of(body), body), KEPT_FOR)
    except QuietHireError as error:
        _no_cache.note(error)


async def _let_go(cache: Cache, key: str, generation: bytes, lease: str) -> None:
    try:
        await cache.let_go(key, generation, lease)
    except QuietHireError as error:
        _no_cache.note(error)
