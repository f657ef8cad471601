"""A scriptable web server on raw sockets: it can say what no decent HTTP library would let it say."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from quiethire.domain.errors import QuietHireError
from quiethire.domain.page import FetchSpec

HOST = "northwind.example"
PAGE = b"<!doctype html><html><body><h1>Data Engineer</h1><p>Utrecht</p></body></html>"


def http(
    status: int = 200, body: bytes = b"", *headers: str, content_type: str = "text/html", length: int | None = None
):
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {size}", f"Content-Type: {content_type}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


@dataclass
class Received:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Handler = Callable[[Received, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Web:
    """Routes by path (of any host); robots.txt is a 404 unless routed."""

    port: int = 0
    routes: dict[str, bytes | list[bytes] | Handler] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def targets(self) -> list[str]:
        return [request.target for request in self.received if request.target != "/robots.txt"]

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self.serve(reader, writer))
        self.serving.add(task)
        task.add_done_callback(self.serving.discard)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            request = Received(method, target, headers, body)
            self.received.append(request)
            route = self.routes.get(target.partition("?")[0], http(404))
            if isinstance(route, list):
                route = route.pop(0) if len(route) > 1 else route[0]
            if isinstance(route, bytes):
                writer.write(route)
                await writer.drain()
            else:
                await route(request, writer)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()


async def failure(crawling, spec: FetchSpec | str, **settings) -> QuietHireError:
    spec = FetchSpec(url=spec) if isinstance(spec, str) else spec
    async with crawling(**settings) as crawler:
        with pytest.raises(QuietHireError) as caught:
            await crawler.fetch(spec)
    return caught.value
