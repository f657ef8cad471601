"""How long people are kept who stay away, and what is kept of those who come."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from temporalio import activity

from activities.clients import Clients
from activities.erasure import erase_person
from activities.heartbeat import heartbeating
from quiethire.domain.alerts import AlertStatus, digest_id
from quiethire.domain.candidate import Forgotten
from quiethire.domain.errors import QuietHireError
from quiethire.domain.journal import Deed, pseudonym_of

AT_ONCE = 1_000
MAX_FAILED_IN_A_ROW = 20
"""Where so many cannot be erased one after the other, it is no matter of one person: a store is away."""

logger = logging.getLogger(__name__)


class PeopleRetentionActivities:
    """`forget_people`."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    @activity.defn(name="forget_people")
    async def forget_people(self) -> Forgotten:
        """Erase people who stay away for longer than the settings say, drop old decisions and keys that ended. A second try goes on.

        One who cannot be erased costs no other; the error is raised in the end.
        """
        clients, now = self._clients, datetime.now(UTC)
        settings = clients.settings
        failed: list[QuietHireError] = []
        async with heartbeating():
            days = settings.person_keep_days
            people = await self._erase_those_away(now, days, failed) if days else 0
            days = settings.decision_keep_days
            decisions = await clients.matches.prune_decisions(now - timedelta(days=days)) if days else 0
            keys = await clients.keys.drop_ended(now)
        if failed:
            raise failed[0]
        return Forgotten(people=people, decisions=decisions, keys=keys)

    async def _erase_those_away(self, now: datetime, days: int, failed: list[QuietHireError]) -> int:
        since, after = now - timedelta(days=days), None
        erased = in_a_row = 0
        while unchanged := await self._clients.candidates.unchanged_since(since, limit=AT_ONCE, after=after):
            for person in await self._away(unchanged, since):
                try:
                    await self._clients.journal.add("retention", Deed.ERASED, pseudonym_of(person), "")
                    await erase_person(self._clients, person)
                except QuietHireError as error:
                    logger.warning("not erased: %s", error, extra={"candidate_id": str(person)})
                    failed.append(error)
                    in_a_row += 1
                    if in_a_row >= MAX_FAILED_IN_A_ROW:
                        raise
                    continue
                logger.info("erased, not here for %d days", days, extra={"candidate_id": str(person)})
                erased, in_a_row = erased + 1, 0
            after = unchanged[-1]
        return erased

    async def _away(self, people: Sequence[UUID], since: datetime) -> list[UUID]:
        """Those of these who have not come back since: by key, by account, or as readers of their daily mail."""
        clients = self._clients
        here = await clients.keys.used_since(people, since) | await clients.accounts.used_since(people, since)
        return [person for person in people if person not in here and not await self._is_told(person)]

    async def _is_told(self, person: UUID) -> bool:
        digest = await self._clients.alerts.get(digest_id(person))
        return digest is not None and digest.status is AlertStatus.ACTIVE
