"""Workflows as tests run them: in the sandbox, which refuses what a replay could not repeat. Workers do without it (docs/adr/0009-temporal.md)."""

import gc
from threading import Lock

from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = ("quiethire", "activities", "services", "pydantic", "ada_url")
"""Modules that are not loaded again for every workflow: they hold no state that a workflow could see."""

_LOADING = Lock()
"""One thread at a time says whether garbage is collected."""


def sandbox(*also: str) -> SandboxedWorkflowRunner:
    """The sandbox, past which these modules go too: of workflows that a test has patched, which would be loaded anew otherwise."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH, *also)
    return _Uncollected(restrictions=restrictions)


class _Uncollected(SandboxedWorkflowRunner):
    """Loads workflows while no garbage is collected.

    Before Python 3.12 an import that a finalizer makes in the middle of another one fails that other one with a `KeyError`
    (python/cpython 91351), and the sandbox imports by that way: whoever left a coroutine unawaited in an earlier test
    failed a later one now and then, with "Failed validating workflow" (temporalio/sdk-python 585).
    """

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        with _LOADING:
            collecting = gc.isenabled()
            gc.disable()
            try:
                return super().create_instance(det)
            finally:
                if collecting:
                    gc.enable()
