"""Matches, what people said of them, and who asked for whom, in PostgreSQL."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from struct import Struct
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from quiethire.domain.candidate import Feedback, Introduction
from quiethire.domain.errors import Gone
from quiethire.domain.matching import DECISIONS_STAY, Decision, HiddenFrom, KnownMatches, Match, Selection, print_of
from quiethire.storage.postgres.connection import WHERE, Pool, batches, dropped, rows, transaction
from quiethire.storage.postgres.person_keys import PersonKeys
from quiethire.storage.postgres.sealing import MasterKeys, PersonKey, place

# Lines of whoever was erased in the meantime are nobody's; writers that go by the same order cannot deadlock; and arrays of
# bytes are sent as they are (%b), not as text.
_SAVE_MATCHES = """
    INSERT INTO matches (candidate_id, job_id, score, sealed, print)
    SELECT person, job, score, sealed, print
    FROM unnest(%(people)b::uuid[], %(jobs)b::uuid[], %(scores)b::float8[], %(sealed)b::bytea[], %(prints)b::bytea[])
        AS given (who, job, score, sealed, print)
    JOIN person_keys ON person = who ORDER BY person, job
    FOR KEY SHARE OF person_keys
    ON CONFLICT (candidate_id, job_id) DO UPDATE
    SET score = excluded.score, sealed = excluded.sealed, print = excluded.print, updated_at = now()
"""
_DROP_MATCHES = """
    DELETE FROM matches USING unnest(%(people)s::uuid[], %(jobs)s::uuid[]) AS gone (who, job)
    WHERE candidate_id = who AND job_id = job
"""
# Some at a time, found by posting, and held in the order in which they are saved: so neither waits for the other in a ring.
_REMOVE_MATCHES = """
    WITH batch AS MATERIALIZED (
        SELECT candidate_id, job_id FROM matches WHERE job_id = ANY(%(jobs)s::uuid[]) LIMIT %(most)s
    ), held AS MATERIALIZED (
        SELECT candidate_id, job_id FROM matches JOIN batch USING (candidate_id, job_id)
        ORDER BY candidate_id, job_id FOR UPDATE OF matches
    ), removed AS (
        DELETE FROM matches USING held
        WHERE matches.candidate_id = held.candidate_id AND matches.job_id = held.job_id
    )
    SELECT DISTINCT candidate_id FROM batch
"""
_KEYS = "SELECT person, master, wrapped FROM person_keys WHERE person = ANY(%(people)s::uuid[])"
# A match in 40 bytes: what is read of each of hundreds of thousands should cost little.
_KNOWN = """
    SELECT person, master, wrapped,
        (SELECT string_agg(uuid_send(job_id) || float8send(score) || print, ''::bytea)
            FROM matches WHERE candidate_id = person AND length(print) = 16) AS told,
        (SELECT string_agg(uuid_send(job_id) || float8send(score), ''::bytea)
            FROM matches WHERE candidate_id = person AND length(print) <> 16) AS untold
    FROM person_keys WHERE person = ANY(%(people)s::uuid[])
"""
_HOLDERS = """
    SELECT DISTINCT candidate_id FROM matches
    WHERE candidate_id = ANY(%(people)s::uuid[]) AND job_id = ANY(%(jobs)s::uuid[])
"""
_MATCHES = """
    SELECT candidate_id, job_id, matches.sealed, master, wrapped FROM matches
    JOIN person_keys ON person = candidate_id
    WHERE candidate_id = %(candidate)s ORDER BY score DESC, job_id LIMIT %(limit)s
"""
_MATCHES_OF = """
    SELECT candidate_id, job_id, matches.sealed, master, wrapped FROM matches
    JOIN person_keys ON person = candidate_id JOIN candidates ON candidates.id = candidate_id
    WHERE job_id = %(job)s AND candidates.active AND candidates.open_to_employers IS NOT FALSE
    ORDER BY score DESC, candidate_id LIMIT %(limit)s
"""
_GIVE_FEEDBACK = """
    INSERT INTO feedback (candidate_id, job_id, sealed, at) VALUES (%(candidate)s, %(job)s, %(sealed)s, %(at)s)
    ON CONFLICT (candidate_id, job_id) DO UPDATE SET sealed = excluded.sealed, at = excluded.at
    WHERE feedback.at <= excluded.at
"""
_FEEDBACK = """
    SELECT candidate_id, job_id, sealed, master, wrapped FROM feedback JOIN person_keys ON person = candidate_id
    WHERE candidate_id = ANY(%(people)s::uuid[]) ORDER BY at DESC, job_id
