"""What nobody counts as it happens, read every few seconds: queues, the index, disk and memory."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psutil
from temporalio.service import RPCError

from quiethire.clients import Clients
from quiethire.domain.errors import QuietHireError
from quiethire.readiness import Ready
from quiethire.settings import existing
from quiethire.telemetry.metrics import (
    BOARDS_DUE,
    COMPANIES_DUE,
    CPU_PRESSURE,
    DISK_FREE,
    DISK_TOTAL,
    ERRORS,
    INDEX_DOCUMENTS,
    INDEX_EXPECTED,
    INDEX_REFUSED,
    LAST_BACKUP,
    MEMORY_AVAILABLE,
    MEMORY_TOTAL,
    OPEN_DEAD_LETTERS,
    OPEN_JOBS,
    QUEUE_ENTRIES,
    SAMPLED_AT,
    TASK_BACKLOG,
    TASK_POLLERS,
)
from quiethire.temporal import task_queue

EVERY = 30.0
"""Seconds between two looks at the servers by a process that samples nothing else."""

CPU_PRESSURE_FILE = Path("/proc/pressure/cpu")
"""Linux' pressure stall information (Documentation/accounting/psi.rst): `some avg10=12.91 avg60=… total=…`, in percent."""

PATIENCE = 5.0
"""Seconds that one reading may take."""

STALE_AFTER = timedelta(days=7)
"""As the discovery takes companies for due."""

logger = logging.getLogger(__name__)


class Sampler:
    """Fills the gauges of one process."""

    def __init__(self, clients: Clients, queues: tuple[str, ...]) -> None:
        self._clients = clients
        self._queues = queues
        self._missed: set[str] = set()

    async def sample(self) -> None:
        """Read everything once. What cannot be read keeps its last value, and is told once."""
        self.measure_machine()
        await self._clients.readiness.check()
        await asyncio.gather(
            self._attempt("queues", self._work),
            self._attempt("index", self._index),
            self._attempt("postings", self._postings),
            self._attempt("dead letters", self._letters),
            self._attempt("last backup", self._backup),
            *(self._attempt(queue, partial(self._tasks, queue)) for queue in self._queues),
        )
        SAMPLED_AT.set(time.time())

    async def _attempt(self, name: str, read: Callable[[], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await read()
        except (QuietHireError, RPCError, TimeoutError) as error:
            if name not in self._missed:
                logger.warning("not sampled: %r", error, extra={"sample": name})
            self._missed.add(name)
        else:
            self._missed.discard(name)

    def measure_machine(self) -> None:
        """Its disk, memory and processors."""
        disk, memory = psutil.disk_usage(str(existing(self._clients.settings.data_path))), psutil.virtual_memory()
        DISK_FREE.set(disk.free)
        DISK_TOTAL.set(disk.total)
        MEMORY_AVAILABLE.set(memory.available)
        MEMORY_TOTAL.set(memory.total)
        CPU_PRESSURE.set(_cpu_pressure())

    async def _work(self) -> None:
        now = datetime.now(UTC)
        for status, count in (await self._clients.queue.counts()).items():
            QUEUE_ENTRIES.labels(status=status).set(count)
        BOARDS_DUE.set((await self._clients.boards.schedule(now)).due)
        COMPANIES_DUE.set(await self._clients.companies.count_stale(STALE_AFTER, now))
        INDEX_REFUSED.set(await self._clients.index_records.count_failures())

    async def _index(self) -> None:
        state = await self._clients.index_records.state(datetime.now(UTC))
        INDEX_EXPECTED.set(state.documents or 0)
        INDEX_DOCUMENTS.set(await self._clients.index.count())

    async def _postings(self) -> None:
        OPEN_JOBS.set(await self._clients.postings.open_count())

    async def _letters(self) -> None:
        """Those that nobody has replayed or dropped; kinds that are gone fall to none."""
        letters = await self._clients.dead_letters.open_by_kind()
        OPEN_DEAD_LETTERS.clear()
        for kind, count in letters.items():
            OPEN_DEAD_LETTERS.labels(kind=kind).set(count)

    async def _backup(self) -> None:
        at = await self._clients.last_backup.at()
        LAST_BACKUP.set(at.timestamp() if at is not None else 0)

    async def _tasks(self, queue: str) -> None:
        found = await task_queue(self._clients.temporal, queue)
        TASK_BACKLOG.labels(queue=queue).set(found.backlog)
        TASK_POLLERS.labels(queue=queue).set(found.pollers)


def _cpu_pressure() -> float:
    try:
        found = re.match(r"some avg10=([\d.]+)", CPU_PRESSURE_FILE.read_text())
    except OSError:
        # Other systems, and kernels that were told to keep no account of it.
        return 0.0
    return float(found[1]) / 100 if found else 0.0


@asynccontextmanager
async def sampling(clients: Clients, queues: tuple[str, ...]) -> AsyncIterator[None]:
    """Keep the gauges of a worker current while the block lasts."""
    async with _repeating(Sampler(clients, queues).sample, clients.settings.sample_every):
        yield


@asynccontextmanager
async def looking(ready: Ready) -> AsyncIterator[None]:
    """Keep the gauges of what a process needs current while the block lasts."""
    async with _repeating(ready.check, EVERY):
        yield


@asynccontextmanager
async def _repeating(work: Callable[[], Awaitable[object]], every: float) -> AsyncIterator[None]:
    async def keep() -> None:
        while True:
            try:
                await work()
            except Exception:  # Whatever it is: without a look nobody would see what comes next.
                ERRORS.labels(kind="defect").inc()
                logger.exception("not sampled")
            await asyncio.sleep(every)

    task = asyncio.create_task(keep(), name="sampling")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
