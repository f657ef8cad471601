"""The forward proxy that all of the browser's traffic goes through.

Playwright's `route()` is no guard: redirects, WebSockets, workers and prefetches pass it by. Here every connection is
looked up, checked and pinned by the same guard as the crawler's own. It listens on 127.0.0.1 only and reaches nothing
that the crawler could not reach itself.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import ada_url
import httpcore

from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.domain.urls import parse_url
from services.crawler.guard import Guard, port_of
from services.crawler.transport import CONNECT_TIMEOUT, PinnedBackend

MAX_HEAD = 65_536
HEAD_TIMEOUT = 15.0
"""Seconds for the head of a request."""
MAX_REQUEST_BODY = 1_000_000
MAX_HEADS = 10
"""Heads of one answer: all but the last are interim ones (1xx)."""
MAX_CONNECTION_BYTES = 30_000_000
"""Bytes that one connection may bring in without a pause."""
MAX_CONNECTION_SECONDS = 60.0
"""Seconds for a request, and the age at which a tunnel is closed in its next pause."""
MAX_TUNNEL_SECONDS = 300.0
"""Seconds for a tunnel in which there is no pause."""
PAUSE = 1.0
"""Seconds without a byte that are a pause: pages of a host follow each other in a tunnel, and none is to be cut off."""
IDLE = 30.0
"""Seconds without a byte after which a tunnel is closed."""
MAX_CONNECTIONS = 256

_CHUNK = 65_536
_NETWORK_ERRORS = (httpcore.NetworkError, httpcore.TimeoutException)
_DROPPED = ("proxy-connection", "proxy-authorization", "connection", "keep-alive", "te", "upgrade")

logger = logging.getLogger(__name__)


@asynccontextmanager
async def vetting_proxy(guard: Guard, backend: PinnedBackend) -> AsyncIterator[str]:
    """Run the proxy, which connects as `backend` does; yields its address as `127.0.0.1:port`."""
    proxy = _Proxy(guard, backend)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=MAX_HEAD)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()


class _Proxy:
    def __init__(self, guard: Guard, backend: PinnedBackend) -> None:
        self._guard = guard
        self._backend = backend
        self._slots = asyncio.Semaphore(MAX_CONNECTIONS)
        self._connections: set[asyncio.Task[None]] = set()

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection. Its task is ours, so that we can cancel it: asyncio logs that as a fault of its own."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with self._slots:
                await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, *_NETWORK_ERRORS):
            pass  # One end went away, sent no request or used up its time: the browser sees a closed connection.
        finally:
            await _close(writer)

    async def close(self) -> None:
        connections = list(self._connections)
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HEAD_TIMEOUT):
            head = await reader.readuntil(b"\r\n\r\n")
        try:
            method, target, fields = _parse_head(head)
            connect = method == "CONNECT"
            url = parse_url(f"https://{target}" if connect else target)
            if connect and self._guard.mapped(url.hostname) and url.port in ("", "443"):
                raise InvalidInput("a mapped host speaks no TLS", where=url.host)
            length = _body_length(fields)
            self._guard.check_url(url)
            upstream = _Upstream(await self._backend.connect_tcp(url.hostname, port_of(url), CONNECT_TIMEOUT))
        except (QuietHireError, *_NETWORK_ERRORS) as error:
            kind = error.kind if isinstance(error, QuietHireError) else "connection"
            logger.info("browser request refused", extra={"kind": kind, "error": str(error)[:300]})
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        try:
            if connect:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                async with asyncio.timeout(MAX_TUNNEL_SECONDS):
                    await _first(
                        _send(reader, upstream, MAX_CONNECTION_BYTES), _receive(upstream, writer), upstream.served()
                    )
            else:
                async with asyncio.timeout(MAX_CONNECTION_SECONDS):
                    await upstream.write(_origin_form(method, url, fields))
                    await _send(reader, upstream, length)
                    await _first(_gone(reader), _one_answer(upstream, writer))
        finally:
            await upstream.close()


class _Upstream:
    """A connection to a host, with what was read of it too early."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._early = b""
        self._began = self._moved = time.monotonic()

    async def read(self, most: int) -> bytes:
        """What comes next; empty at the end."""
        early, self._early = self._early[:most], self._early[most:]
        came = early or await self._stream.read(most)
        self._moved = time.monotonic()
        return came

    async def served(self) -> None:
        """Wait for the pause in which it is to be closed."""
        while True:
            await asyncio.sleep(PAUSE)
            now = time.monotonic()
            idle, age = now - self._moved, now - self._began
            if idle >= IDLE or (idle >= PAUSE and age >= MAX_CONNECTION_SECONDS):
                return

    async def head(self) -> bytes:
        """Up to an empty line."""
        found = b""
        while b"\r\n\r\n" not in found:
            chunk = await self.read(_CHUNK)
            if not chunk or len(found) > MAX_HEAD:
                raise httpcore.ReadError("no head of an answer")
            found += chunk
        head, _, rest = found.partition(b"\r\n\r\n")
        self._early = rest + self._early
        return head

    async def write(self, data: bytes) -> None:
        """Send all of it."""
        self._moved = time.monotonic()
        await self._stream.write(data)

    async def close(self) -> None:
        """End the connection."""
        await self._stream.aclose()


