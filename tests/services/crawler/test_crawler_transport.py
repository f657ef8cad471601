"""What comes over a connection: bodies end where their framing says, and whatever is no whole answer is an error."""

import asyncio
import errno

import httpcore
import pytest
from wired_hosts import ANSWER, Hosts, get, request, until, wire

from services.crawler.sockets import BUFFERED, SocketBackend, SocketStream, _Inbox


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
