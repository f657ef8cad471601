"""Boards on local hosts: what a look at an unchanged one costs, and how soon a change is found by a search."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import psutil

from benchmarks.local_boards import LocalBoards
from benchmarks.report import Target
from quiethire.domain.board import Board
from quiethire.platform.local import Session, attach, start_platform
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.stack.ports import Ports
from quiethire.stack.supervisor import Supervisor
from quiethire.storage.postgres import PostgresBoards, open_pool
from workflows.board_refresh import BoardRefreshInput, BoardRefreshResult, BoardRefreshWorkflow
from workflows.career_page_crawl import CareerPageCrawlInput, CareerPageCrawlWorkflow

POSTINGS = 10
CHANGE_EVERY = 1.0
"""Seconds between two changes, whether or not the last one was found: an open loop."""
LOOK_EVERY = 0.05
PATIENCE = 60.0
"""Seconds after which a change counts as never found."""

TARGETS: dict[str, Target] = {
    "unchanged_requests_per_1000_boards": ("<=", 1_000),
    "change_to_searchable_p95_seconds": ("<=", 2.0),
    "changes_never_found": ("<=", 0),
}


async def board_figures(folder: Path, *, quick: bool) -> dict[str, float]:
    """Requests and CPU of an unchanged crawl, then seconds from a changed answer to the search that shows it."""
    web = LocalBoards.make(40 if quick else 200, POSTINGS)
    changing = LocalBoards.make(10 if quick else 60, POSTINGS, prefix="busy")
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(web.running())
        other = await stack.enter_async_context(changing.running())
        settings = Settings(
            data_dir=folder,
            api_port=0,
            schedules=False,
            browser=False,
            host_delay_min=0,
            host_map={**web.host_map(address), **changing.host_map(other)},
        )
        supervisor, running = await stack.enter_async_context(start_platform(settings, Ports()))
        session = await stack.enter_async_context(attach(running.apply(settings)))
        await refresh(session, web.boards(), "first")
        figures = await _unchanged(session, supervisor, web)
        await refresh(session, changing.boards(), "busy")
        return figures | await _changes(session, web, changing, count=10 if quick else 60)


async def refresh(session: Session, boards: Sequence[Board], name: str) -> BoardRefreshResult:
    """Make these boards due, and have all that is due looked at."""
    async with open_pool(session.settings.postgres_dsn or "") as pool:
        await PostgresBoards(pool).add_due(boards, datetime.now(UTC))
    return await session.temporal.execute_workflow(
        BoardRefreshWorkflow.run, BoardRefreshInput(), id=f"benchmark/{name}", task_queue=TASK_QUEUE
    )


async def _unchanged(session: Session, supervisor: Supervisor, web: LocalBoards) -> dict[str, float]:
    asked, before = web.asked, _cpu(supervisor)
    began = time.perf_counter()
    result = await refresh(session, web.boards(), "unchanged")
    seconds, after = time.perf_counter() - began, _cpu(supervisor)
    boards = len(web.lists)
    if result.unchanged != boards:
        raise RuntimeError(f"{result.unchanged} of {boards} boards are unchanged: {result}")
    used = {name: after[name] - before[name] for name in after}
    return {
        "unchanged_boards": boards,
        "unchanged_requests_per_1000_boards": round((web.asked - asked) * 1_000 / boards),
        "unchanged_platform_cpu_seconds_per_1000_boards": round(used.pop("platform") * 1_000 / boards, 1),
        "unchanged_servers_cpu_seconds_per_1000_boards": round(sum(used.values()) * 1_000 / boards, 1),
        "unchanged_boards_per_second": round(boards / seconds, 1),
    }


def _cpu(supervisor: Supervisor) -> dict[str, float]:
    """CPU-seconds so far of each process with its children."""
    used: dict[str, float] = {}
    for name, pid in supervisor.pids.items():
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        used[name] = sum(times.user + times.system for times in (member.cpu_times() for member in family))
    return used


async def _changes(session: Session, web: LocalBoards, changing: LocalBoards, *, count: int) -> dict[str, float]:
    """Change a title every second and have its board crawled, while all other boards are looked at again and again."""
    ended = asyncio.Event()
    others = asyncio.create_task(_keep_busy(session, web, ended))
    boards = changing.boards()
    waits: list[asyncio.Task[float | None]] = []
    for number in range(count):
        waits.append(asyncio.create_task(_one_change(session, changing, boards[number % len(boards)], number)))
        await asyncio.sleep(CHANGE_EVERY)
    found = await asyncio.gather(*waits)
    ended.set()
    await others
    seconds = sorted(wait for wait in found if wait is not None)
    return {
        "changes": count,
        "changes_never_found": found.count(None),
        "change_to_searchable_p50_seconds": round(seconds[len(seconds) // 2], 3),
        "change_to_searchable_p95_seconds": round(quantiles(seconds, n=20)[-1], 3),
    }


async def _keep_busy(session: Session, web: LocalBoards, ended: asyncio.Event) -> None:
    number = 0
    while not ended.is_set():
        number += 1
        await refresh(session, web.boards(), f"beside-{number}")


async def _one_change(session: Session, web: LocalBoards, board: Board, number: int) -> float | None:
    """Seconds from the answer that told the change to the search that shows it."""
    listed = web.lists[board.token]
    named = f"Lighthouse Keeper {number:04d}"
    listed[min(listed)] = named
    clock = asyncio.get_running_loop().time
    began = clock()
    await session.temporal.start_workflow(
        CareerPageCrawlWorkflow.run,
        CareerPageCrawlInput(board=board),
        id=f"benchmark/change-{number}",
        task_queue=TASK_QUEUE,
    )
    while clock() - began < PATIENCE:
        await asyncio.sleep(LOOK_EVERY)
        answer = await session.api.get("/api/v1/search", params={"q": named, "per_page": 5})
        if any(hit["title"] == named for hit in answer.raise_for_status().json()["hits"]):
            return clock() - web.sent[board.token]
    return None
