"""The loop over many companies and boards: histories, failures, actions, on the real Temporal server over stub activities.

`python -m benchmarks.loop [--json] [--quick]`; quick takes 600 companies instead of 10,000. One company in a hundred fails.
Boards are claimed and put off in a real PostgreSQL; the look at them is a stub that finds them unchanged.
"""

import asyncio
import logging
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.boards import BoardActivities
from activities.checking import CheckBoardsInput, CheckedBoards
from activities.clients import Clients
from activities.discovery import CrawledInput, DiscoverInput, StaleCompanies, StaleInput, StoreDiscoveredInput
from activities.errors import ErrorInterceptor
from benchmarks.report import finish, options
from quiethire.domain.board import Board
from quiethire.domain.cadence import due_at
from quiethire.domain.company import Company, company_id
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Gone
from quiethire.processes import leave
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.stack.stack import start_stack
from quiethire.storage.postgres import PostgresBoards, migrate, open_pool
from quiethire.temporal import connect_temporal
from services.osint.discovery import Discovery
from workflows.board_refresh import BoardRefreshInput, BoardRefreshWorkflow
from workflows.continuous_discovery import ContinuousDiscoveryInput, ContinuousDiscoveryWorkflow
from workflows.policies import CRAWL_QUEUE
from workflows.registry import WORKFLOWS

MANY, FEW = 10_000, 600
BOARDS = 1_000
FAILING = 100
"""One company in so many cannot be marked as crawled, and counts as failed."""

ACTIONS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
}
"""Events that stand for what Temporal counts as an action. A child's own start is counted with the child."""


class Companies:
    """Activities of discovery over companies that exist by their number alone; every one asked for is kept."""

    def __init__(self, count: int) -> None:
        self._companies = [_company(number) for number in range(count)]
        self.discovered: Counter[str] = Counter()

    @activity.defn(name="get_stale_companies")
    async def stale(self, input: StaleInput) -> StaleCompanies:
        """A page of them."""
        start = int(input.after.domain.partition(".")[0]) + 1 if input.after else 0
        page = self._companies[start : start + input.limit]
        return StaleCompanies(companies=tuple(page), waiting=len(self._companies))

    @activity.defn(name="discover_career_pages")
    async def pages(self, input: DiscoverInput) -> Discovery:
        """Nothing."""
        self.discovered[input.domain] += 1
        return Discovery()

    @activity.defn(name="enumerate_subdomains")
    async def subdomains(self, input: DiscoverInput) -> Discovery:
        """Nothing."""
        return Discovery()

    @activity.defn(name="store_discovered_urls")
    async def store(self, input: StoreDiscoveredInput) -> None:
        """Nothing is kept."""

    @activity.defn(name="update_company_last_crawled")
    async def mark(self, input: CrawledInput) -> None:
        """Fails for some."""
        if int(input.domain.partition(".")[0]) % FAILING == 0:
            raise Gone("is no more", where=input.domain)


class Looks:
    """`check_boards`, which finds every board as it was."""

    def __init__(self, boards: PostgresBoards) -> None:
        self._boards = boards

    @activity.defn(name="check_boards")
    async def check(self, input: CheckBoardsInput) -> CheckedBoards:
        """Record them as unchanged."""
        for board in input.boards:
            record = _crawl(board, input.started_at)
            await self._boards.record_crawl(record, due_at=due_at([record]))
        return CheckedBoards(same=tuple(board.key for board in input.boards), requests=len(input.boards))


async def main() -> int:
    """Run both, and print what came of them."""
    chosen = options(__doc__)
    logging.disable(logging.WARNING)  # Failures are meant to happen.
    count = FEW if chosen.quick else MANY
    with tempfile.TemporaryDirectory() as folder:
        async with start_stack(Settings(data_dir=Path(folder)), durable=False) as (_, running):
            settings = running.apply(Settings(data_dir=Path(folder)))
            client = await connect_temporal(settings)
            figures = await _discover(client, count)
            assert settings.postgres_dsn is not None
            await migrate(settings.postgres_dsn)
            async with open_pool(settings.postgres_dsn) as pool:
                figures |= await _refresh(client, PostgresBoards(pool))
    targets = {
        "companies_done": (">=", count),
        "companies_twice": ("<=", 0),
        "failures_uncounted": ("<=", 0),
        "longest_history_events": ("<=", 10_000),
        "largest_history_bytes": ("<=", 10_000_000),
        "actions_per_1000_unchanged": ("<=", 60),
    }
    return finish(figures, targets, as_json=chosen.json)


