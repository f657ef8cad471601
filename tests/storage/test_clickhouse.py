"""What ClickHouse does beyond the contract: replacing, mending, refusing, and who may open the data."""

import asyncio
import hashlib
import re
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from quiethire.domain.cluster import Placement
from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.lifecycle import StoredPosting, observe
from quiethire.domain.posting import JobPosting, Period, Provenance, Salary, Source, job_id
from quiethire.domain.search import SearchQuery
from quiethire.storage.clickhouse import ClickHouseClusters, ClickHousePostings, open_clickhouse, postings
from quiethire.storage.clickhouse.connection import in_thread

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def posting(number: int, title: str = "Engineer") -> JobPosting:
    identity = f"lever/acme/{number}"
    return JobPosting(
        id=job_id(identity),
        identity=identity,
        url=f"https://jobs.lever.co/acme/{number}",
        board_key="lever/acme",
        ats="lever",
        title=title,
        company_name="Acme",
        description_text="Build things. " * 50,
        quality_score=80,
    )


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clickhouse")


@pytest.fixture(scope="module")
def client(directory: Path) -> Iterator[Client]:
    client = open_clickhouse(None, directory)
    yield client
    client.close()


@pytest.fixture
async def store(client: Client) -> AsyncIterator[ClickHousePostings]:
    store = ClickHousePostings(client, "own")
    await store.migrate()
    yield store
    client.command("DROP DATABASE own")


async def test_migrating_again_and_at_once_keeps_the_rows(store: ClickHousePostings) -> None:
    advance = observe({}, [posting(1)], NOW)
    await store.save(advance.rows, advance.events)
    await asyncio.gather(*(store.migrate() for _ in range(3)))
    assert await store.open_ids() == {posting(1).id}


FIRST = files("quiethire.storage.clickhouse").joinpath("schema/0001_jobs.sql").read_text(encoding="utf-8")
STATED = ("salary_stated_min Nullable(Decimal(18, 2))", "salary_stated_max Nullable(Decimal(18, 2))")


@pytest.fixture
def old(client: Client) -> Iterator[ClickHousePostings]:
    """The table of the first version, with a row in it."""
    client.command("CREATE DATABASE old")
    client.command(FIRST, parameters={"database": "old"})
    insert_old(client, "salary_min")
    yield ClickHousePostings(client, "old")
    client.command("DROP DATABASE old")


def insert_old(client: Client, pay: str) -> None:
    names = (*("id", "identity", "url", "ats", "title", "company_name", "remote", "salary_currency", "salary_period"),)
    job = posting(1)
    values = [job.id, job.identity, job.url, job.ats, job.title, job.company_name, "none", "EUR", "year"]
    client.insert(
        "jobs",
        [[*values, 60_000, 80, "{}", NOW, NOW, NOW]],
        column_names=[*names, pay, "quality_score", "provenance", "created_at", "last_seen_at", "updated_at"],
        database="old",
    )


async def test_an_older_table_gets_the_new_columns_and_keeps_its_rows(old: ClickHousePostings, client: Client) -> None:
    await old.migrate()
    await old.migrate()
    row = (await old.known([posting(1).id]))[posting(1).id]
    assert row.posting.salary == Salary(min=60_000, max=None, currency="EUR", period=Period.YEAR)
    paid = posting(2).model_copy(
        update={"salary": Salary(min=17.5, max=None, currency="EUR", period=Period.HOUR), "on_site_days": 2}
    )
    await old.save(observe({}, [paid], NOW).rows, [])
    assert (await old.known([paid.id]))[paid.id].posting == paid
    client.command("OPTIMIZE TABLE old.jobs FINAL")
    rows = client.query("SELECT salary_min, salary_max FROM old.jobs ORDER BY salary_min").result_rows
    assert rows == [(18, None), (60_000, None)]
    seen_again = observe(await old.known([posting(1).id]), [row.posting], NOW + timedelta(1))
    assert seen_again.events == ()


async def test_a_table_with_whole_pay_as_an_alias_is_brought_to_the_same_shape(
    old: ClickHousePostings, client: Client
) -> None:
    client.command("DROP TABLE old.jobs")
    aliased = re.sub(r"(salary_(m..)) Nullable\(Int64\)", r"\1 Nullable(Int64) ALIAS toInt64(salary_stated_\2)", FIRST)
    client.command(
        aliased.replace("salary_min ", f"{', '.join(STATED)}, salary_min ", 1), parameters={"database": "old"}
    )
    insert_old(client, "salary_stated_min")
    await old.migrate()
    assert client.query("SELECT salary_min, salary_stated_min FROM old.jobs").result_rows == [(60_000, Decimal(60_000))]
    assert (await old.known([posting(1).id]))[posting(1).id].posting.salary is not None


