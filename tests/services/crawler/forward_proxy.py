"""A forward proxy on loopback that only makes tunnels, all of them to one web server, and notes what it is asked for."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class ForwardProxy:
    """`answer`: what it says to CONNECT; `leads_to`: the port on loopback that its tunnels end at."""

    leads_to: int = 0
    answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n"
    delay: float = 0.0
    password: str = ""
    port: int = 0
    secure: bool = False
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        user = f"ann:{self.password}@" if self.password else ""
        return f"{'https' if self.secure else 'http'}://{user}127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            self.asked.append(head.split("\r\n")[0])
            await asyncio.sleep(self.delay)
            if self.password and "Proxy-Authorization: Basic" not in head:
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\nno!\n")
                return
            writer.write(self.answer)
            await writer.drain()
            if b" 200 " in self.answer.split(b"\r\n")[0]:
                await self._tunnel(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host_reader, host = await asyncio.open_connection("127.0.0.1", self.leads_to)
        self.writers.append(host)
        ways = [asyncio.create_task(_pipe(reader, host)), asyncio.create_task(_pipe(host_reader, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        host.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65_536):
        writer.write(chunk)
        await writer.drain()


@asynccontextmanager
async def running(proxy: ForwardProxy, tls: ssl.SSLContext | None = None) -> AsyncIterator[ForwardProxy]:
    """Serve until the block ends; with `tls`, the way to the proxy is under TLS, too."""
    proxy.secure = tls is not None
    serving: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(proxy.serve(reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in list(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        for writer in proxy.writers:
            writer.transport.abort()  # nothing waits for TLS to say goodbye
        for _ in range(3):
            await asyncio.sleep(0)  # the event loop closes their sockets in its next turns
