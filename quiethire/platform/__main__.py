"""The all-in-one process: `python -m quiethire.platform`.

One process, because ClickHouse in-process (chDB) belongs to one: the worker writes to it and the API reads from it.
"""

import asyncio
import logging
import time

import uvicorn
from temporalio.common import WorkflowIDConflictPolicy

from quiethire.clients import Clients, migrate, open_clients
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.telemetry import OPEN_JOBS, configure_logging
from services.api.app import create_app
from worker import running_worker
from workflows.reconcile import ReconcileWorkflow

LOADING_SECONDS = 5.0
"""An index whose number of documents stands still for so long has loaded all it has."""

POLL_SECONDS = 0.1

logger = logging.getLogger("quiethire.platform")


async def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    settings = Settings()
    configure_logging(settings, "platform")
    await migrate(settings)
    async with open_clients(settings) as clients, running_worker(clients):
        await load_index(clients)
        config = uvicorn.Config(
            create_app(clients), host=settings.api_host, port=settings.api_port, log_config=None, access_log=False
        )
        await uvicorn.Server(config).serve()


async def load_index(clients: Clients) -> None:
    """Wait until the search index holds every open posting; start its reconciliation where it never will.

    Typesense calls itself healthy while it still loads, and would answer with a part of the postings.
    """
    expected = (await clients.postings.stats()).open
    OPEN_JOBS.set(expected)
    count, since = await clients.index.count(), time.monotonic()
    while count != expected and time.monotonic() - since < LOADING_SECONDS:
        await asyncio.sleep(POLL_SECONDS)
        now = await clients.index.count()
        count, since = now, since if now == count else time.monotonic()
    if count == expected:
        return
    logger.warning("the search index differs from the postings", extra={"documents": count, "postings": expected})
    await clients.temporal.start_workflow(
        ReconcileWorkflow.run,
        id="reconcile",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        task_queue=TASK_QUEUE,
    )


if __name__ == "__main__":
    asyncio.run(main())
