"""The installed command, as the end-to-end tests run it."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
COMMAND = str(Path(sys.executable).with_name("quiethire"))
PATIENCE = 240.0
"""Seconds after which nobody believes any more that it will come: machines that run tests are busy."""

FREE_PORTS = dict.fromkeys(("QUIETHIRE_API_PORT", "QUIETHIRE_TEMPORAL_PORT", "QUIETHIRE_TEMPORAL_UI_PORT"), "0")
"""For `up`: on any ports."""


def plain_environment(**settings: str) -> dict[str, str]:
    """The environment of a command with these settings, and none of whoever runs the tests."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("QUIETHIRE_")}
    return plain | {"COLUMNS": "100"} | settings


def environment_on(data_dir: Path) -> dict[str, str]:
    """The same on this data directory."""
    return plain_environment(QUIETHIRE_DATA_DIR=str(data_dir))


def running_on(data_dir: Path) -> dict[str, Any] | None:
    """What a platform on this data directory says of itself, once it is up."""
    try:
        running: dict[str, Any] = json.loads((data_dir / "running.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return running if running["api_url"] else None


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self):
        assert self.out, f"nothing on stdout (exit code {self.code}): {self.err[-2000:]}"
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


def typed(*arguments: str | Path, stdin: str = "", **settings: str) -> Ended:
    """What comes of a command that needs no platform."""
    ended = subprocess.run(
        [COMMAND, *map(str, arguments)],
        cwd=ROOT,
        env=plain_environment(**settings),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


class Command:
    """The installed command, on a data directory of its own."""

    def __init__(self, data_dir: Path):
        self.data_dir = data_dir
        self.env = environment_on(data_dir)

    def start(self, *arguments: str, **env: str) -> subprocess.Popen:
        command = [COMMAND, *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.env | env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    @contextmanager
    def up(self):
        """A platform that runs meanwhile: commands use it instead of starting their own."""
        process = self.start("up", **FREE_PORTS)
        try:
            deadline = time.monotonic() + PATIENCE
            while running_on(self.data_dir) is None:
                assert process.poll() is None, process.communicate()[1]
                assert time.monotonic() < deadline, f"not up within {PATIENCE:g} s"
                time.sleep(0.1)
            yield
        finally:
            # Also one that did not come up: what it leaves open is told of another test.
            process.terminate()
            process.communicate(timeout=PATIENCE)

    def run(self, *arguments: str, timeout: float = PATIENCE, **env: str) -> Ended:
        process = self.start(*arguments, **env)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.terminate()
            _, err = process.communicate()
            pytest.fail(f"quiethire {' '.join(arguments)} did not end within {timeout} s: {err[-2000:]}")
        return Ended(process.returncode, out, err)
