"""The same store against a server: the HTTP client, with the real engine behind a small front."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.clickhouse_front import Engine, clickhouse_front, open_engine
from benchmarks.faults.proxy import Faults, fault_proxy
from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.lifecycle import close, observe
from quiethire.domain.posting import JobPosting, Location, Period, Salary, job_id
from quiethire.domain.search import PayFloor, SearchQuery
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse, postings

NOW = datetime(2026, 11, 2, 12, 0, 0, 123456, UTC)


def posting(number: int) -> JobPosting:
    identity = f"lever/acme/{number}"
    return JobPosting(
        id=job_id(identity),
        identity=identity,
        url=f"https://jobs.lever.co/acme/{number}",
        board_key="lever/acme",
        ats="lever",
        title=f"Ingénieur {number} \\ 'x' %s",
        company_name="Acme",
        locations=(Location(name="Köln", lat=50.9), Location(name="Remote")),
        salary=Salary(min=2**40, max=None, currency="VND", period=Period.MONTH),
        posted_at=NOW,
        quality_score=80,
    )


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with open_engine(tmp_path_factory.mktemp("server")) as engine:
        yield engine


@pytest.fixture(scope="module")
def address(engine: Engine) -> Iterator[str]:
    with clickhouse_front(engine) as address:
        yield address


@pytest.fixture
async def store(address: str, tmp_path: Path) -> AsyncIterator[ClickHousePostings]:
    # The front speaks plain HTTP only; a real server compresses.
    client = open_clickhouse(f"clickhouse://default:secret@{address}/default?compress=false", tmp_path)
    store = ClickHousePostings(client, "own")
    await store.migrate()
    yield store
    client.command("DROP DATABASE own")
    client.close()


async def test_postings_live_on_a_server_as_they_do_in_process(store: ClickHousePostings) -> None:
    advance = observe({}, [posting(number) for number in range(20)], NOW)
    for _ in range(2):
        await store.save(advance.rows, advance.events)
    assert await store.known([posting(3).id]) == {posting(3).id: advance.rows[3]}
    rows, events = close([advance.rows[0]], NOW)
    await store.save(rows, events)
    assert len(await store.of_board("lever/acme")) == 19
    assert [event.kind for event in await store.history(posting(0).id)] == ["opened", "closed"]
    found = await store.search(
        SearchQuery(q="ingénieur \\ 'X'", location="köln", salary_min=PayFloor(amount=10**12), per_page=5)
    )
    assert (found.found, len(found.hits)) == (19, 5)
    assert [len(batch) async for batch in store.scan(batch=8)] == [8, 8, 3]
    assert (await store.stats()).events == {"opened": 20, "closed": 1}


async def test_threads_share_the_client_and_thousands_of_ids_fit(store: ClickHousePostings) -> None:
    rows = observe({}, [posting(number) for number in range(2_500)], NOW).rows
    await asyncio.gather(*(store.save(rows[start : start + 500], []) for start in range(0, 2_500, 500)))
    ids = [row.posting.id for row in rows]
    assert [len(known) for known in await asyncio.gather(*(store.known(ids) for _ in range(3)))] == [2_500] * 3


async def test_a_server_without_tables_says_what_to_do(store: ClickHousePostings) -> None:
    with pytest.raises(InvalidInput) as error:
        await ClickHousePostings(store.client, "nowhere").open_ids()
    assert error.value.kind == "not_migrated"


async def test_a_server_that_went_away_is_transient(engine: Engine, tmp_path: Path) -> None:
    with clickhouse_front(engine) as address:
        client = open_clickhouse(f"clickhouse://default@{address}/default?compress=false", tmp_path)
        store = ClickHousePostings(client, "leaving")
        await store.migrate()
        assert await store.open_ids() == set()
    with pytest.raises(Transient):
        await store.open_ids()
    with pytest.raises(Transient):
        await store.save(observe({}, [posting(1)], NOW).rows, [])
    client.close()


async def test_a_server_that_says_nothing_keeps_nobody_waiting_but_who_asks_it(address, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(postings, "SEARCH_PATIENCE", 0.2)
    host, port = address.split(":")
    async with fault_proxy(host, int(port)) as proxy:
        behind = f"clickhouse://default:secret@{proxy.address[0]}:{proxy.address[1]}/default?compress=false"
        client = await asyncio.to_thread(open_clickhouse, behind, tmp_path)
        store = ClickHousePostings(client, "own")
        await store.migrate()
        proxy.faults = Faults(holds=True)
        counting = [asyncio.create_task(store.stats()) for _ in range(40)]
        with pytest.raises(Transient) as caught:
            await store.search(SearchQuery(q="nurse"))
        assert caught.value.kind == "timeout"
        async with asyncio.timeout(5):
            assert await asyncio.to_thread(lambda: "others have threads") == "others have threads"
        proxy.faults = Faults()
        assert {counts.open for counts in await asyncio.gather(*counting)} == {0}
        assert (await store.search(SearchQuery(q="nurse"))).found == 0
        # In a thread: the proxy needs this loop.
        await asyncio.to_thread(client.command, "DROP DATABASE own")
        client.close()
