"""`quiethire companies`: the companies that are watched, and how more come in."""

import itertools
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from quiethire.cli.company_lists import Seed, read_seeds, seed_of
from quiethire.cli.output import data, plain, print_json, print_troubles, run, settings, talk
from quiethire.domain.base import Model
from quiethire.domain.company import Company
from quiethire.domain.errors import InvalidInput
from quiethire.domain.result import Problem
from quiethire.platform.local import open_session
from quiethire.processes import DONE, FAILED, PARTLY
from quiethire.registry import Registry, open_registry

companies = typer.Typer(no_args_is_help=True, help="The companies that are watched: add some, import many, list them.")

BATCH = 1_000
"""Lines that are stored together."""
NAMED = 50
"""Bad lines that are named one by one; all are counted."""
STDIN = Path("-")

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


class Added(Model):
    """What came of an import."""

    companies: int = 0
    new_companies: int = 0
    boards: int = 0
    new_boards: int = 0
    bad_lines: int = 0
    problems: tuple[Problem, ...] = ()

    def __add__(self, other: "Added") -> "Added":
        """Both together; only the first problems are kept."""
        return Added(
            companies=self.companies + other.companies,
            new_companies=self.new_companies + other.new_companies,
            boards=self.boards + other.boards,
            new_boards=self.new_boards + other.new_boards,
            bad_lines=self.bad_lines + other.bad_lines,
            problems=(self.problems + other.problems)[:NAMED],
        )


@companies.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="A CSV file; - reads stdin.")],
    json: Json = False,
) -> None:
    """Import companies and boards from a CSV file; - reads it from stdin.

    The first line names the columns, in any order: name, domain, url. A line needs a domain or a url; a url is a board or career
    page, which is read at once. Importing a file again adds nothing.

    Example: quiethire companies import companies.csv

    Exit codes: 0 all lines imported, 1 none, 2 wrong use, 3 some lines are bad.
    """
    run(_import(file, json=json))


@companies.command()
def add(
    targets: Annotated[
        list[str], typer.Argument(metavar="DOMAIN|URL...", help="A company's domain, or a board's URL.")
    ],
    json: Json = False,
) -> None:
    """Watch companies by their bare domains, and boards by their URLs. All are due at once.

    Example: quiethire companies add northwind.example https://jobs.lever.co/lumenfold

    Exit codes: 0 all added or known already, 2 wrong use: nothing is added.
    """
    run(_add(targets, json=json))


@companies.command("list")
def list_companies(
    limit: Annotated[int, typer.Option(min=1, help="Companies to show.")] = 100,
    after: Annotated[str, typer.Option(metavar="DOMAIN", help="Show those that follow this domain.")] = "",
    json: Json = False,
) -> None:
    """List the companies by domain, with when each was discovered last.

    Example: quiethire companies list --limit 20 --after northwind.example
    """
    run(_list(limit, after, json=json))


@asynccontextmanager
async def _registry() -> AsyncIterator[Registry]:
    async with open_session(settings(), say=talk.print) as session, open_registry(session.settings) as registry:
        yield registry


async def _import(file: Path, *, json: bool) -> int:
    added = Added()
    with ExitStack() as stack:
        source = sys.stdin.buffer if file == STDIN else stack.enter_context(_open(file))
        seeds = read_seeds(source, "stdin" if file == STDIN else str(file))
        # What is no list at all is told before a platform is started for it.
        first = list(itertools.islice(seeds, BATCH))
        async with _registry() as registry:
            for batch in itertools.chain([first], _batches(seeds)):
                added += await _store(registry, batch)
                if not json and talk.is_terminal:
                    talk.print(f"  {added.companies + added.boards} lines", end="\r")
    _print(added, json=json)
    if not added.bad_lines:
        return DONE
    return PARTLY if added.companies or added.boards else FAILED


def _open(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise InvalidInput(
            f"cannot be read: {error.strerror}", where=str(file), hint="give a CSV file, or - for stdin"
        ) from error


async def _add(targets: Sequence[str], *, json: bool) -> int:
    seeds = []
    for target in targets:
        try:
            seeds.append(seed_of({"url" if "/" in target else "domain": target}))
        except InvalidInput as error:
            hint = "give a domain such as northwind.example, or a board's URL"
            raise InvalidInput(error.detail, where=target, hint=hint, kind=error.kind) from error
    async with _registry() as registry:
        added = await _store(registry, seeds)
    _print(added, json=json)
    if added.companies:
        talk.print(
            "  the next run of continuous-discovery looks for their boards; now: quiethire crawl DOMAIN", style="dim"
        )
    return DONE


async def _store(registry: Registry, batch: Iterable[Seed | Problem]) -> Added:
    seeds = [each for each in batch if isinstance(each, Seed)]
    bad = [each for each in batch if isinstance(each, Problem)]
    named = [seed.company for seed in seeds if seed.company is not None]
    boards = [seed.board for seed in seeds if seed.board is not None]
    return Added(
        companies=len(named),
        new_companies=await registry.companies.add(named) if named else 0,
        boards=len(boards),
        new_boards=await registry.boards.add_due(boards, datetime.now(UTC)) if boards else 0,
        bad_lines=len(bad),
        problems=tuple(bad[:NAMED]),
    )


async def _list(limit: int, after: str, *, json: bool) -> int:
    async with _registry() as registry:
        total = await registry.companies.count()
        found = await registry.companies.page(limit=limit, after=after)
    if json:
        print_json({"total": total, "companies": found})
        return DONE
    for company in found:
        data.print(f"  {_line(company)}", markup=False, soft_wrap=True)
    more = f"; more with --after {found[-1].domain}" if len(found) == limit else ""
    data.print(f"  {total} companies{more}", style="dim", soft_wrap=True)
    return DONE


def _line(company: Company) -> str:
    when = f"{company.last_crawled_at:%Y-%m-%d %H:%M}" if company.last_crawled_at else "never"
    return f"{company.domain:<36.36} {when:<16} {plain(company.name or '')[:24]}"


def _batches(seeds: Iterable[Seed | Problem]) -> Iterable[list[Seed | Problem]]:
    rest = iter(seeds)
    while batch := list(itertools.islice(rest, BATCH)):
        yield batch


def _print(added: Added, *, json: bool) -> None:
    if json:
        print_json(added)
        return
    line: dict[str, Any] = added.model_dump()
    data.print("  {companies} companies, {new_companies} new   {boards} boards, {new_boards} new".format(**line))
    if added.bad_lines:
        data.print(f"  {added.bad_lines} bad lines", style="yellow")
    print_troubles((), added.problems)
