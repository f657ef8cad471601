"""Which IP addresses are the public internet's, and what the others are.

By lists of our own, from the IANA registries of special-purpose addresses (RFC 6890 and its updates), beside
`ipaddress`, whose notion of "global" differs from version to version of Python.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import psutil

_V4 = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "an address of this very host"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "an address behind a carrier's NAT"),
        ("127.0.0.0/8", "a loopback address"),
        ("168.63.129.16/32", "a cloud's host endpoint, though in a public range"),
        ("169.254.0.0/16", "a link-local address, where clouds keep their metadata"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a protocol's own address"),
        ("192.0.2.0/24", "an address for documentation"),
        ("192.31.196.0/24", "a protocol's own address"),
        ("192.52.193.0/24", "a protocol's own address"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "a private address"),
        ("192.175.48.0/24", "a protocol's own address"),
        ("198.18.0.0/15", "an address for benchmarks"),
        ("198.51.100.0/24", "an address for documentation"),
        ("203.0.113.0/24", "an address for documentation"),
        ("224.0.0.0/4", "a multicast address"),
        ("255.255.255.255/32", "the broadcast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
)
_V6 = tuple(
    (IPv6Network(network), what)
    for network, what in (
        ("::/128", "the unspecified address"),
        ("::1/128", "a loopback address"),
        ("::ffff:0:0/96", "an IPv4 address in disguise (mapped)"),
        ("::ffff:0:0:0/96", "an IPv4 address in disguise (translated)"),
        ("::/96", "an IPv4 address in disguise (compatible)"),
        ("64:ff9b:1::/48", "an IPv4 address in disguise (NAT64 of a local network)"),
        ("100::/64", "an address whose traffic is discarded"),
        ("2001::/32", "an IPv4 address in disguise (Teredo)"),
        ("2001::/23", "a protocol's own address"),
        ("2001:db8::/32", "an address for documentation"),
        ("2002::/16", "an IPv4 address in disguise (6to4)"),
        ("2620:4f:8000::/48", "a protocol's own address"),
        ("3fff::/20", "an address for documentation"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast address"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
"""All of IPv6 that is assigned for global unicast."""
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""The first half of an interface identifier whose second half is an IPv4 address (RFC 5214)."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, whatever form it hides in."""
    return why_not_public(address) is None


def why_not_public(address: str) -> str | None:
    """What an IP address is where it is none of the public internet's, else None."""
    ip = ip_address(address.partition("%")[0])
    return _why_not_v4(ip) if isinstance(ip, IPv4Address) else _why_not_v6(ip)


def _why_not_v4(ip: IPv4Address) -> str | None:
    listed = next((what for network, what in _V4 if ip in network), None)
    return listed or (None if ip.is_global else "a reserved address")


def _why_not_v6(ip: IPv6Address) -> str | None:
    if ip in _NAT64:
        # A network without IPv4 reaches all of IPv4 by these: what counts is the address inside.
        inside = IPv4Address(int(ip) & 0xFFFF_FFFF)
        what = _why_not_v4(inside)
        return what and f"{inside}, {what}, behind NAT64"
    if (int(ip) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return "an IPv4 address in disguise (ISATAP)"
    listed = next((what for network, what in _V6 if ip in network), None)
    return listed or (None if ip in _GLOBAL_V6 and ip.is_global else "a reserved address")


def own_addresses() -> frozenset[str]:
    """The addresses of this machine. A public one among them leads to its own services all the same."""
    found = (entry.address.partition("%")[0] for entries in psutil.net_if_addrs().values() for entry in entries)
    return frozenset(plain for text in found if (plain := _plain(text)) is not None)


def _plain(text: str) -> str | None:
    """An IP address in its one spelling; interfaces have hardware addresses too."""
    try:
        return str(ip_address(text))
    except ValueError:
        return None