def full_posting(number: int) -> JobPosting:
    text = "Über uns\n\nWe build <search> & matching.\n\nYou\n- Python\n- Patience"
    html = "<h2>Über uns</h2><p>We build &lt;search&gt; &amp; matching.</p><h2>You</h2><ul><li>Python</li><li>Patience</li></ul>"
    return posting(number).model_copy(
        update={
            "external_id": str(number),
            "application_url": f"https://jobs.lever.co/acme/{number}/apply",
            "description_text": text,
            "description_html": html,
            "requirements": ("Python", "Patience"),
            "provenance": {"title": Provenance(source=Source.ATS, path="$.title")},
            "parser_version": 1,
        }
    )


async def test_what_is_stored_once_is_read_by_its_own_name(store: ClickHousePostings, client: Client) -> None:
    jobs = [
        full_posting(7),
        full_posting(8).model_copy(update={"requirements": ("Else",), "external_id": "\x01", "application_url": None}),
    ]
    await store.save(observe({}, jobs, NOW).rows, [])
    asked = "url, external_id, application_url, requirements, description, url_hash, content_hash"
    rows = client.query(f"SELECT {asked} FROM own.jobs FINAL ORDER BY url").result_rows
    assert rows == [
        (
            *(job.url, job.external_id, job.application_url, list(job.requirements), job.description_text),
            *(hashlib.sha256(job.url.encode()).hexdigest(), job.content_hash),
        )
        for job in jobs
    ]
    assert [row.posting for row in await store.page(limit=9)] == jobs


async def test_an_older_table_is_told_to_be_migrated(old: ClickHousePostings) -> None:
    for attempt in (old.known([posting(1).id]), old.save(observe({}, [posting(2)], NOW).rows, [])):
        with pytest.raises(InvalidInput, match="quiethire migrate") as error:
            await attempt
        assert error.value.kind == "not_migrated"


async def test_versions_of_a_posting_merge_into_one_row(store: ClickHousePostings, client: Client) -> None:
    for day in range(3):
        advance = observe(await store.known([posting(1).id]), [posting(1, f"Engineer {day}")], NOW + timedelta(day))
        await store.save(advance.rows, advance.events)
    client.command("OPTIMIZE TABLE own.jobs FINAL")
    titles = client.query("SELECT title FROM own.jobs").result_rows
    assert titles == [("Engineer 2",)]


async def test_the_columns_of_the_data_model_can_be_asked_for(store: ClickHousePostings, client: Client) -> None:
    advance = observe({}, [posting(1)], NOW)
    await store.save(advance.rows, advance.events)
    asked = "length(url_hash), first_seen_at, crawled_at, parsed_at, description LIKE 'Build%', content_hash"
    row = client.query(f"SELECT {asked} FROM own.jobs", tz_mode="aware").result_rows[0]
    assert row == (64, NOW, NOW, NOW, 1, posting(1).content_hash)


async def test_pay_is_kept_to_the_cent_and_the_data_models_columns_are_whole(
    store: ClickHousePostings, client: Client
) -> None:
    paid = posting(1).model_copy(update={"salary": Salary(min=17.5, max=19.25, currency="EUR", period=Period.HOUR)})
    advance = observe({}, [paid, posting(2)], NOW)
    await store.save(advance.rows, advance.events)
    columns = "salary_stated_min, salary_stated_max, salary_min, salary_max, salary_yearly_min, salary_yearly_max"
    rows = client.query(f"SELECT {columns} FROM own.jobs FINAL ORDER BY salary_min NULLS LAST").result_rows
    assert rows == [(Decimal("17.50"), Decimal("19.25"), 18, 19, 36_400, 40_040), (None,) * 6]
    types = dict(
        client.query("SELECT name, type FROM system.columns WHERE database = 'own' AND table = 'jobs'").result_rows
    )
    assert (types["salary_min"], types["salary_max"]) == ("Nullable(Int64)", "Nullable(Int64)")


async def test_a_death_between_events_and_rows_is_mended_by_the_retry(
    store: ClickHousePostings, client: Client
) -> None:
    advance = observe({}, [posting(1)], NOW)
    client.command("DROP TABLE own.jobs")
    with pytest.raises(InvalidInput, match="quiethire migrate") as error:
        await store.save(advance.rows, advance.events)
    assert error.value.kind == "not_migrated"
    assert await store.history(posting(1).id) == list(advance.events)
    await store.migrate()
    await store.save(advance.rows, advance.events)
    assert await store.history(posting(1).id) == list(advance.events)
    assert await store.open_ids() == {posting(1).id}


