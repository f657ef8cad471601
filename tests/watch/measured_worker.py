"""A worker that runs a workflow that ends well and one that fails, and writes what the SDK tells of it."""

import asyncio
import sys
from datetime import timedelta
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from quiethire.processes import DONE, leave
from quiethire.watch import sdk_metrics


@activity.defn
async def work(fails: bool) -> None:
    if fails:
        raise ApplicationError("as asked", non_retryable=True)


@workflow.defn(sandboxed=False)
class Works:
    @workflow.run
    async def run(self, fails: bool) -> None:
        await workflow.execute_activity(
            work, fails, start_to_close_timeout=timedelta(seconds=10), retry_policy=RetryPolicy(maximum_attempts=1)
        )


async def main() -> None:
    sdk_metrics.expose()
    sdk_metrics.expose()
    client = await Client.connect(sys.argv[1])
    queue = f"measured-{uuid4()}"
    async with Worker(client, task_queue=queue, workflows=[Works], activities=[work]):
        for fails in (False, True):
            try:
                await client.execute_workflow(Works.run, fails, id=f"measured-{uuid4()}", task_queue=queue)
            except WorkflowFailureError:
                assert fails
        # The SDK tells of an end a moment after it.
        async with asyncio.timeout(20):
            while b"temporal_workflow_failed_total{" not in (told := await sdk_metrics.of_sdk()):  # noqa: ASYNC110 - it is asked over HTTP
                await asyncio.sleep(0.1)
    sys.stdout.buffer.write(told)


asyncio.run(main())
leave(DONE)
