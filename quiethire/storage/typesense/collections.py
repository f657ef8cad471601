"""The life of the index's collections behind their alias: created, mended, swapped, and served again."""

from contextlib import suppress
from typing import Any, cast

from typesense.async_.aliases import AsyncAliases
from typesense.async_.api_call import AsyncApiCall
from typesense.async_.collections import AsyncCollections
from typesense.exceptions import ObjectAlreadyExists, ObjectNotFound, ObjectUnprocessable, RequestMalformed

from quiethire.domain.errors import Gone, InvalidInput, Transient
from quiethire.domain.search import IndexCollection
from quiethire.storage.typesense.connection import typesense_errors
from quiethire.storage.typesense.schema import BORN_WITH, check_collection_name, collection_schema, is_collection_of


class Collections:
    """The collections `<alias>_<word>`. A second alias remembers the one that served before."""

    def __init__(self, server: AsyncApiCall, alias: str) -> None:
        self._server = server
        self._alias = alias
        self._before = f"{alias}-previous"
        self._collections: AsyncCollections[dict[str, Any]] = AsyncCollections(server)
        self._aliases = AsyncAliases(server)

    async def ensure(self) -> None:
        """Create the first collection and the alias where they are missing; add what an older one has not."""
        async with typesense_errors():
            name = await self.serving() or f"{self._alias}_1"
            if await self._exists(name):
                await self._mend(name)
            else:
                with suppress(ObjectAlreadyExists):  # Another process may be faster.
                    await self._collections.create(collection_schema(name))
            if await self.serving() is None:
                await self._aliases.upsert(self._alias, {"collection_name": name})

    async def create(self, name: str) -> None:
        """A new, empty collection; what a broken try left is emptied."""
        check_collection_name(self._alias, name)
        async with typesense_errors():
            if await self.serving() == name:
                raise InvalidInput(f"{name!r} serves searches now", where="typesense", hint="choose a new name")
            await self._drop(name)
            await self._collections.create(collection_schema(name))

    async def swap(self, name: str) -> None:
        """Serve `name`, keep the one that served until now, and drop the others.

        The one before is written down first: a death in between leaves the old one serving, and nothing is dropped.
        """
        check_collection_name(self._alias, name)
        async with typesense_errors():
            if not await self._exists(name):
                raise Gone(f"no collection {name!r}", where="typesense", hint="create and fill it first")
            served = await self.serving()
            if served is not None and served != name:
                await self._aliases.upsert(self._before, {"collection_name": served})
            await self._point_at(name)
            kept = {name, await self._target(self._before)}
            for other in await self._ours():
                if other["name"] not in kept:
                    await self._drop(other["name"])

    async def rollback(self) -> str:
        """Serve the one before. Twice is back again."""
        async with typesense_errors():
            served, before = await self.serving(), await self._target(self._before)
            if before is None or before == served or not await self._exists(before):
                raise Gone("no collection of before is kept", where="typesense", hint="quiethire index rebuild")
            await self._mend(before)
            await self._point_at(before)
            if served is not None:
                await self._aliases.upsert(self._before, {"collection_name": served})
        return before

    async def all(self) -> tuple[IndexCollection, ...]:
        """Every collection of this alias, by name."""
        async with typesense_errors():
            served, before = await self.serving(), await self._target(self._before)
            return tuple(
                IndexCollection(
                    name=found["name"],
                    documents=found["num_documents"],
                    serves=found["name"] == served,
                    previous=found["name"] == before != served,
                    created_at=found["created_at"],
                )
                for found in sorted(await self._ours(), key=lambda found: str(found["name"]))
            )

    async def serving(self) -> str | None:
        """The collection that the alias points to; None where the index was never built."""
        return await self._target(self._alias)

    async def describe(self, name: str) -> dict[str, Any]:
        """What the server says of a collection."""
        return await self._server.get(f"/collections/{name}", dict[str, Any], as_json=True)

    async def _target(self, alias: str) -> str | None:
        try:
            return (await self._aliases[alias].retrieve())["collection_name"]
        except ObjectNotFound:
            return None

    async def _point_at(self, name: str) -> None:
        await self._aliases.upsert(self._alias, {"collection_name": name})
        if await self.serving() != name:
            raise Transient(f"the alias {self._alias!r} was moved by somebody else", where="typesense")

    async def _ours(self) -> list[dict[str, Any]]:
        every = cast("list[dict[str, Any]]", await self._collections.retrieve())
        return [collection for collection in every if is_collection_of(self._alias, collection["name"])]

    async def _exists(self, name: str) -> bool:
        try:
            await self.describe(name)
        except ObjectNotFound:
            return False
        return True

    async def _drop(self, name: str) -> None:
        with suppress(ObjectNotFound):  # An earlier try of the same swap, or another process, may have dropped it.
            await self._server.delete(f"/collections/{name}", dict[str, Any])

    async def _mend(self, name: str) -> None:
        """Fields that came, or began to be counted, later than a collection.

        Documents that are there get a value of a new field when they are next written. Raises InvalidInput
        `not_migrated` for a collection that only building it anew can mend.
        """
        late, uncounted = await self._late(name)
        if needed := [field["name"] for field in late if not field.get("optional")]:
            raise InvalidInput(
                f"{name!r} has no {', '.join(needed)}",
                where="typesense",
                hint="quiethire index rebuild",
                kind="not_migrated",
            )
        if not late and not uncounted:
            return
        dropped = [{"name": field["name"], "drop": True} for field in uncounted]
        with suppress(RequestMalformed, ObjectUnprocessable):  # Another process may be adding them.
            body = {"fields": [*dropped, *uncounted, *late]}
            await self._server.patch(f"/collections/{name}", dict[str, Any], body=body)
        late, uncounted = await self._late(name)
        if left := [field["name"] for field in (*late, *uncounted)]:
            raise Transient(f"{name!r} does not have {', '.join(left)} yet", where="typesense")

    async def _late(self, name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The fields that a collection has not, and those that it has but cannot count."""
        there = {field["name"]: field for field in (await self.describe(name))["fields"]}
        wanted = cast("list[dict[str, Any]]", collection_schema(name)["fields"])
        missing = [field for field in wanted if field["name"] not in there and field["name"] not in BORN_WITH]
        counted = [field for field in wanted if field.get("facet") and field["name"] in there]
        return missing, [field for field in counted if not there[field["name"]].get("facet")]
