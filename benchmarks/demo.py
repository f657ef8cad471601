"""How long the first two commands take, from a clean clone and again, and how much code there is.

`python -m benchmarks.demo [--json] [--quick]`; quick leaves the clean clone out and runs in this checkout.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.report import Target, finish, options

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    given = options(__doc__)
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        checkout = ROOT if given.quick else Path(folder) / "clone"
        env = {name: value for name, value in os.environ.items() if not name.startswith("QUIETHIRE_")}
        env |= {"QUIETHIRE_DATA_DIR": f"{folder}/data"}
        if not given.quick:
            _run(["git", "clone", "--quiet", str(ROOT), str(checkout)], ROOT, env)
            env |= {"XDG_CACHE_HOME": f"{folder}/cache", "UV_CACHE_DIR": f"{folder}/cache/uv", "PIP_NO_CACHE_DIR": "1"}
            seconds, report = _demo(checkout, env)
            figures |= {"demo_clean_clone_seconds": seconds, "demo_postings_stored": report["postings"]["stored"]}
        else:
            _demo(checkout, env)
        figures["demo_warm_seconds"], again = _demo(checkout, env)
        figures["demo_warm_changed"] = float(again["changed"])
        began = time.perf_counter()
        _run(["make", "setup"], checkout, env)
        figures["setup_done_seconds"] = round(time.perf_counter() - began, 2)
    figures |= {f"lines_{name}": lines for name, lines in sorted(_lines().items())}
    targets: dict[str, Target] = {"demo_warm_changed": ("<=", 0), "setup_done_seconds": ("<=", 1)}
    return finish(figures, targets, as_json=given.json)


def _demo(checkout: Path, env: dict[str, str]) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    out = _run(["make", "demo", "ARGS=--json"], checkout, env)
    return round(time.perf_counter() - began, 1), json.loads(out)


def _run(command: list[str], folder: Path, env: dict[str, str]) -> str:
    ended = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {ended.returncode}: {ended.stderr[-2000:]}")
    return ended.stdout


def _lines() -> Counter[str]:
    """Lines of code by top-level folder, as git knows them; data and pictures left out."""
    files = _run(["git", "ls-files", "*.py", "*.sql", "*.html", "*.css", "*.js", "*.sh"], ROOT, dict(os.environ))
    counts: Counter[str] = Counter()
    for name in files.split():
        folder = name.split("/")[0] if "/" in name else "root"
        counts[folder] += len((ROOT / name).read_text().splitlines())
    return counts


if __name__ == "__main__":
    sys.exit(main())
