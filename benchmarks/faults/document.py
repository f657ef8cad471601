"""docs/faults.md: the table of all faults, made of the cases and of what was measured last."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from benchmarks.faults.case import Case, Figures, Tested
from benchmarks.faults.registry import FAULTS
from benchmarks.report import Target, missed_of
from quiethire.monitoring.files import ALERTS

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "faults.md"
MEASURED = Path(__file__).with_name("measured.json")

_HEAD = """# Faults, and what becomes of them

Made by `make faults`, which runs every case of this table on the real servers: a proxy stands in front of each store, searches come at
20 a second, a farm of 200 hosts is crawled, a board and an API key are written each second, and what must be found at the end is
known. Faults that stand with tests are answered by those, which it runs. `make faults ARGS="--only F23 --quick"` runs one, smaller: 30 hosts, 8 searches a second and shorter faults, "quick" in the last
column, whose row then says what was injected into that smaller one: it is a first look, and no proof of the full fault. Every case ends
with the same comparison: the rows of ClickHouse, the documents of the index and the boards' own lists are the same, every change is told
once in the history, every acknowledged write is there, no workflow is left. `mended` counts what the index lacked until it was compared
with ClickHouse. Where a store failed, a line of the log names it, and where it was away, `quiethire_dependency_up` of it fell, which is
what its alert goes by ([runbooks.md](runbooks.md)).

| | Fault | Injected | Must yield | Measured | | Alert |
| --- | --- | --- | --- | --- | --- | --- |
"""
_SHOWN = ("ready_again_s", "search_p95_ms", "degraded_share", "shed_share", "writes_refused", "mended")


class Kept(TypedDict):
    """The last run of a case; a full one is never replaced by a quick one."""

    at: str
    quick: bool
    figures: Figures
    missed: list[str]
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
        missed=missed_of(figures, targets),
        shown=[name for name in (*own, *_SHOWN, "broke_off") if name in figures],
    )
    MEASURED.write_text(json.dumps(dict(sorted(measured.items())), indent=1) + "\n")
    DOCUMENT.write_text(text(measured))


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
    state = f"missed: {', '.join(kept['missed'])}" if kept["missed"] else "passed"
    state += f", {'quick, ' if kept['quick'] else ''}{kept['at']}"
    return _cells(case.id, case.title, injected, case.must, told, state, _alerts(case))


def _alerts(case: Case | Tested) -> str:
    return ", ".join(alert.name for alert in ALERTS if case.id in alert.faults) or "none"


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
