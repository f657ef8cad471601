"""The search index on Typesense, behind an alias."""

import json
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Any, Self, cast
from uuid import UUID

import httpx
from typesense.async_.aliases import AsyncAliases
from typesense.async_.api_call import AsyncApiCall
from typesense.async_.collections import AsyncCollections
from typesense.async_.documents import AsyncDocuments
from typesense.async_.multi_search import AsyncMultiSearch
from typesense.async_.operations import AsyncOperations
from typesense.configuration import Configuration
from typesense.exceptions import (
    ConfigError,
    ObjectAlreadyExists,
    ObjectNotFound,
    ObjectUnprocessable,
    RequestForbidden,
    RequestMalformed,
    RequestUnauthorized,
    TypesenseClientError,
)

from quiethire.domain.errors import Gone, InvalidInput, Permanent, Transient
from quiethire.domain.search import IndexFailure, SearchDocument, SearchQuery, SearchResult
from quiethire.storage.typesense.query import search_parameters, search_result
from quiethire.storage.typesense.schema import check_collection_name, collection_schema, is_collection_of

UPSERT_CHUNK = 500
"""Documents an import. Measured best for documents of about 1 KB."""

DELETE_CHUNK = 80
"""Ids a delete: they travel in the URL, which Typesense wants below 4,000 characters."""

_SEARCH_TIMEOUT = httpx.Timeout(3.0, connect=1.0)
"""A person waits for a search: give up early and let the degraded search answer."""

_WRITE_TIMEOUT = httpx.Timeout(60.0, connect=3.0)


