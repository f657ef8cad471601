"""Records one history per workflow for the replay tests: `make histories`.

Run it after a deliberate change of a workflow's commands, once no run of the old version is left anywhere; otherwise
guard the change with `workflow.patched` and keep the old history beside the new: `EmbedWorkflow-before-match-embedded.json`.
Over stub activities are `CareerPageCrawlWorkflow-continued.json`, of a crawl that goes on from another history, for no board of the demo is
so long; `MatchWorkflow-before-parts-at-once.json`, of three parts, for the demo has one; and until the next recording the histories of crawls,
vectors and matches that follow that change.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client, WorkflowHistory

from activities.rereading import ReparseChoice
from quiethire.cli.output import talk
from quiethire.domain.backup import BackupInput
from quiethire.platform.local import open_session
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.storage import postgres
from workflows.alerts import AlertInput, AlertWorkflow
from workflows.backup import BackupWorkflow
from workflows.board_refresh import BoardRefreshInput, BoardRefreshWorkflow
from workflows.crawl_queue import CrawlQueueInput, CrawlQueueWorkflow
from workflows.embed import EmbedProgress, EmbedWorkflow
from workflows.people_retention import PeopleRetentionWorkflow
from workflows.reconcile import ReconcileWorkflow
from workflows.registry import WORKFLOWS
from workflows.reindex import ReindexWorkflow
from workflows.reparse import ReparseInput, ReparseWorkflow
from workflows.retention import RetentionWorkflow
from workflows.rollback import RollbackWorkflow

FOLDER = Path(__file__).with_name("histories")
LOCAL = (
    (re.compile(r'"identity": "[^"]*"'), '"identity": "recorded"'),
    (re.compile(r'"stackTrace": "(?:[^"\\]|\\.)*"'), '"stackTrace": ""'),
)
"""What tells of the machine that recorded, and no replay needs."""


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "QUIETHIRE_DATA_DIR": folder}
        subprocess.run([Path(sys.executable).with_name("quiethire"), "demo", "--json"], env=env, check=True)  # noqa: ASYNC221
        async with open_session(Settings(data_dir=Path(folder) / "demo"), say=talk.print) as session:
            async with postgres.open_pool(session.settings.postgres_dsn) as pool:
                await postgres.PostgresCrawlQueue(pool).push(["https://nowhere.example/jobs"])
                boards = postgres.PostgresBoards(pool)
                await boards.add_due(await boards.all(), datetime.now(UTC))
            for workflow, arguments in (
                (ReindexWorkflow, []),
                (RollbackWorkflow, []),
                (ReconcileWorkflow, []),
                (EmbedWorkflow, [EmbedProgress()]),
                (AlertWorkflow, [AlertInput(at_once=True)]),
                (RetentionWorkflow, []),
                (PeopleRetentionWorkflow, []),
                (BackupWorkflow, [BackupInput(target=folder)]),
                (ReparseWorkflow, [ReparseInput(choice=ReparseChoice(force=True))]),
                (CrawlQueueWorkflow, [CrawlQueueInput()]),
                (BoardRefreshWorkflow, [BoardRefreshInput()]),
            ):
                await session.temporal.execute_workflow(
                    workflow.run, args=arguments, id=f"record/{workflow.__name__}", task_queue=TASK_QUEUE
                )
            for workflow in WORKFLOWS:
                history = await longest(session.temporal, workflow.__name__)
                text = json.dumps(json.loads(history.to_json()), indent=1, sort_keys=True)
                for pattern, plain in LOCAL:
                    text = pattern.sub(plain, text)
                (FOLDER / f"{workflow.__name__}.json").write_text(text + "\n")


async def longest(client: Client, name: str) -> WorkflowHistory:
    """The history that shows the most of a workflow."""
    runs = [run async for run in client.list_workflows(f"WorkflowType = '{name}' AND ExecutionStatus = 'Completed'")]
    handles = [client.get_workflow_handle(run.id, run_id=run.run_id) for run in runs]
    return max([await handle.fetch_history() for handle in handles], key=lambda history: len(history.events))


if __name__ == "__main__":
    asyncio.run(main())
