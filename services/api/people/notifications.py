"""A person's notifications as a stream: what they missed first, then each as it is told.

Who reads too slowly, or whose stream broke with the connection to Redis, is let go: they come again with the id of the last one
that they have, and miss nothing that is kept.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from starlette.exceptions import HTTPException

from quiethire.domain import acting
from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.notifications import (
    Notification,
    Telling,
    notification_of,
    notifications_channel,
    order_of,
)
from services.api.gate.access import Caller

HEARTBEAT = 15.0
"""Seconds of silence after which a sign of life is given: proxies close what is silent for longer. So often is looked, too, whether
the reader's key or session is still good."""
LONGEST = 600.0
"""Seconds of one stream. Its reader comes again, with a key that is still good."""
OPEN_OF_ONE = 8
"""Streams that one person may have open in a process: some tabs, some devices."""
OPEN = 5_000
RETRY_AFTER = 5

SUBPROTOCOL = "quiethire.notifications"
"""Of a WebSocket. Browsers send no key but as another one beside it: `quiethire.key.<key>`."""


class Streams:
    """The streams that are open in this process."""

    def __init__(self) -> None:
        self._open: Counter[UUID] = Counter()

    @contextmanager
    def opened(self, person: UUID) -> Iterator[None]:
        """One more. Raises HTTPException (429, 503) where there are enough."""
        wait = {"Retry-After": str(RETRY_AFTER)}
        if self._open[person] >= OPEN_OF_ONE:
            raise HTTPException(429, f"You have {OPEN_OF_ONE} streams open. Close one first.", wait)
        if self._open.total() >= OPEN:
            raise HTTPException(503, "Too many streams are open here. Try again in a moment.", wait)
        self._open[person] += 1
        try:
            yield
        finally:
            self._open[person] -= 1
            if not self._open[person]:
                del self._open[person]


def last_seen(given: str | None) -> str | None:
    """The id after which somebody wants to read. Raises InvalidInput for what is none."""
    if not given:
        return None
    try:
        order_of(given)
    except ValueError as error:
        raise InvalidInput(
            "is no id of a notification", where="Last-Event-ID", hint="give the last one you got"
        ) from error
    return given


Again = Callable[[], Awaitable[Caller]]
"""Whom the key or session that a stream began with speaks for now. Raises HTTPException where it is good no more."""


async def follow(
    streams: Streams, telling: Telling, person: UUID, after: str | None, again: Again
) -> AsyncGenerator[Notification | None, None]:
    """Notifications as they come; None where there was nothing to tell: at once at the beginning, and as a sign of life.

    Ends after `LONGEST`, with the key or session that it began with, or where something may have been missed. Raises Transient
    before its first item where Redis is away.
    """
    with streams.opened(person):
        async with telling.listen(notifications_channel(person)) as listening:
            missed = [] if after is None else await telling.notified(person, after)
            yield None
            last = after
            for each in missed:
                yield each
                last = each.id
            looked = time.monotonic()
            until = looked + LONGEST
            waiting = asyncio.ensure_future(listening.next())
            try:
                while time.monotonic() < until:
                    done, _ = await asyncio.wait((waiting,), timeout=HEARTBEAT)
                    if not done or time.monotonic() - looked >= HEARTBEAT:
                        if not await _may_read(person, again):
                            return
                        looked = time.monotonic()
                    if not done:
                        yield None
                        continue
                    each = notification_of(waiting.result())
                    waiting = asyncio.ensure_future(listening.next())
                    # What was told between the beginning of listening and the reading of what is kept comes twice.
                    if last is None or order_of(each.id) > order_of(last):
                        last = each.id
                        yield each
            except Transient:
                return  # Something may be missing: the reader comes again.
            finally:
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)


async def _may_read(person: UUID, again: Again) -> bool:
    """Whether a reader still speaks for this person. While the store does not say, they do."""
    try:
        # Whose key it is is not asked for the person.
        with acting.request():
            return (await again()).candidate == person
    except HTTPException:
        return False
    except Transient:
        return True


def as_event(told: Notification | None) -> bytes:
    """A server-sent event (WHATWG HTML, 9.2); a comment where there is nothing to tell."""
    if told is None:
        return b": here\n\n"
    return b"id: %s\ndata: %s\n\n" % (told.id.encode(), told.body)


def as_message(told: Notification | None) -> bytes:
    """A message of a WebSocket: the notification with its id, or a sign of life."""
    if told is None:
        return b'{"type":"alive"}'
    return b'{"id":"%s","notification":%s}' % (told.id.encode(), told.body)
