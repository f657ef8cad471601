"""How fast the crawler is, beside Scrapy and a bare asyncio loop over httpx that fetch the same pages in the same run.

`python -m benchmarks.crawler [--json] [--quick]`; Scrapy is a dependency of this benchmark alone: `make bench` installs it.
Where it is installed beside another Python, QUIETHIRE_PEERS_PYTHON names that interpreter.

A farm of 200 hosts on loopback answers each request after 50 ms. Every contender has at most 200 requests under way and one
per host; they take turns, and the median of their rounds counts. The bare loop only fetches and reads bodies. Scrapy also obeys
robots.txt. Ours does what it does in production: guard, pinned addresses, robots.txt, politeness, bounded bodies, and the bodies
into an archive of files: every page another, none packed or written twice. They lie in memory where the machine has a place for
that, since what a disk takes to create a file would be measured otherwise; the figure `…_archived_on_disk` is with one. The archive's
index is left out: PostgreSQL is measured by `benchmarks.pipeline`.
"""

import asyncio
import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import psutil

from benchmarks.report import Target, finish, options
from quiethire.domain.page import ArchivedFetch, FetchedVia, FetchSpec, FetchTrace, PageRef, Render
from quiethire.settings import Settings
from quiethire.storage.pages import open_archive
from services.crawler.crawler import Crawler, open_crawler

HOSTS = 200
LATENCY = 0.05
"""Seconds to each answer of the farm."""
IN_MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
TARGETS: dict[str, Target] = {
    "times_scrapy": (">=", 1.5),
    "times_bare_httpx": (">=", 0.8),
    "memory_growth_mb": ("<=", 20),
    "cost_growth": ("<=", 1.2),
    "polite_share_of_limit": (">=", 0.9),
    "browser_processes_left": ("<=", 0),
}


def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    given = options(__doc__)
    pages, rounds = (10, 1) if given.quick else (50, 3)
    with farm() as port:
        figures = asyncio.run(measure(port, pages, rounds, quick=given.quick))
    return finish(figures, TARGETS, as_json=given.json)


async def measure(port: int, pages: int, rounds: int, *, quick: bool) -> dict[str, float]:
    """All figures; rates are pages a second."""
    bare: list[float] = []
    ours: list[float] = []
    scrapy: list[float] = []
    cpu: list[float] = []
    on_disk: list[float] = []
    for _ in range(rounds):
        bare.append(HOSTS * pages / await bare_loop(port, pages))
        spent = time.process_time()
        ours.append(HOSTS * pages / await impolite(port, pages))
        cpu.append(1000 * (time.process_time() - spent) / (HOSTS * pages))
        on_disk.append(HOSTS * pages / await impolite(port, pages, None))
        scrapy.append(HOSTS * pages / await by_scrapy(port, pages))
    rate, rate_bare, rate_scrapy = map(statistics.median, (ours, bare, scrapy))
    return {
        "pages": float(HOSTS * pages),
        "pages_per_second": round(rate, 1),
        "bare_httpx_pages_per_second": round(rate_bare, 1),
        "scrapy_pages_per_second": round(rate_scrapy, 1),
        "times_scrapy": round(rate / rate_scrapy, 2),
        "times_bare_httpx": round(rate / rate_bare, 2),
        "pages_per_second_archived_on_disk": round(statistics.median(on_disk), 1),
        "cpu_seconds_per_1000_pages_http": round(statistics.median(cpu), 2),
        **await polite(port, 2 if quick else 8),
        **await long_run(port, 10_000 if quick else 100_000),
        **await by_browser(port, 9 if quick else 500),
    }


@contextmanager
def farm() -> Iterator[int]:
    """The farm in a process of its own; yields its port."""
    command = [sys.executable, "-m", "benchmarks.farm", "--latency", str(LATENCY)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())


@asynccontextmanager
async def crawler(port: int, folder_in: Path | None = IN_MEMORY, **changed: object) -> AsyncIterator[Crawler]:
    """Our crawler, with the farm's hosts mapped to the farm."""
    mapped = {host(number): f"127.0.0.1:{port}" for number in range(HOSTS)}
    with tempfile.TemporaryDirectory(dir=folder_in) as folder:
        settings = Settings.model_validate(
            {"data_dir": folder, "host_map": mapped, "fetch_concurrency": HOSTS, "host_concurrency": 1, **changed}
        )
        async with open_crawler(settings, open_archive(settings, Forgetful())) as opened:
            yield opened


class Forgetful:
    """An index of the archive that remembers no fetch: a long run is to show the crawler's memory alone."""

    async def record(self, spec: FetchSpec, ref: PageRef, trace: FetchTrace) -> None:
        """Nothing."""

    async def latest(self, spec: FetchSpec) -> PageRef | None:
        """Nothing."""
        return None

    async def scan(self, since: datetime | None = None) -> AsyncIterator[ArchivedFetch]:
        """Nothing."""
        return
        yield

    async def drop(self, *, superseded: datetime | None, last: datetime | None) -> int:
        """Nothing."""
        return 0

    async def unnamed(self, content_hashes: Collection[str]) -> set[str]:
        """Nothing."""
        return set()


def host(number: int) -> str:
    """The name of one host of the farm."""
    return f"h{number}.farm.example"


def specs(pages: int, *, folder: str = "jobs", render: Render = Render.NEVER) -> Iterator[FetchSpec]:
    """Every page of every host, the hosts in turns."""
    for page in range(pages):
        for number in range(HOSTS):
            yield FetchSpec(url=f"http://{host(number)}/{folder}/{page}", render=render)


