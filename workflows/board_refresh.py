"""The loop between discoveries: every board that is due is looked at, and crawled where it has changed."""

import itertools
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.boards import BoardActivities, BoardEnd, ClaimBoardsInput, ClaimedBoards, SettleInput
    from activities.checking import CHECKED_AT_ONCE, CheckActivities, CheckBoardsInput, CheckedBoards
    from activities.errors import LONGEST_WAIT, to_problem
    from quiethire.domain.base import Model
    from quiethire.domain.board import Board
    from workflows.child_crawl import crawl_as_child
    from workflows.policies import CRAWL, DATABASE, SETTLE, Urgency, priority
    from workflows.results import CareerPageCrawlResult, CrawlSummary
    from workflows.steering import RunProgress, SteeredRun

LOOKED_AT = CHECKED_AT_ONCE
"""Boards that are looked at together."""
WAITED_FOR = LOOKED_AT // 2
"""How many of them are ones that were not reached the last time."""
WINDOW = 50
"""Boards that are crawled side by side, at most."""


class BoardRefreshResult(Model):
    """What came of the boards that were due."""

    boards: int = 0
    unchanged: int = 0
    """Those whose list was the one known: a request each, and no crawl."""
    failed: int = 0
    requests: int = 0
    """Of the looks; those of the crawls are in `crawled`."""
    crawled: CrawlSummary = CrawlSummary()


class BoardRefreshInput(Model):
    """What earlier histories of the same run came to."""

    progress: RunProgress = RunProgress()
    result: BoardRefreshResult = BoardRefreshResult()
    waiting: tuple[Board, ...] = ()
    """Boards that are claimed and were not reached."""
    changed: tuple[Board, ...] = ()
    """Boards that are claimed and whose crawl has not begun."""


@workflow.defn
class BoardRefreshWorkflow(SteeredRun):
    """Claim a batch, look at it, crawl what changed beside the next batches, until nothing is due.

    A board that fails costs itself alone. One that is claimed and never crawled, because the run died or was paused for
    long, is due again when its claim ends.
    """

    def __init__(self) -> None:
        super().__init__()
        self._result = BoardRefreshResult()
        self._unsettled: list[BoardEnd] = []
        self._waiting: tuple[Board, ...] = ()
        self._changed: list[Board] = []
        self._since = workflow.now()

    @workflow.run
    async def run(self, input: BoardRefreshInput) -> BoardRefreshResult:
        """See the class."""
        self._begin(WINDOW, input.progress)
        self._result, self._waiting, self._changed = input.result, input.waiting, list(input.changed)
        drained = await self._refresh()
        await self._drain()
        await self._settle()
        if not drained:
            rest = BoardRefreshInput(
                progress=self.progress_so_far,
                result=self._result,
                waiting=self._waiting,
                changed=tuple(self._changed),
            )
            workflow.continue_as_new(rest)
        return self._result

    async def _refresh(self) -> bool:
        """Whether nothing is due any more; False where the rest is left to a new history."""
        started_at, wait = self._since, 0.0
        for number in itertools.count():
            while self._changed:
                if not await self._has_room():
                    return False
                self._start(self._crawl(self._changed.pop(0), started_at))
            await self._settle()
            if not await self._has_room():
                return False
            claimed = await workflow.execute_activity_method(
                BoardActivities.claim_due_boards,
                ClaimBoardsInput(
                    limit=LOOKED_AT - len(self._waiting),
                    owner=f"{workflow.info().run_id}/{number}",
                    now=workflow.now(),
                ),
                **DATABASE,
            )
            self._count_on(claimed)
            if not claimed.boards and not self._waiting:
                return True
            if not claimed.boards and wait:
                await workflow.sleep(min(wait, LONGEST_WAIT))
            started_at = workflow.now()
            checked = await self._check((*claimed.boards, *self._waiting), started_at)
            # A board is waited for once. Then its host is busy, and the board is due again when its claim ends.
            before, wait = {board.key for board in self._waiting}, checked.wait
            self._waiting = tuple(board for board in checked.waiting if board.key not in before)[:WAITED_FOR]
            self._changed.extend(checked.changed)
        raise AssertionError("a count has no end")

    def _count_on(self, claimed: ClaimedBoards) -> None:
        known = self.progress_so_far.done + len(self._running) + len(self._waiting)
        self._advance(total=known + len(claimed.boards) + claimed.waiting)

    async def _check(self, boards: tuple[Board, ...], started_at: datetime) -> CheckedBoards:
        """Look at a batch. Where looking itself fails, none of them was seen."""
        try:
            checked = await workflow.execute_activity_method(
                CheckActivities.check_boards,
                CheckBoardsInput(boards=boards, started_at=started_at),
                priority=priority(Urgency.BATCH, "board-refresh"),
                **CRAWL,
            )
        except ActivityError as error:
            problem = to_problem(error, boards[0].key)
            self._unsettled.extend(BoardEnd(board_key=board.key, why=problem.detail) for board in boards)
            checked = CheckedBoards(failed=tuple(board.key for board in boards), problems=(problem,))
        self._note(
            boards=len(checked.same) + len(checked.failed),
            unchanged=len(checked.same),
            failed=len(checked.failed),
            requests=checked.requests,
            crawled=CrawlSummary().with_problems(*checked.problems),
        )
        return checked

    async def _crawl(self, board: Board, started_at: datetime) -> None:
        result = await crawl_as_child(board, offline=False, urgency=Urgency.BATCH, started_at=started_at)
        self._note(boards=1, failed=int(result.failed), crawled=CrawlSummary.of(result))
        end = _end(board, result)
        if end is not None:
            self._unsettled.append(end)

    def _note(
        self, *, boards: int = 0, unchanged: int = 0, failed: int = 0, requests: int = 0, crawled: CrawlSummary
    ) -> None:
        old = self._result
        self._result = BoardRefreshResult(
            boards=old.boards + boards,
            unchanged=old.unchanged + unchanged,
            failed=old.failed + failed,
            requests=old.requests + requests,
            crawled=old.crawled + crawled,
        )
        self._advance(
            done=self._result.boards,
            failed=self._result.failed,
            boards=self._result.crawled.boards,
            postings_seen=self._result.crawled.postings.seen,
            postings_stored=self._result.crawled.postings.stored,
        )

    async def _settle(self) -> None:
        """Boards that did not tell themselves how they fared are put off. Where that fails, their claims end in time."""
        if not self._unsettled:
            return
        ends, self._unsettled = tuple(self._unsettled), []
        settled = SettleInput(ends=ends, run_id=workflow.info().run_id, since=self._since, at=workflow.now())
        try:
            await workflow.execute_activity_method(BoardActivities.settle_boards, settled, **SETTLE)
        except ActivityError as error:
            self._note(crawled=CrawlSummary().with_problems(to_problem(error, ends[0].board_key)))


def _end(board: Board, result: CareerPageCrawlResult) -> BoardEnd | None:
    """What is to be said of a board whose crawl may have said nothing of it."""
    if any(problem.kind == "already_running" for problem in result.problems):
        return None  # That crawl will tell.
    if result.board.key != board.key and not result.complete:
        return BoardEnd(
            board_key=board.key, seen=result.postings.seen, why=f"its postings are those of {result.board.key}"
        )
    if result.failed:
        why = result.problems[0].detail if result.problems else "its crawl failed"
        return BoardEnd(board_key=board.key, why=why)
    return None
