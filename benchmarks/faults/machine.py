"""F47 to F51: processors taken, memory short, stores cut off, a slow line, everything killed."""

import asyncio
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import psutil
from temporalio.api.enums.v1 import EventType, TimeoutType

from benchmarks.faults.case import ANSWERED, SERVED, Case, Figures, lasting
from benchmarks.faults.proxy import Faults, Line
from benchmarks.faults.world import CRAWLED, World

BURNERS = 2
SLOW_LINE = 1_000_000 / 8
"""Bytes a second."""
HISTORIES = 100
"""That are looked at for heartbeats that did not come."""


@asynccontextmanager
async def _starved(_: World) -> AsyncIterator[None]:
    """As many processes that only compute as `stress-ng --cpu 2` would start."""
    command = (sys.executable, "-c", "while True: pass")
    burning = [await asyncio.create_subprocess_exec(*command) for _ in range(BURNERS)]
    try:
        yield
    finally:
        for each in burning:
            each.kill()
        await asyncio.gather(*(each.wait() for each in burning))


async def _alive(world: World) -> Figures:
    """Whether the process says that it lives, asked as an orchestrator does: every 2 s, with 5 s to answer."""
    asked = failed = 0
    until = time.monotonic() + world.seconds(60, 8)
    async with httpx.AsyncClient(base_url=world.session.api.base_url, timeout=5) as client:
        while time.monotonic() < until:
            asked += 1
            try:
                failed += not (await client.get("/healthz")).is_success
            except httpx.HTTPError:
                failed += 1
            await asyncio.sleep(2)
    return {"liveness_asked": asked, "liveness_failed": failed}


@asynccontextmanager
async def _partitioned(world: World) -> AsyncIterator[None]:
    """Nothing passes between the platform and any store, either way; connections stay open."""
    for name, proxy in world.proxies.items():
        if name != CRAWLED:
            proxy.faults = Faults(holds=True)
    yield
    await world.heal()


@asynccontextmanager
async def _all_killed(world: World) -> AsyncIterator[None]:
    """SIGKILL to every process; the supervisors start them again."""
    world.exits.codes.clear()
    for name in list(world.servers.pids):
        world.kill(name)
    world.kill_platform()
    yield


async def _told(world: World) -> Figures:
    """Which ends no line of who keeps them running tells, with the exit code."""
    await asyncio.sleep(1)
    return {"untold": len({*world.servers.pids, "platform"} - {name for name, _ in world.exits.codes})}


@asynccontextmanager
async def _short_of_memory(world: World) -> AsyncIterator[None]:
    """The platform's process gets no byte more than it has; the one that the supervisor starts after it has no such limit."""
    pid = world.platform.pids["platform"]
    held = psutil.Process(pid).memory_info().vms
    resource.prlimit(pid, resource.RLIMIT_AS, (held, held))
    world.notes |= {"short": pid, "stores": dict(world.servers.pids)}
    world.exits.codes.clear()
    yield


async def _ends_and_begins_anew(world: World) -> Figures:
    """Whether it ends by itself, is replaced, and whether all stores are those that there were."""
    began, until = time.monotonic(), time.monotonic() + world.seconds(120, 90)
    while world.platform.pids["platform"] == world.notes["short"] and time.monotonic() < until:  # noqa: ASYNC110 - it ends when it does
        await asyncio.sleep(0.2)
    seconds = time.monotonic() - began
    codes = [code for name, code in world.exits.codes if name == "platform"]
    return {
        "ended_s": round(seconds, 1),
        # What was never told to have ended has not ended well.
        "exit_code": abs(codes[-1]) if codes else 255,
        "replaced": float(world.platform.pids["platform"] != world.notes["short"]),
        "stores_killed": sum(world.servers.pids[name] != pid for name, pid in world.notes["stores"].items()),
    }


