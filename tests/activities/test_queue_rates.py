"""The worker's task queues and their rates are those of the settings."""

import asyncio

import pytest
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from quiethire.domain.errors import InvalidInput
from quiethire.settings import Settings
from worker import QUEUES, running_worker
from workflows.policies import CRAWL_QUEUE, PARSE_QUEUE


async def rates_of(client, queue: str) -> set[float]:
    """The rates that workers ask the server for, of activities of this queue."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    )
    told = await client.workflow_service.describe_task_queue(request)
    return {poller.rate_per_second for poller in told.pollers}


async def test_a_queue_is_asked_at_its_own_rate_and_the_others_without_a_limit(world, temporal_client):
    world.settings = Settings(queue_rates={CRAWL_QUEUE: 7.5}, schedules=False)
    world.temporal = temporal_client
    async with running_worker(world), asyncio.timeout(30):
        # The server also remembers workers of before, which asked for another rate.
        while 7.5 not in await rates_of(temporal_client, CRAWL_QUEUE):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)
        while not (others := await rates_of(temporal_client, PARSE_QUEUE)):  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0.05)
        assert 7.5 not in others


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("QUIETHIRE_QUEUE_RATES", {"queue_rates": {"quiethire-task-queue-crwal": 10}}),
        ("QUIETHIRE_TASK_QUEUES", {"task_queues": (CRAWL_QUEUE, "quiethire-task-queue-crwal")}),
    ],
)
async def test_a_queue_that_is_none_is_refused_by_name_with_those_that_there_are(world, temporal_client, name, changes):
    world.settings, world.temporal = Settings(schedules=False, **changes), temporal_client
    with pytest.raises(InvalidInput, match="quiethire-task-queue-crwal") as refused:
        async with running_worker(world):
            pass
    assert (refused.value.where, refused.value.kind) == (name, "wrong_setting")
    assert all(queue in refused.value.hint for queue in QUEUES)
