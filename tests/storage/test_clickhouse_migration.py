"""The table that is made anew: whoever dies, writes or migrates meanwhile, every row is there in the end, and nothing else."""

import asyncio
import itertools
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from clickhouse_connect.driver.client import Client

from benchmarks.clickhouse_front import Engine, clickhouse_front, open_engine
from quiethire import clients
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import correct, observe
from quiethire.domain.posting import JobPosting, Provenance, Source, job_id
from quiethire.settings import Settings
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from quiethire.storage.clickhouse.migrations import migrate
from quiethire.storage.clickhouse.rows import JOB_COLUMNS, job_columns

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SCHEMA = files("quiethire.storage.clickhouse").joinpath("schema")
FORMER = ("0001_jobs.sql", "0002_job_events.sql", "0003_job_fields.sql", "0004_versions.sql")
"""The schema in which rows were sorted by id and said everything twice."""
DATABASES = itertools.count(1)


def posting(number: int, title: str = "Engineer") -> JobPosting:
    identity = f"lever/acme/{number}"
    return JobPosting(
        id=job_id(identity),
        identity=identity,
        url=f"https://jobs.lever.co/acme/{number}",
        board_key="lever/acme",
        ats="lever",
        external_id=str(number),
        title=title,
        company_name="Acme",
        application_url=f"https://jobs.lever.co/acme/{number}/apply",
        description_text="We build <search>.\n\nYou\n- Python\n- Patience",
        description_html="<p>We build &lt;search&gt;.</p><h2>You</h2><ul><li>Python</li><li>Patience</li></ul>",
        requirements=("Python", "Patience"),
        provenance={"title": Provenance(source=Source.ATS, path="$.title")},
        quality_score=80,
        parser_version=1,
    )


def write(client: Client, database: str, job: JobPosting, at: datetime = NOW, table: str = "jobs") -> None:
    """Write a row as the former version did."""
    row = {
        "id": job.id,
        "identity": job.identity,
        "url": job.url,
        "url_hash": "0" * 64,
        "board_key": job.board_key,
        "ats": job.ats,
        "external_id": job.external_id,
        "title": job.title,
        "company_name": job.company_name,
        "remote": job.remote,
        "description": job.description_text,
        "description_html": job.description_html,
        "requirements": list(job.requirements),
        "application_url": job.application_url,
        "quality_score": job.quality_score,
        "provenance": '{"title":{"source":"ats","path":"$.title"}}',
        "content_hash": job.content_hash,
        "created_at": NOW,
        "last_seen_at": NOW,
        "updated_at": at,
        "cause": "opened",
        "parser_version": job.parser_version,
    }
    client.insert(table, [list(row.values())], column_names=list(row), database=database)


class Guided:
    """A client that does something before the statements of its choice."""

    def __init__(self, client: Client, before: Callable[[int, str], None]) -> None:
        self._client, self._before, self.told = client, before, 0

    def command(self, statement: str, **options: Any) -> object:
        self._before(self.told, statement)
        self.told += 1
        return self._client.command(statement, **options)

    def close(self) -> None:
        self._client.close()


def guided(client: Client, before: Callable[[int, str], None]) -> Client:
    return cast("Client", Guided(client, before))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with open_engine(tmp_path_factory.mktemp("server")) as engine:
        yield engine


@pytest.fixture(scope="module")
def dsn(engine: Engine) -> Iterator[str]:
    with clickhouse_front(engine) as address:
        yield f"clickhouse://default:secret@{address}/default?compress=false"


