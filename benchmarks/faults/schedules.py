"""F05: Temporal away for many intervals of every schedule, in short: all times of the schedules and of the outage by the same divisor."""

import asyncio
import signal
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleHandle,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)
from temporalio.service import RPCError

from benchmarks.faults.case import SERVED, Case, Figures
from benchmarks.faults.world import World
from quiethire.settings import TASK_QUEUE
from workflows.retention import RetentionWorkflow
from workflows.schedules import SCHEDULES

OUTAGE = timedelta(hours=2)
LEAST_INTERVAL = timedelta(seconds=6)
"""A run is over by then: one that is under way when the server goes stands for the one that was missed."""
LEAST_WINDOW = timedelta(seconds=10)
"""Temporal takes a shorter catch-up window for this."""
SETTLES = 8.0
"""Seconds in which what was missed has been begun."""
SURE = timedelta(seconds=2)
"""What was due within so much of the end may have been begun in time."""
_BETWEEN = {
    "* * * * *": timedelta(minutes=1),
    "*/5 * * * *": timedelta(minutes=5),
    "0 * * * *": timedelta(hours=1),
    "0 */6 * * *": timedelta(hours=6),
}
"""By cron expression; all others of ours are daily."""


def _shortened(divisor: float) -> Iterator[tuple[str, timedelta, timedelta]]:
    """Each schedule of the platform: its id, its interval and its catch-up window, all divided."""
    for timed in SCHEDULES:
        interval = _BETWEEN.get(timed.cron, timedelta(days=1)) / divisor
        # Whole seconds: Temporal counts intervals in them.
        interval = max(timedelta(seconds=round(interval.total_seconds())), LEAST_INTERVAL)
        yield f"short-{timed.id}", interval, max(timed.catch_up / divisor, LEAST_WINDOW)


async def _caught_up(world: World) -> Figures:
    """Schedules as ours run; the server stands still, is killed, and begins anew from its disk: it was away all that time."""
    divisor = 300 if world.quick else 30
    client, schedules = world.session.temporal, {}
    for name, interval, window in _shortened(divisor):
        action = ScheduleActionStartWorkflow(RetentionWorkflow.run, id=name, task_queue=TASK_QUEUE)
        policy = SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=window)
        spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=interval)])
        schedules[name] = (await client.create_schedule(name, Schedule(action, spec, policy=policy)), interval, window)
    await asyncio.sleep(3)
    await _between_runs([handle for handle, _, _ in schedules.values()])
    world.kill("temporal", signal.SIGSTOP)
    away = datetime.now(UTC)
    await asyncio.sleep((OUTAGE / divisor).total_seconds())
    world.kill("temporal")
    # The process that is killed is replaced at once; what it starts with is what the one before had written.
    back = await _until_back(world)
    await asyncio.sleep(SETTLES)
    figures = {"schedules": len(schedules), "under_way": 0, "caught_up_once": 0, "more_than_once": 0, "not_at_all": 0}
    for handle, interval, window in schedules.values():
        await handle.delete()
        missed, under_way = await _runs(world, handle.id, away, back)
        figures["under_way"] += under_way
        figures["caught_up_once"] += missed == 1
        figures["more_than_once"] += missed > 1
        figures["not_at_all"] += _due(interval, max(away, back - window), back) and not missed and not under_way
    return dict(figures)


async def _between_runs(handles: Collection[ScheduleHandle]) -> None:
    """Wait until none is under way: one that is stands for the one that is missed, and little would be caught up."""
    async with asyncio.timeout(60):
        # Temporal tells nobody when a run ends; there is nothing of ours to wait on.
        while any([(await handle.describe()).info.running_actions for handle in handles]):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _until_back(world: World) -> datetime:
    async with asyncio.timeout(60):
        while True:
            with suppress(RPCError):
                if await world.session.temporal.service_client.check_health():
                    return datetime.now(UTC)
            await asyncio.sleep(0.1)


async def _runs(world: World, schedule: str, away: datetime, back: datetime) -> tuple[int, bool]:
    """How many were due while it was away, and whether one was under way then. Their ids end with the time at which they were due."""
    query = f"TemporalScheduledById = '{schedule}'"
    runs = [run async for run in world.session.temporal.list_workflows(query)]
    due = [datetime.fromisoformat(run.id.removeprefix(f"{schedule}-")) for run in runs]
    under_way = any(run.start_time < away and (run.close_time or back) > away for run in runs)
    return sum(away <= each < back - SURE for each in due), under_way


def _due(interval: timedelta, since: datetime, back: datetime) -> bool:
    """Whether one was due in the window, well within the outage: intervals count from 1970."""
    every, begin, end = interval.total_seconds(), (since + SURE).timestamp(), (back - SURE).timestamp()
    return begin < end and end // every > begin // every


CASES = (
    Case(
        id="F05",
        title="Temporal down for 2 h",
        injected="the server stopped for 4 minutes, killed and started; copies of all schedules, up to 30 times as frequent and no oftener than every 6 s",
        quickly="the server stopped for 24 s, killed and started; copies of all schedules, up to 300 times as frequent and no oftener than every 6 s",
        must="one catch-up run a schedule, however often it was missed",
        observe=_caught_up,
        targets={
            **SERVED,
            "caught_up_once": (">=", 3),
            "more_than_once": ("<=", 0),
            "not_at_all": ("<=", 0),
        },
        ready_within=20,
        named="temporal",
        falls="temporal",
        mends=100,
    ),
)
