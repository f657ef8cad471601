"""Runs a real workflow with its real activities in virtual time, without a server.

The SDK's own workflow machine is given the activations that a server would send; its commands are carried out here. An
activity runs at once, in the SDK's ActivityEnvironment; a timer and the pause before a retry move the clock. Nothing of
what the workflow or an activity decides is done here.
"""

import asyncio
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import temporalio.common
import temporalio.converter
from temporalio import workflow
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.workflow_activation import InitializeWorkflow, WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_commands import (
    ScheduleActivity,
    ScheduleLocalActivity,
    StartChildWorkflowExecution,
    WorkflowCommand,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails

from activities.errors import to_temporal
from quiethire.domain.errors import QuietHireError

Activity = Callable[..., Any]
T = TypeVar("T")

_PAYLOADS = pydantic_data_converter.payload_converter
_DEFAULT_SEARCH = temporalio.common.TypedSearchAttributes([])


@dataclass
class Clock:
    """The time of the simulation."""

    now: datetime

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


class VirtualTemporal:
    """A worker and a server in one, for one workflow at a time."""

    def __init__(
        self, clock: Clock, activities: Sequence[Activity], workflows: Sequence[type], watch: Callable[[object], None]
    ) -> None:
        """`watch` is told what each activity is given."""
        self._clock = clock
        self._watch = watch
        self._activities = {activity.__name__: activity for activity in activities}
        self._children = {kind.__name__: kind for kind in workflows}

    async def run(self, kind: type, given: object, returns: type[T], *, workflow_id: str, run_id: str) -> T:
        """Run to its end; what it returns. Raises ApplicationError where it fails."""
        result = await self._start(kind, _PAYLOADS.to_payloads([given]), workflow_id, run_id)
        value: T = _PAYLOADS.from_payloads([result], [returns])[0]
        return value

    async def _start(self, kind: type, arguments: list[Payload], workflow_id: str, run_id: str) -> Payload:
        definition = workflow._Definition.must_from_class(kind)  # noqa: SLF001 - what a worker hands to its runner
        instance = self._instance(definition, workflow_id, run_id)
        start = InitializeWorkflow(
            workflow_type=definition.name or "",
            workflow_id=workflow_id,
            arguments=arguments,
            randomness_seed=1,
            attempt=1,
        )
        start.start_time.FromDatetime(self._clock.now)
        jobs = [WorkflowActivationJob(initialize_workflow=start)]
        timers: dict[int, datetime] = {}
        while True:
            commands = self._activate(instance, run_id, jobs)
            jobs = []
            for command in commands:
                if command.HasField("start_timer"):
                    timers[command.start_timer.seq] = (
                        self._clock.now + command.start_timer.start_to_fire_timeout.ToTimedelta()
                    )
                    continue
                if command.HasField("cancel_timer"):
                    timers.pop(command.cancel_timer.seq, None)
                    continue
                if command.HasField("complete_workflow_execution"):
                    return command.complete_workflow_execution.result
                if command.HasField("fail_workflow_execution"):
                    raise ApplicationError(str(command.fail_workflow_execution.failure))
                jobs.extend(await self._obey(command))
            if not jobs:
                jobs.append(self._next_of(timers, workflow_id))

    def _next_of(self, timers: dict[int, datetime], workflow_id: str) -> WorkflowActivationJob:
        """Nothing else is under way: the time of the first timer comes."""
        if not timers:
            raise RuntimeError(f"{workflow_id} waits for what never comes")
        seq = min(timers, key=lambda each: timers[each])
        self._clock.now = max(self._clock.now, timers.pop(seq))
        job = WorkflowActivationJob()
        job.fire_timer.seq = seq
        return job

    def _instance(self, definition: workflow._Definition, workflow_id: str, run_id: str) -> WorkflowInstance:
        info = workflow.Info(
            attempt=1,
            continued_run_id=None,
            cron_schedule=None,
            execution_timeout=None,
            first_execution_run_id=run_id,
            headers={},
            namespace="simulation",
            original_execution_run_id=run_id,
            parent=None,
            root=None,
            priority=temporalio.common.Priority.default,
            raw_memo={},
            retry_policy=None,
            run_id=run_id,
            run_timeout=None,
            search_attributes={},
            start_time=self._clock.now,
            task_queue="simulation",
            task_timeout=timedelta(seconds=10),
            typed_search_attributes=_DEFAULT_SEARCH,
            workflow_id=workflow_id,
            workflow_start_time=self._clock.now,
            workflow_type=definition.name or "",
        )
        return UnsandboxedWorkflowRunner().create_instance(
            WorkflowInstanceDetails(
                payload_converter_factory=lambda: _PAYLOADS,
                failure_converter_class=pydantic_data_converter.failure_converter_class,
                interceptor_classes=[],
                defn=definition,
                info=info,
                randomness_seed=1,
                # A worker refuses local activities that it does not have.
                extern_functions={"__temporal_assert_local_activity_valid": self._activities.__getitem__},
                disable_eager_activity_execution=True,
                worker_level_failure_exception_types=[Exception],
                patch_activation_callback=None,
                last_completion_result=Payloads(),
                last_failure=None,
            )
        )

    def _activate(
        self, instance: WorkflowInstance, run_id: str, jobs: list[WorkflowActivationJob]
    ) -> list[WorkflowCommand]:
        activation = WorkflowActivation(run_id=run_id, jobs=jobs)
        activation.timestamp.FromDatetime(self._clock.now)
        loop = asyncio.get_running_loop()
        try:
            completion = instance.activate(activation)
        finally:
            # A workflow is an event loop of its own, which leaves none behind it; a worker gives it a thread, at some cost.
            asyncio._set_running_loop(loop)  # noqa: SLF001 - made for who nests loops
        if completion.HasField("failed"):
            raise RuntimeError(f"a defect in the workflow: {completion.failed.failure.message}")
        return list(completion.successful.commands)

    async def _obey(self, command: WorkflowCommand) -> list[WorkflowActivationJob]:
        if command.HasField("schedule_activity"):
            return [await self._resolved(command.schedule_activity)]
        if command.HasField("schedule_local_activity"):
            return [await self._resolved(command.schedule_local_activity)]
        if command.HasField("start_child_workflow_execution"):
            return await self._child(command.start_child_workflow_execution)
        if command.HasField("upsert_workflow_search_attributes") or command.HasField("set_patch_marker"):
            return []
        raise RuntimeError(f"a command that is not known here: {command}")

    async def _child(self, start: StartChildWorkflowExecution) -> list[WorkflowActivationJob]:
        """A child runs to its end before its parent goes on."""
        kind = self._children[start.workflow_type]
        run_id = f"{start.workflow_id}/{self._clock.now.isoformat()}"
        result = await self._start(kind, list(start.input), start.workflow_id, run_id)
        started, ended = WorkflowActivationJob(), WorkflowActivationJob()
        started.resolve_child_workflow_execution_start.seq = start.seq
        started.resolve_child_workflow_execution_start.succeeded.run_id = run_id
        ended.resolve_child_workflow_execution.seq = start.seq
        ended.resolve_child_workflow_execution.result.completed.result.CopyFrom(result)
        return [started, ended]

    async def _resolved(self, scheduled: ScheduleActivity | ScheduleLocalActivity) -> WorkflowActivationJob:
        job = WorkflowActivationJob()
        job.resolve_activity.seq = scheduled.seq
        try:
            result = await self._retried(scheduled)
        except ApplicationError as error:
            failure = job.resolve_activity.result.failed.failure
            failure.activity_failure_info.activity_type.name = scheduled.activity_type
            failure.activity_failure_info.activity_id = scheduled.activity_id
            cause = Failure()
            pydantic_data_converter.failure_converter.to_failure(error, _PAYLOADS, cause)
            failure.cause.CopyFrom(cause)
        else:
            job.resolve_activity.result.completed.result.CopyFrom(_payload(result))
        return job

    async def _retried(self, scheduled: ScheduleActivity | ScheduleLocalActivity) -> object:
        """What the activity gives, tried again as its policy has it. Raises ApplicationError."""
        activity = self._activities[scheduled.activity_type]
        policy = temporalio.common.RetryPolicy.from_proto(scheduled.retry_policy)
        until = scheduled.schedule_to_close_timeout.ToTimedelta() or timedelta(days=365)
        began, attempt, pause = self._clock.now, 1, policy.initial_interval
        types = [parameter.annotation for parameter in inspect.signature(activity).parameters.values()]
        given = _PAYLOADS.from_payloads(scheduled.arguments, types)
        for value in given:
            self._watch(value)
        while True:
            environment = ActivityEnvironment()
            environment.info = replace(environment.info, attempt=attempt, started_time=self._clock.now)
            try:
                return await environment.run(activity, *given)
            except QuietHireError as error:
                failure = to_temporal(error)
                if failure.non_retryable or attempt == policy.maximum_attempts:
                    raise failure from error
                wait = failure.next_retry_delay or pause
                if self._clock.now + wait - began > until:
                    raise failure from error
            self._clock.advance(wait.total_seconds())
            attempt, pause = attempt + 1, min(pause * policy.backoff_coefficient, policy.maximum_interval or pause)


def _payload(value: object) -> Payload:
    return _PAYLOADS.to_payloads([value])[0]
