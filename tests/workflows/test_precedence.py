"""Who goes first on a busy worker: a person before batch work, and every company in its turn."""

import asyncio
from uuid import uuid4

import pytest
from stub_activities import Stubs
from temporalio.worker import Worker

from activities.crawling import BoardCrawl
from activities.storing import CloseResult
from quiethire.domain.board import Board
from workflows import policies
from workflows.career_page_crawl import CareerPageCrawlInput, CareerPageCrawlWorkflow
from workflows.policies import Urgency, priority

pytestmark = pytest.mark.timeout(300)
MANY = 200


def board(company, number):
    token = f"{company}-{number}"
    url = f"https://boards.greenhouse.io/{token}"
    return Board(ats="greenhouse", token=token, url=url, company_domain=f"{company}.example")


async def test_a_person_goes_before_batch_work_and_a_small_company_before_the_rest_of_a_large_one(
    temporal_client, working
):
    order = []

    def crawl(asked):
        order.append(asked["board"]["token"])
        return BoardCrawl(board=Board.model_validate(asked["board"]), complete=True)

    others = Stubs(close_missing_jobs=CloseResult(closed=0))
    crawls = Stubs(crawl_career_page=crawl)

    async def start(queue, what, urgency):
        return await temporal_client.start_workflow(
            CareerPageCrawlWorkflow.run,
            CareerPageCrawlInput(board=what, urgency=urgency),
            id=f"test-{uuid4()}",
            task_queue=queue,
            priority=priority(urgency, what.company_domain),
        )

    async def queued(handle):
        while not (await handle.describe()).raw_description.pending_activities:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.05)

    async with working(others, without=(policies.CRAWL_QUEUE,)) as queue:
        handles = [await start(queue, board("large", number), Urgency.BATCH) for number in range(MANY)]
        await asyncio.gather(*map(queued, handles))
        for what, urgency in ((board("small", 1), Urgency.BATCH), (board("asked", 1), Urgency.PERSON)):
            handles.append(await start(queue, what, urgency))
            await queued(handles[-1])
        worker = Worker(
            temporal_client, task_queue=policies.CRAWL_QUEUE, activities=crawls.activities, max_concurrent_activities=1
        )
        async with worker:
            await asyncio.gather(*(handle.result() for handle in handles))
    assert len(order) == MANY + 2
    # The first few may have been handed to the worker's pollers together.
    assert order.index("asked-1") < 10
    assert order.index("small-1") < 10
