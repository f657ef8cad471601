"""A worker that is told to stop takes nothing more from any queue, whatever is under way on one of them."""

import asyncio
import logging

from local_site import LISTING, Site, working

from quiethire.domain.board import WEBSITE, Board
from quiethire.settings import TASK_QUEUE
from worker import QUEUES
from workflows.career_page_crawl import CareerPageCrawlInput, CareerPageCrawlWorkflow


class SlowSite(Site):
    """Answers nothing until it is let."""

    def __init__(self):
        super().__init__(lambda _: (404, ""))
        self.reached = asyncio.Event()
        self.let = asyncio.Event()

    async def serve(self, reader, writer):
        self.reached.set()
        await self.let.wait()
        await super().serve(reader, writer)


async def test_all_queues_are_left_at_once_though_one_of_them_still_drains(world, temporal_client, caplog):
    site, told = SlowSite(), asyncio.Event()

    async def work():
        async with working(world, temporal_client, site):
            await told.wait()

    working_on = asyncio.create_task(work())
    crawl = await temporal_client.start_workflow(
        CareerPageCrawlWorkflow.run,
        CareerPageCrawlInput(board=Board(ats=WEBSITE, token=LISTING, url=LISTING)),
        id="crawled-amid-the-end",
        task_queue=TASK_QUEUE,
    )
    try:
        async with asyncio.timeout(60):
            await site.reached.wait()
        # Less than the time of grace, after which the fetch is ended and who leaves one queue after the other would go on.
        async with asyncio.timeout(15):
            with caplog.at_level(logging.INFO, logger="temporalio.worker"):
                told.set()
                while sum("Beginning worker shutdown" in line for line in caplog.messages) < len(QUEUES):  # noqa: ASYNC110 - the SDK tells it in its log alone
                    await asyncio.sleep(0.01)
        assert not working_on.done()
    finally:
        site.let.set()
        await working_on
        await crawl.terminate()
