"""What exports may take of a process: few are open at once, and one at a time reads and encodes a batch.

Rows are read and encoded in Python, beside the loop but under its lock: many at once would keep every search waiting.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from typing import Annotated, TypeVar, cast

from fastapi import Depends, HTTPException, Request

from services.api.gate.access import CallerDep

OPEN_OF_ONE = 2
"""Exports that one caller may have open in a process."""

OPEN = 8
"""Exports that are open in a process: each holds a batch in memory, and a client may read slowly."""

RETRY_AFTER = 10
"""Seconds."""

T = TypeVar("T")


class Turns:
    """The exports of a process."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._working = asyncio.Semaphore(1)

    @contextmanager
    def opened(self, who: str) -> Iterator[None]:
        """One more export of this caller. Raises HTTPException (429, 503) where there are enough."""
        wait = {"Retry-After": str(RETRY_AFTER)}
        if self._open[who] >= OPEN_OF_ONE:
            raise HTTPException(429, f"You have {OPEN_OF_ONE} exports open. Wait until one is read to its end.", wait)
        if self._open.total() >= OPEN:
            raise HTTPException(503, "As many exports as there may be are open. Try again in a moment.", wait)
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1
            self._open += Counter()  # Drops who has none.

    async def each(self, parts: AsyncGenerator[T]) -> AsyncGenerator[T]:
        """These parts, each made in a turn of its own: who reads slowly keeps nobody waiting."""
        async with aclosing(parts):
            while True:
                async with self._working:
                    try:
                        part = await anext(parts)
                    except StopAsyncIteration:
                        return
                yield part


async def _turns(request: Request, caller: CallerDep) -> AsyncIterator[Turns]:
    """Open until the answer is sent, or given up."""
    turns = cast("Turns", request.app.state.turns)
    with turns.opened(caller.who):
        yield turns


TurnsDep = Annotated[Turns, Depends(_turns)]
