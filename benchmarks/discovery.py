"""How well career pages are told from others, and boards from other URLs, on the corpus; a bare rule on the URL beside it.

`python -m benchmarks.discovery [--json] [--quick]`; quick takes every tenth board URL. The corpus is where QUIETHIRE_CORPUS points,
else `../shared/corpus`.
"""

import csv
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.report import Target, finish, options
from quiethire.domain.page import Page
from services.osint.career_page import VERIFIED, judge
from services.osint.outline import outline_of
from services.parser.ats.registry import recognise

TARGETS: dict[str, Target] = {
    "career_page_accuracy": (">=", 0.95),
    "single_postings_taken_for_career_pages": ("<=", 0.05),
}

KEYWORD = re.compile(r"career|karriere|job|hiring|vacanc|stellen|join-?us|recruit|emploi|empleo", re.IGNORECASE)
"""The baseline: a page is a career page where its URL has one of the usual words."""


@dataclass(frozen=True)
class Labelled:
    """A saved page, and whether it is a career page."""

    page: Page
    career_page: bool


@dataclass(frozen=True)
class Score:
    """How a judgement compares with the labels."""

    accuracy: float
    precision: float
    recall: float

    @classmethod
    def of(cls, pages: list[Labelled], said: Callable[[Page], bool]) -> "Score":
        """Of a judgement on each page."""
        pairs = [(said(labelled.page), labelled.career_page) for labelled in pages]
        both = sum(ours and theirs for ours, theirs in pairs)
        return cls(
            accuracy=_share(sum(ours == theirs for ours, theirs in pairs), len(pairs)),
            precision=_share(both, sum(ours for ours, _ in pairs)),
            recall=_share(both, sum(theirs for _, theirs in pairs)),
        )


def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    given = options(__doc__)
    corpus = Path(os.environ.get("QUIETHIRE_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))
    if not corpus.is_dir():
        raise SystemExit(f"no corpus at {corpus}; set QUIETHIRE_CORPUS")
    return finish(measure(corpus, quick=given.quick), TARGETS, as_json=given.json)


def measure(corpus: Path, *, quick: bool) -> dict[str, float]:
    """Every figure."""
    pages = list(labelled_pages(corpus))
    began = time.process_time()
    ours = Score.of(pages, is_career_page)
    seconds = time.process_time() - began
    bare = Score.of(pages, lambda page: KEYWORD.search(page.url) is not None)
    postings = list(single_postings(corpus))
    return {
        "career_pages": len(pages),
        "career_page_accuracy": ours.accuracy,
        "career_page_precision": ours.precision,
        "career_page_recall": ours.recall,
        "career_page_cpu_ms": round(1_000 * seconds / len(pages), 2),
        "baseline_keyword_in_url_accuracy": bare.accuracy,
        "baseline_keyword_in_url_precision": bare.precision,
        "baseline_keyword_in_url_recall": bare.recall,
        "single_postings": len(postings),
        "single_postings_taken_for_career_pages": _share(sum(map(is_career_page, postings)), len(postings)),
        **boards(corpus, step=10 if quick else 1),
    }


def is_career_page(page: Page) -> bool:
    """The judgement that discovery goes by."""
    return judge(outline_of(page)).confidence >= VERIFIED


def labelled_pages(corpus: Path) -> Iterator[Labelled]:
    """The pages that people have labelled."""
    with (corpus / "labels" / "career_pages.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            yield Labelled(_page(corpus / row["path"], row["url"]), row["career_page"] == "True")


def single_postings(corpus: Path) -> Iterator[Page]:
    """Pages of one posting each: none of them is a career page."""
    folder = corpus / "postings"
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["is_posting"]:
            yield _page(folder / case["path"], case["url"])


def boards(corpus: Path, *, step: int) -> dict[str, float]:
    """URLs of boards: the right ATS, the right token too, and URLs of none that are claimed for one."""
    with (corpus / "boards" / "truth.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))[::step]
    found = [(recognise(row["url"]), row) for row in rows]
    on_ats = [(board, row) for board, row in found if row["ats"]]
    right = [(board, row) for board, row in on_ats if board is not None and board.ats == row["ats"]]
    named = [(board, row) for board, row in right if not row["token"] or board.token == row["token"]]
    return {
        "board_urls": len(rows),
        "board_urls_ats_right": _share(len(right), len(on_ats)),
        "board_urls_token_right": _share(len(named), len(on_ats)),
        "board_urls_falsely_claimed": sum(board is not None for board, row in found if not row["ats"]),
    }


def _page(file: Path, url: str) -> Page:
    return Page(url=url, body=file.read_bytes(), content_type="text/html", fetched_at=datetime.now(UTC))


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


if __name__ == "__main__":
    sys.exit(main())
