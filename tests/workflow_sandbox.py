"""Workflows as tests run them: in the sandbox, which refuses what a replay could not repeat. Workers do without it (docs/adr/0009-temporal.md)."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = ("quiethire", "activities", "services", "pydantic", "ada_url")
"""Modules that are not loaded again for every workflow: they hold no state that a workflow could see."""


def sandbox(*also: str) -> SandboxedWorkflowRunner:
    """The sandbox, past which these modules go too: of workflows that a test has patched, which would be loaded anew otherwise."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH, *also)
    return SandboxedWorkflowRunner(restrictions=restrictions)
