"""F08 and F10: crawls that always fail, and ten thousand of them queued at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import RateLimit
from temporalio.api.workflowservice.v1 import UpdateTaskQueueConfigRequest

from activities.errors import ATTEMPTS
from benchmarks.faults.case import SERVED, Case, Figures
from benchmarks.faults.truth import STILL
from benchmarks.faults.world import World
from benchmarks.load.family import Family
from benchmarks.local_boards import board_of
from quiethire.domain.board import Board
from quiethire.settings import TASK_QUEUE
from workflows.career_page_crawl import CareerPageCrawlInput, CareerPageCrawlWorkflow
from workflows.policies import CRAWL_QUEUE, Urgency, priority
from workflows.results import CareerPageCrawlResult

FAILING = 10
FAILING_FOR = (60.0, 45.0)
"""Seconds, and in a quick run: others are crawled once a second, and one crawl more or less must not be a twentieth of them."""
RATE = 10.0
"""Activities a second that the crawl queue gives out while it is full: what two cores bear beside searches. At 20 they have no time left."""
BURST_TIMEOUT = 1_800.0
STARTED_AT_ONCE = 100


def _crawl(world: World, board: Board, name: str, urgency: Urgency) -> asyncio.Task[CareerPageCrawlResult]:
    return asyncio.create_task(
        world.session.temporal.execute_workflow(
            CareerPageCrawlWorkflow.run,
            CareerPageCrawlInput(board=board, urgency=urgency),
            id=name,
            task_queue=TASK_QUEUE,
            priority=priority(urgency, board.key),
        )
    )


async def _always_failing(world: World) -> Figures:
    """Boards whose host resets every connection, all crawled at once; how often each is tried, and what the others notice."""
    web, seconds = world.truth.web, world.seconds(*FAILING_FOR)
    web.failing = {f"failing{number:02d}": 0 for number in range(FAILING)}
    began = time.monotonic()
    crawls = [_crawl(world, board_of(token), f"crawl-of-{token}", Urgency.PERSON) for token in web.failing]
    await asyncio.sleep(seconds)
    others = sum(at >= began for at in world.load.crawls)
    ended, waiting = await asyncio.wait(crawls, timeout=60)
    figures = {
        "tried_most": max(web.failing.values()),
        "tried_least": min(web.failing.values()),
        "ended_as_failed": sum(task.result().failed for task in ended),
        "without_end": len(waiting),
        "others_share": round(others / max(1, sum(began - seconds <= at < began for at in world.load.crawls)), 2),
    }
    web.failing = {}
    return figures


@asynccontextmanager
async def _limited(world: World) -> AsyncIterator[None]:
    """The crawl queue with a rate of its own, as the setting `queue_rates` gives it, but without a new worker."""
    await _limit(world, RATE)
    try:
        yield
    finally:
        await _limit(world, None)


async def _limit(world: World, rate: float | None) -> None:
    update = UpdateTaskQueueConfigRequest.RateLimitUpdate(
        rate_limit=None if rate is None else RateLimit(requests_per_second=rate)
    )
    await world.session.temporal.workflow_service.update_task_queue_config(
        UpdateTaskQueueConfigRequest(
            namespace=world.session.temporal.namespace,
            identity="faults",
            task_queue=CRAWL_QUEUE,
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
            update_queue_rate_limit=update,
        )
    )


async def _burst(world: World) -> Figures:
    """Crawls of boards that never change, far more than are done at a time; amid them, people who ask for one."""
    count, boards = (1_000 if world.quick else 10_000), world.truth.boards(STILL)
    before = [each.seconds for each in world.load.searches if each.at >= world.steady_since]
    began, memory = time.monotonic(), _Peak(world)
    watching = asyncio.create_task(memory.watch())
    for start in range(0, count, STARTED_AT_ONCE):
        numbers = range(start, min(start + STARTED_AT_ONCE, count))
        await asyncio.gather(*(_queue(world, boards[n % len(boards)], n) for n in numbers))
    queued = time.monotonic()
    people = [await _person(world, boards[n % len(boards)], n) for n in range(5)]
    left_then = count - await _done(world)
    async with asyncio.timeout(BURST_TIMEOUT):
        while await _done(world) < count:  # noqa: ASYNC110 - the platform works
            await asyncio.sleep(1)
    drained = time.monotonic()
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching  # A figure of a watch that broke off would be one that passes.
    during = [each.seconds for each in world.load.searches if began <= each.at < drained]
    usual, busy = (sorted(times)[int(len(times) * 0.99) - 1] for times in (before, during))
    return {
        "workflows": count,
        "queued_s": round(queued - began, 1),
        "drained_a_second": round(count / (drained - began), 1),
        "person_slowest_s": round(max(people), 1),
        "left_when_they_were_served": left_then,
        "memory_peak_mb": round(memory.peak / 1e6),
        "p99_of_before": round(busy / usual, 2),
    }


async def _queue(world: World, board: Board, number: int) -> None:
    await world.session.temporal.start_workflow(
        CareerPageCrawlWorkflow.run,
        CareerPageCrawlInput(board=board),
        id=f"burst-{number}",
        task_queue=TASK_QUEUE,
        priority=priority(Urgency.BATCH, board.key),
        run_timeout=timedelta(seconds=BURST_TIMEOUT),
    )


async def _person(world: World, board: Board, number: int) -> float:
    """Seconds that somebody waits who asks for a crawl now."""
    began = time.monotonic()
    await _crawl(world, board, f"asked-for-{number}", Urgency.PERSON)
    return time.monotonic() - began


async def _done(world: World) -> int:
    query = "WorkflowId STARTS_WITH 'burst-' AND ExecutionStatus = 'Completed'"
    return (await world.session.temporal.count_workflows(query)).count


class _Peak:
    """The most memory that the platform's processes held, what they share counted once."""

    def __init__(self, world: World) -> None:
        self._family = Family(world.platform)
        self.peak = 0

    async def watch(self) -> None:
        """Look every two seconds."""
        while True:
            self.peak = max(self.peak, sum(self._family.sample().bytes.values()))
            await asyncio.sleep(2)


CASES = (
    Case(
        id="F08",
        title="An activity that always fails",
        injected=f"{FAILING} boards whose host resets every connection",
        must=f"tried {ATTEMPTS} times, with pauses; others unaffected",
        observe=_always_failing,
        targets={
            **SERVED,
            "tried_most": ("<=", ATTEMPTS),
            "tried_least": (">=", ATTEMPTS),
            "ended_as_failed": (">=", FAILING),
            "without_end": ("<=", 0),
            "others_share": (">=", 0.95),
        },
        steady=FAILING_FOR[0],
    ),
    Case(
        id="F10",
        title="10,000 workflows at once",
        injected=f"10,000 crawls queued, and {RATE:g} activities a second for their queue",
        quickly=f"1,000 crawls queued, and {RATE:g} activities a second for their queue",
        must="the rate holds, drained by priority, less than 1.5 GB of memory, p99 of searches within 20 %",
        fault=_limited,
        observe=_burst,
        targets={
            **SERVED,
            "drained_a_second": ("<=", RATE),
            "person_slowest_s": ("<=", 15),
            "left_when_they_were_served": (">=", 1),
            "memory_peak_mb": ("<=", 1_500),
            "p99_of_before": ("<=", 1.2),
        },
        # At eight searches a second, the hundredth part of twenty seconds would be one or two of them.
        steady=60,
    ),
)
