"""Telling that answers given until now are old."""

import logging
import time
from datetime import timedelta

from quiethire.domain.errors import Transient
from quiethire.domain.ports import Cache
from quiethire.domain.search import INDEX_GENERATION_KEY
from quiethire.telemetry import ERRORS

logger = logging.getLogger(__name__)

GENERATION_TTL = timedelta(days=1)


async def new_generation(cache: Cache) -> None:
    """Answers kept before this moment are no longer asked for."""
    stamp = str(time.time_ns()).encode()
    try:
        await cache.set(INDEX_GENERATION_KEY, stamp, GENERATION_TTL)
    except Transient as error:
        # The cache may be gone at any moment; its answers are gone with it, and live five minutes at most.
        ERRORS.labels(kind="cache").inc()
        logger.warning("index generation not told: %s", error)
