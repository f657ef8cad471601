"""Whoever acts for a person sees that person's rows alone, even where a statement forgets to ask for them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from alert_examples import saved

from quiethire.domain import acting
from quiethire.domain.access import digest_of, personal_key
from quiethire.domain.accounts import Account, Credentials, Role, Session
from quiethire.domain.alerts import AlertStatus, Channel, digest_id, digest_owner
from quiethire.domain.candidate import Candidate, Feedback, Introduction, Verdict
from quiethire.domain.errors import Gone
from quiethire.domain.journal import Deed
from quiethire.domain.matching import Decision, Match
from quiethire.domain.resume import Resume, ResumeKind
from quiethire.settings import Settings
from quiethire.storage.erasures import RememberingCandidates
from quiethire.storage.pages import open_archive
from quiethire.storage.postgres import (
    MasterKeys,
    Pool,
    PostgresAccounts,
    PostgresAlerts,
    PostgresApiKeys,
    PostgresCandidates,
    PostgresJournal,
    PostgresMatches,
    PostgresPages,
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
OF_OWNERS = ("saved_searches", "alert_deliveries", "alerted", "alerted_jobs")
"""Tables that are held apart by the owners of searches, most of whom are no person: test_own_alerts.py."""


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
    return {name: person for name, person in found.items() if name not in HANGING + OF_OWNERS}


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
        await rows(pool, "DELETE FROM feedback", {})
    found = await rows(pool, "SELECT id, active FROM candidates ORDER BY id", {})
    assert [(row["id"], row["active"]) for row in found] == [(ADA, False), (BOB, True)]
    assert [row["candidate_id"] for row in await rows(pool, "SELECT candidate_id FROM feedback", {})] == [BOB]


async def test_secrets_are_made_for_ones_own_keys_alone_and_go_with_them_alone(pool: Pool) -> None:
    [[prefix]] = [
        row.values() for row in await rows(pool, f"SELECT prefix FROM api_keys WHERE candidate_id = '{BOB}'", {})
    ]
    with acting.request():
        acting.act_for(ADA)
        for statement, why in (
            (f"INSERT INTO api_key_secrets (digest, prefix) VALUES ('x', '{prefix}')", "row-level security"),
            ("SELECT digest FROM api_key_secrets", "permission denied"),
            ("SELECT digest FROM account_secrets", "permission denied"),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match=why):
                await rows(pool, statement, {})
        await rows(pool, "DELETE FROM api_keys", {})
    assert [row["prefix"] for row in await rows(pool, "SELECT prefix FROM api_key_secrets", {})] == [prefix]


NEVER_ASKED = (
    "UPDATE accounts SET role = 'admin'",
    "UPDATE accounts SET locked_at = NULL",
    "UPDATE api_keys SET scopes = '{operate}'",
    "UPDATE account_sessions SET expires_at = 'infinity'",
    "INSERT INTO accounts SELECT * FROM accounts",
    "DELETE FROM matches",
    "UPDATE introductions SET asked_by = 'key:b'",
    "INSERT INTO decisions SELECT * FROM decisions",
    "SELECT sealed FROM account_links",
    "UPDATE erasure_key SET key = ''",
    "SELECT erased_at FROM erased_people",
    "SELECT domain FROM companies",
    "DELETE FROM crawl_queue",
    "UPDATE boards SET url = ''",
    "SELECT body FROM later",
    "SELECT nextval('later_id_seq')",
)


async def test_what_no_request_of_a_person_does_is_refused_whoever_the_rows_are_of(pool: Pool) -> None:
    await rows(pool, "CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY, body text)", {})
    with acting.request():
        acting.act_for(ADA)
        for statement in NEVER_ASKED:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
                await rows(pool, statement, {})


async def test_all_that_requests_of_a_person_ask_of_the_stores_is_granted(pool: Pool, tmp_path: Path) -> None:
    ledger = open_archive(Settings(data_dir=tmp_path), PostgresPages(pool)).store
    candidates, matches = RememberingCandidates(pool, MASTERS, ledger), PostgresMatches(pool, MASTERS)
    keys, accounts, alerts = PostgresApiKeys(pool), PostgresAccounts(pool, MASTERS), PostgresAlerts(pool, MASTERS)
    with acting.request():
        acting.act_for(ADA)
        await candidates.change(ADA, lambda now: now.model_copy(update={"name": "Countess"}))
        for _ in range(2):
            await candidates.save_resume(ADA, Resume(kind=ResumeKind.TEXT, text="text"))
            await matches.give_feedback(Feedback(candidate_id=ADA, job_id=JOB, verdict=Verdict.INTERESTED, at=NOW))
        assert await candidates.resume(ADA) is not None
        assert await candidates.drop_resume(ADA)
        assert len(await matches.matches(ADA)) == len(await matches.feedback(ADA)) == len(await matches.decisions(ADA))
        await matches.take_feedback_back(ADA, JOB)
        assert (await matches.answer(ADA, JOB, "key:a", agreed=True, now=NOW)).agreed
        assert len(await matches.introductions(candidate_id=ADA)) == 1
        assert set(await PostgresProfileVectors(pool).of("model", [ADA])) == {ADA}
        await alerts_of_a_person(alerts)
        fresh, secret = personal_key(ADA, name="new", now=NOW)
        await keys.add(fresh, digest_of(secret))
        for key in await keys.of_candidate(ADA):
            await keys.used(key.prefix, NOW)
            await keys.revoke(key.prefix, NOW)
        [session] = await accounts.sessions(ADA, NOW)
        await accounts.passed(session.id)
        await accounts.used(session.id, NOW)
        await accounts.change(ADA, lambda now: now.model_copy(update={"password": "new"}), ends_at=NOW)
        assert await accounts.sessions(ADA, NOW) == []
        await PostgresJournal(pool).add("person:a", Deed.ERASED, "", "")
        await keys.drop_of_candidate(ADA)
        await candidates.erase(ADA)
    assert await candidates.get(ADA) is None


async def alerts_of_a_person(alerts: PostgresAlerts) -> None:
    """Their daily mail: asked for, paused, begun again, looked at and ended."""
    own = {"id": digest_id(ADA), "owner": digest_owner(ADA), "channel": Channel.EMAIL, "status": AlertStatus.ACTIVE}
    mine = saved(**own, address="ada@north.example")
    assert [await alerts.may_ask("ada@north.example", NOW, timedelta(minutes=1)) for _ in range(2)] == [True, False]
    assert await alerts.save(mine)
    paused = mine.model_copy(update={"status": AlertStatus.PAUSED})
    await alerts.change(paused, mine)
    await alerts.change(mine, paused)
    assert await alerts.get(mine.id) == mine
    assert await alerts.alerts(mine.id, waiting=True) == []
    await alerts.delete(mine.id)
    await alerts.delete_of(mine.owner)


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