async def _discover(client: Client, count: int) -> dict[str, float]:
    companies = Companies(count)
    stubs = [companies.stale, companies.pages, companies.subdomains, companies.store, companies.mark]
    began, processor = time.perf_counter(), time.process_time()
    async with _workers(client, stubs):
        handle = await client.start_workflow(
            ContinuousDiscoveryWorkflow.run,
            ContinuousDiscoveryInput(max_new_companies=count),
            id="loop",
            task_queue=TASK_QUEUE,
        )
        result = await handle.result()
    seconds = time.perf_counter() - began
    histories = await _histories(client, "loop")
    return {
        "companies_done": result.companies,
        "companies_failed": result.companies_failed,
        "failures_uncounted": -(-count // FAILING) - result.companies_failed,
        "companies_twice": sum(times > 1 for times in companies.discovered.values()),
        "seconds": round(seconds, 1),
        "worker_cpu_seconds": round(time.process_time() - processor, 1),
        "companies_per_second": round(count / seconds, 1),
        "histories": len(histories),
        "longest_history_events": max(len(history.events) for history in histories),
        "largest_history_bytes": max(sum(event.ByteSize() for event in history.events) for history in histories),
    }


async def _refresh(client: Client, boards: PostgresBoards) -> dict[str, float]:
    now = datetime.now(UTC)
    await boards.add_due([_board(number) for number in range(BOARDS)], now - timedelta(minutes=1))
    looks = Looks(boards)
    settling = BoardActivities(cast("Clients", SimpleNamespace(boards=boards)))
    began = time.perf_counter()
    async with _workers(client, [looks.check, settling.claim_due_boards, settling.settle_boards]):
        handle = await client.start_workflow(
            BoardRefreshWorkflow.run, BoardRefreshInput(), id="refresh", task_queue=TASK_QUEUE
        )
        result = await handle.result()
    histories = await _histories(client, "refresh")
    actions = sum(event.event_type in ACTIONS for history in histories for event in history.events)
    return {
        "boards_unchanged": result.unchanged,
        "refresh_seconds": round(time.perf_counter() - began, 1),
        "actions_per_1000_unchanged": round(1000 * actions / max(result.unchanged, 1), 1),
    }


@asynccontextmanager
async def _workers(client: Client, activities: Sequence[Any]) -> AsyncIterator[None]:
    interceptors = [ErrorInterceptor()]
    crawls = Worker(client, task_queue=CRAWL_QUEUE, activities=activities, interceptors=interceptors)
    others = Worker(
        client,
        task_queue=TASK_QUEUE,
        activities=activities,
        workflows=WORKFLOWS,
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=interceptors,
        workflow_failure_exception_types=[Exception],
    )
    async with crawls, others:
        yield


async def _histories(client: Client, name: str) -> list[WorkflowHistory]:
    runs = [run async for run in client.list_workflows(f"WorkflowId = '{name}'")]
    return [await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history() for run in runs]


def _company(number: int) -> Company:
    domain = f"{number:05}.example"
    return Company(id=company_id(domain), domain=domain)


def _board(number: int) -> Board:
    return Board(ats="greenhouse", token=f"{number}", url=f"https://boards.greenhouse.io/{number}")


def _crawl(board: Board, at: datetime) -> CrawlRecord:
    return CrawlRecord(
        crawl_id=f"check/{at.isoformat()}/{board.key}",
        board_key=board.key,
        started_at=at,
        complete=True,
        same_list=True,
        seen=10,
        opened=0,
        changed=0,
        reopened=0,
        unchanged=10,
        refused=0,
        closed=0,
        problems=0,
        requests=1,
    )


if __name__ == "__main__":
    leave(asyncio.run(main()))
