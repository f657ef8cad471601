"""The page archive, kept within bounds."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.retention import RetentionActivities
    from quiethire.domain.page import Pruned
    from workflows.policies import BULK


@workflow.defn
class RetentionWorkflow:
    """Drop pages that are older than the settings keep them."""

    @workflow.run
    async def run(self) -> Pruned:
        """See the class."""
        return await workflow.execute_activity_method(RetentionActivities.prune_archive, **BULK)
