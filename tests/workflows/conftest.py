from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from workflow_sandbox import sandbox

from activities.errors import ErrorInterceptor
from workflows import policies
from workflows.durations import DurationInterceptor
from workflows.registry import WORKFLOWS


@pytest.fixture
def working(temporal_client):
    """Workers with the workflows of the real code on the real server, over stub activities; gives their task queue."""

    @asynccontextmanager
    async def working(stubs, without=(), *, sandboxed=True):
        """`sandboxed=False`: workflows see what a test has patched."""
        queue = f"test-{uuid4()}"
        shared = {
            "activities": stubs.activities,
            "interceptors": [ErrorInterceptor(), DurationInterceptor()],
            "workflow_failure_exception_types": [Exception],
        }
        queues = (policies.CRAWL_QUEUE, policies.PARSE_QUEUE, policies.MATCH_QUEUE, policies.EMBED_QUEUE)
        workers = [Worker(temporal_client, task_queue=name, **shared) for name in queues if name not in without]
        workers.append(
            Worker(
                temporal_client,
                task_queue=queue,
                workflows=WORKFLOWS,
                workflow_runner=sandbox() if sandboxed else UnsandboxedWorkflowRunner(),
                **shared,
            )
        )
        for worker in workers:
            await worker.__aenter__()
        try:
            yield queue
        finally:
            for worker in workers:
                await worker.__aexit__(None, None, None)

    return working


@pytest.fixture
def run(temporal_client, working):
    """Run a workflow over stub activities to its result."""

    async def run(workflow, *arguments, stubs):
        async with working(stubs) as queue:
            return await temporal_client.execute_workflow(
                workflow.run, args=arguments, id=f"test-{uuid4()}", task_queue=queue
            )

    return run
