"""Parsing in processes that can be killed: a hostile page costs its own few seconds and nothing else."""

import asyncio
import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar, cast

from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput, QuietHireError, Transient
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting
from quiethire.domain.result import Problem, Refusal
from quiethire.telemetry.metrics import PARSER_DEATHS
from services.parser import worker
from services.parser.ats.base import BoardPage
from services.parser.document import MAX_BODY
from services.parser.links import Listing
from services.parser.parse import ParsedPage
from services.parser.process import WorkerProcess

WORKER_MEMORY = 512 * 1024 * 1024
"""Bytes of memory that a worker may have resident, its tables included."""
BATCH_PAGES = 8
BATCH_BYTES = 2_000_000

_STARTS = 3
"""Workers in a row that may die or hang before they take a batch; then it is not parsed now."""
_CLOSED = "the parser's pool was closed"

logger = logging.getLogger(__name__)
T = TypeVar("T")

PostingInput = tuple[Page, Board | None]


class ParserPool:
    """A few worker processes. Methods may be called concurrently; a killed worker is replaced and the pool goes on.

    What a page does to its worker is InvalidInput: of kind `parse_timeout`, `parse_memory`, `parse_crash` (the process
    died) or `parse_defect` (the parser failed). What the pool fails at is Transient, raised by every method: workers that
    cannot be had, and a pool that is closed before the answer is there.
    """

    def __init__(
        self, workers: int = 2, memory: int = WORKER_MEMORY, open_reader: worker.OpenReader | None = None
    ) -> None:
        """Each process opens the reader once, and reads every posting further with it, within the same bounds."""
        self._jobs = _Jobs(workers)
        self._keepers = [_Keeper(self._jobs, memory, open_reader) for _ in range(workers)]
        self._started = False

    def start(self) -> None:
        """Start the workers ahead of the first page: each loads its tables for a second or two. A platform that only serves needs none."""
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
        outcomes = await self._run(worker.board_part, [(part, board, bare) for part in parts], [bare] * len(parts))
        return _joined(listed, list(zip(parts, outcomes, strict=True)))

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
            await asyncio.gather(*(asyncio.to_thread(keeper.stop) for keeper in self._keepers))

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


def _joined(listed: BoardPage, parts: Sequence[tuple[BoardPage, ParsedPage | QuietHireError]]) -> ParsedPage:
    """The parts of a list as one; a posting that is in two of them counts once.

    The postings of a part that could not be finished are refusals, and the list counts as cut, so that nobody takes the
    board for read.
    """
    postings: dict[str, JobPosting] = {}
    refused: list[Refusal] = []
    cut = listed.cut
    for part, outcome in parts:
        if isinstance(outcome, QuietHireError):
            reason = f"{outcome.kind}: {outcome.detail}"
            refused.extend(Refusal(url=raw.url, reason=reason) for raw in part.postings)
            cut = True
            continue
        refused.extend(outcome.refused)
        for posting in outcome.postings:
            postings.setdefault(posting.identity, posting)
    return ParsedPage(
        postings=tuple(postings.values()),
        refused=tuple(refused),
        links=listed.links,
        cursor=listed.cursor,
        total=listed.total,
        uncounted=listed.uncounted,
        cut=cut,
    )


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

    def fail(self, error: Transient) -> None:
        """End it without outcomes: through no fault of a page, one of them cannot be had."""
        with contextlib.suppress(InvalidStateError):
            self.done.set_exception(error)


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

    def fail(self, detail: str) -> None:
        self.call.fail(Transient(detail, where=self.where, kind="parser_unavailable"))


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
        """Add jobs, the largest first: the small ones fill the end."""
        with self._changed:
            self._waiting.extend(sorted(jobs, key=lambda job: -job.size))
            self._added(jobs)

    def put_back(self, jobs: Sequence[_Job]) -> None:
        """Give back what was taken and not begun: it is next."""
        with self._changed:
            self._waiting.extendleft(reversed(jobs))
            self._added(jobs)

    def _added(self, jobs: Sequence[_Job]) -> None:
        self._size += sum(job.size for job in jobs)
        self._changed.notify_all()
        if self.closed:
            self._fail()

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
                if not job.call.done.done():
                    batch.append(job)
                    left -= job.size
            return batch

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self.closed = True
            self._fail()
            self._changed.notify_all()

    def _fail(self) -> None:
        while self._waiting:
            self._waiting.popleft().fail(_CLOSED)


class _Keeper(threading.Thread):
    """Keeps one worker: gives it batches, watches its time and memory, and puts another in its place."""

    def __init__(self, jobs: _Jobs, memory: int, open_reader: worker.OpenReader | None) -> None:
        super().__init__(name="parser-pool", daemon=True)
        self._jobs = jobs
        self._memory = memory
        self._open_reader = open_reader
        self._worker: WorkerProcess | None = None
        self._hiring = threading.Lock()

    def run(self) -> None:
        """Serve until the pool is closed. Whatever fails, each job of a batch has its end, and the next batch is served."""
        while not self._jobs.closed:
            self._hire_ahead()
            batch = deque(self._jobs.take())
            try:
                if batch:
                    self._serve(batch)
            except Transient as error:
                self._fail(batch, error.detail)
            except Exception as error:
                logger.exception("the parser's pool failed")
                self._fail(batch, f"the parser's pool failed: {type(error).__name__}")
        self._dismiss()

    def _hire_ahead(self) -> None:
        try:
            self._hired()
        except Transient:
            return  # The pool was closed.
        except Exception:
            # Tried again, and told to who waits, when there is a batch.
            logger.exception("a process of the parser's pool could not be started")

    def stop(self) -> None:
        """Wait for its end, once the jobs are closed. The worker is killed from here: the thread may be waiting for it."""
        with self._hiring:
            if (at_work := self._worker) is not None:
                at_work.kill()
        self.join()

    def _fail(self, batch: deque[_Job], detail: str) -> None:
        self._dismiss()
        for job in batch:
            job.fail(detail)

    def _serve(self, batch: deque[_Job]) -> None:
        """Have the batch parsed; what has its outcome leaves it. Raises Transient where no worker can be had."""
        taker = self._hand_over(batch)
        while batch:
            outcome, leaves = taker.outcome(batch[0].where)
            if leaves:
                PARSER_DEATHS.inc()
                self._dismiss()
                if self._jobs.closed:
                    raise Transient(_CLOSED)
                if isinstance(outcome, QuietHireError):
                    told = {"kind": outcome.kind, "url": outcome.where}
                    logger.warning("a page ended its parser's process: %s", outcome.detail, extra=told)
            batch.popleft().end(outcome)
            if leaves:
                self._jobs.put_back(batch)
                return

    def _hand_over(self, batch: deque[_Job]) -> WorkerProcess:
        """The worker that took the batch. One that dies or hangs before it did so is replaced: no page is at fault."""
        reason: Exception | None = None
        for _ in range(_STARTS):
            try:
                taker = self._hired()
                taker.take([job.task for job in batch])
            except (OSError, EOFError) as error:
                reason = error
                self._dismiss()
            else:
                return taker
        raise Transient(f"no process of the parser's took a batch in {_STARTS} attempts: {reason!r}")

    def _hired(self) -> WorkerProcess:
        """The worker, started where there is none. Raises OSError, or Transient where the pool is closed."""
        with self._hiring:
            if self._jobs.closed:
                raise Transient(_CLOSED)
            self._worker = self._worker or WorkerProcess(self._memory, self._open_reader)
            return self._worker

    def _dismiss(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None
