"""The guard: where the crawler must never connect to."""

import asyncio
import csv
import json
import ssl
import subprocess
from pathlib import Path

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from quiethire.domain.errors import Disallowed, Gone, InvalidInput, Permanent, QuietHireError, Transient
from quiethire.domain.page import FetchSpec
from quiethire.domain.urls import parse_url
from services.crawler.addresses import is_public
from services.crawler.exchange import Deadline, Exchange, Request
from services.crawler.guard import Guard, Route
from services.crawler.politeness import Pace, Politeness
from services.crawler.transport import PinnedTransport

PACE = Pace(per_host=1, delay_min=0.0, delay_max=0.0, crawl_delay_max=0.0, lease=60.0)

PRIVATE = """127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 192.0.2.1 198.18.0.1
224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 168.63.129.16 192.0.0.192 192.88.99.1
:: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::a00:1 2002:7f00:1::
2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 100::1"""
PUBLIC = "8.8.8.8 100.63.255.254 172.32.0.1 11.0.0.1 2001:4860:4860::8888 2a00:1450:4001:80e::200e 64:ff9b::808:808"


@pytest.mark.parametrize("address", PRIVATE.split())
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_addresses_that_are_public(address):
    assert is_public(address)


def answers(*addresses: str):
    async def lookup(host: str, port: int) -> list[str]:
        return list(addresses)

    return lookup


async def test_one_private_address_among_public_ones_closes_the_host():
    guard = Guard({}, answers("93.184.216.34", "127.0.0.1"))
    with pytest.raises(Disallowed) as caught:
        await guard.route("mixed.test", 443)
    assert caught.value.kind == "private_address"


async def test_a_public_host_is_pinned_to_what_was_looked_up():
    guard = Guard({}, answers("93.184.216.34", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"))
    assert (await guard.route("public.test", 443)).addresses[0] == "93.184.216.34"


async def test_a_name_without_addresses_is_gone():
    with pytest.raises(Gone):
        await Guard({}, answers()).route("empty.test", 80)


async def test_a_slow_resolver_is_a_dns_time_out(monkeypatch):
    monkeypatch.setattr("services.crawler.guard.DNS_TIMEOUT", 0.05)

    async def never(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(Transient) as caught:
        await Guard({}, never).route("slow.test", 80)
    assert caught.value.kind == "dns"


async def test_a_rebinding_name_is_checked_again_for_every_connection(web, crawling, archive):
    seen: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        seen.append(host)
        return ["127.0.0.1"]

    async with crawling(lookup=rebinding) as crawler:
        for _ in range(2):
            with pytest.raises(Disallowed):
                await crawler.fetch(FetchSpec(url="http://rebind.test/"))
    assert seen == ["rebind.test"] * 2
    assert web.received == []


def test_a_map_of_no_addresses_is_refused():
    with pytest.raises(InvalidInput):
        Guard({"northwind.example": "localhost:8099"})


async def test_the_host_map_takes_exact_names_and_suffixes():
    guard = Guard({"northwind.example": "127.0.0.1:1", "*.demo.example": "[::1]:2"})
    assert await guard.route("northwind.example", 443) == Route(("127.0.0.1",), 1)
    assert await guard.route("a.b.demo.example", 443) == Route(("::1",), 2)
    assert guard.mapped("demo.example") is None
    assert guard.mapped("evilnorthwind.example") is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::ffff:7f00:1]/"])
async def test_loopback_is_refused_without_a_map(web, crawling, url):
    async with crawling(host_map={}) as crawler:
        with pytest.raises(Disallowed):
            await crawler.fetch(FetchSpec(url=url.format(port=web.port)))
    assert web.received == []


async def test_every_payload_of_the_corpus_that_is_told_by_its_url(corpus, crawling):
    """What the browser and fake name servers are needed for is tested elsewhere."""
    with (corpus / "ssrf" / "payloads.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if not row[0].startswith("#")]
    blocked = [
        json.loads(row[3]) for row in rows if row[1] in ("v4-literal", "v4-encoding", "v6", "scheme-port", "parser")
    ]
    assert len(blocked) > 60

    async def public(host: str, port: int) -> list[str]:
        # Names that the payloads take for internal ones lead to loopback; the rest is public.
        return ["93.184.216.34"] if host == "example.com" else ["127.0.0.1"]

    passed = []
    async with crawling(lookup=public, host_map={}) as crawler:
        for url in blocked:
            with pytest.raises(QuietHireError) as caught:
                await crawler.fetch(FetchSpec(url=url))
            if not isinstance(caught.value, Disallowed | InvalidInput):
                passed.append((url, caught.value))
    assert passed == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    """A self-signed certificate for public.test, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subject = ["-subj", "/CN=public.test", "-addext", "subjectAltName=DNS:public.test"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, "-keyout", key, "-out", cert]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


async def h2_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers every HTTP/2 request with what it asked for."""
    connection = H2Connection(H2Configuration(client_side=False))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    while data := await reader.read(65_536):
        for event in connection.receive_data(data):
            if isinstance(event, RequestReceived):
                asked = dict(event.headers)
                body = asked[b":authority"] + asked[b":path"]
                connection.send_headers(event.stream_id, [(":status", "200"), ("content-type", "text/plain")])
                connection.send_data(event.stream_id, body, end_stream=True)
        writer.write(connection.data_to_send())
        await writer.drain()
    writer.close()


async def over_tls(certificate, url: str, trusted: ssl.SSLContext | None) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    context.set_alpn_protocols(["h2"])
    server = await asyncio.start_server(h2_server, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]

    async def locate(host: str, at: int) -> Route:
        return Route(("127.0.0.1",), port)

    async with server, PinnedTransport(locate, connections=2, tls=trusted) as transport:
        exchange = Exchange(transport, Guard({}), Politeness(PACE, everywhere=1), "test")
        return (await exchange.send(Request(parse_url(url), url), Deadline(5))).body


async def test_tls_and_http2_see_the_host_though_the_address_is_pinned(certificate):
    trusted = ssl.create_default_context(cafile=certificate[0])
    assert await over_tls(certificate, "https://public.test/a|b?c=%7C", trusted) == b"public.test/a|b?c=%7C"


async def test_a_certificate_nobody_vouches_for_is_a_tls_error(certificate):
    with pytest.raises(Permanent) as caught:
        await over_tls(certificate, "https://public.test/", None)
    assert caught.value.kind == "tls"


async def test_a_certificate_of_another_host_is_a_tls_error(certificate):
    with pytest.raises(Permanent) as caught:
        await over_tls(certificate, "https://other.test/", ssl.create_default_context(cafile=certificate[0]))
    assert caught.value.kind == "tls"
