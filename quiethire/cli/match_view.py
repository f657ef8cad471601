"""Matches on a terminal: a line each, and for who asks why, the reasons behind every point."""

from collections.abc import Mapping
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from quiethire.cli.output import data, plain, talk
from quiethire.domain.matching import MATCH_FLOOR
from services.api.jobs.postings import PostingSummary
from services.api.pages.match_words import (
    LABELS,
    hidden_words,
    pay_words,
    place_words,
    reason_words,
    sentence,
    value_words,
)

_WIDTH = 79
"""Cells of a line: one less than the narrowest terminal that people have."""


def print_matches(answer: Mapping[str, Any], *, explain: bool) -> None:
    """A feed, or the answer to a profile, as a table; with `explain`, the reasons and what is hidden."""
    matches, hidden = answer["matches"], sum((answer["hidden_counts"] or {}).values())
    talk.print(f"  {_scored(answer['considered'])}")
    if matches:
        data.print(_row("score", "title", "company", "place", "pay"), style="dim")
    else:
        data.print(f"no open posting reaches {MATCH_FLOOR} of 100")
    for match in matches:
        _print_match(match, explain=explain)
    if explain:
        _print_hidden(answer)
    elif matches or hidden:
        talk.print("  --explain says why" + (f", and what keeps {hidden:,} others away" if hidden else ""))


def _scored(considered: int | None) -> str:
    if considered is None:
        return "matches of before: new ones could not be had, ask again in a minute"
    told = f"{considered:,} open postings were scored"
    return told if considered else f"{told}; 'quiethire stats' says what there is, 'quiethire crawl' brings more"


def _row(score: str, title: str, company: str, place: str, pay: str) -> str:
    """A line of 79 cells; what is longer is cut."""
    cells = zip((title, company, place), (26, 13, 15), strict=True)
    shown = "  ".join(set_cell_size(plain(text), width) for text, width in cells)
    short = plain(pay).replace("from ", "≥ ").replace("up to ", "≤ ")
    return f"{score:>5}  {shown}  {set_cell_size(short, 12) if cell_len(short) > 12 else short:>12}"


def _print_match(match: Mapping[str, Any], *, explain: bool) -> None:
    job = PostingSummary.model_validate(match["job"])
    score, (place, *remote) = f"{match['score']:.0f}", place_words(job) or ("",)
    data.print(_row(score, job.title, job.company_name, place, pay_words(job)), markup=False)
    data.print("  ".join((f"       {job.id}", *remote)), style="dim")
    if not explain:
        return
    if match.get("track"):
        _wrapped("       ", f"Fits your track {match['track']}.")
    for factor in match["factors"]:
        value, label = factor["value"], LABELS.get(factor["name"], factor["name"])
        head = f"       {label:<10} {value_words(value):<10} weight {factor['weight']:g}"
        _wrapped(f"{head:<40} ", reason_words(factor["reason"], value))
    for better in match["improvements"]:
        _wrapped("       ", f"With {better['skill']}: {better['score']:.0f} instead of {score}.")
    data.print()


def _print_hidden(answer: Mapping[str, Any]) -> None:
    """How many each filter keeps away that would be matches, and of each the best one with its reason."""
    groups = hidden_words(answer["hidden_counts"] or {})
    if not groups:
        return
    total = sum(count for _, count, _ in groups)
    _wrapped(f"Hidden ({total:,}): ", ", ".join(f"{count:,} {words}" for _, count, words in groups))
    best = {each["filter"]: each for each in reversed(answer["hidden"])}
    for one in (best[name] for name, _, _ in groups if name in best):
        _wrapped("  such as ", f"{one['job']['title']}, {one['job']['company_name']}: {sentence(one['reason'])}")


def _wrapped(head: str, text: str) -> None:
    """Text behind a head, on as many lines as it needs, each below the first."""
    for number, line in enumerate(Text(plain(text)).wrap(data, _WIDTH - len(head))):
        data.print((" " * len(head) if number else head) + line.plain.rstrip(), markup=False, soft_wrap=True)
