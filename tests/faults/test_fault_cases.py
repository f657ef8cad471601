"""The fastest cases of `make faults`, on a small load: what is true before a fault is true after it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.faults.document import DOCUMENT, read, text
from benchmarks.faults.oracle import TARGETS
from benchmarks.faults.registry import CASES, FAULTS
from benchmarks.report import missed_of
from quiethire.monitoring.files import ALERTS

pytestmark = pytest.mark.timeout(660)

FAST = ("F11", "F18", "F27")
PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def figures() -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.faults", "--quick", "--json", "--only", ",".join(FAST)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.stdout, done.stderr[-4_000:]
    figures = json.loads(done.stdout)["figures"]
    assert not any(name.endswith("broke_off") for name in figures), done.stderr[-8_000:]
    return figures


@pytest.mark.parametrize("case", FAST)
def test_after_the_fault_everything_is_there_once_and_no_search_lied(figures, case):
    own = {name.partition(" ")[2]: value for name, value in figures.items() if name.startswith(f"{case} ")}
    assert own["searches"] > 0
    assert missed_of(own, {**TARGETS, "mended": ("<=", 0), "wrong_answers": ("<=", 0)}) == []
    assert own["search_errors"] == 0


def test_what_was_to_be_killed_or_lost_was(figures):
    assert (figures["F18 replies_lost"], figures["F27 replies_lost"]) == (2, 3)
    assert figures["F11 same_process"] == 1


@pytest.mark.parametrize("case", ["F18", "F27"])
def test_the_log_names_the_store_that_failed(figures, case):
    assert figures[f"{case} lines_that_name_it"] >= 1


@pytest.mark.parametrize("case", [case for case in CASES if case.falls], ids=lambda case: case.id)
def test_where_a_dependency_falls_an_alert_of_that_fault_goes_by_it(case):
    metric = f'quiethire_dependency_up{{dependency="{case.falls}"}}'
    assert [alert.name for alert in ALERTS if case.id in alert.faults and metric in alert.expr] != []


def test_the_table_tells_of_every_fault_once_and_is_the_one_that_was_measured():
    assert sorted(each.id for each in FAULTS) == [f"F{number:02}" for number in range(1, 55)]
    assert DOCUMENT.read_text() == text(read())
