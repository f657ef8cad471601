"""Candidates and their matches, in PostgreSQL."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from quiethire.domain.errors import Gone
from quiethire.domain.matching import Candidate, Match
from quiethire.storage.postgres.connection import WHERE, Pool, rows, transaction

_SAVE = """
    INSERT INTO candidates (id, name, profile, active) VALUES (%(id)s, %(name)s, %(profile)s, %(active)s)
    ON CONFLICT (id) DO UPDATE
    SET name = excluded.name, profile = excluded.profile, active = excluded.active, updated_at = now()
"""
_CANDIDATES = "SELECT id, name, profile, active FROM candidates"
_DROP_OTHERS = """
    DELETE FROM matches WHERE candidate_id = %(candidate)s AND job_id <> ALL(%(jobs)s::uuid[])
    AND (%(scored)s::uuid[] IS NULL OR job_id = ANY(%(scored)s::uuid[]))
"""
_SAVE_MATCHES = """
    INSERT INTO matches (candidate_id, job_id, score, factors)
    SELECT %(candidate)s, * FROM unnest(%(jobs)s::uuid[], %(scores)s::float8[], %(factors)s::jsonb[])
    ON CONFLICT (candidate_id, job_id) DO UPDATE
    SET score = excluded.score, factors = excluded.factors, updated_at = now()
    RETURNING job_id, (xmax = 0) AS is_new
"""
_MATCHES = """
    SELECT candidate_id, job_id, score, factors FROM matches
    WHERE candidate_id = %(candidate)s ORDER BY score DESC, job_id LIMIT %(limit)s
"""
_MATCHES_OF = """
    SELECT candidate_id, job_id, score, factors FROM matches JOIN candidates ON candidates.id = matches.candidate_id
    WHERE job_id = %(job)s AND candidates.active ORDER BY score DESC, candidate_id LIMIT %(limit)s
"""


class PostgresCandidates:
    """`CandidateStore` over PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def save(self, candidate: Candidate) -> None:
        """Add or replace."""
        profile = Jsonb(candidate.profile.model_dump(mode="json"))
        values = {"id": candidate.id, "name": candidate.name, "profile": profile, "active": candidate.active}
        await rows(self.pool, _SAVE, values)

    async def get(self, candidate_id: UUID) -> Candidate | None:
        """One candidate."""
        found = await rows(self.pool, f"{_CANDIDATES} WHERE id = %(id)s", {"id": candidate_id})
        return Candidate.model_validate(found[0]) if found else None

    async def active(self) -> list[Candidate]:
        """All active candidates, by id."""
        found = await rows(self.pool, f"{_CANDIDATES} WHERE active ORDER BY id", {})
        return [Candidate.model_validate(row) for row in found]

    async def save_matches(
        self, candidate_id: UUID, matches: Sequence[Match], *, scored: Collection[UUID] | None
    ) -> list[Match]:
        """Store matches in one transaction; those that were not there before come back in the order given.

        Raises Gone where there is no such candidate.
        """
        given = {match.job_id: match for match in matches}
        columns = _match_columns(candidate_id, given) | {"scored": None if scored is None else list(scored)}
        try:
            async with transaction(self.pool) as connection:
                await connection.execute(_DROP_OTHERS, columns)
                stored = await (await connection.execute(_SAVE_MATCHES, columns)).fetchall()
        except psycopg.errors.ForeignKeyViolation as error:
            raise Gone(f"no candidate {candidate_id}", where=WHERE) from error
        new = {row["job_id"] for row in stored if row["is_new"]}
        return [match for job, match in given.items() if job in new]

    async def matches(self, candidate_id: UUID, limit: int = 100) -> list[Match]:
        """Matches, best first."""
        found: list[DictRow] = await rows(self.pool, _MATCHES, {"candidate": candidate_id, "limit": limit})
        return [Match.model_validate(row) for row in found]

    async def matches_of(self, job_id: UUID, limit: int = 100) -> list[Match]:
        """The matches of a posting with active candidates, best first."""
        found = await rows(self.pool, _MATCHES_OF, {"job": job_id, "limit": limit})
        return [Match.model_validate(row) for row in found]

    async def remove_matches_of(self, job_ids: Collection[UUID]) -> None:
        """Drop every match of these postings."""
        await rows(self.pool, "DELETE FROM matches WHERE job_id = ANY(%(jobs)s::uuid[])", {"jobs": list(job_ids)})


def _match_columns(candidate_id: UUID, given: dict[UUID, Match]) -> dict[str, Any]:
    # Writers that go by the same order cannot deadlock.
    batch = [given[job] for job in sorted(given)]
    return {
        "candidate": candidate_id,
        "jobs": [match.job_id for match in batch],
        "scores": [match.score for match in batch],
        "factors": [Jsonb([factor.model_dump() for factor in match.factors]) for match in batch],
    }
