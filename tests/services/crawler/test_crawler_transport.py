"""Connections: kept for the next request, never used where they have ended or say more than was asked."""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import httpcore
import pytest

from services.crawler.guard import Route
from services.crawler.http1 import Http1Connection
from services.crawler.sockets import BUFFERED, SocketBackend, SocketStream, _Inbox
from services.crawler.transport import PinnedTransport

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what no event tells of."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


class Hosts:
    """A server that is every host."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self.connections = 0
        self.open = 0
        self.closed = asyncio.Condition()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self.open -= 1
            async with self.closed:
                self.closed.notify_all()

    async def are_open(self, number: int) -> None:
        async with self.closed, asyncio.timeout(10):
            await self.closed.wait_for(lambda: self.open == number)


@asynccontextmanager
async def wire(serve: Serve, connections: int = 10) -> AsyncIterator[tuple[PinnedTransport, Hosts]]:
    hosts = Hosts(serve)
    server = await asyncio.start_server(hosts, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def locate(host: str, at: int) -> Route:
        return Route(("127.0.0.1",), port)

    async with server, PinnedTransport(locate, connections=connections) as transport:
        yield transport, hosts


def request(host: str = "one.example", body: bytes | None = None) -> httpcore.Request:
    headers = {"Host": host} | ({"Content-Length": str(len(body))} if body is not None else {})
    url = httpcore.URL(scheme="http", host=host, port=None, target="/")
    return httpcore.Request("GET" if body is None else "POST", url, headers=list(headers.items()), content=body)


async def get(transport: PinnedTransport, asked: httpcore.Request | None = None) -> bytes:
    response = await transport.send(asked or request())
    try:
        return b"".join([chunk async for chunk in response.aiter_stream()])
    finally:
        await response.aclose()


async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)


async def test_requests_to_a_host_follow_each_other_on_one_connection():
    async with wire(keep) as (transport, hosts):
        assert [await get(transport) for _ in range(5)] == [b"here"] * 5
        assert hosts.connections == 1


async def test_a_connection_that_is_busy_is_left_alone():
    async with wire(keep) as (transport, hosts):
        first = await transport.send(request())
        assert await get(transport) == b"here"
        assert b"".join([chunk async for chunk in first.aiter_stream()]) == b"here"
        await first.aclose()
        assert [await get(transport) for _ in range(3)] == [b"here"] * 3
        assert hosts.connections == 2


async def test_an_answer_that_was_not_read_to_its_end_ends_its_connection():
    async with wire(keep) as (transport, hosts):
        await (await transport.send(request())).aclose()
        assert await get(transport) == b"here"
        assert hosts.connections == 2


async def test_a_host_that_hung_up_meanwhile_gets_a_new_connection():
    async def once(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)

    async with wire(once) as (transport, _):
        assert await get(transport) == b"here"
        (connection,) = next(iter(transport._open.values())).open
        await until(connection.ended)
        assert await get(transport) == b"here"


async def test_an_answer_nobody_asked_for_is_given_to_nobody():
    """What a host sends ahead would be taken for the answer to the next request."""
    sent = asyncio.Event()

    async def ahead(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER + (b"" if sent.is_set() else b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"))
        await writer.drain()
        sent.set()
        await reader.read()

    async with wire(ahead) as (transport, hosts):
        assert await get(transport) == b"here"
        assert await get(transport) == b"here"
        assert hosts.connections == 2


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\nto the end", b"to the end"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n", b"ok"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ANSWER, b"here"),
    ],
    ids=["until it closes", "closes", "chunked", "after a hint"],
)
async def test_bodies_end_where_their_framing_says(answer, body):
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    async with wire(serve) as (transport, _):
        assert await get(transport) == body


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 O",
        b"220 mail.example ESMTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nhere",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhere",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhere",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nanything",
    ],
    ids=["nothing", "half a line", "no HTTP", "two lengths", "too short", "no last chunk", "endless head", "switched"],
)
async def test_what_is_no_whole_answer_is_an_error(answer):
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    async with wire(serve) as (transport, _):
        with pytest.raises((httpcore.ProtocolError, httpcore.NetworkError)):
            await get(transport)


async def test_a_body_goes_out_and_a_host_that_refuses_it_early_is_heard():
    async def refuse(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")

    async def echo(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(3)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + body)

    async with wire(echo) as (transport, _):
        assert await get(transport, request(body=b"abc")) == b"abc"
    async with wire(refuse) as (transport, _):
        assert await get(transport, request(body=b"abc")) == b"no"


async def test_connections_of_no_more_hosts_are_kept_than_were_allowed():
    async with wire(keep, connections=2) as (transport, hosts):
        for number in range(6):
            assert await get(transport, request(f"h{number}.example")) == b"here"
        await hosts.are_open(2)
    await hosts.are_open(0)


async def test_a_host_that_is_still_connecting_is_not_let_go_of():
    release = asyncio.Event()
    hosts = Hosts(keep)
    server = await asyncio.start_server(hosts, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def locate(host: str, at: int) -> Route:
        if host.startswith("slow"):
            await release.wait()
        return Route(("127.0.0.1",), port)

    async with server:
        async with PinnedTransport(locate, connections=2) as transport:
            slow = asyncio.create_task(get(transport, request("slow.example")))
            for number in range(4):
                assert await get(transport, request(f"h{number}.example")) == b"here"
            release.set()
            assert await slow == b"here"
            made = hosts.connections
            assert await get(transport, request("slow.example")) == b"here"
            assert hosts.connections == made, "its connection is known, and used again"
        await hosts.are_open(0)


async def test_what_connects_while_all_is_closed_is_closed_too():
    release = asyncio.Event()
    hosts = Hosts(keep)
    server = await asyncio.start_server(hosts, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def locate(host: str, at: int) -> Route:
        await release.wait()
        return Route(("127.0.0.1",), port)

    async with server:
        transport = PinnedTransport(locate, connections=2)
        waiting = asyncio.create_task(get(transport))
        await asyncio.sleep(0)
        await transport.aclose()
        release.set()
        with pytest.raises(httpcore.ConnectError, match="closed meanwhile"):
            await waiting
        await until(lambda: hosts.connections == 1)
        await hosts.are_open(0)


class Spent:
    """An HTTP/2 connection that takes no request any more."""

    def __init__(self, busy: bool) -> None:
        self.busy = busy
        self.closed = False

    def is_available(self) -> bool:
        return False

    def is_idle(self) -> bool:
        return not self.busy

    def is_closed(self) -> bool:
        return self.closed

    def has_expired(self) -> bool:
        return False

    async def aclose(self) -> None:
        self.closed = True


async def test_a_connection_that_takes_no_more_requests_is_closed_when_its_last_is_done():
    async with wire(keep) as (transport, hosts):
        assert await get(transport) == b"here"
        (connections,) = transport._open.values()
        kept = connections.open[0]
        busy, done = Spent(busy=True), Spent(busy=False)
        connections.open[:0] = [replace(kept, protocol=busy), replace(kept, protocol=done)]
        assert await get(transport) == b"here"
        assert (busy.closed, done.closed) == (False, True)
        busy.busy = False
        assert await get(transport) == b"here"
        assert busy.closed
        assert hosts.connections == 1


async def test_what_follows_an_answer_at_once_ends_its_connection():
    """Read with the answer or left on the socket: neither is taken for the next one."""
    evil = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    stream = Said([ANSWER + evil, ANSWER])
    connection = Http1Connection(stream, kept=60)
    response = await connection.handle_async_request(request())
    assert b"".join([chunk async for chunk in response.aiter_stream()]) == b"here"
    await response.aclose()
    assert connection.is_closed()

    stream = Said([ANSWER, evil])
    stream.readable = True
    connection = Http1Connection(stream, kept=60)
    response = await connection.handle_async_request(request())
    assert b"".join([chunk async for chunk in response.aiter_stream()]) == b"here"
    await response.aclose()
    assert connection.is_closed()


class Said(httpcore.AsyncNetworkStream):
    """A host that says what it has to say, whatever is asked."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self.readable = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return self.pieces.pop(0)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        pass

    async def aclose(self) -> None:
        pass

    def get_extra_info(self, info: str) -> object:
        return self.readable if info == "is_readable" else None