@pytest.fixture(scope="module")
def client(dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    client = open_clickhouse(dsn, tmp_path_factory.mktemp("none"))
    yield client
    client.close()


def make_former(client: Client, database: str) -> None:
    """A database of the former version, with postings 1 to 3: one in two versions, one corrected within its version."""
    client.command(f"CREATE DATABASE {database}")
    for name in FORMER:
        text = re.sub(r"^--.*$", "", SCHEMA.joinpath(name).read_text(encoding="utf-8"), flags=re.MULTILINE)
        for statement in filter(None, map(str.strip, text.split(";"))):
            client.command(statement, parameters={"database": database})
    write(client, database, posting(1))
    write(client, database, posting(2, "Old"), NOW - DAY)
    write(client, database, posting(2))
    write(client, database, posting(3, "Wrong"))
    write(client, database, posting(3))


@pytest.fixture
def former(client: Client) -> Iterator[str]:
    """A database of the former version."""
    database = f"former_{next(DATABASES)}"
    make_former(client, database)
    yield database
    client.command(f"DROP DATABASE {database}")


async def assert_whole(client: Client, database: str, *jobs: JobPosting) -> None:
    """That these are the rows, as this version reads them, and that no other table of postings is left."""
    known = await ClickHousePostings(client, database).known({job.id for job in jobs})
    assert {row.posting.id: row.posting for row in known.values()} == {job.id: job for job in jobs}
    asked = f"SELECT name, sorting_key FROM system.tables WHERE database = '{database}' AND name LIKE 'jobs%'"
    assert client.query(asked).result_rows == [("jobs", "identity")]
    assert client.query(f"SELECT count() FROM {database}.jobs FINAL").result_rows == [(len(jobs),)]


async def test_the_former_table_is_made_anew_with_its_rows(client: Client, former: str) -> None:
    for _ in range(2):
        migrate(client, former)
    await assert_whole(client, former, posting(1), posting(2), posting(3))
    store = ClickHousePostings(client, former)
    row = await store.get(posting(1).id)
    assert row is not None
    assert (row.first_seen_at, row.cause, row.is_open) == (NOW, "opened", True)
    assert observe(await store.known_of([posting(1)]), [posting(1)], NOW + DAY).unchanged == 1


async def test_rows_of_before_and_of_the_former_release_count_as_written_when_they_say(
    client: Client, former: str
) -> None:
    """Taken for written just now, all of them would be indexed anew after an upgrade."""
    migrate(client, former)
    store = ClickHousePostings(client, former)
    columns = "id, identity, url_stored, ats, title, company_name, description, updated_at"
    client.command(
        f"INSERT INTO {former}.jobs ({columns})"
        f" VALUES ('{posting(4).id}', '{posting(4).identity}', 'x', 'lever', 'T', 'Acme', '', '{NOW - DAY:%F %T}')"
    )
    for _ in range(2):
        assert await store.written_since(NOW) == {posting(number).id for number in (1, 2, 3)}
        assert await store.written_since(NOW - DAY) == {posting(number).id for number in (1, 2, 3, 4)}
        assert await store.written_since(NOW + DAY / 2) == set()
        client.command(f"OPTIMIZE TABLE {former}.jobs FINAL")
    row = await store.get(posting(1).id)
    assert row is not None
    now = datetime.now(UTC)
    await store.save([correct(row, posting(1, "Better"), NOW)[0]], [])
    assert await store.written_since(now) == {posting(1).id}


STATEMENTS = 40
"""More than a migration has: the last of the deaths come after its end."""


def dies_before(number: int, statement: str = "") -> Callable[[int, str], None]:
    def die(told: int, asked: str) -> None:
        if told == number or (statement and asked.startswith(statement)):
            raise Transient("killed")

    return die


async def test_a_death_at_any_statement_is_mended_by_the_next_run(client: Client) -> None:
    survived = 0
    for number in range(STATEMENTS):
        database = f"dying_{number}"
        make_former(client, database)
        try:
            migrate(guided(client, dies_before(number)), database)
        except Transient:
            migrate(client, database)
        else:
            survived += 1
        await assert_whole(client, database, posting(1), posting(2), posting(3))
        client.command(f"DROP DATABASE {database}")
        if survived:
            break
    assert survived


async def test_what_a_worker_writes_meanwhile_is_taken_over(client: Client, former: str) -> None:
    def write_on(told: int, statement: str) -> None:
        if statement.startswith("EXCHANGE"):
            write(client, former, posting(2, "Newer"), NOW + DAY)
            write(client, former, posting(3, "Better").model_copy(update={"parser_version": 2}))
            write(client, former, posting(4))
        elif statement.startswith("INSERT INTO {database:Identifier}.jobs ("):
            write(client, former, posting(5), table="jobs_by_identity")  # begun before the exchange, done after it

    migrate(guided(client, write_on), former)
    better = posting(3, "Better").model_copy(update={"parser_version": 2})
    await assert_whole(client, former, posting(1), posting(2, "Newer"), better, posting(4), posting(5))


async def test_what_was_corrected_after_a_death_is_not_overwritten_by_the_former_row(
    client: Client, former: str
) -> None:
    with pytest.raises(Transient):
        migrate(guided(client, dies_before(-1, "DROP TABLE")), former)
    store = ClickHousePostings(client, former)
    better = posting(1, "Better").model_copy(update={"parser_version": 2})
    rows = await store.known({posting(1).id})
    corrected, _ = correct(rows[posting(1).id], better, NOW)
    # By the release that sorted rows so, which did not say yet when it wrote them.
    client.insert("jobs", job_columns([corrected]), column_names=JOB_COLUMNS, database=former, column_oriented=True)
    migrate(client, former)
    await assert_whole(client, former, better, posting(2), posting(3))


async def test_of_two_that_migrate_at_once_one_waits_for_the_other(
    client: Client, dsn: str, settings: Settings, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchanging, go_on = threading.Event(), threading.Event()

    def stop(told: int, statement: str) -> None:
        if statement.startswith("EXCHANGE"):
            exchanging.set()
            assert go_on.wait(30)

    opened: list[Guided] = []

    def open_guided(address: str | None, path: Path) -> Client:
        opened.append(Guided(open_clickhouse(address, path), stop))
        return cast("Client", opened[-1])

    monkeypatch.setattr(clients, "open_clickhouse", open_guided)
    make_former(client, "quiethire")
    mine = settings.model_copy(update={"clickhouse_dsn": dsn, "postgres_dsn": postgres_dsn})
    first = asyncio.create_task(clients.migrate(mine))
    assert await asyncio.to_thread(exchanging.wait, 30)
    second = asyncio.create_task(clients.migrate(mine))
    await is_waiting(postgres_dsn)
    assert len(opened) == 1, "the second one has not come to ClickHouse"
    go_on.set()
    await asyncio.gather(first, second)
    assert len(opened) == 2
    await assert_whole(client, "quiethire", posting(1), posting(2), posting(3))
    client.command("DROP DATABASE quiethire")


async def test_the_other_stores_are_migrated_while_the_index_is_away_and_that_is_told(
    client: Client, dsn: str, settings: Settings, postgres_dsn: str, unused_port: int
) -> None:
    make_former(client, "quiethire")
    addresses = {
        "clickhouse_dsn": dsn,
        "postgres_dsn": postgres_dsn,
        "typesense_url": f"http://127.0.0.1:{unused_port}",
    }
    away = await clients.migrate(settings.model_copy(update=addresses))
    assert isinstance(away, Transient)
    assert away.where == "typesense"
    await assert_whole(client, "quiethire", posting(1), posting(2), posting(3))
    client.command("DROP DATABASE quiethire")


async def is_waiting(dsn: str) -> None:
    """Return when somebody waits for the lock of migrations."""
    asked = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    async with asyncio.timeout(30), await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        while await (await connection.execute(asked)).fetchone() == (0,):
            pass
