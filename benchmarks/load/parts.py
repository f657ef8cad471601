"""The three parts: a steady load, far too much, and hours."""

import asyncio
import os
from collections import Counter

from benchmarks.load.family import Sample, cpu_since
from benchmarks.load.measuring import Outcome, growth, knee, rates, slope
from benchmarks.load.world import World
from benchmarks.report import Target, told

RATE = 50.0
"""Searches a second of the steady load."""
SOAKED_AT = 20.0
"""Searches a second of the soak: as much as goes on for hours, beside whatever else the machine does."""
DEADLINE_MS = 1_000.0
"""An answer that comes later is none for who asked."""
TIMES_THE_KNEE = 5.0
LOWEST, FIRST, HIGHEST = 1.0, 20.0, 400.0
"""Searches a second between which the knee is looked for, and where that begins. Who asks has a knee too."""
RECOVERED_WITHIN = 30.0
"""Seconds after the overload in which every answer is to be on time again."""
SAMPLED_EVERY = 10.0
WARM_UP = 0.25
"""Part of a soak that no slope is made of: caches fill."""
KEPT = 360.0
"""Seconds of that at least, where the soak is twice as long: answers are kept for five minutes."""
LONG = 60.0
"""Minutes from which on a slope is held against a target: a shorter soak cannot tell what grows for good from caches that fill."""


async def steady(world: World, *, seconds: float) -> tuple[dict[str, float], dict[str, Target]]:
    """Searches at an even pace beside the crawl."""
    crawled, before = world.crawl.looked_at, world.family.sample()
    outcome = await world.offer(RATE, seconds)
    after = world.family.sample()
    figures = {
        "steady_seconds": seconds,
        "steady_offered_per_second": RATE,
        "steady_p50_ms": outcome.at(50),
        "steady_p95_ms": outcome.at(95),
        "steady_p99_ms": outcome.at(99),
        "steady_slowest_ms": outcome.at(100),
        "steady_errors": float(len(outcome.statuses) - outcome.count(200)),
        "steady_degraded": float(outcome.degraded),
        "steady_boards_crawled_per_second": round((world.crawl.looked_at - crawled) / seconds, 2),
        "steady_crawls_failed": float(world.crawl.failed),
        **{f"steady_cores_{name}": round(used, 2) for name, used in cpu_since(before, after).items()},
        **{f"steady_{name}_mb": round(held / 1e6, 1) for name, held in after.bytes.items()},
        "load_average": round(os.getloadavg()[0], 1),
    }
    return figures, {
        "steady_p95_ms": ("<=", 150.0),
        "steady_p99_ms": ("<=", 400.0),
        "steady_errors": ("<=", 0.0),
    }


async def overload(world: World, *, step: float, seconds: float) -> tuple[dict[str, float], dict[str, Target]]:
    """Find how much it holds, then ask five times as much, then see how soon it is well again."""
    at = await _knee(world, step)
    if at is None:
        return {"knee_offered_per_second": 0.0}, {"knee_offered_per_second": (">=", RATE)}
    outcome = await world.offer(at.offered * TIMES_THE_KNEE, seconds)
    recovered = await _recovery(world, at.offered / 2)
    refused = outcome.count(429, 503)
    others = len(outcome.statuses) - outcome.count(200) - refused
    figures = {
        "knee_offered_per_second": at.offered,
        "knee_good_per_second": round(at.good(DEADLINE_MS), 1),
        "knee_p95_ms": at.at(95),
        "overload_seconds": seconds,
        "overload_offered_per_second": outcome.offered,
        "overload_good_per_second": round(outcome.good(DEADLINE_MS), 1),
        "overload_goodput": round(outcome.good(DEADLINE_MS) / at.good(DEADLINE_MS), 3),
        "overload_answered_p50_ms": outcome.at(50),
        "overload_answered_p99_ms": outcome.at(99),
        "overload_refused": float(refused),
        "overload_refused_p99_ms": max(outcome.at(99, status=429), outcome.at(99, status=503)),
        "overload_refused_untold": float(outcome.untold),
        "overload_unanswered": float(outcome.count(0)),
        "overload_other_errors": float(others - outcome.count(0)),
        "overload_degraded": float(outcome.degraded),
        "overload_recovery_seconds": recovered,
    }
    return figures, {
        "overload_goodput": (">=", 0.8),
        "overload_refused_p99_ms": ("<=", 2_000.0),
        "overload_refused_untold": ("<=", 0.0),
        "overload_unanswered": ("<=", 0.0),
        "overload_other_errors": ("<=", 0.0),
        "overload_recovery_seconds": ("<=", RECOVERED_WITHIN),
    }


