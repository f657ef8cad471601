"""Many boards at a glance: one request each tells which of them changed."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from temporalio import activity

from activities.board_lists import BoardLists, first_request, is_gone
from activities.clients import Clients
from activities.heartbeat import heartbeating
from activities.job_pages import FetchedPages, Outcome, fetch_pages
from activities.known_lists import same_again, vouching
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Disallowed, QuietHireError
from quiethire.domain.page import FetchSpec, PageRef
from quiethire.domain.result import Problem

CHECKED_AT_ONCE = 50
"""Boards that one activity checks."""


class CheckBoardsInput(Model):
    """Boards to look at, `CHECKED_AT_ONCE` at most. `started_at` names the crawl of each of them."""

    boards: tuple[Board, ...]
    started_at: datetime


class CheckedBoards(Model):
    """Each of the boards is in one of the first four."""

    same: tuple[str, ...] = ()
    """Keys of boards whose list is that of their last complete crawl. The facts of this crawl are stored: nothing is left to
    do."""
    changed: tuple[Board, ...] = ()
    """To be read in full by a crawl with this `started_at`: what was fetched here is not fetched again."""
    waiting: tuple[Board, ...] = ()
    """Not asked for: time ran out, or their host asked for peace, refused another, or is silent. To be checked after `wait`."""
    failed: tuple[str, ...] = ()
    """Keys of boards that did not answer. That they failed is stored as the facts of this crawl."""
    wait: float = 0.0
    """Seconds that a host of those waiting asked for."""
    problems: tuple[Problem, ...] = ()
    """What went wrong with those that failed."""
    requests: int = 0
    seconds: float = 0.0


class CheckActivities:
    """`check_boards`."""

    def __init__(self, clients: Clients) -> None:
        self._boards = clients.boards
        self._lists = BoardLists(clients)
        self._per_host = clients.settings.host_concurrency

    @activity.defn(name="check_boards")
    async def check_boards(self, input: CheckBoardsInput) -> CheckedBoards:
        """Fetch the first page of each board's list, hosts side by side, and compare it with what it was.

        A board that no crawl vouches for is `changed` without a request. Run twice, it records the same crawls.
        """
        began = time.perf_counter()
        async with heartbeating():
            crawls = await self._boards.recent_crawls_of([board.key for board in input.boards])
            known = _vouched(input, crawls)
            asked = _requests(input.boards, known)
            fetched = await self._fetch(asked, input.started_at)
            same: list[str] = []
            failed: dict[str, QuietHireError] = {}
            waiting: list[Board] = []
            for url, (board, _) in asked.items():
                outcome = fetched.outcomes.get(url)
                if outcome is None:
                    waiting.append(board)
                elif not isinstance(outcome, PageRef):
                    failed[board.key] = outcome
                    await self._lists.record(_failure(board, input.started_at, outcome), crawls[board.key])
                elif await self._lists.is_same(board, last := known[board.key], outcome):
                    same.append(board.key)
                    crawl_id = check_id(board, input.started_at)
                    again = same_again(last, crawl_id=crawl_id, at=input.started_at)
                    await self._lists.record(again, crawls[board.key])
        left = {*same, *failed, *(board.key for board in waiting)}
        return CheckedBoards(
            same=tuple(same),
            changed=tuple(board for board in input.boards if board.key not in left),
            waiting=tuple(waiting),
            failed=tuple(failed),
            wait=fetched.wait,
            problems=tuple(Problem.of(error, key) for key, error in failed.items()),
            requests=sum(map(_was_sent, fetched.outcomes.values())),
            seconds=time.perf_counter() - began,
        )

    async def _fetch(self, asked: Mapping[str, tuple[Board, FetchSpec]], at: datetime) -> FetchedPages:
        async def fetch(url: str) -> PageRef:
            return await self._lists.fetch_once(asked[url][1], at)

        return await fetch_pages(list(asked), fetch, per_host=self._per_host, one_board=False)


def check_id(board: Board, at: datetime) -> str:
    """The id of the crawl that a check is: the same for every try of it."""
    return f"check/{at.isoformat()}/{hashlib.sha256(board.key.encode()).hexdigest()[:32]}"


def _vouched(input: CheckBoardsInput, crawls: Mapping[str, Sequence[CrawlRecord]]) -> dict[str, CrawlRecord]:
    found = {
        board.key: vouching(crawls[board.key], crawl_id=check_id(board, input.started_at), at=input.started_at)
        for board in input.boards
    }
    return {key: last for key, last in found.items() if last is not None}


def _requests(boards: Sequence[Board], known: Mapping[str, CrawlRecord]) -> dict[str, tuple[Board, FetchSpec]]:
    """By address: of two boards at one address, which are two names of the same page, the second is read in full.

    So is a board that cannot be asked for, of an ATS that is known no longer, say: its crawl tells what is wrong.
    """
    asked: dict[str, tuple[Board, FetchSpec]] = {}
    for board in boards:
        if board.key in known:
            with suppress(QuietHireError):
                spec = first_request(board)
                asked.setdefault(spec.url, (board, spec))
    return asked


def _was_sent(outcome: Outcome) -> bool:
    """Whether a page was asked for at all; what may not be asked for is not."""
    return not isinstance(outcome, Disallowed)


def _failure(board: Board, at: datetime, error: QuietHireError) -> CrawlRecord:
    return CrawlRecord(
        crawl_id=check_id(board, at),
        board_key=board.key,
        started_at=at,
        complete=False,
        proof=f"not read: {error.kind}: {error.detail}",
        gone=is_gone(error),
        problems=1,
        requests=int(_was_sent(error)),
    )
