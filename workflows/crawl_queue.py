"""The crawl queue, drained."""

import itertools

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.discovery import DetectInput, DiscoveryActivities
    from activities.errors import to_problem
    from activities.queue import ClaimInput, FinishInput, PutOffInput, QueueActivities
    from quiethire.domain.base import Model
    from quiethire.domain.board import WEBSITE, Board
    from quiethire.domain.ports import QueuedUrl
    from quiethire.domain.urls import host_of
    from workflows.child_crawl import crawl_as_child
    from workflows.policies import CRAWL, DATABASE, Urgency, priority
    from workflows.results import CareerPageCrawlResult, CrawlSummary
    from workflows.steering import RunProgress, SteeredRun

CLAIM = 20
"""Entries taken at once."""
WINDOW = 40
"""Entries that are crawled side by side, at most. A slow one holds up none of the next batch."""


class CrawlQueueInput(Model):
    """What earlier rounds, before the history was cut, came to."""

    crawled: CrawlSummary = CrawlSummary()
    progress: RunProgress = RunProgress()
    left: tuple[QueuedUrl, ...] = ()
    """Entries that are claimed and not begun."""


@workflow.defn
class CrawlQueueWorkflow(SteeredRun):
    """Claim, crawl, finish, until nothing is left."""

    def __init__(self) -> None:
        super().__init__()
        self._crawled = CrawlSummary()
        self._left: list[QueuedUrl] = []

    @workflow.run
    async def run(self, input: CrawlQueueInput) -> CrawlSummary:
        """See the class."""
        self._begin(WINDOW, input.progress)
        self._crawled, self._left = input.crawled, list(input.left)
        drained = await self._claim_all()
        await self._drain()
        if not drained:
            rest = CrawlQueueInput(crawled=self._crawled, progress=self.progress_so_far, left=tuple(self._left))
            workflow.continue_as_new(rest)
        return self._crawled

    async def _claim_all(self) -> bool:
        """Whether the queue is empty; False where the rest is left to a new history."""
        for number in itertools.count():
            while self._left:
                if not await self._has_room():
                    return False
                self._start(self._entry(self._left.pop(0)))
            if not await self._has_room():
                return False
            claimed = await workflow.execute_activity_method(
                QueueActivities.claim_crawl_queue,
                ClaimInput(limit=CLAIM, owner=f"{workflow.info().run_id}/{number}", now=workflow.now()),
                **DATABASE,
            )
            if claimed.drained:
                return True
            self._left.extend(claimed.entries)
            self._advance(total=self.progress_so_far.done + len(self._running) + len(self._left))
        raise AssertionError("a count has no end")

    async def _entry(self, entry: QueuedUrl) -> None:
        board = await self._board(entry.url)
        tells = workflow.patched("crawl-finishes-its-entry")
        queued = entry if tells else None
        result = await crawl_as_child(board, offline=False, urgency=Urgency.BATCH, queued=queued)
        self._crawled += CrawlSummary.of(result)
        await self._settle(entry, result, tells=tells)
        crawled = self._crawled
        self._advance(
            done=self.progress_so_far.done + 1,
            failed=crawled.failed,
            boards=crawled.boards,
            postings_seen=crawled.postings.seen,
            postings_stored=crawled.postings.stored,
        )

    async def _settle(self, entry: QueuedUrl, result: CareerPageCrawlResult, *, tells: bool) -> None:
        """Put off what is crawled already. How its own crawl ended, that tells itself, unless an earlier version began it.

        An entry that nobody settles stays claimed, and is taken again when its lease is over.
        """
        is_elsewhere = any(problem.kind == "already_running" for problem in result.problems)
        try:
            if is_elsewhere:
                put_off = PutOffInput(entry_id=entry.id, attempt=entry.attempts)
                await workflow.execute_activity_method(QueueActivities.put_off_crawl_queue_entry, put_off, **DATABASE)
            elif not tells:
                finished = FinishInput(entry_id=entry.id, attempt=entry.attempts, ok=not result.failed)
                await workflow.execute_activity_method(QueueActivities.finish_crawl_queue_entry, finished, **DATABASE)
        except ActivityError as error:
            self._crawled = self._crawled.with_problems(to_problem(error, entry.url))

    async def _board(self, url: str) -> Board:
        """The ATS board behind a queued URL, else the page itself."""
        page = Board(ats=WEBSITE, token=url, url=url)
        try:
            detected = await workflow.execute_activity_method(
                DiscoveryActivities.detect_ats,
                DetectInput(domain="", urls=(url,)),
                priority=priority(Urgency.BATCH, host_of(url)),
                **CRAWL,
            )
        except ActivityError:
            # The crawl meets the same trouble, and names it.
            return page
        boards = [candidate.board for candidate in detected.candidates if candidate.board is not None]
        return boards[0] if boards else page
