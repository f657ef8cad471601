"""Connections through a forward proxy: `CONNECT` to an address that we have checked, whatever the scheme.

The proxy gets an address and no name, so that it can be led nowhere that we did not look at. Requests in the plain go
through a tunnel as well: in the form that proxies have for them, they would look the name up once more.
"""

import asyncio
import ssl
import time
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from ipaddress import ip_address
from urllib.parse import unquote

import httpcore

from quiethire.domain.errors import Transient
from quiethire.domain.ports import ForwardProxies
from quiethire.domain.urls import parse_url

TUNNEL_TIMEOUT = 10.0
"""Seconds until a tunnel stands."""
MAX_PROXIES = 3
"""Proxies that are tried for one connection."""
MAX_HEAD = 16_384

_UNREACHED = frozenset({502, 503, 504})
"""What a proxy answers that did not reach the address; it may be down, as it may be the proxy."""
_BROKEN = (httpcore.NetworkError, httpcore.TimeoutException, TimeoutError, OSError)


class _ProxyFailed(Exception):
    """The proxy itself does not work."""


class _Refused(Exception):
    """The proxy works and made no tunnel."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"answered {status}")


async def through_proxy(
    proxies: ForwardProxies, network: httpcore.AsyncNetworkBackend, host: str, addresses: Sequence[str], port: int
) -> tuple[httpcore.AsyncNetworkStream, str]:
    """A connection to one of a host's checked addresses, and the id of the proxy that it goes through.

    Raises Throttled while all proxies rest, Transient `proxy` where several fail in turn or one will not, and
    httpcore's ConnectError where a proxy does not reach the host.
    """
    for _ in range(MAX_PROXIES):
        proxy = proxies.choose(host)
        began = time.monotonic()
        try:
            stream = await _first_tunnel(network, proxy.url.get_secret_value(), addresses, port)
        except _ProxyFailed:
            proxies.report(proxy.id, latency=None)
            continue
        except _Refused as refusal:
            proxies.doubt(proxy.id, host)
            if refusal.status in _UNREACHED:
                raise httpcore.ConnectError(f"not reached through proxy {proxy.id}: {refusal}") from None
            raise Transient(
                f"proxy {proxy.id} answered {refusal.status} instead of connecting",
                where=host,
                hint=f"does it allow CONNECT to port {port}?",
                kind="proxy",
            ) from None
        proxies.report(proxy.id, latency=time.monotonic() - began)
        return stream, proxy.id
    raise Transient(
        f"{MAX_PROXIES} proxies failed in turn", where=host, hint="GET /proxy/stats tells how they do", kind="proxy"
    )


async def _first_tunnel(
    network: httpcore.AsyncNetworkBackend, url: str, addresses: Sequence[str], port: int
) -> httpcore.AsyncNetworkStream:
    refused = _Refused(502)
    for address in addresses:
        try:
            # What went wrong is told by its type alone, and not chained: its text may hold the proxy's password.
            async with asyncio.timeout(TUNNEL_TIMEOUT):
                return await _tunnel(network, url, address, port)
        except _Refused as error:
            refused = error
        except _BROKEN as error:
            raise _ProxyFailed(type(error).__name__) from None
    raise refused


async def _tunnel(
    network: httpcore.AsyncNetworkBackend, url: str, address: str, port: int
) -> httpcore.AsyncNetworkStream:
    proxy = parse_url(url)
    secure = proxy.protocol == "https:"
    stream = await network.connect_tcp(proxy.hostname.strip("[]"), int(proxy.port or (443 if secure else 80)))
    try:
        if secure:
            stream = await stream.start_tls(_tls(), proxy.hostname)
        target = f"[{address}]:{port}" if ip_address(address).version == 6 else f"{address}:{port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        if proxy.username or proxy.password:
            user = f"{unquote(proxy.username)}:{unquote(proxy.password)}"
            lines.append(f"Proxy-Authorization: Basic {b64encode(user.encode()).decode()}")
        await stream.write("\r\n".join([*lines, "", ""]).encode("ascii"))
        _check(await _head(stream))
    except BaseException:
        await stream.aclose()
        raise
    return stream


async def _head(stream: httpcore.AsyncNetworkStream) -> bytes:
    """The head of the proxy's answer. What follows is the body of a refusal: behind a tunnel the host speaks after us."""
    head = b""
    while b"\r\n\r\n" not in head:
        chunk = await stream.read(MAX_HEAD)
        head += chunk
        if not chunk or len(head) > MAX_HEAD:
            raise _ProxyFailed("no answer to CONNECT")
    return head


def _check(answer: bytes) -> None:
    """The status of the answer. Raises _Refused or _ProxyFailed."""
    head, _, rest = answer.partition(b"\r\n\r\n")
    parts = head.split(b"\r\n", 1)[0].split(b" ")
    if len(parts) < 2 or not parts[0].startswith(b"HTTP/1.") or not parts[1].isdigit():
        raise _ProxyFailed("no HTTP")
    status = int(parts[1])
    if status == 407 or (status >= 500 and status not in _UNREACHED):
        raise _ProxyFailed(f"answered {status}")  # It does not take our password, or is broken.
    if not 200 <= status < 300:
        raise _Refused(status)
    if rest:
        raise _ProxyFailed("spoke for the host")


@cache
def _tls() -> ssl.SSLContext:
    """For the way to a proxy: it speaks HTTP/1.1 there."""
    return ssl.create_default_context()
