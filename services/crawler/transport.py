"""An httpx transport whose every connection goes where the guard says.

httpcore asks `sniffio` several times a request which event loop runs. It is a dependency of ours, though we never import it:
where it is missing, httpcore searches the whole import path for it each time, a third of all CPU that a fetch costs.
"""

import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from itertools import islice

import httpcore
import httpx

from quiethire.domain.ports import ForwardProxies
from services.crawler.addresses import why_not_public
from services.crawler.guard import Route
from services.crawler.steps import step
from services.crawler.tunnel import through_proxy

Locate = Callable[[str, int], Awaitable[Route]]
"""Host and port → where to connect; raises what must end the request."""

CONNECT_TIMEOUT = 10.0
"""Seconds for one attempt to connect, and for TLS."""
MAX_ADDRESSES = 3
"""How many addresses of a host are tried."""


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that were checked; Host header and TLS keep the host's name.

    With `proxies`, through one of them, to those very addresses: a proxy looks up no names for us.
    """

    def __init__(self, locate: Locate, proxies: ForwardProxies | None = None) -> None:
        self._locate = locate
        self._proxies = proxies
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Look the host up, check it, connect. Raises Throttled while all proxies rest."""
        route = await self._locate(host, port)
        addresses = route.addresses[:MAX_ADDRESSES]
        # To an address of this network leads the host map alone, and no proxy.
        if self._proxies is not None and all(why_not_public(address) is None for address in addresses):
            with step("connect", host) as facts:
                stream, facts["proxy"] = await through_proxy(self._proxies, self._network, host, addresses, route.port)
                return stream
        failure: Exception | None = None
        for address in addresses:
            try:
                with step("connect", host) as facts:
                    facts.update(address=address, port=route.port)
                    return await self._network.connect_tcp(address, route.port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")

    def check_proxies(self, host: str) -> None:
        """Raises Throttled while all proxies rest."""
        if self._proxies is not None:
            self._proxies.choose(host)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._network.sleep(seconds)


class _Pools:
    """A connection pool for every origin. httpcore's own pool looks at all of its connections for every request.

    Measured with 200 hosts: 5 ms of CPU a request in one pool, below 1 ms in pools of their own.
    """

    def __init__(self, make: Callable[[], httpcore.AsyncConnectionPool], idle: int) -> None:
        self._make = make
        self._idle = idle
        self._pools: OrderedDict[tuple[bytes, bytes, int | None], httpcore.AsyncConnectionPool] = OrderedDict()

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send it through the pool of its origin."""
        url = request.url
        origin = (url.scheme, url.host, url.port)
        pool = self._pools.get(origin)
        if pool is None:
            pool = self._pools[origin] = self._make()
            await self._let_go()
        else:
            self._pools.move_to_end(origin)
        return await pool.handle_async_request(request)

    async def _let_go(self) -> None:
        """Close what has been idle longest, down to the bound. A pool just made stands last and is never reached."""
        surplus = len(self._pools) - self._idle
        oldest = list(islice(self._pools, max(surplus, 0)))
        # Taken out at once and closed then: others let go of pools while these are being closed.
        surplus_pools = [self._pools.pop(origin) for origin in oldest if _is_idle(self._pools[origin])]
        for pool in surplus_pools:
            await pool.aclose()

    async def aclose(self) -> None:
        """Close all."""
        pools = list(self._pools.values())
        self._pools.clear()
        for pool in pools:
            await pool.aclose()

    async def __aenter__(self) -> "_Pools":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _is_idle(pool: httpcore.AsyncConnectionPool) -> bool:
    return all(connection.is_idle() or connection.is_closed() for connection in pool.connections)


class PinnedTransport(httpx.AsyncHTTPTransport):
    """httpx over pinned connections: HTTP/2 where TLS agrees on it, no proxies from the environment."""

    def __init__(
        self,
        locate: Locate,
        *,
        connections: int,
        tls: ssl.SSLContext | None = None,
        proxies: ForwardProxies | None = None,
    ) -> None:
        """`connections`: how many hosts' idle connections are kept, and how many one host may have."""
        tls = tls or httpx.create_ssl_context()
        super().__init__(verify=tls, trust_env=False)
        backend = PinnedBackend(locate, proxies)

        def make() -> httpcore.AsyncConnectionPool:
            return httpcore.AsyncConnectionPool(
                ssl_context=tls,
                max_connections=connections,
                max_keepalive_connections=connections,
                keepalive_expiry=15.0,
                http1=True,
                http2=True,
                network_backend=backend,
            )

        # httpx has no public way to give a network backend.
        self._pool = _Pools(make, connections)  # type: ignore[assignment]  # all that it calls of a pool
