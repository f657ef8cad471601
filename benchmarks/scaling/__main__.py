"""`python -m benchmarks.scaling`, from the project's directory, writes docs/scaling.md; with prices it tells the page at those."""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.load.measuring import MEASURED
from benchmarks.scaling.costs import Prices
from benchmarks.scaling.model import Model
from benchmarks.scaling.page import page

DOCUMENT = Path(__file__).parents[2] / "docs" / "scaling.md"


def main() -> None:
    """Write the page, or tell it."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, words in (("vcpu", "a processor"), ("gib", "a GiB of memory"), ("tb", "a TB of disk")):
        parser.add_argument(f"--{name}", type=float, help=f"price a month of {words}")
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    kept = json.loads(MEASURED.read_text(encoding="utf-8"))
    if given:
        sys.stdout.write(page(Model(), Prices(**given), kept))
    else:
        DOCUMENT.write_text(page(Model(), Prices(), kept), encoding="utf-8")


if __name__ == "__main__":
    main()
