"""TCP and TLS for httpcore's protocols, on asyncio alone.

httpcore's own backend goes through anyio: a cancel scope and several turns of the event loop for every read and write,
half of what a small page costs. A fetch has one deadline over all that it does, so single reads and writes need none.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import httpcore

BUFFERED = 256 * 1024
"""Bytes that a peer may send ahead of who reads them; then it has to wait."""
GOODBYE = 1.0
"""Seconds that a TLS connection has to end in good order."""


class SocketBackend(httpcore.AsyncNetworkBackend):
    """Makes connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> "SocketStream":
        """A TCP connection. Raises ConnectError or ConnectTimeout."""
        loop = asyncio.get_running_loop()
        local = (local_address, 0) if local_address is not None else None
        with _failing_as(httpcore.ConnectError):
            async with _within(timeout, httpcore.ConnectTimeout("no connection in time")):
                transport, inbox = await loop.create_connection(_Inbox, host, port, local_addr=local)
        for option in socket_options or ():
            transport.get_extra_info("socket").setsockopt(*option)
        return SocketStream(inbox)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class SocketStream(httpcore.AsyncNetworkStream):
    """One connection. One reads at a time, and one writes."""

    def __init__(self, inbox: "_Inbox") -> None:
        self._inbox = inbox

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  (httpcore's signature)
        """Some bytes; none at the end. Raises ReadError or ReadTimeout."""
        with _failing_as(httpcore.ReadError):
            if timeout is None:
                return await self._inbox.take(max_bytes)
            async with _within(timeout, httpcore.ReadTimeout("nothing came in time")):
                return await self._inbox.take(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send, and wait while the peer takes nothing. Raises WriteError or WriteTimeout."""
        with _failing_as(httpcore.WriteError):
            if timeout is None:
                await self._inbox.give(buffer)
                return
            async with _within(timeout, httpcore.WriteTimeout("nothing was taken in time")):
                await self._inbox.give(buffer)

    async def aclose(self) -> None:
        """Close at once: whoever closes has all that was asked for, or wants no more."""
        self._inbox.transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> "SocketStream":
        """The same connection under TLS. Raises ConnectError, caused by the SSLError where it is one, or ConnectTimeout."""
        try:
            with _failing_as(httpcore.ConnectError):  # an SSLError is an OSError, no host name is a ValueError
                async with _within(timeout, httpcore.ConnectTimeout("no TLS in time")):
                    await self._inbox.start_tls(ssl_context, server_hostname)
        except BaseException:
            await self.aclose()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  (httpcore's signature)
        """`ssl_object`; of an idle connection `is_readable` (it says more, or has ended) and `has_ended`."""
        if info == "is_readable":
            return self._inbox.waiting
        if info == "has_ended":
            return self._inbox.ended
        return self._inbox.transport.get_extra_info(info)


class _Inbox(asyncio.Protocol):
    """What came and was not read yet."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._came = bytearray()
        self.ended = False
        self._failure: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._reading_paused = False
        self._writing_paused = False

    @property
    def waiting(self) -> bool:
        """Whether a read would not wait."""
        return bool(self._came) or self.ended

    async def take(self, most: int) -> bytes:
        """At most so many bytes, as soon as there are any; none at the end."""
        while not self._came and not self.ended:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        if not self._came:
            if self._failure is not None:
                raise self._failure
            return b""
        taken = bytes(self._came[:most])
        del self._came[:most]
        if self._reading_paused and len(self._came) < BUFFERED:
            self._reading_paused = False
            self.transport.resume_reading()
        return taken

    async def give(self, data: bytes) -> None:
        """Send; returns when there is room for more. To a host that hung up in good order it goes for nothing.

        That is no failure yet: the host may have said all that was wanted, and the next read tells.
        """
        if self._failure is not None:
            raise self._failure
        if self.ended:
            return
        self.transport.write(data)
        while self._writing_paused and not self.ended:
            self._writer = asyncio.get_running_loop().create_future()
            try:
                await self._writer
            finally:
                self._writer = None

    async def start_tls(self, context: ssl.SSLContext, hostname: str | None) -> None:
        """Go on under TLS. What came before is not part of it: nobody may slip an answer in."""
        if self.waiting:
            raise ConnectionAbortedError("the host spoke before TLS, or hung up")
        upgraded = await asyncio.get_running_loop().start_tls(
            self.transport, self, context, server_hostname=hostname, ssl_shutdown_timeout=GOODBYE
        )
        if upgraded is None:
            raise ConnectionResetError("the connection ended amid the handshake")
        self.transport = upgraded

    # --- what asyncio calls ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the way out."""
        self.transport = cast("asyncio.Transport", transport)  # a TCP connection's is one

    def data_received(self, data: bytes) -> None:
        """Keep it, and hold the peer up where nobody reads."""
        self._came += data
        if len(self._came) > BUFFERED and not self._reading_paused:
            self._reading_paused = True
            self.transport.pause_reading()
        _wake(self._reader)

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, good or bad."""
        self.ended, self._failure = True, exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        """The peer takes nothing for now."""
        self._writing_paused = True

    def resume_writing(self) -> None:
        """It goes on."""
        self._writing_paused = False
        _wake(self._writer)


@contextmanager
def _failing_as(kind: type[Exception]) -> Iterator[None]:
    """What sockets raise, in httpcore's words. The kernel's own TimeoutError (ETIMEDOUT) is an OSError like any other."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise kind(str(error)) from error


@asynccontextmanager
async def _within(seconds: float | None, late: Exception) -> AsyncIterator[None]:
    """Raise `late` when the time is used up, and nothing else for it."""
    try:
        async with asyncio.timeout(seconds) as limit:
            yield
    except TimeoutError as error:
        if not limit.expired():
            raise  # the kernel's
        raise late from error


def _wake(waiter: "asyncio.Future[None] | None") -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
