"""Candidates and their résumés, sealed, in PostgreSQL."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from quiethire.domain.candidate import Candidate, KnownCandidate
from quiethire.domain.errors import Gone
from quiethire.domain.resume import Resume
from quiethire.storage.postgres.connection import WHERE, Pool, rows, transaction
from quiethire.storage.postgres.person_keys import Connection, PersonKeys
from quiethire.storage.postgres.sealing import MasterKeys, PersonKey, place

_SAVE = """
    INSERT INTO candidates (id, sealed, active, open_to_employers)
    VALUES (%(id)s, %(sealed)s, %(active)s, %(open_to_employers)s)
    ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, active = excluded.active,
        open_to_employers = excluded.open_to_employers, updated_at = now()
"""
_LOCKED = "SELECT sealed FROM candidates WHERE id = %(id)s FOR NO KEY UPDATE"
_CHANGE = """
    UPDATE candidates SET sealed = %(sealed)s, active = %(active)s, open_to_employers = %(open_to_employers)s,
        updated_at = now()
    WHERE id = %(id)s
"""
_CANDIDATES = """
    SELECT id, sealed, master, wrapped FROM candidates JOIN person_keys ON person = id
    WHERE {} ORDER BY id
"""
_ACTIVE = """
    id IN (
        SELECT id FROM candidates
        WHERE active AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid)
        AND (%(shards)s = 1 OR shard_of(id, %(shards)s) = %(shard)s)
        ORDER BY id LIMIT %(limit)s
    )
"""
_THERE = "SELECT id FROM candidates WHERE id = ANY(%(ids)s::uuid[])"
_PAGE = """
    SELECT id, active, created_at, updated_at FROM candidates WHERE %(after)s::uuid IS NULL OR id > %(after)s::uuid
    ORDER BY id LIMIT %(limit)s
"""
_CHANGED = """
    SELECT id FROM (SELECT id, updated_at FROM candidates UNION ALL SELECT person, erased_at FROM erased_people WHERE NOT is_search) AS all_
    WHERE updated_at >= %(moment)s AND (%(shards)s = 1 OR shard_of(id, %(shards)s) = %(shard)s) ORDER BY id
"""
_UNCHANGED = """
    SELECT id FROM candidates WHERE updated_at < %(moment)s AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid)
    ORDER BY id LIMIT %(limit)s
"""
_SAVE_RESUME = """
    INSERT INTO resumes (candidate_id, sealed) VALUES (%(id)s, %(sealed)s)
    ON CONFLICT (candidate_id) DO UPDATE SET sealed = excluded.sealed, updated_at = now()