"""
# Lines of whoever was erased in the meantime are nobody's.
_LOG = """
    INSERT INTO decisions (candidate_id, job_id, run, at, engine, profile_hash, posting_hash, "values", score, filters,
        rank, is_new)
    SELECT candidate_id, job_id, run, at, engine, profile_hash, posting_hash, "values", score, filters, rank, is_new
    FROM jsonb_to_recordset(%(lines)s::jsonb) AS line (candidate_id uuid, job_id uuid, run text, at timestamptz, engine text,
        profile_hash text, posting_hash text, "values" jsonb, score float8, filters text[], rank integer,
        is_new boolean)
    JOIN person_keys ON person = candidate_id
    FOR KEY SHARE OF person_keys
    ON CONFLICT (candidate_id, job_id, run) DO NOTHING
"""
_DECISIONS = """
    SELECT * FROM decisions WHERE candidate_id = %(candidate)s ORDER BY at DESC, run, rank NULLS LAST, job_id
    LIMIT %(limit)s
"""
_PRUNE_DECISIONS = """
    DELETE FROM decisions WHERE (candidate_id, job_id, run) IN (
        SELECT candidate_id, job_id, run FROM decisions AS line
        WHERE at < %(before)s AND NOT EXISTS (
            SELECT FROM matches WHERE candidate_id = line.candidate_id AND job_id = line.job_id
        )
        LIMIT %(most)s
    ) RETURNING run
"""
_LOGGED_AS_NEW = """
    SELECT candidate_id, job_id FROM decisions
    WHERE candidate_id = ANY(%(people)s::uuid[]) AND run = %(run)s AND is_new
"""
_NOT_LOGGED = """
    SELECT who, job FROM unnest(
        %(people)s::uuid[], %(jobs)s::uuid[], %(filters)s::text[], %(profiles)s::text[], %(engines)s::text[]
    ) AS given (who, job, filter, profile, made_by)
    LEFT JOIN LATERAL (
        SELECT filters, profile_hash, engine FROM decisions WHERE candidate_id = who AND job_id = job
        ORDER BY at DESC, run DESC LIMIT 1
    ) AS last ON true
    WHERE (filters, profile_hash, engine) IS DISTINCT FROM (ARRAY[filter], profile, made_by)
"""
_SELECTIONS = """
    SELECT * FROM (
        SELECT person AS candidate_id,
            EXISTS (SELECT FROM matches WHERE candidate_id = person) OR coalesce(bool_or(shown_at >= %(since)s), false) AS matched,
            count(job_id) FILTER (WHERE first_at >= %(since)s) AS decided,
            count(job_id) FILTER (WHERE first_at >= %(since)s AND is_shown) AS shown
        FROM unnest(%(people)s::uuid[]) AS given (person)
        LEFT JOIN LATERAL (
            SELECT job_id, min(at) AS first_at, max(at) FILTER (WHERE rank IS NOT NULL) AS shown_at,
                (array_agg(rank ORDER BY at DESC, run DESC))[1] IS NOT NULL AS is_shown
            FROM decisions WHERE candidate_id = person GROUP BY job_id
        ) AS posting ON true
        GROUP BY person
    ) AS told WHERE matched OR decided > 0 ORDER BY candidate_id
"""
_ASK = """
    INSERT INTO introductions (candidate_id, job_id, asked_by, sealed, asked_at)
    VALUES (%(candidate_id)s, %(job_id)s, %(asked_by)s, %(sealed)s, %(asked_at)s)
    ON CONFLICT (candidate_id, job_id, asked_by) DO NOTHING
"""
_ANSWER = """
    UPDATE introductions SET agreed = %(agreed)s, answered_at = %(now)s
    FROM person_keys WHERE person = candidate_id
    AND candidate_id = %(candidate)s AND job_id = %(job)s AND asked_by = %(asked_by)s
    RETURNING introductions.*, master, wrapped
"""
_INTRODUCTIONS = """
    SELECT introductions.*, master, wrapped FROM introductions JOIN person_keys ON person = candidate_id
    WHERE (%(candidate)s::uuid IS NULL OR candidate_id = %(candidate)s::uuid)
    AND (%(job)s::uuid IS NULL OR job_id = %(job)s::uuid)
    ORDER BY asked_at DESC, candidate_id, job_id, asked_by
