"""What PostgreSQL does beyond the contracts: migrations, time limits, errors and unique keys."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from quiethire.domain.company import BoardCandidate, Company, DiscoveryMethod, Subdomain, UrlType, company_id
from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.page import UNTRACED, FetchedVia, FetchSpec, PageRef
from quiethire.storage.postgres import Pool, PostgresCompanies, PostgresPages, migrate, open_pool
from quiethire.storage.postgres.connection import POOL_SIZE, STATEMENT_TIMEOUT_MS, rows, transaction
from quiethire.storage.postgres.migration import Migration, migrations

FIRST = Migration(version=1, name="first", sql="CREATE TABLE one (id integer)")


@pytest.fixture
async def pool(postgres_dsn: str) -> AsyncIterator[Pool]:
    await migrate(postgres_dsn)
    async with open_pool(postgres_dsn) as pool:
        yield pool


async def tables(dsn: str) -> set[str]:
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        cursor = await connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in await cursor.fetchall()}


async def sleep_beyond_the_limit(pool: Pool) -> None:
    async with transaction(pool) as connection:
        await connection.execute("SET LOCAL statement_timeout = 10")
        await connection.execute("SELECT pg_sleep(60)")


async def test_migrations_are_applied_once(postgres_dsn: str) -> None:
    assert await migrate(postgres_dsn) == [f"{one.version:04}_{one.name}" for one in migrations()]
    assert await migrate(postgres_dsn) == []
    assert await tables(postgres_dsn) >= {
        *("companies", "boards", "discovered_urls", "discovered_subdomains", "dork_results", "crawls"),
        *("crawl_queue", "candidates", "matches", "page_fetches", "schema_migrations"),
    }


def test_migrations_are_numbered_without_gaps() -> None:
    assert [one.version for one in migrations()] == list(range(1, len(migrations()) + 1))


async def test_callers_at_once_apply_each_migration_once(postgres_dsn: str) -> None:
    done = await asyncio.gather(*(migrate(postgres_dsn) for _ in range(4)))
    assert sorted(name for names in done for name in names) == [f"{m.version:04}_{m.name}" for m in migrations()]


async def test_an_edited_migration_is_refused_by_name(postgres_dsn: str) -> None:
    await migrate(postgres_dsn, [FIRST])
    edited = FIRST.model_copy(update={"sql": "CREATE TABLE one (id bigint)"})
    with pytest.raises(InvalidInput, match="0001_first was edited") as error:
        await migrate(postgres_dsn, [edited])
    assert error.value.kind == "edited_migration"


async def test_a_database_newer_than_the_program_is_refused(postgres_dsn: str) -> None:
    second = Migration(version=2, name="second", sql="CREATE TABLE two (id integer)")
    await migrate(postgres_dsn, [FIRST, second])
    with pytest.raises(InvalidInput, match="0002_second") as error:
        await migrate(postgres_dsn, [FIRST])
    assert error.value.kind == "unknown_migration"


async def test_a_migration_that_fails_leaves_nothing_of_itself(postgres_dsn: str) -> None:
    broken = Migration(version=2, name="broken", sql="CREATE TABLE two (id integer); SELECT 1 / 0")
    with pytest.raises(InvalidInput):
        await migrate(postgres_dsn, [FIRST, broken])
    assert await tables(postgres_dsn) == {"one", "schema_migrations"}
    assert await migrate(postgres_dsn, [FIRST]) == []


WIDER = Migration(version=2, name="wider", sql="ALTER TABLE one ADD COLUMN more integer")


async def test_a_migration_that_waits_for_a_table_keeps_nobody_else_from_it(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup holds every table that it has read until it ends, and whoever asks for a table later stands behind the migration."""
    monkeypatch.setattr("quiethire.storage.postgres.migration.AGAIN_AFTER", timedelta(milliseconds=200))
    await migrate(postgres_dsn, [FIRST])
    async with await psycopg.AsyncConnection.connect(postgres_dsn) as backup:
        await backup.execute("SELECT * FROM one")
        migrating = asyncio.create_task(migrate(postgres_dsn, [FIRST, WIDER]))
        await has_waited(postgres_dsn)
        async with open_pool(postgres_dsn) as pool:
            for _ in range(3):
                assert await rows(pool, "SELECT * FROM one", {}) == []
        assert not migrating.done()
    assert await migrating == ["0002_wider"]


