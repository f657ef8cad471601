"""Parsing in processes that can be killed: a hostile page costs its own few seconds and nothing else."""

import asyncio
import contextlib
import multiprocessing
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar, cast

import psutil

from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting
from quiethire.domain.result import Problem
from services.parser import worker
from services.parser.document import MAX_BODY
from services.parser.links import Listing
from services.parser.parse import ParsedPage

PARSE_SECONDS = 2.9
"""Time of one parse; with the time that a kill takes it stays below three seconds."""
WORKER_MEMORY = 512 * 1024 * 1024
"""Bytes of memory that a worker may have resident, its tables included."""
BATCH_PAGES = 8
BATCH_BYTES = 2_000_000

_LOOK_EVERY = 0.1
"""Seconds between two looks at the memory of a worker that is busy."""
_READY_WITHIN = 60.0
_STARTS = 3
"""Workers in a row that may die before they take a batch; then its pages are given up."""
_SPAWN = multiprocessing.get_context("spawn")
"""Not forked: the parent runs threads and an event loop."""

T = TypeVar("T")

PostingInput = tuple[Page, Board | None]


class ParserPool:
    """A few worker processes. Methods may be called concurrently; a killed worker is replaced and the pool goes on.

    What a worker had to be killed for is InvalidInput: of kind `parse_timeout`, `parse_memory` or `parse_crash`.
    """

    def __init__(self, workers: int = 2, memory: int = WORKER_MEMORY) -> None:
        self._jobs = _Jobs(workers)
        self._keepers = [_Keeper(self._jobs, memory) for _ in range(workers)]
        self._started = False

    def start(self) -> None:
        """Start the workers ahead of the first page: each loads its tables for a second or two."""
        if not self._started:
            self._started = True
            for keeper in self._keepers:
                keeper.start()

    async def board_page(self, board: Board, page: Page, cursor: str | None = None) -> ParsedPage:
        """Parse one page of a board's list: the page that was fetched for `cursor`.

        Raises SchemaDrift, or InvalidInput where the page is too large or a worker had to be killed.
        """
        (listed,) = await self._run(worker.board_page, [(board, page, cursor)], [page])
        if isinstance(listed, QuietHireError):
            raise listed
        if isinstance(listed, ParsedPage):
            return listed
        bare = page.model_copy(update={"body": b""})
        parts = worker.parts_of(listed)
        return _joined(await self._run(worker.board_part, [(part, board, bare) for part in parts], [bare] * len(parts)))

    async def listing(self, page: Page) -> Listing:
        """The job links of a listing page. Raises InvalidInput as `board_page` does."""
        return _value(await self._run(worker.listing, [(page,)], [page]))

    async def any_page(self, page: Page, board: Board | None) -> ParsedPage:
        """The posting of a page; where it holds none, its `listing`. One parse serves both. Raises as `board_page` does."""
        return _value(await self._run(worker.any_page, [(page, board)], [page]))

    async def posting_pages(self, pages: Sequence[PostingInput]) -> list[ParsedPage | Problem]:
        """Parse posting pages; the answers stand in the order of the pages. One that fails is a Problem of its own."""
        outcomes = await self._run(worker.posting_page, pages, [page for page, _ in pages])
        return [
            Problem.of(outcome, page.url) if isinstance(outcome, QuietHireError) else outcome
            for outcome, (page, _) in zip(outcomes, pages, strict=True)
        ]

    async def _run(
        self, function: Callable[..., T], arguments: Sequence[tuple[object, ...]], pages: Sequence[Page]
    ) -> list[T | QuietHireError]:
        """What the function gives for each, in order; a page too large to be parsed never goes to a worker."""
        self.start()
        call = _Call(len(pages))
        jobs = [
            _Job((function, given, page.url), len(page.body), call, index)
            for index, (given, page) in enumerate(zip(arguments, pages, strict=True))
        ]
        for job in jobs:
            if job.size > MAX_BODY:
                job.end(_too_large(job))
        self._jobs.put([job for job in jobs if job.size <= MAX_BODY])
        return cast("list[T | QuietHireError]", await asyncio.wrap_future(call.done))

    async def close(self) -> None:
        """Stop the workers, whatever they are at."""
        self._jobs.close()
        if self._started:
            await asyncio.gather(*(asyncio.to_thread(keeper.join) for keeper in self._keepers))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _value(outcomes: Sequence[T | QuietHireError]) -> T:
    """The outcome of the only job."""
    (outcome,) = outcomes
    if isinstance(outcome, QuietHireError):
        raise outcome
    return outcome


