"""Parsing in processes that can be killed: a hostile page costs its own few seconds and nothing else."""

import asyncio
import contextlib
import ctypes
import logging
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypeVar

import pebble
import py3langid

from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.domain.page import Page
from quiethire.domain.result import Problem
from services.parser.links import Listing, read_listing
from services.parser.normalise import gazetteer
from services.parser.parse import ParsedPage, parse_board_page, parse_posting_page

POSTING_TIMEOUT = 3.0
"""Seconds for one posting or listing page, or for one batch of posting pages."""
BOARD_TIMEOUT = 10.0
"""Seconds for one page of a board: up to 10 MB and 5,000 postings."""
BATCH_PAGES = 16
BATCH_BYTES = 2_000_000
RECYCLE_AFTER = 500
"""Tasks after which a worker is replaced, so that what leaks never adds up."""
WORKER_MEMORY = 512 * 1024 * 1024
"""Bytes that a worker may take for parsing, above what it needs to stand ready."""

_PR_SET_PDEATHSIG = 1
_RENEWALS = 3
"""Broken pools in a row after which a page is given up."""

T = TypeVar("T")

logger = logging.getLogger(__name__)
PostingInput = tuple[Page, Board | None]


class ParserPool:
    """A few worker processes. Methods may be called concurrently; a killed worker is replaced and the pool goes on."""

    def __init__(self, workers: int = 2) -> None:
        self._workers = workers
        self._closed = False
        self._pool = self._start()

    def _start(self) -> pebble.ProcessPool:
        return pebble.ProcessPool(
            max_workers=self._workers,
            max_tasks=RECYCLE_AFTER,
            initializer=_ready,
            initargs=(os.getpid(),),
            context=multiprocessing.get_context("spawn"),
        )

    def start(self) -> None:
        """Start the workers ahead of the first page: each loads its tables for a second or two."""
        self._pool.schedule(_nothing)

    async def board_page(self, board: Board, page: Page, cursor: str | None = None) -> ParsedPage:
        """Parse one page of a board's list: the page that was fetched for `cursor`.

        Raises SchemaDrift, or InvalidInput: of kind `parse_timeout` or `parse_crash` where the worker had to be killed.
        """
        return _value(await self._run(_board_page, board, page, cursor, seconds=BOARD_TIMEOUT, where=page.url))

    async def listing(self, page: Page) -> Listing:
        """The job links of a listing page. Raises InvalidInput as `board_page` does."""
        return _value(await self._run(_listing, page, seconds=POSTING_TIMEOUT, where=page.url))

    async def posting_pages(self, pages: Sequence[PostingInput]) -> list[ParsedPage | Problem]:
        """Parse posting pages; the answers stand in the order of the pages. One that fails is a Problem of its own."""
        answers = await asyncio.gather(*(self._batch(batch) for batch in _batches(pages)))
        return [answer for batch in answers for answer in batch]

    async def _batch(self, batch: list[PostingInput]) -> list[ParsedPage | Problem]:
        try:
            outcomes = await self._run(_posting_pages, batch, seconds=POSTING_TIMEOUT, where=batch[0][0].url)
        except InvalidInput as error:
            if len(batch) == 1:
                return [Problem.of(error)]
            # One page of the batch is at fault. Each gets its own task and its own time.
            alone = await asyncio.gather(*(self._batch([page]) for page in batch))
            return [answer for answers in alone for answer in answers]
        return [
            Problem.of(outcome, page.url) if isinstance(outcome, QuietHireError) else outcome
            for outcome, (page, _) in zip(outcomes, batch, strict=True)
        ]

    async def _run(self, function: Callable[..., T], *args: object, seconds: float, where: str) -> T:
        """Run in a worker. A worker that takes too long, too much memory or dies is a typed error."""
        for _ in range(_RENEWALS):
            pool = self._pool
            try:
                return await self._once(pool, function, args, seconds, where)
            except BrokenProcessPool:
                await self._renew(pool)
        raise InvalidInput(
            f"the parser's processes died {_RENEWALS} times before they were ready", where=where, kind="parse_crash"
        )

    async def _once(
        self, pool: pebble.ProcessPool, function: Callable[..., T], args: tuple[object, ...], seconds: float, where: str
    ) -> T:
        try:
            future: Awaitable[T] = asyncio.wrap_future(pool.schedule(function, args=args, timeout=seconds))
        except RuntimeError as error:
            if self._closed:
                raise
            raise BrokenProcessPool("broken before this task") from error
        try:
            return await future
        except TimeoutError as error:
            raise InvalidInput(f"not parsed within {seconds:g} s", where=where, kind="parse_timeout") from error
        except pebble.ProcessExpired as error:
            raise InvalidInput(
                f"the parser's process died with code {error.exitcode}", where=where, kind="parse_crash"
            ) from error
        except MemoryError as error:
            raise InvalidInput("the parser ran out of memory", where=where, kind="parse_crash") from error

    async def _renew(self, broken: pebble.ProcessPool) -> None:
        """Put a new pool in the place of a broken one: pebble gives up where a worker dies that has no task."""
        if self._pool is broken:
            self._pool = self._start()
            await _stop(broken)

    async def close(self) -> None:
        """Stop the workers, whatever they are at."""
        self._closed = True
        await _stop(self._pool)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def _stop(pool: pebble.ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves this one unannotated
    await asyncio.to_thread(pool.join)


def _batches(pages: Sequence[PostingInput]) -> list[list[PostingInput]]:
    batches: list[list[PostingInput]] = []
    size = BATCH_BYTES
    for page in pages:
        size += len(page[0].body)
        if size > BATCH_BYTES or len(batches[-1]) == BATCH_PAGES:
            batches.append([])
            size = len(page[0].body)
        batches[-1].append(page)
    return batches


def _value(outcome: T | QuietHireError) -> T:
    if isinstance(outcome, QuietHireError):
        raise outcome
    return outcome


# --- in the worker ---


def _ready(parent: int) -> None:
    """Tie the worker's life to its parent's, load every table, then bound what parsing may take."""
    # pebble's own handler for SIGTERM waits for Python to run; a parser deep in C would take its time to die.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)  # The parent died before the signal was asked for.
    gazetteer.warm_up()
    py3langid.classify("warm up")
    parse_posting_page(
        Page(
            url="https://warm-up.example/",
            body=b"<h1>Warm up</h1>",
            content_type="text/html",
            fetched_at=datetime.fromtimestamp(0, UTC),
        ),
        board=None,
    )
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - read once, by a worker
            size = int(statm.read().split()[0]) * resource.getpagesize()
        with contextlib.suppress(ValueError):  # A lower hard limit is already in force.
            resource.setrlimit(resource.RLIMIT_AS, (size + WORKER_MEMORY, size + WORKER_MEMORY))


def _nothing() -> None:
    """A task for workers that are only to be there."""


def _board_page(board: Board, page: Page, cursor: str | None) -> ParsedPage | QuietHireError:
    return _guarded(lambda: parse_board_page(board, page, cursor), page)


def _listing(page: Page) -> Listing | QuietHireError:
    return _guarded(lambda: read_listing(page), page)


def _posting_pages(batch: list[PostingInput]) -> list[ParsedPage | QuietHireError]:
    return [_posting_page(page, board) for page, board in batch]


def _posting_page(page: Page, board: Board | None) -> ParsedPage | QuietHireError:
    return _guarded(lambda: parse_posting_page(page, board=board), page)


def _guarded(parse: Callable[[], T], page: Page) -> T | QuietHireError:
    """A defect of the parser on one page must not cost its neighbours: it is logged with its trace, and named."""
    try:
        return parse()
    except QuietHireError as error:
        return error
    except Exception as error:
        logger.exception("the parser failed", extra={"url": page.url[:500]})
        return InvalidInput(f"the parser failed: {type(error).__name__}", where=page.url, kind="parse_crash")