class TypesenseIndex:
    """SearchIndex on a Typesense server. Use it as `async with`, or call `aclose`."""

    def __init__(self, url: str, api_key: str, alias: str = "jobs") -> None:
        """`alias` names the index; its collections are called `<alias>_<word>`."""
        self.alias = alias
        headers = {"X-TYPESENSE-API-KEY": api_key}
        self._patient_http = httpx.AsyncClient(base_url=url, headers=headers, timeout=_WRITE_TIMEOUT)
        self._quick_http = httpx.AsyncClient(base_url=url, headers=headers, timeout=_SEARCH_TIMEOUT)
        self._patient = _api(url, api_key, self._patient_http)
        self._collections: AsyncCollections[dict[str, Any]] = AsyncCollections(self._patient)
        self._aliases = AsyncAliases(self._patient)
        self._quick = _api(url, api_key, self._quick_http)
        self._multi_search = AsyncMultiSearch(self._quick)
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

    async def ensure(self) -> None:
        """Create the first collection and the alias where they are missing; add what an older one has not.

        Raises InvalidInput `not_migrated` for a collection that only building it anew can mend.
        """
        async with _errors():
            target = await self._target()
            if target is not None and await self._exists(target):
                await self._add_missing(target)
                return
            name = target if target is not None else f"{self.alias}_1"
            with suppress(ObjectAlreadyExists):  # Another process may be faster.
                await self._collections.create(collection_schema(name))
            await self._aliases.upsert(self.alias, {"collection_name": name})

    async def ready(self) -> bool:
        """Whether it answers with all of its documents loaded.

        `/health` alone says ok while a restarted server still loads its documents.
        """
        try:
            async with _errors():
                stats = await self._quick.get("/stats.json", dict[str, Any], as_json=True)
                healthy = await self._operations.is_healthy()
                return healthy and stats["pending_write_batches"] == 0 and await self._target() is not None
        except Transient:
            return False

    async def upsert(self, documents: Sequence[SearchDocument], collection: str | None = None) -> list[IndexFailure]:
        """Add or replace; into the alias's collection unless another is named. Returns what was refused."""
        failures: list[IndexFailure] = []
        for start in range(0, len(documents), UPSERT_CHUNK):
            failures += await self._import(documents[start : start + UPSERT_CHUNK], collection)
        return failures

    async def _import(self, chunk: Sequence[SearchDocument], collection: str | None) -> list[IndexFailure]:
        lines = "\n".join(document.model_dump_json(exclude_none=True) for document in chunk)
        async with _errors():
            answer = await self._documents(collection).import_(lines, {"action": "upsert"})
            # Each line has its own flag, in the order sent. A line without an answer was not stored, as far as we know.
            results: list[dict[str, Any]] = [json.loads(line) for line in answer.splitlines() if line]
        results += [{"error": "no answer for this document"}] * (len(chunk) - len(results))
        return [
            IndexFailure(job_id=UUID(document.id), error=str(result.get("error", "no reason given"))[:500])
            for document, result in zip(chunk, results, strict=False)
            if result.get("success") is not True
        ]

    async def delete(self, job_ids: Collection[UUID]) -> None:
        """Remove; those not there are no error."""
        ids = [str(job_id) for job_id in job_ids]
        async with _errors():
            for start in range(0, len(ids), DELETE_CHUNK):
                chunk = ",".join(ids[start : start + DELETE_CHUNK])
                await self._documents().delete({"filter_by": f"id:[{chunk}]"})

    async def search(self, query: SearchQuery) -> SearchResult:
        """Search. Raises Transient where the index is out of reach.

        It goes through multi_search because that is a POST: a long query fits into no URL.
        """
        started = time.perf_counter()
        async with _errors():
            answers = await self._multi_search.perform(
                {"searches": [cast("Any", search_parameters(query, self.alias))]}
            )
        took_ms = (time.perf_counter() - started) * 1000
        return search_result(cast("dict[str, Any]", answers["results"][0]), query, took_ms)

    async def count(self, collection: str | None = None) -> int:
        """Number of documents."""
        async with _errors():
            return int((await self._describe(collection or self.alias))["num_documents"])

    async def ids(self) -> set[UUID]:
        """The ids of all documents, streamed: the client would hold the whole export as one string."""
        path = f"/collections/{self.alias}/documents/export"
        found: set[UUID] = set()
        async with (
            _errors(),
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
        check_collection_name(self.alias, name)
        async with _errors():
            if await self._target() == name:
                raise InvalidInput(f"{name!r} serves searches now", where="typesense", hint="choose a new name")
            await self._drop(name)
            await self._collections.create(collection_schema(name))

    async def swap(self, name: str) -> None:
        """Point the alias to this collection and drop the others. Raises Gone where there is none of this name."""
        check_collection_name(self.alias, name)
        async with _errors():
            if not await self._exists(name):
                raise Gone(f"no collection {name!r}", where="typesense", hint="create and fill it first")
            await self._aliases.upsert(self.alias, {"collection_name": name})
            if await self._target() != name:
                raise Transient(f"the alias {self.alias!r} was moved by somebody else", where="typesense")
            for collection in await self._collections.retrieve():
                other = collection["name"]
                if other != name and is_collection_of(self.alias, other):
                    await self._drop(other)

    async def _target(self) -> str | None:
        try:
            return (await self._aliases[self.alias].retrieve())["collection_name"]
        except ObjectNotFound:
            return None

    async def _exists(self, name: str) -> bool:
        try:
            await self._describe(name)
        except ObjectNotFound:
            return False
        return True

    async def _add_missing(self, name: str) -> None:
        """Fields that came later than a collection. Documents that are there get a value when they are next written."""
        missing = await self._missing(name)
        if needed := [field["name"] for field in missing if not field.get("optional")]:
            raise InvalidInput(
                f"{name!r} has no {', '.join(needed)}",
                where="typesense",
                hint="quiethire index rebuild",
                kind="not_migrated",
            )
        if not missing:
            return
        with suppress(RequestMalformed, ObjectUnprocessable):  # Another process may be adding them.
            await self._patient.patch(f"/collections/{name}", dict[str, Any], body={"fields": missing})
        if left := [field["name"] for field in await self._missing(name)]:
            raise Transient(f"{name!r} does not have {', '.join(left)} yet", where="typesense")

    async def _missing(self, name: str) -> list[dict[str, Any]]:
        there = {field["name"] for field in (await self._describe(name))["fields"]}
        wanted = cast("list[dict[str, Any]]", collection_schema(name)["fields"])
        return [field for field in wanted if field["name"] not in there]

    async def _describe(self, name: str) -> dict[str, Any]:
        return await self._patient.get(f"/collections/{name}", dict[str, Any], as_json=True)

    async def _drop(self, name: str) -> None:
        with suppress(ObjectNotFound):  # An earlier try of the same swap, or another process, may have dropped it.
            await self._patient.delete(f"/collections/{name}", dict[str, Any])

    def _documents(self, name: str | None = None) -> AsyncDocuments[dict[str, Any]]:
        return AsyncDocuments(self._patient, name or self.alias)


def _api(url: str, api_key: str, http: httpx.AsyncClient) -> AsyncApiCall:
    """The client without retries of its own: activities retry, and searches degrade.

    Its parts are used one by one: the objects that hold them all build deprecated parts too, which warn.
    """
    return AsyncApiCall(Configuration({"nodes": [url], "api_key": api_key, "num_retries": 0}), http)


@asynccontextmanager
async def _errors() -> AsyncIterator[None]:
    """Whatever the client raises, as an error of our tree."""
    try:
        yield
    except (RequestUnauthorized, RequestForbidden, ConfigError) as error:
        raise Permanent(
            "the API key is refused", where="typesense", hint="check QUIETHIRE_TYPESENSE_API_KEY"
        ) from error
    except ObjectNotFound as error:
        raise Gone("no such collection", where="typesense", hint="has the index been built?") from error
    except (RequestMalformed, ObjectUnprocessable, ObjectAlreadyExists) as error:
        raise Permanent(str(error)[:500], where="typesense") from error
    except (TypesenseClientError, httpx.TransportError, json.JSONDecodeError) as error:
        detail = f"out of reach or overloaded: {type(error).__name__} {error}"
        raise Transient(detail[:500].rstrip(), where="typesense", hint="is the server running?") from error
