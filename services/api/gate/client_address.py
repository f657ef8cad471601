"""Where a request comes from."""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

_SUBSCRIBER = 64
"""Bits of an IPv6 address that a subscriber is given: the rest are as many addresses as one likes."""

_MOST_HOPS = 20
_WITH_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}|\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?")


class ClientAddresses:
    """Tells a client's address. `X-Forwarded-For` counts as far as it was written by proxies that are trusted."""

    def __init__(self, trusted: Sequence[IPv4Network | IPv6Network]) -> None:
        self._trusted = tuple(trusted)

    def of(self, scope: Scope) -> str:
        """The address whose limits count: an IPv4 address, or the /64 of an IPv6 one."""
        peer = scope["client"][0] if scope.get("client") else ""
        if self._trusted and (not peer or self._trusts(peer)):
            peer = self._forwarded(scope, peer)
        return _counted(peer)

    def _forwarded(self, scope: Scope, peer: str) -> str:
        """From the nearest hop backwards, the first that is no proxy of ours; what is no address ends the search."""
        values = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        hops = [_without_port(hop.strip()) for hop in b",".join(values).decode("latin-1").split(",")]
        for hop in hops[: -_MOST_HOPS - 1 : -1]:
            try:
                ip_address(hop)
            except ValueError:
                break
            peer = hop
            if not self._trusts(hop):
                break
        return peer

    def _trusts(self, address: str) -> bool:
        return _is_within(address, self._trusted)


def _without_port(hop: str) -> str:
    """Some proxies write `192.0.2.1:40000` and `[2001:db8::1]:40000`."""
    with_port = _WITH_PORT.fullmatch(hop)
    return with_port[1] or with_port[2] if with_port else hop


@lru_cache(10_000)
def _is_within(address: str, trusted: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return any((mapped or parsed) in network for network in trusted)


@lru_cache(10_000)
def _counted(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        # A socket of this machine, or a test's client.
        return "local"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed) >> _SUBSCRIBER << _SUBSCRIBER, _SUBSCRIBER)))
