"""`python -m benchmarks.degraded`: the search that ClickHouse answers while the index is away, over 100,000 postings.

Per class of query the time from question to answer, p50 and p95, and the least CPU time. Every twentieth posting has mates,
so that the join with them is paid for. Run it on a machine that does nothing else.
"""

import asyncio
import random
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.postings import retold_boards
from benchmarks.report import Options, finish, options
from quiethire.domain.cluster import Placement
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting
from quiethire.domain.search import SearchQuery
from quiethire.storage.clickhouse import ClickHouseClusters, ClickHousePostings, open_clickhouse
from services.parser.parse import parse_board_page

READ_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
POSTINGS, QUICK = 100_000, 5_000
CLOSED = 0.15
MATES = 3

CLASSES: dict[str, tuple[dict[str, object], ...]] = {
    "keyword": ({"q": "data engineer"}, {"q": "python"}, {"q": "senior backend engineer"}, {"q": "sales"}),
    "rare words": ({"q": "kubernetes terraform golang"}, {"q": "zyxwv"}),
    "phrase, without": ({"q": '"software engineer" -manager'}, {"q": "engineer -senior"}),
    "no words": ({}, {"sort": "date"}),
    "facets + filter + sort": (
        {"q": "engineer", "remote": ["remote"], "job_type": ["full_time"], "sort": "date"},
        {"q": "manager", "seniority": ["senior"], "language": ["en"], "sort": "date"},
    ),
    "geo": (
        {"circle": {"lat": 52.52, "lon": 13.4, "km": 50}},
        {"q": "engineer", "circle": {"lat": 37.77, "lon": -122.4, "km": 50}},
    ),
    "salary": (
        {"salary_min": {"amount": 120_000, "currency": "USD"}, "sort": "salary"},
        {"q": "engineer", "salary_min": {"amount": 100_000}, "sort": "salary"},
    ),
    "remote from": ({"remote": ["remote"], "remote_from": ["DE"]}, {"q": "engineer", "remote_from": ["US"]}),
}


async def fill(postings: ClickHousePostings, clusters: ClickHouseClusters, wanted: int) -> int:
    """Store at least so many postings, whole boards of them, some closed and some the same job."""
    chance, stored, batch = random.Random(1), 0, list[StoredPosting]()
    for board, body in retold_boards():
        page = Page(url=board.url, body=body, content_type="application/json", fetched_at=READ_AT)
        batch += [_row(posting, chance) for posting in parse_board_page(board, page).postings]
        if len(batch) >= 2_000 or stored + len(batch) >= wanted:
            await postings.save(batch, [])
            jobs = [batch[first : first + MATES] for first in range(0, len(batch), 20 * MATES)]
            await clusters.place(
                {
                    mate.posting.id: Placement(cluster=job[0].posting.id, rank=rank)
                    for job in jobs
                    for rank, mate in enumerate(job)
                }
            )
            stored, batch = stored + len(batch), []
        if stored >= wanted:
            return stored
    return stored


def _row(posting: JobPosting, chance: random.Random) -> StoredPosting:
    at = READ_AT - timedelta(minutes=chance.randrange(60 * 24 * 60))
    closed_at = READ_AT if chance.random() < CLOSED else None
    return StoredPosting(posting=posting, first_seen_at=at, last_seen_at=at, updated_at=at, closed_at=closed_at)


async def measure(postings: ClickHousePostings, runs: int) -> dict[str, float]:
    """Milliseconds of each class: half of the answers, nearly all of them, and the least CPU time of one."""
    figures: dict[str, float] = {}
    for name, questions in CLASSES.items():
        times, used = list[float](), list[float]()
        for question in questions:
            query = SearchQuery.model_validate(question)
            for _ in range(runs):
                began, cpu = time.perf_counter(), time.process_time()
                await postings.search(query)
                times.append((time.perf_counter() - began) * 1000)
                used.append((time.process_time() - cpu) * 1000)
        times.sort()
        figures[f"{name}: p50 ms"], figures[f"{name}: p95 ms"] = (
            round(times[int(len(times) * share)]) for share in (0.5, 0.95)
        )
        figures[f"{name}: least CPU ms"] = round(min(used))
    return figures


async def run(given: Options) -> int:
    """Fill a directory of its own, measure, remove it."""
    folder = Path(tempfile.mkdtemp())
    client = open_clickhouse(None, folder)
    try:
        postings = ClickHousePostings(client)
        await postings.migrate()
        stored = await fill(postings, ClickHouseClusters(client), QUICK if given.quick else POSTINGS)
        figures = {"postings": stored, **await measure(postings, 3 if given.quick else 10)}
    finally:
        client.close()
        shutil.rmtree(folder)
    return finish(figures, {f"{name}: p95 ms": ("<=", 800) for name in CLASSES}, as_json=given.json)


if __name__ == "__main__":
    sys.exit(asyncio.run(run(options(__doc__))))
