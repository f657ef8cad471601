"""`quiethire hiring`: how a company hires, week by week."""

from typing import Annotated
from urllib.parse import quote

import typer

from quiethire.cli.find import ask_api
from quiethire.cli.output import data, plain, print_json, run
from quiethire.domain.history import CompanyHiring
from quiethire.processes import DONE
from services.api.pages.wording import day

BARS = "▁▂▃▄▅▆▇█"
SHOWN = 8
"""Weeks that are told in figures."""


def hiring(
    company: Annotated[str, typer.Argument(metavar="COMPANY|DOMAIN", help="A name as postings have it, or a domain.")],
    json: Annotated[bool, typer.Option("--json", help="The API's answer on stdout.")] = False,
) -> None:
    """Show how a company hires: postings opened and closed by week, how long they stay open, how many state pay.

    Example: quiethire hiring northwind.example
    """
    run(_hiring(company, json=json))


async def _hiring(company: str, *, json: bool) -> int:
    answer = await ask_api("GET", f"/api/v1/companies/{quote(company, safe='')}/hiring")
    if json:
        print_json(answer)
    else:
        print_hiring(CompanyHiring.model_validate(answer))
    return DONE


def print_hiring(told: CompanyHiring) -> None:
    """Two lines of bars on one scale, the last weeks in figures, and what the median rests on."""
    pay = "" if told.with_pay is None else f", {told.with_pay:.0%} state pay"
    data.print(f"  {plain(told.company)}: {told.open} open{pay}", markup=False, soft_wrap=True)
    data.print(f"  watched since {day(told.watched_since)}", style="dim")
    most = max(max(week.opened, week.closed) for week in told.weeks)
    for name, counts in (
        ("opened", [week.opened for week in told.weeks]),
        ("closed", [week.closed for week in told.weeks]),
    ):
        data.print(f"  {name}  {_bars(counts, most)}  {sum(counts)} in {len(counts)} weeks", markup=False)
    data.print("\n  week of      opened  closed", style="dim")
    for week in told.weeks[-SHOWN:]:
        data.print(f"  {week.week:%Y-%m-%d}   {week.opened:>6}  {week.closed:>6}")
    rests = told.days_to_close
    median = "not known yet" if rests.median is None else f"{rests.median} days"
    data.print(f"\n  median time to close  {median}", markup=False)
    data.print(
        f"  rests on {rests.closed} closings; {rests.still_open} still open count for as long as seen", style="dim"
    )


def _bars(counts: list[int], most: int) -> str:
    """One sign a week; a blank where nothing happened."""
    return "".join(BARS[(count * len(BARS) - 1) // most] if count else " " for count in counts)
