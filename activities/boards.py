"""Boards and when they are due: taken in batches, and never forgotten, however their crawls end."""

import hashlib
from datetime import datetime, timedelta

from temporalio import activity

from activities.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.cadence import RECENT, due_at
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Permanent

LEASE = timedelta(hours=1)
"""A claim older than this is nobody's: its run died, or its crawl takes long, and a second one would not start beside it."""


class ClaimBoardsInput(Model):
    """How many boards to take, and when."""

    limit: int
    owner: str
    """Who claims: the same owner who asks again is given the same boards."""
    now: datetime


class ClaimedBoards(Model):
    """Boards that are ours now; none where nothing is due."""

    boards: tuple[Board, ...]
    waiting: int
    """Boards that are due and still nobody's."""


class BoardEnd(Model):
    """How the crawl of a claimed board ended."""

    board_key: str
    seen: int = 0
    why: str
    """A sentence: what failed, or where its postings were found instead."""


class SettleInput(Model):
    """Boards whose crawls ended otherwise than with facts of their own."""

    ends: tuple[BoardEnd, ...]
    run_id: str
    since: datetime
    """When the boards were claimed, or earlier: a board with a crawl since then has its facts."""
    at: datetime


class BoardActivities:
    """`claim_due_boards` and `settle_boards`."""

    def __init__(self, clients: Clients) -> None:
        self._boards = clients.boards

    @activity.defn(name="claim_due_boards")
    async def claim_due_boards(self, input: ClaimBoardsInput) -> ClaimedBoards:
        """Take what is most overdue."""
        boards = await self._boards.claim_due(input.limit, owner=input.owner, lease=LEASE, now=input.now)
        waiting = (await self._boards.schedule(input.now)).due if boards else 0
        return ClaimedBoards(boards=tuple(boards), waiting=waiting)

    @activity.defn(name="settle_boards")
    async def settle_boards(self, input: SettleInput) -> None:
        """Record that a crawl was tried and when the next is due, for those that no crawl has recorded itself.

        A board that fails before it could say anything would otherwise be due again with every lease, for ever. One that
        cannot be settled costs no other; its error is raised in the end.
        """
        recent = await self._boards.recent_crawls_of([end.board_key for end in input.ends], RECENT)
        refused: list[Permanent] = []
        for end in input.ends:
            known = recent[end.board_key]
            if known and known[0].started_at >= input.since:
                continue
            record = _tried(end, input)
            try:
                await self._boards.record_crawl(record, due_at=due_at([record, *known]))
            except Permanent as error:
                refused.append(error)
        if refused:
            raise refused[0]


def _tried(end: BoardEnd, input: SettleInput) -> CrawlRecord:
    """The facts of a crawl that told none itself. The key is hashed: it may be longer than an index entry."""
    return CrawlRecord(
        crawl_id=f"{input.run_id}/{hashlib.sha256(end.board_key.encode()).hexdigest()[:32]}",
        board_key=end.board_key,
        started_at=input.at,
        complete=False,
        proof=end.why,
        seen=end.seen,
        unchanged=end.seen,
        problems=0 if end.seen else 1,
    )
