"""A person's profile, for themselves to read on a terminal."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console

from quiethire.cli.output import each, plain

_NAMED = 12
"""Skills that are shown of a track; --json has them all."""


def print_candidate(candidate: Mapping[str, Any], console: Console) -> None:
    """Everything that they said of themselves, a line each; what they have not said is left out."""
    for label, value in _lines(candidate):
        if value:
            console.print(f"  {label:<16} {plain(value)}", markup=False, soft_wrap=True)


def _lines(candidate: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    wanted = candidate["preferences"]
    yield "id", candidate["id"]
    yield "name", candidate["name"]
    yield "e-mail", candidate["email"] or ""
    yield "phone", candidate["phone"] or ""
    for track in candidate["tracks"]:
        yield f"track {track['name']}"[:16], track_line(track)
    yield "places", ", ".join(wanted["places"])
    for place in candidate.get("unknown", ()):
        yield "  not known", f"{place['value']}: {place['hint']}"
    yield "countries", ", ".join(wanted["countries"])
    yield "accepts", ", ".join(wanted["workplaces"])
    yield "at least", _floor(wanted["salary_floor"])
    yield "may work in", ", ".join(candidate["work_authorisation"])
    yield "not from", ", ".join(wanted["blocked_companies"])
    yield "verified", ", ".join(part for part, is_so in candidate["verified"].items() if is_so)
    yield "", "; ".join(_choices(candidate))


def track_line(track: Mapping[str, Any]) -> str:
    """Titles, years and the first skills of a track."""
    skills = list(track["skills"])
    more = f" and {len(skills) - _NAMED} more" if len(skills) > _NAMED else ""
    years = f"{track['years_experience']:g} years" if track["years_experience"] is not None else ""
    parts = (", ".join(track["titles"]), years, ", ".join(skills[:_NAMED]) + more)
    return "; ".join(part for part in parts if part)


def _floor(floor: Mapping[str, Any] | None) -> str:
    return "" if floor is None else f"{floor['amount']:,} {floor['currency']} {each(floor['period'])}"


def _choices(candidate: Mapping[str, Any]) -> Iterable[str]:
    yield "is matched" if candidate["active"] else "is not matched for now"
    if candidate["open_to_employers"]:
        yield "employers may find them, without their name"
    if candidate["digest"]:
        yield "gets one mail a day"
