"""What follows a piece of work from the request that asked for it to its last activity: the request's id, and the trace.

Both travel in headers of Temporal, which are no part of what a replay compares.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.client import OutboundInterceptor, StartWorkflowInput, WorkflowHandle
from temporalio.converter import PayloadConverter
from temporalio.plugin import SimplePlugin
from temporalio.worker import (
    ActivityInboundInterceptor,
    ContinueAsNewInput,
    ExecuteActivityInput,
    ExecuteWorkflowInput,
    StartActivityInput,
    StartChildWorkflowInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.worker import Interceptor as WorkerInterceptor

from quiethire.settings import Settings
from quiethire.telemetry import traces
from quiethire.telemetry.context import belonging, belongs, request_id

HEADER = "quiethire-request-id"

_converter = PayloadConverter.default


class Trail(ClientInterceptor, WorkerInterceptor):
    """Hands the request's id on, and tells the log what each line belongs to. A worker takes it from its client."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """See `temporalio.client.Interceptor`."""
        return _Asking(super().intercept_client(next))

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """See `temporalio.worker.Interceptor`."""
        return _InActivity(super().intercept_activity(next))

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        """See `temporalio.worker.Interceptor`."""
        del input
        return _InWorkflow


class _Asking(OutboundInterceptor):
    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        input.headers = _with_id(input.headers)
        return await super().start_workflow(input)


class _InActivity(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: ANN401 - the SDK's signature
        info = activity.info()
        with belonging(
            workflow_id=info.workflow_id,
            run_id=info.workflow_run_id,
            activity=info.activity_type,
            request_id=_id_of(input.headers),
        ):
            return await super().execute_activity(input)


class _InWorkflow(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_FromWorkflow(outbound))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: ANN401 - the SDK's signature
        info = workflow.info()
        # Not for a block: one that is evicted from the worker's memory is ended wherever garbage is collected.
        belongs(workflow_id=info.workflow_id, run_id=info.run_id, request_id=_id_of(input.headers))
        return await super().execute_workflow(input)


class _FromWorkflow(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        input.headers = _with_id(input.headers)
        return super().start_activity(input)

    async def start_child_workflow(self, input: StartChildWorkflowInput) -> workflow.ChildWorkflowHandle[Any, Any]:
        input.headers = _with_id(input.headers)
        return await super().start_child_workflow(input)

    def continue_as_new(self, input: ContinueAsNewInput) -> NoReturn:
        input.headers = _with_id(input.headers)
        super().continue_as_new(input)


def _with_id(headers: Mapping[str, Payload]) -> Mapping[str, Payload]:
    found = request_id()
    return headers if found is None else {**headers, HEADER: _converter.to_payload(found)}


def _id_of(headers: Mapping[str, Payload]) -> str | None:
    given = headers.get(HEADER)
    return None if given is None else str(_converter.from_payload(given, str))


def plugins() -> list[SimplePlugin]:
    """What a Temporal client needs so that its traces go through workflows; nothing where there are no traces."""
    if not traces.is_on():
        return []
    from temporalio.contrib.opentelemetry import OpenTelemetryPlugin  # noqa: PLC0415 - not loaded where traces are off

    return [OpenTelemetryPlugin(add_temporal_spans=True)]


@contextmanager
def tracing(settings: Settings, service: str) -> Iterator[None]:
    """Send the spans of this process to the collector of the settings while the block lasts; without one, do nothing.

    Begun before the first Temporal client is made. What is left is sent at the end, within a few seconds.
    """
    if settings.otlp_endpoint is None:
        yield
        return
    # Loading these takes a good part of a second.
    from opentelemetry import trace  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from temporalio.contrib.opentelemetry import create_tracer_provider  # noqa: PLC0415

    provider = create_tracer_provider(resource=Resource.create({"service.name": f"quiethire-{service}"}))
    exporter = OTLPSpanExporter(f"{settings.otlp_endpoint}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    traces.use(provider.get_tracer("quiethire"), lambda: trace.get_current_span().get_span_context().trace_id)
    try:
        yield
    finally:
        traces.use(None, None)
        provider.shutdown()