def _joined(parts: Sequence[ParsedPage | QuietHireError]) -> ParsedPage:
    """The parts of a list as one; a posting that is in two of them counts once."""
    pages: list[ParsedPage] = []
    postings: dict[str, JobPosting] = {}
    for part in parts:
        if isinstance(part, QuietHireError):
            raise part
        pages.append(part)
        for posting in part.postings:
            postings.setdefault(posting.identity, posting)
    refused = tuple(refusal for page in pages for refusal in page.refused)
    return pages[0].model_copy(update={"postings": tuple(postings.values()), "refused": refused})


class _Call:
    """The outcomes that one caller waits for: it is woken once, not for each."""

    def __init__(self, count: int) -> None:
        self.done: Future[list[object]] = Future()
        self._outcomes: list[object] = [None] * count
        self._left = count
        self._lock = threading.Lock()
        if not count:
            self.done.set_result([])

    def end(self, index: int, outcome: object) -> None:
        """Take one outcome. Each comes once."""
        with self._lock:
            self._outcomes[index] = outcome
            self._left -= 1
            if self._left == 0:
                with contextlib.suppress(InvalidStateError):  # Nobody waits any more.
                    self.done.set_result(self._outcomes)


@dataclass(slots=True, eq=False)
class _Job:
    """One parse, and the call that it belongs to."""

    task: worker.Task
    size: int
    call: _Call
    index: int

    @property
    def where(self) -> str:
        return self.task[2]

    def end(self, outcome: object) -> None:
        self.call.end(self.index, outcome)


def _too_large(job: _Job) -> InvalidInput:
    hint = f"at most {MAX_BODY:,} are read"
    return InvalidInput(f"the page has {job.size:,} bytes", where=job.where, hint=hint, kind="too_large")


