"""`kill -9` of the worker at random points: every run completes, and no posting is lost or told twice.

`python -m benchmarks.kills [--json] [--quick]`; quick kills three times instead of twenty. In every round the boards
change, all of them are crawled anew, and the platform's process is killed somewhere between the beginning of the crawl
and its end; the supervisor starts it again. What is stored at the end is held against what the boards listed.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.local_boards import LocalBoards, title
from benchmarks.report import Target, finish, options
from quiethire.domain.lifecycle import JobEventKind
from quiethire.domain.posting import job_id
from quiethire.platform.local import Session, attach, start_platform
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.stack.ports import Ports
from quiethire.stack.supervisor import RESTART_WINDOW, Supervisor
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from quiethire.storage.postgres import PostgresBoards, open_pool
from quiethire.storage.typesense import TypesenseIndex
from workflows.board_refresh import BoardRefreshInput, BoardRefreshWorkflow

BOARDS, POSTINGS = 20, 20
PATIENCE = 240.0
"""Seconds after which a round counts as stuck."""

KILLS_A_WINDOW = 4
"""The supervisor gives up on a process that ends six times within its window."""

Told = Counter[tuple[JobEventKind, str]]
"""Events of a posting: the kind, and of a change the new title, as JSON."""


@dataclass
class World:
    """The boards, and all that was ever true of them."""

    web: LocalBoards
    chance: random.Random
    told: dict[str, Told] = field(default_factory=dict)
    """By identity: what its history must tell."""

    def begin(self) -> None:
        """All postings open."""
        for identity in self.web.identities():
            self._tell(identity, JobEventKind.OPENED)

    def change(self, number: int) -> None:
        """Another day: on each board two titles change, two postings go and two come."""
        for token, listed in self.web.lists.items():
            *changed, first_gone, second_gone = self.chance.sample(sorted(listed), 4)
            for n in changed:
                listed[n] = title(n, number)
                self._tell(f"recruitee/{token}/{n}", JobEventKind.CHANGED, f'"{listed[n]}"')
            for n in (first_gone, second_gone):
                del listed[n]
                self._tell(f"recruitee/{token}/{n}", JobEventKind.CLOSED)
            for n in (1_000 + 2 * number, 1_001 + 2 * number):
                listed[n] = title(n)
                self._tell(f"recruitee/{token}/{n}", JobEventKind.OPENED)

    def _tell(self, identity: str, kind: JobEventKind, new: str = "") -> None:
        self.told.setdefault(identity, Counter())[kind, new] += 1


async def main() -> int:
    """Kill, print, and tell whether everything is as it must be."""
    given = options(__doc__)
    figures = await kill_and_compare(3 if given.quick else 20, seed=20261121)
    targets: dict[str, Target] = {
        name: ("<=", 0) for name in figures if name not in ("kills", "rounds_completed", "postings", "seconds")
    }
    targets["rounds_completed"] = (">=", figures["kills"])
    return finish(figures, targets, as_json=given.json)


async def kill_and_compare(kills: int, *, seed: int) -> dict[str, float]:
    """The figures: what must be nought is nought where nothing was lost, doubled or left behind."""
    began = time.perf_counter()
    world = World(LocalBoards.make(BOARDS, POSTINGS), random.Random(seed))
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            address = await stack.enter_async_context(world.web.running())
            settings = Settings(
                data_dir=Path(folder),
                api_port=0,
                schedules=False,
                browser=False,
                host_delay_min=0,
                host_map=world.web.host_map(address),
            )
            supervisor, running = await stack.enter_async_context(start_platform(settings, Ports()))
            session = await stack.enter_async_context(attach(running.apply(settings)))
            completed = await _rounds(world, session, supervisor, kills)
            left = [entry.id async for entry in session.temporal.list_workflows("ExecutionStatus = 'Running'")]
            index = TypesenseIndex(session.settings.typesense_url or "", session.settings.typesense_api_key)
            indexed = await index.ids()
            await index.aclose()
        open_now = {job_id(identity) for identity in world.web.identities()}
        wrong = await _compare(world, Path(folder) / "clickhouse")
    return {
        "kills": kills,
        "rounds_completed": completed,
        "postings": len(world.told),
        "workflows_left_running": len(left),
        "postings_lost_or_not_closed": wrong["open"],
        "postings_with_other_content": wrong["content"],
        "histories_that_differ": wrong["history"],
        "documents_missing_or_left": len(indexed ^ open_now),
        "seconds": round(time.perf_counter() - began, 1),
    }


async def _rounds(world: World, session: Session, supervisor: Supervisor, kills: int) -> int:
    """One round without a kill, which tells how long one takes; then a kill in each, spread over that time."""
    completed = 0
    world.begin()
    await _crawl_all(world, session, 0)
    world.change(1)
    usual = await _crawl_all(world, session, 1)
    pause = RESTART_WINDOW / KILLS_A_WINDOW
    points = [usual * (n + world.chance.random()) / kills for n in range(kills)]
    world.chance.shuffle(points)
    for number, point in enumerate(points, start=2):
        world.change(number)
        began = time.perf_counter()
        run = asyncio.create_task(_crawl_all(world, session, number))
        await asyncio.sleep(point)
        psutil.Process(supervisor.pids["platform"]).kill()
        await run
        completed += 1
        await asyncio.sleep(max(0.0, pause - (time.perf_counter() - began)))
    return completed


async def _crawl_all(world: World, session: Session, number: int) -> float:
    """Make every board due and drain them; the seconds that it took."""
    began = time.perf_counter()
    async with open_pool(session.settings.postgres_dsn or "") as pool:
        await PostgresBoards(pool).add_due(world.web.boards(), datetime.now(UTC))
    await asyncio.wait_for(
        session.temporal.execute_workflow(
            BoardRefreshWorkflow.run, BoardRefreshInput(), id=f"kills/{number}", task_queue=TASK_QUEUE
        ),
        PATIENCE,
    )
    return time.perf_counter() - began


async def _compare(world: World, path: Path) -> Mapping[str, int]:
    """How many postings are stored otherwise than they must be. The platform has left the directory."""
    client = open_clickhouse(None, path)
    try:
        store = ClickHousePostings(client)
        known = await store.known([job_id(identity) for identity in world.told])
        truth = world.web.identities()
        stray = await store.open_ids() - {job_id(identity) for identity in truth}
        wrong = Counter(open=len(stray))
        for identity, told in world.told.items():
            row = known.get(job_id(identity))
            wrong["open"] += row is None or (identity in truth) != row.is_open
            wrong["content"] += row is None or (identity in truth and row.posting.title != truth[identity])
            events = await store.history(job_id(identity))
            wrong["history"] += Counter((event.kind, event.new) for event in events) != told
        return wrong
    finally:
        client.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