@asynccontextmanager
async def _slow_line(world: World) -> AsyncIterator[None]:
    """What goes to the crawled hosts and to Temporal shares one line: pages and heartbeats are in each other's way."""
    line = Line(SLOW_LINE)
    for name in (CRAWLED, "temporal"):
        world.proxies[name].faults = Faults(line=line)
    yield
    await world.heal()


async def _slowly(world: World) -> Figures:
    """What still comes through, and which heartbeats came too late."""
    began, asked, tries = datetime.now(UTC), world.truth.web.asked, world.load.tries
    seconds = world.seconds(90, 20)
    await asyncio.sleep(seconds)
    return {
        "fetches": world.truth.web.asked - asked,
        "heartbeats_missed": await _heartbeats_missed(world, began - timedelta(seconds=seconds)),
        "runs_begun_anew": world.load.tries - tries,
    }


async def _heartbeats_missed(world: World, since: datetime) -> int:
    """Tries of activities that were given up since no heartbeat came, in the crawls that began since then."""
    missed = 0
    query = f"StartTime > '{since.isoformat()}' AND WorkflowType = 'CareerPageCrawlWorkflow'"
    async for found in world.session.temporal.list_workflows(query, limit=HISTORIES):
        handle = world.session.temporal.get_workflow_handle(found.id, run_id=found.run_id)
        async for event in handle.fetch_history_events():
            started = event.activity_task_started_event_attributes.last_failure
            timed_out = event.activity_task_timed_out_event_attributes.failure
            failure = timed_out if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT else started
            missed += failure.timeout_failure_info.timeout_type == TimeoutType.TIMEOUT_TYPE_HEARTBEAT
    return missed


CASES = (
    Case(
        id="F47",
        title="No processor to spare",
        injected="two processes that only compute",
        must="liveness stays green, searches are answered or refused with 503 before they take 2 s",
        fault=_starved,
        observe=_alive,
        targets={
            "liveness_failed": ("<=", 0),
            **ANSWERED,
            "search_p99_ms": ("<=", 2_000),
        },
    ),
    Case(
        id="F48",
        title="Memory short",
        injected="the platform's process may not take one byte more than it has (RLIMIT_AS)",
        must="it ends and is started again, no store is killed",
        fault=_short_of_memory,
        observe=_ends_and_begins_anew,
        targets={"wrong_answers": ("<=", 0), "replaced": (">=", 1), "exit_code": ("<=", 0), "stores_killed": ("<=", 0)},
        ready_within=60,
        named="refuses this process memory",
        mends=100,
    ),
    Case(
        id="F49",
        title="Worker and API cut off from all stores",
        injected="nothing passes for 60 s, connections stay open",
        quickly="nothing passes for 10 s, connections stay open",
        must="afterwards every posting is there once, nothing is stuck",
        fault=_partitioned,
        observe=lasting(60, 10),
        # Who asks is told so in time: nothing hangs because a store does.
        targets={"wrong_answers": ("<=", 0), "unanswered": ("<=", 0), "search_p95_ms": ("<=", 10_000)},
        ready_within=60,
        named="postgresql",
        falls="clickhouse",
        mends=100,
    ),
    Case(
        id="F50",
        title="Network of 1 Mbit/s",
        injected="pages and all that goes to Temporal and back share 1 Mbit/s for 90 s",
        quickly="pages and all that goes to Temporal and back share 1 Mbit/s for 20 s",
        must="heartbeats in time, fewer fetches, nothing fails for it",
        fault=_slow_line,
        observe=_slowly,
        targets={**SERVED, "fetches": (">=", 1), "heartbeats_missed": ("<=", 0), "runs_begun_anew": ("<=", 0)},
    ),
    Case(
        id="F51",
        title="Everything killed",
        injected="SIGKILL to every server and to the platform",
        must="ready within 120 s by the supervisor alone",
        fault=_all_killed,
        observe=_told,
        targets={"wrong_answers": ("<=", 0), "untold": ("<=", 0)},
        ready_within=120,
        mends=100,
    ),
)
