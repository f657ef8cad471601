"""What every test may ask for: the real servers, the corpus, a browser."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from redis.asyncio import Redis
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from quiethire.settings import Settings
from quiethire.stack import Running, start_stack

PROJECT = Path(__file__).parents[1]
OUTER = {
    **json.loads(os.environ.get("OUTER_SETTINGS", "{}")),
    **{name: os.environ.pop(name) for name in list(os.environ) if name.startswith("QUIETHIRE_")},
}
"""The caller's own settings, which must not reach the tests. Processes that share the work are told them by another name."""
os.environ["OUTER_SETTINGS"] = json.dumps(OUTER)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest files first, which start platforms of their own: the others then fill the time of every process."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


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
