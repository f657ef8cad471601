"""The search index on Typesense, behind an alias."""

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx
from typesense.async_.documents import AsyncDocuments
from typesense.async_.operations import AsyncOperations
from typesense.exceptions import ObjectNotFound, TypesenseClientError

from quiethire.domain.errors import Transient
from quiethire.domain.ports import Meaning, Vector
from quiethire.domain.search import (
    IndexCollection,
    IndexFailure,
    SearchDocument,
    SearchHit,
    SearchQuery,
    SearchResult,
    Suggestions,
)
from quiethire.storage.typesense import query as ask
from quiethire.storage.typesense.answer import Answer, WithoutPlaces, checked, counts, document_of, search_result
from quiethire.storage.typesense.asking import Asking
from quiethire.storage.typesense.collections import Collections
from quiethire.storage.typesense.connection import LOOK_TIMEOUT, WRITE_TIMEOUT, api, typesense_errors
from quiethire.storage.typesense.likeness import likest
from quiethire.storage.typesense.meaning import search_by_meaning, vector_line
from quiethire.storage.typesense.schema import Served, written

UPSERT_CHUNK = 500
"""Documents an import. Measured best for documents of about 1 KB."""

DELETE_CHUNK = 80
"""Ids a delete: they travel in the URL, which Typesense wants below 4,000 characters."""

KEPT_IN_MIND = 60.0
"""Seconds after which a collection that lacks one of `BORN_WITH` is asked for it again: another may serve by then."""

T = TypeVar("T")


