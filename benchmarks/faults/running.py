"""Runs one case: steady, broken, healed, compared."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.faults import oracle
from benchmarks.faults.case import STEADY, Case, Figures
from benchmarks.faults.load import Answer
from benchmarks.faults.world import Mark, World
from benchmarks.report import Target

WATCHED_EVERY = 0.5
"""Seconds between two looks at the platform's own words: an orchestrator asks less often, and for longer."""


async def run_case(world: World, case: Case) -> tuple[Figures, dict[str, Target]]:
    """The figures of the case, and what they must reach."""
    before, fell = await _steady(world, case)
    mark = await world.mark()
    async with _watched(world, fell), case.fault(world):
        figures = dict(await case.observe(world))
        broken_until = time.monotonic()
    figures["ready_again_s"] = round(await world.until_ready(), 1)
    await asyncio.sleep(STEADY)
    world.load.raise_if_broken()
    figures = {**_of_load(world, mark, broken_until), **before, **figures, **await _told(world, case, mark, fell)}
    figures |= await oracle.judge(world)
    return figures, targets_of(case)


def targets_of(case: Case) -> dict[str, Target]:
    """What the figures of a case must reach."""
    targets = {
        **oracle.TARGETS,
        "mended": ("<=", case.mends),
        "ready_again_s": ("<=", case.ready_within),
        **case.targets,
    }
    if case.named:
        targets |= {"lines_that_name_it": (">=", 1), "lines_before": ("<=", 0)}
    if case.falls:
        targets |= {"fell": (">=", 1), "down_before": ("<=", 0)}
    return targets


async def _steady(world: World, case: Case) -> tuple[Figures, set[str]]:
    """The load with nothing broken: what is told and counted then, does not tell of the fault. And a set for what falls in it."""
    down: set[str] = set()
    world.steady_since, mark = time.monotonic(), await world.mark()
    await world.fallen(down)
    await asyncio.sleep(case.steady)
    world.load.raise_if_broken()
    await world.fallen(down)
    figures: Figures = {}
    if case.named:
        figures["lines_before"] = len(_naming(world, case, mark))
    if case.falls:
        figures["down_before"] = float(case.falls in down)
    return figures, set()


@asynccontextmanager
async def _watched(world: World, fell: set[str]) -> AsyncIterator[None]:
    """Ask whether it is ready, as an orchestrator does, and keep what its metrics say is away."""

    async def watch() -> None:
        while True:
            await world.fallen(fell)
            await asyncio.sleep(WATCHED_EVERY)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


def _naming(world: World, case: Case, mark: Mark) -> list[dict[str, Any]]:
    return [line for line in world.lines_since(mark) if case.named in f"{line['message']} {line['fields']}".lower()]


def _of_load(world: World, mark: Mark, until: float) -> Figures:
    """How requests fared that began while it was broken."""
    during = [each for each in world.load.searches if mark.at <= each.at < until]
    after = [each for each in world.load.searches if each.at >= until]
    writes = [each for each in world.load.writes if mark.at <= each.at < until]
    return {
        "searches": len(during),
        "search_errors": sum(_failed(each) for each in (*during, *after)),
        "wrong_answers": sum(each.wrong for each in (*during, *after)),
        "degraded_share": round(sum(each.degraded for each in during) / len(during), 2) if during else 0.0,
        "shed_share": round(sum(each.shed for each in during) / len(during), 2) if during else 0.0,
        "search_p95_ms": _percentile(during, 0.95),
        "search_p99_ms": _percentile(during, 0.99),
        "writes": len(writes),
        "writes_refused": sum(each.status == 503 and each.retry_after for each in writes),
        "write_errors": sum(each.status != 201 and not (each.status == 503 and each.retry_after) for each in writes),
        "write_slowest_s": round(max((each.seconds for each in writes), default=0.0), 1),
        "crawls": sum(mark.at <= at < until for at in world.load.crawls),
        "steady_p99_ms": _percentile([s for s in world.load.searches if world.steady_since <= s.at < mark.at], 0.99),
    }


def _failed(answer: Answer) -> bool:
    return answer.status == 0 or (answer.status >= 500 and not answer.shed)


def _percentile(answers: Sequence[Answer], share: float) -> float:
    times = sorted(each.seconds * 1_000 for each in answers)
    return round(times[min(len(times) - 1, int(len(times) * share))], 1) if times else 0.0


async def _told(world: World, case: Case, mark: Mark, fell: set[str]) -> Figures:
    figures: Figures = {"errors_counted": sum((await world.errors_since(mark)).values())}
    if case.named:
        figures["lines_that_name_it"] = len(_naming(world, case, mark))
    if case.falls:
        figures["fell"] = float(case.falls in fell)
    return figures
