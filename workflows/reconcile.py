"""ClickHouse and the search index, made equal."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.indexing import IndexActivities, ReconcileInput, ReconcileResult
    from workflows.policies import WHOLE_INDEX


@workflow.defn
class ReconcileWorkflow:
    """Add what the index lacks, remove what it should not have."""

    @workflow.run
    async def run(self, input: ReconcileInput | None = None) -> ReconcileResult:
        """See the class."""
        return await workflow.execute_activity_method(
            IndexActivities.reconcile_search_index, input or ReconcileInput(), **WHOLE_INDEX
        )
