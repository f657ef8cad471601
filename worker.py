"""The worker: `python worker.py` takes work from every task queue until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import prometheus_client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.errors import ErrorInterceptor
from activities.registry import all_activities
from quiethire.clients import Clients, open_clients
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.telemetry import configure_logging
from workflows.durations import DurationInterceptor
from workflows.policies import CRAWL_QUEUE, EMBED_QUEUE, MATCH_QUEUE, PARSE_QUEUE
from workflows.registry import WORKFLOWS
from workflows.schedules import ensure_schedules

logger = logging.getLogger("quiethire.worker")

PASSED_THROUGH = ("quiethire", "activities", "services", "pydantic", "ada_url")
"""Modules that the sandbox does not load again for every workflow: they hold no state that a workflow could see."""


@asynccontextmanager
async def running_worker(clients: Clients) -> AsyncIterator[None]:
    """Take work while the body runs; then finish or hand back what is under way."""
    clients.parser.start()
    activities = all_activities(clients)
    runner = SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))
    async with AsyncExitStack() as stack:
        for queue in (TASK_QUEUE, CRAWL_QUEUE, PARSE_QUEUE, MATCH_QUEUE, EMBED_QUEUE):
            worker = Worker(
                clients.temporal,
                task_queue=queue,
                activities=activities,
                workflows=WORKFLOWS if queue == TASK_QUEUE else (),
                workflow_runner=runner,
                # A bug in a workflow fails it visibly instead of being retried for ever.
                workflow_failure_exception_types=[Exception],
                interceptors=[ErrorInterceptor(), DurationInterceptor()],
                graceful_shutdown_timeout=timedelta(seconds=20),
            )
            await stack.enter_async_context(worker)
        if clients.settings.schedules:
            for name in await ensure_schedules(clients.temporal):
                logger.info("schedule created", extra={"schedule": name})
        yield


async def main() -> None:
    """Run until SIGINT or SIGTERM."""
    settings = Settings()
    configure_logging(settings, "worker")
    if settings.metrics_port is not None:
        prometheus_client.start_http_server(settings.metrics_port)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_clients(settings) as clients, running_worker(clients):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
