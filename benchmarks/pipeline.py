"""From fetched page to searchable: postings a second and Temporal actions, beside the same work without workflows.

`python -m benchmarks.pipeline [--json] [--quick]`
"""

import asyncio
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from benchmarks.report import finish, options
from quiethire.clients import open_registry
from quiethire.domain.board import Board
from quiethire.domain.lifecycle import observe
from quiethire.domain.page import FetchedVia, Page, PageRef
from quiethire.domain.search import SearchDocument
from quiethire.platform.local import Session, attach, start_platform
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.stack.ports import Ports
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from quiethire.storage.typesense import TypesenseIndex
from services.parser.ats.greenhouse import Greenhouse
from services.parser.parse import parse_board_page
from workflows.career_page_crawl import CareerPageCrawlInput, CareerPageCrawlWorkflow
from workflows.results import CareerPageCrawlResult

BOARD = Board(
    ats="greenhouse", token="benchmark", url="https://job-boards.greenhouse.io/benchmark", company_name="Benchmark"
)

ACTIONS = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
        EventType.EVENT_TYPE_TIMER_STARTED,
        EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
        EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
    }
)
"""What Temporal bills as an action, as far as we do it; https://docs.temporal.io/cloud/actions."""

_TITLES = ("Data Engineer", "Backend Engineer", "Account Executive", "Nurse", "Controller", "Product Designer")
_PLACES = ("Berlin, Germany", "Lisbon, Portugal", "Remote, Europe", "Austin, TX, United States", "Warsaw, Poland")
_WORDS = [
    "pipeline",
    "team",
    "customer",
    "python",
    "delivery",
    "design",
    "review",
    "plan",
    "metric",
    "support",
    "system",
    "growth",
    "data",
    "quality",
]


def feed(count: int) -> bytes:
    """A Greenhouse answer with so many postings of some 3 KB each; the same every time."""
    chance = random.Random(20261120)
    return json.dumps({"jobs": [_job(number, chance) for number in range(count)], "meta": {"total": count}}).encode()


def _job(number: int, chance: random.Random) -> dict[str, object]:
    sentences = [" ".join(chance.choices(_WORDS, k=12)).capitalize() + "." for _ in range(36)]
    paragraphs = "".join(f"<p>{' '.join(sentences[start : start + 6])}</p>" for start in range(0, 36, 6))
    return {
        "id": 4_000_000 + number,
        "absolute_url": f"https://job-boards.greenhouse.io/benchmark/jobs/{4_000_000 + number}",
        "title": f"{chance.choice(('Senior ', '', 'Junior '))}{chance.choice(_TITLES)} {number}",
        "location": {"name": chance.choice(_PLACES)},
        "content": paragraphs.replace("<", "&lt;").replace(">", "&gt;"),
        "first_published": "2026-11-02T09:00:00Z",
        "departments": [{"name": "Engineering"}],
        "pay_input_ranges": [{"min_cents": 6_000_000, "max_cents": 8_000_000, "currency_type": "EUR", "title": "Pay"}],
    }


async def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    given = options(__doc__)
    count = 200 if given.quick else 2_000
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), api_port=0, schedules=False)
        async with start_platform(settings, Ports()) as (_, running), attach(running.apply(settings)) as session:
            await _archive(session.settings, feed(count))
            direct = await _direct(session.settings, feed(count), Path(folder))
            first, first_seconds = await _crawl(session, count)
            again, again_seconds = await _crawl(session, count)
            figures = {
                "postings": count,
                "first_crawl_postings_per_second": round(count / first_seconds, 1),
                "unchanged_crawl_postings_per_second": round(count / again_seconds, 1),
                "without_workflows_postings_per_second": round(count / direct, 1),
                "first_crawl_time_over_without_workflows": round(first_seconds / direct, 3),
                "actions_per_1000_postings_first": round(await _actions(session.temporal, first) * 1000 / count, 1),
                "actions_per_1000_postings_unchanged": round(await _actions(session.temporal, again) * 1000 / count, 1),
            }
    targets = {} if given.quick else {name: ("<=", 50.0) for name in figures if name.startswith("actions_")}
    return finish(figures, targets, as_json=given.json)


async def _archive(settings: Settings, body: bytes) -> None:
    [spec] = Greenhouse().requests(BOARD, None)
    async with open_registry(settings) as registry:
        ref = PageRef(
            url=spec.url,
            final_url=spec.url,
            status=200,
            content_type="application/json",
            content_hash=await registry.archive.put(body),
            size=len(body),
            fetched_at=datetime.now(UTC),
            via=FetchedVia.IMPORT,
        )
        await registry.archive.record(spec, ref)


async def _crawl(session: Session, count: int) -> tuple[str, float]:
    """Crawl the archived board; the workflow's id, and the seconds until every posting was found by a search."""
    workflow_id = f"benchmark/{uuid4()}"
    began = time.perf_counter()
    result: CareerPageCrawlResult = await session.temporal.execute_workflow(
        CareerPageCrawlWorkflow.run,
        CareerPageCrawlInput(board=BOARD, offline=True),
        id=workflow_id,
        task_queue=TASK_QUEUE,
    )
    found = (await session.api.get("/api/v1/search", params={"per_page": 1})).json()["found"]
    seconds = time.perf_counter() - began
    if not result.complete or found != count:
        raise RuntimeError(f"{found} of {count} postings are searchable: {result.problems}")
    return workflow_id, seconds


async def _direct(settings: Settings, body: bytes, folder: Path) -> float:
    """The same parsing, storing and indexing in one process, without archive, Temporal or the pool of parsers."""
    first = Page(url=BOARD.url, body=feed(1), content_type="application/json", fetched_at=datetime.now(UTC))
    parse_board_page(BOARD, first)  # The parser loads its tables once, in the platform long before the first page.
    client = open_clickhouse(None, folder / "direct")
    postings = ClickHousePostings(client)
    await postings.migrate()
    index = TypesenseIndex(settings.typesense_url or "", settings.typesense_api_key, alias="direct")
    await index.ensure()
    began = time.perf_counter()
    now = datetime.now(UTC)
    page = Page(url=BOARD.url, body=body, content_type="application/json", fetched_at=now)
    parsed = parse_board_page(BOARD, page)
    for start in range(0, len(parsed.postings), 500):
        batch = parsed.postings[start : start + 500]
        known = await postings.known({posting.id for posting in batch})
        advance = observe(known, batch, now)
        await postings.save(advance.rows, advance.events)
        await index.upsert([SearchDocument.of(row) for row in advance.rows])
    seconds = time.perf_counter() - began
    await index.aclose()
    client.close()
    return seconds


async def _actions(temporal: Client, workflow_id: str) -> int:
    """Actions of a workflow and of its children."""
    total = 0
    async for event in temporal.get_workflow_handle(workflow_id).fetch_history_events():
        total += event.event_type in ACTIONS
        started = event.child_workflow_execution_started_event_attributes
        if event.event_type == EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
            total += await _actions(temporal, started.workflow_execution.workflow_id)
    return total


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
