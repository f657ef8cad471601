"""`quiethire archive`: the page archive."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from temporalio.common import WorkflowIDConflictPolicy

from quiethire.cli.output import data, print_json, print_troubles, run, settings, talk
from quiethire.domain.ports import PageArchive
from quiethire.platform.local import open_session
from quiethire.processes import DONE, FAILED, PARTLY
from quiethire.registry import open_registry
from quiethire.settings import TASK_QUEUE
from quiethire.storage.pages import export_pages, import_pages
from workflows.retention import RetentionWorkflow

archive = typer.Typer(no_args_is_help=True, help="The page archive: what was fetched, kept by content hash.")


@archive.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="JSON lines or WARC.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Load saved pages, so that `quiethire crawl --offline` can read them.

    JSON lines hold url, path (relative to the file) and content_type; a WARC file (also .gz) its response records.
    Importing a file again changes nothing.

    Example: quiethire archive import pages.jsonl

    Exit codes: 0 all imported, 1 none, 2 wrong use, 3 some lines could not be read.
    """
    run(_import(file, json=json))


@asynccontextmanager
async def _opened() -> AsyncIterator[PageArchive]:
    async with open_session(settings(), say=talk.print) as session, open_registry(session.settings) as registry:
        yield registry.archive


async def _import(file: Path, *, json: bool) -> int:
    async with _opened() as pages:
        report = await import_pages(pages, file)
    if json:
        print_json(report)
    else:
        data.print(f"  {report.imported} pages imported, {report.unchanged} unchanged")
        print_troubles((), report.problems)
    if not report.problems:
        return DONE
    return PARTLY if report.imported or report.unchanged else FAILED


@archive.command("export")
def export_file(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The WARC to write; gzipped where it ends in .gz.")],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what was fetched on this day (UTC) or later.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Only pages of this host.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Save pages as a WARC: the newest answer to every request, which `archive import` reads back.

    Example: quiethire archive export pages.warc.gz --since 2026-11-01

    Exit codes: 0 all exported, 1 none, 2 wrong use, 3 some bodies are lost.
    """
    run(_export(file, since, host, json=json))


async def _export(file: Path, since: datetime | None, host: str | None, *, json: bool) -> int:
    moment = since.replace(tzinfo=UTC) if since else None
    async with _opened() as pages:
        report = await export_pages(pages, file, since=moment, host=host.lower() if host else None)
    if json:
        print_json(report)
    else:
        data.print(f"  {report.exported} pages exported to {file}")
        print_troubles((), report.problems)
    if not report.exported:
        return FAILED
    return PARTLY if report.problems else DONE


@archive.command()
def prune(json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False) -> None:
    """Drop pages that are older than the settings keep them, facts of old crawls, and dead letters of a quarter ago. A schedule does so every night.

    QUIETHIRE_ARCHIVE_KEEP_DAYS holds for answers that a newer one replaced, QUIETHIRE_ARCHIVE_KEEP_LAST_DAYS for
    the newest answer to each request.
    """
    run(_prune(json=json))


async def _prune(*, json: bool) -> int:
    async with open_session(settings(), say=talk.print) as session:
        pruned = await session.temporal.execute_workflow(
            RetentionWorkflow.run,
            id="retention",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            task_queue=TASK_QUEUE,
        )
    if json:
        print_json(pruned)
    else:
        data.print(
            f"  {pruned.fetches} answers, {pruned.bodies} bodies, {pruned.crawls} crawl facts"
            f" and {pruned.letters} dead letters dropped"
        )
    return DONE