@pytest.mark.parametrize("seconds", [None, 5.0])
async def test_a_kernel_that_gave_the_peer_up_is_a_failure_of_the_network(seconds):
    """Its ETIMEDOUT comes as Python's TimeoutError, though nobody here set a time."""
    inbox = _Inbox()
    inbox.connection_lost(TimeoutError(errno.ETIMEDOUT, "Connection timed out"))
    stream = SocketStream(inbox)
    with pytest.raises(httpcore.ReadError, match="timed out"):
        await stream.read(10, timeout=seconds)
    with pytest.raises(httpcore.WriteError, match="timed out"):
        await stream.write(b"x", timeout=seconds)


async def test_who_is_cancelled_leaves_no_connection_behind():
    async def silent(reader, writer):
        await reader.read()

    async with wire(silent) as (transport, hosts):
        waiting = asyncio.create_task(get(transport))
        await until(lambda: hosts.connections > 0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await hosts.are_open(0)


async def test_a_host_that_sends_faster_than_it_is_read_has_to_wait():
    whole = 40 * BUFFERED
    sent = 0

    async def flood(reader, writer):
        nonlocal sent
        while sent < whole:
            writer.write(bytes(65_536))
            await writer.drain()
            sent += 65_536
        await reader.read()

    hosts = Hosts(flood)
    server = await asyncio.start_server(hosts, "127.0.0.1", 0)
    async with server:
        stream = await SocketBackend().connect_tcp("127.0.0.1", server.sockets[0].getsockname()[1])
        before = -1
        while sent != before:  # until nothing moves
            before = sent
            for _ in range(100):
                await asyncio.sleep(0.001)
        assert sent < whole
        held = len(stream._inbox._came)
        assert held <= 3 * BUFFERED
        received = 0
        while received < whole:
            received += len(await stream.read(65_536))
        assert received == whole
        await stream.aclose()


async def test_reads_and_writes_keep_to_the_time_they_are_given():
    async def silent(reader, writer):
        await reader.read(1)
        await release.wait()

    release, hosts = asyncio.Event(), Hosts(silent)
    server = await asyncio.start_server(hosts, "127.0.0.1", 0)
    stream = await SocketBackend().connect_tcp("127.0.0.1", server.sockets[0].getsockname()[1], timeout=5)
    with pytest.raises(httpcore.ReadTimeout):
        await stream.read(1, timeout=0.05)
    with pytest.raises(httpcore.WriteTimeout):
        await stream.write(bytes(50_000_000), timeout=0.05)
    await stream.aclose()
    release.set()
    await hosts.are_open(0)
    server.close()


async def test_nobody_slips_an_answer_in_before_tls():
    async def speaks_first(reader, writer):
        writer.write(ANSWER)
        await reader.read()

    hosts = Hosts(speaks_first)
    server = await asyncio.start_server(hosts, "127.0.0.1", 0)
    async with server:
        stream = await SocketBackend().connect_tcp("127.0.0.1", server.sockets[0].getsockname()[1])
        await until(lambda: stream.get_extra_info("is_readable"))
        with pytest.raises(httpcore.ConnectError, match="before TLS"):
            await stream.start_tls(httpcore.default_ssl_context(), "one.example", 5)
        await hosts.are_open(0)


async def test_a_port_that_nobody_listens_on_is_a_connect_error():
    with pytest.raises(httpcore.ConnectError):
        await SocketBackend().connect_tcp("127.0.0.1", 1, timeout=5)
