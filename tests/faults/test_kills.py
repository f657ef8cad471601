"""The short form of `python -m benchmarks.kills`: the worker is killed three times at random points of a crawl."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(900)


def test_after_kill_9_of_the_worker_every_run_completes_and_every_posting_is_told_once() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kills", "--quick", "--json"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=850,
        check=False,
    )
    assert done.stdout, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["ok"], report
    assert report["figures"]["rounds_completed"] == 3
    assert report["figures"]["postings"] > 400
