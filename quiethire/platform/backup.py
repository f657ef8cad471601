"""Backing up a platform and restoring one, as the command line does."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter

from activities.shown_jobs import shown_ids
from quiethire.clients import migrate, open_clients
from quiethire.domain.backup import BackupInput, BackupReport, RestoreInput, RestoreReport
from quiethire.domain.errors import InvalidInput
from quiethire.platform.local import Say, open_session
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.stack.stack import start_stack
from quiethire.storage.backup import KEYS, Tell, open_backup, restore_stores, stoppable, write_backup
from worker import running_worker
from workflows.backup import BackupWorkflow
from workflows.reindex import ReindexInput, ReindexWorkflow

ASKED_EVERY = 1.0
"""Seconds between two questions how far a backup is that another process writes."""


async def back_up(settings: Settings, asked: BackupInput, *, say: Say, tell: Tell) -> BackupReport:
    """Write a backup of the platform that runs on the data directory, or of the servers that the settings name.

    Where ClickHouse is a server, this process writes it. Else ClickHouse belongs to the platform's process, and that one does.
    """
    if settings.clickhouse_dsn is not None and settings.postgres_dsn is not None:
        return await stoppable(lambda tell: write_backup(settings, asked, tell), tell)
    async with open_session(settings, say=say) as session:
        handle = await session.temporal.start_workflow(
            BackupWorkflow.run, asked, id=f"backup/{uuid.uuid4()}", task_queue=TASK_QUEUE
        )
        telling = asyncio.create_task(_tell(handle, tell))
        try:
            return await handle.result()
        except asyncio.CancelledError:
            await handle.cancel()
            raise
        finally:
            telling.cancel()
            # That a question was not answered changes nothing.
            await asyncio.gather(telling, return_exceptions=True)


async def _tell(handle: WorkflowHandle[BackupWorkflow, BackupReport], tell: Tell) -> None:
    """Pass on what its heartbeats say."""
    converter: DataConverter = pydantic_data_converter
    while True:
        await asyncio.sleep(ASKED_EVERY)
        for pending in (await handle.describe()).raw_description.pending_activities:
            at = await converter.decode(list(pending.heartbeat_details.payloads))
            if len(at) == 2:
                tell(str(at[0]), int(at[1]))


async def restore(
    settings: Settings, file: Path, keys: Path | None, asked: RestoreInput, *, say: Say, tell: Tell
) -> RestoreReport:
    """Restore a platform whole: its stores, then the search index: its rebuild ends with comparing it.

    On a data directory nothing may run meanwhile, which is seen to; on servers it is for the caller to stop workers and API. Raises what
    `restore_stores` raises.
    """
    began = time.monotonic()
    with open_backup(file, keys or file.parent / KEYS) as backup:
        say(f"restoring what was there at {backup.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC on {settings.data_dir}")
        async with _servers(settings) as there:
            stores = await restore_stores(there, backup, asked, tell)
            if (away := await migrate(there)) is not None:
                raise away
            tell("search index", 0)
            async with open_clients(there) as clients, running_worker(clients):
                # What the index held until now is no matter: the backup is what is wanted.
                anew = ReindexInput(accept_loss=True)
                await clients.temporal.execute_workflow(
                    ReindexWorkflow.run, anew, id=f"restore/{uuid.uuid4()}", task_queue=TASK_QUEUE
                )
                documents, postings = await clients.index.ids(), await shown_ids(clients)
    return RestoreReport(
        **dict(stores),
        postings=len(postings),
        difference=len(documents ^ postings),
        seconds=round(time.monotonic() - began, 2),
    )


@asynccontextmanager
async def _servers(settings: Settings) -> AsyncIterator[Settings]:
    """The servers that the settings name, with those of the embedded stack in place of the others; no schedules are made."""
    quiet = settings.model_copy(update={"schedules": False})
    named = (settings.postgres_dsn, settings.temporal_address, settings.typesense_url, settings.redis_url)
    if all(named):
        yield quiet
        return
    if settings.api_url:
        hint = "unset it: a platform is restored on its stores, and not through its API"
        raise InvalidInput("is set", where="QUIETHIRE_API_URL", hint=hint)
    async with start_stack(quiet) as (_, running):
        yield running.apply(quiet)
