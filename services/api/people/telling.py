"""What follows where somebody changed what is kept of them.

The change itself stands, whatever becomes of this: a run at night makes up for a lost one, and feeds and notifications may be lost
at any moment.
"""

import logging
from uuid import UUID

from temporalio.service import RPCError

from quiethire.clients import Clients
from quiethire.domain.errors import Transient
from quiethire.domain.notifications import News
from quiethire.telemetry import ERRORS
from services.api.people.match_runs import begin

logger = logging.getLogger(__name__)


async def rematch(clients: Clients, candidate_id: UUID) -> None:
    """Score somebody who changed against all open postings, soon."""
    try:
        await begin(clients, candidate_id)
    except (RPCError, Transient) as error:
        ERRORS.labels(kind="temporal").inc()
        logger.warning("not scored anew before the night: %s", error, extra={"candidate_id": str(candidate_id)})


async def renew_feed(clients: Clients, candidate_id: UUID) -> None:
    """What they said of a match shows in their feed at once."""
    try:
        await clients.cache.drop_feed(candidate_id)
    except Transient as error:
        _note(error, candidate_id)


async def tell(clients: Clients, candidate_id: UUID, news: News) -> None:
    """Tell them, if they listen or come within a week."""
    try:
        await clients.cache.notify(candidate_id, [news])
    except Transient as error:
        _note(error, candidate_id)


def _note(error: Transient, candidate_id: UUID) -> None:
    ERRORS.labels(kind="cache").inc()
    logger.warning("not told: %s", error, extra={"candidate_id": str(candidate_id)})
