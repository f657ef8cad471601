"""`quiethire index`: the search index as a whole."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from temporalio.common import WorkflowIDConflictPolicy

from activities.indexing import ReconcileInput
from quiethire.cli.find import ask_api
from quiethire.cli.output import data, plain, print_json, run, settings, talk
from quiethire.platform.local import open_session
from quiethire.processes import DONE, PARTLY
from quiethire.settings import TASK_QUEUE
from workflows.reconcile import ReconcileWorkflow
from workflows.reindex import ReindexInput, ReindexWorkflow
from workflows.rollback import RollbackWorkflow

index = typer.Typer(
    no_args_is_help=True,
    help="The search index: how it is, rebuilt or mended from ClickHouse while it serves, or served as it was before.",
)

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
AcceptLoss = Annotated[
    bool, typer.Option("--accept-loss", help="Even where the index gives up more than half of its documents by that.")
]
FAILURES = 10
"""Failures that are shown; --json gives more."""


@index.command()
def status(json: Json = False) -> None:
    """Show whether the index is whole, what it consists of, and what it did not take.

    Exit codes: 0 it is whole, 3 it loads, differs from the postings, or did not take all of them.
    """
    run(_status(json=json))


@index.command()
def rebuild(accept_loss: AcceptLoss = False, json: Json = False) -> None:
    """Build the index anew beside the old one, then swap. The old one is kept for a rollback.

    Example: quiethire index rebuild --accept-loss

    Exit codes: 0 done, 1 failed, 2 wrong use, 3 done, but for documents that were not taken.
    """
    run(_run(ReindexWorkflow, "reindex", ReindexInput(accept_loss=accept_loss), json=json))


@index.command()
def reconcile(accept_loss: AcceptLoss = False, json: Json = False) -> None:
    """Add what the index lacks, remove what it should not have, and try again what it did not take.

    Example: quiethire index reconcile --accept-loss

    Exit codes: 0 done, 1 failed, 2 wrong use, 3 done, but for documents that were not taken.
    """
    run(_run(ReconcileWorkflow, "reconcile", ReconcileInput(accept_loss=accept_loss), json=json))


@index.command()
def rollback(json: Json = False) -> None:
    """Serve the collection from before the last rebuild, and bring it up to date. Done twice, it undoes itself.

    Exit codes: 0 done, 1 failed, 2 wrong use, 3 done, but for documents that were not taken.
    """
    run(_run(RollbackWorkflow, "rollback", json=json))


async def _run(
    workflow: type[ReindexWorkflow | ReconcileWorkflow | RollbackWorkflow],
    workflow_id: str,
    *given: ReindexInput | ReconcileInput,
    json: bool,
) -> int:
    async with open_session(settings(), say=talk.print) as session:
        result = await session.temporal.execute_workflow(
            workflow.run,
            args=given,
            id=workflow_id,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            task_queue=TASK_QUEUE,
        )
    if json:
        print_json(result)
    else:
        told = f"{result.added} added, {result.renewed} renewed, {result.removed} removed"
        data.print(f"  {result.postings} jobs to be shown: {told}")
        if result.failed:
            data.print(f"  [yellow]{result.failed} were not taken[/]; see: quiethire index status")
    return PARTLY if result.failed else DONE


async def _status(*, json: bool) -> int:
    found = await ask_api("GET", "/api/v1/index")
    print_json(found) if json else _print(found)
    whole = found["ready"] and not found["failed"] and found["documents"] == found["jobs"]
    return DONE if whole else PARTLY


def _print(found: dict[str, Any]) -> None:
    ready = "[green]ready[/]" if found["ready"] else f"[yellow]not ready[/]: {escape(plain(found['reason'] or ''))}"
    data.print(f"  {ready}", soft_wrap=True)
    data.print(
        f"  documents  {_number(found['documents'])} of {_number(found['expected'])} expected,"
        f" {_number(found['jobs'])} jobs are open"
    )
    for each in found["collections"]:
        role = "serves" if each["serves"] else "before" if each["previous"] else "left over"
        role = "is built" if each["name"] == found["building"] else role
        data.print(f"  {escape(plain(each['name'])):<24} {_number(each['documents']):>10} documents  {role}")
    data.print(f"  rebuilt    {_moment(found['reindexed_at'])}    compared  {_moment(found['reconciled_at'])}")
    for failure in found["failures"][:FAILURES]:
        data.print(
            f"  [yellow]not taken[/]  {failure['job_id']}  tried {failure['attempts']} times,"
            f" last {_moment(failure['last_at'])}",
            soft_wrap=True,
        )
        data.print(f"             {plain(failure['error'])}", style="dim", markup=False, soft_wrap=True)
    if found["failed"] > FAILURES:
        data.print(f"  … and {found['failed'] - FAILURES} more; --json names them", style="dim")


def _number(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"


def _moment(at: str | None) -> str:
    return "never" if at is None else f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M} UTC"
