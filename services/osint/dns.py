"""The DNS, as discovery asks it: the addresses of a host and the aliases (CNAME) that lead to them, in one question.

    dns: Dns = Resolver(("9.9.9.9",), host_map={})     # () = the name servers of the system
    answer = await dns.ask("careers.acme.com")
    answer.addresses   # ("203.0.113.7",)              () = no such name, or none that a stranger can reach
    answer.aliases     # ("acme.recruitee.com",)       in the order in which they lead on; () = it is no alias

`ask` raises Transient (`dns`) where no name server answers in time, and InvalidInput for what is no host name
(`invalid_url`) or leads on and on (`dns_chain`). A host of the host map, which demo and tests use, has the mapped
address, and names below it that are not mapped do not exist: the map speaks for its domains, no packet is sent. Nor is
one for names that are kept out of the DNS.
"""

import asyncio
import ipaddress
from collections.abc import Mapping, Sequence
from typing import Protocol

import dns.asyncresolver
import dns.exception
import dns.message
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.urls import is_kept_out_of_dns

MAX_SECONDS = 5.0
"""For one question, with every repetition and every name server."""
TRY_SECONDS = 2.0
"""After so long the next name server is asked, or the same one again."""
MAX_ALIASES = 10
"""Aliases of one host that are followed. More than three are hardly ever seen."""
MAX_ADDRESSES = 64
PORT = 53


class DnsAnswer(Model):
    """What the DNS says of a host."""

    addresses: tuple[str, ...] = ()
    """Public addresses only (and mapped ones): what no stranger can reach is no place for a board."""
    aliases: tuple[str, ...] = ()
    """The names that it is an alias of, one leading to the next, in lower case and without the root's dot."""


class Dns(Protocol):
    """Whoever can be asked."""

    async def ask(self, host: str) -> DnsAnswer:
        """Addresses and aliases of a host; empty where there is none. Raises Transient or InvalidInput."""
        ...


class Resolver:
    """The real one, by dnspython. It may be asked by many at once; it keeps nothing between two questions."""

    def __init__(self, servers: Sequence[str] = (), *, host_map: Mapping[str, str] | None = None) -> None:
        """`servers` are `address[:port]`; `host_map` is host or `*.suffix` → `address:port`, as in the settings.

        Raises InvalidInput for a server that is no address.
        """
        self._servers = [_server(text) for text in servers]
        self._map = {host.lower().rstrip("."): target for host, target in (host_map or {}).items()}
        self._resolver: dns.asyncresolver.Resolver | None = None

    async def ask(self, host: str) -> DnsAnswer:
        """See `Dns`. At most 5 seconds and ten aliases."""
        host = host.lower().rstrip(".")
        if self._is_mapped(host):
            return self._mapped(host)
        name = _name(host)
        if is_kept_out_of_dns(host):
            return DnsAnswer()
        try:
            async with asyncio.timeout(MAX_SECONDS):
                return await self._follow(host, name)
        except (TimeoutError, dns.resolver.LifetimeTimeout) as error:
            raise Transient(f"no answer within {MAX_SECONDS:g} s", where=host, kind="dns") from error
        except (dns.resolver.NoNameservers, dns.resolver.NoResolverConfiguration) as error:
            hint = "is there a network? QUIETHIRE_DNS_SERVERS names other servers"
            raise Transient("no name server could tell", where=host, hint=hint, kind="dns") from error
        except dns.exception.DNSException as error:
            raise Transient(f"no answer that can be read: {error}", where=host, kind="dns") from error

    def _is_mapped(self, host: str) -> bool:
        """Whether the map speaks for a host: for those in it, and for all below them."""
        labels = host.split(".")
        above = (".".join(labels[cut:]) for cut in range(len(labels)))
        return any(name in self._map or f"*.{name}" in self._map for name in above)

    def _mapped(self, host: str) -> DnsAnswer:
        labels = host.split(".")
        names = (host, *("*." + ".".join(labels[cut:]) for cut in range(1, len(labels))))
        target = next((self._map[name] for name in names if name in self._map), None)
        return DnsAnswer(addresses=(target.rpartition(":")[0].strip("[]"),) if target else ())

    async def _follow(self, host: str, name: dns.name.Name) -> DnsAnswer:
        """The addresses, and the aliases on the way. Where a server names an alias alone, that is asked for."""
        passed = [name]
        addresses: tuple[str, ...] = ()
        for kind in ("A", "AAAA"):
            while True:
                asked = passed[-1]
                addresses, aliases = await self._question(asked, kind)
                passed.extend(aliases)
                if len(passed) > MAX_ALIASES + 1 or len(set(passed)) < len(passed):
                    raise InvalidInput("its aliases lead on and on", where=host, kind="dns_chain")
                if addresses or passed[-1] == asked:
                    break
            if addresses:
                break
        return DnsAnswer(addresses=addresses, aliases=tuple(_text(alias) for alias in passed[1:]))

    async def _question(self, name: dns.name.Name, kind: str) -> tuple[tuple[str, ...], list[dns.name.Name]]:
        """One question: public addresses, and the aliases that the same answer names."""
        if self._resolver is None:
            self._resolver = _resolver(self._servers)
        try:
            answer = await self._resolver.resolve(name, kind, raise_on_no_answer=False, search=False)
            chain = answer.chaining_result
        except dns.resolver.NXDOMAIN as error:
            chain = error.response(name).resolve_chaining()  # type: ignore[no-untyped-call]
        except dns.resolver.YXDOMAIN:
            return (), []  # A DNAME above it leads to a name that is too long to be one.
        found = [record.address for record in chain.answer or ()][:MAX_ADDRESSES]
        public = tuple(address for address in found if ipaddress.ip_address(address).is_global)
        return public, [records[0].target for records in chain.cnames]


def _resolver(servers: Sequence[dns.nameserver.Nameserver]) -> dns.asyncresolver.Resolver:
    """One that asks these servers, or those of the system. Raises NoResolverConfiguration where it has none."""
    resolver = dns.asyncresolver.Resolver(configure=not servers)
    if servers:
        resolver.nameservers = list(servers)
    resolver.timeout, resolver.lifetime = TRY_SECONDS, MAX_SECONDS
    return resolver


def _server(text: str) -> dns.nameserver.Nameserver:
    """`192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`."""
    host, _, port = text.rpartition(":") if text.count(":") == 1 or "]:" in text else (text, "", "")
    try:
        address = str(ipaddress.ip_address(host.strip("[]")))
        return dns.nameserver.Do53Nameserver(address, int(port) if port else PORT)
    except ValueError as error:
        raise InvalidInput(
            "no name server's address", where=text[:100], hint="QUIETHIRE_DNS_SERVERS takes address[:port]"
        ) from error


def _name(host: str) -> dns.name.Name:
    reason = InvalidInput(
        "not a host name", where=host[:200], hint="labels have 1 to 63 characters", kind="invalid_url"
    )
    if not host:
        raise reason
    try:
        return dns.name.from_text(host)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise reason from error


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