async def _knee(world: World, step: float) -> Outcome | None:
    """Upwards until a rate is missed twice; where already the first one is, downwards until one is held."""
    tried: list[Outcome] = []
    for rate in rates(FIRST, HIGHEST):
        if not await _is_held(world, rate, step, tried):
            break
    for rate in reversed(rates(LOWEST, FIRST)[:-1]):
        if knee(tried) is not None or await _is_held(world, rate, step, tried):
            break
    return knee(tried)


async def _is_held(world: World, rate: float, step: float, tried: list[Outcome]) -> bool:
    """A rate that is not held is tried once more: it may have been the machine's doing."""
    for _ in range(2):
        outcome = await world.offer(rate, step)
        tried.append(outcome)
        told({f"at_{rate:g}_per_second_p95_ms": outcome.at(95), f"at_{rate:g}_per_second_200": outcome.count(200)})
        if outcome.holds:
            return True
    return False


async def _recovery(world: World, rate: float) -> float:
    """Seconds until a window of two seconds in which everything is answered, and in time."""
    passed, window = 0.0, 2.0
    while passed < 10 * RECOVERED_WITHIN:
        passed += window
        outcome = await world.offer(rate, window)
        if outcome.holds and outcome.count(200) == len(outcome.statuses):
            break
    return passed


async def soak(world: World, *, minutes: float) -> tuple[dict[str, float], dict[str, Target]]:
    """A lasting load beside the crawl, and how memory, files and processes grow meanwhile."""
    load = asyncio.create_task(_load_for(world, minutes * 60))
    samples: list[Sample] = []
    while not load.done():
        samples.append(await asyncio.to_thread(world.family.sample))
        await asyncio.wait((load,), timeout=SAMPLED_EVERY)
    statuses = load.result()
    warm_up = min(max(WARM_UP * minutes * 60, KEPT), minutes * 30)
    whole = slope([(each.at, sum(each.bytes.values())) for each in samples], warm_up=warm_up)
    kept = [each for each in samples if each.at - samples[0].at >= warm_up]
    figures = {
        "soak_minutes": minutes,
        "soak_is_short": float(minutes < LONG),
        "soak_searches_per_second": SOAKED_AT,
        "soak_errors": float(statuses.total() - statuses[200]),
        **{f"soak_answered_{status}": float(statuses[status]) for status in sorted(statuses) if status != 200},
        "soak_memory_mb": round(sum(kept[-1].bytes.values()) / 1e6, 1),
        "soak_memory_percent_per_hour": round(whole.per_hour, 2),
        "soak_memory_percent_per_hour_error": round(whole.error, 2),
        "soak_files_growth": growth([each.files for each in kept]),
        "soak_sockets_growth": growth([each.sockets for each in kept]),
        "soak_threads_growth": growth([each.threads for each in kept]),
        "soak_processes_growth": float(kept[-1].processes - kept[0].processes),
    }
    for name in kept[0].bytes:
        own = slope([(each.at, each.bytes.get(name, 0)) for each in samples], warm_up=warm_up)
        figures[f"soak_{name}_mb"] = round(kept[-1].bytes.get(name, 0) / 1e6, 1)
        figures[f"soak_{name}_percent_per_hour"] = round(own.per_hour, 2)
    targets: dict[str, Target] = {"soak_errors": ("<=", 0.0)}
    if minutes >= LONG:
        targets |= {"soak_memory_percent_per_hour": ("<=", 1.0)}
        targets |= {"soak_files_growth": ("<=", 20.0), "soak_threads_growth": ("<=", 20.0)}
    return figures, targets


async def _load_for(world: World, seconds: float) -> Counter[int]:
    """Ask minute by minute; how much was answered with which status, 0 for what was not."""
    statuses = Counter[int]()
    while seconds > 0:
        statuses.update((await world.offer(SOAKED_AT, min(seconds, 60.0))).statuses)
        seconds -= 60.0
    return statuses
