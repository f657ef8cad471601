"""Histories replay with the trail and with traces as without: both travel in headers, which no replay compares."""

import pytest
from opentelemetry import trace
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin, create_tracer_provider
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from test_replay import HISTORIES, history_of
from workflow_sandbox import sandbox

from quiethire.trail import Trail
from workflows.dead_letters import DeadLetterInterceptor
from workflows.registry import WORKFLOWS


@pytest.fixture
def plugin(monkeypatch):
    # OpenTelemetry takes one provider for a process; another test may set its own.
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", create_tracer_provider())
    return OpenTelemetryPlugin(add_temporal_spans=True)


@pytest.mark.parametrize("traced", [False, True], ids=["untraced", "traced"])
async def test_recorded_histories_replay_with_the_trail(plugin, traced):
    replayer = Replayer(
        workflows=WORKFLOWS,
        workflow_runner=sandbox(),
        data_converter=pydantic_data_converter,
        interceptors=[Trail(), DeadLetterInterceptor()],
        plugins=[plugin] if traced else [],
    )
    names = sorted(path.stem for path in HISTORIES.glob("*Workflow.json"))
    assert names
    for name in names:
        await replayer.replay_workflow(history_of(name))
