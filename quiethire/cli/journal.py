"""`quiethire journal`: who did what to whom."""

from typing import Annotated

import typer

from quiethire.cli.output import data, print_json, run, settings, talk
from quiethire.domain.journal import verified
from quiethire.platform.local import open_session
from quiethire.processes import DONE, FAILED
from quiethire.registry import open_registry

journal = typer.Typer(no_args_is_help=True, help="The journal: who did what to whom.")


@journal.callback()
def _root() -> None:
    # Without it Typer makes an app of one command that command itself.
    pass


@journal.command()
def verify(
    head: Annotated[str, typer.Option(help="A hash that was printed before: it has to be there still.")] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Look whether a line was changed, taken out or put elsewhere. Prints the hash of the last one: keep it apart.

    Example: quiethire journal verify --head 5f0c…

    Exit codes: 0 all lines hold, 1 one does not, or the head is not there.
    """
    run(_verify(head.strip().lower(), json=json))


async def _verify(head: str, *, json: bool) -> int:
    async with (
        open_session(settings(), say=talk.print) as session,
        open_registry(session.settings) as registry,
    ):
        found = await verified(registry.journal.lines(), head)
    if json:
        print_json(found)
    else:
        data.print(f"  {found.lines:,} lines, {found.wrong or 'all hold'}", markup=False, soft_wrap=True)
        data.print(f"  head {found.head or '–'}", markup=False, soft_wrap=True)
    return DONE if found.wrong is None else FAILED
