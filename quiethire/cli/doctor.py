"""`quiethire doctor`: what is wrong with this machine, and what to do about it."""

from functools import partial
from typing import Annotated

import typer

from quiethire.cli.output import data, print_json, run, settings
from quiethire.doctor import machine, servers
from quiethire.doctor.findings import Check, Finding, run_all
from quiethire.processes import DONE, FAILED
from quiethire.settings import Settings
from quiethire.stack.running import read_running

_MARKS = {"ok": ("ok  ", "green"), "warn": ("warn", "yellow"), "fail": ("FAIL", "red")}


def doctor(
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Look at this machine, at every server that the settings name, and at a platform that runs here: what to mend, and how.

    It changes nothing, and takes at most ten seconds, or thirty where the browser starts slowly. Exit codes: 0 nothing fails, 1 something does, 2 the settings are wrong.
    """
    run(_doctor(settings(), json=json))


async def _doctor(given: Settings, *, json: bool) -> int:
    running = read_running(given.data_path)
    found = await run_all(checks(given if running is None else running.apply(given), running=running is not None))
    failed = any(finding.state == "fail" for finding in found)
    if json:
        print_json({"ok": not failed, "findings": [finding.model_dump() for finding in found]})
    else:
        _print(found)
    return FAILED if failed else DONE


def checks(given: Settings, *, running: bool) -> list[Check]:
    """All that is looked at."""
    return [
        ("python", machine.python),
        ("machine", partial(machine.hardware, given)),
        ("data directory", partial(machine.data_dir, given)),
        ("ports", partial(machine.ports, given, running=running)),
        ("embedded servers", partial(machine.embedded, given)),
        ("chromium", partial(machine.chromium, given)),
        ("secrets", partial(machine.secrets, given)),
        ("postgresql", partial(servers.postgresql, given)),
        ("clickhouse", partial(servers.clickhouse, given)),
        ("index", partial(servers.index, given)),
        ("redis", partial(servers.redis, given)),
        ("temporal", partial(servers.temporal, given)),
        ("api", partial(servers.api, given)),
        ("proxies", partial(servers.proxies, given)),
        ("mail", partial(servers.smtp, given)),
    ]


def _print(found: list[Finding]) -> None:
    for finding in found:
        mark, colour = _MARKS[finding.state]
        data.print(f"  [{colour}]{mark}[/]  ", end="")
        data.print(f"{finding.name:<17} {finding.found}", markup=False, soft_wrap=True)
        if finding.todo:
            data.print(f"{'':<8}{'':<17} → {finding.todo}", markup=False, soft_wrap=True)
    counts = {state: sum(finding.state == state for finding in found) for state in _MARKS}
    data.print(f"\n  {counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} to mend", style="dim")
