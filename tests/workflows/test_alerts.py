"""When alerts are looked for: after postings are told of, again while they come, and when a try is due."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from stub_activities import Stubs
from temporalio import activity, workflow
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker
from workflow_sandbox import sandbox

from activities.alerting import AlertResult
from workflows.alerts import AlertInput, AlertWorkflow

AT_ONCE = AlertInput(at_once=True)


async def test_the_hourly_run_looks_once_and_ends_where_nothing_is_left_to_do(run) -> None:
    stubs = Stubs(send_alerts=AlertResult(postings=3, claimed=2, sent=1))
    result = await run(AlertWorkflow, AT_ONCE, stubs=stubs)
    assert result.sent == 1
    assert len(stubs.calls["send_alerts"]) == 1


async def test_a_try_that_is_far_away_is_left_to_the_hourly_run(run) -> None:
    later = datetime.now(UTC) + timedelta(hours=3)
    stubs = Stubs(send_alerts=AlertResult(failed=1, next_at=later))
    await run(AlertWorkflow, AT_ONCE, stubs=stubs)
    assert len(stubs.calls["send_alerts"]) == 1


async def test_a_history_that_is_full_of_signals_is_left_for_a_new_one(temporal_client, working, monkeypatch) -> None:
    monkeypatch.setattr("workflows.alerts.GATHERED", timedelta(seconds=0.1))
    monkeypatch.setattr(workflow.Info, "is_continue_as_new_suggested", lambda _: True)
    results = iter([AlertResult(failed=1, next_at=datetime.now(UTC)), AlertResult(sent=1)])
    stubs = Stubs(send_alerts=lambda _: next(results))
    async with working(stubs, sandboxed=False) as queue:
        handle = await temporal_client.start_workflow(
            AlertWorkflow.run, AT_ONCE, id=f"test-{uuid4()}", task_queue=queue
        )
        assert (await handle.result()).sent == 1
        first = await temporal_client.get_workflow_handle(handle.id, run_id=handle.result_run_id).fetch_history()
    assert len(stubs.calls["send_alerts"]) == 2
    assert first.events[-1].HasField("workflow_execution_continued_as_new_event_attributes")
    replayer = Replayer(
        workflows=[AlertWorkflow],
        workflow_runner=UnsandboxedWorkflowRunner(),
        data_converter=pydantic_data_converter,
    )
    await replayer.replay_workflow(first)


async def test_postings_that_come_while_alerts_are_sent_are_looked_at_in_one_further_round(
    temporal_client, monkeypatch
) -> None:
    monkeypatch.setattr("workflows.alerts.GATHERED", timedelta(seconds=0.2))
    begun, go_on = asyncio.Event(), asyncio.Event()

    calls, queue = [], f"test-{uuid4()}"

    @activity.defn(name="send_alerts")
    async def send_alerts() -> AlertResult:
        calls.append(None)
        begun.set()
        await go_on.wait()
        return AlertResult()

    worker = Worker(
        temporal_client,
        task_queue=queue,
        workflows=[AlertWorkflow],
        workflow_runner=sandbox("workflows.alerts"),
        activities=[send_alerts],
    )
    async with worker:
        handle = await temporal_client.start_workflow(
            AlertWorkflow.run, AT_ONCE, id=f"test-{uuid4()}", task_queue=queue
        )
        await begun.wait()
        for _ in range(3):
            again = await temporal_client.start_workflow(
                "AlertWorkflow",
                id=handle.id,
                task_queue=queue,
                start_signal="postings",
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
            assert again.result_run_id in (None, handle.result_run_id)
        go_on.set()
        await handle.result()
    assert len(calls) == 2
