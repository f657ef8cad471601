"""The crawl queue, drained."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.discovery import DetectInput, DiscoveryActivities
    from activities.errors import to_problem
    from activities.queue import ClaimInput, FinishInput, QueueActivities
    from quiethire.domain.base import Model
    from quiethire.domain.board import WEBSITE, Board
    from quiethire.domain.ports import QueuedUrl
    from workflows.career_page_crawl import crawl_as_child
    from workflows.policies import CRAWL, DATABASE, Urgency
    from workflows.results import CareerPageCrawlResult, CrawlSummary

CLAIM = 20
"""Entries taken at once, and so crawled side by side."""

ROUNDS = 25
"""Rounds before the history starts anew."""


class CrawlQueueInput(Model):
    """What earlier rounds, before the history was cut, came to."""

    crawled: CrawlSummary = CrawlSummary()


@workflow.defn
class CrawlQueueWorkflow:
    """Claim, crawl, finish, until nothing is left."""

    @workflow.run
    async def run(self, input: CrawlQueueInput) -> CrawlSummary:
        """See the class."""
        crawled = input.crawled
        for number in range(ROUNDS):
            claimed = await workflow.execute_activity_method(
                QueueActivities.claim_crawl_queue,
                ClaimInput(limit=CLAIM, owner=f"{workflow.info().run_id}/{number}", now=workflow.now()),
                **DATABASE,
            )
            if claimed.drained:
                return crawled
            results = await asyncio.gather(*(self._entry(entry) for entry in claimed.entries))
            crawled = sum((CrawlSummary.of(result) for result in results), crawled)
        return workflow.continue_as_new(CrawlQueueInput(crawled=crawled))

    async def _entry(self, entry: QueuedUrl) -> CareerPageCrawlResult:
        board = await self._board(entry.url)
        result = await crawl_as_child(board, offline=False, urgency=Urgency.BATCH)
        try:
            await workflow.execute_activity_method(
                QueueActivities.finish_crawl_queue_entry,
                FinishInput(entry_id=entry.id, ok=not result.failed),
                **DATABASE,
            )
        except ActivityError as error:
            # The entry stays claimed, and is taken again when its lease is over.
            problem = to_problem(error, entry.url)
            return result.model_copy(update={"problems": (*result.problems, problem)})
        return result

    async def _board(self, url: str) -> Board:
        """The ATS board behind a queued URL, else the page itself."""
        page = Board(ats=WEBSITE, token=url, url=url)
        try:
            detected = await workflow.execute_activity_method(
                DiscoveryActivities.detect_ats, DetectInput(domain="", urls=(url,)), **CRAWL
            )
        except ActivityError:
            # The crawl meets the same trouble, and names it.
            return page
        boards = [candidate.board for candidate in detected.candidates if candidate.board is not None]
        return boards[0] if boards else page
