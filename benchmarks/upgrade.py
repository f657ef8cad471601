"""`python -m benchmarks.upgrade`: every process of ours is replaced while people search and workflows run; nobody notices.

Two API processes and two workers run on servers, as in a cluster (ClickHouse behind its HTTP interface). Then `quiethire migrate` runs, and each
process is replaced in turn: a new one starts, is ready, takes over, and the old one is told to end. `--quick` replaces one of each.

With `--before REVISION`, a commit of this repository, the first processes run that code, on the schema that it makes; what it finds when
the schema of today is under it, its own suite tells then: the contracts that its stores are held to, on today's migrations of PostgreSQL. Without it old and
new processes run the same code. The packages are those of today either way.
"""

import argparse
import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from temporalio.client import Client

from benchmarks.faults.tested import run_tests
from benchmarks.report import Target, finish
from quiethire.processes import leave
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.stack.ports import HOST, PortBook
from quiethire.stack.stack import start_stack
from quiethire.temporal import connect_temporal
from workflows.reconcile import ReconcileWorkflow
from workflows.reindex import ReindexWorkflow

ROOT = Path(__file__).parents[1]
MIGRATIONS = "quiethire/storage/postgres/migrations"
POSTINGS = 1_000
RATE = 10.0
"""Searches a second."""
WORKFLOW_EVERY = 2.0
READY_S = 180.0
SEED = """
import asyncio, sys, tempfile
from pathlib import Path
from benchmarks.postings import retold_postings
from benchmarks.search_data import postings
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse

async def fill(dsn, count):
    store = ClickHousePostings(open_clickhouse(dsn, Path(tempfile.gettempdir())))
    for rows in postings(retold_postings(count), count):
        await store.save(rows, ())

asyncio.run(fill(sys.argv[1], int(sys.argv[2])))
"""
"""Postings, stored by the code that made the tables."""
TARGETS: dict[str, Target] = {
    "failed_requests": ("<=", 0),
    "workflows_not_finished": ("<=", 0),
    "unclean_ends": ("<=", 0),
}


