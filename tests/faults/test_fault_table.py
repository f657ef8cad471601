"""docs/faults.md judges what was measured by the targets of today."""

from copy import deepcopy

import pytest

from benchmarks.faults.document import read, text


@pytest.fixture
def measured():
    return deepcopy(read())


def verdict(measured, name: str) -> str:
    (row,) = [line for line in text(measured).splitlines() if line.startswith(f"| {name} |")]
    return row.split(" | ")[-2]


def test_figures_that_reach_every_target_of_today_have_passed(measured):
    assert verdict(measured, "F11").startswith("passed, ")


def test_a_figure_that_misses_one_is_named_whatever_the_run_said(measured):
    measured["F11"]["figures"] |= {"wrong_answers": 1, "lost_writes": 2}
    assert verdict(measured, "F11").startswith("missed: lost_writes, wrong_answers, ")


def test_a_target_that_is_newer_than_the_figures_is_not_measured(measured):
    del measured["F11"]["figures"]["mended"]
    measured["F11"]["shown"].remove("mended")
    assert verdict(measured, "F11").startswith("not measured: mended, ")


def test_what_broke_off_is_missed(measured):
    measured["F11"]["figures"] = {"broke_off": 1}
    measured["F11"]["shown"] = ["broke_off"]
    assert verdict(measured, "F11").startswith("missed: broke_off, ")


def test_tests_that_did_not_run_prove_nothing(measured):
    measured["F06"]["figures"]["tests_skipped"] = 1
    assert verdict(measured, "F06").startswith("missed: tests_skipped, ")
