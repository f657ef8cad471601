"""Processes die at any line; the run completes and every posting is there once."""

import json
import os
import signal
import time

import psutil
import pytest
from quiethire_command import PATIENCE, Command

pytestmark = pytest.mark.timeout(900)


def wait_for(found, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if result := found():
            return result
        time.sleep(0.05)
    pytest.fail(f"no {what} within {PATIENCE:g} s")


def platform_of(parent):
    return next((child for child in parent.children(recursive=True) if "quiethire.platform" in child.cmdline()), None)


def crawling(command):
    """Whether the worker has begun to fetch from the demo web."""
    log = command.data_dir / "demo" / "pages"
    return log.exists() and any(path.is_file() for path in log.rglob("*"))


@pytest.fixture(scope="module")
def survived(tmp_path_factory):
    """The report of a run whose worker was killed amid it, and that of the run after it."""
    command = Command(tmp_path_factory.mktemp("worker") / "data")
    demo = command.start("demo", "--json")
    parent = psutil.Process(demo.pid)
    wait_for(lambda: crawling(command), "first page")
    worker = platform_of(parent)
    assert worker is not None
    worker.kill()
    out, err = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 0, err[-2000:]
    return json.loads(out), command.run("demo", "--json").json


@pytest.fixture(scope="module")
def resumed(tmp_path_factory):
    """The report of the start that follows one of which everything was killed."""
    command = Command(tmp_path_factory.mktemp("everything") / "data")
    demo = command.start("demo", "--json")
    parent = psutil.Process(demo.pid)
    wait_for(lambda: crawling(command), "first page")
    family = parent.children(recursive=True)
    os.kill(demo.pid, signal.SIGKILL)
    demo.communicate()
    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []
    return command.run("demo", "--json").json


def test_a_worker_killed_in_the_middle_is_started_again_and_the_run_completes(survived):
    report, _ = survived
    assert report["stats"]["postings"]["events"] == {"opened": report["stats"]["postings"]["open"]}
    assert report["search"]["found"] > 0


def test_the_run_after_a_killed_worker_finds_nothing_left_to_tell(survived):
    report, again = survived
    assert not again["changed"]
    assert again["stats"]["postings"]["open"] == report["stats"]["postings"]["open"]
    assert again["stats"]["postings"]["events"] == {"opened": report["stats"]["postings"]["open"]}


def test_after_kill_9_of_everything_nothing_is_left_and_the_next_start_completes_the_run(resumed):
    assert resumed["stats"]["postings"]["events"] == {"opened": resumed["stats"]["postings"]["open"]}
    assert resumed["search"]["found"] > 0


def test_whatever_was_killed_the_same_is_known_in_the_end(survived, resumed):
    assert survived[0]["stats"] == resumed["stats"]
