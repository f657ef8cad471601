"""The `quiethire` command."""

import errno
import io
import os
import signal
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import typer

from quiethire.cli.summaries import summary
from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.processes import NOT_WRITTEN, leave

_COMMANDS = {
    "demo": ("quiethire.cli.demo:demo", "Run"),
    "up": ("quiethire.cli.run:up", "Run"),
    "crawl": ("quiethire.cli.crawl:crawl", "Work"),
    "reparse": ("quiethire.cli.reparse:reparse", "Work"),
    "companies": ("quiethire.cli.companies:companies", "Work"),
    "archive": ("quiethire.cli.archive:archive", "Work"),
    "candidate": ("quiethire.cli.candidate:candidate", "Work"),
    "search": ("quiethire.cli.find:search", "Ask"),
    "match": ("quiethire.cli.match:match", "Ask"),
    "job": ("quiethire.cli.find:job", "Ask"),
    "hiring": ("quiethire.cli.hiring:hiring", "Ask"),
    "stats": ("quiethire.cli.find:stats", "Ask"),
    "export": ("quiethire.cli.export:export", "Ask"),
    "mcp": ("quiethire.cli.mcp:mcp", "Ask"),
    "parse": ("quiethire.cli.parse:parse", "Read one thing"),
    "links": ("quiethire.cli.parse:links", "Read one thing"),
    "recognise": ("quiethire.cli.ask:recognise", "Read one thing"),
    "salary": ("quiethire.cli.ask:salary", "Read one thing"),
    "location": ("quiethire.cli.ask:location", "Read one thing"),
    "skills": ("quiethire.cli.meaning:skills", "Read one thing"),
    "occupation": ("quiethire.cli.meaning:occupation", "Read one thing"),
    "fetch": ("quiethire.cli.fetch:fetch", "Read one thing"),
    "robots": ("quiethire.cli.robots:robots", "Read one thing"),
    "status": ("quiethire.cli.status:status", "Operate"),
    "doctor": ("quiethire.cli.doctor:doctor", "Operate"),
    "pause": ("quiethire.cli.status:pause", "Operate"),
    "resume": ("quiethire.cli.status:resume", "Operate"),
    "index": ("quiethire.cli.index:index", "Operate"),
    "keys": ("quiethire.cli.keys:keys", "Operate"),
    "accounts": ("quiethire.cli.accounts:accounts", "Operate"),
    "dlq": ("quiethire.cli.dlq:dlq", "Operate"),
    "audit": ("quiethire.cli.audit:audit", "Operate"),
    "journal": ("quiethire.cli.journal:journal", "Operate"),
    "backup": ("quiethire.cli.backup:backup", "Operate"),
    "restore": ("quiethire.cli.backup:restore", "Operate"),
    "migrate": ("quiethire.cli.serve:migrate", "Operate"),
    "serve": ("quiethire.cli.serve:serve", "Operate"),
}
"""Command → where it is, and the panel of the help that shows it."""

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")

_HELP = """Finds companies, reads their career pages and ATS boards, and turns them into one clean, current,
searchable set of job postings, matched to people with reasons.

**Begin**

    quiethire demo                    the whole job over a made-up web
    quiethire up                      keep it running; page on port 3000

**Crawl and search**

    quiethire crawl https://jobs.ashbyhq.com/acme
    quiethire crawl northwind.example
    quiethire search "data engineer" --remote --min-salary 70k
    quiethire match ada.pdf --explain

**Read one thing, without any server**

    quiethire parse job.html --url https://northwind.example/jobs/7
    quiethire salary "£60–70k p.a."
    quiethire fetch https://northwind.example/jobs --dry-run

Results go to stdout, talk to stderr; `--json` gives one JSON object, `{"error": …}` where there is no result. A
command uses the platform that runs on QUIETHIRE_DATA_DIR (default: .quiethire), or starts one for itself and stops
it again.

Exit codes: 0 done, 1 failed, 2 wrong use, 3 partly done.
"""


