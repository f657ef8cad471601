"""Addresses and aliases, asked of a name server on loopback."""

import socket

import dns.asyncresolver
import dns.message
import pytest
from local_dns import name_server

from quiethire.domain.errors import InvalidInput, Transient
from services.osint import dns as module
from services.osint.dns import DnsAnswer, Resolver

RECORDS = {
    "acme.com": ["A 1.1.1.1", "A 1.0.0.1"],
    "six.acme.com": ["AAAA 2606:4700:4700::1111"],
    "careers.acme.com": ["CNAME Acme.Recruitee.com."],
    "acme.recruitee.com": ["CNAME edge.hosting.net."],
    "edge.hosting.net": ["A 9.9.9.9"],
    "left.acme.com": ["CNAME gone.recruitee.com."],
    "intranet.acme.com": ["A 10.0.0.7", "A 169.254.169.254"],
    "mixed.acme.com": ["A 10.0.0.7", "A 1.1.1.1"],
    "long.acme.com": ["YXDOMAIN"],
    "broken.acme.com": ["SERVFAIL"],
    "silent.acme.com": ["SILENCE"],
    "round.acme.com": ["CNAME about.acme.com."],
    "about.acme.com": ["CNAME round.acme.com."],
    "text.acme.com": ["TXT hello"],
    **{f"c{number}.acme.com": [f"CNAME c{number + 1}.acme.com."] for number in range(11)},
    "c11.acme.com": ["A 1.1.1.1"],
}


@pytest.mark.parametrize("follow", [True, False], ids=["whole-chain", "one-alias-an-answer"])
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("acme.com", DnsAnswer(addresses=("1.1.1.1", "1.0.0.1"))),
        ("ACME.com.", DnsAnswer(addresses=("1.1.1.1", "1.0.0.1"))),
        ("six.acme.com", DnsAnswer(addresses=("2606:4700:4700::1111",))),
        ("careers.acme.com", DnsAnswer(addresses=("9.9.9.9",), aliases=("acme.recruitee.com", "edge.hosting.net"))),
        ("left.acme.com", DnsAnswer(aliases=("gone.recruitee.com",))),
        ("nobody.acme.com", DnsAnswer()),
        ("text.acme.com", DnsAnswer()),
        ("long.acme.com", DnsAnswer()),
        ("intranet.acme.com", DnsAnswer()),
        ("mixed.acme.com", DnsAnswer(addresses=("1.1.1.1",))),
    ],
)
async def test_a_host_has_addresses_and_the_aliases_that_lead_to_them(
    host: str, expected: DnsAnswer, follow: bool
) -> None:
    async with name_server(RECORDS, follow=follow) as server:
        assert await Resolver((server.address,)).ask(host) == expected


@pytest.mark.parametrize("host", ["round.acme.com", "c0.acme.com"])
async def test_aliases_without_end_are_refused(host: str) -> None:
    async with name_server(RECORDS, follow=False) as server:
        with pytest.raises(InvalidInput) as caught:
            await Resolver((server.address,)).ask(host)
    assert (caught.value.kind, caught.value.where) == ("dns_chain", host)
    assert len(server.asked) <= module.MAX_ALIASES + 1


@pytest.mark.parametrize("host", ["broken.acme.com", "silent.acme.com"])
async def test_a_server_that_fails_or_keeps_silent_may_answer_later(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SECONDS", 0.3)
    async with name_server(RECORDS) as server:
        with pytest.raises(Transient) as caught:
            await Resolver((server.address,)).ask(host)
    assert (caught.value.kind, caught.value.where) == ("dns", host)


async def test_whatever_else_goes_wrong_in_the_dns_may_go_well_later(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(*_: object, **__: object) -> None:
        raise dns.message.AnswerForNXDOMAIN

    monkeypatch.setattr(dns.asyncresolver.Resolver, "resolve", resolve)
    with pytest.raises(Transient) as caught:
        await Resolver(("127.0.0.1:9",)).ask("acme.com")
    assert (caught.value.kind, caught.value.where) == ("dns", "acme.com")


async def test_a_second_server_answers_where_the_first_one_cannot() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"127.0.0.1:{closed.getsockname()[1]}"
        async with name_server({"*.acme.com": ["SERVFAIL"]}) as broken, name_server(RECORDS) as server:
            resolver = Resolver((broken.address, server.address, dead))
            assert (await resolver.ask("careers.acme.com")).addresses == ("9.9.9.9",)


async def test_the_host_map_speaks_for_its_domains_and_no_packet_is_sent() -> None:
    hosts = {"acme.com": "127.0.0.1:8099", "*.shop.net": "[::1]:80", "jobs.lever.co": "127.0.0.1:8099"}
    async with name_server(RECORDS) as server:
        resolver = Resolver((server.address,), host_map=hosts)
        assert await resolver.ask("Acme.com") == DnsAnswer(addresses=("127.0.0.1",))
        assert await resolver.ask("careers.acme.com") == DnsAnswer()
        assert await resolver.ask("a.b.shop.net") == DnsAnswer(addresses=("::1",))
        assert await resolver.ask("shop.net") == DnsAnswer()
        assert server.asked == []
        assert (await resolver.ask("edge.hosting.net")).addresses == ("9.9.9.9",)


@pytest.mark.parametrize("host", ["acme.example", "careers.acme.example.", "acme.invalid"])
async def test_nobody_is_asked_for_names_that_are_kept_out_of_the_dns(host: str) -> None:
    async with name_server({"*.example": ["A 1.1.1.1"], "*.invalid": ["A 1.1.1.1"]}) as server:
        assert await Resolver((server.address,)).ask(host) == DnsAnswer()
        assert server.asked == []


@pytest.mark.parametrize("host", ["", "a..b", "x" * 64 + ".com", ".".join(["abcdefgh"] * 40)])
async def test_what_is_no_host_name_is_refused(host: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await Resolver(("127.0.0.1:9",)).ask(host)
    assert caught.value.kind == "invalid_url"


@pytest.mark.parametrize("server", ["dns.example", "1.2.3.4:x", "1.2.3", "[::1:x", ""])
def test_a_name_server_is_given_by_its_address(server: str) -> None:
    with pytest.raises(InvalidInput, match="QUIETHIRE_DNS_SERVERS"):
        Resolver((server,))


def test_servers_may_be_of_either_family_and_on_any_port() -> None:
    Resolver(("9.9.9.9", "9.9.9.9:5353", "2620:fe::fe", "[2620:fe::fe]:5353"))
