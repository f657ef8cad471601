"""The long fuzz run: libFuzzer, guided by what of our code each input reaches. `make fuzz ARGS="--seconds 600"`.

Starts from the seeds. A defect does not end the run: its input is kept under the target's name, told at the end, and the
exit code is 1. Once mended, such an input becomes a seed.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[3]
SLOW = 1.0
"""Seconds of processor time from which an input is told of: none of this size should take as long."""
WORDS = (
    "<script type=application/ld+json>",
    '"@type":"JobPosting"',
    '"title":',
    '"description":',
    '"hiringOrganization":',
    '"jobLocation":',
    '"address":',
    '"baseSalary":',
    '"datePosted":',
    '"@graph":[',
    "itemscope itemtype=https://schema.org/JobPosting",
    "itemprop=",
    "typeof=JobPosting",
    "__NEXT_DATA__",
    "<h1>",
    "<dl><dt>",
    "<li>",
    "<table><tr><td>",
    "<a href=",
    "/jobs/4711",
    "Location:",
    "Salary",
    "per year",
    "Remote",
    "EUR",
    "&#x",
    "<![CDATA[",
    "<!ENTITY",
    "charset=",
)

sys.path.insert(0, str(ROOT))
with atheris.instrument_imports(include=["services", "quiethire"], enable_loader_override=False):
    import fuzz_targets


class Findings:
    """Defects and slow inputs, each told once by where it is."""

    def __init__(self, folder: Path, ends_at: float) -> None:
        self._folder = folder
        self._ends_at = ends_at
        self.defects: dict[str, Path] = {}
        self.slow: dict[str, tuple[float, Path]] = {}
        self.executions = 0

    def run(self, data: bytes) -> None:
        """One input: the first byte chooses the target."""
        if not data:
            return
        self.executions += 1
        names = list(fuzz_targets.TARGETS)
        name, rest = names[data[0] % len(names)], data[1:]
        began = time.process_time()
        try:
            fuzz_targets.run(name, rest)
        except Exception as error:  # noqa: BLE001 - a defect of any kind is what is looked for
            ours = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(f"{ROOT}/")]
            last = next(f for f in reversed(ours) if "site-packages" not in f.filename)
            place = f"{name}: {type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
            if place not in self.defects:
                self.defects[place] = self._keep(name, rest)
                sys.stderr.write(f"DEFECT {place}: {str(error)[:200]}\n")
        taken = time.process_time() - began
        if taken > max(SLOW, self.slow.get(name, (0.0,))[0]):
            self.slow[name] = taken, self._keep(name, rest)
        if time.monotonic() > self._ends_at:
            self.tell()
            # libFuzzer does not come back, and ends the process without Python's own end.
            os._exit(bool(self.defects))

    def _keep(self, name: str, data: bytes) -> Path:
        path = self._folder / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
        path.write_bytes(data)
        return path

    def tell(self) -> None:
        """The findings in words."""
        sys.stdout.write(f"{self.executions} executions, {len(self.defects)} defects, {len(self.slow)} slow targets\n")
        for place, path in self.defects.items():
            sys.stdout.write(f"  {place}  {path}\n")
        for name, (taken, path) in self.slow.items():
            sys.stdout.write(f"  {name}: {taken:.1f} s  {path}\n")
        sys.stdout.flush()


def main() -> None:
    """Fuzz for the given time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--target", choices=fuzz_targets.TARGETS, help="this one alone")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "quiethire-fuzz")
    given = parser.parse_args()
    names = list(fuzz_targets.TARGETS)
    if given.target:
        fuzz_targets.TARGETS = {given.target: fuzz_targets.TARGETS[given.target]}
    corpus = given.keep / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for target, name, data in fuzz_targets.seeds():
        if given.target in (None, target):
            number = 0 if given.target else names.index(target)
            (corpus / f"seed-{target}-{name}").write_bytes(bytes([number]) + data)
    words = given.keep / "words"
    words.write_text("".join(f'"{_quoted(word)}"\n' for word in WORDS), encoding="ascii")
    findings = Findings(given.keep, time.monotonic() + given.seconds)
    options = [
        "-max_len=6000",
        "-timeout=60",
        "-rss_limit_mb=4000",
        f"-dict={words}",
        f"-artifact_prefix={given.keep}/",
    ]
    for name in fuzz_targets.TARGETS:
        fuzz_targets.run(name, b"Berlin")  # Loads the tables, so that no input is told of as slow for that.
    atheris.Setup([sys.argv[0], *options, str(corpus)], findings.run)
    atheris.Fuzz()


def _quoted(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"')


if __name__ == "__main__":
    main()
