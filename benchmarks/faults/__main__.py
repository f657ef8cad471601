"""`python -m benchmarks.faults [--only F23,F24] [--quick [--keep]] [--json]`: break the platform in every listed way, under load, and run the tests of the rest.

Progress goes to stderr, then the figures as one JSON object or as lines; every full case is kept in docs/faults.md. Quick: a smaller
load and shorter faults, for CI and for a first look. With `--table` nothing is run: docs/faults.md is written anew from what was kept.
"""

import argparse
import asyncio
import sys
import tempfile
import traceback
from collections.abc import Collection, Sequence
from pathlib import Path

from benchmarks.faults.case import Case, Figures, Tested
from benchmarks.faults.disks import own_mounts
from benchmarks.faults.document import keep, write
from benchmarks.faults.oracle import reconcile
from benchmarks.faults.registry import CASES, FAULTS, TESTED
from benchmarks.faults.running import run_case
from benchmarks.faults.tested import TARGETS, run_tests
from benchmarks.faults.world import World, open_world
from benchmarks.report import Target, finish, missed_of
from quiethire.processes import leave

SEED = 20261121


class Run:
    """The faults that were asked for, one after the other, and what came of them."""

    def __init__(self, *, quick: bool, kept: bool) -> None:
        self._quick = quick
        self._kept = kept
        self.figures: Figures = {}
        self.targets: dict[str, Target] = {}

    async def cases(self, cases: Sequence[Case], *, own_disks: bool) -> None:
        """Those of one platform."""
        if not cases:
            return
        with tempfile.TemporaryDirectory() as folder:
            async with open_world(Path(folder), quick=self._quick, seed=SEED, own_disks=own_disks) as world:
                await world.load.fill()
                # On a busy machine some tries may have been lost: the first case begins with a whole index too.
                await reconcile(world)
                world.load.start()
                for case in cases:
                    found, must = await self._case(world, case)
                    await world.heal()
                    self._tell(case, found, must, quick=self._quick)

    async def _case(self, world: World, case: Case) -> tuple[Figures, dict[str, Target]]:
        """One that breaks off is one that is missed; the others are still run."""
        try:
            return await run_case(world, case)
        except Exception:  # noqa: BLE001 - whatever it was is told
            traceback.print_exc()
            return {"broke_off": 1}, {"broke_off": ("<=", 0)}

    async def tests(self, faults: Sequence[Tested]) -> None:
        """Those that tests answer: they are what they are, quick or not."""
        for fault in faults:
            self._tell(fault, await run_tests(*fault.paths), TARGETS, quick=False)

    def _tell(self, case: Case | Tested, found: Figures, must: dict[str, Target], *, quick: bool) -> None:
        missed = missed_of(found, must)
        say(f"{case.id} {case.title}: {'missed ' + ', '.join(missed) if missed else 'ok'}  {found}")
        if self._kept:
            keep(case, found, must, quick=quick)
        self.figures |= {f"{case.id} {name}": value for name, value in found.items()}
        self.targets |= {f"{case.id} {name}": target for name, target in must.items()}


def say(line: str) -> None:
    """Progress."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def possible(cases: Sequence[Case], mounts: str) -> list[Case]:
    """Those that this machine can run; of the others it is said why not."""
    lacking = {case.id: (mounts if case.fills_disks else "") or case.lacks() for case in cases}
    for name, why in lacking.items():
        if why:
            say(f"{name} was not run: {why}")
    return [case for case in cases if not lacking[case.id]]


async def main(wanted: Collection[str], mounts: str, run: Run) -> None:
    """Run what is wanted; nothing named: all."""
    cases = possible([case for case in CASES if not wanted or case.id in wanted], mounts)
    await run.cases([case for case in cases if not case.fills_disks], own_disks=False)
    await run.cases([case for case in cases if case.fills_disks], own_disks=True)
    await run.tests([fault for fault in TESTED if not wanted or fault.id in wanted])


def begin() -> int:
    """Read the command line, and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="F23,F24", help="these cases alone")
    parser.add_argument("--quick", action="store_true", help="a smaller load and shorter faults")
    parser.add_argument("--keep", action="store_true", help="tell of quick cases in docs/faults.md too")
    parser.add_argument("--table", action="store_true", help="run nothing: write docs/faults.md anew")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    given = parser.parse_args()
    if given.table:
        write()
        return 0
    wanted = {name for name in given.only.split(",") if name}
    unknown = wanted - {each.id for each in FAULTS}
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    run = Run(quick=given.quick, kept=given.keep or not given.quick)
    # Before anything else runs: threads would keep the mounts that there were.
    asyncio.run(main(wanted, own_mounts(), run))
    return finish(run.figures, run.targets, as_json=given.json)


if __name__ == "__main__":
    leave(begin())
