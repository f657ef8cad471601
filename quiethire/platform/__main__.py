"""The all-in-one process: `python -m quiethire.platform`.

One process, because ClickHouse in-process (chDB) belongs to one: the worker writes to it and the API reads from it.
"""

import asyncio
import logging

import uvicorn
from temporalio.common import WorkflowIDConflictPolicy
from uvicorn.loops.auto import auto_loop_factory

from quiethire.clients import Clients, migrate, open_clients
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.telemetry import OPEN_JOBS, configure_logging
from services.api.app import create_app
from worker import running_worker
from workflows.reconcile import ReconcileWorkflow

logger = logging.getLogger("quiethire.platform")


async def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    settings = Settings()
    configure_logging(settings, "platform")
    if (away := await migrate(settings)) is not None:
        logger.warning("searches are answered by ClickHouse until the index is there: %s", away)
    async with open_clients(settings) as clients, running_worker(clients):
        await compare_index(clients)
        config = uvicorn.Config(
            create_app(clients),
            host=settings.api_host,
            port=settings.api_port,
            log_config=None,
            access_log=False,
            server_header=False,
            # The gateway itself tells whose X-Forwarded-For to believe.
            proxy_headers=False,
        )
        await uvicorn.Server(config).serve()


async def compare_index(clients: Clients) -> None:
    """Start the reconciliation of an index that does not hold what is to be shown: what was stored last may not be in it.

    `migrate` gave it the time to load. Until it is whole again, searches are answered by ClickHouse.
    """
    postings = (await clients.postings.stats()).open
    OPEN_JOBS.set(postings)
    failures = await clients.index_records.count_failures()
    wanted = postings - await clients.clusters.hidden() - failures
    if await clients.index.ready() and await clients.index.count() == wanted:
        return
    logger.warning("the search index differs from the postings", extra={"wanted": wanted})
    await clients.temporal.start_workflow(
        ReconcileWorkflow.run,
        id="reconcile",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        task_queue=TASK_QUEUE,
    )


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(main())
