"""How a process of ours ends when its work is done."""

import subprocess
import sys
from pathlib import Path

from quiethire_command import plain_environment

from quiethire.processes import NOT_WRITTEN

PROGRAM = """
import atexit, sys
from quiethire.processes import leave

class Torn:
    def __del__(self):
        print("the interpreter was taken down", flush=True)

torn = Torn()
atexit.register(print, "what was to run at the end")
print("what was printed")
leave(int(sys.argv[1]))
"""


def test_what_was_printed_is_written_and_what_was_to_run_runs_and_nothing_is_taken_down() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, "3"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr) == (3, "")
    assert ended.stdout.splitlines() == ["what was printed", "what was to run at the end"]


def test_whose_words_could_not_be_written_has_not_succeeded() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, "0"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=plain_environment(PYTHONUNBUFFERED=""),
            text=True,
            timeout=60,
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (NOT_WRITTEN, "not written: [Errno 28] No space left on device\n")
