"""TLS: the certificate is checked for the host's name, though the address is pinned; a fault refuses."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from forward_proxy import ForwardProxy, running
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from quiethire.domain.errors import Permanent, Throttled, Transient
from quiethire.domain.urls import parse_url
from services.crawler.exchange import Answer, Deadline, Exchange, Request
from services.crawler.guard import Guard, Route
from services.crawler.politeness import Pace, Politeness
from services.crawler.target import Target
from services.crawler.transport import PinnedTransport
from services.proxy.pool import ProxyPool

PACE = Pace(per_host=1, delay_min=0.0, delay_max=0.0, crawl_delay_max=0.0, lease=60.0)
URL = "https://public.test/a|b?c=%7C"


@dataclass(frozen=True)
class Authority:
    folder: Path

    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.folder / "ca.pem")

    def server(self, name: str, protocols: list[str]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / "key.pem")
        context.set_alpn_protocols(protocols)
        return context


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    """An authority of our own with certificates for public.test: a good one, one that has expired, one not its own."""
    folder = tmp_path_factory.mktemp("tls")
    (folder / "names").write_text("subjectAltName=DNS:public.test,IP:127.0.0.1")
    new = "req -newkey rsa:2048 -nodes -subj /CN=public.test"
    sign = "x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names"
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -subj /CN=authority -keyout ca.key -out ca.pem -days 2",
        f"{new} -keyout key.pem -out request",
        f"{sign} -days 2 -out good.pem",
        f"{sign} -days -1 -out expired.pem",
        "req -x509 -key key.pem -subj /CN=public.test -addext subjectAltName=DNS:public.test -out selfsigned.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    return Authority(folder)


class Server:
    """Speaks HTTP/2 or HTTP/1.1, as was agreed on; answers with the host and path that were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.agreed: list[str | None] = []
        """The protocol of each connection."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tls = writer.get_extra_info("ssl_object")
        self.agreed.append(tls.selected_alpn_protocol() if tls is not None else None)
        try:
            if tls is None:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere")
            else:
                await (self._http2 if tls.selected_alpn_protocol() == "h2" else self._http1)(reader, writer)
        finally:
            writer.close()

    async def _http1(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.split()[1].decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nhalf of it")
        await writer.drain()

    async def _http2(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = H2Connection(H2Configuration(client_side=False))
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        body = b""
        while data := await reader.read(65_536):
            for event in connection.receive_data(data):
                if isinstance(event, RequestReceived):
                    asked = dict(event.headers)
                    body = asked[b":authority"] + asked[b":path"]
                    self.asked.append(body.decode())
                    self._answer(connection, event.stream_id, body)
            writer.write(connection.data_to_send())
            await writer.drain()
            if body.endswith(b"/later"):
                await asyncio.sleep(0.1)  # The head is read by itself.
                connection.send_data(1, b"less than was announced", end_stream=True)
                writer.write(connection.data_to_send())
                await writer.drain()
            if body.endswith(b"/last"):
                return

    @staticmethod
    def _answer(connection: H2Connection, stream: int, body: bytes) -> None:
        fields = [(":status", "200"), ("content-type", "text/plain")]
        if body.endswith(b"/short"):
            connection.send_headers(stream, [*fields, ("content-length", "1000")])
            connection.send_data(stream, body, end_stream=True)
        elif body.endswith(b"/reset"):
            connection.send_headers(stream, fields)
            connection.send_data(stream, body)
            connection.reset_stream(stream)
        elif body.endswith(b"/later"):
            connection.send_headers(stream, [*fields, ("content-length", "1000")])
        elif body.endswith(b"/status"):
            connection.send_headers(stream, [(":status", "2oo"), *fields[1:]], end_stream=True)
        else:
            connection.send_headers(stream, fields)
            connection.send_data(stream, body, end_stream=True)


class Yesterdays(Server):
    """Knows TLS 1.0 and nothing newer: who does not offer that is told so, as RFC 2246 says, and hung up on."""

    offered: bytes = b""
    """The versions that it was offered, two bytes each (RFC 8446, 4.2.1)."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(5)
        hello = await reader.readexactly(int.from_bytes(head[3:]))
        begins = hello.index(b"\x00\x2b\x00") + 5
        self.offered = hello[begins : begins + hello[begins - 1]]
        # An alert of version 3.1: fatal, protocol_version.
        writer.write(bytes((0x15, 3, 1, 0, 2, 2, 70)))
        await writer.drain()
        writer.close()


@dataclass(frozen=True)
class Line:
    exchange: Exchange
    server: Server

    async def send(self, url: str = URL) -> Answer:
        return await self.exchange.send(Request(Target.of(parse_url(url)), url), Deadline(5))


@asynccontextmanager
async def line(
    tls: ssl.SSLContext | None, trusted: ssl.SSLContext | None, behind: Server | None = None
) -> AsyncIterator[Line]:
    """An exchange to whom every host is our server."""
    behind = behind or Server()
    server = await asyncio.start_server(behind.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]

    async def locate(host: str, at: int) -> Route:
        return Route(("127.0.0.1",), port)

    async with server, PinnedTransport(locate, connections=2, tls=trusted) as transport:
        yield Line(Exchange(transport, Guard({}), Politeness(PACE, everywhere=1), "test"), behind)


async def test_tls_and_http2_see_the_host_though_the_address_is_pinned(authority):
    async with line(authority.server("good", ["h2"]), authority.trusted()) as wire:
        assert (await wire.send()).body == b"public.test/a|b?c=%7C"


async def test_http2_is_spoken_where_the_host_knows_it_and_one_connection_serves_many_requests(authority):
    async with line(authority.server("good", ["h2", "http/1.1"]), authority.trusted()) as wire:
        for number in range(5):
            answer = await wire.send(f"https://public.test/{number}")
            assert (answer.status, answer.body) == (200, f"public.test/{number}".encode())
        assert wire.server.agreed == ["h2"]


