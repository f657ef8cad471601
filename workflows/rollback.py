"""The search index as it was before the last rebuild, brought up to date."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.indexing import IndexActivities, ReconcileInput, ReconcileResult
    from workflows.policies import WHOLE_INDEX


@workflow.defn
class RollbackWorkflow:
    """Serve the former collection at once; then write into it what came since."""

    @workflow.run
    async def run(self) -> ReconcileResult:
        """See the class."""
        served = await workflow.execute_activity_method(IndexActivities.roll_back_search_index, **WHOLE_INDEX)
        return await workflow.execute_activity_method(
            IndexActivities.reconcile_search_index, ReconcileInput(since=served.since), **WHOLE_INDEX
        )
