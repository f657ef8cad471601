"""docs/faults.md: the table of all faults, made of the cases and of what was measured last."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from benchmarks.faults.case import Case, Figures, Tested
from benchmarks.faults.registry import FAULTS
from benchmarks.faults.running import targets_of
from benchmarks.faults.tested import TARGETS
from benchmarks.report import Target, missed_of
from quiethire.monitoring.files import ALERTS

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "faults.md"
MEASURED = Path(__file__).with_name("measured.json")

_HEAD = """# Faults, and what becomes of them

Made by `make faults`, which runs every case of this table on the real servers: a proxy stands in front of each store, searches come at
20 a second, of a farm of 200 hosts a tenth is crawled every ten seconds, a board and an API key are written each second, and what must be found at the end is
known. **Faults that stand with tests have none of that**: no load, no platform beside them and no comparison at their end. `make faults` runs those tests,
and what they assert is all that their row says. `make faults ARGS="--only F23 --quick"` runs one, smaller: 30 hosts, 8 searches a second and shorter faults, "quick" in the last
column, whose row then says what was injected into that smaller one: it is a first look, and no proof of the full fault. Every case that is no test ends
with the same comparison: the rows of ClickHouse, the documents of the index and the boards' own lists are the same, every change is told
once in the history, every acknowledged write is there, no workflow is left. `mended` counts what the index lacked until it was compared
with ClickHouse. Where a store failed, a line of the log names it, and where it was away, `quiethire_dependency_up` of it fell, which is
what its alert goes by ([runbooks.md](runbooks.md)). The alerts of the last column have to fire, or `alerts_silent` counts them: what the
processes told of themselves, every half second where they answer in time, is read by Prometheus' own tool (`promtool`), as if all had lasted thirty times as long. A
quick fault is too short for most, so that there `alerts_silent` is no target. The last column but one judges the figures by the targets of today: a target that is newer than the
figures is `not measured`, whatever the run said then.

| | Fault | Injected | Must yield | Measured | | Alert |
| --- | --- | --- | --- | --- | --- | --- |
"""
_SHOWN = ("ready_again_s", "search_p95_ms", "degraded_share", "shed_share", "writes_refused", "mended")


class Kept(TypedDict):
    """The last run of a case; a full one is never replaced by a quick one."""

    at: str
    quick: bool
    figures: Figures
    shown: list[str]


def keep(case: Case | Tested, figures: Figures, targets: dict[str, Target], *, quick: bool) -> None:
    """Write what was measured, and the document anew."""
    measured = read()
    if quick and case.id in measured and not measured[case.id]["quick"]:
        return
    own = [name for name in (case.targets if isinstance(case, Case) else targets) if name not in _SHOWN]
    measured[case.id] = Kept(
        at=datetime.now(UTC).date().isoformat(),
        quick=quick,
        figures=figures,
        shown=[name for name in (*own, *_SHOWN, "broke_off") if name in figures],
    )
    MEASURED.write_text(json.dumps(dict(sorted(measured.items())), indent=1) + "\n")
    write()


def write() -> None:
    """The document anew, of what is kept."""
    DOCUMENT.write_text(text(read()))


def read() -> dict[str, Kept]:
    """What was measured, by case."""
    return json.loads(MEASURED.read_text()) if MEASURED.exists() else {}


def text(measured: dict[str, Kept]) -> str:
    """The document."""
    rows = {each.id: _row(each, measured.get(each.id)) for each in FAULTS}
    return _HEAD + "".join(f"{rows[name]}\n" for name in sorted(rows))


def _row(case: Case | Tested, kept: Kept | None) -> str:
    if kept is None:
        return _cells(case.id, case.title, case.injected, case.must, "not measured yet", "", _alerts(case))
    injected = case.quickly if isinstance(case, Case) and kept["quick"] and case.quickly else case.injected
    told = ", ".join(f"{name} {kept['figures'][name]:g}" for name in kept["shown"])
    state = f"{_verdict(case, kept)}, {'quick, ' if kept['quick'] else ''}{kept['at']}"
    return _cells(case.id, case.title, injected, case.must, told, state, _alerts(case))


def _verdict(case: Case | Tested, kept: Kept) -> str:
    """By the targets of today, which may be others than those of the run."""
    figures, targets = kept["figures"], dict(TARGETS)
    if isinstance(case, Case):
        targets = targets_of(case, quick=kept["quick"])
    if "broke_off" in figures:
        targets = {"broke_off": ("<=", 0)}
    lacking = [name for name in targets if name not in figures]
    missed = missed_of(figures, {name: target for name, target in targets.items() if name in figures})
    told = {"missed": missed, "not measured": lacking}
    return "; ".join(f"{word}: {', '.join(names)}" for word, names in told.items() if names) or "passed"


def _alerts(case: Case | Tested) -> str:
    return ", ".join(alert.name for alert in ALERTS if case.id in alert.faults) or "none"


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
