"""Where a request comes from."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

_SUBSCRIBER = 64
"""Bits of an IPv6 address that a subscriber is given: the rest are as many addresses as one likes."""

_MOST_HOPS = 20


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
        hops = [hop.strip() for hop in b",".join(values).decode("latin-1").split(",")]
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
