"""A backup, written by the process that owns ClickHouse."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.backing_up import BackupActivities
    from quiethire.domain.backup import BackupInput, BackupReport
    from workflows.policies import BACKUP


@workflow.defn
class BackupWorkflow:
    """Write it. Where ClickHouse is a server of its own, `quiethire backup` does without."""

    @workflow.run
    async def run(self, input: BackupInput) -> BackupReport:
        """See the class."""
        return await workflow.execute_activity_method(BackupActivities.write_backup, input, **BACKUP)
