"""`quiethire export`: everything that a search finds, as a file."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import httpx
import typer
from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn, TransferSpeedColumn

from quiethire.cli.find import answer_of, print_unknown
from quiethire.cli.output import print_json, run, settings, talk
from quiethire.cli.search_flags import (
    Companies,
    Currency,
    Languages,
    Levels,
    MinSalary,
    NotCompanies,
    Place,
    PostedWithin,
    Radius,
    Remote,
    RemoteFrom,
    Skills,
    Sponsorship,
    Types,
    Words,
    asked,
    refusals_by_option,
)
from quiethire.domain.errors import InvalidInput
from quiethire.platform.api import open_api
from quiethire.processes import DONE
from services.api.publishing.exports import ExportFormat

STDOUT = "-"


def export(  # noqa: PLR0917 - typer reads the options from the signature
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="Where to write; - is stdout.")],
    query: Words = "",
    format: Annotated[ExportFormat | None, typer.Option(help="As the file's name ends, if not given.")] = None,
    location: Place = None,
    radius: Radius = None,
    remote: Remote = False,
    remote_from: RemoteFrom = None,
    company: Companies = None,
    exclude_company: NotCompanies = None,
    type_: Types = None,
    level: Levels = None,
    skill: Skills = None,
    min_salary: MinSalary = None,
    currency: Currency = None,
    posted_within: PostedWithin = None,
    language: Languages = None,
    sponsorship: Sponsorship = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, of what is in the file.")] = False,
) -> None:
    """Write every job that a search finds to a file: CSV, JSON Lines or Parquet. Without a search, all open jobs.

        quiethire export jobs.parquet

        quiethire export - "data engineer" --remote --format jsonl | jq .title

    A file is there when it is whole: until then it is called FILE.part. Exit code 1 after stdout got only a part.
    """
    parameters = asked(
        query=query,
        location=location,
        radius=radius,
        remote=remote,
        remote_from=remote_from,
        company=company,
        exclude_company=exclude_company,
        type_=type_,
        level=level,
        skill=skill,
        min_salary=min_salary,
        currency=currency,
        posted_within=posted_within,
        language=language,
        sponsorship=sponsorship,
    )
    if json and file == STDOUT:
        raise typer.BadParameter("stdout is taken by what is exported; name a file, or leave --json out")
    run(_export(file, format, parameters, json=json))


async def _export(file: str, format: ExportFormat | None, parameters: dict[str, Any], *, json: bool) -> int:
    chosen = format or _format_of(file)
    address = f"/api/v1/exports/jobs.{chosen.value}"
    async with (
        open_api(settings(), say=talk.print) as api,
        api.stream("GET", address, params=parameters) as response,
    ):
        if not response.is_success:
            await response.aread()
            with refusals_by_option():
                answer_of(response)
        with _target(file) as out:
            size = await _copy(response.aiter_bytes(), out)
        unknown = await _unknown(api, parameters)
    if json:
        print_json({"file": file, "format": chosen.value, "bytes": size, "unknown": unknown})
        return DONE
    print_unknown(unknown)
    talk.print(f"{_size(size)} of {chosen.value} in {file}" if file != STDOUT else f"{_size(size)} of {chosen.value}")
    return DONE


async def _unknown(api: httpx.AsyncClient, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """What of the search nobody knows: a misspelt place makes an empty file."""
    if not parameters.keys() & {"location", "company", "exclude_company", "skills"}:
        return []
    answer = answer_of(await api.get("/api/v1/search", params=parameters | {"per_page": 1, "facets": "none"}))
    unknown: list[dict[str, Any]] = answer["unknown"]
    return unknown


async def _copy(parts: AsyncIterator[bytes], out: BinaryIO) -> int:
    """The bytes written. Raises httpx.HTTPError where the answer breaks off: then what was written is only a part."""
    size = 0
    columns = (SpinnerColumn(), TextColumn("exporting"), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=talk, transient=True, disable=not talk.is_terminal) as progress:
        task = progress.add_task("", total=None)
        async for part in parts:
            out.write(part)
            size += len(part)
            progress.update(task, completed=size)
    out.flush()
    return size


@contextmanager
def _target(file: str) -> Iterator[BinaryIO]:
    if file == STDOUT:
        yield sys.stdout.buffer
        return
    path = Path(file)
    if path.is_dir():
        raise InvalidInput("is a directory", where=file, hint="name a file in it")
    part = path.with_name(f"{path.name}.part")
    try:
        try:
            with part.open("wb") as out:
                yield out
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InvalidInput(str(error.strerror or error), where=file, hint="give a file that can be written") from error


def _format_of(file: str) -> ExportFormat:
    ending = Path(file).suffix.removeprefix(".").lower()
    if ending not in tuple(ExportFormat):
        raise InvalidInput("does not tell the format", where=file, hint="add --format csv, jsonl or parquet")
    return ExportFormat(ending)


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
