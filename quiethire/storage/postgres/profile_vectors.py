"""The vectors of people's profiles in PostgreSQL, where they go with the person, and their twin in memory."""

from collections.abc import Collection, Mapping
from uuid import UUID

import numpy as np

from quiethire.domain.ports.embeddings import Vector
from quiethire.storage.postgres.connection import Pool, rows, transaction
from quiethire.storage.postgres.memory_people import MemoryPeople

_FULL = 127
"""What 1.0 is kept as, as for postings."""

_OF = """
    SELECT candidate_id, text_hash, vector FROM profile_vectors
    WHERE model = %(model)s AND candidate_id = ANY(%(candidates)s::uuid[])
"""
_HELD = "SELECT text_hash, vector FROM profile_vectors WHERE candidate_id = %(candidate)s"
# Of whoever was erased in the meantime nothing is kept; of two runs that keep the same vector at once, one does.
_KEEP = """
    INSERT INTO profile_vectors (candidate_id, model, text_hash, vector)
    SELECT person, %(model)s, given.* FROM person_keys,
        unnest(%(hashes)s::bytea[], %(vectors)s::bytea[]) AS given
    WHERE person = %(candidate)s FOR KEY SHARE OF person_keys
    ON CONFLICT (candidate_id, model, text_hash) DO NOTHING
"""


class PostgresProfileVectors:
    """`ProfileVectors` over PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def of(self, model: str, candidate_ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, Vector]]:
        """Text hash → vector, of each of these candidates that has some of this model."""
        found: dict[UUID, dict[str, Vector]] = {}
        for row in await rows(self.pool, _OF, {"model": model, "candidates": list(candidate_ids)}):
            found.setdefault(row["candidate_id"], {})[row["text_hash"].hex()] = _vector(row["vector"])
        return found

    async def held(self, candidate_id: UUID) -> Mapping[str, Vector]:
        """Text hash → vector, all that a candidate has, of whichever model: no text has vectors of two for long."""
        found = await rows(self.pool, _HELD, {"candidate": candidate_id})
        return {row["text_hash"].hex(): _vector(row["vector"]) for row in found}

    async def keep(self, model: str, candidate_id: UUID, vectors: Mapping[str, Vector]) -> None:
        """Replace all that a candidate has, of every model."""
        given = {
            "model": model,
            "candidate": candidate_id,
            "hashes": [bytes.fromhex(text_hash) for text_hash in vectors],
            "vectors": [_bytes(vector) for vector in vectors.values()],
        }
        async with transaction(self.pool) as connection:
            await connection.execute("DELETE FROM profile_vectors WHERE candidate_id = %(candidate)s", given)
            await connection.execute(_KEEP, given)


class MemoryProfileVectors:
    """`ProfileVectors` in memory, over the people in memory."""

    def __init__(self, people: MemoryPeople) -> None:
        self._people = people
        self._kept: dict[UUID, tuple[str, dict[str, bytes]]] = {}

    async def of(self, model: str, candidate_ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, Vector]]:
        """Text hash → vector, of each of these candidates that has some of this model."""
        kept = {who: self._kept[who] for who in candidate_ids if who in self._kept and who in self._people.candidates}
        return {
            who: {text_hash: _vector(vector) for text_hash, vector in vectors.items()}
            for who, (of, vectors) in kept.items()
            if of == model and vectors
        }

    async def held(self, candidate_id: UUID) -> Mapping[str, Vector]:
        """Text hash → vector, all that a candidate has, of whichever model."""
        model, _ = self._kept.get(candidate_id, ("", {}))
        return (await self.of(model, [candidate_id])).get(candidate_id, {})

    async def keep(self, model: str, candidate_id: UUID, vectors: Mapping[str, Vector]) -> None:
        """Replace all that a candidate has."""
        if candidate_id in self._people.candidates:
            self._kept[candidate_id] = (model, {text_hash: _bytes(vector) for text_hash, vector in vectors.items()})


def _bytes(vector: Vector) -> bytes:
    return bytes(np.rint(np.array(vector) * _FULL).astype(np.int8).tobytes())


def _vector(kept: bytes) -> Vector:
    raw = np.frombuffer(kept, np.int8).astype(np.float32)
    length = float(np.linalg.norm(raw)) or 1.0
    return tuple((raw / length).tolist())
