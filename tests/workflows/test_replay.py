"""A changed order of commands would break runs that are under way: recorded histories are replayed with today's code."""

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from workflow_sandbox import sandbox

from activities.indexing import ReconcileResult
from workflows.dead_letters import DeadLetterInterceptor
from workflows.registry import WORKFLOWS
from workflows.reindex import ReindexWorkflow

HISTORIES = Path(__file__).with_name("histories")


def replayer(*workflows, runner=None):
    return Replayer(
        workflows=workflows,
        workflow_runner=runner or sandbox(),
        data_converter=pydantic_data_converter,
        interceptors=[DeadLetterInterceptor()],
    )


def history_of(name):
    return WorkflowHistory.from_json(f"replay/{name}", (HISTORIES / f"{name}.json").read_text())


@pytest.mark.parametrize("name", sorted(path.stem for path in HISTORIES.glob("*.json")))
async def test_todays_code_follows_the_recorded_history(name):
    await replayer(*WORKFLOWS).replay_workflow(history_of(name))


def test_every_workflow_has_a_history():
    assert {defined.__name__ for defined in WORKFLOWS} <= {path.stem for path in HISTORIES.glob("*.json")}


@workflow.defn(name="ReindexWorkflow", sandboxed=False)
class Reordered:
    """Reconciles before it builds."""

    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity("reconcile_search_index", start_to_close_timeout=timedelta(hours=1))


async def test_a_changed_order_of_commands_is_noticed():
    with pytest.raises(workflow.NondeterminismError):
        await replayer(Reordered).replay_workflow(history_of("ReindexWorkflow"))


@workflow.defn(name="ReindexWorkflow", sandboxed=False)
class Guarded(ReindexWorkflow):
    """The same change as it is to be made: runs of before do as they did."""

    @workflow.run
    async def run(self) -> ReconcileResult:
        if workflow.patched("reconciles-before-it-builds"):
            await workflow.execute_activity("reconcile_search_index", start_to_close_timeout=timedelta(hours=1))
        return await super().run()


async def test_a_changed_order_that_is_guarded_follows_the_recorded_history():
    await replayer(Guarded).replay_workflow(history_of("ReindexWorkflow"))
