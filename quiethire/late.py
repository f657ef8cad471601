"""Clients of servers that are away when a process starts.

A gateway that starts during an outage answers whatever needs nobody who is away, and the rest once they are back: restarted
by whoever runs it, or moved to another machine, it would else make one server's outage its own.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeVar, cast

from quiethire.domain.errors import QuietHireError, Transient

TRIED_EVERY = 5.0
"""Seconds between two tries to reach a server that was away."""

T = TypeVar("T")
Connect = Callable[[], Awaitable[T]]
"""Makes a client. Raises Transient where its server does not answer."""

logger = logging.getLogger(__name__)


class _Late:
    """Stands for a client until there is one: whatever is asked of it raises Transient."""

    def __init__(self, name: str) -> None:
        self.late_name = name
        self.late_client: object | None = None

    def __getattr__(self, name: str) -> object:
        if self.late_client is None:
            detail = "was away when this process started, and is tried every few seconds"
            raise Transient(detail, where=self.late_name, hint="is the server running?")
        return getattr(self.late_client, name)


async def now_or_later(name: str, connect: Connect[T], stack: AsyncExitStack) -> T:
    """A client, or what stands for it until its server answers, which is tried for as long as the stack is open.

    Raises what else `connect` raises: settings that are wrong do not mend themselves.
    """
    try:
        return await connect()
    except Transient as error:
        logger.warning("going on without %s until it answers: %s", name, error, extra={"dependency": name})
    late = _Late(name)
    trying = asyncio.create_task(_reach(late, connect), name=f"reach {name}")
    stack.push_async_callback(_ended, trying)
    return cast("T", late)


async def _reach(late: _Late, connect: Connect[object]) -> None:
    told = ""
    while late.late_client is None:
        await asyncio.sleep(TRIED_EVERY)
        try:
            late.late_client = await connect()
        except Transient:
            continue
        except QuietHireError as error:
            if str(error) != told:
                logger.error("%s refuses: %s", late.late_name, error, extra={"dependency": late.late_name})  # noqa: TRY400 - the words tell it
            told = str(error)
    logger.info("%s was reached", late.late_name, extra={"dependency": late.late_name})


async def _ended(trying: asyncio.Task[None]) -> None:
    trying.cancel()
    await asyncio.gather(trying, return_exceptions=True)
