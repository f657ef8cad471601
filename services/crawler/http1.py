"""HTTP/1.1 on one connection, by h11: one request at a time, and the connection is kept for the next.

httpcore's own class takes locks at each step of a request, and turns of the event loop with them. A connection that is busy
refuses a second request instead: who sends then takes another.
"""

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress

import h11
import httpcore

MAX_HEAD = 100 * 1024
"""Bytes of an answer's head, and of what frames its body."""
_READ = 64 * 1024


class Http1Connection(httpcore.AsyncConnectionInterface):
    """A connection that speaks HTTP/1.1."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, *, kept: float) -> None:
        """`kept`: seconds for which an idle connection may be used again."""
        self._stream = stream
        self._kept = kept
        self._idle_until = float("inf")
        self._busy = False
        self._closed = False
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send, and receive the answer's head. The body is read from the answer, which must be closed."""
        if not self.is_available():
            raise httpcore.ConnectionNotAvailable
        self._busy = True
        try:
            await self._send(request)
            head = await self._head()
        except h11.ProtocolError as error:
            await self.aclose()
            raise httpcore.RemoteProtocolError(str(error)) from error
        except BaseException:
            await self.aclose()
            raise
        return httpcore.Response(head.status_code, headers=list(head.headers), content=_Body(self))

    async def _send(self, request: httpcore.Request) -> None:
        data = self._h11.send(h11.Request(method=request.method, target=request.url.target, headers=request.headers))
        if isinstance(request.stream, Iterable):  # bodies of ours are short, and whole
            for chunk in request.stream:
                data = (data or b"") + (self._h11.send(h11.Data(chunk)) or b"")
        self._h11.send(h11.EndOfMessage())
        # A host may refuse without hearing all: its answer is read all the same.
        with suppress(httpcore.WriteError):
            await self._stream.write(data or b"")

    async def _head(self) -> h11.Response:
        while True:
            event = await self._event()
            if isinstance(event, h11.Response):
                return event

    async def body(self) -> AsyncIterator[bytes]:
        """The body's pieces, as they come. Raises RemoteProtocolError where it ends before its end."""
        try:
            while isinstance(event := await self._event(), h11.Data):
                yield bytes(event.data)
        except h11.ProtocolError as error:
            raise httpcore.RemoteProtocolError(str(error)) from error

    async def _event(self) -> object:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            data = await self._stream.read(_READ)
            if not data and self._h11.their_state is h11.SEND_RESPONSE:
                raise httpcore.RemoteProtocolError("the host hung up without an answer")
            self._h11.receive_data(data)
        return event

    async def answered(self) -> None:
        """Keep the connection if the answer was read to its end, both sides want to, and nothing follows unasked."""
        done = self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE
        silent = self._h11.trailing_data == (b"", False) and not self._stream.get_extra_info("is_readable")
        if done and silent:
            self._h11.start_next_cycle()
            self._busy, self._idle_until = False, time.monotonic() + self._kept
        else:
            await self.aclose()

    async def aclose(self) -> None:
        """Close."""
        self._closed = True
        await self._stream.aclose()

    def is_available(self) -> bool:
        """Whether it can take a request."""
        return not self._busy and not self._closed

    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._busy

    def is_closed(self) -> bool:
        """Whether it is closed on our side."""
        return self._closed

    def has_expired(self) -> bool:
        """Whether it was idle for too long, or the host hung up meanwhile, or speaks unasked."""
        if self._busy:
            return False
        return time.monotonic() > self._idle_until or bool(self._stream.get_extra_info("is_readable"))


class _Body:
    """What `httpcore.Response` wants of a body."""

    def __init__(self, connection: Http1Connection) -> None:
        self._connection = connection
        self._closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._connection.body()

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            await self._connection.answered()
