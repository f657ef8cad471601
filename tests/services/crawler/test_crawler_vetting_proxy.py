"""The browser's proxy, spoken to as a browser would, and as no decent browser would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from crawled_web import HOST, http

from services.crawler import vetting_proxy as module
from services.crawler.guard import Guard
from services.crawler.transport import PinnedBackend
from services.crawler.vetting_proxy import vetting_proxy


@asynccontextmanager
async def spoken_to(guard: Guard) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    async with vetting_proxy(guard, PinnedBackend(guard.route)) as address:
        host, _, port = address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            yield reader, writer
        finally:
            writer.close()


async def asked(guard: Guard, request: str) -> bytes:
    async with spoken_to(guard) as (reader, writer):
        writer.write(request.encode("latin-1"))
        return await reader.read()


@pytest.fixture
def guard(web) -> Guard:
    """To whom `*.example` is the local web, and every other name a private address."""

    async def lookup(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.1"]

    return Guard({"*.example": web.address}, lookup)


async def test_a_request_is_forwarded_as_the_host_expects_it(web, guard):
    web.routes["/jobs"] = http(200, b"here")
    head = f"GET http://{HOST}/jobs?a=1 HTTP/1.1\r\nHost: elsewhere.example\r\nProxy-Connection: keep-alive\r\nAccept: */*\r\n\r\n"
    assert (await asked(guard, head)).endswith(b"here")
    [request] = web.received
    assert request.target == "/jobs?a=1"
    assert request.headers["host"] == HOST, "not what the header says: where the connection went"
    assert request.headers["accept"] == "*/*"
    assert "proxy-connection" not in request.headers


async def test_a_body_is_forwarded_with_its_request(web, guard):
    web.routes["/search"] = http(200, b"found")
    answer = await asked(guard, f"POST http://{HOST}/search HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")
    assert answer.endswith(b"found")
    assert web.received[0].body == b"abc"


async def test_what_follows_a_request_is_not_forwarded(web, guard):
    web.routes["/a"] = web.routes["/b"] = http(200, b"found")
    second = f"GET http://{HOST}/b HTTP/1.1\r\n\r\n"
    await asked(guard, f"POST http://{HOST}/a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc{second}")
    assert [(request.target, request.body) for request in web.received] in ([], [("/a", b"abc")])


async def test_interim_answers_are_passed_on_and_never_without_end(web, guard):
    async def interim(request, writer):
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" + http(200, b"here"))

    async def endless(request, writer):
        while True:
            writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            await writer.drain()

    web.routes |= {"/interim": interim, "/endless": endless}
    assert (await asked(guard, f"GET http://{HOST}/interim HTTP/1.1\r\n\r\n")).endswith(b"here")
    assert (await asked(guard, f"GET http://{HOST}/endless HTTP/1.1\r\n\r\n")).count(b" 103 ") == module.MAX_HEADS


async def test_a_tunnel_leads_to_the_checked_address(web, guard):
    web.routes["/socket"] = http(200, b"through")
    async with spoken_to(guard) as (reader, writer):
        writer.write(f"CONNECT {HOST}:80 HTTP/1.1\r\n\r\n".encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        writer.write(b"GET /socket HTTP/1.1\r\n\r\n")
        assert (await reader.read()).endswith(b"through")


REFUSED = {
    "a private address": "GET http://127.0.0.1/ HTTP/1.1\r\n\r\n",
    "a private address in disguise": "GET http://0x7f.1/ HTTP/1.1\r\n\r\n",
    "a tunnel to a private address": "CONNECT [::1]:443 HTTP/1.1\r\n\r\n",
    "a tunnel to metadata": "CONNECT 169.254.169.254:80 HTTP/1.1\r\n\r\n",
    "a local name": "CONNECT vault.internal:443 HTTP/1.1\r\n\r\n",
    "a name of an address inside": "CONNECT mixed.test:443 HTTP/1.1\r\n\r\n",
    "a port": "CONNECT 93.184.216.34:6379 HTTP/1.1\r\n\r\n",
    "credentials": f"GET http://user:secret@{HOST}/ HTTP/1.1\r\n\r\n",
    "credentials in a tunnel": f"CONNECT user@{HOST}:80 HTTP/1.1\r\n\r\n",
    "TLS to a mapped host": f"CONNECT {HOST}:443 HTTP/1.1\r\n\r\n",
    "another scheme": "GET ftp://93.184.216.34/ HTTP/1.1\r\n\r\n",
    "a file": "GET file:///etc/passwd HTTP/1.1\r\n\r\n",
    "no target": "GET / HTTP/1.1\r\n\r\n",
    "no request": "hello\r\n\r\n",
    "a chunked body": f"POST http://{HOST}/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": f"POST http://{HOST}/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "a length that is none": f"POST http://{HOST}/ HTTP/1.1\r\nContent-Length: -1\r\n\r\nx",
    "a huge body": f"POST http://{HOST}/ HTTP/1.1\r\nContent-Length: 99999999\r\n\r\nx",
    "a broken header": f"GET http://{HOST}/ HTTP/1.1\r\nno colon\r\n\r\n",
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_must_not_be_reached_is_refused_and_nobody_is_called(web, guard, name):
    answer = await asked(guard, REFUSED[name])
    assert answer.startswith(b"HTTP/1.1 403")
    assert web.received == []


async def test_an_endless_head_ends_the_connection(web, guard):
    answer = await asked(guard, f"GET http://{HOST}/ HTTP/1.1\r\n" + "A: b\r\n" * 20_000)
    assert answer == b""
    assert web.received == []


async def test_an_endless_answer_is_cut_off(web, guard, monkeypatch):
    monkeypatch.setattr(module, "MAX_CONNECTION_BYTES", 200_000)

    async def endless(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(bytes(65_536))
            await writer.drain()

    web.routes["/"] = endless
    head, _, body = (await asked(guard, f"GET http://{HOST}/ HTTP/1.1\r\n\r\n")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert len(body) == 200_000


async def test_a_silent_connection_is_closed(web, guard, monkeypatch):
    monkeypatch.setattr(module, "HEAD_TIMEOUT", 0.05)
    async with spoken_to(guard) as (reader, _):
        assert await reader.read() == b""


@pytest.mark.parametrize("bounds", [{"IDLE": 0.1}, {"MAX_CONNECTION_SECONDS": 0.1}], ids=["idle", "old"])
async def test_a_tunnel_is_closed_in_a_pause(web, guard, monkeypatch, bounds):
    monkeypatch.setattr(module, "PAUSE", 0.05)
    for name, value in bounds.items():
        monkeypatch.setattr(module, name, value)
    never = asyncio.Event()
    web.routes["/never"] = lambda request, writer: never.wait()
    async with spoken_to(guard) as (reader, writer):
        writer.write(f"CONNECT {HOST}:80 HTTP/1.1\r\n\r\nGET /never HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        assert await asyncio.wait_for(reader.read(), 10) == b""


async def test_a_tunnel_in_which_something_moves_is_not_closed_for_its_age(web, guard, monkeypatch):
    monkeypatch.setattr(module, "MAX_CONNECTION_SECONDS", 0.05)
    monkeypatch.setattr(module, "PAUSE", 0.2)

    async def steady(request, writer):
        for _ in range(20):
            writer.write(b"x" * 1_000)
            await writer.drain()
            await asyncio.sleep(0.02)

    web.routes["/steady"] = steady
    async with spoken_to(guard) as (reader, writer):
        writer.write(f"CONNECT {HOST}:80 HTTP/1.1\r\n\r\nGET /steady HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        assert len(await reader.read()) == 20_000
