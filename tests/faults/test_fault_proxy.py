"""The proxy that stands in front of each store: what it does when it is told to, and that it does nothing else."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from benchmarks.faults.proxy import Faults, Line, fault_proxy

PAGE = bytes(range(256)) * 1_000


@asynccontextmanager
async def echoing():
    """A server that answers each line with itself, and `page` with a long answer; it keeps what it was asked."""
    asked = []

    async def serve(reader, writer):
        try:
            while line := await reader.readline():
                asked.append(line)
                writer.write(PAGE if line == b"page\n" else line)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        async with fault_proxy(host, port) as proxy:
            yield proxy, asked


@asynccontextmanager
async def connected(proxy):
    reader, writer = await asyncio.open_connection(*proxy.address)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def test_without_a_fault_all_bytes_pass_both_ways():
    async with echoing() as (proxy, _), connected(proxy) as (reader, writer):
        writer.write(b"page\n")
        assert await reader.readexactly(len(PAGE)) == PAGE
        writer.write(b"more\n")
        assert await reader.readline() == b"more\n"


async def test_the_end_of_a_request_reaches_the_server_and_its_answer_the_client():
    async with echoing() as (proxy, _), connected(proxy) as (reader, writer):
        writer.write(b"last\n")
        writer.write_eof()
        assert await reader.read() == b"last\n"


async def test_down_refuses_and_resets_and_up_listens_on_the_same_port():
    async with echoing() as (proxy, _):
        port = proxy.address[1]
        async with connected(proxy) as (reader, writer):
            writer.write(b"one\n")
            await reader.readline()
            await proxy.down()
            with pytest.raises(ConnectionResetError):
                await reader.readline()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*proxy.address)
        await proxy.up()
        assert proxy.address[1] == port
        async with connected(proxy) as (reader, writer):
            writer.write(b"two\n")
            assert await reader.readline() == b"two\n"


async def test_a_server_that_is_not_there_is_a_reset():
    async with fault_proxy("127.0.0.1", 1) as proxy, connected(proxy) as (reader, _):
        with pytest.raises(ConnectionResetError):
            await reader.readline()


async def test_held_bytes_pass_once_the_partition_is_over():
    async with echoing() as (proxy, asked), connected(proxy) as (reader, writer):
        proxy.faults = Faults(holds=True)
        writer.write(b"late\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readline(), 0.2)
        assert asked == []
        proxy.faults = Faults()
        assert await reader.readline() == b"late\n"


async def test_a_lost_reply_is_of_a_request_that_the_server_took():
    async with echoing() as (proxy, asked):
        proxy.lose_replies(b"INSERT", 1)
        async with connected(proxy) as (reader, writer):
            writer.write(b"SELECT\n")
            assert await reader.readline() == b"SELECT\n"
            writer.write(b"INSERT\n")
            with pytest.raises(ConnectionResetError):
                await reader.readline()
        async with connected(proxy) as (reader, writer):
            writer.write(b"INSERT\n")
            assert await reader.readline() == b"INSERT\n"
        assert asked == [b"SELECT\n", b"INSERT\n", b"INSERT\n"]
        assert proxy.lost_replies == 1


async def test_of_one_request_the_reply_is_lost_each_time_it_is_asked_again():
    async with echoing() as (proxy, _):
        proxy.lose_replies(b"INSERT", 2, of_one=True)
        for name, is_lost in (("first", True), ("second", False), ("first", True), ("first", False)):
            request = f"POST /{name} INSERT\r\n".encode()
            async with connected(proxy) as (reader, writer):
                writer.write(request)
                if is_lost:
                    with pytest.raises(ConnectionResetError):
                        await reader.readline()
                else:
                    assert await reader.readline() == request
        assert proxy.lost_replies == 2


async def test_an_answer_is_reset_after_so_many_bytes():
    async with echoing() as (proxy, _), connected(proxy) as (reader, writer):
        proxy.faults = Faults(reset_after=1_000)
        writer.write(b"page\n")
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(len(PAGE))


async def test_a_half_closed_connection_ends_the_answer_and_not_the_request():
    async with echoing() as (proxy, asked), connected(proxy) as (reader, writer):
        proxy.faults = Faults(half_close=True)
        writer.write(b"one\n")
        assert await reader.read() == b"one\n"
        writer.write(b"two\n")
        async with asyncio.timeout(30):
            while len(asked) < 2:  # noqa: ASYNC110 - the server of this test has no event for it
                await asyncio.sleep(0.01)


async def test_a_corrupt_answer_has_its_length_and_other_bytes():
    async with echoing() as (proxy, _), connected(proxy) as (reader, writer):
        proxy.faults = Faults(corrupt=True)
        writer.write(b"page\n")
        answer = await reader.readexactly(len(PAGE))
        assert answer != PAGE
        assert sum(ours != theirs for ours, theirs in zip(answer, PAGE, strict=True)) < 100


@pytest.mark.parametrize("faults", [Faults(drip=200), Faults(latency=0.2), Faults(line=Line(300))])
async def test_a_slow_answer_comes_whole(faults):
    async with echoing() as (proxy, _), connected(proxy) as (reader, writer):
        proxy.faults = replace(faults)
        writer.write(b"a line of some forty characters, as it is\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting := asyncio.ensure_future(reader.readline())), 0.1)
        assert await waiting == b"a line of some forty characters, as it is\n"
