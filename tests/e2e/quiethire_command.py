"""The installed command, as the end-to-end tests run it."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self):
        assert self.out, f"nothing on stdout (exit code {self.code}): {self.err[-2000:]}"
        return json.loads(self.out)


class Command:
    """The installed command, on a data directory of its own."""

    executable = str(Path(sys.executable).with_name("quiethire"))

    def __init__(self, data_dir: Path):
        self.data_dir = data_dir
        plain = {name: value for name, value in os.environ.items() if not name.startswith("QUIETHIRE_")}
        self.env = plain | {"QUIETHIRE_DATA_DIR": str(data_dir), "COLUMNS": "100"}

    def start(self, *arguments: str, **env: str) -> subprocess.Popen:
        command = [self.executable, *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.env | env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    @contextmanager
    def up(self):
        """A platform that runs meanwhile: commands use it instead of starting their own."""
        ports = dict.fromkeys(("QUIETHIRE_API_PORT", "QUIETHIRE_TEMPORAL_PORT", "QUIETHIRE_TEMPORAL_UI_PORT"), "0")
        process = self.start("up", **ports)
        deadline = time.monotonic() + 60
        while not self._is_up():
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline, "not up within 60 s"
            time.sleep(0.1)
        try:
            yield
        finally:
            process.terminate()
            process.communicate(timeout=60)

    def _is_up(self) -> bool:
        try:
            return json.loads((self.data_dir / "running.json").read_text())["api_url"] is not None
        except (FileNotFoundError, ValueError):
            return False

    def run(self, *arguments: str, timeout: float = 150, **env: str) -> Ended:
        process = self.start(*arguments, **env)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.terminate()
            _, err = process.communicate()
            pytest.fail(f"quiethire {' '.join(arguments)} did not end within {timeout} s: {err[-2000:]}")
        return Ended(process.returncode, out, err)
