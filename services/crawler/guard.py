"""The guard against requests to where a crawler must not go (SSRF).

Every connection of the crawler, the browser's included, asks `Guard.route` where to connect. It looks the host up
once, refuses it unless *every* address is public, and the caller connects to those very addresses: an answer that
changes between check and use (DNS rebinding) changes nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import ada_url

from quiethire.domain.errors import Disallowed, Gone, InvalidInput, Transient

WEB_PORTS = (80, 443)
DNS_TIMEOUT = 5.0
"""Seconds for one lookup."""

Lookup = Callable[[str, int], Awaitable[list[str]]]
"""Host and port → addresses. Raises Gone where the host does not exist, Transient where nobody could say."""

_REFUSED_V4 = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "168.63.129.16/32",  # Azure's host endpoint, inside a public range
        "192.0.0.0/24",  # protocol assignments; Oracle's old metadata address
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/3",  # multicast and reserved
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
"""All of IPv6 that is assigned for global unicast."""
_REFUSED_V6 = tuple(
    ip_network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_NEVER_RESOLVED = ("invalid", "example")
"""Top-level domains that RFC 6761 keeps out of the DNS; asking a resolver for them is pointless."""
_RESOLVERS = ThreadPoolExecutor(16, thread_name_prefix="dns")
"""A pool of their own: a hanging resolver must not starve asyncio's default one."""


@dataclass(frozen=True)
class Route:
    """Where to connect to for a host: checked addresses, in order of preference."""

    addresses: tuple[str, ...]
    port: int


class Guard:
    """Decides which hosts may be connected to, and at which addresses.

    `host_map` (host or `*.suffix` → address:port) is the only way to an address that is not public.
    """

    def __init__(self, host_map: Mapping[str, str], lookup: Lookup | None = None) -> None:
        self._map = {host.lower().rstrip("."): _address(target) for host, target in host_map.items()}
        self._lookup = lookup or system_lookup

    def mapped(self, host: str) -> Route | None:
        """The route of a mapped host, else None. Mapped hosts are spoken to in plain HTTP."""
        host = host.lower().rstrip(".")
        if host in self._map:
            return self._map[host]
        labels = host.split(".")
        wildcards = ("*." + ".".join(labels[cut:]) for cut in range(1, len(labels)))
        return next((self._map[name] for name in wildcards if name in self._map), None)

    def check_url(self, url: ada_url.URL) -> None:
        """Refuse what needs no lookup to be refused: credentials in the URL and ports that are not the web's."""
        if url.username or url.password:
            raise Disallowed("carries credentials", where=url.hostname, kind="credentials")
        port = int(url.port) if url.port else (443 if url.protocol == "https:" else 80)
        if self.mapped(url.hostname) is None:
            _check_port(url.hostname, port)

    async def route(self, host: str, port: int) -> Route:
        """Look up and check. Raises Disallowed, Gone `host_not_found` or Transient `dns`."""
        if mapped := self.mapped(host):
            return mapped
        _check_port(host, port)
        literal = _literal(host)
        addresses = [literal] if literal else await self._resolve(host, port)
        for address in addresses:
            if not is_public(address):
                raise Disallowed(
                    "leads to an address that is not public",
                    where=host,
                    hint="map the host in QUIETHIRE_HOST_MAP if it is a demo or test host",
                    kind="private_address",
                )
        return Route(tuple(addresses), port)

    async def _resolve(self, host: str, port: int) -> list[str]:
        if host.rstrip(".").rpartition(".")[2] in _NEVER_RESOLVED:
            raise _not_found(host)
        try:
            async with asyncio.timeout(DNS_TIMEOUT):
                addresses = await self._lookup(host, port)
        except TimeoutError as error:
            raise Transient(f"name not resolved within {DNS_TIMEOUT:g} s", where=host, kind="dns") from error
        if not addresses:
            raise _not_found(host)
        return addresses


async def system_lookup(host: str, port: int) -> list[str]:
    """The system's resolver."""
    loop = asyncio.get_running_loop()
    try:
        answers = await loop.run_in_executor(
            _RESOLVERS, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        )
    except socket.gaierror as error:
        if error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}:
            raise _not_found(host) from error
        raise Transient("name could not be resolved", where=host, hint="is there a network?", kind="dns") from error
    except UnicodeError as error:
        raise InvalidInput("not a host name", where=host[:200], kind="invalid_url") from error
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in answers))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, whatever form it hides in."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:
            return is_public(str(IPv4Address(int(ip) & 0xFFFF_FFFF)))
        return ip in _GLOBAL_V6 and ip.is_global and not any(ip in network for network in _REFUSED_V6)
    return ip.is_global and not any(ip in network for network in _REFUSED_V4)


def _check_port(host: str, port: int) -> None:
    if port not in WEB_PORTS:
        raise Disallowed(f"port {port} is not the web's", where=host, hint="only 80 and 443 are fetched", kind="port")


def _literal(host: str) -> str | None:
    """The address that a host of a parsed URL spells, else None. The URL parser has made every spelling one."""
    text = host.strip("[]")
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _address(target: str) -> Route:
    host, _, port = target.rpartition(":")
    try:
        return Route((str(ip_address(host.strip("[]"))),), int(port))
    except ValueError as error:
        raise InvalidInput(
            "not address:port", where=target, hint='QUIETHIRE_HOST_MAP takes {"host": "127.0.0.1:8099"}'
        ) from error


def _not_found(host: str) -> Gone:
    return Gone("the host does not exist", where=host, kind="host_not_found")
