"""Processes die at any line; the run completes and every posting is there once."""

import json
import os
import signal
import time

import psutil
import pytest

pytestmark = pytest.mark.timeout(600)

PATIENCE = 60.0


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


def test_a_worker_killed_in_the_middle_is_started_again_and_the_run_completes(command):
    demo = command.start("demo", "--json")
    parent = psutil.Process(demo.pid)
    wait_for(lambda: crawling(command), "first page")
    worker = platform_of(parent)
    assert worker is not None
    worker.kill()
    out, err = demo.communicate(timeout=240)
    assert demo.returncode == 0, err[-2000:]
    report = json.loads(out)
    again = command.run("demo", "--json").json
    assert report["stats"]["postings"]["open"] == again["stats"]["postings"]["open"]
    assert not again["changed"]
    assert again["stats"]["postings"]["events"] == {"opened": again["stats"]["postings"]["open"]}


def test_after_kill_9_of_everything_nothing_is_left_and_the_next_start_completes_the_run(command):
    demo = command.start("demo", "--json")
    parent = psutil.Process(demo.pid)
    wait_for(lambda: crawling(command), "first page")
    family = parent.children(recursive=True)
    os.kill(demo.pid, signal.SIGKILL)
    demo.communicate()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
    report = command.run("demo", "--json", timeout=240).json
    assert report["stats"]["postings"]["events"] == {"opened": report["stats"]["postings"]["open"]}
    assert report["search"]["found"] > 0