async def has_waited(dsn: str) -> None:
    """Return once somebody waits for a table."""
    asked = """
        SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
    async with asyncio.timeout(30), await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        while await (await connection.execute(asked)).fetchone() == (0,):
            pass


async def test_a_migration_that_never_gets_its_table_says_why(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quiethire.storage.postgres.migration.AGAIN_AFTER", timedelta(0))
    monkeypatch.setattr("quiethire.storage.postgres.migration.TABLE_WAIT", timedelta(milliseconds=50))
    monkeypatch.setattr("quiethire.storage.postgres.migration.TRIES", 2)
    await migrate(postgres_dsn, [FIRST])
    async with await psycopg.AsyncConnection.connect(postgres_dsn) as backup:
        await backup.execute("SELECT * FROM one")
        with pytest.raises(Transient, match="0002_wider") as error:
            await migrate(postgres_dsn, [FIRST, WIDER])
    assert "backup" in (error.value.hint or "")
    assert await migrate(postgres_dsn, [FIRST, WIDER]) == ["0002_wider"]


async def test_the_indexes_of_the_data_model_are_there(pool: Pool) -> None:
    found = await rows(pool, "SELECT tablename || ' ' || indexdef AS it FROM pg_indexes", {})
    definitions = "\n".join(row["it"] for row in found)
    for index in (
        "public.companies USING btree (domain)",
        "public.companies USING btree (last_crawled_at",
        "public.discovered_urls USING btree (company_id)",
        "public.discovered_urls USING btree (crawled)",
        "public.crawl_queue USING btree (status, priority)",
    ):
        assert index in definitions


async def test_storing_findings_twice_inserts_no_row_twice(pool: Pool) -> None:
    found = BoardCandidate(
        url="https://a.example/jobs", url_type=UrlType.CAREER_PAGE, discovered_via=DiscoveryMethod.OSINT, confidence=0.5
    )
    hosts = [
        Subdomain(subdomain="jobs.a.example", method="dns", is_job_related=True),
        Subdomain(subdomain="www.a.example", method="crt", is_job_related=False),
    ]
    for _ in range(2):
        await PostgresCompanies(pool).store_discovered("a.example", [found], hosts)
    stored = await rows(
        pool, "SELECT subdomain, method, is_job_related FROM discovered_subdomains ORDER BY subdomain", {}
    )
    assert [Subdomain.model_validate(row) for row in stored] == hosts
    assert (await rows(pool, "SELECT count(*) AS n FROM discovered_urls", {}))[0]["n"] == 1


async def test_every_fetch_is_kept_once(pool: Pool) -> None:
    index, spec = PostgresPages(pool), FetchSpec(url="https://a.example/")
    for second in (1, 2, 1):
        ref = PageRef(
            url=spec.url,
            final_url=spec.url,
            status=200,
            content_type="text/html",
            content_hash=hashlib.sha256(b"").hexdigest(),
            size=0,
            fetched_at=datetime(2026, 11, 2, 0, 0, second, tzinfo=UTC),
            via=FetchedVia.HTTP,
        )
        await index.record(spec, ref, UNTRACED)
    assert (await rows(pool, "SELECT count(*) AS n FROM page_fetches", {}))[0]["n"] == 2


async def test_hashes_of_text_are_those_of_its_utf8_bytes(pool: Pool) -> None:
    texts = ["", "plain", "\\", "\\x00", "a\\\\b\\001", "Ünï 数据"]
    found = await rows(pool, "SELECT text_sha256(t) AS h FROM unnest(%(texts)s::text[]) AS t", {"texts": texts})
    assert [row["h"] for row in found] == [hashlib.sha256(text.encode()).digest() for text in texts]


async def test_text_that_postgresql_cannot_hold_is_invalid_input(pool: Pool) -> None:
    company = Company(id=company_id("a.example"), domain="a.example", name="nul \x00")
    with pytest.raises(InvalidInput) as error:
        await PostgresCompanies(pool).add([company])
    assert (error.value.kind, error.value.where) == ("unstorable", "postgresql")


async def test_statements_end_by_themselves(pool: Pool) -> None:
    assert await rows(pool, "SHOW statement_timeout", {}) == [{"statement_timeout": f"{STATEMENT_TIMEOUT_MS // 1000}s"}]
    with pytest.raises(Transient, match="statement timeout"):
        await sleep_beyond_the_limit(pool)


async def test_a_pool_that_is_used_up_is_transient(pool: Pool) -> None:
    held = [await pool.getconn() for _ in range(POOL_SIZE)]
    try:
        with pytest.raises(Transient) as error:
            await PostgresCompanies(pool).count()
    finally:
        for connection in held:
            await pool.putconn(connection)
    assert error.value.where == "postgresql"


async def test_a_lost_connection_is_replaced(pool: Pool, postgres_dsn: str) -> None:
    assert await PostgresCompanies(pool).count() == 0
    async with await psycopg.AsyncConnection.connect(postgres_dsn, autocommit=True) as admin:
        # Waits until they have ended: one that is only asked to may still take a statement, and refuses it.
        ended = await admin.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert {row[0] for row in await ended.fetchall()} == {True}
    assert await PostgresCompanies(pool).count() == 0


async def test_a_database_without_tables_says_what_to_do(postgres_dsn: str) -> None:
    async with open_pool(postgres_dsn) as pool:
        with pytest.raises(InvalidInput, match="run the migrations") as error:
            await PostgresCompanies(pool).count()
    assert error.value.kind == "not_migrated"


async def test_a_server_that_is_not_there_is_transient(unused_port: int) -> None:
    dsn = f"postgresql://nobody@127.0.0.1:{unused_port}/none"
    with pytest.raises(Transient, match="postgresql"):
        async with open_pool(dsn):
            pass
    with pytest.raises(Transient, match="postgresql"):
        await migrate(dsn)


@pytest.mark.parametrize("dsn", ["mysql://x@y/z", "postgresql://a b c"])
async def test_what_is_no_dsn_is_invalid_input(dsn: str) -> None:
    with pytest.raises(InvalidInput) as error:
        async with open_pool(dsn):
            pass
    assert error.value.kind == "invalid_dsn"
    with pytest.raises(InvalidInput):
        await migrate(dsn)
