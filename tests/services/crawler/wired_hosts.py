"""Hosts on loopback whose every byte a test decides."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpcore

from services.crawler.guard import Route
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
