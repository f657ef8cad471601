"""How long what was fetched is kept, and the facts of crawls."""

from datetime import UTC, datetime, timedelta

from temporalio import activity

from activities.clients import Clients
from activities.heartbeat import heartbeating
from quiethire.domain.cadence import RECENT
from quiethire.domain.page import Pruned

KEPT_CRAWLS = timedelta(days=30)
"""Crawls that are younger are kept, and those that say when a board is due, however old."""


class RetentionActivities:
    """`prune_archive`."""

    def __init__(self, clients: Clients) -> None:
        self._archive = clients.archive
        self._boards = clients.boards
        self._settings = clients.settings

    @activity.defn(name="prune_archive")
    async def prune_archive(self) -> Pruned:
        """Drop answers older than the settings keep them, bodies that nothing names, and old crawls. A second try goes on."""
        async with heartbeating():
            pruned = await self._archive.prune(
                superseded=_before(self._settings.archive_keep_days),
                last=_before(self._settings.archive_keep_last_days),
            )
            crawls = await self._boards.prune_crawls(keep=RECENT, before=datetime.now(UTC) - KEPT_CRAWLS)
        return pruned.model_copy(update={"crawls": crawls})


def _before(days: int) -> datetime | None:
    return datetime.now(UTC) - timedelta(days=days) if days else None
