"""How fast the whole parse of posting pages is, beside extruct with BeautifulSoup, and beside a bare parse of the same bytes.

`python -m benchmarks.parser [--json] [--quick]`; the corpus is where QUIETHIRE_CORPUS points, else `../shared/corpus`.
All contenders read the same pages in the same run, and the fastest of their rounds counts: one process by its processor
time, the pool by the clock, so that a busy machine only makes the pool look slower. Two ratios have targets:

- `times_extruct_and_beautifulsoup`: the pool of two workers, with which the platform parses, on two cores, against extruct
  and BeautifulSoup, which bring no such pool, in one process. What one process of ours does against one of theirs is
  printed beside it, as `times_extruct_and_beautifulsoup_in_one_process`, and judged by no target.
- `times_a_bare_parse`: one process against one process: the whole parse, to a normalised and scored posting, takes so many
  times what selectolax takes for the tree alone.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser

from benchmarks.report import Target, finish, options
from benchmarks.structured_data import extract
from quiethire.domain.page import Page
from services.parser.ats.registry import recognise
from services.parser.encoding import decode
from services.parser.normalise import gazetteer
from services.parser.parse import parse_posting_page
from services.parser.pool import ParserPool

ROOT = Path(__file__).parents[1]
TARGETS: dict[str, Target] = {"times_extruct_and_beautifulsoup": (">=", 15), "times_a_bare_parse": ("<=", 6)}


def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    given = options(__doc__)
    corpus = Path(os.environ.get("QUIETHIRE_CORPUS", ROOT.parent / "shared" / "corpus"))
    if not corpus.is_dir():
        raise SystemExit(f"no corpus at {corpus}; set QUIETHIRE_CORPUS")
    pages = posting_pages(corpus)
    gazetteer.warm_up()
    for page in pages:
        whole(page)
    contenders: dict[str, tuple[Callable[[Page], object], int]] = {
        "quiethire": (whole, 2 if given.quick else 5),
        "extruct_and_beautifulsoup": (extruct_and_beautifulsoup, 1 if given.quick else 2),
        "bare_selectolax": (bare, 5 if given.quick else 20),
    }
    rates = {name: len(pages) / fastest(work, pages, rounds) for name, (work, rounds) in contenders.items()}
    rates["pool_of_two"] = asyncio.run(pooled(pages, 2 if given.quick else 5))
    figures = {
        "pages": float(len(pages)),
        "megabytes": round(sum(len(page.body) for page in pages) / 1e6, 2),
        **{f"{name}_pages_per_second": round(rate, 1) for name, rate in rates.items()},
        "times_extruct_and_beautifulsoup": round(rates["pool_of_two"] / rates["extruct_and_beautifulsoup"], 2),
        "times_extruct_and_beautifulsoup_in_one_process": round(
            rates["quiethire"] / rates["extruct_and_beautifulsoup"], 2
        ),
        "times_a_bare_parse": round(rates["bare_selectolax"] / rates["quiethire"], 2),
    }
    return finish(figures, TARGETS, as_json=given.json)


def posting_pages(corpus: Path) -> list[Page]:
    """The pages of the corpus that hold a posting."""
    folder = corpus / "postings"
    cases = [json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    return [
        Page(
            url=case["url"],
            body=(folder / case["path"]).read_bytes(),
            content_type="text/html",
            fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
        )
        for case in cases
        if case["is_posting"]
    ]


def fastest(work: Callable[[Page], object], pages: list[Page], rounds: int) -> float:
    """Seconds of processor time of the fastest round over all pages: what else the machine does is not counted."""
    seconds = []
    for _ in range(rounds):
        began = time.process_time()
        for page in pages:
            work(page)
        seconds.append(time.process_time() - began)
    return min(seconds)


def whole(page: Page) -> object:
    """All that QuietHire does with a posting page, from bytes to a posting or a refusal."""
    return parse_posting_page(page, board=recognise(page.url))


async def pooled(pages: list[Page], rounds: int) -> float:
    """Pages a second through the pool that the platform parses with, once its workers stand ready.

    It gets the pages several times over, as one crawl brings many: so few would leave a worker idle at the end.
    """
    batch = [(page, recognise(page.url)) for page in pages] * 4
    seconds = []
    async with ParserPool(workers=2) as pool:
        for _ in range(rounds + 1):
            began = time.perf_counter()
            await pool.posting_pages(batch)
            seconds.append(time.perf_counter() - began)
    return len(batch) / min(seconds[1:])


def extruct_and_beautifulsoup(page: Page) -> object:
    """Structured data in every syntax, and a tree to search the page with; nothing is searched or normalised yet."""
    markup = decode(page.body, page.content_type)
    return extract(markup, page.url), BeautifulSoup(markup, "lxml")


def bare(page: Page) -> object:
    """The tree alone."""
    return LexborHTMLParser(page.body)


if __name__ == "__main__":
    sys.exit(main())
