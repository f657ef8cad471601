"""The real stores that the contracts run over, beside their twins in memory."""

import itertools
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from clickhouse_connect.driver.client import Client
from people_kept import People

from quiethire.stack.running import Running
from quiethire.storage.clickhouse import ClickHouseClusters, ClickHousePostings
from quiethire.storage.postgres import MasterKeys, Pool, PostgresCandidates, PostgresMatches, migrate, open_pool
from quiethire.storage.postgres.memory_people import MemoryCandidates, MemoryMatches, MemoryPeople
from quiethire.storage.typesense.index import TypesenseIndex
from quiethire.storage.typesense.memory import MemoryIndex

NUMBERS = itertools.count(1)


@pytest.fixture
async def postgres_pool(postgres_dsn: str) -> AsyncIterator[Pool]:
    await migrate(postgres_dsn)
    async with open_pool(postgres_dsn) as pool:
        yield pool


@pytest.fixture(params=["memory", "postgres"])
def people(request: pytest.FixtureRequest) -> People:
    if request.param == "memory":
        shared = MemoryPeople()
        return People(MemoryCandidates(shared), MemoryMatches(shared))
    pool, masters = request.getfixturevalue("postgres_pool"), MasterKeys("a master key for tests alone")
    return People(PostgresCandidates(pool, masters), PostgresMatches(pool, masters))


@pytest.fixture
async def clickhouse_postings(clickhouse_client: Client) -> AsyncIterator[ClickHousePostings]:
    store = ClickHousePostings(clickhouse_client, f"contract_{next(NUMBERS)}")
    await store.migrate()
    yield store
    clickhouse_client.command(f"DROP DATABASE {store.database}")


@pytest.fixture
def clickhouse_clusters(clickhouse_postings: ClickHousePostings) -> ClickHouseClusters:
    return ClickHouseClusters(clickhouse_postings.client, clickhouse_postings.database)


@pytest.fixture(params=["memory", "typesense"])
async def index(request: pytest.FixtureRequest, stack: Running) -> AsyncIterator[MemoryIndex | TypesenseIndex]:
    alias = f"contract{next(NUMBERS)}{uuid4().hex[:6]}"
    if request.param == "memory":
        twin = MemoryIndex(alias)
        await twin.ensure()
        yield twin
        return
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as real:
        await real.ensure()
        yield real


@pytest.fixture
async def typesense(stack) -> AsyncIterator[TypesenseIndex]:
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, f"own{uuid4().hex[:6]}") as real:
        await real.ensure()
        yield real
