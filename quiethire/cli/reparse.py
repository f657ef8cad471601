"""`quiethire reparse`: parse the archive again after the parser changed."""

import asyncio
import time
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from activities.rereading import ReparseChoice, ReparsePlan
from quiethire.cli.output import data, print_json, print_troubles, run, settings, talk
from quiethire.domain.errors import InvalidInput
from quiethire.platform.local import open_session
from quiethire.processes import DONE, FAILED, PARTLY
from quiethire.settings import TASK_QUEUE
from workflows.policies import Urgency, priority
from workflows.reparse import REPARSE_ID, ReparseInput, ReparseProgress, ReparseWorkflow

ASK_EVERY = 0.5
"""Seconds between two looks at how far it is."""

Handle = WorkflowHandle[ReparseWorkflow, ReparseProgress]


def reparse(  # noqa: PLR0917 - typer reads the options from the signature
    board: Annotated[str | None, typer.Option(metavar="KEY", help="One board, such as greenhouse/northwind.")] = None,
    host: Annotated[str | None, typer.Option(help="The boards on this host, or below it.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would change; write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also what the current parser has read.")] = False,
    closed: Annotated[bool, typer.Option("--all", help="Also closed postings, which stay closed.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Parse the page archive again after a change of the parser, without a single request.

    What it then reads otherwise is corrected, and is told as a correction: no employer changed anything. Boards whose
    postings the current parser has read all are left alone. A run that is under way is joined.

        quiethire reparse --board greenhouse/northwind --dry-run

    Exit codes: 0 done, 1 nothing could be read, 2 wrong use, 3 partly: there were problems.
    """
    choice = ReparseChoice(board=board, host=host.lower() if host else None, force=force, closed=closed)
    run(_reparse(ReparseInput(choice=choice, dry_run=dry_run), json=json))


async def _reparse(given: ReparseInput, *, json: bool) -> int:
    began = time.perf_counter()
    async with open_session(settings(), say=talk.print) as session:
        handle = await session.temporal.start_workflow(
            ReparseWorkflow.run,
            given,
            id=REPARSE_ID,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            task_queue=TASK_QUEUE,
            priority=priority(Urgency.PERSON, REPARSE_ID),
        )
        done = await _watched(handle)
    seconds = time.perf_counter() - began
    plan, choice = done.plan or ReparsePlan(), given.choice
    if not plan.boards + plan.current and (asked := choice.board or choice.host):
        raise InvalidInput(
            "no such board is known", where=asked, hint="quiethire crawl reads boards and learns of them"
        )
    if json:
        print_json(
            {
                **done.counts.model_dump(),
                "current_boards": plan.current,
                "failed_batches": done.failed,
                "dry_run": given.dry_run,
                "seconds": round(seconds, 3),
                "problem_list": [problem.model_dump() for problem in done.problems],
            }
        )
    else:
        _print(done, plan, seconds, dry_run=given.dry_run)
    if not done.counts.problems:
        return DONE
    return PARTLY if done.counts.read else FAILED


async def _watched(handle: Handle) -> ReparseProgress:
    """The result, with a bar that moves until it is there."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=talk, transient=True) as progress:
        bar = progress.add_task("parsing", total=None)
        result = asyncio.create_task(handle.result())
        while not result.done():
            await asyncio.wait((result,), timeout=ASK_EVERY)
            try:
                so_far = await handle.query(ReparseWorkflow.progress)
            except RPCError:
                continue  # Between two runs of it nobody answers; the result is what counts.
            plan = so_far.plan
            progress.update(bar, total=plan.batches if plan else None, completed=so_far.batches_done)
        return await result


def _print(done: ReparseProgress, plan: ReparsePlan, seconds: float, *, dry_run: bool) -> None:
    counts = done.counts
    mark = "[yellow]![/]" if counts.problems else "[green]✓[/]"
    would = "would be " if dry_run else ""
    boards = "1 board" if counts.boards == 1 else f"{counts.boards} boards"
    data.print(
        f"  {mark} {boards}   {counts.read} postings read   {would}{counts.corrected} corrected   "
        f"{counts.opened} opened   {counts.withdrawn} withdrawn   {counts.unchanged} unchanged",
        soft_wrap=True,
    )
    data.print(
        f"    {counts.unarchived} without a page in the archive, {plan.current} boards current already, 0 requests, "
        f"{seconds:.1f} s",
        style="dim",
        soft_wrap=True,
    )
    print_troubles((), done.problems)
