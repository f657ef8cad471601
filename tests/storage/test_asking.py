"""How searches travel to Typesense: over kept connections, and what each failure is called."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from quiethire.domain.errors import Gone, Permanent, QuietHireError, Transient
from quiethire.storage.typesense.asking import Asking

ANSWER = b'{"results":[{"hits":[]}]}'

Answer = Callable[[int], bytes | None]
"""For the so-manieth request: what is answered; None closes the connection instead."""


def http(status: int, body: bytes = ANSWER) -> bytes:
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[tuple[Asking, list[asyncio.StreamWriter]]]:
    connections: list[asyncio.StreamWriter] = []
    asked = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        connections.append(writer)
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            asked += 1
            told = answer(asked)
            if told is None:
                break
            writer.write(told)
        writer.close()

    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    async with await asyncio.start_server(quietly, "127.0.0.1", 0) as listening:
        asking = Asking("http://{}:{}/".format(*listening.sockets[0].getsockname()), "key")
        yield asking, connections
        await asking.aclose()


async def test_one_connection_serves_one_search_after_the_other():
    async with server(lambda _: http(200)) as (asking, connections):
        answers = [await asking.ask([{"q": "chef"}]) for _ in range(5)]
    assert answers == [[{"hits": []}]] * 5
    assert len(connections) == 1


async def test_a_connection_that_was_closed_as_it_was_taken_up_again_costs_one_more_try():
    async with server(lambda asked: None if asked == 2 else http(200)) as (asking, connections):
        for _ in range(2):
            assert await asking.ask([{"q": "chef"}]) == [{"hits": []}]
    assert len(connections) == 2


async def test_a_server_that_closes_each_time_is_out_of_reach():
    async with server(lambda _: None) as (asking, connections):
        with pytest.raises(Transient, match="out of reach"):
            await asking.ask([{"q": "chef"}])
    assert len(connections) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(401), Permanent),
        (http(403), Permanent),
        (http(400, b'{"message":"no"}'), Permanent),
        (http(404), Gone),
        (http(500), Transient),
        (http(503, b'{"message":"Not Ready or Lagging"}'), Transient),
        (http(200, b'{"results":'), Transient),
    ],
)
async def test_each_failure_has_its_kind(answer: bytes, error: type[QuietHireError]):
    async with server(lambda _: answer) as (asking, _):
        with pytest.raises(error) as raised:
            await asking.ask([{"q": "chef"}])
    assert type(raised.value) is error
    assert raised.value.where == "typesense"


async def test_where_nobody_listens_it_is_out_of_reach(unused_port):
    asking = Asking(f"http://127.0.0.1:{unused_port}", "key")
    with pytest.raises(Transient, match="out of reach"):
        await asking.ask([{"q": "chef"}])
    await asking.aclose()
