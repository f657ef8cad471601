"""How the command line speaks: data on stdout, talk on stderr, documented exit codes."""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import orjson
import typer
from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.markup import escape

from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.domain.result import Problem, Refusal
from quiethire.processes import FAILED, WRONG_USE
from quiethire.settings import Settings, wrong_settings

if TYPE_CHECKING:
    import httpx
    from temporalio.client import WorkflowFailureError
    from temporalio.service import RPCError

SIGNALLED = 128
"""Added to the number of the signal that stopped a command, as shells do."""

talk = Console(stderr=True, highlight=False)
"""Progress, notes and errors."""

data = Console(highlight=False, soft_wrap=False)
"""Results for people. Machines ask for --json."""

_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


def print_json(value: BaseModel | Mapping[str, Any] | list[Any]) -> None:
    """One JSON object on stdout, and nothing else."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    sys.stdout.buffer.write(orjson.dumps(plain, option=orjson.OPT_INDENT_2, default=_plain) + b"\n")
    sys.stdout.buffer.flush()


def amount(value: float) -> str:
    """Money for people: `4,500`, and `17.50` where there are cents."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def each(period: str) -> str:
    """`an hour`, `a year`."""
    return f"an {period}" if period == "hour" else f"a {period}"


def run(work: Coroutine[Any, Any, int]) -> NoReturn:
    """Run a command to its exit code; errors of ours become a message, not a trace."""
    try:
        code = asyncio.run(_stoppable(work))
    except KeyboardInterrupt:
        talk.print("stopped")
        code = SIGNALLED + signal.SIGINT
    except QuietHireError as error:
        code = refused(error)
    except _unanswered() as error:
        hint = "is it running? see 'quiethire up'"
        code = refused(QuietHireError(f"the platform does not answer: {error!r}", hint=hint, kind="unanswered"))
    except _temporal_errors() as error:
        code = refused(temporal_error(error))
    raise typer.Exit(code)


def refused(error: QuietHireError) -> int:
    """Say why a command ends, to who asked for --json as its one JSON object too; its exit code."""
    fail(error)
    # Asked of the command line itself: what is wrong may be so before the command has its options.
    if "--json" in sys.argv:
        tell_machines(error)
    return WRONG_USE if isinstance(error, InvalidInput) else FAILED


def tell_machines(error: QuietHireError) -> None:
    """Why a command ends, as the one JSON object on stdout."""
    told = {"kind": error.kind, "where": error.where, "detail": error.detail, "hint": error.hint}
    # Names of files may hold what is no UTF-8.
    print_json({"error": {name: plain(text).encode(errors="replace").decode() for name, text in told.items()}})


def temporal_error(error: Exception) -> QuietHireError:
    """What Temporal says, a failed workflow or a server out of reach, in our words."""
    from activities.errors import problem_in  # noqa: PLC0415 - see below

    cause = getattr(error, "cause", None)
    if cause is None:
        return QuietHireError(str(error), where="temporal", hint="is the server running?", kind="temporal")
    last = getattr(cause, "cause", None) or cause
    told = problem_in(last) if getattr(last, "details", None) else None
    if told is not None:  # An error of ours says by itself what to do.
        return QuietHireError(told.detail, where=told.where, kind=told.kind)
    return QuietHireError(str(last), hint="the Temporal UI shows its history", kind="workflow_failed")


def settings() -> Settings:
    """The settings; what is wrong with them ends the command as wrong use."""
    try:
        return Settings()
    except (ValidationError, SettingsError) as error:
        *others, last = wrong_settings(error)
        for wrong in others:
            fail(wrong)
        raise typer.Exit(refused(last)) from None


# Python evaluates these only where an error got so far: a command that asks no server never loads its clients.


def _unanswered() -> "type[httpx.HTTPError]":
    import httpx  # noqa: PLC0415 - see above

    return httpx.HTTPError


def _temporal_errors() -> "tuple[type[WorkflowFailureError], type[RPCError]]":
    from temporalio.client import WorkflowFailureError  # noqa: PLC0415 - see above
    from temporalio.service import RPCError  # noqa: PLC0415 - see above

    return WorkflowFailureError, RPCError


async def _stoppable(work: Coroutine[Any, Any, int]) -> int:
    """Ctrl-C, SIGTERM and a closed terminal end a command alike: everything that it started is stopped first.

    Ctrl-C is heard even where a shell that started us in the background told us not to; SIGHUP is not, under nohup.
    """
    task, received = asyncio.current_task(), list[signal.Signals]()

    def stop(number: signal.Signals) -> None:
        received.append(number)
        if task is not None:
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        return await work
    except asyncio.CancelledError:
        if not received:
            raise
        talk.print("stopped")
        return SIGNALLED + received[0]


def plain(text: str) -> str:
    """A stranger's text without what a terminal would obey: control characters (C0, C1) and the line breaks among them."""
    return text.translate(_CONTROLS)


def fail(error: QuietHireError) -> None:
    """What, where, and the next thing to try."""
    where = f"{error.where}: " if error.where else ""
    talk.print(f"[red]error[/]: {escape(plain(where + error.detail))}", soft_wrap=True)
    if error.hint:
        talk.print(f"  try: {plain(error.hint)}", markup=False, soft_wrap=True)


def print_troubles(refused: Iterable[Refusal], problems: Iterable[Problem], limit: int = 12) -> None:
    """Refusals and problems, each with its reason; what does not fit is counted."""
    lines = [("refused", refusal.url, refusal.reason) for refusal in refused]
    lines += [(problem.kind, problem.where, problem.detail) for problem in problems]
    for kind, where, detail in lines[:limit]:
        data.print(f"  [yellow]{escape(plain(kind)):<14}[/] {escape(_short(plain(where)))}", soft_wrap=True)
        data.print(f"  {'':<14} {plain(detail)}", style="dim", markup=False, soft_wrap=True)
    if len(lines) > limit:
        data.print(f"  … and {len(lines) - limit} more; --json names them", style="dim")


def _short(text: str, limit: int = 90) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} has no JSON form")
