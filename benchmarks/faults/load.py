"""The steady load: searches at an even pace, a farm that is looked at again and again, a crawl and a key a second."""

import asyncio
import itertools
import sys
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from benchmarks.faults.truth import FARM, POSTINGS, SINGLE, STILL, Truth
from quiethire.domain.board import Board
from quiethire.domain.errors import Transient
from quiethire.settings import TASK_QUEUE
from quiethire.storage.postgres import Pool, PostgresBoards
from workflows.board_refresh import BoardRefreshInput, BoardRefreshWorkflow
from workflows.career_page_crawl import CareerPageCrawlInput, CareerPageCrawlWorkflow, crawl_id
from workflows.policies import Urgency

SEARCHES_A_SECOND, QUICK_SEARCHES_A_SECOND = 20, 8
"""The second where the machine does other things too, as in CI: faults are to break the platform, and not the load."""
PATIENCE = 15.0
"""Seconds after which a request counts as hanging."""
CHANGED = 10
"""Of so many boards of the farm one changes between two looks."""
SLICES, SLICE_EVERY = 10, 10.0
"""Parts that the farm is looked at in, and seconds from one to the next: of 200 boards 2 a second, some twenty times what the boards
of 100,000 postings ask for. As fast as it goes is no steady state: it leaves two cores no time, which is a fault of its own (F10)."""
WORDS = ("data engineer", "nurse", "controller", "product designer", "welder", "chemist")


@dataclass(frozen=True)
class Answer:
    """What came of one request."""

    at: float
    seconds: float
    status: int
    """0: none within the time."""
    degraded: bool = False
    wrong: bool = False
    """It is not what is known to be true."""
    retry_after: bool = False
    shed: bool = False
    """Sent away at once, since more was asked than can be answered: so a platform without processors to spare shall do."""