def _parse_head(head: bytes) -> tuple[str, str, list[tuple[str, str]]]:
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    parts = first.split(" ")
    fields = [(name, value.strip()) for name, colon, value in (line.partition(":") for line in lines) if colon]
    if len(parts) != 3 or len(fields) != len(lines):
        raise InvalidInput("no HTTP request")
    return parts[0], parts[1], fields


def _body_length(fields: list[tuple[str, str]]) -> int:
    lengths = [value for name, value in fields if name.lower() == "content-length"]
    chunked = any(name.lower() == "transfer-encoding" for name, _ in fields)
    text = lengths[0] if lengths else "0"
    if chunked or len(lengths) > 1 or not text.isdigit() or int(text) > MAX_REQUEST_BODY:
        raise InvalidInput("a request body that is not forwarded")
    return int(text)


def _origin_form(method: str, url: ada_url.URL, fields: list[tuple[str, str]]) -> bytes:
    """The head as the server gets it. One request per connection: the next may be for another host."""
    kept = [(name, value) for name, value in fields if name.lower() not in (*_DROPPED, "host")]
    lines = [f"{method} {url.pathname}{url.search} HTTP/1.1", f"Host: {url.host}", "Connection: close"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in kept), "", ""]).encode("latin-1")


async def _one_answer(upstream: _Upstream, writer: asyncio.StreamWriter) -> None:
    """Pass an answer on, and say that no further request is taken: many servers keep the connection, and do not say so."""
    for _ in range(MAX_HEADS):
        first, *fields = (await upstream.head()).split(b"\r\n")
        status = first.split(b" ", 2)[1] if b" " in first else b""
        kept = [field for field in fields if field.partition(b":")[0].lower() not in (b"connection", b"keep-alive")]
        writer.write(b"\r\n".join([first, *kept, b"Connection: close", b"", b""]))
        await writer.drain()
        if not status.startswith(b"1"):
            await _receive(upstream, writer)
            return


async def _gone(reader: asyncio.StreamReader) -> None:
    """Wait until the browser has left, or sends what it must not."""
    await reader.read(1)


async def _first(*ways: Coroutine[Any, Any, None]) -> None:
    """Run all until the first is done."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send(reader: asyncio.StreamReader, upstream: _Upstream, limit: int) -> None:
    left = limit
    while left > 0 and (chunk := await reader.read(min(_CHUNK, left))):
        left -= len(chunk)
        await upstream.write(chunk)


async def _receive(upstream: _Upstream, writer: asyncio.StreamWriter) -> None:
    left = MAX_CONNECTION_BYTES
    while left > 0:
        asked = time.monotonic()
        chunk = await upstream.read(min(_CHUNK, left))
        if not chunk:
            return
        if time.monotonic() - asked > PAUSE:
            left = MAX_CONNECTION_BYTES
        left -= len(chunk)
        writer.write(chunk)
        await writer.drain()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
