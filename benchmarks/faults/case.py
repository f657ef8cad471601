"""The one shape of a case: what is broken, what is watched, what must come of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from benchmarks.faults.world import World
from benchmarks.report import Target

Figures = dict[str, float]
Fault = Callable[[World], AbstractAsyncContextManager[None]]
Observe = Callable[[World], Awaitable[Figures]]

STEADY = 3.0
"""Seconds of load before a fault and after it."""

ANSWERED: dict[str, Target] = {"search_errors": ("<=", 0), "wrong_answers": ("<=", 0)}
"""Searches never fail and never say what is not true. Where a machine is given more than it can do, some are sent away."""
SERVED: dict[str, Target] = {**ANSWERED, "shed_share": ("<=", 0.01)}
"""Searches go on: that they are sent away is no answer where nothing but a server or a worker fails."""


async def unprepared(_: World) -> None:
    """Nothing is to be made."""


@asynccontextmanager
async def nothing(_: World) -> AsyncIterator[None]:
    """What is watched is the fault itself."""
    yield


def unreachable(server: str) -> Fault:
    """The server runs, and nobody gets a connection to it."""

    @asynccontextmanager
    async def fault(world: World) -> AsyncIterator[None]:
        await world.proxies[server].down()
        yield
        await world.heal()

    return fault


def lasting(whole: float, quick: float) -> Observe:
    """Nothing is watched but the load, for so many seconds, and in a quick run for so many."""

    async def observe(world: World) -> Figures:
        await asyncio.sleep(world.seconds(whole, quick))
        return {}

    return observe


@dataclass(frozen=True)
class Case:
    """A fault: entered it is injected, left it is healed; `observe` runs in between, under the load."""

    id: str
    title: str
    injected: str
    """How, on one machine."""
    quickly: str = field(default="", kw_only=True)
    """The same of a quick run, where that injects less."""
    must: str
    """The pass line."""
    observe: Observe
    fault: Fault = nothing
    prepare: Callable[[World], Awaitable[None]] = unprepared
    """Makes what is to be there already, before the load is looked at."""
    targets: Mapping[str, Target] = field(default_factory=dict)
    """Of its own figures and of those of the load."""
    ready_within: float = 10.0
    """Seconds after it is healed."""
    named: str = ""
    """What a line of the log names as the cause; empty: nothing is to be told."""
    falls: str = ""
    """The dependency whose `quiethire_dependency_up` must fall, and stood before; empty: none is away so long."""
    mends: float = 0
    """Documents that the comparison of index and postings, which a schedule makes, may find wanting. Not nought where an index is
    away for longer than activities try, or where a frozen worker takes their tries: what they leave undone is for that comparison."""
    steady: float = STEADY
    """Seconds of load before the fault, where its figures are compared with those before."""
    fills_disks: bool = False
    """Whether it needs disks of the benchmark's own."""
    lacks: Callable[[], str] = str
    """What this machine lacks for it; blank: nothing."""


@dataclass(frozen=True)
class Tested:
    """A fault that tests prove the answer to, piece by piece: to measure it is to run them. No platform runs beside them."""

    id: str
    title: str
    must: str
    paths: tuple[str, ...]

    @property
    def injected(self) -> str:
        """What is run."""
        return ", ".join(f"`{path}`" for path in self.paths)
