"""Which alerts a fault sets off: what the processes tell of themselves is recorded, and Prometheus' own tool reads the rules over it.

Rules look at minutes and quarters of an hour, and a fault lasts for seconds: the recording is told as if all had lasted thirty times as
long, so that a look every half second is a scrape every 15 s. What was left broken at its end is held for `HELD` more, as it would
be until somebody comes.
"""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from itertools import groupby
from math import isnan
from pathlib import Path

from quiethire.monitoring.files import ALERTS, files

LOOK_EVERY = 0.5
"""Seconds between two looks."""
STRETCH = 30.0
SCRAPED_EVERY = LOOK_EVERY * STRETCH
HELD = 2_700.0
"""Seconds as the rules see them: the longest that one waits is half an hour."""

_RULES = files()["ops/prometheus/alerts.yml"]
_ASKED = tuple(sorted(set(re.findall(r"\b(?:quiethire|temporal|process)_\w+", _RULES))))
_SERIES = re.compile(r"([a-z_]+)(?:\{(.*)\})? (\S+)$")

Told = Mapping[str, float]
"""Series in Prometheus' notation, and their values."""


def lacks_promtool() -> str:
    """What this machine lacks to tell which alerts fire; empty: nothing."""
    return "" if shutil.which("promtool") else "needs promtool (Debian's package prometheus)"


class Recording:
    """What processes told of themselves, look after look."""

    def __init__(self, began: float, clock: float) -> None:
        """`began`: the monotonic time now; `clock`: the time of day."""
        self._began = began
        self._clock = clock
        self._looks: list[tuple[float, Told]] = []

    def add(self, at: float, told: Mapping[tuple[str, str], str | None]) -> None:
        """What each said at a moment by the monotonic clock, by job and instance; None: it did not answer."""
        look: dict[str, float] = {}
        for (job, instance), text in told.items():
            look[f'up{{job="{job}",instance="{instance}"}}'] = float(text is not None)
            look |= _read(text or "", f'job="{job}",instance="{instance}"')
        self._looks.append((at - self._began, look))

    def down(self, since: float, until: float) -> set[str]:
        """The dependencies that somebody said were away."""
        return {
            found[1]
            for at, look in self._looks
            if since <= self._began + at < until
            for series, value in look.items()
            if not value and (found := re.match(r'quiethire_dependency_up\{.*dependency="(\w+)"', series))
        }

    def fired(self, since: float) -> set[str]:
        """The alerts that fire at some moment after this one, and at it were not even waited for.

        Needs promtool; raises RuntimeError where that fails.
        """
        rows = list(self._rows())
        at, end = (since - self._began) * STRETCH, (len(rows) - 1) * SCRAPED_EVERY
        firing = f'max by (alertname) (max_over_time(ALERTS{{alertstate="firing"}}[{end - at:.0f}s]))'
        asked = (("max by (alertname) (ALERTS)", at), (firing, end))
        before, afterwards = _asked_of_promtool(_input(rows), asked)
        return afterwards - before

    def _rows(self) -> Iterator[Told]:
        """A scrape each, at an even pace: what was told last by then, and at the end what was left."""
        looks, newest = iter(self._looks), self._looks[0]
        following = next(looks, None)
        for number in range(int(self._looks[-1][0] / LOOK_EVERY) + 1):
            while following is not None and following[0] <= number * LOOK_EVERY:
                newest, following = following, next(looks, None)
            yield self._stretched(newest[1])
        for number in range(int(HELD / SCRAPED_EVERY)):
            yield self._stretched(self._looks[-1][1], (number + 1) * SCRAPED_EVERY)

    def _stretched(self, look: Told, held: float = 0.0) -> Told:
        """Moments count from the beginning of the recording, in whose time the rules think; those of what is held go on."""
        return {
            series: (value - self._clock) * STRETCH + held if "_timestamp_seconds{" in series else value
            for series, value in look.items()
        }


def _read(text: str, labels: str) -> Iterator[tuple[str, float]]:
    """The series that rules ask for, with these labels too."""
    for line in text.splitlines():
        if line.startswith(_ASKED) and (found := _SERIES.match(line)) and not isnan(float(found[3])):
            own = f",{found[2]}" if found[2] else ""
            yield f"{found[1]}{{{labels}{own}}}", float(found[3])


def _input(rows: list[Told]) -> list[dict[str, str]]:
    """The series as promtool's tests take them. One that is not told any more ends, as after a scrape that failed."""
    names = dict.fromkeys(series for row in rows for series in row)
    return [{"series": name, "values": " ".join(_values([row.get(name) for row in rows]))} for name in names]


def _values(told: list[float | None]) -> Iterator[str]:
    began = False
    for value, same in groupby(told):
        times = len(list(same))
        if value is not None:
            began = True
            yield f"{value:.12g}x{times - 1}"
        elif began:
            yield " ".join(("stale", *("_",) * (times - 1)))
        else:
            yield f"_x{times}"


def _asked_of_promtool(series: list[dict[str, str]], asked: tuple[tuple[str, float], ...]) -> list[set[str]]:
    """The names of alerts that each expression finds at its moment."""
    # It tells what it finds where something else was expected: so something is that never is.
    never = [{"labels": "nothing", "value": 1}]
    tests = {
        "rule_files": ["alerts.yml"],
        "evaluation_interval": f"{SCRAPED_EVERY:.0f}s",
        "tests": [
            {
                "interval": f"{SCRAPED_EVERY:.0f}s",
                "input_series": series,
                "promql_expr_test": [
                    {"expr": expr, "eval_time": f"{at:.0f}s", "exp_samples": never} for expr, at in asked
                ],
            }
        ],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "alerts.yml").write_text(_RULES)
        (folder / "tests.yml").write_text(json.dumps(tests))
        command = ("promtool", "test", "rules", str(folder / "tests.yml"))
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    told = re.findall(r"^ *got: ?(.*)$", ran.stdout + ran.stderr, re.MULTILINE)
    if len(told) != len(asked):
        raise RuntimeError(f"promtool: {(ran.stdout + ran.stderr)[-2_000:]}")
    return [set(re.findall(r'alertname="(\w+)"', each)) for each in told]


def alerts_of(fault: str) -> set[str]:
    """Those that a fault has to set off."""
    return {alert.name for alert in ALERTS if fault in alert.faults}
