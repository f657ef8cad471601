"""How much a process works on at once: further requests wait for a moment, and then are told to come again.

Without this bound, requests that come faster than they are answered pile up until none is answered in time, and the index,
which then seems to be away, is replaced by ClickHouse, which takes longer still.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import Message, Send

from quiethire.domain.errors import Throttled
from quiethire.domain.gate import Endpoint
from quiethire.telemetry.metrics import SHED

PATIENCE = 1.0
"""Seconds that a request waits for its turn: as long as it takes to catch up after the machine, or the index, stood still for a moment."""

MOST_WAITING = 256
"""Requests that wait at once, and that are worked on at once where something hangs."""

SPREAD = 4
"""Those that are refused together are told to come again in 1 to so many seconds, in turns, and not all together."""


class Slots:
    """The requests of one endpoint that a process works on."""

    def __init__(self, endpoint: Endpoint, most: int) -> None:
        self._endpoint = endpoint
        self._most = most
        self._under_way = 0
        self._ended = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._refused = 0

    @asynccontextmanager
    async def taken(self, send: Send) -> AsyncIterator[Send]:
        """Work on one request, until its answer goes out by what this gives: who reads slowly, or not at all, keeps nobody out.

        Raises Throttled where its turn does not come.
        """
        if self._under_way < self._most:
            self._under_way += 1
        else:
            await self._wait()
        is_held = True

        def end() -> None:
            nonlocal is_held
            if is_held:
                is_held = False
                self._ended += 1
                self._pass_on()

        async def answer(message: Message) -> None:
            end()
            await send(message)

        try:
            yield answer
        finally:
            end()

    async def _wait(self) -> None:
        """Wait for a turn.

        Where nothing at all was answered meanwhile, not too many ask, but something hangs, and will time out: that keeps nobody out.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise self._refusal()
        turn, ended = asyncio.get_running_loop().create_future(), self._ended
        self._waiting.append(turn)
        try:
            await asyncio.wait((turn,), timeout=PATIENCE)
        except asyncio.CancelledError:
            if turn.done():
                self._pass_on()
            else:
                self._waiting.remove(turn)
            raise
        if turn.done():
            return
        self._waiting.remove(turn)
        if self._ended != ended or self._under_way >= MOST_WAITING:
            raise self._refusal()
        self._under_way += 1

    def _pass_on(self) -> None:
        """To who came last: who has waited longest has gone soonest, and so some are answered at once where all would be late."""
        if self._waiting and self._under_way <= self._most:
            self._waiting.pop().set_result(None)
        else:
            self._under_way -= 1

    def _refusal(self) -> Throttled:
        self._refused += 1
        SHED.labels(endpoint=self._endpoint.value).inc()
        return Throttled(
            "as many requests are under way as may be",
            retry_after=1 + self._refused % SPREAD,
            where=self._endpoint.value,
            kind="busy",
        )
