"""The platform under load, on one machine with everything: `python -m benchmarks.load [--json] [--quick] [--part steady]…`.

Steady: 100,000 postings, 50 different searches a second of all kinds, none of which is kept, beside a crawl, for ten minutes.
Overload: the rate is raised until it is not held; then five times as much is offered, and afterwards half.
Soak: 20 searches a second beside the crawl for two hours (`--minutes`), and how memory grows meanwhile; and, behind whichever parts,
whether any process outlives its platform. A soak of less than an hour says so, and its slope is no target.

Needs the corpus (see benchmarks/postings.py). Who asks runs on the same machine, in a process of its own.
"""

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.load.measuring import MEASURED
from benchmarks.load.parts import overload, soak, steady
from benchmarks.load.world import BOARDS, QUICK_BOARDS, World, open_world
from benchmarks.report import Target, finish, told
from quiethire.processes import leave

SIZE, QUICK_SIZE = 100_000, 3_000
PARTS = ("steady", "overload", "soak")
AROUND: dict[str, Target] = {"orphans": ("<=", 0.0)}
"""What every run has to reach, whichever its parts are."""

Part = tuple[dict[str, float], dict[str, Target]]
"""The figures of a part, and its targets."""


async def main(given: argparse.Namespace) -> int:
    """Measure, print, and tell whether the targets are reached."""
    around: dict[str, float] = {"processors": float(os.cpu_count() or 0)}
    parts: dict[str, Part] = {}
    size, boards = (QUICK_SIZE, QUICK_BOARDS) if given.quick else (SIZE, BOARDS)
    with tempfile.TemporaryDirectory() as folder:
        async with open_world(Path(folder), size, boards=boards) as world:
            around |= world.filling
            for part in given.part or PARTS:
                found, wanted = await _part(part, world, given)
                told(found)
                parts[part] = found, {} if given.quick else wanted
            world.family.sample()
        around |= told({"orphans": float(len(world.family.orphans()))})
    if given.keep:
        _keep(around, parts, given.note)
    figures, targets = dict(around), {} if given.quick else dict(AROUND)
    for found, wanted in parts.values():
        figures |= found
        targets |= wanted
    return finish(figures, targets, as_json=given.json)


def _keep(around: Mapping[str, float], parts: Mapping[str, Part], note: str) -> None:
    """Write each part down in the place of what was kept of it before: hours of a soak are not measured anew with the rest."""
    kept = json.loads(MEASURED.read_text(encoding="utf-8"))
    at = f"{datetime.now(UTC):%Y-%m-%d}"
    for part, (found, wanted) in parts.items():
        kept[part] = {"at": at, "note": note, "figures": {**around, **found}, "targets": {**AROUND, **wanted}}
    ordered = {part: kept[part] for part in PARTS if part in kept}
    MEASURED.write_text(json.dumps(ordered, indent=2) + "\n", encoding="utf-8")


async def _part(part: str, world: World, given: argparse.Namespace) -> Part:
    if part == "steady":
        return await steady(world, seconds=20.0 if given.quick else given.steady_minutes * 60)
    if part == "overload":
        step, seconds = (3.0, 6.0) if given.quick else (15.0, 60.0)
        return await overload(world, step=step, seconds=seconds)
    return await soak(world, minutes=1.0 if given.quick else given.minutes)


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="3,000 postings and a minute or two: for a first look, without targets"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument(
        "--keep", action="store_true", help="keep the figures for docs/scaling.md (python -m benchmarks.scaling)"
    )
    parser.add_argument("--note", default="", help="what is to be known of this run, for the same page")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this one; may be given again")
    parser.add_argument("--steady-minutes", type=float, default=10.0, help="of the steady load (default 10)")
    parser.add_argument("--minutes", type=float, default=120.0, help="of the soak (default 120)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    leave(asyncio.run(main(options())))
