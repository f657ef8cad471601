"""A TCP proxy that stands in front of one server and, when told to, behaves as bad networks and dying servers do."""

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CHUNK = 65_536
DRIP_EVERY = 0.05
"""Seconds between two bytes' worth of a dripped answer."""


@dataclass
class Line:
    """A line of so many bytes a second, which all share whose faults name it."""

    bandwidth: float
    _free_at: float = 0.0

    async def carry(self, count: int) -> None:
        """Wait until so many bytes have passed, behind those that came first."""
        now = time.monotonic()
        self._free_at = max(self._free_at, now) + count / self.bandwidth
        await asyncio.sleep(self._free_at - now)


@dataclass(frozen=True)
class Faults:
    """What happens to what passes. As made, nothing does."""

    latency: float = 0.0
    """Seconds that every part of an answer is late."""
    holds: bool = False
    """Connections are taken and nothing passes, either way, until this ends: a partition, or a black hole."""
    line: Line | None = None
    """What passes, either way, passes over this one; None: over one that is never full."""
    drip: int = 0
    """Bytes a second of an answer; 0 = as they come."""
    corrupt: bool = False
    """A byte of every part of an answer is another one."""
    half_close: bool = False
    """After the first part of an answer the server's side ends, as if it had no more to say."""
    reset_after: int | None = None
    """Bytes of answers on one connection after which it is reset."""


@dataclass
class FaultProxy:
    """`faults` may be set at any moment, and holds for the connections that there are too."""

    host: str
    port: int
    faults: Faults = Faults()
    lost_replies: int = 0
    """Replies that were lost, see `lose_replies`."""
    address: tuple[str, int] = ("127.0.0.1", 0)
    """Where it listens; the port is the same for as long as it lives."""
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _pumps: set[asyncio.Task[None]] = field(default_factory=set)
    _marker: bytes = b""
    _to_lose: int = 0
    _of_one: bool = False
    _chosen: bytes = b""

    async def up(self) -> None:
        """Listen, on the same port as before."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, *self.address)
            self.address = self._server.sockets[0].getsockname()[:2]

    async def down(self) -> None:
        """As a server that is stopped: connections are reset, and new ones refused."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()

    def cut(self) -> None:
        """Reset all connections that there are."""
        for writer in list(self._open):
            _reset(writer)

    def lose_replies(self, marker: bytes, times: int, *, of_one: bool = False) -> None:
        """Let the next requests that contain these bytes through, and reset the connection when their answer comes.

        `of_one`: only the first of them and its like, by the request line. That is for a client that asks again by
        itself and names each request: ClickHouse's does, and without it several inserts at once would each lose one
        answer and get the next, and nobody would be told.
        """
        self._marker, self._to_lose, self.lost_replies = marker, times, 0
        self._of_one, self._chosen = of_one, b""

    async def aclose(self) -> None:
        """Stop listening, and end what is under way."""
        await self.down()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, onward = await asyncio.open_connection(self.host, self.port)
        except OSError:
            _reset(writer)
            return
        connection = _Connection(self, reader, writer, there, onward)
        self._open |= {writer, onward}
        pumps = [asyncio.create_task(connection.requests()), asyncio.create_task(connection.answers())]
        self._pumps.update(pumps)
        try:
            await asyncio.wait(pumps)
        finally:
            self._pumps.difference_update(pumps)
            self._open -= {writer, onward}
            for each in (writer, onward):
                each.close()

    def loses(self, line: bytes, part: bytes) -> bool:
        """Whether the reply to the request with this line and this part is to be lost."""
        if not self._to_lose or self._marker not in part or self._chosen not in {b"", line}:
            return False
        self._to_lose -= 1
        self._chosen = line if self._of_one else b""
        return True

    def lost(self) -> None:
        """A reply was lost."""
        self.lost_replies += 1


@dataclass
class _Connection:
    proxy: FaultProxy
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    there: asyncio.StreamReader
    onward: asyncio.StreamWriter
    answered: int = 0
    loses: bool = False

    async def requests(self) -> None:
        """Client to server."""
        line = b""
        with contextlib.suppress(OSError):
            while part := await self.reader.read(CHUNK):
                await self._pass(part)
                if part.startswith(b"POST "):
                    line = part.partition(b"\r\n")[0]
                self.loses = self.loses or self.proxy.loses(line, part)
                self.onward.write(part)
                await self.onward.drain()
            self.onward.write_eof()

    async def answers(self) -> None:
        """Server to client."""
        with contextlib.suppress(OSError):
            while part := await self.there.read(CHUNK):
                await self._pass(part)
                if self.loses:
                    self.proxy.lost()
                    break
                if not await self._answer(part, self.proxy.faults):
                    break
            else:
                self.writer.write_eof()
                return
        _reset(self.writer)
        _reset(self.onward)

    async def _answer(self, part: bytes, faults: Faults) -> bool:
        """Pass a part of an answer on. Whether the connection is to go on."""
        if faults.latency:
            await asyncio.sleep(faults.latency)
        if faults.corrupt:
            middle = len(part) // 2
            part = part[:middle] + bytes([part[middle] ^ 0x55]) + part[middle + 1 :]
        if faults.reset_after is not None:
            part = part[: max(0, faults.reset_after - self.answered)]
        self.answered += len(part)
        await self._write(part, faults.drip)
        if faults.half_close:
            self.writer.write_eof()
            while await self.there.read(CHUNK):
                pass
        return faults.reset_after is None or self.answered < faults.reset_after

    async def _write(self, part: bytes, drip: int) -> None:
        step = max(1, int(drip * DRIP_EVERY)) if drip else len(part)
        for start in range(0, len(part), max(1, step)):
            self.writer.write(part[start : start + step])
            await self.writer.drain()
            if drip:
                await asyncio.sleep(step / drip)

    async def _pass(self, part: bytes) -> None:
        while self.proxy.faults.holds:  # noqa: ASYNC110 - a fault is set by whoever tests, without a word to us
            await asyncio.sleep(0.02)
        if self.proxy.faults.line is not None:
            await self.proxy.faults.line.carry(len(part))


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset, not with a farewell."""
    given: socket.socket | None = writer.get_extra_info("socket")
    if given is not None and given.fileno() != -1:
        given.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def fault_proxy(host: str, port: int) -> AsyncIterator[FaultProxy]:
    """A proxy in front of this address; closed at the end."""
    proxy = FaultProxy(host, port)
    await proxy.up()
    try:
        yield proxy
    finally:
        await proxy.aclose()
