"""The keys of persons, in PostgreSQL. Every row that is of a person hangs on theirs."""

from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from quiethire.domain.errors import Gone
from quiethire.storage.postgres.connection import WHERE, Pool, transaction
from quiethire.storage.postgres.sealing import MasterKeys, PersonKey, WrappedKey

Connection = AsyncConnection[DictRow]

# Whoever is being erased has their row locked: a writer waits, and then finds nobody.
_STORED = "SELECT master, wrapped FROM person_keys WHERE person = %(person)s FOR KEY SHARE"
_ADD = """
    INSERT INTO person_keys (person, master, wrapped)
    SELECT %(person)s, %(master)s, %(wrapped)s WHERE NOT EXISTS (SELECT FROM erased_people WHERE person = %(person)s)
    ON CONFLICT (person) DO NOTHING
"""
# Making a key and destroying it take turns: nobody comes back by a write that was under way.
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%(person)s::text, 0))"
DESTROY = """
    WITH gone AS (DELETE FROM person_keys WHERE person = ANY(%(people)s::uuid[]) RETURNING person)
    INSERT INTO erased_people (person) SELECT person FROM gone ON CONFLICT (person) DO NOTHING
"""
"""Erases people, and remembers whom; of the rest the cascade takes care."""
_OLD = """
    SELECT person, master, wrapped FROM person_keys WHERE master <> %(current)s ORDER BY person LIMIT 1000 FOR NO KEY UPDATE
"""
_REWRAP = "UPDATE person_keys SET master = %(master)s, wrapped = %(wrapped)s WHERE person = %(person)s"


class PersonKeys:
    """Keys of persons: made, found, sealed anew and destroyed."""

    def __init__(self, masters: MasterKeys) -> None:
        self.masters = masters

    async def known(self, connection: Connection, person: UUID) -> PersonKey:
        """The key of somebody who is known. Raises Gone where there is no such candidate."""
        stored = await (await connection.execute(_STORED, {"person": person})).fetchone()
        if stored is None:
            raise Gone("there is no such candidate", where=f"{WHERE}: {person}")
        return self.masters.unwrap(person, WrappedKey.model_validate(stored))

    async def known_or_new(self, connection: Connection, person: UUID) -> PersonKey:
        """The key of somebody, made now where they have none. Raises Gone for somebody who was erased."""
        await connection.execute(_TURN, {"person": person})
        await connection.execute(_ADD, {"person": person, **self.masters.new(person).model_dump()})
        return await self.known(connection, person)

    def of_row(self, person: UUID, row: dict[str, Any]) -> PersonKey:
        """The key out of a row that was joined with `person_keys`; its columns are taken out of the row."""
        return self.masters.unwrap(person, WrappedKey(master=row.pop("master"), wrapped=row.pop("wrapped")))

    async def destroy(self, connection: Connection, person: UUID) -> None:
        """Destroy a key, and by the cascade every row that hangs on it."""
        await connection.execute(_TURN, {"person": person})
        await connection.execute(DESTROY, {"people": [person]})

    async def rewrap(self, pool: Pool) -> int:
        """Seal every key with the current master key; what is sealed with the keys stays as it is. Returns how many."""
        count = 0
        while True:
            async with transaction(pool) as connection:
                found = await (await connection.execute(_OLD, {"current": self.masters.current})).fetchall()
                for row in found:
                    stored = WrappedKey(master=row["master"], wrapped=row["wrapped"])
                    fresh = self.masters.rewrap(row["person"], stored)
                    await connection.execute(_REWRAP, {"person": row["person"], **fresh.model_dump()})
            if not found:
                return count
            count += len(found)
