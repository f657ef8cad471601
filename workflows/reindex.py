"""A new search collection beside the old one, then the alias moves. Search never goes down."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.indexing import Collection, IndexActivities, ReconcileInput, ReconcileResult
    from quiethire.domain.base import Model
    from workflows.policies import RUN_TIMEOUT, WHOLE_INDEX


class ReindexInput(Model):
    """Whether the new collection may serve though it holds less than half of what serves now."""

    accept_loss: bool = False


@workflow.defn
class ReindexWorkflow:
    """Build, catch up, verify the count, swap; then mend what two who wrote at once may have left.

    Writes go to the new collection too from its first moment on, so that none is missing when it takes over.
    """

    @workflow.run
    async def run(self, input: ReindexInput | None = None) -> ReconcileResult:
        """See the class."""
        accept_loss = input is not None and input.accept_loss
        name = f"jobs_{workflow.now():%Y%m%d%H%M%S}"
        # A crawl stamps its rows with its own start, and may have written while the collection was built.
        since = workflow.info().start_time - RUN_TIMEOUT
        built = await workflow.execute_activity_method(
            IndexActivities.build_search_collection, Collection(name=name), **WHOLE_INDEX
        )
        await workflow.execute_activity_method(
            IndexActivities.swap_search_collection,
            built.model_copy(update={"since": since, "accept_loss": accept_loss}),
            **WHOLE_INDEX,
        )
        return await workflow.execute_activity_method(
            IndexActivities.reconcile_search_index, ReconcileInput(since=since, accept_loss=accept_loss), **WHOLE_INDEX
        )