@dataclass
class Fleet:
    """Processes of ours, by what they are."""

    settings: Settings
    folder: Path
    ports: PortBook
    apis: dict[int, asyncio.subprocess.Process] = field(default_factory=dict)
    """Port → the process that serves there; a balancer sends requests to those named here."""
    workers: dict[int, asyncio.subprocess.Process] = field(default_factory=dict)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    unclean: int = 0

    async def start(self, kind: str, tree: Path) -> tuple[int, asyncio.subprocess.Process]:
        """One more of this code, once it is ready."""
        port = self.ports.take(f"upgrade_{next(self.numbers)}")
        command = ["-m", "services.api"] if kind == "api" else ["worker.py"]
        own = {"QUIETHIRE_API_PORT" if kind == "api" else "QUIETHIRE_METRICS_PORT": str(port)}
        with (self.folder / f"{kind}_{port}.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *command, cwd=tree, env=self.environment(tree) | own, stdout=log, stderr=log
            )
        async with httpx.AsyncClient(timeout=5) as client, asyncio.timeout(READY_S):
            while not await _answers(client, f"http://{HOST}:{port}/readyz"):
                if process.returncode is not None:
                    raise RuntimeError(f"{kind} ended: {(self.folder / f'{kind}_{port}.log').read_text()[-2000:]}")
                await asyncio.sleep(0.2)
        return port, process

    def environment(self, tree: Path) -> dict[str, str]:
        """The settings, for a process of this code."""
        given = self.settings.model_dump(mode="json", exclude_defaults=True)
        given |= {"schedules": "false", "data_dir": str(self.folder), "browser": "false"}
        given["rate_limits"] = given["key_rate_limits"] = '{"search": [1000000, 1000000]}'
        settings = {f"QUIETHIRE_{name.upper()}": str(value) for name, value in given.items()}
        return {**os.environ, **settings, "PYTHONPATH": str(tree)}

    async def migrate(self, tree: Path) -> None:
        """As a job does before an upgrade."""
        await self.run(tree, "from quiethire.cli import main; main()", "migrate")

    async def run(self, tree: Path, code: str, *arguments: str) -> None:
        """Have a few lines run by this code."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, *arguments, cwd=tree, env=self.environment(tree)
        )
        self.unclean += bool(await process.wait())

    async def end(self, process: asyncio.subprocess.Process) -> None:
        """Tell it to end, and wait until it did."""
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            self.unclean += await process.wait() != 0

    async def replace(self, running: dict[int, asyncio.subprocess.Process], kind: str) -> None:
        """A new one takes the place of the oldest."""
        port, process = await self.start(kind, ROOT)
        running[port] = process
        old = running.pop(next(iter(running)))
        # A balancer hears that it leaves before it does: `preStop` in the manifests.
        await asyncio.sleep(1)
        await self.end(old)


@dataclass
class Load:
    """Searches and workflows, one after the other, until told to stop."""

    fleet: Fleet
    temporal: Client
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    started: int = 0
    unfinished: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def search(self) -> None:
        """Each request goes to the next API process."""
        words = itertools.cycle(("engineer", "data", "sales manager", "python", "designer", "product", "security"))
        async with httpx.AsyncClient(timeout=30) as client, asyncio.TaskGroup() as group:
            for number in itertools.count():
                if self.stopping.is_set():
                    return
                ports = list(self.fleet.apis)
                url = f"http://{HOST}:{ports[number % len(ports)]}/api/v1/search"
                group.create_task(self._ask(client, url, f"{next(words)} {number}"))
                await asyncio.sleep(1 / RATE)

    async def _ask(self, client: httpx.AsyncClient, url: str, words: str) -> None:
        began = time.monotonic()
        try:
            answer = await client.get(url, params={"q": words})
        except httpx.HTTPError as error:
            self.failed.append(repr(error))
            return
        self.seconds.append(time.monotonic() - began)
        if not answer.is_success:
            self.failed.append(f"{answer.status_code}: {answer.text[:200]}")

    async def work(self) -> None:
        """Workflows that read and write every store."""
        async with asyncio.TaskGroup() as group:
            while not self.stopping.is_set():
                group.create_task(self._run(f"upgrade/{self.started}"))
                self.started += 1
                await asyncio.sleep(WORKFLOW_EVERY)

    async def _run(self, name: str) -> None:
        self.unfinished += 1
        result = await self.temporal.execute_workflow(ReconcileWorkflow.run, id=name, task_queue=TASK_QUEUE)
        self.unfinished -= not result.failed


async def main(given: argparse.Namespace) -> int:
    """Upgrade, and say what was noticed."""
    targets = dict(TARGETS)
    with tempfile.TemporaryDirectory() as folder:
        before = _extracted(given.before, Path(folder) / "before") if given.before else ROOT
        async with _servers(Path(folder), before) as fleet:
            figures = await _upgrade(fleet, before, 1 if given.quick else 2)
        if given.before:
            told = await _suite_of(before)
            figures |= {f"before_{name}": value for name, value in told.items()}
            targets |= {"before_tests_passed": (">=", 1), "before_tests_failed": ("<=", 0)}
    return finish(figures, targets, as_json=given.json)


def _extracted(revision: str, folder: Path) -> Path:
    """The files of a commit."""
    archive = subprocess.run(["git", "archive", revision], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    with tempfile.TemporaryFile() as file:
        file.write(archive)
        file.seek(0)
        with tarfile.open(fileobj=file) as packed:
            packed.extractall(folder, filter="data")
    return folder


async def _suite_of(before: Path) -> dict[str, float]:
    """What the code of before says of today's tables: its contracts, in databases that today's migrations make."""
    shutil.copytree(ROOT / MIGRATIONS, before / MIGRATIONS, dirs_exist_ok=True)
    return await run_tests("tests/contracts", tree=before)


async def _upgrade(fleet: Fleet, before: Path, each: int) -> dict[str, float]:
    for kind, running in (("worker", fleet.workers), ("api", fleet.apis)):
        for _ in range(2):
            port, process = await fleet.start(kind, before)
            running[port] = process
    temporal = await connect_temporal(fleet.settings)
    await temporal.execute_workflow(ReindexWorkflow.run, id="upgrade/reindex", task_queue=TASK_QUEUE)
    load = Load(fleet, temporal)
    tasks = [asyncio.create_task(load.search()), asyncio.create_task(load.work())]
    began = time.monotonic()
    await asyncio.sleep(2)
    await fleet.migrate(ROOT)
    for _ in range(each):
        await fleet.replace(fleet.workers, "worker")
        await fleet.replace(fleet.apis, "api")
    seconds = time.monotonic() - began
    load.stopping.set()
    async with asyncio.timeout(120):
        await asyncio.gather(*tasks)
    for process in (*fleet.workers.values(), *fleet.apis.values()):
        await fleet.end(process)
    for word in load.failed[:3]:
        sys.stderr.write(f"{word}\n")
    times = sorted(load.seconds)
    return {
        "seconds": round(seconds, 1),
        "processes_replaced": 2.0 * each,
        "requests": float(len(times) + len(load.failed)),
        "failed_requests": float(len(load.failed)),
        "search_p95_ms": round(times[int(len(times) * 0.95)] * 1000, 1),
        "workflows": float(load.started),
        "workflows_not_finished": float(load.unfinished),
        "unclean_ends": float(fleet.unclean),
    }


@asynccontextmanager
async def _servers(folder: Path, before: Path) -> AsyncIterator[Fleet]:
    """All servers, with the schema that the code of before makes, and postings."""
    async with AsyncExitStack() as stack:
        _, running = await stack.enter_async_context(start_stack(Settings(data_dir=folder / "stack")))
        ports = PortBook(folder / "stack")
        clickhouse = await stack.enter_async_context(_clickhouse(folder / "clickhouse", ports.take("clickhouse")))
        settings = running.apply(Settings(data_dir=folder, clickhouse_dsn=clickhouse))
        fleet = Fleet(settings, folder, ports)
        await fleet.migrate(before)
        await fleet.run(before, SEED, clickhouse, str(POSTINGS))
        yield fleet


@asynccontextmanager
async def _clickhouse(folder: Path, port: int) -> AsyncIterator[str]:
    """Its engine behind its HTTP interface, in a process of its own; gives the DSN."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.clickhouse_front", str(folder), str(port)
    )
    try:
        async with httpx.AsyncClient(timeout=5) as client, asyncio.timeout(60):
            # Another process serves there; there is nothing of ours to wait on.
            while not await _answers(client, f"http://{HOST}:{port}/?query=SELECT+1"):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        yield f"clickhouse://{HOST}:{port}/default?compress=False"
    finally:
        process.terminate()
        await process.wait()


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).is_success
    except httpx.HTTPError:
        return False


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="replace one process of each kind")
    parser.add_argument("--before", default="", metavar="REVISION", help="the code that runs first; unset = today's")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return parser.parse_args()


if __name__ == "__main__":
    leave(asyncio.run(main(options())))
