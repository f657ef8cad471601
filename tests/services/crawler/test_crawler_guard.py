"""The guard: where the crawler must never connect to."""

import asyncio

import httpcore
import pytest

from quiethire.domain.errors import Disallowed, Gone, InvalidInput, Transient
from quiethire.domain.page import FetchSpec
from quiethire.domain.urls import parse_url
from services.crawler.addresses import is_public, own_addresses
from services.crawler.guard import MAX_ANSWERS, Guard, Route
from services.crawler.sockets import SocketBackend

PRIVATE = """127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 192.0.2.1 198.18.0.1
198.19.255.255 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 168.63.129.16 192.0.0.192 192.88.99.1
:: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::a00:1 2002:7f00:1::
2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 100::1
2a00:1450:4001:80e:0:5efe:7f00:1 2001:20::1 3fff::1 5f00::1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 2620:4f:8000::1 192.175.48.1"""
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


NAMES = """localhost LOCALHOST localhost. a.localhost a.b.localhost. metadata metadata.google.internal vault.internal.
printer.local nas.home.arpa router.lan wiki.corp x.intranet localhost.localdomain server.private"""


@pytest.mark.parametrize("name", NAMES.split())
async def test_names_of_a_local_network_are_refused_unasked(name):
    asked = []

    async def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"]

    with pytest.raises(Disallowed) as caught:
        await Guard({}, lookup).route(name, 80)
    assert caught.value.kind == "private_name"
    assert asked == []


@pytest.mark.parametrize(
    "name", ["localhost.northwind.test", "internal.northwind.test", "xn--bcher-kva.test", "local.test."]
)
async def test_names_that_only_sound_local_are_looked_up(name):
    assert (await Guard({}, answers("93.184.216.34")).route(name, 443)).addresses == ("93.184.216.34",)


async def test_an_address_of_this_very_machine_is_refused_though_it_is_public():
    guard = Guard({}, answers("93.184.216.34"), own=["93.184.216.34"])
    with pytest.raises(Disallowed) as caught:
        await guard.route("ourselves.test", 443)
    assert "this very machine" in caught.value.detail
    assert "127.0.0.1" in own_addresses()


async def test_ports_are_those_of_the_web_unless_others_are_named():
    url = "http://93.184.216.34:9000/"
    with pytest.raises(Disallowed) as caught:
        Guard({}).check_url(parse_url(url))
    assert caught.value.kind == "port"
    Guard({}, ports=[9000]).check_url(parse_url(url))
    with pytest.raises(Disallowed):
        Guard({}, ports=[9000]).check_url(parse_url("http://93.184.216.34/"))


async def test_more_addresses_than_can_be_told_close_a_host():
    many = [f"93.184.{number // 250}.{number % 250 + 1}" for number in range(MAX_ANSWERS + 1)]
    with pytest.raises(Disallowed) as caught:
        await Guard({}, answers(*many)).route("many.test", 443)
    assert caught.value.kind == "dns_answer"


async def test_a_url_that_the_guard_refuses_costs_not_even_a_request_for_robots_txt(web, crawling):
    async with crawling() as crawler:
        with pytest.raises(Disallowed) as caught:
            await crawler.fetch(FetchSpec(url="https://user:secret@northwind.example/careers"))
    assert caught.value.kind == "credentials"
    assert "secret" not in str(caught.value)
    assert web.received == []


async def test_a_name_that_changes_its_answer_is_connected_to_where_it_was_checked(web, crawling, monkeypatch):
    """One lookup a connection: what a second one would say is never asked for."""
    sent, asked = [], []

    async def connect(self, host, port, *_):
        sent.append(host)
        raise httpcore.ConnectError("noted")

    async def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    monkeypatch.setattr(SocketBackend, "connect_tcp", connect)
    async with crawling(lookup=lookup, host_map={}) as crawler:
        with pytest.raises(Transient):
            await crawler.fetch(FetchSpec(url="https://changing.test/"))
    assert (sent, asked) == (["93.184.216.34"], ["changing.test"])
