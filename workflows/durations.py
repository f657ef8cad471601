"""Measures workflows from start to end."""

from typing import Any

from temporalio import workflow
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

with workflow.unsafe.imports_passed_through():
    from quiethire.telemetry import WORKFLOW_DURATION


class DurationInterceptor(Interceptor):
    """Fills `quiethire_workflow_duration_seconds`."""

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        """See `temporalio.worker.Interceptor`."""
        del input
        return _Timed


class _Timed(WorkflowInboundInterceptor):
    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: ANN401 - the SDK's signature
        result = await super().execute_workflow(input)
        if not workflow.unsafe.is_replaying():
            info = workflow.info()
            seconds = (workflow.now() - info.start_time).total_seconds()
            WORKFLOW_DURATION.labels(workflow=info.workflow_type).observe(seconds)
        return result
