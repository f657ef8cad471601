"""What is kept of people, kept within bounds."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.people_retention import PeopleRetentionActivities
    from quiethire.domain.candidate import Forgotten
    from workflows.policies import BULK


@workflow.defn
class PeopleRetentionWorkflow:
    """Erase people who stay away, and drop what is older than the settings keep it."""

    @workflow.run
    async def run(self) -> Forgotten:
        """See the class."""
        return await workflow.execute_activity_method(PeopleRetentionActivities.forget_people, **BULK)
