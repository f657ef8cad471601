"""What every benchmark prints: one JSON object, or lines for people; exit code 1 where a target is missed."""

import argparse
import json
import operator
import sys
from collections.abc import Mapping
from dataclasses import dataclass

COMPARE = {">=": operator.ge, "<=": operator.le}

Target = tuple[str, float]
"""A comparison and the value to reach, e.g. (">=", 0.95)."""


@dataclass(frozen=True)
class Options:
    """What every benchmark can be told."""

    quick: bool
    json: bool


def options(description: str | None) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="less data: for CI and for a first look")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    given = parser.parse_args()
    return Options(quick=given.quick, json=given.json)


def told(figures: Mapping[str, float]) -> Mapping[str, float]:
    """The same figures, said on stderr as soon as they are known: a long run that is ended has not been for nothing."""
    sys.stderr.write("".join(f"{name} {figure:g}\n" for name, figure in figures.items()))
    sys.stderr.flush()
    return figures


def missed_of(figures: Mapping[str, float], targets: Mapping[str, Target]) -> list[str]:
    """The figures that do not reach their targets."""
    return [name for name, (sign, value) in targets.items() if not COMPARE[sign](figures[name], value)]


def finish(figures: Mapping[str, float], targets: Mapping[str, Target], *, as_json: bool) -> int:
    """Print the figures; 0 where every target is reached, else 1."""
    missed = missed_of(figures, targets)
    if as_json:
        sys.stdout.write(json.dumps({"figures": figures, "targets": targets, "ok": not missed}) + "\n")
        return int(bool(missed))
    for name, figure in figures.items():
        sign, value = targets.get(name, ("", 0.0))
        told = f"  {'missed' if name in missed else 'reached'}: {sign} {value:g}" if sign else ""
        sys.stdout.write(f"{name:<44} {figure:>12g}{told}\n")
    return int(bool(missed))
