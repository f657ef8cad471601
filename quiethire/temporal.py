"""How every process of ours speaks with Temporal."""

from datetime import timedelta
from typing import NamedTuple

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, GetSystemInfoRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError

from quiethire.domain.errors import Transient
from quiethire.domain.health import Look
from quiethire.settings import Settings, required
from quiethire.trail import Trail, plugins

LOOK_TIMEOUT = timedelta(seconds=2)


async def connect_temporal(settings: Settings) -> Client:
    """A Temporal client that speaks pydantic. Raises Transient where there is no server."""
    address = required(settings.temporal_address, "TEMPORAL_ADDRESS")
    try:
        return await Client.connect(
            address,
            namespace=settings.temporal_namespace,
            data_converter=pydantic_data_converter,
            interceptors=[Trail()],
            plugins=plugins(),
        )
    except RuntimeError as error:
        raise Transient(str(error), where=f"temporal at {address}", hint="is the server running?") from error


class TemporalProbe:
    """Looks whether the frontend answers."""

    name = "temporal"

    def __init__(self, client: Client) -> None:
        self._client = client

    async def look(self) -> Look:
        """Raises Transient."""
        try:
            info = await self._client.workflow_service.get_system_info(GetSystemInfoRequest(), timeout=LOOK_TIMEOUT)
        except RPCError as error:
            raise Transient(str(error), where="temporal", hint="is the server running?") from error
        return Look(version=info.server_version)


class QueueState(NamedTuple):
    """How a task queue is."""

    backlog: int
    """Tasks that wait, as Temporal estimates."""
    pollers: int
    """Workers that ask it for work."""


async def task_queue(client: Client, name: str) -> QueueState:
    """How a task queue of workflows and activities is. Raises RPCError."""
    found = []
    for kind in (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
        request = DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=name), task_queue_type=kind, report_stats=True
        )
        found.append(await client.workflow_service.describe_task_queue(request, timeout=LOOK_TIMEOUT))
    return QueueState(
        backlog=sum(each.stats.approximate_backlog_count for each in found),
        pollers=max(len(each.pollers) for each in found),
    )
