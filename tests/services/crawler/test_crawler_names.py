"""The system's resolver: what it answers, and that nobody waits for one that does not."""

import asyncio
import socket
import subprocess
import sys
import threading

import pytest

from quiethire.domain.errors import Gone, InvalidInput, Transient
from services.crawler.names import Resolver


@pytest.fixture
def resolver(monkeypatch):
    """The system's answers are those of `said`: addresses, or what is raised."""
    said = {}

    def getaddrinfo(host, port, **_):
        if isinstance(answer := said[host], BaseException):
            raise answer
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    resolver = Resolver(threads=2)
    resolver.said = said
    return resolver


async def test_every_address_is_told_once_in_order(resolver):
    resolver.said |= {f"{n}.test": ["93.184.216.35", f"93.184.216.{n}", "93.184.216.35"] for n in range(20)}
    answers = await asyncio.gather(*(resolver.lookup(f"{n}.test", 443) for n in range(20)))
    assert answers == [["93.184.216.35", f"93.184.216.{n}"] for n in range(20)]


@pytest.mark.parametrize(
    ("raised", "error", "kind"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no"), Gone, "host_not_found"),
        (socket.gaierror(socket.EAI_AGAIN, "later"), Transient, "dns"),
        (UnicodeError("label too long"), InvalidInput, "invalid_url"),
    ],
)
async def test_what_the_system_raises_is_told_in_our_words(resolver, raised, error, kind):
    resolver.said["x.test"] = raised
    with pytest.raises(error) as caught:
        await resolver.lookup("x.test", 443)
    assert caught.value.kind == kind


async def test_a_lookup_that_was_given_up_while_it_waited_is_never_made(monkeypatch):
    asked, release = [], threading.Event()

    def getaddrinfo(host, port, **_):
        asked.append(host)
        release.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    resolver = Resolver(threads=1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await asyncio.gather(resolver.lookup("first.test", 80), resolver.lookup("second.test", 80))
    third = asyncio.ensure_future(resolver.lookup("third.test", 80))
    await asyncio.sleep(0)
    release.set()
    await third
    assert asked == ["first.test", "third.test"]


def test_a_process_ends_though_a_name_server_does_not_answer():
    program = """
import asyncio, socket, time
socket.getaddrinfo = lambda *_, **__: time.sleep(3600)
from services.crawler import guard
guard.DNS_TIMEOUT = 0.1
try:
    asyncio.run(guard.Guard({}).route("slow.test", 443))
except guard.Transient as error:
    print(error.kind)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout == "dns\n"
