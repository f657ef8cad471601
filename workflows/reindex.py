"""A new search collection beside the old one, then the alias moves. Search never goes down."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.indexing import Collection, IndexActivities, ReconcileInput, ReconcileResult
    from workflows.policies import RUN_TIMEOUT, WHOLE_INDEX


@workflow.defn
class ReindexWorkflow:
    """Build, catch up, verify the count, swap; then mend what two who wrote at once may have left.

    Writes go to the new collection too from its first moment on, so that none is missing when it takes over.
    """

    @workflow.run
    async def run(self) -> ReconcileResult:
        """See the class."""
        name = f"jobs_{workflow.now():%Y%m%d%H%M%S}"
        # A crawl stamps its rows with its own start, and may have written while the collection was built.
        since = workflow.info().start_time - RUN_TIMEOUT
        built = await workflow.execute_activity_method(
            IndexActivities.build_search_collection, Collection(name=name), **WHOLE_INDEX
        )
        await workflow.execute_activity_method(
            IndexActivities.swap_search_collection, built.model_copy(update={"since": since}), **WHOLE_INDEX
        )
        return await workflow.execute_activity_method(
            IndexActivities.reconcile_search_index, ReconcileInput(since=since), **WHOLE_INDEX
        )
