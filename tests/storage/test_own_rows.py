"""Whoever acts for a person sees that person's rows alone, even where a statement forgets to ask for them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from quiethire.domain import acting
from quiethire.domain.access import digest_of, personal_key
from quiethire.domain.accounts import Account, Credentials, Role, Session
from quiethire.domain.candidate import Candidate, Feedback, Introduction, Verdict
from quiethire.domain.errors import Gone
from quiethire.domain.matching import Decision, Match
from quiethire.domain.resume import Resume, ResumeKind
from quiethire.storage.postgres import (
    MasterKeys,
    Pool,
    PostgresAccounts,
    PostgresApiKeys,
    PostgresCandidates,
    PostgresMatches,
    PostgresProfileVectors,
    migrate,
    open_pool,
)
from quiethire.storage.postgres.connection import rows

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADA, BOB, JOB = UUID(int=8), UUID(int=9), UUID(int=1)
MASTERS = MasterKeys("a master key for tests alone")
HANGING = ("account_secrets", "api_key_secrets")
"""Tables that name nobody by themselves: digests of the secrets of sessions and keys."""


@pytest.fixture
async def pool(postgres_dsn: str) -> AsyncIterator[Pool]:
    await migrate(postgres_dsn)
    async with open_pool(postgres_dsn) as pool:
        await live(pool, ADA)
        await live(pool, BOB)
        yield pool


async def live(pool: Pool, who: UUID) -> None:
    """A life that leaves something in every table of people."""
    candidates, matches = PostgresCandidates(pool, MASTERS), PostgresMatches(pool, MASTERS)
    await candidates.save(Candidate(id=who, name=f"Name {who.int}"))
    await candidates.save_resume(who, Resume(kind=ResumeKind.TEXT, text="text"))
    await matches.save_matches([Match(candidate_id=who, job_id=JOB, score=90, factors=())])
    said = {"candidate_id": who, "job_id": JOB, "verdict": Verdict.INTERESTED, "at": NOW}
    await matches.give_feedback(Feedback.model_validate(said))
    await matches.ask(Introduction(candidate_id=who, job_id=JOB, asked_by="key:a", asked_at=NOW))
    line = {"run": "r", "at": NOW, "candidate_id": who, "job_id": JOB, "values": {}, "score": 90, "rank": 1}
    hashes = {"profile_hash": "p", "posting_hash": "q", "engine": "engine/1"}
    await matches.log([Decision.model_validate(line | hashes)])
    await PostgresProfileVectors(pool).keep("model", who, {"a" * 64: (0.5,) * 384})
    key, secret = personal_key(who, name="k", now=NOW)
    await PostgresApiKeys(pool).add(key, digest_of(secret))
    accounts = PostgresAccounts(pool, MASTERS)
    await accounts.add(Account(id=who, role=Role.CANDIDATE, created_at=NOW), Credentials(email=f"{who.int}@n.example"))
    times = {"created_at": NOW, "last_used_at": NOW, "expires_at": NOW + timedelta(days=1)}
    await accounts.begin(Session(id=uuid4(), account_id=who, is_browser=False, **times), who.bytes)


async def tables_of_people(pool: Pool) -> dict[str, str]:
    """Every table that hangs on a person, by its foreign keys, and the column that names them."""
    hanging = """
        SELECT c.conrelid::regclass::text AS name, c.confrelid::regclass::text AS onto, a.attname AS person
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f'
    """
    keys = await rows(pool, hanging, {})
    found = {"person_keys": "person"}
    for _ in range(4):
        found |= {row["name"]: row["person"] for row in keys if row["onto"] in found}
    return {name: person for name, person in found.items() if name not in HANGING}


async def test_a_query_that_asks_for_all_sees_ones_own_rows_in_every_table_of_people(pool: Pool) -> None:
    tables = await tables_of_people(pool)
    assert {"candidates", "resumes", "matches", "accounts", "account_sessions", "api_keys"} <= set(tables)
    for name, person in tables.items():
        query = f"SELECT {person} AS who FROM {name}"
        assert {row["who"] for row in await rows(pool, query, {})} == {ADA, BOB}, name
        with acting.request():
            acting.act_for(ADA)
            assert {row["who"] for row in await rows(pool, query, {})} == {ADA}, name
        assert {row["who"] for row in await rows(pool, query, {})} == {ADA, BOB}, name


async def test_a_change_of_all_changes_ones_own(pool: Pool) -> None:
    with acting.request():
        acting.act_for(ADA)
        await rows(pool, "UPDATE candidates SET active = false", {})
        await rows(pool, "DELETE FROM matches", {})
    found = await rows(pool, "SELECT id, active FROM candidates ORDER BY id", {})
    assert [(row["id"], row["active"]) for row in found] == [(ADA, False), (BOB, True)]
    assert [row["candidate_id"] for row in await rows(pool, "SELECT candidate_id FROM matches", {})] == [BOB]


async def test_secrets_are_seen_made_and_dropped_for_ones_own_sessions_and_keys_alone(pool: Pool) -> None:
    [[session]] = [
        row.values() for row in await rows(pool, f"SELECT id FROM account_sessions WHERE account_id = '{BOB}'", {})
    ]
    [[prefix]] = [
        row.values() for row in await rows(pool, f"SELECT prefix FROM api_keys WHERE candidate_id = '{BOB}'", {})
    ]
    with acting.request():
        acting.act_for(ADA)
        for name in HANGING:
            assert len(await rows(pool, f"DELETE FROM {name} RETURNING 1", {})) == 1
        for statement in (
            f"INSERT INTO account_secrets (digest, session_id) VALUES ('x', '{session}')",
            f"INSERT INTO api_key_secrets (digest, prefix) VALUES ('x', '{prefix}')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                await rows(pool, statement, {})
    for name in HANGING:
        assert len(await rows(pool, f"SELECT 1 FROM {name}", {})) == 1


async def test_nobody_writes_in_anothers_name(pool: Pool) -> None:
    with acting.request():
        acting.act_for(ADA)
        for statement in (
            f"INSERT INTO feedback (candidate_id, job_id, sealed, at) VALUES ('{BOB}', '{BOB}', '', now())",
            f"UPDATE resumes SET candidate_id = '{BOB}'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                await rows(pool, statement, {})


async def test_the_stores_find_ones_own_and_nobody_else(pool: Pool) -> None:
    candidates = PostgresCandidates(pool, MASTERS)
    with acting.request():
        acting.act_for(ADA)
        assert (await candidates.get(ADA)) is not None
        assert (await candidates.get(BOB)) is None
        assert [one.id for one in await candidates.page(limit=9)] == [ADA]
        with pytest.raises(Gone):
            await candidates.change(BOB, lambda was: was)
        await candidates.erase(ADA)
    assert [one.id for one in await candidates.page(limit=9)] == [BOB]
    assert await rows(pool, "SELECT account_id AS who FROM account_sessions", {}) == [{"who": BOB}]


async def test_ones_own_account_is_changed_and_nobody_elses_sessions_are_seen_or_ended(pool: Pool) -> None:
    accounts = PostgresAccounts(pool, MASTERS)
    with acting.request():
        acting.act_for(ADA)
        changed = await accounts.change(ADA, lambda known: known.model_copy(update={"password": "new"}))
        assert changed == await accounts.credentials(ADA)
        assert (await accounts.get(BOB), await accounts.credentials(BOB)) == (None, None)
        assert await accounts.sessions(BOB, NOW) == []
        assert await accounts.end(BOB, NOW) == 0
        [mine] = await accounts.sessions(ADA, NOW)
        await accounts.passed(mine.id)
        assert (await accounts.sessions(ADA, NOW))[0].second_factor
        assert await accounts.end(ADA, NOW) == 1
    assert len(await accounts.sessions(BOB, NOW)) == 1


async def test_a_connection_serves_everybody_again_after_a_person(pool: Pool) -> None:
    for _ in range(12):
        with acting.request():
            acting.act_for(BOB)
            await rows(pool, "SELECT FROM candidates", {})
        [row] = await rows(pool, "SELECT current_setting('role') AS role, acting_person() AS person", {})
        assert (row["role"], row["person"]) == ("none", None)


async def test_a_person_cannot_leave_the_role_by_what_the_program_sends(pool: Pool) -> None:
    with acting.request():
        acting.act_for(ADA)
        for statement in (
            "ALTER TABLE candidates DISABLE ROW LEVEL SECURITY",
            "DROP POLICY own_rows ON candidates",
            "TRUNCATE matches",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await rows(pool, statement, {})
