"""F16 and F46: PostgreSQL's disk full, and that of pages and logs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import psycopg

from benchmarks.faults.case import SERVED, Case, Fault, Figures
from benchmarks.faults.world import World
from quiethire.domain.errors import QuietHireError
from quiethire.storage.pages.bodies import hash_in, unpack

_FILLER = "CREATE TABLE IF NOT EXISTS fault_filler (line text)"
_WRITE = "INSERT INTO fault_filler SELECT repeat(md5(each::text), 30) FROM generate_series(1, 20000) AS each"


def _full(name: str) -> Fault:
    @asynccontextmanager
    async def fault(world: World) -> AsyncIterator[None]:
        world.disks[name].fill()
        yield
        world.disks[name].free()

    return fault


async def _postgres_full(world: World) -> Figures:
    """Somebody writes until nothing more is taken; what /readyz says meanwhile."""
    pid, named, refused = world.servers.pids["postgres"], 0, 0
    until = time.monotonic() + world.seconds(60, 12)
    while time.monotonic() < until:
        try:
            async with await psycopg.AsyncConnection.connect(world.direct.postgres_dsn, autocommit=True) as link:
                await link.execute(_FILLER)
                await link.execute(_WRITE)
        except psycopg.errors.DiskFull:
            refused += 1
        except psycopg.OperationalError:
            pass  # It recovers from a write-ahead log that could not grow.
        named += await _reason(world) == "disk"
        await asyncio.sleep(0.5)
    return {
        "refused_as_full": refused,
        "readyz_says_disk": named,
        "same_server": float(pid == world.servers.pids["postgres"]),
    }


async def _reason(world: World) -> str:
    with suppress(httpx.HTTPError, ValueError):
        told = (await world.session.api.get("/readyz", timeout=5)).json()
        return next((each["reason"] for each in told["dependencies"] if each["name"] == "postgresql"), "") or ""
    return ""


async def _pages_full(world: World) -> Figures:
    """Whether crawls wait, the process lives on, and no page that is in the archive is a part of one."""
    pid = world.platform.pids["platform"]
    settling = world.seconds(10, 3)
    await asyncio.sleep(settling)
    ended, asked = len(world.load.crawls), time.monotonic()
    await asyncio.sleep(world.seconds(50, 9))
    crawled = len(world.load.crawls) - ended
    world.disks["platform"].free()
    resumed = time.monotonic()
    async with asyncio.timeout(120):
        while len(world.load.crawls) == ended + crawled:  # noqa: ASYNC110 - the load crawls
            await asyncio.sleep(0.1)
    return {
        "crawls_while_full": crawled,
        "full_for_s": round(resumed - asked + settling, 1),
        "resumed_s": round(time.monotonic() - resumed, 1),
        "same_process": float(pid == world.platform.pids["platform"]),
        "damaged_pages": await asyncio.to_thread(_damaged, world),
    }


def _damaged(world: World) -> int:
    """Bodies in the archive that are not what their names say."""
    damaged, pages = 0, world.folder / "platform" / "pages"
    for path in pages.rglob("*"):
        content_hash = hash_in(str(path.relative_to(pages)))
        if not path.is_file() or content_hash is None:
            continue
        try:
            unpack(path.read_bytes(), content_hash)
        except QuietHireError:
            damaged += 1
    return damaged


CASES = (
    Case(
        id="F16",
        title="Disk of PostgreSQL full",
        injected="its file system holds no byte more for 60 s, and somebody writes",
        quickly="its file system holds no byte more for 12 s, and somebody writes",
        must="writes fail cleanly, /readyz says `disk`; nothing to be repaired by hand",
        fault=_full("postgres"),
        observe=_postgres_full,
        targets={
            **SERVED,
            "write_errors": ("<=", 0),
            "refused_as_full": (">=", 1),
            "readyz_says_disk": (">=", 1),
        },
        ready_within=30,
        named="postgresql",
        falls="postgresql",
        mends=100,
        fills_disks=True,
    ),
    Case(
        id="F46",
        title="Disk of worker and logs full",
        injected="the file system of pages and logs holds no byte more for 60 s",
        quickly="the file system of pages and logs holds no byte more for 12 s",
        must="crawls pause and resume, no broken file",
        fault=_full("platform"),
        observe=_pages_full,
        targets={
            **SERVED,
            "crawls_while_full": ("<=", 0),
            "resumed_s": ("<=", 60),
            "same_process": (">=", 1),
            "damaged_pages": ("<=", 0),
        },
        ready_within=30,
        mends=100,
        fills_disks=True,
    ),
)
