"""Posting to addresses that strangers name: through the same guard as every fetch, over pinned connections."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpcore

from quiethire.domain.errors import Gone, InvalidInput, Transient
from quiethire.domain.urls import parse_url
from quiethire.settings import Settings
from services.crawler.guard import Guard, Lookup
from services.crawler.target import Target
from services.crawler.transport import WIRE_ERRORS, PinnedTransport

POST_TIMEOUT = 15.0
"""Seconds for a post, from the lookup of its host to the head of the answer."""
CONNECTIONS = 20
"""Hosts whose idle connections are kept."""


class GuardedPoster:
    """`GuardedPost`: to public addresses and web ports alone; only the host map leads elsewhere. Redirects are not followed."""

    def __init__(self, transport: PinnedTransport, guard: Guard, user_agent: str) -> None:
        self._transport = transport
        self._guard = guard
        self._user_agent = user_agent

    def check(self, url: str) -> None:
        """Raises InvalidInput for what is no https address, Disallowed for what is not public by its looks."""
        self._checked(url)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer, whose body is not read. Raises Disallowed or Transient where there is none."""
        target = self._checked(url)
        try:
            async with asyncio.timeout(POST_TIMEOUT):
                response = await self._transport.send(self._request(target, body, headers))
                await response.aclose()
        except Gone as error:
            # A name may be away for an hour: that is not the receiver saying that it wants no more.
            raise Transient(error.detail, where=target.hostname, kind=error.kind) from error
        except TimeoutError as error:
            raise Transient(f"no answer within {POST_TIMEOUT:g} s", where=target.hostname, kind="timeout") from error
        except WIRE_ERRORS as error:
            detail = f"{type(error).__name__}: {error}"[:300]
            raise Transient(detail, where=target.hostname, kind="connection") from error
        return response.status

    def _checked(self, url: str) -> Target:
        target = Target.of(parse_url(url))
        if target.protocol != "https:" and self._guard.mapped(target.hostname) is None:
            raise InvalidInput("is not https", where=target.hostname, hint="alerts are not sent in the clear")
        self._guard.check_url(target)
        return target

    def _request(self, target: Target, body: bytes, headers: Mapping[str, str]) -> httpcore.Request:
        mapped = self._guard.mapped(target.hostname) is not None
        address = httpcore.URL(
            scheme="http" if mapped else "https",
            host=target.hostname.strip("[]"),
            port=int(target.port) if target.port else None,
            target=f"{target.pathname}{target.search}".encode("ascii"),
        )
        sent = {
            "Host": target.host,
            "User-Agent": self._user_agent,
            **headers,
            "Content-Length": str(len(body)),
        }
        return httpcore.Request("POST", address, headers=list(sent.items()), content=body)


@asynccontextmanager
async def open_poster(settings: Settings, lookup: Lookup | None = None) -> AsyncIterator[GuardedPoster]:
    """A poster, open until the block ends. `lookup` stands in for the system's resolver.

    Forward proxies are for crawling, and are not used: a webhook's owner may only let our own address in.
    """
    guard = Guard(settings.host_map, lookup, ports=settings.fetch_ports)
    async with PinnedTransport(guard.route, connections=CONNECTIONS) as transport:
        yield GuardedPoster(transport, guard, settings.user_agent)
