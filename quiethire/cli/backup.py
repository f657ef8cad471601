"""`quiethire backup` and `quiethire restore`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from quiethire.cli.output import data, print_json, run, settings, talk
from quiethire.domain.backup import BackupInput, RestoreInput
from quiethire.platform.backup import back_up
from quiethire.platform.backup import restore as restore_platform
from quiethire.processes import DONE, PARTLY
from quiethire.storage.backup import Tell

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def backup(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|FILE",
            help="A directory, in which files are named by their time, or a file that ends in .backup.",
        ),
    ],
    pages: Annotated[bool, typer.Option("--pages", help="Take bodies of the page archive along.")] = False,
    keep: Annotated[int, typer.Option(min=0, help="Then remove all but so many of the directory; 0 = none.")] = 0,
    json: Json = False,
) -> None:
    """Back up what cannot be made again: PostgreSQL, ClickHouse and, if asked, the page archive, while all of it runs.

        quiethire backup /backups --keep 14

    Beside the backups lies people.keys, which every backup replaces: they need it, and who is not in it stays erased. It is sealed with
    QUIETHIRE_PERSON_KEY, which is in no backup. See docs/backup.md.
    """
    run(_backup(BackupInput(target=str(target.absolute()), pages=pages, keep=keep), json=json))


async def _backup(asked: BackupInput, *, json: bool) -> int:
    with _progress("backing up") as tell:
        report = await back_up(settings(), asked, say=talk.print, tell=tell)
    if json:
        print_json(report)
        return DONE
    data.print(f"  {report.file}", markup=False, soft_wrap=True)
    data.print(f"  {report.keys}", markup=False, soft_wrap=True)
    told = f"{sum(report.rows.values()):,} rows of {len(report.rows)} tables, {report.pages:,} pages"
    data.print(f"  {told}, {report.size / 1e6:,.1f} MB in {report.seconds:.1f} s")
    for file in report.removed:
        data.print(f"  removed {file}", markup=False, soft_wrap=True)
    return DONE


def restore(  # noqa: PLR0917 - typer reads the options from the signature
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A backup.")],
    keys: Annotated[
        Path | None, typer.Option(help="The newest people.keys; unset = the one beside the backup.")
    ] = None,
    replace: Annotated[
        str | None, typer.Option(metavar="NAME", help="The database's name: all that is there now is lost.")
    ] = None,
    ledger: Annotated[
        str | None,
        typer.Option(
            metavar="DIR|URL", help="The lost platform's page archive, with the ledger; unset = QUIETHIRE_ARCHIVE_URL."
        ),
    ] = None,
    without_ledger: Annotated[
        bool, typer.Option("--without-ledger", help="It is lost: who was erased since the last backup comes back.")
    ] = False,
    json: Json = False,
) -> None:
    """Restore a backup into an empty platform, rebuild the search index, and compare both. Nothing may run meanwhile.

        QUIETHIRE_DATA_DIR=new quiethire restore /backups/quiethire-20261121T020000Z.backup --ledger old/pages

    Everything is checked before anything is written. People who were erased since do not come back, and everybody signs in again.

    Exit codes: 0 all of it is there, 1 failed, 2 wrong use, 3 the index differs from the postings.
    """
    asked = RestoreInput(replace=replace, ledger=ledger, without_ledger=without_ledger)
    run(_restore(file.absolute(), keys, asked, json=json))


async def _restore(file: Path, keys: Path | None, asked: RestoreInput, *, json: bool) -> int:
    with _progress("restoring") as tell:
        report = await restore_platform(settings(), file, keys, asked, say=talk.print, tell=tell)
    if json:
        print_json(report)
    else:
        told = f"{sum(report.rows.values()):,} rows of {len(report.rows)} tables, {report.pages:,} pages"
        data.print(f"  {told} in {report.seconds:.1f} s")
        data.print(f"  {report.postings:,} jobs to be shown, {report.difference} of them differ in the index")
        data.print(f"  {report.erased} people were erased since, and stay so")
        data.print(
            f"  {report.api_keys} API keys open again, also those revoked since: quiethire keys list, then revoke"
        )
    return PARTLY if report.difference else DONE


@contextmanager
def _progress(what: str) -> Iterator[Tell]:
    columns = (SpinnerColumn(), TextColumn(what), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=talk, transient=True, disable=not talk.is_terminal) as progress:
        task = progress.add_task("", total=None)

        def tell(part: str, done: int) -> None:
            amount = f"{part} {done / 1e6:,.0f} MB" if done > 1e5 else part
            progress.update(task, description=amount)

        yield tell
