"""What the load benchmark makes of its numbers."""

import os
import random
import sys
from pathlib import Path

import psutil
import pytest

from benchmarks.load.family import Family, open_files
from benchmarks.load.measuring import Outcome, growth, knee, rates, slope


def outcome(offered: float, *, p95: float = 20.0, refused: int = 0, untold: int = 0) -> Outcome:
    """A hundred requests at this rate, of which six took this long."""
    times = (10.0,) * 94 + (p95,) * 6
    statuses = (200,) * (100 - refused) + (503,) * refused
    return Outcome(offered, 100 / offered, times, statuses, untold, degraded=0)


def test_the_knee_is_the_last_rate_that_is_held():
    assert knee([outcome(20), outcome(25), outcome(31, p95=151), outcome(31, p95=400)]).offered == 25


def test_a_rate_that_is_held_at_the_second_try_is_held():
    assert knee([outcome(20), outcome(25, p95=900), outcome(25), outcome(31)]).offered == 31


def test_what_is_refused_is_not_held_however_fast_it_is():
    assert knee([outcome(20), outcome(25, refused=6), outcome(25, refused=6), outcome(31)]).offered == 20


def test_the_knee_is_found_downwards_too():
    assert knee([outcome(20, p95=500), outcome(20, p95=500), outcome(16, p95=200), outcome(12.8)]).offered == 12.8


def test_what_is_held_above_a_rate_that_was_missed_twice_is_luck():
    assert knee([outcome(20), outcome(25, p95=500), outcome(25, p95=500), outcome(31)]).offered == 20


def test_there_is_no_knee_where_nothing_is_held():
    assert knee([outcome(20, p95=500), outcome(20, p95=500)]) is None


def test_rates_grow_by_a_quarter_up_to_the_highest():
    assert rates(20, 50) == [20, 25, 31.2, 39.0, 48.8]


def test_goodput_counts_what_was_answered_well_and_in_time():
    mixed = Outcome(4, 1.0, (10.0, 999.0, 1_001.0, 5.0), (200, 200, 200, 503), untold=0, degraded=0)
    assert mixed.good(1_000) == 2
    assert (mixed.count(200), mixed.count(429, 503)) == (3, 1)
    assert (mixed.at(100), mixed.at(100, status=503), mixed.at(50, status=429)) == (1_001.0, 5.0, 0.0)


def test_a_slope_is_told_of_what_is_there_on_average():
    samples = [(at, 1_000.0 + at / 36) for at in range(0, 3_600, 10)]
    found = slope(samples, warm_up=0)
    assert found.per_hour == pytest.approx(100 * 100 / 1_050, rel=0.01)
    assert found.error < 1e-6


def test_what_grows_while_caches_fill_is_no_slope():
    samples = [(100 + at, min(at, 600) * 5.0) for at in range(0, 3_600, 10)]
    assert slope(samples, warm_up=600).per_hour == pytest.approx(0, abs=1e-6)
    assert slope(samples, warm_up=0).per_hour > 20


def test_noise_is_told_by_its_error():
    chance = random.Random(7)
    found = slope([(at, 1_000 + chance.uniform(-50, 50)) for at in range(0, 600, 10)], warm_up=0)
    assert abs(found.per_hour) < 3 * found.error


def test_what_is_open_for_a_moment_is_no_growth():
    counts = [100 + 50 * (number % 7 == 0) for number in range(200)]
    assert growth([*counts, 190]) == 0
    assert growth([*counts, *(count + 30 for count in counts)]) == 30
    assert growth([5]) == 0


def test_two_samples_make_no_slope():
    with pytest.raises(ValueError, match="2 samples"):
        slope([(0, 1), (10, 1), (20, 1)], warm_up=10)


def test_a_process_that_outlives_its_platform_is_found(monkeypatch):
    monkeypatch.setattr("benchmarks.load.family.GONE_WITHIN", 0.0)
    command = [sys.executable, "-c", "input()"]
    with psutil.Popen(command, stdin=-1, cwd=Path.cwd()) as process:
        family = Family(type("Running", (), {"pids": {"platform": process.pid}})())
        sample = family.sample()
        assert (sample.processes, sample.files > 0, sample.bytes["platform"] > 0) == (1, True, True)
        assert 0 <= sample.sockets < sample.files
        assert sample.threads == 1
        assert [left.pid for left in family.orphans()] == [process.pid]
        process.kill()
        process.wait()
        assert family.orphans() == []


def test_what_is_read_of_threads_is_no_file_of_the_platform(tmp_path):
    before = open_files(os.getpid())
    with (
        (tmp_path / "own").open("w"),
        Path("/proc/self/stat").open(),
        Path("/proc/self/task").joinpath(f"{os.getpid()}/io").open(),
    ):
        assert open_files(os.getpid()) == before + 1
    assert open_files(os.getpid()) == before
