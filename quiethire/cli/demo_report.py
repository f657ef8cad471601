"""What a demo run came to, for people."""

import shlex
from pathlib import Path
from typing import Any

from rich.markup import escape

from quiethire.cli.find import print_search
from quiethire.cli.output import data, print_troubles
from quiethire.domain.result import Problem, Refusal

SHOWN_HIDDEN = 3


def print_report(report: dict[str, Any], data_dir: Path) -> None:
    """Companies, boards, postings, a search, the best matches, and the time that each stage took."""
    companies, boards, counts = report["companies"], report["boards"], report["postings"]
    _title("Crawl")
    data.print(
        f"  {companies['crawled']} companies ({companies['failed']} to be tried again), {boards['crawled']} boards "
        f"({boards['complete']} read to the end), {report['requests']} requests"
    )
    data.print(
        f"  {counts['seen']} postings seen: {counts['opened']} new, {counts['changed']} changed, "
        f"{counts['reopened']} reopened, {counts['unchanged']} unchanged, {counts['refused']} refused; "
        f"{counts['closed']} closed",
        soft_wrap=True,
    )
    if not report["changed"]:
        data.print("  [green]Nothing changed since the last run.[/]")
    _title("Refused, and what went wrong, with reasons")
    print_troubles(
        [Refusal.model_validate(refusal) for refusal in report["refused"]],
        [Problem.model_validate(problem) for problem in report["problems"]],
    )
    _title(f"Search: “{report['search']['q']}”")
    print_search(report["search"])
    _print_matches(report["matches"])
    _title("Time")
    wall = "  ".join(f"{stage} {spent:.1f} s" for stage, spent in report["seconds"].items())
    data.print(f"  {wall}", soft_wrap=True)
    stages = "  ".join(f"{stage} {spent:.1f} s" for stage, spent in report["stage_seconds"].items())
    data.print(f"  within the crawl, summed over boards that ran side by side: {stages}", style="dim", soft_wrap=True)
    data.print(
        f"\n  Look around in it: QUIETHIRE_DATA_DIR={shlex.quote(str(data_dir))} make up, then open http://127.0.0.1:3000\n"
        f"  The next day of the made-up web: make demo ARGS='--day {report['day'] + 1}'",
        markup=False,
        soft_wrap=True,
    )


def _print_matches(matches: dict[str, Any]) -> None:
    _title(f"Best matches of the demo candidate ({matches['considered']} postings considered)")
    for entry in matches["matches"]:
        job = entry["job"]
        data.print(
            f"  [bold]{entry['score']:5.1f}[/]  {escape(job['title'])} · {escape(job['company_name'])}", soft_wrap=True
        )
        for factor in entry["factors"]:
            points = f"{factor['points']:4.1f}" if factor["value"] is not None else "   –"
            data.print(
                f"         {factor['name']:<11} {points}  {factor['reason']}", style="dim", markup=False, soft_wrap=True
            )
    hidden = matches["hidden"]
    if hidden:
        data.print(f"  Hidden ({len(hidden)}):")
        for entry in hidden[:SHOWN_HIDDEN]:
            job = entry["job"]
            line = f"         {job['title']} · {job['company_name']}: {entry['reason']}"
            data.print(line, style="dim", markup=False, soft_wrap=True)


def _title(text: str) -> None:
    data.print(f"\n[bold]{escape(text)}[/]")
