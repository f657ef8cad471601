"""What a process of the pool does: load its tables, bound its own memory, then parse one page after another."""

import ctypes
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import psutil
import py3langid

from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.domain.page import Page
from services.parser.ats.base import BoardPage
from services.parser.links import Listing, read_listing
from services.parser.normalise import gazetteer
from services.parser.parse import ParsedPage, finish_board_page, list_board_page, parse_page, parse_posting_page

RECYCLE_AFTER = 20_000
"""Pages after which a worker is replaced, so that what leaks never adds up."""
AT_ONCE = 100
"""Postings of a board that are finished in one go, and …"""
AT_ONCE_CHARACTERS = 300_000
"""… characters of their descriptions; a longer list is finished in parts."""

_PR_SET_PDEATHSIG = 1
_MAPPED = 32 * 1024 * 1024
"""Bytes that a worker at rest has mapped and not touched, at most: they may fill without a new mapping."""

logger = logging.getLogger(__name__)
Task = tuple[Callable[..., object], tuple[object, ...], str]
"""What to call, with what, and the address that errors name."""


def work(pipe: Connection, parent: int, memory: int) -> None:
    """Answer batches of tasks until the pipe closes or this process has grown too large.

    Each batch is acknowledged with None before it is begun; each task of it is answered with its outcome and whether
    this process leaves after it.
    """
    _tie_to(parent)
    _warm_up()
    process = psutil.Process()
    rest = process.memory_info()
    if sys.platform == "linux":
        _bound(rest.vms + max(memory - rest.rss - _MAPPED, 2 * _MAPPED))
    done = 0
    try:
        while True:
            *tasks, last = _batch(pipe)
            for task in tasks:
                pipe.send((guarded(task), False))
            outcome = guarded(last)
            done += len(tasks) + 1
            # What pages leave behind must not be missing for the next ones.
            leaves = done >= RECYCLE_AFTER or process.memory_info().rss > (rest.rss + memory) // 2
            pipe.send((outcome, leaves))
            if leaves:
                return
    except (EOFError, ConnectionError):
        return  # The parent closed the pool, or is no more.


def _batch(pipe: Connection) -> list[Task]:
    batch: list[Task] = pipe.recv()
    pipe.send(None)
    return batch


def _tie_to(parent: int) -> None:
    """Die with the parent, and let the parent alone hear of Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)  # The parent died before the signal was asked for.


def _warm_up() -> None:
    """Load every table, so that no page's time goes there."""
    gazetteer.warm_up()
    py3langid.classify("warm up")
    page = Page(
        url="https://warm-up.example/",
        body=b"<h1>Warm up</h1>",
        content_type="text/html",
        fetched_at=datetime.fromtimestamp(0, UTC),
    )
    parse_posting_page(page, board=None)


def _bound(size: int) -> None:
    """Let no allocation take the address space beyond `size`: it fails as MemoryError, or ends the process."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    lower = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_AS, (lower, lower))


def guarded(task: Task) -> object:
    """What the task gives, or the error of the tree that it ends in: a defect on one page must not cost its neighbours."""
    function, args, where = task
    try:
        return function(*args)
    except QuietHireError as error:
        return error
    except MemoryError:
        return InvalidInput("the parser ran out of memory", where=where, kind="parse_memory")
    except Exception as error:
        logger.exception("the parser failed", extra={"url": where[:500]})
        return InvalidInput(f"the parser failed: {type(error).__name__}", where=where, kind="parse_crash")


# --- tasks ---


def board_page(board: Board, page: Page, cursor: str | None) -> ParsedPage | BoardPage:
    """A page of a board's list; where that is long, only as listed: it is finished in parts."""
    listed = list_board_page(board, page, cursor)
    if len(parts_of(listed)) > 1:
        return listed
    return finish_board_page(listed, board, page)


def parts_of(listed: BoardPage) -> list[BoardPage]:
    """The list in parts, each of which is soon finished."""
    parts: list[list[int]] = [[]]
    size = 0
    for index, raw in enumerate(listed.postings):
        length = len(raw.description_html.value) if raw.description_html else 0
        if parts[-1] and (len(parts[-1]) >= AT_ONCE or size + length > AT_ONCE_CHARACTERS):
            parts.append([])
            size = 0
        parts[-1].append(index)
        size += length
    return [listed.model_copy(update={"postings": tuple(listed.postings[i] for i in part)}) for part in parts]


def board_part(part: BoardPage, board: Board, page: Page) -> ParsedPage:
    """A part of a list that was too long to be finished in one go."""
    return finish_board_page(part, board, page)


def listing(page: Page) -> Listing:
    """The job links of a listing page."""
    return read_listing(page)


def posting_page(page: Page, board: Board | None) -> ParsedPage:
    """The posting of a job page."""
    return parse_posting_page(page, board=board)


def any_page(page: Page, board: Board | None) -> ParsedPage:
    """The posting of a page, else what it leads to, off one tree."""
    return parse_page(page, board=board)
