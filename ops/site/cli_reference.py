"""The reference of the command line, as Markdown, from the commands themselves."""

from collections.abc import Iterator
from html import escape
from typing import Any

from typer.main import get_command

from quiethire.cli import application

OPENING = """# Command line

Every command with its arguments and options, made from the program itself: `quiethire COMMAND --help` says the same. Results go to
stdout, talk to stderr; `--json` gives one JSON object: the result, or `{"error": {"kind", "where", "detail", "hint"}}`. Exit codes are 0 done, 1 failed, 2 wrong use, 3 partly done, unless a command
says otherwise.
"""


def cli_reference() -> str:
    """The whole page: a part for each panel of the help, in its order."""
    root: Any = get_command(application())
    panels: dict[str, list[str]] = {}
    for name, command in root.commands.items():
        panels.setdefault(command.rich_help_panel, []).extend(_described(command, f"quiethire {name}", depth=3))
    parts = (line for panel, lines in panels.items() for line in (f"## {panel}", *lines))
    return "\n\n".join((OPENING.rstrip(), *parts)) + "\n"


def _described(command: Any, path: str, *, depth: int) -> Iterator[str]:  # noqa: ANN401 - Typer has no public type of it
    """A command, and those below it."""
    yield f"{'#' * depth} {path}"
    context = command.context_class(command, info_name=path)
    commands = getattr(command, "commands", None)
    if commands is None:
        yield f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```"
    yield command.help
    rows = [param.get_help_record(context) for param in command.get_params(context)] if commands is None else []
    if rows := [row for row in rows if row[0] != "--help"]:
        yield "\n".join(
            (
                "| option | what it does |",
                "| --- | --- |",
                *(f"| {_code(name)} | {_cell(text)} |" for name, text in rows),
            )
        )
    for name, below in (commands or {}).items():
        yield from _described(below, f"{path} {name}", depth=depth + 1)


def _code(text: str) -> str:
    return f"<code>{escape(text).replace('|', '&#124;')}</code>"


def _cell(text: str) -> str:
    return escape(text, quote=False).replace("|", "&#124;").replace("[", "&#91;")
