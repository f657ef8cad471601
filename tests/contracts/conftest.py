"""The real stores that the contracts run over, beside their twins in memory."""

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest
from clickhouse_connect.driver.client import Client

from quiethire.storage.clickhouse import ClickHouseClusters, ClickHousePostings, open_clickhouse
from quiethire.storage.postgres import Pool, migrate, open_pool

NUMBERS = itertools.count(1)


@pytest.fixture
async def postgres_pool(postgres_dsn: str) -> AsyncIterator[Pool]:
    await migrate(postgres_dsn)
    async with open_pool(postgres_dsn) as pool:
        yield pool


@pytest.fixture(scope="module")
def clickhouse_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One engine a module: a process can have one directory open at a time."""
    client = open_clickhouse(None, tmp_path_factory.mktemp("clickhouse"))
    yield client
    client.close()


@pytest.fixture
async def clickhouse_postings(clickhouse_client: Client) -> AsyncIterator[ClickHousePostings]:
    store = ClickHousePostings(clickhouse_client, f"contract_{next(NUMBERS)}")
    await store.migrate()
    yield store
    clickhouse_client.command(f"DROP DATABASE {store.database}")


@pytest.fixture
def clickhouse_clusters(clickhouse_postings: ClickHousePostings) -> ClickHouseClusters:
    return ClickHouseClusters(clickhouse_postings.client, clickhouse_postings.database)
