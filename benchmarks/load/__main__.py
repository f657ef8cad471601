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
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.load.measuring import MEASURED
from benchmarks.load.parts import overload, soak, steady
from benchmarks.load.world import BOARDS, QUICK_BOARDS, World, open_world
from benchmarks.report import Target, finish, told

SIZE, QUICK_SIZE = 100_000, 3_000
PARTS = ("steady", "overload", "soak")


async def main(given: argparse.Namespace) -> int:
    """Measure, print, and tell whether the targets are reached."""
    figures: dict[str, float] = {"processors": float(os.cpu_count() or 0)}
    targets: dict[str, Target] = {"orphans": ("<=", 0.0)}
    size, boards = (QUICK_SIZE, QUICK_BOARDS) if given.quick else (SIZE, BOARDS)
    with tempfile.TemporaryDirectory() as folder:
        async with open_world(Path(folder), size, boards=boards) as world:
            figures |= world.filling
            for part in given.part or PARTS:
                found, wanted = await _part(part, world, given)
                figures |= told(found)
                targets |= wanted
            world.family.sample()
        figures |= told({"orphans": float(len(world.family.orphans()))})
    targets = {} if given.quick else targets
    if given.keep:
        kept = {"at": f"{datetime.now(UTC):%Y-%m-%d}", "note": given.note, "figures": figures, "targets": targets}
        MEASURED.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return finish(figures, targets, as_json=given.json)


async def _part(part: str, world: World, given: argparse.Namespace) -> tuple[dict[str, float], dict[str, Target]]:
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
    sys.exit(asyncio.run(main(options())))
