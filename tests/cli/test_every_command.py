"""What holds for every command: machines are answered in JSON, also where it was typed wrongly, and the help shows how to type it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from quiethire_command import typed
from typer.main import get_command

from quiethire.cli import application

SPEAKS_OTHERWISE = {
    "quiethire candidate export": "its answer is JSON in any case",
    "quiethire mcp": "its stdout is the protocol's",
    "quiethire robots": "it answers JSON lines, and nothing else",
    "quiethire serve": "it answers over HTTP",
}
"""Commands without --json, and why."""


def _leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
    for name, each in (below or {}).items():
        yield from _leaves(each, f"{path} {name}")


COMMANDS = dict(_leaves(get_command(application()), "quiethire"))
EACH = pytest.mark.parametrize("path", COMMANDS)


def _options(path: str) -> set[str]:
    return {name for param in COMMANDS[path].params for name in param.opts}


def test_the_overview_tells_of_each_command_what_it_says_of_itself() -> None:
    told = " ".join(typed("--help").out.replace("│", " ").split())
    for name, command in get_command(application()).commands.items():
        summary = " ".join(command.help.partition("\n\n")[0].replace("`", "").split())
        assert f" {name} {summary}" in told


def test_what_follows_a_double_dash_is_run_as_it_is_without() -> None:
    assert typed("--", "salary", "60k EUR a year").out == typed("salary", "60k EUR a year").out != ""


@EACH
def test_it_answers_machines(path: str) -> None:
    assert ("--json" in _options(path)) != (path in SPEAKS_OTHERWISE)


@EACH
def test_its_help_shows_how_it_is_typed(path: str) -> None:
    if _options(path) - {"--json"}:
        assert path in COMMANDS[path].help


@pytest.mark.parametrize(
    ("asked", "where", "told"),
    [
        (["stats", "--nope"], "quiethire stats", "--nope"),
        (["job", "zzz"], "quiethire job", "JOB_ID"),
        (["candidate", "edit", "--key", "k"], "quiethire", "nothing to change"),
        (["nonsense"], "quiethire", "nonsense"),
    ],
)
def test_who_asks_for_json_is_told_in_json_what_was_typed_wrongly(asked, where, told) -> None:
    ended = typed(*asked, "--json")
    assert ended.code == 2
    error = ended.json["error"]
    assert (error["kind"], error["where"].startswith(where)) == ("wrong_use", True)
    assert told in error["detail"]
    assert error["hint"] == f"{error['where']} --help"
    assert told in ended.err


def test_what_was_not_confirmed_is_not_done_and_told_in_json_too() -> None:
    someone = "4f2c9a51-0f5e-4c3e-9a55-1f0f4a0c8a11"
    ended = typed("candidate", "erase", "--id", someone, "--json", stdin="n\n")
    assert (ended.code, ended.json["error"]["kind"]) == (1, "not_confirmed")
    assert json.loads(ended.out).keys() == {"error"}
