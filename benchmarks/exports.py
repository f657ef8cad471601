"""Exports over many postings: rows a second and memory, by format, of everything and of what a search finds.

`python -m benchmarks.exports [--json] [--quick]`

The postings are those of `benchmarks.postings`, stored in ClickHouse in this process. The search is stood in for by their ids in no
order, which is the worst case for the store: what the index adds is measured by benchmarks.search. Memory is that of this
process, with the engine: flat is what does not grow with the rows that have been written.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import psutil

from benchmarks.postings import retold_boards
from benchmarks.report import Target, finish, options
from quiethire.clients import Clients
from quiethire.domain.lifecycle import observe
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting
from quiethire.domain.search import SearchQuery
from quiethire.storage.clickhouse import ClickHouseClusters, ClickHousePostings, open_clickhouse
from services.api.publishing.exports import ExportFormat, Job
from services.api.publishing.sitemap import postings_part, sitemap_index
from services.api.publishing.walking import walk
from services.api.routes.exports import file_of
from services.parser.parse import parse_board_page

SEEN = datetime(2026, 11, 20, 12, tzinfo=UTC)
STORED_AT_ONCE = 1_000
GROWTH = 1.25
"""Memory after the first tenth may grow by so much: buffers of several threads come and go."""


class Measured:
    """The memory of this process while something runs, at its tenths, and the CPU that it takes."""

    def __init__(self, wanted: int) -> None:
        self.rows = self.bytes = 0
        self._tenth = max(1, wanted // 10)
        self.at_tenths: list[int] = []
        self._process = psutil.Process()
        self._began, self._cpu = time.perf_counter(), time.process_time()

    async def counted(self, jobs: AsyncGenerator[list[Job]]) -> AsyncGenerator[list[Job]]:
        """The same jobs."""
        async with aclosing(jobs):
            async for some in jobs:
                self.rows += len(some)
                if self.rows >= self._tenth * (len(self.at_tenths) + 1):
                    self.at_tenths.append(self._process.memory_info().rss)
                yield some

    def figures(self, name: str) -> dict[str, float]:
        """What came out."""
        wall, cpu = time.perf_counter() - self._began, time.process_time() - self._cpu
        return {
            f"{name}: rows": self.rows,
            f"{name}: rows/s": round(self.rows / wall),
            f"{name}: rows/CPU-s": round(self.rows / cpu),
            f"{name}: MB": round(self.bytes / 1e6, 1),
            f"{name}: memory MB, most at a tenth": round(max(self.at_tenths) / 1e6),
            f"{name}: memory, last tenth / first": round(self.at_tenths[-1] / self.at_tenths[0], 2),
        }


async def store(postings: ClickHousePostings, wanted: int) -> None:
    """At least so many postings, whole boards of them."""
    held: list[JobPosting] = []
    stored = 0
    for board, body in retold_boards():
        page = Page(url=board.url, body=body, content_type="application/json", fetched_at=SEEN)
        held += parse_board_page(board, page).postings
        if len(held) >= STORED_AT_ONCE or stored + len(held) >= wanted:
            await postings.save(observe({}, held, SEEN).rows, ())
            stored += len(held)
            held = []
        if stored >= wanted:
            return


async def export(clients: Clients, format: ExportFormat, query: SearchQuery, wanted: int) -> Measured:
    """One export, whose bytes are counted and thrown away."""
    measured = Measured(wanted)
    async for part in file_of(format, measured.counted(walk(clients, query))):
        measured.bytes += len(part)
    return measured


async def sitemap(postings: ClickHousePostings) -> dict[str, float]:
    """The index of the sitemap and its first part."""
    began = time.process_time()
    await sitemap_index(postings, "https://jobs.example")
    index, began = time.process_time() - began, time.process_time()
    part = b"".join([some async for some in postings_part(postings, "https://jobs.example", None)])
    return {
        "sitemap: index, CPU ms": round(index * 1e3),
        "sitemap: URLs of the first part": part.count(b"<loc>"),
        "sitemap: first part, CPU ms": round((time.process_time() - began) * 1e3),
    }


async def measure(folder: Path, wanted: int) -> dict[str, float]:
    """All of it."""
    engine = open_clickhouse(None, folder)
    try:
        postings = ClickHousePostings(engine)
        await postings.migrate()
        await store(postings, wanted)

        async def found(_: SearchQuery) -> AsyncIterator[list[UUID]]:
            ids = list(await postings.open_ids())
            for start in range(0, len(ids), 250):
                yield ids[start : start + 250]

        clients = cast(
            "Clients",
            SimpleNamespace(postings=postings, clusters=ClickHouseClusters(engine), index=SimpleNamespace(walk=found)),
        )
        figures: dict[str, float] = {}
        for name, query in (("all", SearchQuery()), ("a search", SearchQuery(q="any"))):
            for form in ExportFormat:
                figures |= (await export(clients, form, query, wanted)).figures(f"{form.value}, {name}")
        return figures | await sitemap(postings)
    finally:
        engine.close()


def main() -> int:
    """Measure and print."""
    given = options(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder), 5_000 if given.quick else 100_000))
    targets: dict[str, Target] = {name: ("<=", GROWTH) for name in figures if name.endswith("last tenth / first")}
    return finish(figures, targets, as_json=given.json)


if __name__ == "__main__":
    raise SystemExit(main())
