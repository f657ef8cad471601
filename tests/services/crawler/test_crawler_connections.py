"""Connections of the crawler: which are kept for the next request, and which are closed."""

import asyncio
from dataclasses import replace

import httpcore
import pytest
from wired_hosts import ANSWER, Hosts, get, request, until, wire

from services.crawler.guard import Route
from services.crawler.http1 import Http1Connection
from services.crawler.transport import PinnedTransport


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
