"""An httpx transport whose every connection goes where the guard says."""

import ssl
from collections.abc import Awaitable, Callable, Iterable

import httpcore
import httpx

from services.crawler.guard import Route

Locate = Callable[[str, int], Awaitable[Route]]
"""Host and port → where to connect; raises what must end the request."""

CONNECT_TIMEOUT = 10.0
"""Seconds for one attempt to connect, and for TLS."""
MAX_ADDRESSES = 3
"""How many addresses of a host are tried."""


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that were checked; Host header and TLS keep the host's name."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Look the host up, check it, connect."""
        route = await self._locate(host, port)
        failure: Exception | None = None
        for address in route.addresses[:MAX_ADDRESSES]:
            try:
                return await self._network.connect_tcp(address, route.port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._network.sleep(seconds)


class PinnedTransport(httpx.AsyncHTTPTransport):
    """httpx over a pool of pinned connections: HTTP/2 where TLS agrees on it, no proxies from the environment."""

    def __init__(self, locate: Locate, *, connections: int, tls: ssl.SSLContext | None = None) -> None:
        tls = tls or httpx.create_ssl_context()
        super().__init__(verify=tls, trust_env=False)
        # httpx has no public way to give a network backend; the pool is all that its own constructor makes.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=15.0,
            http1=True,
            http2=True,
            network_backend=PinnedBackend(locate),
        )
