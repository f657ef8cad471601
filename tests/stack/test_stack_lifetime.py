"""The whole stack in a process of its own, which is stopped, interrupted and killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from redis.asyncio import Redis
from temporalio.client import Client

from quiethire.domain.errors import InvalidInput
from quiethire.settings import Settings
from quiethire.stack.running import Running, read_running
from quiethire.stack.servers import postgres, temporal, typesense, valkey
from quiethire.stack.stack import start_stack

pytestmark = pytest.mark.timeout(600)
PROJECT = Path(__file__).parents[2]
SERVERS = {"temporal", "postgres", "typesense", "valkey"}
PATIENCE = 60.0
"""Seconds after which nobody believes any more that it will come: machines that run tests are busy."""


class Holder:
    """A process that holds a stack."""

    def __init__(self, process: subprocess.Popen[str], pids: dict[str, int], running: Running) -> None:
        self.process = process
        self.pids = pids
        self.running = running

    async def end(self, number: signal.Signals) -> None:
        """Signal the holder, and wait until it and every server of it are gone."""
        children = [psutil.Process(pid) for pid in self.pids.values()]
        self.process.send_signal(number)
        await asyncio.to_thread(self.process.wait, PATIENCE)
        _, alive = await asyncio.to_thread(psutil.wait_procs, children, PATIENCE)
        assert alive == []


def spawn(data_dir: Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(Path(__file__).with_name("holder_process.py")), str(data_dir)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


@asynccontextmanager
async def holding(data_dir: Path) -> AsyncIterator[Holder]:
    with spawn(data_dir) as process:
        try:
            line = await asyncio.to_thread(process.stdout.readline)
            assert line, "the holder ended before it was ready"
            found = json.loads(line)
            yield Holder(process, found["pids"], Running.model_validate(found["running"]))
        finally:
            process.kill()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One directory for all of these tests: making a cluster takes its time."""
    return tmp_path_factory.mktemp("lifetime")


async def write_data(running: Running) -> None:
    async with await psycopg.AsyncConnection.connect(running.postgres_dsn) as link:
        await link.execute("CREATE TABLE kept (word text)")
        await link.execute("INSERT INTO kept VALUES ('postgres')")
    async with Redis.from_url(running.redis_url) as redis:
        await redis.set("kept", "valkey")
    headers = {"X-TYPESENSE-API-KEY": running.typesense_api_key}
    async with httpx.AsyncClient(base_url=running.typesense_url, headers=headers, timeout=60) as client:
        schema = {"name": "kept", "fields": [{"name": "word", "type": "string"}]}
        (await client.post("/collections", json=schema)).raise_for_status()
        (await client.post("/collections/kept/documents", json={"word": "typesense"})).raise_for_status()
    temporal_client = await Client.connect(running.temporal_address)
    await temporal_client.start_workflow("kept", id="kept", task_queue="nobody-polls")


async def read_data(running: Running) -> set[str]:
    async with await psycopg.AsyncConnection.connect(running.postgres_dsn) as link:
        row = await (await link.execute("SELECT word FROM kept")).fetchone()
    async with Redis.from_url(running.redis_url, decode_responses=True) as redis:
        value = await redis.get("kept")
    headers = {"X-TYPESENSE-API-KEY": running.typesense_api_key}
    async with httpx.AsyncClient(base_url=running.typesense_url, headers=headers, timeout=60) as client:
        found = await client.get("/collections/kept/documents/search", params={"q": "*"})
    temporal_client = await Client.connect(running.temporal_address)
    workflow = await temporal_client.get_workflow_handle("kept").describe()
    kept = {row[0], value, found.raise_for_status().json()["hits"][0]["document"]["word"]}
    return kept | ({"temporal"} if workflow.workflow_type == "kept" else set())


async def until(probe: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if await probe():
                return
            await asyncio.sleep(0.05)


async def test_a_killed_holder_leaves_no_process_behind_and_loses_no_data(data_dir: Path) -> None:
    async with holding(data_dir) as holder:
        assert set(holder.pids) == SERVERS
        await write_data(holder.running)
        assert read_running(data_dir) == holder.running
        await holder.end(signal.SIGKILL)
    assert (data_dir / "running.json").exists()
    assert read_running(data_dir) is None

    async with holding(data_dir) as holder:
        assert await read_data(holder.running) == SERVERS
        with pytest.raises(InvalidInput, match=f"held by process {holder.process.pid} ") as refusal:
            async with start_stack(Settings(data_dir=data_dir)):
                pass
        assert refusal.value.kind == "data_dir_in_use"
        assert "QUIETHIRE_DATA_DIR" in refusal.value.hint
        await holder.end(signal.SIGINT)
    assert not (data_dir / "running.json").exists()


async def test_killed_servers_are_started_again_on_their_addresses_with_their_data(data_dir: Path) -> None:
    async with holding(data_dir) as holder:
        running = holder.running
        killed = [psutil.Process(pid) for pid in holder.pids.values()]
        for process in killed:
            process.kill()
        await asyncio.to_thread(psutil.wait_procs, killed, PATIENCE)
        await until(lambda: postgres.is_ready(running.postgres_dsn))
        await until(lambda: valkey.is_ready(running.redis_url))
        await until(lambda: temporal.is_ready(running.temporal_address, "default"))
        await until(lambda: typesense.is_ready(running.typesense_url, running.typesense_api_key))
        assert await read_data(running) == SERVERS
        holder.pids = {str(child.pid): child.pid for child in psutil.Process(holder.process.pid).children()}
        assert len(holder.pids) == len(SERVERS)
        await holder.end(signal.SIGINT)
