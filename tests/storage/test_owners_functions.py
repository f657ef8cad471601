"""Functions that run as the owner of the tables do there what they are for, whoever calls them and whatever else is called so."""

from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest

from quiethire.domain import acting
from quiethire.domain.journal import Deed, verified
from quiethire.storage.postgres import Pool, PostgresJournal, migrate, open_pool
from quiethire.storage.postgres.connection import rows, transaction

ADA = UUID(int=8)
_SAVED = """
    INSERT INTO saved_searches (id, owner, name, parameters, query, channel, frequency, status, address, created_at, since)
    VALUES (gen_random_uuid(), 'key:bbbbbbbb', 'Data', '{}', '{}', 'email', 'instant', 'active', 'ann@north.example', now(), now())
"""
_COUNT = "SELECT searches_of_address('ANN@north.example', gen_random_uuid()) AS searches"
_OWNERS = """
    SELECT p.oid::regprocedure::text AS name, p.proconfig AS settings, current_schema() AS schema, EXISTS (
        SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS granted
        WHERE granted.grantee = 0 AND granted.privilege_type = 'EXECUTE'
    ) AS anybodys
    FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = current_schema()::text::regnamespace
"""


@pytest.fixture
async def pool(postgres_dsn: str) -> AsyncIterator[Pool]:
    await migrate(postgres_dsn)
    async with open_pool(postgres_dsn) as pool:
        yield pool


async def test_each_names_its_schema_looks_at_temporary_tables_last_and_is_not_anybodys(pool: Pool) -> None:
    found = await rows(pool, _OWNERS, {})
    assert {row["name"].partition("(")[0] for row in found} == {
        "end_searches",
        "journal_add",
        "may_be_search",
        "searches_of_address",
        "searches_of_prints",
    }
    for row in found:
        assert row["settings"] == [f"search_path={row['schema']}, pg_temp"], row["name"]
        assert not row["anybodys"], row["name"]


async def test_searches_are_counted_where_they_are_kept(pool: Pool) -> None:
    await rows(pool, _SAVED, {})
    with acting.request():
        acting.act_as("key:aaaaaaaa")
        async with transaction(pool) as connection:
            await connection.execute("CREATE TEMPORARY TABLE saved_searches (LIKE saved_searches) ON COMMIT DROP")
            counted = await (await connection.execute(_COUNT.encode())).fetchone()
    assert counted == {"searches": 1}


async def test_a_line_of_the_journal_is_written_where_it_is_kept(pool: Pool) -> None:
    journal = PostgresJournal(pool)
    with acting.request():
        acting.act_for(ADA)
        async with transaction(pool) as connection:
            await connection.execute(
                "CREATE TEMPORARY TABLE journal (seq bigint, at timestamptz, who text, deed text, whom text, "
                "request_id text, previous bytea, hash bytea) ON COMMIT DROP"
            )
            await connection.execute("SELECT journal_add('person:a', 'exported', '', '')")
    await journal.add("operator", Deed.ERASED, "", "")
    assert [line.who async for line in journal.lines()] == ["person:a", "operator"]
    assert (await verified(journal.lines())).wrong is None


async def test_who_acts_for_a_person_reads_no_dead_letter(pool: Pool) -> None:
    with acting.request():
        acting.act_for(ADA)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await rows(pool, "SELECT payload FROM dead_letters", {})
