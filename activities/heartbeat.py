"""Heartbeats for long activities: Temporal learns within seconds that a worker died, and can cancel."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from temporalio import activity

HEARTBEAT_SECONDS = 5.0


@asynccontextmanager
async def heartbeating(told: Callable[[], Sequence[object]] = tuple) -> AsyncIterator[None]:
    """Heartbeat every few seconds while the body runs. `told`: what the next try is to know, by `activity.info()`."""

    async def beat() -> None:
        while True:
            activity.heartbeat(*told())
            await asyncio.sleep(HEARTBEAT_SECONDS)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
