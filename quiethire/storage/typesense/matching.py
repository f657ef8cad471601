"""Many searches asked about a few postings at once: what alerts are made of.

Each is the search itself, narrowed to those postings. Typesense corrects a word only where nothing matches it as it stands, and
among a few postings nothing often does: so what was found by words is found again without corrections, where the whole index
has such postings. Otherwise "rust" would alert of "trust".
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any, Self, cast
from uuid import UUID

import httpx
from typesense.async_.multi_search import AsyncMultiSearch

from quiethire.domain.errors import Permanent, Transient
from quiethire.domain.search import SearchQuery
from quiethire.storage.typesense.answer import WithoutPlaces, checked
from quiethire.storage.typesense.connection import WRITE_TIMEOUT, api, typesense_errors
from quiethire.storage.typesense.memory import MemoryIndex
from quiethire.storage.typesense.query import WALK_BATCH, walk_step
from quiethire.storage.typesense.schema import Served

SEARCHES_AT_ONCE = 50
"""Of one request: Typesense refuses more."""
REQUESTS_AT_ONCE = 2
"""More would keep people's searches waiting."""

OTHERS = 4
"""For each posting so many others may be found with it, before postings are looked up by their ids."""

NEVER = -1
"""When a document of an older schema, which does not say, was first seen."""

_Answers = list[dict[str, Any] | str]
_Ask = Callable[[], Awaitable[tuple[_Answers, int | None]]]


async def _believed(ask: _Ask) -> _Answers:
    return (await ask())[0]


