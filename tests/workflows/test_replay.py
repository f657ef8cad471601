"""A changed order of commands would break runs that are under way: recorded histories are replayed with today's code."""

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from worker import PASSED_THROUGH
from workflows.registry import WORKFLOWS

HISTORIES = Path(__file__).with_name("histories")


def replayer(*workflows, runner=None):
    sandbox = SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )
    return Replayer(workflows=workflows, workflow_runner=runner or sandbox, data_converter=pydantic_data_converter)


def history_of(name):
    return WorkflowHistory.from_json(f"replay/{name}", (HISTORIES / f"{name}.json").read_text())


@pytest.mark.parametrize("defined", WORKFLOWS, ids=lambda defined: defined.__name__)
async def test_todays_code_follows_the_recorded_history(defined):
    await replayer(*WORKFLOWS).replay_workflow(history_of(defined.__name__))


@workflow.defn(name="ReindexWorkflow", sandboxed=False)
class Reordered:
    """Reconciles before it builds."""

    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity("reconcile_search_index", start_to_close_timeout=timedelta(hours=1))


async def test_a_changed_order_of_commands_is_noticed():
    with pytest.raises(workflow.NondeterminismError):
        await replayer(Reordered).replay_workflow(history_of("ReindexWorkflow"))
