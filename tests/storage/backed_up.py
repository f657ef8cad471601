"""Platforms to back up and to restore, and what is in them."""

import uuid
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from quiethire.domain.access import digest_of, personal_key
from quiethire.domain.alerts import AlertStatus, Channel, Frequency, SavedSearch, digest_id, digest_owner
from quiethire.domain.backup import RestoreInput
from quiethire.domain.board import Board
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import InvalidInput
from quiethire.domain.lifecycle import observe
from quiethire.domain.posting import JobPosting, Location, job_id
from quiethire.domain.search import SearchQuery
from quiethire.storage import postgres
from quiethire.storage.backup import KEYS, open_backup, restore_stores, stoppable, write_backup
from quiethire.storage.backup.clickhouse_tables import ClickHouseTables
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from quiethire.storage.erasures import RememberingCandidates
from quiethire.storage.pages import open_archive

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MASTER = "the-master-key-of-these-tests"
POSTINGS, PEOPLE = 300, 200
AWKWARD = "tab\tline\nback\\slash 'quote' \\N żółw 🐢 \x01\x02"


def posting(number: int) -> JobPosting:
    identity = f"greenhouse/northwind/{number}"
    return JobPosting(
        id=job_id(identity),
        identity=identity,
        url=f"https://boards.greenhouse.io/northwind/jobs/{number}",
        board_key="greenhouse/northwind",
        ats="greenhouse",
        external_id=str(number),
        title=f"Engineer {number}",
        company_name="Northwind",
        locations=(Location(name="Berlin", city="Berlin", country="DE", lat=52.52, lon=13.405),),
        description_text=f"{AWKWARD} {number}",
        requirements=("Python",),
        skills=("Python", "SQL"),
        quality_score=90,
    )


def person(number: int) -> Candidate:
    return Candidate(id=uuid.uuid5(uuid.NAMESPACE_OID, str(number)), name=f"Zyqvaxorn {number}")


@asynccontextmanager
async def database(server):
    """An empty database of PostgreSQL."""
    name = f"backup_{uuid.uuid4().hex}"
    async with await psycopg.AsyncConnection.connect(server, autocommit=True) as admin:
        await admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{server.rpartition('/')[0]}/{name}"
        await admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@asynccontextmanager
async def people_of(settings):
    masters = postgres.MasterKeys(settings.person_key)
    async with postgres.open_pool(settings.postgres_dsn) as pool:
        yield RememberingCandidates(pool, masters, open_archive(settings, postgres.PostgresPages(pool)).store)


async def fill(settings):
    """A platform with some of everything."""
    await postgres.migrate(settings.postgres_dsn)
    with closing(open_clickhouse(settings.clickhouse_dsn, settings.data_path / "clickhouse")) as engine:
        store = ClickHousePostings(engine)
        await store.migrate()
        first = observe({}, [posting(number) for number in range(POSTINGS)], NOW)
        await store.save(first.rows, first.events)
        again = observe(
            {row.posting.id: row for row in first.rows},
            [posting(number) for number in range(9)],
            NOW + timedelta(hours=1),
        )
        await store.save(again.rows, again.events)
    async with people_of(settings) as people, postgres.open_pool(settings.postgres_dsn) as pool:
        boards = postgres.PostgresBoards(pool)
        await boards.add(Board(ats="greenhouse", token="northwind", url="https://x.example", company_name=AWKWARD))
        for number in range(PEOPLE):
            await people.save(person(number))
        whose = person(0).id
        key, secret = personal_key(whose, name="candidate", now=NOW)
        await postgres.PostgresApiKeys(pool).add(key, digest_of(secret))
        await postgres.PostgresAlerts(pool, postgres.MasterKeys(settings.person_key)).save(digest(whose))


def digest(whose):
    return SavedSearch(
        id=digest_id(whose),
        owner=digest_owner(whose),
        name="matches",
        parameters="{}",
        query=SearchQuery(),
        channel=Channel.EMAIL,
        frequency=Frequency.DAILY,
        status=AlertStatus.ACTIVE,
        created_at=NOW,
        since=NOW,
    )


async def written(settings, asked):
    return await stoppable(lambda tell: write_backup(settings, asked, tell), lambda part, done: None)


async def restored(settings, file, keys=None, **asked):
    """Where a test says nothing of the ledger, it does without."""
    file = Path(file)
    given = RestoreInput(**({"without_ledger": "ledger" not in asked} | asked))
    with open_backup(file, Path(keys or file.parent / KEYS)) as backup:
        return await restore_stores(settings, backup, given, lambda part, done: None)


def rows_of(dsn):
    """Every row of every table, as text."""
    with psycopg.connect(dsn) as connection:
        tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {
            table: sorted(
                row for (row,) in connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
            )
            for table in tables
        }


def lines_of(settings):
    """Every row of every table of ClickHouse, as text."""
    with closing(open_clickhouse(settings.clickhouse_dsn, settings.data_path / "clickhouse")) as engine:
        tables = ClickHouseTables(engine)
        return {
            name: sorted(b"".join(tables.content(name, columns)).split(b"\n"))
            for name, columns in tables.tables().items()
        }


def is_untouched(settings):
    """Nothing was ever written there."""
    with psycopg.connect(settings.postgres_dsn) as connection:
        return connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def told_of(dsn, who):
    """Tables that hold this id."""
    return {table for table, rows in rows_of(dsn).items() if any(str(who) in row for row in rows)}


async def refused(settings, file, keys=None, **asked):
    with pytest.raises(InvalidInput) as failure:
        await restored(settings, file, keys, **asked)
    return failure.value.kind