async def test_an_http2_host_that_hung_up_meanwhile_gets_a_new_connection(authority):
    async with line(authority.server("good", ["h2"]), authority.trusted()) as wire:
        for _ in range(3):
            assert (await wire.send("https://public.test/last")).status == 200
            (connection,) = next(iter(wire.exchange._transport._open.values())).open
            async with asyncio.timeout(10):
                while not connection.ended():  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
        assert len(wire.server.agreed) == 3


@pytest.mark.parametrize(
    ("name", "url", "known"),
    [
        ("selfsigned", URL, True),
        ("expired", URL, True),
        ("good", "https://other.test/", True),
        ("good", "https://www.public.test/", True),
        ("good", URL, False),
    ],
    ids=["self-signed", "expired", "another host's", "the parent's", "unknown authority"],
)
async def test_a_certificate_that_proves_nothing_ends_the_fetch(authority, name, url, known):
    async with line(authority.server(name, ["h2"]), authority.trusted() if known else None) as wire:
        with pytest.raises(Permanent) as caught:
            await wire.send(url)
        assert caught.value.kind == "tls"
        assert wire.server.asked == [], "nothing was sent before the host had shown who it is"


async def test_a_host_that_speaks_tls_1_0_alone_is_refused(authority):
    yesterdays = Yesterdays()
    async with line(None, authority.trusted(), yesterdays) as wire:
        with pytest.raises(Permanent, match="PROTOCOL_VERSION") as caught:
            await wire.send()
    assert caught.value.kind == "tls"
    # 1.3 and 1.2.
    assert yesterdays.offered == bytes((3, 4, 3, 3))


async def test_a_host_that_speaks_no_tls_is_not_spoken_to_without(authority):
    async with line(None, authority.trusted()) as wire:
        with pytest.raises(Permanent) as caught:
            await wire.send()
        assert caught.value.kind == "tls"


async def test_a_body_cut_off_within_tls_is_truncated(authority):
    async with line(authority.server("good", ["http/1.1"]), authority.trusted()) as wire:
        with pytest.raises(Transient) as caught:
            await wire.send()
        assert caught.value.kind == "truncated"


@pytest.mark.parametrize("path", ["short", "reset"])
async def test_an_http2_stream_that_ends_early_is_no_page(authority, path):
    async with line(authority.server("good", ["h2"]), authority.trusted()) as wire:
        with pytest.raises(Transient) as caught:
            await wire.send(f"https://public.test/{path}")
        # A length that was a lie may be noticed before the head is handed over: then it is the connection's fault.
        assert caught.value.kind in ("truncated", "connection")


@pytest.mark.parametrize(("path", "kind"), [("later", "truncated"), ("status", "connection")])
async def test_what_is_no_http2_answer_is_the_hosts_fault(authority, path, kind):
    async with line(authority.server("good", ["h2"]), authority.trusted()) as wire:
        with pytest.raises(Transient) as caught:
            await wire.send(f"https://public.test/{path}")
        assert caught.value.kind == kind


@asynccontextmanager
async def through(
    proxy: ForwardProxy, served: ssl.SSLContext, trusted: ssl.SSLContext, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Line]:
    """An exchange behind a proxy, to which it speaks TLS where `tls` is given; every host is our server there."""
    behind = Server()
    server = await asyncio.start_server(behind.serve, "127.0.0.1", 0, ssl=served)
    proxy.leads_to = server.sockets[0].getsockname()[1]

    async def locate(host: str, at: int) -> Route:
        return Route(("93.184.215.14",), at)

    async with server, running(proxy, tls):
        pool = ProxyPool([proxy.url])
        async with PinnedTransport(locate, connections=2, tls=trusted, proxies=pool) as transport:
            yield Line(Exchange(transport, Guard({}), Politeness(PACE, everywhere=1), "test"), behind)


@pytest.mark.parametrize("protocol", ["h2", "http/1.1"])
@pytest.mark.parametrize("secure", [False, True], ids=["plain proxy", "TLS proxy"])
async def test_behind_a_proxy_tls_is_the_hosts_own(authority, monkeypatch, secure, protocol):
    monkeypatch.setattr("services.crawler.tunnel._tls", authority.trusted)
    proxy = ForwardProxy(password="s3cret")
    tls = authority.server("good", ["http/1.1"]) if secure else None
    async with through(proxy, authority.server("good", [protocol]), authority.trusted(), tls) as wire:
        if protocol == "h2":
            assert (await wire.send()).body == b"public.test/a|b?c=%7C"
        else:
            with pytest.raises(Transient):  # that server gives half an answer
                await wire.send()
            assert wire.server.asked == ["/a|b?c=%7C"]
    assert proxy.asked == ["CONNECT 93.184.215.14:443 HTTP/1.1"]
    assert "public.test" not in "".join(proxy.heads), "the proxy learns no name"


async def test_a_proxy_that_stands_in_for_the_host_is_found_out(authority):
    async with through(ForwardProxy(), authority.server("selfsigned", ["h2"]), authority.trusted()) as wire:
        with pytest.raises(Permanent) as caught:
            await wire.send()
        assert caught.value.kind == "tls"
        assert wire.server.asked == []


async def test_a_tls_proxy_that_is_not_who_it_says_gets_no_password(authority):
    proxy = ForwardProxy(password="s3cret")
    tls = authority.server("good", ["http/1.1"])
    async with through(proxy, authority.server("good", ["h2"]), authority.trusted(), tls) as wire:
        with pytest.raises(Throttled):  # it rests: the system's authorities do not know it
            await wire.send()
    assert proxy.heads == []
