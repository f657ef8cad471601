"""`quiethire audit`: whether groups of people are treated alike."""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from quiethire.cli.output import data, plain, print_json, run, settings, talk
from quiethire.platform.local import open_session
from quiethire.processes import DONE
from quiethire.registry import Registry, open_registry
from services.matching.audit import SMALL, Audit, Rate
from services.matching.audit import audit as audit_groups

EVERYBODY = "everybody"
_COLUMNS = ("candidate_id", "group")
PAGE = 1_000
ASKED_AT_ONCE = 200
"""People whose log is read by one statement."""


def audit(
    groups: Annotated[
        Path | None,
        typer.Option(help="A CSV file with the columns candidate_id and group. It is read, and kept nowhere."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3_650, help="Decisions of so many days.")] = 90,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Print selection rates and impact ratios by group, out of the log of decisions (the four-fifths rule).

    No group of people is ever known here: supply them. Without groups, everybody is one.

    Example: quiethire audit --groups groups.csv --days 30
    """
    named = _read(groups) if groups is not None else None
    run(_audit(named, days, json=json))


async def _audit(named: Mapping[UUID, str] | None, days: int, *, json: bool) -> int:
    async with (
        open_session(settings(), say=talk.print) as session,
        open_registry(session.settings) as registry,
    ):
        known = await _known(registry)
        since = datetime.now(UTC) - timedelta(days=days)
        selections = [
            one
            for start in range(0, len(known), ASKED_AT_ONCE)
            for one in await registry.matches.selections(since, known[start : start + ASKED_AT_ONCE])
        ]
    found = audit_groups(dict.fromkeys(known, EVERYBODY) if named is None else named, known, selections)
    if json:
        print_json(found)
    else:
        _print(found, days)
    return DONE


async def _known(registry: Registry) -> list[UUID]:
    known: list[UUID] = []
    while page := await registry.candidates.page(limit=PAGE, after=known[-1] if known else None):
        known += [one.id for one in page]
    return known


def _read(file: Path) -> dict[UUID, str]:
    """Candidate → group. Ends the command as wrong use where a line cannot be read, or puts somebody in a second group."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            return _grouped(csv.DictReader(stream))
    except (OSError, csv.Error) as error:
        raise _unread(str(error)) from error
    except UnicodeDecodeError as error:
        raise _unread(f"{file} is no UTF-8; save it as CSV in UTF-8") from error


def _grouped(lines: "csv.DictReader[str]") -> dict[UUID, str]:
    missing = [name for name in _COLUMNS if name not in (lines.fieldnames or ())]
    if missing:
        raise _unread(
            f"line 1 names no column {' and no column '.join(missing)}; begin the file with candidate_id,group"
        )
    groups: dict[UUID, str] = {}
    first: dict[UUID, int] = {}
    for line in lines:
        at, who, group = lines.line_num, line["candidate_id"] or "", line["group"]
        if group is None:
            raise _unread(f"line {at} has no group; write it behind a comma, or nothing there for (none)")
        try:
            known = UUID(who.strip())
        except ValueError as error:
            hint = "give a candidate's id, a UUID as 'quiethire candidate list' shows it"
            raise _unread(f"line {at}: “{plain(who.strip())[:60]}” is no candidate_id; {hint}") from error
        group = group.strip() or "(none)"
        if groups.setdefault(known, group) != group:
            told = f"“{plain(groups[known])[:60]}” by line {first[known]} and in “{plain(group)[:60]}” by this one"
            raise _unread(f"line {at}: {known} is in {told}; leave each person in one group")
        first.setdefault(known, at)
    return groups


def _unread(told: str) -> typer.BadParameter:
    return typer.BadParameter(told, param_hint="--groups")


def _print(found: Audit, days: int) -> None:
    data.print(f"decisions of {days} days", style="dim")
    data.print(_row("group", "people", "matched", "ratio", "decisions", "shown", "ratio"), style="dim")
    for group in found.groups:
        people, decisions = group.people, group.decisions
        line = _row(
            plain(group.group),
            f"{people.of:,}",
            _percent(people.rate),
            _ratio(people),
            f"{decisions.of:,}",
            _percent(decisions.rate),
            _ratio(decisions),
        )
        data.print(line, markup=False, soft_wrap=True)
        if group.small:
            talk.print(f"  {plain(group.group)}: fewer than {SMALL} people; its rates say little", markup=False)
    if any(group.people.adverse or group.decisions.adverse for group in found.groups):
        data.print("  ! = below four fifths of the group that is selected most")
    if found.unknown:
        talk.print(f"  {found.unknown:,} people of the groups are no candidates")
    if found.ungrouped:
        talk.print(f"  {found.ungrouped:,} candidates with decisions are in no group")


def _row(group: str, *cells: str) -> str:
    return f"  {group[:24]:<24} " + " ".join(f"{cell:>10}" for cell in cells)


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"


def _ratio(rate: Rate) -> str:
    return "–" if rate.impact_ratio is None else f"{rate.impact_ratio:.2f}{' !' if rate.adverse else ''}"