"""
_RESUME = "SELECT sealed, master, wrapped FROM resumes JOIN person_keys ON person = candidate_id WHERE person = %(id)s"

_CANDIDATE, _READING = place("candidates"), place("resumes")


class PostgresCandidates:
    """`CandidateStore` over PostgreSQL."""

    def __init__(self, pool: Pool, masters: MasterKeys) -> None:
        self.pool = pool
        self._keys = PersonKeys(masters)

    async def save(self, candidate: Candidate) -> None:
        """Add or replace. Raises Gone for somebody who was erased."""
        async with transaction(self.pool) as connection:
            key = await self._keys.known_or_new(connection, candidate.id)
            await save_candidate(connection, key, candidate)

    async def change(self, candidate_id: UUID, change: Callable[[Candidate], Candidate]) -> tuple[Candidate, Candidate]:
        """Keep what `change` makes of somebody, in one transaction that holds their row. Raises Gone where there is no such candidate."""
        async with transaction(self.pool) as connection:
            key = await self._keys.known(connection, candidate_id)
            row = await (await connection.execute(_LOCKED, {"id": candidate_id})).fetchone()
            if row is None:
                raise Gone("there is no such candidate", where=f"{WHERE}: {candidate_id}")
            was = Candidate.model_validate_json(key.open(_CANDIDATE, row["sealed"]))
            now = change(was)
            if now != was:
                await connection.execute(_CHANGE, _columns(key, now))
        return was, now

    async def get(self, candidate_id: UUID) -> Candidate | None:
        """One candidate."""
        found = await self._candidates("id = %(id)s", {"id": candidate_id})
        return found[0] if found else None

    async def some(self, candidate_ids: Collection[UUID]) -> list[Candidate]:
        """Those of these that are there, by id."""
        return await self._candidates("id = ANY(%(ids)s::uuid[])", {"ids": list(candidate_ids)})

    async def page(self, *, limit: int, after: UUID | None = None) -> list[KnownCandidate]:
        """Candidates by id, those after the id `after`, without who they are."""
        found = await rows(self.pool, _PAGE, {"limit": limit, "after": after})
        return [KnownCandidate.model_validate(row) for row in found]

    async def active(
        self, *, limit: int, after: UUID | None = None, shard: int = 0, shards: int = 1
    ) -> list[Candidate]:
        """Active candidates of one shard by id, those after the id `after`."""
        return await self._candidates(_ACTIVE, {"shard": shard, "shards": shards, "after": after, "limit": limit})

    async def there(self, candidate_ids: Collection[UUID]) -> set[UUID]:
        """Those of these that are known, and were not erased."""
        found = await rows(self.pool, _THERE, {"ids": list(candidate_ids)})
        return {row["id"] for row in found}

    async def _candidates(self, condition: str, parameters: dict[str, Any]) -> list[Candidate]:
        found = await rows(self.pool, _CANDIDATES.format(condition), parameters)
        return await asyncio.to_thread(lambda: [self._opened(row) for row in found])

    def _opened(self, row: DictRow) -> Candidate:
        return Candidate.model_validate_json(self._keys.of_row(row["id"], row).open(_CANDIDATE, row["sealed"]))

    async def changed_since(self, moment: datetime, *, shard: int = 0, shards: int = 1) -> list[UUID]:
        """Candidates of a shard that were saved, or erased, at or after this moment, by id."""
        found = await rows(self.pool, _CHANGED, {"moment": moment, "shard": shard, "shards": shards})
        return [row["id"] for row in found]

    async def unchanged_since(self, moment: datetime, *, limit: int, after: UUID | None = None) -> list[UUID]:
        """Candidates by id, those after the id `after`, who were last saved before this moment."""
        found = await rows(self.pool, _UNCHANGED, {"moment": moment, "limit": limit, "after": after})
        return [row["id"] for row in found]

    async def save_resume(self, candidate_id: UUID, resume: Resume) -> None:
        """Keep the reading of their résumé. Raises Gone where there is no such candidate."""
        async with transaction(self.pool) as connection:
            key = await self._keys.known(connection, candidate_id)
            sealed = key.seal(_READING, resume.model_dump_json().encode())
            await connection.execute(_SAVE_RESUME, {"id": candidate_id, "sealed": sealed})

    async def resume(self, candidate_id: UUID) -> Resume | None:
        """The reading of their résumé."""
        found = await rows(self.pool, _RESUME, {"id": candidate_id})
        if not found:
            return None
        key = self._keys.of_row(candidate_id, found[0])
        return Resume.model_validate_json(key.open(_READING, found[0]["sealed"]))

    async def drop_resume(self, candidate_id: UUID) -> bool:
        """Drop the reading of their résumé. Returns whether there was one."""
        sql = "DELETE FROM resumes WHERE candidate_id = %(id)s RETURNING candidate_id"
        return bool(await rows(self.pool, sql, {"id": candidate_id}))

    async def erase(self, candidate_id: UUID) -> None:
        """Destroy their key and every row that is theirs; a second time does nothing."""
        async with transaction(self.pool) as connection:
            await self._keys.destroy(connection, candidate_id)


async def save_candidate(connection: Connection, key: PersonKey, candidate: Candidate) -> None:
    """Add or replace somebody, in a transaction that does more."""
    await connection.execute(_SAVE, _columns(key, candidate))


def _columns(key: PersonKey, candidate: Candidate) -> dict[str, Any]:
    return {
        "id": candidate.id,
        "sealed": key.seal(_CANDIDATE, candidate.model_dump_json().encode()),
        "active": candidate.active,
        "open_to_employers": candidate.open_to_employers,
    }
