"""Postings as employers write them, in any number: the boards of the corpus, retold in words of their own.

A copy of a board keeps its markup, its lengths and what its postings have in common; its name, its ids and its rarer
words are its own. So a thousand copies compress as a thousand different boards do, and not as one that is repeated.
"""

import json
import os
import random
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from quiethire.domain.board import Board
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting
from services.parser.parse import parse_board_page

COMMON_WORDS = 1_500
"""The most frequent words stay as they are, as every employer uses them."""

NEIGHBOURS = 200
"""A word is replaced by one of so many that are about as frequent."""

_TEXT = re.compile(r"<[^>]*>|&#?\w+;|([A-Za-z]{3,})")
_READ_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)

Job = dict[str, Any]


def corpus_boards() -> dict[str, list[Job]]:
    """The Ashby boards of the corpus with their jobs. The corpus is where QUIETHIRE_CORPUS points, else beside the project."""
    corpus = Path(os.environ.get("QUIETHIRE_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))
    files = sorted((corpus / "feeds" / "ashby").glob("*.json"))
    read = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}
    boards = {token: feed["jobs"] for token, feed in read.items() if feed.get("jobs")}
    if not boards:
        raise FileNotFoundError(f"no boards in {corpus / 'feeds' / 'ashby'}; set QUIETHIRE_CORPUS")
    return boards


def retold_boards(seed: int = 20261121) -> Iterator[tuple[Board, bytes]]:
    """Boards with what their API answers: first those of the corpus as they are, then copies without end."""
    boards = corpus_boards()
    ranks = _ranked_words(boards)
    chance = random.Random(seed)
    for copy in count():
        for token, jobs in boards.items():
            name = token if copy == 0 else f"{chance.randrange(16**6):06x}-{token}"
            own = {} if copy == 0 else _vocabulary(ranks, chance)
            told = [_retold(job, token, name, own, chance) if own else job for job in jobs]
            board = Board(ats="ashby", token=name, url=f"https://jobs.ashbyhq.com/{name}", company_name=name)
            yield board, json.dumps({"apiVersion": "1", "jobs": told}).encode()


def retold_postings(wanted: int) -> list[JobPosting]:
    """At least so many postings, whole boards of them, read by the parser."""
    found: list[JobPosting] = []
    for board, body in retold_boards():
        page = Page(url=board.url, body=body, content_type="application/json", fetched_at=_READ_AT)
        found += parse_board_page(board, page).postings
        if len(found) >= wanted:
            break
    return found


def _ranked_words(boards: dict[str, list[Job]]) -> list[str]:
    counts: Counter[str] = Counter()
    for jobs in boards.values():
        for job in jobs:
            counts.update(match[1] for match in _TEXT.finditer(job.get("descriptionHtml") or "") if match[1])
    return [word for word, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))][COMMON_WORDS:]


def _vocabulary(ranks: list[str], chance: random.Random) -> dict[str, str]:
    own: dict[str, str] = {}
    for start in range(0, len(ranks), NEIGHBOURS):
        words = ranks[start : start + NEIGHBOURS]
        own.update(zip(words, chance.sample(words, len(words)), strict=True))
    return own


def _retold(job: Job, token: str, name: str, own: dict[str, str], chance: random.Random) -> Job:
    number = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    told = {**job, "id": number, "title": _in_own_words(job["title"], own)}
    for field in ("jobUrl", "applyUrl"):
        if job.get(field):
            told[field] = job[field].replace(token, name).replace(job["id"], number)
    told["descriptionHtml"] = _in_own_words(job.get("descriptionHtml") or "", own)
    told["descriptionPlain"] = ""
    return told


def _in_own_words(markup: str, own: dict[str, str]) -> str:
    return _TEXT.sub(lambda match: own.get(match[1], match[1]) if match[1] else match[0], markup)