async def test_writers_and_readers_may_go_at_once(store: ClickHousePostings) -> None:
    async def crawl(board: int) -> None:
        advance = observe({}, [posting(board * 100 + number) for number in range(50)], NOW)
        await store.save(advance.rows, advance.events)
        assert len(await store.known([row.posting.id for row in advance.rows])) == 50
        await store.search(SearchQuery(q="engineer build"))

    await asyncio.gather(*(crawl(board) for board in range(8)))
    assert len(await store.open_ids()) == 400


async def test_more_ids_than_one_statement_takes_are_found(store: ClickHousePostings) -> None:
    rows = observe({}, [posting(number) for number in range(2_500)], NOW).rows
    await store.save(rows, [])
    assert len(await store.known([row.posting.id for row in rows])) == 2_500


async def test_a_job_of_more_postings_than_one_statement_takes_is_found_whole(
    store: ClickHousePostings, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = observe({}, [posting(number) for number in range(5)], NOW).rows
    await store.save(rows, [])
    job = rows[0].posting.id
    placed = {row.posting.id: Placement(cluster=job, rank=number) for number, row in enumerate(rows)}
    await ClickHouseClusters(client, "own").place(placed)
    asked: list[int] = []

    def counted(asking: Client, sql: str, parameters: dict[str, Any]) -> list[StoredPosting]:
        asked.append(len(parameters["identities"]))
        return read(asking, sql, parameters)

    read = postings._read
    monkeypatch.setattr(postings, "_read", counted)
    monkeypatch.setattr(postings, "_IDS_AT_ONCE", 2)
    [hit] = (await store.search(SearchQuery(q="engineer"))).hits
    assert (hit.document.id, hit.document.listings, asked) == (str(job), 5, [2, 2, 1])


@pytest.mark.parametrize("name", ["", "a b", "x`; DROP DATABASE y", "1st", "a" * 64])
def test_what_is_no_name_for_a_database_is_a_defect(client: Client, name: str) -> None:
    with pytest.raises(ValueError, match="no name for a database"):
        ClickHousePostings(client, name)


async def test_another_process_is_told_who_owns_the_data(client: Client, directory: Path) -> None:
    script = (
        "import sys, pathlib\n"
        "from quiethire.domain.errors import InvalidInput\n"
        "from quiethire.storage.clickhouse import open_clickhouse\n"
        "try:\n"
        "    open_clickhouse(None, pathlib.Path(sys.argv[1]))\n"
        "except InvalidInput as error:\n"
        "    print(error.kind, error.hint)\n"
    )
    command = [sys.executable, "-c", script, str(directory)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("data_in_use one process owns the data"), done.stderr


def test_a_server_that_is_not_there_is_transient(unused_port: int, tmp_path: Path) -> None:
    with pytest.raises(Transient, match="clickhouse"):
        open_clickhouse(f"clickhouse://default@127.0.0.1:{unused_port}/default", tmp_path)


@pytest.mark.parametrize(
    "dsn", ["clickhouse://host:port/db", "clickhouse://u:p@host:8123/db?compress=a+lot&query_limit=x"]
)
def test_what_is_no_dsn_is_invalid_input(dsn: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as error:
        open_clickhouse(dsn, tmp_path)
    assert error.value.kind == "invalid_dsn"


async def test_plain_searches_wait_for_nothing_that_crawls_ask(
    store: ClickHousePostings, client: Client, directory: Path
) -> None:
    await store.save(observe({}, [posting(1)], NOW).rows, [])
    done = threading.Event()
    with ExitStack() as opened:
        own = [opened.enter_context(open_clickhouse(None, directory)) for _ in range(postings.SEARCHES_AT_ONCE)]
        searched = ClickHousePostings(client, "own", searched=own)
        # A client is blocked by what it streams, as by any other call; so are the threads of the others.
        opened.enter_context(client.query_rows_stream("SELECT number FROM numbers(10000000)"))
        waiting = [asyncio.create_task(in_thread(done.wait)) for _ in range(20)]
        try:
            result = await asyncio.wait_for(searched.search(SearchQuery(q="engineer")), 30)
        finally:
            done.set()
            await asyncio.gather(*waiting)
    assert [hit.document.id for hit in result.hits] == [str(posting(1).id)]
