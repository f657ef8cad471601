"""Connections, each to where the guard says: HTTP/2 where TLS agrees on it (by httpcore), else HTTP/1.1.

httpcore's HTTP/2 asks `sniffio` several times a request which event loop runs. It is a dependency of ours, though we never
import it: where it is missing, httpcore searches the whole import path for it each time, a third of all CPU of a fetch.
"""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice

import httpcore
import httpx
from h2.exceptions import H2Error

from quiethire.domain.ports import ForwardProxies
from services.crawler.addresses import why_not_public
from services.crawler.guard import Route
from services.crawler.http1 import Http1Connection
from services.crawler.sockets import SocketBackend
from services.crawler.steps import step
from services.crawler.tunnel import through_proxy

Locate = Callable[[str, int], Awaitable[Route]]
"""Host and port → where to connect; raises what must end the request."""

CONNECT_TIMEOUT = 10.0
"""Seconds for one attempt to connect, and for TLS."""
MAX_ADDRESSES = 3
"""How many addresses of a host are tried."""
KEPT = 15.0
"""Seconds for which an idle connection may be used again."""

WIRE_ERRORS = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, H2Error, OSError)
"""What a connection or the other side may raise, while an answer is waited for and while its body is read: there httpcore lets
through what h2 makes of frames that are none."""

_Origin = tuple[bytes, bytes, int | None]


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that were checked; Host header and TLS keep the host's name.

    With `proxies`, through one of them, to those very addresses: a proxy looks up no names for us.
    """

    def __init__(self, locate: Locate, proxies: ForwardProxies | None = None) -> None:
        self._locate = locate
        self._proxies = proxies
        self._network = SocketBackend()

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


@dataclass(frozen=True, eq=False)
class _Connection:
    """What is spoken on a stream."""

    protocol: httpcore.AsyncConnectionInterface
    stream: httpcore.AsyncNetworkStream

    def ended(self) -> bool:
        """Whether it is closed on either side, or was idle for too long."""
        return self.protocol.is_closed() or self.protocol.has_expired() or bool(self.stream.get_extra_info("has_ended"))

    def usable(self) -> bool:
        """Whether it takes a request."""
        return self.protocol.is_available() and not self.ended()

    def idle(self) -> bool:
        """Whether no answer is being read from it."""
        return self.protocol.is_idle() or self.protocol.is_closed()


class _Connections:
    """Those to one origin."""

    def __init__(self) -> None:
        self.open: list[_Connection] = []
        self._being_made = 0

    @contextmanager
    def being_made(self) -> Iterator[None]:
        """While a connection is made the origin is in use."""
        self._being_made += 1
        try:
            yield
        finally:
            self._being_made -= 1

    async def kept(self) -> _Connection | None:
        """A connection that can take a request. Those that nobody uses, nor will, are closed."""
        spent = [connection for connection in self.open if connection.idle() and not connection.usable()]
        self.open = [connection for connection in self.open if connection not in spent]
        for connection in spent:
            await connection.protocol.aclose()
        return next((connection for connection in self.open if connection.usable()), None)

    def are_idle(self) -> bool:
        """Whether nobody uses one or waits for one."""
        return not self._being_made and all(connection.idle() for connection in self.open)

    async def close(self) -> None:
        """Close all."""
        for connection in self.open:
            await connection.protocol.aclose()


class PinnedTransport:
    """Sends requests over pinned connections, which are kept for the next. No proxies from the environment.

    Not by httpcore's pool: it looks at all of its connections for every request, 5 ms of CPU with 200 hosts.
    """

    def __init__(
        self,
        locate: Locate,
        *,
        connections: int,
        tls: ssl.SSLContext | None = None,
        proxies: ForwardProxies | None = None,
    ) -> None:
        """`connections`: how many hosts' idle connections are kept."""
        self._tls = tls or httpx.create_ssl_context()
        self._tls.set_alpn_protocols(["h2", "http/1.1"])
        self._backend = PinnedBackend(locate, proxies)
        self._most = connections
        self._open: OrderedDict[_Origin, _Connections] = OrderedDict()
        self._closed = False

    async def send(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request; the answer must be closed. Raises `WIRE_ERRORS`, as reading its body does."""
        url = request.url
        origin = (url.scheme, url.host, url.port)
        while True:
            connections = self._open.setdefault(origin, _Connections())
            self._open.move_to_end(origin)
            connection = await connections.kept()
            if connection is None:
                with connections.being_made():
                    connection = await self._connect(url)
                if self._closed:
                    await connection.protocol.aclose()
                    raise httpcore.ConnectError("the crawler has closed meanwhile")
                connections.open.append(connection)
                await self._let_go()
            # An HTTP/2 host may take no more streams: then the connection is not available, and another is made.
            with suppress(httpcore.ConnectionNotAvailable):
                try:
                    return await connection.protocol.handle_async_request(request)
                except ValueError as error:  # httpcore takes an HTTP/2 host's word for it that a status is a number.
                    raise httpcore.RemoteProtocolError(str(error)) from error

    async def _connect(self, url: httpcore.URL) -> _Connection:
        host = url.host.decode("ascii")
        secure = url.scheme == b"https"
        port = url.port or (443 if secure else 80)
        stream = await self._backend.connect_tcp(host, port, CONNECT_TIMEOUT)
        if secure:
            with step("tls", host):
                stream = await stream.start_tls(self._tls, host, CONNECT_TIMEOUT)
            if stream.get_extra_info("ssl_object").selected_alpn_protocol() == "h2":
                return _Connection(httpcore.AsyncHTTP2Connection(url.origin, stream, keepalive_expiry=KEPT), stream)
        return _Connection(Http1Connection(stream, kept=KEPT), stream)

    async def _let_go(self) -> None:
        """Close what has been idle longest, down to the bound. What was just made stands last and is never reached."""
        surplus = len(self._open) - self._most
        idle = [origin for origin in islice(self._open, max(surplus, 0)) if self._open[origin].are_idle()]
        # Taken out at once and closed then: others let go of connections while these are being closed.
        for connections in [self._open.pop(origin) for origin in idle]:
            await connections.close()

    async def aclose(self) -> None:
        """Close all; a connection that is being made is closed as soon as it stands."""
        self._closed = True
        everything = list(self._open.values())
        self._open.clear()
        for connections in everything:
            await connections.close()
        await asyncio.sleep(0)  # the event loop closes their sockets in its next turn

    async def __aenter__(self) -> "PinnedTransport":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
