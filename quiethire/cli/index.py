"""`quiethire index`: the search index as a whole."""

from typing import Annotated

import typer
from temporalio.common import WorkflowIDConflictPolicy

from quiethire.cli.output import DONE, PARTLY, data, print_json, run, settings, talk
from quiethire.platform.local import open_session
from quiethire.settings import TASK_QUEUE
from workflows.reconcile import ReconcileWorkflow
from workflows.reindex import ReindexWorkflow

index = typer.Typer(no_args_is_help=True, help="The search index: rebuilt or mended from ClickHouse, while it serves.")

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@index.command()
def rebuild(json: Json = False) -> None:
    """Build the index anew beside the old one, then swap."""
    run(_run(ReindexWorkflow, "reindex", json=json))


@index.command()
def reconcile(json: Json = False) -> None:
    """Add what the index lacks, remove what it should not have."""
    run(_run(ReconcileWorkflow, "reconcile", json=json))


async def _run(workflow: type[ReindexWorkflow | ReconcileWorkflow], workflow_id: str, *, json: bool) -> int:
    async with open_session(settings(), say=talk.print) as session:
        result = await session.temporal.execute_workflow(
            workflow.run,
            id=workflow_id,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            task_queue=TASK_QUEUE,
        )
    if json:
        print_json(result)
    else:
        data.print(f"  {result.postings} open postings: {result.added} added, {result.removed} removed")
    return PARTLY if result.failed else DONE
