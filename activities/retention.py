"""How long what was fetched is kept, the facts of crawls, and dead letters."""

from datetime import UTC, datetime, timedelta

from temporalio import activity

from activities.clients import Clients
from activities.heartbeat import heartbeating
from quiethire.domain.cadence import RECENT
from quiethire.domain.dead_letters import KEPT_LETTERS
from quiethire.domain.page import Pruned

KEPT_CRAWLS = timedelta(days=30)
"""Crawls that are younger are kept, and those that say when a board is due, however old."""


class RetentionActivities:
    """`prune_archive`."""

    def __init__(self, clients: Clients) -> None:
        self._archive = clients.archive
        self._boards = clients.boards
        self._letters = clients.dead_letters
        self._settings = clients.settings

    @activity.defn(name="prune_archive")
    async def prune_archive(self) -> Pruned:
        """Drop answers older than the settings keep them, bodies that nothing names, old crawls and dead letters. A second try goes on."""
        async with heartbeating():
            pruned = await self._archive.prune(
                superseded=_before(self._settings.archive_keep_days),
                last=_before(self._settings.archive_keep_last_days),
            )
            now = datetime.now(UTC)
            crawls = await self._boards.prune_crawls(keep=RECENT, before=now - KEPT_CRAWLS)
            letters = await self._letters.prune(now - KEPT_LETTERS)
        return pruned.model_copy(update={"crawls": crawls, "letters": letters})


def _before(days: int) -> datetime | None:
    return datetime.now(UTC) - timedelta(days=days) if days else None
