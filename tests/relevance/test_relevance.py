"""Whether the search finds what people mean: hand-judged queries over the corpus's real postings.

`judgements.tsv` names postings by the beginning of their id. nDCG@10 with gain 2^grade - 1 (Burges et al. 2005): the value
of the first ten hits, each discounted by the logarithm of its rank, beside the value of the best ten there could be.
"""

import csv
import json
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from quiethire.domain.board import Board
from quiethire.domain.lifecycle import observe
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting
from quiethire.domain.search import SearchDocument, SearchQuery
from quiethire.storage.typesense.index import TypesenseIndex
from services.parser.parse import parse_board_page, parse_page

READ_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = 8
"""Characters of an id that tell a posting of the corpus from all others."""
BEST = 10
WANTED = 0.85
BOARDS = (("greenhouse", "greenhouse/greenhouse.json", "acme"), ("lever", "lever/lever.json", "acme"))

Judgements = dict[tuple[str, str], dict[str, int]]


def judgements() -> Judgements:
    """(Kind, query) → posting → grade."""
    lines = Path(__file__).with_name("judgements.tsv").read_text(encoding="utf-8").splitlines()
    found: Judgements = defaultdict(dict)
    told = (line for line in lines if not line.startswith("#"))
    for row in csv.DictReader(told, delimiter="\t", quoting=csv.QUOTE_NONE):
        found[row["kind"], row["query"]][row["posting"]] = int(row["grade"])
    return found


def postings(corpus: Path) -> Iterator[JobPosting]:
    """The real postings: of the saved boards, and of the saved pages that hold one."""
    ashby = [("ashby", f"ashby/{file.name}", file.stem) for file in sorted((corpus / "feeds" / "ashby").glob("*.json"))]
    for ats, path, token in (*ashby, *BOARDS):
        board = Board(ats=ats, token=token, url=f"https://jobs.example/{token}", company_name=token)
        page = Page(url=board.url, body=(corpus / "feeds" / path).read_bytes(), content_type="", fetched_at=READ_AT)
        yield from parse_board_page(board, page).postings
    for line in (corpus / "postings" / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        body = (corpus / "postings" / case["path"]).read_bytes()
        page = Page(url=case["url"], body=body, content_type="text/html", fetched_at=READ_AT)
        yield from parse_page(page, board=None).postings


def ndcg(grades: dict[str, int], hits: Sequence[str]) -> float:
    """Between 0 and 1."""
    ideal = sorted(grades.values(), reverse=True)[:BEST]
    return _gain(grades.get(hit[:KEY], 0) for hit in hits) / _gain(ideal)


def _gain(grades: Iterator[int] | Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


@pytest.fixture(scope="module")
async def scores(stack, corpus) -> dict[tuple[str, str], float]:
    """nDCG@10 of each query."""
    read = {posting.id: posting for posting in postings(corpus)}
    rows = observe({}, list(read.values()), READ_AT).rows
    documents = [SearchDocument.of(row) for row in rows]
    judged = judgements()
    known = {document.id[:KEY] for document in documents}
    lost = {key for grades in judged.values() for key in grades} - known
    assert not lost, "judged postings that the parser finds no longer"
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, f"relevance{uuid4().hex[:6]}") as index:
        await index.ensure()
        assert await index.upsert(documents) == []
        found = {}
        for asked, grades in judged.items():
            hits = (await index.search(SearchQuery(q=asked[1], per_page=BEST))).hits
            found[asked] = ndcg(grades, [hit.document.id for hit in hits])
        return found


def test_the_judged_queries_are_many_and_of_every_kind(scores):
    kinds = {kind for kind, _ in scores}
    assert len(scores) >= 50
    assert len(kinds) >= 10


def test_what_was_meant_comes_first(scores):
    mean = sum(scores.values()) / len(scores)
    worst = sorted((round(score, 2), *asked) for asked, score in scores.items())[:10]
    assert mean >= WANTED, f"nDCG@10 {mean:.3f}; the worst: {worst}"


def test_no_query_finds_nothing_of_use(scores):
    assert not [asked for asked, score in scores.items() if score == 0]