class TypesenseIndex:
    """SearchIndex on a Typesense server. Use it as `async with`, or call `aclose`."""

    def __init__(self, url: str, api_key: str, alias: str = "jobs") -> None:
        """`alias` names the index; its collections are called `<alias>_<word>`."""
        self.alias = alias
        # The server is near: packing and unpacking answers costs more than the bytes that it saves.
        headers = {"X-TYPESENSE-API-KEY": api_key, "Accept-Encoding": "identity"}
        self._patient_http = httpx.AsyncClient(base_url=url, headers=headers, timeout=WRITE_TIMEOUT)
        self._quick_http = httpx.AsyncClient(base_url=url, headers=headers, timeout=LOOK_TIMEOUT)
        self._patient = api(url, api_key, self._patient_http)
        self._quick = api(url, api_key, self._quick_http)
        self._life = Collections(self._patient, alias)
        self._asking = Asking(url, api_key)
        self._under_way = 0
        self._without_places_until = -math.inf
        self._operations = AsyncOperations(self._quick)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._patient_http.aclose()
        await self._quick_http.aclose()
        await self._asking.aclose()

    async def ensure(self) -> None:
        """Create the first collection and the alias where they are missing; add what an older one has not.

        Raises InvalidInput `not_migrated` for a collection that only building it anew can mend.
        """
        await self._life.ensure()

    async def ready(self) -> bool:
        """Whether it answers with all of its documents loaded.

        `/health` alone says ok while a restarted server still loads its documents.
        """
        try:
            async with typesense_errors():
                stats = await self._quick.get("/stats.json", dict[str, Any], as_json=True)
                healthy = await self._operations.is_healthy()
                return healthy and stats["pending_write_batches"] == 0 and await self._life.serving() is not None
        except Transient:
            return False

    async def upsert(self, documents: Sequence[SearchDocument], collection: str | None = None) -> list[IndexFailure]:
        """Add or replace; into the alias's collection unless another is named. Returns what was refused."""
        failures: list[IndexFailure] = []
        for start in range(0, len(documents), UPSERT_CHUNK):
            failures += await self._import(documents[start : start + UPSERT_CHUNK], collection)
        return failures

    async def _import(self, chunk: Sequence[SearchDocument], collection: str | None) -> list[IndexFailure]:
        lines = "\n".join(map(written, chunk))
        async with typesense_errors():
            answer = await (await self._documents(collection)).import_(lines, {"action": "upsert"})
            # Each line has its own flag, in the order sent. A line without an answer was not stored, as far as we know.
            results = _lines(answer)
        results += [{"error": "no answer for this document"}] * (len(chunk) - len(results))
        return [
            IndexFailure(job_id=UUID(document.id), error=str(result.get("error", "no reason given"))[:500])
            for document, result in zip(chunk, results, strict=False)
            if result.get("success") is not True
        ]

    async def delete(self, job_ids: Collection[UUID], collection: str | None = None) -> None:
        """Remove, from the alias's collection unless another is named; those not there are no error."""
        ids = [str(job_id) for job_id in job_ids]
        async with typesense_errors():
            for start in range(0, len(ids), DELETE_CHUNK):
                chunk = ",".join(ids[start : start + DELETE_CHUNK])
                await (await self._documents(collection)).delete({"filter_by": f"id:[{chunk}]"})

    async def embed(self, vectors: Mapping[UUID, Vector], collection: str | None = None) -> None:
        """Tell what postings mean; those not there are left out."""
        entries = list(vectors.items())
        for start in range(0, len(entries), UPSERT_CHUNK):
            chunk = entries[start : start + UPSERT_CHUNK]
            async with typesense_errors():
                lines = "\n".join(vector_line(job_id, vector) for job_id, vector in chunk)
                answer = await (await self._documents(collection)).import_(lines, {"action": "update"})
                results = _lines(answer)
            refused = [each for each in results if each.get("success") is not True and each.get("code") != 404]
            if refused or len(results) != len(chunk):
                raise Transient(f"{len(refused)} vectors were refused: {refused[:1]}"[:500], where="typesense")

    async def search(self, query: SearchQuery, meaning: Meaning | None = None) -> SearchResult:
        """Search. Raises Transient where the index is out of reach."""
        if meaning is not None:
            return await self._asked(lambda served: search_by_meaning(query, meaning, served, self._asking.ask))
        started = time.perf_counter()
        self._under_way += 1
        try:
            page, counted, share = await self._asked(lambda served: self._page_and_counts(query, served))
        finally:
            self._under_way -= 1
        took_ms = (time.perf_counter() - started) * 1000
        return search_result([page, *counted], query, took_ms, counted_share=share)

    async def _page_and_counts(self, query: SearchQuery, served: Served) -> tuple[Answer, list[Answer], float]:
        """The page of hits, what is counted apart from it, and the share of all postings that this looked at."""
        if not query.facets:
            return await self._one(ask.page_search(query, served)), [], 1.0
        counting = ask.counting_of(query)
        if counting is ask.Counting.ALL:
            whole = ask.page_with_counts(query, served, beside=self._under_way == 1)
            page, *counted = await self._each(whole)
            return page, counted, 1.0
        if self._under_way == 1 and counting is ask.Counting.PERHAPS_ALL:
            page, counted = await self._counts_beside(query, served)
        else:
            page = await self._one(ask.page_search(query, served))
            counted = await self._each(ask.counts(query, served, page["found"]))
        return page, counted, ask.counted_share(page["found"])

    async def _counts_beside(self, query: SearchQuery, served: Served) -> tuple[Answer, list[Answer]]:
        """Where nobody else waits: what is counted where few are found is asked beside the page, and given up where they are many."""
        guess = asyncio.create_task(self._each(ask.counts(query, served, found=1)))
        # What ails the server the page tells.
        guess.add_done_callback(lambda given_up: given_up.cancelled() or given_up.exception())
        try:
            page = await self._one(ask.page_search(query, served))
            if ask.counted_share(page["found"]) == 1.0:
                return page, await guess
        finally:
            guess.cancel()
        return page, await self._each(ask.counts(query, served, page["found"]))

    async def _asked(self, ask_of: Callable[[Served], Awaitable[T]]) -> T:
        """The answer of what serves. That it was made before one of `BORN_WITH` is learnt by asking, and kept in mind for a while."""
        if time.monotonic() < self._without_places_until:
            return await ask_of(Served(self.alias, has_places=False))
        try:
            return await ask_of(Served(self.alias))
        except WithoutPlaces:
            self._without_places_until = time.monotonic() + KEPT_IN_MIND
            return await ask_of(Served(self.alias, has_places=False))

    async def _each(self, searches: Iterable[Mapping[str, Any]]) -> list[Answer]:
        """In a request each: the server answers those of one request one after the other."""
        return await asyncio.gather(*map(self._one, searches))

    async def _one(self, search: Mapping[str, Any]) -> Answer:
        return checked((await self._asking.ask([search]))[0])

    async def walk(self, query: SearchQuery) -> AsyncIterator[list[UUID]]:
        """Every hit, newest first, in batches, each once; what `sort`, `page` and `per_page` say is of no account.

        Each step asks for what comes after the last hit of the step before, so that a step costs the same however far
        the walk has come, and postings that come or go meanwhile shift nothing.
        """
        after: tuple[int, int] | None = None
        while True:
            step = await self._asked(partial(self._step, query, after))
            found = [hit["document"] for hit in step["hits"]]
            if found:
                yield [UUID(document["id"]) for document in found]
            if step["found"] <= len(
                found
            ):  # Asking on would let typos in, which count only where nothing else is found.
                return
            after = ask.place_in_walk(found[-1])

    async def _step(self, query: SearchQuery, after: tuple[int, int] | None, served: Served) -> Answer:
        return await self._one(ask.walk_step(query, served, after))

    async def suggest(self, prefix: str, limit: int) -> Suggestions:
        """Titles, companies and skills that have a word with this beginning, so many of each at most."""
        asks = ask.suggestions(prefix, limit, Served(self.alias))
        if not asks:
            return Suggestions()
        titles, companies, skills = (
            counts(checked(answer)["facet_counts"][0])[:limit] for answer in await self._asking.ask(asks)
        )
        return Suggestions(titles=titles, companies=companies, skills=skills)

    async def similar(self, job_id: UUID, limit: int) -> tuple[SearchHit, ...]:
        """The postings most like this one, the likest first; empty where the index does not have it."""
        (own,) = await self._asking.ask([ask.by_id(job_id, Served(self.alias))])
        if not checked(own)["hits"]:
            return ()
        document = document_of(own["hits"][0]["document"])
        asks = ask.candidates(document, Served(self.alias))
        answers = await self._asking.ask(asks) if asks else ()
        others = (document_of(hit["document"]) for answer in answers for hit in checked(answer)["hits"])
        return tuple(SearchHit(document=other) for other in likest(document, others, limit))

    async def count(self, collection: str | None = None) -> int:
        """Number of documents."""
        async with typesense_errors():
            return int((await self._life.describe(collection or self.alias))["num_documents"])

    async def ids(self, collection: str | None = None) -> set[UUID]:
        """The ids of all documents, streamed: the client would hold the whole export as one string."""
        path = f"/collections/{collection or self.alias}/documents/export"
        found: set[UUID] = set()
        async with (
            typesense_errors(),
            self._patient_http.stream("GET", path, params={"include_fields": "id"}) as response,
        ):
            if response.status_code == 404:
                raise ObjectNotFound("no such collection")
            if response.status_code != 200:
                raise TypesenseClientError(f"export answered {response.status_code}")
            async for line in response.aiter_lines():
                if line:
                    found.add(UUID(json.loads(line)["id"]))
        return found

    async def create(self, name: str) -> None:
        """A new, empty collection of this name; one that is left from a broken try is emptied.

        Raises InvalidInput for the collection that serves searches now, and for a name that is not ours.
        """
        await self._life.create(name)

    async def swap(self, name: str) -> None:
        """Point the alias to this collection, keep the one that served until now, and drop the others.

        Raises Gone where there is none of this name.
        """
        await self._life.swap(name)

    async def rollback(self) -> str:
        """Serve the collection from before the last swap again, and tell its name. Done twice, it undoes itself.

        Raises Gone where there is none.
        """
        return await self._life.rollback()

    async def collections(self) -> tuple[IndexCollection, ...]:
        """The collections of this index with their counts, by name."""
        return await self._life.all()

    async def _documents(self, name: str | None) -> AsyncDocuments[dict[str, Any]]:
        """Those of a collection, the serving one unless another is named.

        It is never written to by the alias: a server that was killed does again what its log says, and would do to the
        collection that serves now what was done to an earlier one.
        """
        return AsyncDocuments(self._patient, name or await self._life.serving() or self.alias)


def _lines(answer: str) -> list[dict[str, Any]]:
    """What an import says of each document. It quotes those that it refuses, and texts hold signs that end lines elsewhere."""
    return [json.loads(line) for line in answer.split("\n") if line]
