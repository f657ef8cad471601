"""The states of hosts that all workers share, and what becomes of them while Redis is out of reach.

Then this process goes by what it knows itself. When Redis is back it hears all of that first, rests above all: the other
workers may never have lost it, and know nothing of what a host told this one.
"""

import asyncio
import logging
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from quiethire.domain.errors import QuietHireError
from quiethire.domain.hosts import HostRefusal, HostStates, Turn
from quiethire.telemetry import ERRORS
from services.crawler.own_hosts import OwnHosts

SHARED_RETRY = 5.0
"""Seconds until Redis is tried again after it was out of reach."""

logger = logging.getLogger(__name__)

_Result = TypeVar("_Result")
_ending: set[asyncio.Task[Any]] = set()


async def to_its_end(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Do what must be done though who waits for it is cancelled meanwhile."""
    task = asyncio.create_task(work)
    _ending.add(task)
    task.add_done_callback(_ending.discard)
    return await asyncio.shield(task)


class SharedHosts:
    """A `HostStates` that may be out of reach: it lets everybody in then."""

    def __init__(self, states: HostStates, own: OwnHosts) -> None:
        """`own`: what this process knows."""
        self._states = states
        self._own = own
        self._again = 0.0
        """When Redis may be tried again, on the monotonic clock."""
        self._missed = False
        """Whether it has to hear what we know."""
        self._telling = asyncio.Lock()
        self._asked: set[str] = set()
        """Tokens of visits that it was asked to let in: whether it did may be unknown."""
        self._unended: set[tuple[str, str]] = set()
        """Hosts and tokens of visits that ended, of which it has not heard that."""

    async def enter(self, host: str, token: str, *, slots: int, lease: float, pause: float) -> Turn:
        """Its word. What it says of a rest is remembered."""
        if not await self.in_reach():
            return Turn(granted=True)
        self._asked.add(token)
        try:
            turn = await self._states.enter(host, token, slots=slots, lease=lease, pause=pause)
        except QuietHireError as error:
            self._lost(error)
            return Turn(granted=True)
        except BaseException:
            # Nobody knows whether we were let in: the host would be closed to everybody until the lease ends.
            await to_its_end(self.withdraw(host, token))
            raise
        if self._again:
            self._again = 0.0
            logger.info("the shared state of hosts is back")
        if not turn.granted:
            self._asked.discard(token)
        if turn.rest is not None:
            await self._own.hold(host, turn)
        return turn

    async def leave(self, host: str, token: str, *, delay: float, refusal: HostRefusal | None) -> float:
        """Tell that a visit ended; the seconds that the host rests by its word."""
        asked = token in self._asked
        self._asked.discard(token)
        if await self.in_reach():
            try:
                return await self._states.leave(host, token, delay=delay, refusal=refusal)
            except QuietHireError as error:
                self._lost(error)
        if asked:
            self._unended.add((host, token))
        return 0.0

    async def hold(self, host: str, turn: Turn) -> None:
        """Tell what keeps everybody from a host; our own state has to know it too, for when this goes wrong."""
        if await self.in_reach():
            try:
                await self._states.hold(host, turn)
            except QuietHireError as error:
                self._lost(error)

    async def withdraw(self, host: str, token: str) -> None:
        """Give back what was perhaps given to us."""
        self._asked.discard(token)
        try:
            await self._states.withdraw(host, token)
        except QuietHireError as error:
            self._lost(error)
            self._unended.add((host, token))

    async def in_reach(self) -> bool:
        """Whether it may be asked. If it was out of reach, it first hears what it missed."""
        if time.monotonic() < self._again:
            return False
        if self._missed:
            async with self._telling:
                await self._tell()
        return time.monotonic() >= self._again

    async def _tell(self) -> None:
        if not self._missed or time.monotonic() < self._again:
            return  # Somebody else has told it, or lost it again.
        self._missed = False
        try:
            for host, turn in self._own.holding():
                await self._states.hold(host, turn)
            for host, token in list(self._unended):
                await self._states.withdraw(host, token)
                self._unended.discard((host, token))
        except QuietHireError as error:
            self._lost(error)
        except BaseException:
            self._missed = True
            raise

    def _lost(self, error: QuietHireError) -> None:
        ERRORS.labels("host_states").inc()
        if not self._again:
            logger.warning("hosts are paced by this process alone for now: %s", error, extra={"kind": error.kind})
        self._again = time.monotonic() + SHARED_RETRY
        self._missed = True
