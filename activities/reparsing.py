"""Parsing the archive again after the parser changed: no request is made, and nothing of it is news."""

import asyncio
from collections.abc import Iterable, Mapping

import orjson
from temporalio import activity

from activities.batches import NAMED
from activities.clients import Clients
from activities.heartbeat import heartbeating
from activities.rereading import ReparseBatch, ReparseChoice, ReparseCounts, ReparsePlan, Rereading
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.reading import BoardReadings
from quiethire.domain.result import Problem
from quiethire.domain.urls import host_of
from services.parser.version import PARSER_VERSION

BATCH_POSTINGS = 500
"""Postings of the boards that one activity takes on, unless a single board has more."""
BATCH_BOARDS = 50
"""Boards that one activity takes on at most: one may be empty."""
BOARDS_AT_ONCE = 4
"""Boards that one activity reads side by side, so that the parser's processes never wait."""


class ReparsedBatch(Model):
    """What came of a batch; the first problems are named."""

    counts: ReparseCounts
    problems: tuple[Problem, ...] = ()


class ReparseActivities:
    """`plan_reparse` and `reparse_boards`."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    @activity.defn(name="plan_reparse")
    async def plan_reparse(self, input: ReparseChoice) -> ReparsePlan:
        """Which boards to read, in batches of about as many postings."""
        async with heartbeating():
            boards = [board for board in await self._clients.boards.all() if _is_chosen(board, input)]
            stored = await self._clients.postings.readings_by_board(PARSER_VERSION)
            wanted = [board for board in boards if _is_outdated(stored.get(board.key), input)]
            batches = _batches(wanted, stored)
            body = orjson.dumps([[board.model_dump() for board in batch] for batch in batches])
            return ReparsePlan(
                content_hash=await self._clients.archive.put(body),
                batches=len(batches),
                boards=len(wanted),
                current=len(boards) - len(wanted),
            )

    @activity.defn(name="reparse_boards")
    async def reparse_boards(self, input: ReparseBatch) -> ReparsedBatch:
        """Read the boards of a batch again. What an earlier try wrote is found as it is, and indexed once more."""
        async with heartbeating():
            plan = orjson.loads(await self._clients.archive.get(input.plan.content_hash))
            boards = [Board.model_validate(board) for board in plan[input.number]]
            # Rows first, then pages: what is in the archive is then never older than what the rows were read from.
            keys = [board.key for board in boards]
            known = await self._clients.postings.readings(keys)
            crawls = await self._clients.boards.recent_crawls_of(keys)
            run = Rereading(self._clients, input, again=activity.info().attempt > 1)
            window = asyncio.Semaphore(BOARDS_AT_ONCE)

            async def read(board: Board) -> None:
                async with window:
                    stored = [reading for reading in known.values() if reading.board_key == board.key]
                    await run.read(board, stored, crawls[board.key])

            await asyncio.gather(*(read(board) for board in boards))
            await run.flush()
            return ReparsedBatch(counts=run.counts, problems=tuple(run.problems[:NAMED]))


def _is_chosen(board: Board, choice: ReparseChoice) -> bool:
    host = host_of(board.url)
    on_host = choice.host is None or host == choice.host or host.endswith(f".{choice.host}")
    return on_host and choice.board in (None, board.key)


def _is_outdated(stored: BoardReadings | None, choice: ReparseChoice) -> bool:
    """Whether reading the board again may give anything new. One without postings may have some for a better parser."""
    if stored is None or not stored.open or choice.force:
        return True
    return stored.outdated_open > 0 or (choice.closed and stored.outdated_closed > 0)


def _batches(boards: Iterable[Board], stored: Mapping[str, BoardReadings]) -> list[list[Board]]:
    batches: list[list[Board]] = []
    postings = 0
    for board in boards:
        count = stored[board.key].open if board.key in stored else 0
        if not batches or len(batches[-1]) == BATCH_BOARDS or postings + count > BATCH_POSTINGS:
            batches.append([])
            postings = 0
        batches[-1].append(board)
        postings += count
    return batches
