"""What is personal of a saved search, sealed: where its alerts go, what signs them, and what their links open it by.

Each search has a key of its own, which ends with it; a daily mail is sealed with the key of whose it is, for it begins anew under
the same id. A feed has nothing to seal, and no key. Rows of the release before stand in clear until a run seals them.
"""

import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from psycopg.rows import DictRow

from quiethire.domain.alerts import Channel, SavedSearch, candidate_of
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.storage.postgres import alert_statements as statements
from quiethire.storage.postgres.person_keys import Connection, PersonKeys
from quiethire.storage.postgres.sealing import MasterKeys, PersonKey, WrappedKey, place
from quiethire.telemetry import ERRORS

logger = logging.getLogger(__name__)

SEALED = ("address", "token", "secret", "former_secret")
"""What is sealed of a search."""


class SearchSeals:
    """Seals searches, opens them, and says by which prints an address is known."""

    def __init__(self, masters: MasterKeys) -> None:
        self.masters = masters
        self._keys = PersonKeys(masters)

    def prints(self, address: str) -> list[bytes]:
        """By what the searches of an address are counted. Accounts have other prints of it: a search is not found by its reader's account."""
        return self.masters.prints_of(b"saved search/" + address.lower().encode())

    def question(self, address: str) -> bytes:
        """By what it is known that an address was asked."""
        return self.masters.prints_of(b"question/" + address.lower().encode())[0]

    def opened(self, row: DictRow) -> SavedSearch:
        """The search of a row that `SELECT` found."""
        given = {name: row[name] for name in SavedSearch.model_fields}
        if row["sealed"] is None:
            return SavedSearch.model_validate(given)
        key = self.masters.unwrap(row["person"], WrappedKey(master=row["master"], wrapped=row["wrapped"]))
        return SavedSearch.model_validate(given | _known(row, orjson.loads(key.open(_place(row["id"]), row["sealed"]))))

    async def add(self, connection: Connection, search: SavedSearch, values: dict[str, Any]) -> None:
        """Insert a search, these values of its row beside it. One of the same id is left as it is. Raises Gone for the daily mail of nobody."""
        key, made = await self._key(connection, search)
        cursor = await connection.execute(statements.INSERT.encode(), values | self._columns(search, key))
        if made is not None and cursor.rowcount:
            await self._keep(connection, search.id, made)

    def openable(self, rows: Iterable[DictRow]) -> list[tuple[DictRow, SavedSearch]]:
        """Those of these rows that open, and their searches.

        One that does not is nobody's affair but its own: its master key is not among those of this process, or it was damaged.
        """
        found: list[tuple[DictRow, SavedSearch]] = []
        shut: list[tuple[UUID, InvalidInput]] = []
        for row in rows:
            try:
                found.append((row, self.opened(row)))
            except InvalidInput as error:
                shut.append((row["id"], error))
        if shut:
            first, why = shut[0]
            ERRORS.labels(kind="sealed").inc(len(shut))
            logger.error("alerts do not open: %s", why, extra={"alerts": len(shut), "first": str(first)})
        return found

    async def seal(self, connection: Connection, ids: list[UUID]) -> int:
        """Seal what is kept of these in clear, in a transaction that holds their rows; the daily mail of nobody goes. How many that was."""
        found = self.openable(await self._rows(connection, ids))
        for row, search in found:
            await self._seal(connection, row, search)
        return len(found)

    async def change(self, connection: Connection, search_id: UUID, changes: dict[str, Any]) -> None:
        """Seal one with these changes, in such a transaction. Raises InvalidInput where it does not open."""
        for row in await self._rows(connection, [search_id]):
            await self._seal(connection, row, self.opened(row).model_copy(update=changes))

    @staticmethod
    async def _rows(connection: Connection, ids: list[UUID]) -> list[DictRow]:
        return await (await connection.execute(statements.SOME.encode(), {"ids": ids})).fetchall()

    async def _seal(self, connection: Connection, row: DictRow, search: SavedSearch) -> None:
        try:
            key, made = await self._key(connection, search, row)
        except Gone:
            await connection.execute(statements.DELETE, {"id": search.id})
            return
        await connection.execute(statements.SEAL, {"id": search.id, **self._columns(search, key)})
        if made is not None:
            await self._keep(connection, search.id, made)

    async def _key(
        self, connection: Connection, search: SavedSearch, row: DictRow | None = None
    ) -> tuple[PersonKey | None, WrappedKey | None]:
        """What seals it, and where that was made just now, its key as it is to be kept."""
        if row is not None and row["sealed"] is not None:
            return self._keys.of_row(row["person"], row), None
        if not any(getattr(search, name) for name in SEALED):
            return None, None
        if search.is_digest:
            return await self._keys.known(connection, candidate_of(search)), None
        made = self.masters.new(search.id)
        return self.masters.unwrap(search.id, made), made

    @staticmethod
    async def _keep(connection: Connection, search: UUID, made: WrappedKey) -> None:
        await connection.execute(statements.KEEP_KEY, {"person": search, **made.model_dump()})

    def _columns(self, search: SavedSearch, key: PersonKey | None) -> dict[str, Any]:
        """What its row holds in place of what is sealed. The release before compares a daily mail's hash of an address."""
        stays = dict.fromkeys(SEALED) | {"address": search.address if search.is_digest else None}
        if key is None:
            return {**stays, "person": None, "sealed": None, "print": None}
        print_ = self.prints(search.address)[0] if search.channel is Channel.EMAIL and search.address else None
        content = orjson.dumps({name: getattr(search, name) for name in SEALED})
        return {**stays, "person": key.person, "sealed": key.seal(_place(search.id), content), "print": print_}


def _known(row: DictRow, opened: dict[str, Any]) -> dict[str, Any]:
    """What was sealed, and what the release before wrote since: a secret that it gave takes the place of the sealed one."""
    written = {name: row[name] for name in SEALED if row[name] is not None}
    if "secret" in written:
        written = {"former_secret": opened["secret"]} | written
    return opened | written


def _place(search: UUID) -> str:
    return place("saved_searches", search)