"""


AT_ONCE = 2_000
"""Rows of one statement: it has five seconds."""

_TOLD, _UNTOLD = Struct(">16sd16s"), Struct(">16sd")


class PostgresMatches:
    """`MatchStore` over PostgreSQL."""

    def __init__(self, pool: Pool, masters: MasterKeys) -> None:
        self.pool = pool
        self._keys = PersonKeys(masters)

    async def save_matches(self, matches: Sequence[Match], gone: Collection[tuple[UUID, UUID]] = ()) -> None:
        """Add or replace matches, and drop those that are none any more; whoever was erased is left out."""
        if gone:
            columns = {"people": [who for who, _ in gone], "jobs": [job for _, job in gone]}
            await rows(self.pool, _DROP_MATCHES, columns)
        found = await rows(self.pool, _KEYS, {"people": list({match.candidate_id for match in matches})})
        keys = {row["person"]: self._keys.of_row(row["person"], row) for row in found}
        known = [match for match in matches if match.candidate_id in keys]
        for start in range(0, len(known), AT_ONCE):
            columns = await asyncio.to_thread(_match_columns, keys, known[start : start + AT_ONCE])
            await rows(self.pool, _SAVE_MATCHES, columns)

    async def known(self, candidate_ids: Collection[UUID]) -> dict[UUID, KnownMatches]:
        """What is stored of the matches of these people, of those who are there."""
        found = await rows(self.pool, _KNOWN, {"people": list(candidate_ids)})
        return {row["person"]: _known(self._keys.of_row(row["person"], row), row) for row in found}

    async def holders(self, candidate_ids: Collection[UUID], job_ids: Collection[UUID]) -> set[UUID]:
        """Those of these people whom one of these postings matches."""
        found = await rows(self.pool, _HOLDERS, {"people": list(candidate_ids), "jobs": list(job_ids)})
        return {row["candidate_id"] for row in found}

    async def matches(self, candidate_id: UUID, limit: int = 100) -> list[Match]:
        """Matches, best first."""
        found = await rows(self.pool, _MATCHES, {"candidate": candidate_id, "limit": limit})
        return [Match.model_validate_json(content) for _, content in self._opened(found, "matches")]

    async def matches_of(self, job_id: UUID, limit: int = 100) -> list[Match]:
        """The matches of a posting with active candidates who agreed to be found, best first."""
        found = await rows(self.pool, _MATCHES_OF, {"job": job_id, "limit": limit})
        return [Match.model_validate_json(content) for _, content in self._opened(found, "matches")]

    async def remove_matches_of(self, job_ids: Collection[UUID]) -> set[UUID]:
        """Drop every match of these postings."""
        removed = batches(self.pool, _REMOVE_MATCHES, {"jobs": list(job_ids)})
        return {row["candidate_id"] async for some in removed for row in some}

    async def give_feedback(self, feedback: Feedback) -> None:
        """Keep what a candidate says of a job. Raises Gone without such a candidate."""
        async with transaction(self.pool) as connection:
            key = await self._keys.known(connection, feedback.candidate_id)
            # What says nothing is left out: a release that does not know a field reads what was said without it.
            content = feedback.model_dump_json(exclude_defaults=True).encode()
            sealed = key.seal(place("feedback", feedback.job_id), content)
            values = {"candidate": feedback.candidate_id, "job": feedback.job_id, "sealed": sealed, "at": feedback.at}
            await connection.execute(_GIVE_FEEDBACK, values)

    async def feedback(self, candidate_id: UUID) -> list[Feedback]:
        """Everything that they said, the newest first."""
        return (await self.feedback_of([candidate_id])).get(candidate_id, [])

    async def feedback_of(self, candidate_ids: Collection[UUID]) -> dict[UUID, list[Feedback]]:
        """The same of several, of those who said something."""
        said: dict[UUID, list[Feedback]] = {}
        for row, content in self._opened(await rows(self.pool, _FEEDBACK, {"people": list(candidate_ids)}), "feedback"):
            said.setdefault(row["candidate_id"], []).append(Feedback.model_validate_json(content))
        return said

    async def take_feedback_back(self, candidate_id: UUID, job_id: UUID) -> None:
        """They say nothing of this job any more; a second time does nothing."""
        sql = "DELETE FROM feedback WHERE candidate_id = %(candidate)s AND job_id = %(job)s"
        await rows(self.pool, sql, {"candidate": candidate_id, "job": job_id})

    async def log(self, decisions: Sequence[Decision]) -> None:
        """Append to the log of decisions; a line that stands there is left as it is."""
        for start in range(0, len(decisions), AT_ONCE):
            lines = ",".join([line.model_dump_json() for line in decisions[start : start + AT_ONCE]])
            await rows(self.pool, _LOG, {"lines": f"[{lines}]"})

    async def decisions(self, candidate_id: UUID, limit: int = 1_000) -> list[Decision]:
        """The log of one candidate, the newest first."""
        found = await rows(self.pool, _DECISIONS, {"candidate": candidate_id, "limit": limit})
        return [Decision.model_validate(row) for row in found]

    async def prune_decisions(self, before: datetime) -> int:
        """Drop the lines of the log that are older, some at a time."""
        until = min(before, datetime.now(UTC) - DECISIONS_STAY)
        return await dropped(self.pool, _PRUNE_DECISIONS, {"before": until})

    async def logged_as_new(self, run: str, candidate_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
        """Candidate and job of each decision of this run, for these people, about what was no match before."""
        found = await rows(self.pool, _LOGGED_AS_NEW, {"run": run, "people": list(candidate_ids)})
        return {(row["candidate_id"], row["job_id"]) for row in found}

    async def not_logged(self, hidden: Sequence[HiddenFrom]) -> set[tuple[UUID, UUID]]:
        """Candidate and job of those of which the last line of the log does not say the same."""
        columns = zip(*hidden, strict=True) if hidden else [()] * 5
        values = dict(zip(("people", "jobs", "filters", "profiles", "engines"), map(list, columns), strict=True))
        return {(row["who"], row["job"]) for row in await rows(self.pool, _NOT_LOGGED, values)}

    async def selections(self, since: datetime, candidate_ids: Collection[UUID]) -> list[Selection]:
        """What was decided of these candidates at or after this moment, by id."""
        found = await rows(self.pool, _SELECTIONS, {"since": since, "people": list(candidate_ids)})
        return [Selection.model_validate(row) for row in found]

    async def ask(self, introduction: Introduction) -> None:
        """Keep an employer's question; asked a second time, the first one stands. Raises Gone without such a candidate."""
        async with transaction(self.pool) as connection:
            key = await self._keys.known(connection, introduction.candidate_id)
            where = place("introductions", introduction.job_id, introduction.asked_by)
            sealed = key.seal(where, introduction.message.encode())
            await connection.execute(_ASK, introduction.model_dump() | {"sealed": sealed})

    async def answer(
        self, candidate_id: UUID, job_id: UUID, asked_by: str, *, agreed: bool, now: datetime
    ) -> Introduction:
        """Keep the person's answer. Raises Gone where nobody asked."""
        values = {"candidate": candidate_id, "job": job_id, "asked_by": asked_by, "agreed": agreed, "now": now}
        found = await rows(self.pool, _ANSWER, values)
        if not found:
            raise Gone("nobody asked that", where=WHERE)
        return self._introduction(found[0])

    async def introductions(
        self, *, candidate_id: UUID | None = None, job_id: UUID | None = None
    ) -> list[Introduction]:
        """Those of a candidate or of a job, the newest first."""
        found = await rows(self.pool, _INTRODUCTIONS, {"candidate": candidate_id, "job": job_id})
        return [self._introduction(row) for row in found]

    def _introduction(self, row: DictRow) -> Introduction:
        ((_, message),) = self._opened([row], "introductions", "asked_by")
        return Introduction.model_validate(
            {name: value for name, value in row.items() if name != "sealed"} | {"message": message.decode()}
        )

    def _opened(self, found: Sequence[DictRow], table: str, *names: str) -> Iterator[tuple[DictRow, bytes]]:
        """Rows that were joined with `person_keys`, with what is sealed in them: each person's key is opened once."""
        keys: dict[UUID, PersonKey] = {}
        for row in found:
            who = row["candidate_id"]
            key = keys.get(who)
            if key is None:
                key = keys[who] = self._keys.of_row(who, row)
            yield row, key.open(place(table, row["job_id"], *(row[name] for name in names)), row["sealed"])


def _match_columns(keys: Mapping[UUID, PersonKey], matches: Sequence[Match]) -> dict[str, Any]:
    contents = [(keys[match.candidate_id], match, _content(match)) for match in matches]
    return {
        "people": [match.candidate_id for match in matches],
        "jobs": [match.job_id for match in matches],
        "scores": [match.score for match in matches],
        "sealed": [key.seal(place("matches", match.job_id), content) for key, match, content in contents],
        "prints": [print_of(match, key.print_of) for key, match, _ in contents],
    }


def _known(key: PersonKey, row: DictRow) -> KnownMatches:
    told = list(_TOLD.iter_unpack(row["told"] or b""))
    scores = {UUID(bytes=job): score for job, score in _UNTOLD.iter_unpack(row["untold"] or b"")}
    prints = dict.fromkeys(scores, b"")
    for job, score, kept in told:
        job_id = UUID(bytes=job)
        scores[job_id], prints[job_id] = score, kept
    return KnownMatches(scores, prints, key.print_of)


def _content(match: Match) -> bytes:
    return match.model_dump_json().encode()
