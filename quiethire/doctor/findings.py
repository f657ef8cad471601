"""What a check found, and how checks are run."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from quiethire.domain.base import Model
from quiethire.domain.errors import QuietHireError

PATIENCE = 8.0
"""Seconds that a check may take; all run at once."""

PATIENT = {"chromium": 30.0}
"""The same for checks that start a program of this machine: a busy disk gives it slowly."""

State = Literal["ok", "warn", "fail"]


class Finding(Model):
    """One thing that was looked at."""

    name: str
    state: State
    found: str
    """What was seen, on one line."""
    todo: str = ""
    """What to do about it; empty where it is ok."""


Check = tuple[str, Callable[[], Awaitable[Sequence[Finding]]]]
"""What is looked at, and how."""


def ok(name: str, found: str) -> Finding:
    """All is well."""
    return Finding(name=name, state="ok", found=found)


def warn(name: str, found: str, todo: str) -> Finding:
    """It works, and not as it should."""
    return Finding(name=name, state="warn", found=found, todo=todo)


def fail(name: str, found: str, todo: str) -> Finding:
    """It does not work."""
    return Finding(name=name, state="fail", found=found, todo=todo)


async def run_all(checks: Sequence[Check]) -> list[Finding]:
    """All at once, in the order given. One that takes too long, or that a server refuses, is a failure like others."""
    found = await asyncio.gather(*(_run(name, check) for name, check in checks))
    return [finding for findings in found for finding in findings]


async def _run(name: str, check: Callable[[], Awaitable[Sequence[Finding]]]) -> Sequence[Finding]:
    seconds = PATIENT.get(name, PATIENCE)
    try:
        async with asyncio.timeout(seconds):
            return await check()
    except TimeoutError:
        todo = (
            "this machine is too busy, or it hangs"
            if name in PATIENT
            else "is it overloaded, or behind a firewall that drops?"
        )
        return [fail(name, f"no answer within {seconds:g} s", todo)]
    except QuietHireError as error:
        where = f"{error.where}: " if error.where else ""
        return [
            fail(
                name,
                f"{where}{error.detail}"[:300],
                error.hint or "does it run, and is its address right? Else see its log",
            )
        ]
    except OSError as error:
        return [
            fail(name, f"{error.strerror or error!r}"[:300], "is the address right, and does something listen there?")
        ]
    except Exception as error:  # noqa: BLE001 - whatever else a check may meet, the others are told
        # Its kind alone: its words may hold what was set, a password among it.
        return [
            fail(name, f"the check itself failed: {type(error).__name__}", "are its settings right? docs/settings.md")
        ]