class _Jobs:
    """The jobs that wait. Keepers take batches of them: small ones towards the end, so that all end together."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._waiting: deque[_Job] = deque()
        self._size = 0
        self._changed = threading.Condition()
        self.closed = False

    def put(self, jobs: Sequence[_Job]) -> None:
        """Add jobs, the largest first: the small ones fill the end. Raises RuntimeError where the pool is closed."""
        with self._changed:
            if self.closed:
                raise RuntimeError("the pool is closed")
            self._waiting.extend(sorted(jobs, key=lambda job: -job.size))
            self._size += sum(job.size for job in jobs)
            self._changed.notify_all()

    def put_back(self, jobs: Sequence[_Job]) -> None:
        """Give back what was taken and not begun: it is next."""
        with self._changed:
            self._waiting.extendleft(reversed(jobs))
            self._size += sum(job.size for job in jobs)
            self._changed.notify_all()
            if self.closed:
                self._cancel()

    def take(self) -> list[_Job]:
        """The next batch, once there is one; nothing means that the pool is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self.closed or self._waiting)
            count = min(len(self._waiting) // (2 * self._workers), BATCH_PAGES)
            left = min(self._size / (2 * self._workers), BATCH_BYTES)
            batch: list[_Job] = []
            while self._waiting and (not batch or (len(batch) < count and self._waiting[0].size <= left)):
                job = self._waiting.popleft()
                self._size -= job.size
                if not job.call.done.cancelled():
                    batch.append(job)
                    left -= job.size
            return batch

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self.closed = True
            self._cancel()
            self._changed.notify_all()

    def _cancel(self) -> None:
        while self._waiting:
            self._waiting.popleft().call.done.cancel()


class _Keeper(threading.Thread):
    """Keeps one worker: gives it batches, watches its time and memory, and puts another in its place."""

    def __init__(self, jobs: _Jobs, memory: int) -> None:
        super().__init__(name="parser-pool", daemon=True)
        self._jobs = jobs
        self._memory = memory
        self._worker: _Worker | None = None

    def run(self) -> None:
        """Serve until the pool is closed."""
        while not self._jobs.closed:
            with contextlib.suppress(OSError):  # Tried again, and told of, when there is a batch.
                self._worker = self._worker or _Worker(self._memory)
            if batch := self._jobs.take():
                self._serve(batch)
        self._dismiss()

    def _serve(self, batch: list[_Job]) -> None:
        taker = self._hand_over(batch)
        if taker is None:
            detail = f"the parser's processes died {_STARTS} times before they were ready"
            for job in batch:
                job.end(InvalidInput(detail, where=job.where, kind="parse_crash"))
            return
        for index, job in enumerate(batch):
            outcome, leaves = taker.outcome(job, self._jobs)
            if leaves:
                self._dismiss()
                self._jobs.put_back(batch[index + 1 :])
            job.end(outcome)
            if leaves:
                return

    def _hand_over(self, batch: list[_Job]) -> "_Worker | None":
        """The worker that took the batch. One that died before it did so is replaced: no page is at fault."""
        for _ in range(_STARTS):
            with contextlib.suppress(OSError, EOFError):
                self._worker = self._worker or _Worker(self._memory)
                if self._worker.takes(batch, self._jobs):
                    return self._worker
            self._dismiss()
        return None

    def _dismiss(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker = None


class _Worker:
    """A process, and our end of the pipe to it."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=worker.work, args=(theirs, os.getpid(), memory), daemon=True)
        try:
            self._process.start()
        except OSError:
            self._pipe.close()
            raise
        finally:
            theirs.close()
        self._seen = psutil.Process(self._process.pid)
        self._ready = select.poll()
        self._ready.register(self._pipe.fileno(), select.POLLIN)

    def takes(self, batch: Sequence[_Job], jobs: _Jobs) -> bool:
        """Send a batch, and see whether it is taken. Raises OSError or EOFError where the worker is dead."""
        self._pipe.send([job.task for job in batch])
        if self._trouble(_READY_WITHIN, jobs):
            return False
        self._pipe.recv()
        return True

    def outcome(self, job: _Job, jobs: _Jobs) -> tuple[object, bool]:
        """What the job that the worker is at ends in, and whether the worker is of no more use then."""
        try:
            if (trouble := self._trouble(PARSE_SECONDS, jobs)) is not None:
                detail, kind = trouble
                return InvalidInput(detail, where=job.where, kind=kind), True
            outcome, leaves = self._pipe.recv()
        except (OSError, EOFError):
            self._process.join()
            detail = f"the parser's process died with code {self._process.exitcode}"
            return InvalidInput(detail, where=job.where, kind="parse_crash"), True
        return outcome, leaves

    def _trouble(self, seconds: float, jobs: _Jobs) -> tuple[str, str] | None:
        """Wait for a message; where none will come, why."""
        deadline = time.monotonic() + seconds
        while not self._ready.poll(1_000 * max(min(_LOOK_EVERY, deadline - time.monotonic()), 0)):
            if jobs.closed:
                return "the parser's pool was closed", "parse_crash"
            if time.monotonic() >= deadline:
                return f"not parsed within {seconds:g} s", "parse_timeout"
            if self._resident() > self._memory:
                return f"took more than {self._memory:,} bytes of memory", "parse_memory"
        return None

    def _resident(self) -> int:
        try:
            return int(self._seen.memory_info().rss)
        except psutil.Error:
            return 0  # It is dead; the pipe tells.

    def kill(self) -> None:
        """End it, whatever it is at."""
        self._process.kill()
        self._process.join()
        self._pipe.close()
        self._process.close()
