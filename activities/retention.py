"""How long the page archive keeps what was fetched."""

from datetime import UTC, datetime, timedelta

from temporalio import activity

from activities.clients import Clients
from activities.heartbeat import heartbeating
from quiethire.domain.page import Pruned


class RetentionActivities:
    """`prune_archive`."""

    def __init__(self, clients: Clients) -> None:
        self._archive = clients.archive
        self._settings = clients.settings

    @activity.defn(name="prune_archive")
    async def prune_archive(self) -> Pruned:
        """Drop answers older than the settings keep them, and bodies that nothing names. A second try goes on."""
        async with heartbeating():
            return await self._archive.prune(
                superseded=_before(self._settings.archive_keep_days),
                last=_before(self._settings.archive_keep_last_days),
            )


def _before(days: int) -> datetime | None:
    return datetime.now(UTC) - timedelta(days=days) if days else None
