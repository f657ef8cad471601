"""What a process of the pool does: load its tables, bound its own memory and time, then parse one page after another."""

import logging
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import psutil

from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting
from quiethire.processes import bound_memory
from services.parser.ats.base import BoardPage
from services.parser.links import Listing, read_listing
from services.parser.normalise import gazetteer, language
from services.parser.parse import ParsedPage, finish_board_page, list_board_page, parse_page, parse_posting_page

RECYCLE_AFTER = 20_000
"""Pages after which a worker is replaced, so that what leaks never adds up."""
TASK_SECONDS = 6.0
"""Time after which a process ends itself. The pool has killed it long before, unless the pool's own process is dead."""
AT_ONCE = 100
"""Postings of a board that are finished in one go, and …"""
AT_ONCE_CHARACTERS = 300_000
"""… characters of their descriptions; a longer list is finished in parts."""

_MAPPED = 32 * 1024 * 1024
"""Bytes that a worker at rest has mapped and not touched, at most: they may fill without a new mapping."""

logger = logging.getLogger(__name__)
Task = tuple[Callable[..., object], tuple[object, ...], str]
"""What to call, with what, and the address that errors name."""
Reader = Callable[[JobPosting], JobPosting]
"""Reads a posting further than the parser does, and adds to it what it finds."""
OpenReader = Callable[[], Reader]
"""Loads the tables of a reader, in each process once. Can be pickled."""


def main() -> None:
    """Work at the other end of the pipe whose number is given, within the memory that is given, with the reader that is given."""
    _, pipe, memory, pickled = sys.argv
    open_reader = pickle.loads(bytes.fromhex(pickled))  # noqa: S301 - our own process wrote it
    with Connection(int(pipe)) as ours:
        work(ours, int(memory), open_reader)


def work(pipe: Connection, memory: int, open_reader: OpenReader | None) -> None:
    """Answer batches of tasks until the pipe closes or this process has grown too large.

    None says that the tables are loaded, and then of each batch that it was taken. Each task of it is answered with its
    outcome and whether this process leaves after it.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # The kernel ends the process: no code of ours has to run for it.
    _warm_up()
    reader = open_reader() if open_reader is not None else None
    process = psutil.Process()
    rest = process.memory_info()
    bound_memory(rest.vms + max(memory - rest.rss - _MAPPED, 2 * _MAPPED))
    done = 0
    try:
        pipe.send(None)
        while True:
            batch: list[Task] = pipe.recv()
            pipe.send(None)
            for task in batch:
                packed = answer(task, reader)
                done += 1
                # What pages leave behind must not be missing for the next ones.
                full = done >= RECYCLE_AFTER or process.memory_info().rss > (rest.rss + memory) // 2
                pipe.send((packed, full))
                if full:
                    return
    except (EOFError, ConnectionError):
        return  # The parent closed the pool, or is no more.


def _warm_up() -> None:
    """Load every table, so that no page's time goes there."""
    gazetteer.warm_up()
    language.warm_up()
    page = Page(
        url="https://warm-up.example/",
        body=b"<h1>Warm up</h1>",
        content_type="text/html",
        fetched_at=datetime.fromtimestamp(0, UTC),
    )
    parse_posting_page(page, board=None)


def answer(task: Task, reader: Reader | None = None) -> bytes:
    """What the task gives, or the error of the tree that it ends in, pickled: a defect on one page must not cost its neighbours."""
    function, args, where = task
    signal.setitimer(signal.ITIMER_REAL, TASK_SECONDS)
    try:
        outcome = function(*args)
        if reader is not None and isinstance(outcome, ParsedPage) and outcome.postings:
            outcome = outcome.model_copy(update={"postings": tuple(map(reader, outcome.postings))})
        return pickle.dumps(outcome)
    except QuietHireError as error:
        return pickle.dumps(error)
    except MemoryError:
        return pickle.dumps(InvalidInput("the parser ran out of memory", where=where, kind="parse_memory"))
    except Exception as error:
        # The address stands in the message itself: nobody sets up the logging of this process.
        logger.exception("the parser failed at %s", where[:500])
        detail = f"the parser failed: {type(error).__name__}"
        return pickle.dumps(InvalidInput(detail, where=where, kind="parse_defect"))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


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
