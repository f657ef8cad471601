"""A second worker beside the platform's process, with its settings: what the one leaves undone the other takes up."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.faults.world import World
from quiethire.stack.ports import HOST, PortBook

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 300.0


@dataclass(frozen=True)
class SecondWorker:
    """One that runs."""

    address: str
    """Of its metrics."""
    log: Path

    def lines(self, words: str) -> int:
        """How many lines of its log have these words."""
        return sum(words in line for line in self.log.read_text(errors="replace").splitlines())

    async def told(self, metric: str) -> list[float]:
        """What it tells of a metric, once it was asked whether it is ready; nothing where it does not answer."""
        try:
            async with httpx.AsyncClient(base_url=self.address, timeout=5) as client:
                await client.get("/readyz")
                lines = (await client.get("/metrics")).text.splitlines()
        except httpx.HTTPError:
            return []
        return [float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{metric}{{")]

    async def fetched(self) -> float:
        """How much it has fetched."""
        return sum(await self.told("quiethire_crawler_requests_total"))


@asynccontextmanager
async def second_worker(world: World, **environment: str) -> AsyncIterator[SecondWorker]:
    """A worker that takes work, until the block ends. `environment`: what it has beside that of the platform's process."""
    port = PortBook(world.folder).take("second worker")
    given = {**_environment(world), "QUIETHIRE_METRICS_PORT": str(port), **environment}
    path = world.folder / "second_worker.log"
    with path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "worker.py", cwd=ROOT, env=given, stdout=log, stderr=log
        )
    worker = SecondWorker(f"http://{HOST}:{port}", path)
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            while not await worker.fetched():  # noqa: ASYNC110 - another process fetches
                await asyncio.sleep(0.5)
        world.scraped[worker.address] = ("worker",)
        yield worker
    finally:
        world.scraped.pop(worker.address, None)
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await process.wait()


def _environment(world: World) -> dict[str, str]:
    """That of the platform's process."""
    raw = os.fsdecode(Path(f"/proc/{world.platform.pids['platform']}/environ").read_bytes()).split("\0")
    return dict(each.partition("=")[::2] for each in raw if each)
