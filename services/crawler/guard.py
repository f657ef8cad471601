"""The guard against requests to where a crawler must not go (SSRF).

Every connection of the crawler, the browser's included, asks `Guard.route` where to connect. It looks the host up
once, refuses it unless *every* address is public, and the caller connects to those very addresses: an answer that
changes between check and use (DNS rebinding) changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from quiethire.domain.errors import Disallowed, InvalidInput, Transient
from quiethire.domain.urls import is_kept_out_of_dns
from services.crawler.addresses import own_addresses, why_not_public
from services.crawler.names import SYSTEM, not_found
from services.crawler.steps import step
from services.crawler.target import WebUrl

DNS_TIMEOUT = 5.0
"""Seconds for one lookup."""
MAX_ANSWERS = 64
"""Addresses of one host that are looked at; an answer of more is refused, for none may go unchecked."""

Lookup = Callable[[str, int], Awaitable[list[str]]]
"""Host and port → addresses. Raises Gone where the host does not exist, Transient where nobody could say."""

_INTERNAL = ("localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa")
"""Suffixes of names that mean something on a local network alone (RFC 6761, 6762, 8375, and ICANN's own list)."""
_MAP_HINT = "map the host in QUIETHIRE_HOST_MAP if it is a demo or test host"


@dataclass(frozen=True)
class Route:
    """Where to connect to for a host: checked addresses, in order of preference."""

    addresses: tuple[str, ...]
    port: int


class Guard:
    """Decides which hosts may be connected to, and at which addresses.

    `host_map` (host or `*.suffix` → address:port) is the only way to an address that is not public. `own` are addresses
    of this machine, which are refused though they be public.
    """

    def __init__(
        self,
        host_map: Mapping[str, str],
        lookup: Lookup | None = None,
        *,
        ports: Collection[int] = (80, 443),
        own: Collection[str] | None = None,
    ) -> None:
        self._map = {host.lower().rstrip("."): _address(target) for host, target in host_map.items()}
        self._lookup = lookup or SYSTEM.lookup
        self._ports = frozenset(ports)
        self._own = own_addresses() if own is None else frozenset(own)

    def mapped(self, host: str) -> Route | None:
        """The route of a mapped host, else None. Mapped hosts are spoken to in plain HTTP."""
        host = host.lower().rstrip(".")
        if host in self._map:
            return self._map[host]
        labels = host.split(".")
        wildcards = ("*." + ".".join(labels[cut:]) for cut in range(1, len(labels)))
        return next((self._map[name] for name in wildcards if name in self._map), None)

    def check_url(self, url: WebUrl) -> None:
        """Refuse what needs no lookup to be refused. Raises Disallowed.

        That is credentials in the URL, ports that are not the web's, names of local networks, and addresses that are
        not public.
        """
        host = url.hostname
        if url.username or url.password:
            raise Disallowed(
                "carries credentials", where=host, hint="give the URL without user and password", kind="credentials"
            )
        if self.mapped(host) is None:
            self._check(host, port_of(url))

    async def route(self, host: str, port: int) -> Route:
        """Look up and check. Raises Disallowed, Gone `host_not_found` or Transient `dns`."""
        with step("lookup", host) as facts:
            if mapped := self.mapped(host):
                facts.update(addresses=list(mapped.addresses), mapped=True)
                return mapped
            self._check(host, port)
            literal = _literal(host)
            addresses = [literal] if literal else await self._resolve(host, port)
            facts.update(addresses=addresses, mapped=False)
            for address in addresses:
                self._check_address(host, address)
            return Route(tuple(addresses), port)

    def _check(self, host: str, port: int) -> None:
        """What can be said of a host and port without a lookup."""
        if port not in self._ports:
            allowed = ", ".join(map(str, sorted(self._ports)))
            raise Disallowed(
                f"port {port} is not the web's",
                where=host,
                hint=f"QUIETHIRE_FETCH_PORTS names those that are fetched ({allowed})",
                kind="port",
            )
        if literal := _literal(host):
            self._check_address(host, literal)
        elif ".." in host or host.startswith("."):
            raise InvalidInput("not a host name", where=host, hint="a label is empty", kind="invalid_url")
        elif _is_internal(host):
            raise Disallowed("is a name of a local network", where=host, hint=_MAP_HINT, kind="private_name")

    def _check_address(self, host: str, address: str) -> None:
        what = why_not_public(address)
        if what is None and address in self._own:
            what = "an address of this very machine"
        if what is not None:
            leads = "" if host.strip("[]") == address else f"leads to {address}, "
            raise Disallowed(f"{leads or 'is '}{what}", where=host, hint=_MAP_HINT, kind="private_address")

    async def _resolve(self, host: str, port: int) -> list[str]:
        if is_kept_out_of_dns(host):
            raise not_found(host)
        try:
            async with asyncio.timeout(DNS_TIMEOUT):
                addresses = await self._lookup(host, port)
        except TimeoutError as error:
            raise Transient(
                f"name not resolved within {DNS_TIMEOUT:g} s", where=host, hint="try again later", kind="dns"
            ) from error
        if not addresses:
            raise not_found(host)
        if len(addresses) > MAX_ANSWERS:
            raise Disallowed(f"has more than {MAX_ANSWERS} addresses", where=host, hint=_MAP_HINT, kind="dns_answer")
        return addresses


def port_of(url: WebUrl) -> int:
    """The port of an http(s) URL, spelled out or not."""
    return int(url.port) if url.port else (443 if url.protocol == "https:" else 80)


def _is_internal(host: str) -> bool:
    """Whether a name has a meaning on a local network alone: `metadata`, `printer.local`, `x.localhost.`."""
    name = host.lower().rstrip(".")
    return "." not in name or any(name == suffix or name.endswith(f".{suffix}") for suffix in _INTERNAL)


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
