"""The worker: `python worker.py` takes work from every task queue until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.errors import ErrorInterceptor
from activities.registry import all_activities
from quiethire.clients import Clients, open_clients
from quiethire.domain.errors import InvalidInput
from quiethire.service import run_service
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.watch import sdk_metrics
from quiethire.watch.face import served
from quiethire.watch.sampling import sampling
from services.matching.preparation import preparing
from workflows.dead_letters import DeadLetterInterceptor
from workflows.durations import DurationInterceptor
from workflows.policies import CRAWL_QUEUE, EMBED_QUEUE, MATCH_QUEUE, PARSE_QUEUE
from workflows.registry import WORKFLOWS
from workflows.schedules import ensure_schedules

logger = logging.getLogger("quiethire.worker")

QUEUES = (TASK_QUEUE, CRAWL_QUEUE, PARSE_QUEUE, MATCH_QUEUE, EMBED_QUEUE)
"""Every task queue: a worker takes work from all of them."""

WORKFLOW_TASKS_AT_ONCE = 8
"""Workflows compute and wait for nothing, a thread each: more of them gain nothing, and each takes its turn at the interpreter before a
search that is answered in the same process."""


@asynccontextmanager
async def running_worker(clients: Clients) -> AsyncIterator[None]:
    """Take work while the body runs; then finish or hand back what is under way. Raises InvalidInput for a queue that is none."""
    for name, queues in (("TASK_QUEUES", clients.settings.task_queues), ("QUEUE_RATES", clients.settings.queue_rates)):
        _refuse_unknown(name, queues)
    activities = all_activities(clients)
    workers: list[Worker] = []
    async with AsyncExitStack() as stack:
        for queue in clients.settings.task_queues or QUEUES:
            worker = Worker(
                clients.temporal,
                task_queue=queue,
                activities=activities,
                workflows=WORKFLOWS if queue == TASK_QUEUE else (),
                # The sandbox loads the workflows' modules anew for every run, which costs more than the run. Tests run in it.
                workflow_runner=UnsandboxedWorkflowRunner(),
                max_concurrent_workflow_tasks=WORKFLOW_TASKS_AT_ONCE,
                # A bug in a workflow fails it visibly instead of being retried for ever.
                workflow_failure_exception_types=[Exception],
                interceptors=[ErrorInterceptor(), DurationInterceptor(), DeadLetterInterceptor()],
                # What is under way when a worker is told to stop may end; then it is cancelled, and tried again elsewhere.
                graceful_shutdown_timeout=timedelta(seconds=25),
                max_task_queue_activities_per_second=clients.settings.queue_rates.get(queue),
                # Heartbeats go out as they are made: by default they are held back for four fifths of their timeout.
                max_heartbeat_throttle_interval=timedelta(seconds=5),
            )
            workers.append(await stack.enter_async_context(worker))
        # The stack leaves one after the other: the last queue would be worked on until all others have drained, each in its time.
        stack.push_async_callback(_end_together, workers)
        if clients.settings.schedules:
            for name in await ensure_schedules(clients.temporal):
                logger.info("schedule created", extra={"schedule": name})
        yield


def _refuse_unknown(name: str, queues: Iterable[str]) -> None:
    """A mistyped queue would be no error anywhere: nobody would take work from it, or its rate would limit nothing."""
    if unknown := sorted(set(queues) - set(QUEUES)):
        hint = f"there are {', '.join(QUEUES)}"
        raise InvalidInput(
            f"no such task queue: {', '.join(unknown)}", where=f"QUIETHIRE_{name}", hint=hint, kind="wrong_setting"
        )


async def _end_together(workers: list[Worker]) -> None:
    """Take nothing more from any queue from now on, and wait until what is under way has ended: one time of grace for all of it."""
    await asyncio.gather(*(worker.shutdown() for worker in workers))


async def main(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM."""
    if settings.metrics_port is not None:
        sdk_metrics.expose()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with (
        preparing(settings.cache_path / "taxonomy"),
        open_clients(settings) as clients,
        served(clients.readiness, settings.api_host, settings.metrics_port),
        sampling(clients, QUEUES),
        running_worker(clients),
    ):
        await stop.wait()


if __name__ == "__main__":
    run_service("worker", main)
