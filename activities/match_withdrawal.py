"""Postings that are no more are nobody's matches, and in nobody's feed."""

import logging
from collections.abc import Collection
from uuid import UUID

from quiethire.domain.errors import Transient
from quiethire.domain.ports import Cache, MatchStore
from quiethire.telemetry import ERRORS

logger = logging.getLogger(__name__)


AT_ONCE = 500
"""Postings whose matches are removed by one statement, and people whose feeds go in one round trip."""


async def withdraw_matches(matches: MatchStore, cache: Cache, job_ids: Collection[UUID]) -> None:
    """Remove the matches of these postings, and the feeds that tell of them: they are made anew when they are asked for."""
    ordered = sorted(job_ids)
    for start in range(0, len(ordered), AT_ONCE):
        whom = sorted(await matches.remove_matches_of(ordered[start : start + AT_ONCE]))
        for first in range(0, len(whom), AT_ONCE):
            people = whom[first : first + AT_ONCE]
            try:
                await cache.drop_feed(*people)
            except Transient as error:
                # They last an hour at most; whoever opens the posting sees that it is closed.
                ERRORS.labels(kind="cache").inc()
                logger.warning("feeds keep what closed: %s", error, extra={"candidates": len(people)})
