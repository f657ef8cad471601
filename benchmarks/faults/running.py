"""Runs one case: steady, broken, healed, compared."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from benchmarks.faults import oracle
from benchmarks.faults.alarms import LOOK_EVERY, Recording, alerts_of, lacks_promtool
from benchmarks.faults.case import STEADY, Case, Figures
from benchmarks.faults.load import Answer
from benchmarks.faults.world import Mark, World
from benchmarks.report import Target


async def run_case(world: World, case: Case) -> tuple[Figures, dict[str, Target]]:
    """The figures of the case, and what they must reach."""
    await case.prepare(world)
    recording = Recording(time.monotonic(), time.time())
    async with _recorded(world, recording):
        before, mark = await _steady(world, case, recording)
        async with case.fault(world):
            figures = dict(await case.observe(world))
            broken_until = time.monotonic()
        figures["ready_again_s"] = round(await world.until_ready(), 1)
        await asyncio.sleep(STEADY)
    world.load.raise_if_broken()
    figures = {**_of_load(world, mark, broken_until), **before, **figures, **await _told(world, case, mark, recording)}
    figures |= await oracle.judge(world)
    targets = targets_of(case, quick=world.quick)
    if "alerts_silent" not in figures:
        targets.pop("alerts_silent", None)
    return figures, targets


def targets_of(case: Case, *, quick: bool) -> dict[str, Target]:
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
    # A quick fault is over before an alert that waits for a quarter of an hour could fire.
    if not quick and alerts_of(case.id):
        targets |= {"alerts_silent": ("<=", 0)}
    return targets


async def _steady(world: World, case: Case, recording: Recording) -> tuple[Figures, Mark]:
    """The load with nothing broken: what is told and counted then does not tell of the fault. And the moment when that ends."""
    world.steady_since, mark = time.monotonic(), await world.mark()
    await asyncio.sleep(case.steady)
    world.load.raise_if_broken()
    figures: Figures = {}
    if case.named:
        figures["lines_before"] = len(_naming(world, case, mark))
    ended = await world.mark()
    if case.falls:
        figures["down_before"] = float(case.falls in recording.down(mark.at, ended.at))
    return figures, ended


@asynccontextmanager
async def _recorded(world: World, recording: Recording) -> AsyncIterator[None]:
    """Keep what the processes tell of themselves while the block lasts."""

    async def keep() -> None:
        told = await world.told()
        recording.add(time.monotonic(), told)

    looking = [asyncio.create_task(_again_and_again(each)) for each in (keep, world.ask_whether_ready)]
    try:
        yield
    finally:
        for each in looking:
            each.cancel()
        for each in looking:
            with suppress(asyncio.CancelledError):
                await each


async def _again_and_again(look: Callable[[], Awaitable[None]]) -> None:
    while True:
        await look()
        await asyncio.sleep(LOOK_EVERY)


def _naming(world: World, case: Case, mark: Mark) -> list[dict[str, Any]]:
    return [line for line in world.lines_since(mark) if case.named in f"{line['message']} {line['fields']}".lower()]


def _of_load(world: World, mark: Mark, until: float) -> Figures:
    """How requests fared that began while it was broken."""
    during = [each for each in world.load.searches if mark.at <= each.at < until]
    after = [each for each in world.load.searches if each.at >= until]
    writes = [each for each in world.load.writes if mark.at <= each.at < until]
    return {
        "searches": len(during),
        "unanswered": sum(not each.status for each in during),
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


async def _told(world: World, case: Case, mark: Mark, recording: Recording) -> Figures:
    figures: Figures = {"errors_counted": sum((await world.errors_since(mark)).values())}
    if case.named:
        figures["lines_that_name_it"] = len(_naming(world, case, mark))
    if case.falls:
        figures["fell"] = float(case.falls in recording.down(mark.at, time.monotonic()))
    if why := lacks_promtool():
        sys.stderr.write(f"{case.id}: which alerts fire is not known: {why}\n")
        return figures
    fired = await asyncio.to_thread(recording.fired, mark.at)
    silent = alerts_of(case.id) - fired
    sys.stderr.write(f"{case.id}: alerts that fired: {_names(fired)}; that did not: {_names(silent)}\n")
    return figures | {"alerts_fired": len(fired), "alerts_silent": len(silent)}


def _names(alerts: set[str]) -> str:
    return ", ".join(sorted(alerts)) or "none"
