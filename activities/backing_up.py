"""A backup written by the platform itself, where no other process may open ClickHouse."""

from temporalio import activity

from activities.clients import Clients
from activities.heartbeat import heartbeating
from quiethire.domain.backup import BackupInput, BackupReport
from quiethire.storage.backup import stoppable, write_backup


class BackupActivities:
    """`write_backup`."""

    def __init__(self, clients: Clients) -> None:
        self._settings = clients.settings

    @activity.defn(name="write_backup")
    async def write_backup(self, input: BackupInput) -> BackupReport:
        """Write a backup on this machine. A second try begins anew; its heartbeats say what it is at, and how much of it is done."""
        at = ("", 0)

        def tell(part: str, done: int) -> None:
            nonlocal at
            at = (part, done)

        async with heartbeating(lambda: at):
            return await stoppable(lambda tell: write_backup(self._settings, input, tell), tell)