class TypesenseMatcher:
    """`SearchMatcher` on a Typesense server. Call `aclose` at the end, or use it as `async with`."""

    def __init__(
        self, url: str, api_key: str, alias: str = "jobs", vouch: Callable[[_Ask], Awaitable[_Answers]] = _believed
    ) -> None:
        """`alias` names the index; `vouch` is `GuardedIndex.vouch`.

        Without that, what a restarted index has not loaded yet counts as not found, and nobody would ever hear of it.
        """
        self._alias = alias
        self._vouch = vouch
        self._http = httpx.AsyncClient(base_url=url, headers={"X-TYPESENSE-API-KEY": api_key}, timeout=WRITE_TIMEOUT)
        self._multi_search = AsyncMultiSearch(api(url, api_key, self._http))
        self._slots = asyncio.Semaphore(REQUESTS_AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def matches(self, queries: Sequence[SearchQuery], among: Collection[UUID]) -> list[set[UUID] | str]:
        """For each query which of these postings it finds, or why the index refuses it. Raises Transient."""
        served = Served(self._alias, is_exact=True)
        try:
            return await self._matches(queries, frozenset(among), served)
        except WithoutPlaces:
            return await self._matches(queries, frozenset(among), served._replace(has_places=False))

    async def _matches(
        self, queries: Sequence[SearchQuery], ids: frozenset[UUID], served: Served
    ) -> list[set[UUID] | str]:
        narrow = await self._narrowing(ids, served) if queries and ids else None
        if narrow is None:
            return [set() for _ in queries]
        asked = [_step(query, narrow, served) for query in queries]
        found = await self._found(asked, ids)
        worded = [number for number, query in enumerate(queries) if query.q.strip() and _has_hits(found[number])]
        exact = await self._found([{**asked[number], "num_typos": 0} for number in worded], ids)
        doubted = [(number, hits) for number, hits in zip(worded, exact, strict=True) if hits != found[number]]
        anywhere = await self._answers(
            {**walk_step(queries[number], served, None), "num_typos": 0, "per_page": 0} for number, _ in doubted
        )
        for (number, hits), answer in zip(doubted, anywhere, strict=True):
            if not isinstance(answer, str) and answer["found"]:
                found[number] = hits
        return found

    async def _narrowing(self, ids: frozenset[UUID], served: Served) -> str | None:
        """A filter for these postings and few others; None where the index has none of them.

        By the moments when they were first seen: postings of one crawl share theirs, and the index looks a number up ten times
        faster than an id. Where too many others were seen then, by the ids.
        """
        by_id = SearchQuery(among=tuple(sorted(ids)))
        documents = [hit["document"] for hit in await self._hits(by_id, served)]
        if not documents:
            return None
        moments = sorted({document.get("seen_at", NEVER) for document in documents})
        by_moment = f"seen_at:=[{','.join(map(str, moments))}]"
        (counted,) = await self._answers([_step(SearchQuery(), by_moment, served) | {"per_page": 0}])
        if (
            NEVER not in moments
            and not isinstance(counted, str)
            and counted["found"] <= WALK_BATCH + OTHERS * len(documents)
        ):
            return by_moment
        return str(walk_step(by_id, served, None)["filter_by"])

    async def _hits(self, query: SearchQuery, served: Served) -> list[dict[str, Any]]:
        step = walk_step(query, served, None) | {"include_fields": "id,seen_at"}
        pages = range(1, len(query.among or ()) // WALK_BATCH + 2)
        answers = await self._answers({**step, "page": page} for page in pages)
        hits: list[dict[str, Any]] = []
        for answer in answers:
            if isinstance(answer, str):
                raise Transient(f"the index does not tell its documents: {answer}", where="typesense")
            hits += answer["hits"]
        return hits

    async def _found(self, asked: Sequence[dict[str, Any]], ids: frozenset[UUID]) -> list[set[UUID] | str]:
        """Which of the postings are found, from as many pages as there are."""
        answers = await self._answers(asked)
        found = [answer if isinstance(answer, str) else _ids(answer) & ids for answer in answers]
        page = 1
        while more := [
            number
            for number, answer in enumerate(answers)
            if not isinstance(answer, str) and answer["found"] > page * WALK_BATCH
        ]:
            page += 1
            further = await self._answers({**asked[number], "page": page} for number in more)
            for number, answer in zip(more, further, strict=True):
                known = found[number]
                if isinstance(known, set) and not isinstance(answer, str):
                    known |= _ids(answer) & ids
        return found

    async def _answers(self, asked: Iterable[dict[str, Any]]) -> _Answers:
        searches = list(asked)
        batches = [searches[at : at + SEARCHES_AT_ONCE] for at in range(0, len(searches), SEARCHES_AT_ONCE)]
        answered = await asyncio.gather(*(self._batch(batch) for batch in batches))
        return [answer for batch in answered for answer in batch]

    async def _batch(self, searches: Sequence[dict[str, Any]]) -> _Answers:
        async def ask() -> tuple[_Answers, int | None]:
            async with typesense_errors():
                answer = await self._multi_search.perform({"searches": cast("Any", searches)})
            results = cast("list[dict[str, Any]]", answer["results"])
            if len(results) != len(searches):
                raise Transient(f"{len(results)} of {len(searches)} searches were answered", where="typesense")
            held = min((result["out_of"] for result in results if "out_of" in result), default=None)
            return [_checked(result) for result in results], held

        async with self._slots:
            return await self._vouch(ask)


def _step(query: SearchQuery, narrow: str, served: Served) -> dict[str, Any]:
    step = walk_step(query, served, None)
    return step | {"filter_by": " && ".join(part for part in (step["filter_by"], narrow) if part)}


def _checked(result: dict[str, Any]) -> dict[str, Any] | str:
    try:
        checked(result)
    except Permanent as error:
        return str(error)
    return result


def _has_hits(found: set[UUID] | str) -> bool:
    return isinstance(found, set) and bool(found)


def _ids(answer: dict[str, Any]) -> set[UUID]:
    return {UUID(hit["document"]["id"]) for hit in answer["hits"]}


class MemoryMatcher:
    """`SearchMatcher` over the in-memory twin of the index."""

    def __init__(self, index: MemoryIndex) -> None:
        self._index = index

    async def matches(self, queries: Sequence[SearchQuery], among: Collection[UUID]) -> list[set[UUID] | str]:
        """For each query which of these postings it finds."""
        found: list[set[UUID] | str] = []
        for query in queries:
            narrow = query.model_copy(update={"among": tuple(among)})
            found.append({job_id async for ids in self._index.walk(narrow) for job_id in ids})
        return found
