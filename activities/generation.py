"""Telling that answers given until now are old."""

import asyncio
import logging
import time
from datetime import timedelta

from quiethire.domain.errors import Transient
from quiethire.domain.ports import Cache
from quiethire.domain.search import INDEX_GENERATION_KEY
from quiethire.telemetry import ERRORS

logger = logging.getLogger(__name__)

GENERATION_TTL = timedelta(days=1)

TOLD_AGAIN_AFTER = 0.5
"""Seconds."""

TOLD_FOR = 900.0
"""Seconds: an answer is kept for a third of that, so that none is left which is older than the change."""

_owed: dict[int, asyncio.Task[None]] = {}
"""By cache: what is still to be told."""


async def new_generation(cache: Cache) -> None:
    """Answers kept before this moment are no longer asked for.

    The cache may be gone at any moment, and may come back with all that it held. So it is told again until it hears.
    """
    try:
        await _tell(cache)
    except Transient as error:
        ERRORS.labels(kind="cache").inc()
        logger.warning("index generation not told, trying again: %s", error)
        key = id(cache)
        if key not in _owed:
            _owed[key] = asyncio.create_task(_tell_again(cache))
            _owed[key].add_done_callback(lambda _: _owed.pop(key, None))


async def _tell(cache: Cache) -> None:
    await cache.set(INDEX_GENERATION_KEY, str(time.time_ns()).encode(), GENERATION_TTL)


async def _tell_again(cache: Cache) -> None:
    until = time.monotonic() + TOLD_FOR
    while time.monotonic() < until:
        await asyncio.sleep(TOLD_AGAIN_AFTER)
        try:
            await _tell(cache)
        except Transient:
            continue  # Told of once already.
        return
