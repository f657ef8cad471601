"""What every test may ask for: the real servers, the corpus, a browser."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from clickhouse_connect.driver.client import Client as ClickHouseClient
from google.protobuf.duration_pb2 import Duration
from psycopg import sql
from redis.asyncio import Redis
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError

from quiethire.settings import Settings
from quiethire.stack.running import Running
from quiethire.stack.stack import start_stack
from quiethire.storage.clickhouse import open_clickhouse

PROJECT = Path(__file__).parents[1]
OUTER = {
    **json.loads(os.environ.get("OUTER_SETTINGS", "{}")),
    **{name: os.environ.pop(name) for name in list(os.environ) if name.startswith("QUIETHIRE_")},
}
"""The caller's own settings, which must not reach the tests. Processes that share the work are told them by another name."""
os.environ["OUTER_SETTINGS"] = json.dumps(OUTER)
# Threads of linear algebra that wait for each other cost more than they bring where tests take every core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


FIRST = ("faults", "e2e", "workflows")
"""Folders of the slowest files: they start platforms of their own, and wait."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest files first: the others then fill the time of every process to the end."""
    items.sort(key=lambda item: next((at for at, name in enumerate(FIRST) if name in item.path.parts), len(FIRST)))


@pytest.fixture(scope="session", autouse=True)
def _patience():
    """Machines that run tests are busier than those that serve: a Redis that is up is waited for, and so is one's turn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.api.gate.slots.PATIENCE", 30.0)
        patch.setattr("quiethire.storage.redis.gate.PATIENCE", 5.0)
        yield


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Temporal, PostgreSQL, Typesense and Valkey, started once for the whole session."""
    data_dir = tmp_path_factory.mktemp("stack")
    async with start_stack(Settings(data_dir=data_dir), durable=False) as (_, running):
        yield running
    shutil.rmtree(data_dir)


@pytest.fixture(scope="session")
def settings(stack: Running, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with the session's servers; the data directory is the session's too, but not that of the servers."""
    return stack.apply(Settings(data_dir=tmp_path_factory.mktemp("data")))


@pytest.fixture
async def postgres_dsn(stack: Running) -> AsyncIterator[str]:
    """An empty database of this test's own."""
    name = f"test_{uuid.uuid4().hex}"
    async with await psycopg.AsyncConnection.connect(stack.postgres_dsn, autocommit=True) as admin:
        await admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{stack.postgres_dsn.rpartition('/')[0]}/{name}"
        await admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def redis_url(stack: Running) -> str:
    """A Redis database that is empty when the test starts."""
    url = f"{stack.redis_url.rpartition('/')[0]}/1"
    async with Redis.from_url(url) as client:
        await client.flushdb()
    return url


@pytest.fixture
async def temporal_client(stack: Running) -> Client:
    """A client of the session's Temporal server, with the project's data converter."""
    return await Client.connect(stack.temporal_address, data_converter=pydantic_data_converter)


@pytest.fixture
async def own_namespace(temporal_client: Client) -> Client:
    """A client of a namespace that no worker works for."""
    name = f"own-{uuid.uuid4()}"
    request = RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=Duration(seconds=86_400))
    await temporal_client.workflow_service.register_namespace(request)
    client = Client(temporal_client.service_client, namespace=name, data_converter=temporal_client.data_converter)
    for _ in range(300):  # It is known everywhere after a while.
        try:
            await client.count_workflows()
        except RPCError:
            await asyncio.sleep(0.1)
        else:
            return client
    pytest.fail("the namespace did not come up")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The shared corpus of recorded pages, feeds and boards; it is not part of the project."""
    path = Path(OUTER.get("QUIETHIRE_CORPUS", PROJECT.parent / "shared" / "corpus"))
    if not path.is_dir():
        pytest.skip(f"no corpus at {path}; set QUIETHIRE_CORPUS")
    return path


@pytest.fixture(scope="session")
async def chromium() -> Path:
    """A Chromium to render with."""
    if "QUIETHIRE_CHROMIUM_PATH" in OUTER:
        return Path(OUTER["QUIETHIRE_CHROMIUM_PATH"])
    # In a process of its own: Playwright's synchronous interface refuses a running event loop.
    command = [sys.executable, "-m", "services.crawler.chromium"]
    found = await asyncio.to_thread(
        subprocess.run, command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )
    if found.returncode != 0:
        pytest.skip(f"no Chromium found: {found.stderr.strip() or 'run `playwright install`'}")
    return Path(found.stdout.strip())


@pytest.fixture(scope="module")
def clickhouse_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseClient]:
    """One engine a module: a process can have one directory open at a time."""
    client = open_clickhouse(None, tmp_path_factory.mktemp("clickhouse"))
    yield client
    client.close()
