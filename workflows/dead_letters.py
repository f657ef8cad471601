"""Whatever a workflow's activities fail of for good is kept, and the workflow goes on as it does without."""

import asyncio
import base64
from collections.abc import Sequence
from functools import partial
from typing import Any

from temporalio import workflow
from temporalio.api.common.v1 import Payloads
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.exceptions import TimeoutError as TemporalTimeoutError
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

with workflow.unsafe.imports_passed_through():
    from activities.dead_letters import KeepLetterInput
    from activities.errors import problem_in
    from quiethire.domain.dead_letters import LARGEST_PAYLOAD, DeadLetter
    from quiethire.domain.result import Problem
    from workflows.policies import CRAWL_QUEUE, DATABASE

KEEP = "keep_dead_letter"
LARGEST_INPUT = 2_000_000
"""Bytes that an activity is given at most: Temporal takes no more, and would have the workflow try again for ever."""
UNDECODABLE = "Failed decoding arguments"
"""What the SDK says where a worker cannot read what an activity was given."""


class DeadLetterInterceptor(Interceptor):
    """For a worker: every workflow of it keeps its dead letters."""

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        """See `temporalio.worker.Interceptor`."""
        del input
        return _Run


class _Run(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        self._letters = _Letters(outbound)
        super().init(self._letters)

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: ANN401 - the SDK's signature
        self._letters.given = input.args
        try:
            return await super().execute_workflow(input)
        finally:
            await self._letters.sent()


class _Letters(WorkflowOutboundInterceptor):
    def __init__(self, next: WorkflowOutboundInterceptor) -> None:
        super().__init__(next)
        self.given: Sequence[Any] = ()
        self._on_their_way: list[asyncio.Task[None]] = []

    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        queue = input.task_queue or workflow.info().task_queue
        if (size := _size(input.args)) > LARGEST_INPUT:
            problem = Problem(kind="payload_too_large", where=input.activity, detail=f"an input of {size:,} bytes")
            self._send(problem, input.activity, queue, f"input of {size}")
            raise ApplicationError(problem.detail, problem, type=problem.kind, non_retryable=True)
        handle = super().start_activity(input)
        if input.activity != KEEP:
            handle.add_done_callback(partial(self._ended, queue))
        return handle

    async def sent(self) -> None:
        """A run does not end before its letters are kept, or could not be."""
        if self._on_their_way:
            await asyncio.wait(self._on_their_way)

    def _ended(self, queue: str, handle: asyncio.Future[Any]) -> None:
        error = None if handle.cancelled() else handle.exception()
        if isinstance(error, ActivityError) and (problem := dead(error, queue)) is not None:
            self._send(problem, error.activity_type, queue, str(error.scheduled_event_id))

    def _send(self, problem: Problem, activity: str, queue: str, occurrence: str) -> None:
        # Runs of before there were letters go on without.
        if workflow.patched("dead-letters"):
            self._on_their_way.append(asyncio.create_task(self._keep(problem, activity, queue, occurrence)))

    async def _keep(self, problem: Problem, activity: str, queue: str, occurrence: str) -> None:
        info = workflow.info()
        letter = DeadLetter(
            kind=problem.kind,
            workflow=info.workflow_type,
            workflow_id=info.workflow_id,
            run_id=info.run_id,
            activity=activity,
            queue=queue,
            where=problem.where,
            detail=problem.detail,
            occurrence=f"{info.run_id}/{occurrence}",
        )
        try:
            await workflow.execute_activity(KEEP, KeepLetterInput(letter=letter, payload=self._payload()), **DATABASE)
        except ActivityError as lost:
            workflow.logger.error("a dead letter was not kept: %s", lost.cause, extra={"letter": letter.model_dump()})

    def _payload(self) -> str | None:
        """What the run was started with, as it came."""
        data = Payloads(payloads=workflow.payload_converter().to_payloads(self.given)).SerializeToString()
        return base64.b64encode(data).decode() if len(data) <= LARGEST_PAYLOAD else None


def _size(given: Sequence[Any]) -> int:
    return sum(len(each.data) for each in workflow.payload_converter().to_payloads(given))


def dead(error: ActivityError, queue: str) -> Problem | None:
    """What is to be kept of this failure; None where it passes by itself, or is a host's answer."""
    cause = error.cause
    if isinstance(cause, TemporalTimeoutError):
        return Problem(kind="timeout", where=error.activity_type, detail="did not finish in time, however often tried")
    if not isinstance(cause, ApplicationError):
        return None
    told = problem_in(cause)
    if told is None:
        kind = "undecodable" if cause.message == UNDECODABLE else "defect"
        return Problem(kind=kind, where=error.activity_type, detail=f"{cause.type or 'error'}: {cause.message}")
    return None if not cause.non_retryable or queue == CRAWL_QUEUE else told
