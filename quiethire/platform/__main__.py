"""The all-in-one process: `python -m quiethire.platform`.

One process, because ClickHouse in-process (chDB) belongs to one: the worker writes to it and the API reads from it.
"""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.common import WorkflowIDConflictPolicy
from uvicorn.loops.auto import auto_loop_factory

from quiethire.clients import Clients, migrate, open_clients
from quiethire.service import run_service
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.watch import sdk_metrics
from quiethire.watch.sampling import sampling
from services.api.serving import serve
from services.matching.preparation import preparing
from worker import QUEUES, running_worker
from workflows.reconcile import ReconcileWorkflow

SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread that computes lets another one on.

Workflows and rows of ClickHouse are worked on in threads, beside the loop that answers requests. By default each of these keeps the
interpreter for 5 ms whenever the loop comes back from waiting, which a search does a dozen times.
"""

logger = logging.getLogger("quiethire.platform")


async def main(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    sdk_metrics.expose()
    async with (
        preparing(settings.cache_path / "taxonomy"),
        _migrated_clients(settings) as clients,
        sampling(clients, QUEUES),
        running_worker(clients),
    ):
        _begins("comparing the index with the postings")
        await compare_index(clients)
        _begins("the API")
        await serve(clients)


def _begins(step: str) -> None:
    """Where a start takes too long, these are the last words of its log: whoever reads them knows what it waited for."""
    logger.info("starting: %s", step)


@asynccontextmanager
async def _migrated_clients(settings: Settings) -> AsyncIterator[Clients]:
    """The clients of stores that have the shape of this version."""
    _begins("migrating PostgreSQL, ClickHouse and Typesense")
    if (away := await migrate(settings)) is not None:
        logger.warning("searches are answered by ClickHouse until the index is there: %s", away)
    _begins("connecting to PostgreSQL, ClickHouse, Typesense, Redis and Temporal")
    async with open_clients(settings) as clients:
        _begins("the worker")
        yield clients


async def compare_index(clients: Clients) -> None:
    """Start the reconciliation of an index that does not hold what is to be shown: what was stored last may not be in it.

    `migrate` gave it the time to load. Until it is whole again, searches are answered by ClickHouse.
    """
    postings = await clients.postings.open_count()
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
    sys.setswitchinterval(SWITCH_INTERVAL)
    run_service("platform", main, loop_factory=auto_loop_factory())
