"""The installed command, as the end-to-end tests run it."""

import json
import os
import subprocess
import sys
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

    def run(self, *arguments: str, timeout: float = 150, **env: str) -> Ended:
        process = self.start(*arguments, **env)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.terminate()
            _, err = process.communicate()
            pytest.fail(f"quiethire {' '.join(arguments)} did not end within {timeout} s: {err[-2000:]}")
        return Ended(process.returncode, out, err)
