"""From fetched page to searchable: what each posting and each board costs, beside the same work without the pipeline.

`python -m benchmarks.pipeline [--json] [--quick]` needs the corpus (see postings.py).
"""

import asyncio
import html
import json
import tempfile
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from benchmarks.local_boards import description, title
from benchmarks.pipeline_boards import TARGETS as BOARD_TARGETS
from benchmarks.pipeline_boards import board_figures
from benchmarks.pipeline_storage import TARGETS as STORAGE_TARGETS
from benchmarks.pipeline_storage import storage_figures
from benchmarks.report import Target, finish, options
from quiethire.domain.board import Board
from quiethire.domain.lifecycle import observe
from quiethire.domain.page import FetchedVia, Page, PageRef
from quiethire.domain.search import SearchDocument
from quiethire.platform.local import Session, attach, start_platform
from quiethire.processes import leave
from quiethire.registry import open_registry
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.stack.ports import Ports
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from quiethire.storage.typesense import TypesenseIndex
from services.parser.ats.greenhouse import Greenhouse
from services.parser.parse import parse_board_page
from workflows.career_page_crawl import CareerPageCrawlInput, CareerPageCrawlWorkflow
from workflows.results import CareerPageCrawlResult

SIZES = (100, 500, 2_000)
"""Postings of the boards whose workflow actions are counted."""

TIMES_THE_DATA = 10
"""How much more is stored when the postings a second are measured again."""

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


def board_of(token: str) -> Board:
    """A Greenhouse board of this name."""
    return Board(
        ats="greenhouse", token=token, url=f"https://job-boards.greenhouse.io/{token}", company_name=token.capitalize()
    )


def feed(board: Board, count: int) -> bytes:
    """A Greenhouse answer with so many postings of some 3 KB each; the same every time."""
    jobs = [_job(board.token, number) for number in range(count)]
    return json.dumps({"jobs": jobs, "meta": {"total": count}}).encode()


def _job(token: str, number: int) -> dict[str, object]:
    job_id = zlib.crc32(token.encode()) * 10_000 + number  # Ids are Greenhouse's own: no two boards have the same.
    return {
        "id": job_id,
        "absolute_url": f"https://job-boards.greenhouse.io/{token}/jobs/{job_id}",
        "title": title(number),
        "location": {"name": ("Berlin, Germany", "Lisbon, Portugal", "Austin, TX, United States")[number % 3]},
        "content": html.escape(description(token, number)),
        "first_published": "2026-11-02T09:00:00Z",
        "departments": [{"name": "Engineering"}],
        "pay_input_ranges": [{"min_cents": 6_000_000, "max_cents": 8_000_000, "currency_type": "EUR", "title": "Pay"}],
    }


async def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    given = options(__doc__)
    figures: dict[str, float] = {}
    targets: dict[str, Target] = {**STORAGE_TARGETS, **BOARD_TARGETS, "first_crawl_postings_per_second": (">=", 300)}
    with tempfile.TemporaryDirectory() as folder:
        figures |= await storage_figures(Path(folder), quick=given.quick)
        figures |= await _pipeline_figures(Path(folder) / "pipeline", quick=given.quick)
        figures |= await board_figures(Path(folder) / "boards", quick=given.quick)
    targets |= {name: ("<=", 50.0) for name in figures if name.startswith("actions_")}
    return finish(figures, {} if given.quick else targets, as_json=given.json)


async def _pipeline_figures(folder: Path, *, quick: bool) -> dict[str, float]:
    """Actions by size of the board; postings a second of the largest, with and without workflows, and amid ten times the data."""
    settings = Settings(data_dir=folder, api_port=0, schedules=False)
    sizes = SIZES[:1] if quick else SIZES
    figures: dict[str, float] = {}
    async with start_platform(settings, Ports()) as (_, running), attach(running.apply(settings)) as session:
        stored = 0
        for size in sizes:
            stored += size
            first, seconds = await _crawl(session, f"size{size}", size, stored)
            again, seconds_again = await _crawl(session, f"size{size}", size, stored)
            for name, workflow_id in (("first", first), ("unchanged", again)):
                actions = await _actions(session.temporal, workflow_id) * 1_000 / size
                figures[f"actions_per_1000_postings_of_{size}_{name}"] = round(actions, 1)
        size = sizes[-1]
        direct = await _direct(session.settings, feed(board_of("direct"), size), folder)
        for number in range(TIMES_THE_DATA):
            stored += size
            _, seconds_amid = await _crawl(session, f"more{number}", size, stored)
    return figures | {
        "pipeline_postings": size,
        "first_crawl_postings_per_second": round(size / seconds, 1),
        "unchanged_crawl_postings_per_second": round(size / seconds_again, 1),
        "without_workflows_postings_per_second": round(size / direct, 1),
        "first_crawl_time_over_without_workflows": round(seconds / direct, 3),
        "first_crawl_time_amid_10_times_the_data_over_first": round(seconds_amid / seconds, 3),
    }


async def _archive(settings: Settings, board: Board, body: bytes) -> None:
    [spec] = Greenhouse().requests(board, None)
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


async def _crawl(session: Session, token: str, count: int, stored: int) -> tuple[str, float]:
    """Crawl an archived board; the workflow's id, and the seconds until all that is stored is found by a search."""
    board = board_of(token)
    await _archive(session.settings, board, feed(board, count))
    workflow_id = f"benchmark/{uuid4()}"
    began = time.perf_counter()
    result: CareerPageCrawlResult = await session.temporal.execute_workflow(
        CareerPageCrawlWorkflow.run,
        CareerPageCrawlInput(board=board, offline=True),
        id=workflow_id,
        task_queue=TASK_QUEUE,
    )
    found = (await session.api.get("/api/v1/search", params={"per_page": 1})).json()["found"]
    seconds = time.perf_counter() - began
    if not result.complete or found != stored:
        raise RuntimeError(f"{found} of {stored} postings are searchable: {result.problems}")
    return workflow_id, seconds


async def _direct(settings: Settings, body: bytes, folder: Path) -> float:
    """The same parsing, storing and indexing in one process, without archive, Temporal or the pool of parsers."""
    board = board_of("direct")
    first = Page(url=board.url, body=feed(board, 1), content_type="application/json", fetched_at=datetime.now(UTC))
    parse_board_page(board, first)  # The parser loads its tables once, in the platform long before the first page.
    client = open_clickhouse(None, folder / "direct")
    postings = ClickHousePostings(client)
    await postings.migrate()
    index = TypesenseIndex(settings.typesense_url or "", settings.typesense_api_key, alias="direct")
    await index.ensure()
    began = time.perf_counter()
    now = datetime.now(UTC)
    page = Page(url=board.url, body=body, content_type="application/json", fetched_at=now)
    parsed = parse_board_page(board, page)
    for start in range(0, len(parsed.postings), 500):
        batch = parsed.postings[start : start + 500]
        known = await postings.known_of(batch)
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
    leave(asyncio.run(main()))
