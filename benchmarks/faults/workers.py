"""F01 to F10: the worker killed, stopped, frozen; Temporal away; what poisons a queue or fills it."""

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.faults.case import SERVED, Case, Figures, lasting, unreachable
from benchmarks.faults.second_worker import second_worker
from benchmarks.faults.world import World
from quiethire.stack.supervisor import RESTART_WINDOW

KILLS_A_WINDOW = 4
"""The supervisor gives up on a process that ends six times within its window."""


async def _killed_again_and_again(world: World) -> Figures:
    """SIGKILL at moments spread over crawls, each time until the platform is back."""
    chance, kills = random.Random(20261121), 2 if world.quick else 50
    resumed = []
    world.exits.codes.clear()
    for _ in range(kills):
        await asyncio.sleep(chance.random() * 4)
        before, began = len(world.load.crawls), time.monotonic()
        world.kill_platform()
        async with asyncio.timeout(120):
            while len(world.load.crawls) == before:  # noqa: ASYNC110 - the load crawls
                await asyncio.sleep(0.1)
        resumed.append(time.monotonic() - began)
        await asyncio.sleep(0 if world.quick else max(0.0, RESTART_WINDOW / KILLS_A_WINDOW - resumed[-1]))
    told = world.exits.codes.count(("platform", -signal.SIGKILL))
    return {"kills": kills, "resumed_s": round(max(resumed), 1), "untold": abs(kills - told)}


async def _stopped(world: World) -> Figures:
    """SIGTERM amid crawls: how long it takes to end, with which code, and what it logs."""
    mark = await world.mark()
    world.exits.codes.clear()
    began = time.monotonic()
    world.kill_platform(signal.SIGTERM)
    async with asyncio.timeout(60):
        while not world.exits.codes or world.exits.codes[-1][0] != "platform":  # noqa: ASYNC110 - the supervisor tells it
            await asyncio.sleep(0.05)
    seconds = time.monotonic() - began
    await world.until_ready()
    errors = [line for line in world.lines_since(mark) if line["level"] != "WARNING"]
    return {
        "ended_s": round(seconds, 1),
        "exit_code": abs(world.exits.codes[-1][1]),
        "error_lines": len(errors),
    }


@asynccontextmanager
async def _frozen(world: World) -> AsyncIterator[None]:
    """The process with worker and API stands still beside another worker, which is given what it had begun after the heartbeat's time."""
    async with second_worker(world):
        world.kill_platform(signal.SIGSTOP)
        try:
            yield
        finally:
            world.kill_platform(signal.SIGCONT)


async def _elsewhere(world: World) -> Figures:
    """How many crawls end well meanwhile."""
    before = len(world.load.crawls)
    await asyncio.sleep(world.seconds(90, 40))
    return {"crawls_elsewhere": len(world.load.crawls) - before}


CASES = (
    Case(
        id="F01",
        title="Worker killed amid its work",
        injected="SIGKILL at 50 random moments of crawls, 4 a minute",
        quickly="SIGKILL at 2 random moments of crawls",
        must="every run ends well, nothing lost or told twice; resumed within 35 s",
        observe=_killed_again_and_again,
        # Told: by a line of who keeps it running, with its exit code.
        targets={"resumed_s": ("<=", 35), "wrong_answers": ("<=", 0), "untold": ("<=", 0)},
    ),
    Case(
        id="F02",
        title="Worker told to stop",
        injected="SIGTERM amid crawls",
        must="ends within 25 s with code 0, and logs no error",
        observe=_stopped,
        targets={"ended_s": ("<=", 25), "exit_code": ("<=", 0), "error_lines": ("<=", 0), "wrong_answers": ("<=", 0)},
    ),
    Case(
        id="F03",
        title="Worker frozen",
        injected="SIGSTOP for 90 s beside a second worker, then SIGCONT",
        quickly="SIGSTOP for 40 s beside a second worker, then SIGCONT",
        must="tried again elsewhere; what the frozen one still writes changes nothing",
        fault=_frozen,
        observe=_elsewhere,
        targets={"crawls_elsewhere": (">=", 1), "wrong_answers": ("<=", 0)},
        ready_within=30,
        mends=100,
    ),
    Case(
        id="F04",
        title="Temporal away",
        injected="connections refused for 60 s",
        quickly="connections refused for 10 s",
        must="searches unaffected; workers are back within 10 s; no workflow lost",
        fault=unreachable("temporal"),
        observe=lasting(60, 10),
        targets=SERVED,
        named="temporal",
        falls="temporal",
    ),
)