async def fetch_all(opened: Crawler, wanted: Iterator[FetchSpec]) -> int:
    """Fetch; returns how many came. Ends the benchmark at a page that did not."""
    fetched = 0
    async for spec, result in opened.fetch_many(wanted):
        if not isinstance(result, PageRef):
            raise SystemExit(f"{spec.url}: {result.kind}: {result.detail}")
        fetched += 1
    return fetched


async def impolite(port: int, pages: int, folder_in: Path | None = IN_MEMORY) -> float:
    """Seconds of ours without delays between requests: still one at a time to each host."""
    async with crawler(port, folder_in, host_delay_min=0, host_delay_max=0) as opened:
        began = time.perf_counter()
        await fetch_all(opened, specs(pages))
        return time.perf_counter() - began


async def polite(port: int, pages: int) -> dict[str, float]:
    """With the delays of the settings: near the rate that they allow at most?"""
    async with crawler(port) as opened:
        began = time.perf_counter()
        await fetch_all(opened, specs(pages))
        seconds = time.perf_counter() - began
    # robots.txt is a request like any other.
    limit = HOSTS / (Settings().host_delay_min + LATENCY)
    rate = HOSTS * (pages + 1) / (seconds + Settings().host_delay_min)
    return {"polite_pages_per_second": round(rate, 1), "polite_share_of_limit": round(rate / limit, 3)}


async def long_run(port: int, fetches: int) -> dict[str, float]:
    """Memory and cost over many fetches: the first tenth beside the last."""
    tenth = fetches // 10
    async with crawler(port, host_delay_min=0, host_delay_max=0) as opened:
        wanted = specs(fetches // HOSTS, folder="long")
        memory: list[int] = []
        costs: list[float] = []
        done, began = 0, time.process_time()
        async for _, result in opened.fetch_many(wanted):
            if not isinstance(result, PageRef):
                raise SystemExit(f"{result.where}: {result.kind}")
            done += 1
            if done % tenth == 0:
                costs.append((time.process_time() - began) / tenth)
                gc.collect()
                memory.append(psutil.Process().memory_info().rss)
                began = time.process_time()
    return {
        "fetches": float(done),
        "memory_growth_mb": round((memory[-1] - memory[0]) / 1e6, 1),
        "cost_growth": round(statistics.median(costs[-3:]) / statistics.median(costs[:3]), 2),
    }


async def by_browser(port: int, pages: int) -> dict[str, float]:
    """CPU of ours, the driver and Chromium together, for pages that only a script builds; and what is left of them all."""
    hosts = 4
    before_all = set(psutil.Process().children(recursive=True))
    seen: set[psutil.Process] = set()
    # By one browser: of one that was replaced the system tells only a part of what its processes have cost.
    async with crawler(port, host_delay_min=0, host_delay_max=0, browser_pages=2 * pages) as opened:
        wanted = [
            FetchSpec(url=f"http://{host(page % hosts)}/shell/{page}", render=Render.AUTO) for page in range(pages + 1)
        ]
        await fetch_all(opened, iter(wanted[:1]))  # the browser's start is not the price of a page
        before = cpu_of_all()
        began = time.perf_counter()
        async for _, result in opened.fetch_many(wanted[1:]):
            if not isinstance(result, PageRef):
                raise SystemExit(f"{result.where}: {result.kind}")
            if result.via is not FetchedVia.BROWSER:
                raise SystemExit("no browser: install Chromium, or name one in QUIETHIRE_CHROMIUM_PATH")
            seen |= set(psutil.Process().children(recursive=True)) - before_all
        seconds, spent = time.perf_counter() - began, cpu_of_all() - before
    _, left = psutil.wait_procs(list(seen), 10)
    return {
        "browser_pages": float(pages),
        "browser_pages_per_second": round(pages / seconds, 2),
        "cpu_seconds_per_1000_pages_browser": round(1000 * spent / pages, 1),
        "browser_processes_left": float(len(left)),
    }


def cpu_of_all() -> float:
    """CPU seconds of this process and of all below it, those that ended included."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = time.process_time() + ended.ru_utime + ended.ru_stime
    for child in psutil.Process().children(recursive=True):
        times = child.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
    return total


async def bare_loop(port: int, pages: int) -> float:
    """Seconds of httpx alone. A client for every host: the strongest form, since one pool for 200 hosts is 5 times slower."""
    tls = httpx.create_ssl_context()

    async def one_host(number: int) -> None:
        async with httpx.AsyncClient(verify=tls, timeout=30, trust_env=False) as client:
            for page in range(pages):
                assert (await client.get(f"http://127.0.0.1:{port}/{number}/jobs/{page}")).content

    began = time.perf_counter()
    await asyncio.gather(*(one_host(number) for number in range(HOSTS)))
    return time.perf_counter() - began


async def by_scrapy(port: int, pages: int) -> float:
    """Seconds of Scrapy, which runs in a process of its own and tells them."""
    python = os.environ.get("QUIETHIRE_PEERS_PYTHON", sys.executable)
    command = [python, "-m", "benchmarks.scrapy_peer", *map(str, (port, HOSTS, pages, HOSTS))]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1])
    told, _ = await process.communicate()
    if process.returncode:
        raise SystemExit(
            "Scrapy failed; is it installed? `make bench` does that, and QUIETHIRE_PEERS_PYTHON names another Python"
        )
    return float(told)


if __name__ == "__main__":
    sys.exit(main())
