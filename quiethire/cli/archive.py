"""`quiethire archive`: the page archive."""

from pathlib import Path
from typing import Annotated

import typer

from quiethire.cli.output import DONE, FAILED, PARTLY, data, print_json, print_troubles, run, settings, talk
from quiethire.clients import open_registry
from quiethire.platform.local import open_session
from quiethire.storage.pages.importing import import_pages

archive = typer.Typer(no_args_is_help=True, help="The page archive: what was fetched, kept by content hash.")


@archive.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="JSON lines or WARC.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Load saved pages, so that `quiethire crawl --offline` can read them.

    JSON lines hold url, path (relative to the file) and content_type; a WARC file (also .gz) its response records.
    Importing a file again changes nothing.

    Exit codes: 0 all imported, 1 none, 2 wrong use, 3 some lines could not be read.
    """
    run(_import(file, json=json))


async def _import(file: Path, *, json: bool) -> int:
    async with (
        open_session(settings(), say=talk.print) as session,
        open_registry(session.settings) as registry,
    ):
        report = await import_pages(registry.archive, file)
    if json:
        print_json(report)
    else:
        data.print(f"  {report.imported} pages imported, {report.unchanged} unchanged")
        print_troubles((), report.problems)
    if not report.problems:
        return DONE
    return PARTLY if report.imported or report.unchanged else FAILED