def main() -> None:
    """The entry point of the installed command."""
    leave(ended())


def ended() -> int:
    """Run the command that is asked for, to its exit code. Loads only that one: most need the platform."""
    _say_what_can_be_said()
    _ask_this_machine_directly()
    try:
        _asked(sys.argv[1] if len(sys.argv) > 1 else "")()
    except KeyboardInterrupt:
        # Before the command runs: loading what it needs takes a second or two.
        print("stopped", file=sys.stderr)  # noqa: T201 - there is no console yet
        return 128 + signal.SIGINT
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise  # Somebody's last words: the interpreter prints them.
        _tell_machines_too(end)
        return end.code
    except (OSError, QuietHireError) as error:
        return _refused(error)
    return 0


def _say_what_can_be_said() -> None:
    """A terminal that lacks a letter shows another one for it, and a stream that was closed from the start swallows what is said."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - it is the process's own
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _ask_this_machine_directly() -> None:
    """No proxy of the environment stands before what we serve ourselves, here or in processes that we start: it would get our keys."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    os.environ["no_proxy"] = ",".join(filter(None, (known, *_THIS_MACHINE)))


def _tell_machines_too(end: SystemExit) -> None:
    """What Typer said to people of a command that was typed wrongly, or not confirmed, to who asked for --json."""
    if "--json" not in sys.argv:
        return
    # Typer tells it, ends the process meanwhile, and hands it on to nobody.
    cause = end.__context__
    from quiethire.cli.output import tell_machines  # noqa: PLC0415 - a command that ends well may never load it

    if isinstance(cause, typer.Abort):
        tell_machines(
            QuietHireError(
                "it was not confirmed: nothing was done", hint="answer y, or add --yes", kind="not_confirmed"
            )
        )
    elif (said := getattr(cause, "format_message", None)) is not None:
        typed = getattr(getattr(cause, "ctx", None), "command_path", "quiethire")
        tell_machines(InvalidInput(said(), where=typed, hint=f"{typed} --help", kind="wrong_use"))


def _refused(error: OSError | QuietHireError) -> int:
    """What the system or the command itself refuses, in a line. Of words that could not be written, `leave` tells."""
    from quiethire.cli.output import refused  # noqa: PLC0415 - a command that ends well may never load it

    if isinstance(error, QuietHireError):
        return refused(error)
    try:
        sys.stdout.flush()
    except OSError:
        return NOT_WRITTEN
    hint = "make room: 'df -h' says where there is none" if error.errno == errno.ENOSPC else ""
    where = str(error.filename or "")[:200]
    return refused(QuietHireError(error.strerror or repr(error), where=where, hint=hint, kind="system"))


def application() -> typer.Typer:
    """Every command at once, as the reference of them is made of."""
    return _app(_COMMANDS)


def _asked(first: str) -> typer.Typer:
    """What answers a line that begins with this word."""
    if first in _COMMANDS:
        return _app([first])
    # After "--" a command may follow. After all else comes the help, or what is wrong.
    return application() if first == "--" else _overview()


def _overview() -> typer.Typer:
    """The names of all commands and what they say of themselves; none of them can be run."""
    app = _bare()
    for name, (place, panel) in _COMMANDS.items():
        app.command(name, rich_help_panel=panel, help=summary(place))(_root)
    return app


def _bare() -> typer.Typer:
    app = typer.Typer(
        name="quiethire",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
        help=_HELP,
    )
    app.callback()(_root)
    return app


def _app(names: Iterable[str]) -> typer.Typer:
    app = _bare()
    for name in names:
        place, panel = _COMMANDS[name]
        module, _, attribute = place.partition(":")
        command = getattr(import_module(module), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=panel)
        else:
            app.command(name, rich_help_panel=panel)(command)
    return app


def _root() -> None:
    # Without a callback Typer makes an app of one command that command itself, and takes no name for it.
    pass
