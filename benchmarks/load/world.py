"""A filled platform whose farm of boards is crawled all the time, and what it is asked."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError

from benchmarks.faults.truth import FARM, Truth
from benchmarks.load.family import Family
from benchmarks.load.measuring import Outcome
from benchmarks.pipeline_boards import refresh
from benchmarks.report import told
from benchmarks.search_data import Ask, mixed
from benchmarks.search_load import load
from benchmarks.search_platform import FilledPlatform, Read, filled_platform
from quiethire.domain.errors import Transient
from quiethire.platform.local import Session

BOARDS, QUICK_BOARDS = 40, 20
LOOK_EVERY = 10.0
"""Seconds from one look at all boards to the next: 4 a second, some forty times what the boards of 100,000 postings ask for."""
CHANGED = 10
"""Of so many boards one changes between two looks: a title, a posting that goes and one that comes."""
SEED = 20261121


@dataclass
class Crawl:
    """The farm, looked at again and again."""

    truth: Truth
    session: Session
    looked_at: int = 0
    """Boards, since the start."""
    failed: int = 0

    async def run(self) -> None:
        """Look at all boards, a part of which have changed, until cancelled."""
        number, due = 0, time.monotonic()
        boards = self.truth.boards(FARM)
        while True:
            for board in self.truth.chance.sample(boards, len(boards) // CHANGED if number else 0):
                self.truth.change(board.token)
            try:
                result = await refresh(self.session, boards, f"look-{number}")
            except (WorkflowFailureError, RPCError, Transient) as error:
                sys.stderr.write(f"look {number} failed: {error}\n")
                self.failed += len(boards)
            else:
                self.looked_at += result.boards
                self.failed += result.failed
            number += 1
            due = max(due + LOOK_EVERY, time.monotonic())
            await asyncio.sleep(due - time.monotonic())


@dataclass
class World:
    """What the parts of the benchmark share."""

    filled: FilledPlatform
    family: Family
    crawl: Crawl
    asks: Iterator[Ask]
    filling: dict[str, float]
    """What it took to fill it."""

    async def offer(self, rate: float, seconds: float) -> Outcome:
        """Ask at this rate for so long, nothing twice."""
        asks = [{"path": ask.ours} for ask in islice(self.asks, round(rate * seconds))]
        url = self.filled.session.settings.api_url
        outcome = await load({"loop": "open", "url": url, "headers": {}, "requests": asks, "rate": rate})
        return Outcome(
            offered=rate,
            seconds=seconds,
            times_ms=tuple(outcome["times_ms"]),
            statuses=tuple(outcome["statuses"]),
            untold=outcome["untold"],
            degraded=outcome["degraded"],
        )


@asynccontextmanager
async def open_world(folder: Path, count: int, *, boards: int) -> AsyncIterator[World]:
    """A platform of so many postings whose farm has been looked at once, and is looked at from now on."""
    read = await Read.of_corpus(folder / "models", count)
    truth = Truth.make(boards, 0, 0, seed=SEED)
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(truth.web.running())
        filled = await stack.enter_async_context(
            filled_platform(folder / "main", count, read, host_map=truth.web.host_map(web))
        )
        filling = {"postings": float(count)}
        filling |= told(await filled.index())
        filling |= told(await filled.embed())
        crawl = Crawl(truth, filled.session)
        crawling = asyncio.create_task(crawl.run())
        stack.push_async_callback(_end, crawling)
        while not crawl.looked_at:
            if crawling.done():
                crawling.result()
            await asyncio.sleep(0.5)
        yield World(filled, Family(filled.supervisor), crawl, mixed(read.postings, SEED), filling)
        if crawling.done():
            crawling.result()


async def _end(crawling: "asyncio.Task[None]") -> None:
    crawling.cancel()
    with suppress(asyncio.CancelledError):
        await crawling