@dataclass
class SteadyLoad:
    """What is asked of the platform all the time, and what came of it. Times are those of the monotonic clock."""

    truth: Truth
    api: httpx.AsyncClient
    """Its address is the platform's: it stays the same when that is started again."""
    temporal: Client
    pool: Pool
    """Past the proxies: boards are made due whatever is broken."""
    searches_a_second: int
    searches: list[Answer] = field(default_factory=list)
    writes: list[Answer] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    """Prefixes of the API keys that were acknowledged."""
    crawls: list[float] = field(default_factory=list)
    """When single crawls ended well."""
    tries: int = 0
    """Runs of workflows that did not end well and were begun again."""
    _going: asyncio.Event = field(default_factory=asyncio.Event)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)
    _busy: set[str] = field(default_factory=set)
    _number: Iterator[int] = field(default_factory=itertools.count)
    _defect: BaseException | None = None

    async def fill(self) -> None:
        """The first look at everything."""
        await self._look_at([*self.truth.web.boards()])

    def start(self) -> None:
        """Begin."""
        self._going.set()
        loops = (self._search(), self._crawl_singles(), self._refresh_farm(), self._write())
        self._loops = [asyncio.create_task(loop) for loop in loops]

    async def pause(self, patience: float) -> int:
        """Begin nothing more; how much of what was begun did not end in that time."""
        self._going.clear()
        if self._under_way:
            await asyncio.wait(list(self._under_way), timeout=patience)
        return len(self._under_way)

    def under_way(self) -> list[str]:
        """What was begun and has not ended."""
        return sorted(task.get_name() for task in self._under_way)

    def resume(self) -> None:
        """Go on."""
        self._going.set()

    async def stop(self) -> None:
        """End, whatever is under way."""
        for task in (*self._loops, *self._under_way):
            task.cancel()
        await asyncio.gather(*self._loops, *self._under_way, return_exceptions=True)

    def raise_if_broken(self) -> None:
        """A load that ended by itself is a defect of this benchmark."""
        for loop in self._loops:
            if loop.done():
                loop.result()
        if self._defect is not None:
            raise self._defect

    # The four parts

    async def _search(self) -> None:
        due = time.monotonic()
        while True:
            await self._going.wait()
            self._do(self._search_once(next(self._number)), "search")
            due = await _paced(due, 1 / self.searches_a_second)

    async def _search_once(self, number: int) -> None:
        """One in four asks for what is known; none is ever asked twice, so that no kept answer serves."""
        asked: dict[str, Any] = {"exclude_company": f"nobody {number}", "per_page": 10}
        known = number % 4 == 0
        if known:
            boards = sum(token.startswith(STILL) for token in self.truth.web.lists)
            asked["company"] = f"{STILL}{number // 4 % boards:04d}".capitalize()
        else:
            asked["q"] = WORDS[number % len(WORDS)]
        began = time.monotonic()
        try:
            response = await self.api.get("/api/v1/search", params=asked, timeout=PATIENCE)
            told = response.json() if response.status_code == 200 else {}
        except (httpx.HTTPError, ValueError) as error:
            sys.stderr.write(f"no answer to a search after {time.monotonic() - began:.2f} s: {error!r}\n")
            self.searches.append(Answer(began, time.monotonic() - began, 0))
            return
        shed = response.status_code == 503 and response.json().get("kind") == "busy"
        if response.status_code >= 500 and not shed:
            sys.stderr.write(f"a search was answered {response.status_code}: {response.text[:300]}\n")
        wrong = known and response.status_code == 200 and told.get("found") != POSTINGS
        degraded = bool(told.get("degraded"))
        seconds = time.monotonic() - began
        self.searches.append(Answer(began, seconds, response.status_code, degraded, wrong, shed=shed))

    async def _write(self) -> None:
        while True:
            await self._going.wait()
            self._do(self._write_once(next(self._number)), "write")
            await asyncio.sleep(0.5)

    async def _write_once(self, number: int) -> None:
        """An API key: the plainest thing that a request writes into PostgreSQL."""
        began = time.monotonic()
        body = {"name": f"key {number}", "scopes": ["export"]}
        try:
            response = await self.api.post("/api/v1/keys", json=body, timeout=PATIENCE)
        except httpx.HTTPError:
            self.writes.append(Answer(began, time.monotonic() - began, 0))
            return
        if response.status_code == 201:
            self.keys.add(response.json()["key"]["prefix"])
        told = "retry-after" in response.headers
        self.writes.append(Answer(began, time.monotonic() - began, response.status_code, retry_after=told))

    async def _crawl_singles(self) -> None:
        """Every second a board that nobody crawls changes, and is crawled: at that pace even where this process gets its turn late."""
        boards, due = self.truth.boards(SINGLE), time.monotonic()
        for number in itertools.count():
            await self._going.wait()
            board = boards[number % len(boards)]
            if board.token not in self._busy:
                self.truth.change(board.token)
                self._do(self._crawl(board), f"crawl of {board.token}")
            due = await _paced(due, 1.0)

    async def _crawl(self, board: Board) -> None:
        """Crawl until it ended well: only then may the board change again."""
        self._busy.add(board.token)
        wanted = CareerPageCrawlInput(board=board, urgency=Urgency.PERSON)
        while True:
            try:
                result = await self.temporal.execute_workflow(
                    CareerPageCrawlWorkflow.run,
                    wanted,
                    id=crawl_id(board),
                    task_queue=TASK_QUEUE,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                )
                if result.complete and not result.problems:
                    break
            except (WorkflowFailureError, RPCError):
                pass  # Counted below, and begun again.
            self.tries += 1
            await asyncio.sleep(1)
        self._busy.discard(board.token)
        self.crawls.append(time.monotonic())

    async def _refresh_farm(self) -> None:
        boards, due = self.truth.boards(FARM), time.monotonic()
        for number in itertools.count():
            await self._going.wait()
            some = boards[number % SLICES :: SLICES]
            for board in self.truth.chance.sample(some, max(1, len(some) // CHANGED)):
                self.truth.change(board.token)
            await asyncio.wait([self._do(self._look_at(some), "look at the farm")])
            due = await _paced(due, SLICE_EVERY)

    async def _look_at(self, boards: list[Board]) -> None:
        """Make them due and look at all, until none has failed."""
        while True:
            try:
                await PostgresBoards(self.pool).add_due(boards, datetime.now(UTC))
                result = await self.temporal.execute_workflow(
                    BoardRefreshWorkflow.run,
                    BoardRefreshInput(),
                    id="board-refresh",
                    task_queue=TASK_QUEUE,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                )
                if not result.failed and not result.crawled.problems and result.boards >= len(boards):
                    break
            except (WorkflowFailureError, RPCError, Transient):
                pass  # Counted below, and begun again.
            self.tries += 1
            await asyncio.sleep(1)

    def _do(self, work: Coroutine[Any, Any, None], of: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=of)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._defect = error


async def _paced(due: float, seconds: float) -> float:
    """Wait until it is so much later than it was due before; where that is more than a second ago, begin anew."""
    now = time.monotonic()
    due = due + seconds if due + seconds > now - 1 else now
    await asyncio.sleep(max(0.0, due - now))
    return due
