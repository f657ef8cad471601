"""The gate of every request: bounds, who asks, limits, and the short way to an answer that is kept.

The short way gives the very bytes and headers that the long way through the routes gives: both begin with the same checks
and end with the same dressing, and it is taken only where the long way has answered the same address before.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import NamedTuple, cast

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from quiethire.clients import Clients
from quiethire.domain import acting
from quiethire.domain.errors import QuietHireError
from quiethire.domain.gate import Endpoint, Entered, KeptAnswer, OwnLimits
from quiethire.telemetry import KEPT_ANSWERS, REFUSED
from services.api.gate.access import Caller, Keyring, anonymous, authorization_of
from services.api.gate.client_address import ClientAddresses
from services.api.gate.conditional import Enough, Header, Outgoing, is_known
from services.api.gate.input_limits import bounded, check_input
from services.api.gate.limits import Limits, counted_as, endpoint_of, limit_headers
from services.api.gate.once import Once
from services.api.gate.request_context import KEPT, ROUTE, SHED
from services.api.gate.slots import Slots
from services.api.outage import Outage
from services.api.problems import http_problem, quiethire_problem, socket_problem
from services.api.search.find import FOUND, Found

SEARCH = "/api/v1/search"

_PERSONAL = (
    "/account",
    "/alerts",
    "/api/v1/accounts",
    "/api/v1/alerts",
    "/api/v1/auth",
    "/api/v1/candidates",
    "/api/v1/keys",
    "/api/v1/matches",
    "/matches",
)
_VARY: Header = (b"vary", b"Accept, Authorization")
_JSON: Header = (b"content-type", b"application/json")
_FOUND_NOTHING = b'{"found":0,'
"""How an answer begins to which the route may have to add what nobody knows of what was asked; that changes without the answer."""


class KnownSearch(NamedTuple):
    """Where the answer to an address is kept."""

    key: str
    whole: bool
    """Whether it is the whole answer also where nothing was found."""

    def tells(self, answer: KeptAnswer) -> bool:
        """Whether a route would add nothing to what is kept."""
        return self.whole or not answer.body.startswith(_FOUND_NOTHING)


class KnownSearches:
    """Addresses of searches, as they came, and where their answers are kept.

    "Posted within" is counted from the full hour, so what an address asks for may change with it: all is forgotten then.
    """

    MOST = 20_000
    LONGEST = 1_000
    """Bytes of an address that is remembered."""

    def __init__(self) -> None:
        self._searches: OrderedDict[bytes, KnownSearch] = OrderedDict()
        self._hour = 0

    def get(self, query: bytes) -> KnownSearch | None:
        """Where the answer to this address is kept, if that is known."""
        hour = int(time.time()) // 3600
        if hour != self._hour:
            self._searches.clear()
            self._hour = hour
        return self._searches.get(query)

    def remember(self, query: bytes, search: KnownSearch, hour: int) -> None:
        """Where it was found, by an answer that was begun in this hour."""
        if len(query) > self.LONGEST or hour != self._hour:
            return
        self._searches[query] = search
        if len(self._searches) > self.MOST:
            self._searches.popitem(last=False)


class Gateway:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, clients: Clients, keyring: Keyring) -> None:
        self.app = app
        self._cache = clients.cache
        self._keyring = keyring
        self._limits = Limits(clients.settings)
        self._addresses = ClientAddresses(clients.settings.trusted_proxies)
        self._known = KnownSearches()
        self._own_limits = OwnLimits()
        self._once = Once(clients.cache)
        most = clients.settings.api_concurrency
        self._slots = {endpoint: Slots(endpoint, most) for endpoint in (Endpoint.SEARCH, Endpoint.READ)}
        self._outage = Outage("the limiter does not answer, each process limits by itself")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, which begins for nobody in particular."""
        with acting.request():
            await self._serve_whatever(scope, receive, send)

    async def _serve_whatever(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers: list[Header] = []
        try:
            await self._serve(scope, receive, send, headers)
        except HTTPException as error:
            await self._refuse(scope, receive, send, headers, http_problem(Request(scope, receive), error))
        except QuietHireError as error:
            if error.kind == "busy":
                scope["state"][SHED] = True
            await self._refuse(scope, receive, send, headers, quiethire_problem(Request(scope, receive), error))

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a WebSocket in, which counts as one reading; who is refused gets the problem in place of it."""
        try:
            check_input(scope)
            caller = await self._caller(scope, self._addresses.of(scope))
            await self._enter(caller, Endpoint.READ, None, [])
        except (HTTPException, QuietHireError) as error:
            await socket_problem(scope, error)(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self.app(scope, receive, send)

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, headers: Sequence[Header], problem: ASGIApp
    ) -> None:
        outgoing = Outgoing(send, headers=[*headers, _VARY], cache_control=b"no-store", if_none_match=b"")
        outgoing.headless = scope["method"] == "HEAD"
        await problem(scope, receive, outgoing)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, headers: list[Header]) -> None:
        """Let the request in and answer it; `headers` are those of the answer, whatever becomes of it."""
        check_input(scope)
        path, method = scope["path"], scope["method"]
        endpoint = endpoint_of(method, path)
        if endpoint is None:
            await self._pass(scope, receive, send, headers, cache_control=_free_cache_control(path))
            return
        address = self._addresses.of(scope)
        caller = await self._caller(scope, address)
        scope["state"]["caller"], scope["state"]["address"] = caller, address
        is_search = path == SEARCH and method in {"GET", "HEAD"}
        known = self._known.get(scope["query_string"]) if is_search else None
        kept_at = known.key if known is not None else None
        entered = await self._enter(counted_as(caller, path, address), endpoint, kept_at, headers)
        if path.startswith("/api/"):
            headers.append(_VARY)
        cache_control = b"no-store" if endpoint is Endpoint.WRITE else _cache_control(path, caller)
        answer = entered.answer if entered is not None else None
        if known is not None and answer is not None and known.tells(answer):
            scope["state"][KEPT] = True
            scope["state"][ROUTE] = SEARCH
            KEPT_ANSWERS.inc()
            await _send_kept(scope, send, answer, headers, cache_control)
            return
        async with self._slot(scope, endpoint, send) as sending:
            if is_search:
                await self._pass_search(scope, receive, sending, headers, cache_control)
            else:
                await self._pass(scope, receive, sending, headers, cache_control=cache_control)

    def _slot(self, scope: Scope, endpoint: Endpoint, send: Send) -> AbstractAsyncContextManager[Send]:
        """A place among those that are worked on. What is of one person needs none: some of it waits or streams, and few ask for it."""
        slots = self._slots.get(endpoint)
        if slots is None or scope["path"].startswith(_PERSONAL):
            return nullcontext(send)
        return slots.taken(send)

    async def _caller(self, scope: Scope, address: str) -> Caller:
        authorization = authorization_of(scope)
        if not authorization:
            return anonymous(address)
        return await self._keyring.caller(authorization, lambda: self._slow_down(address))

    async def _slow_down(self, address: str) -> None:
        """Keys that this process does not know as good are looked up only so often for one address."""
        await self._enter(anonymous(address), Endpoint.KEY, None, [])

    async def _enter(
        self, caller: Caller, endpoint: Endpoint, known: str | None, headers: list[Header]
    ) -> Entered | None:
        """One request less, and the kept answer; None where nothing was asked of Redis, or it does not answer.

        Without Redis this process limits by itself. Raises HTTPException at the limit.
        """
        allowance = self._limits.allowance(caller, endpoint)
        if allowance is None and known is None:
            return None
        try:
            entered = await self._cache.enter(allowance, known)
        except QuietHireError as error:
            self._outage.note(error)
            if allowance is None:
                return None
            entered = Entered(self._own_limits.take(allowance, time.monotonic()), b"", None, leads=False)
        if allowance is None or entered.verdict is None:
            return entered
        headers += limit_headers(endpoint, allowance, entered.verdict)
        if entered.verdict.granted:
            return entered
        REFUSED.labels(endpoint=endpoint.value).inc()
        seconds = max(1, -int(-entered.verdict.retry_after // 1))
        raise HTTPException(
            429,
            f"The limit of {allowance.limit} requests a minute, and {allowance.burst} more at once, is used up.",
            {"Retry-After": str(seconds)},
        )

    async def _pass_search(
        self, scope: Scope, receive: Receive, send: Send, headers: list[Header], cache_control: bytes
    ) -> None:
        """Answer by the routes, and remember where a plain answer is kept."""
        found, hour = Found(), int(time.time()) // 3600
        token = FOUND.set(found)
        try:
            outgoing = await self._pass(scope, receive, send, headers, cache_control=cache_control)
        finally:
            FOUND.reset(token)
        # What a route made of the answer before it went out is not what is kept.
        if found.key and outgoing.body == found.body:
            self._known.remember(scope["query_string"], KnownSearch(found.key, found.whole), hour)

    async def _pass(
        self, scope: Scope, receive: Receive, send: Send, headers: Sequence[Header], *, cache_control: bytes
    ) -> Outgoing:
        """Answer by the routes. A HEAD is a GET whose body stays here; what changes something is told of it, whatever its sender knows."""
        known = _header(scope, b"if-none-match") if scope["method"] in {"GET", "HEAD"} else b""
        outgoing = Outgoing(send, headers=headers, cache_control=cache_control, if_none_match=known)
        if scope["method"] == "HEAD":
            outgoing.headless = True
            scope = {**scope, "method": "GET"}
        try:
            await self._once.serve(self.app, scope, bounded(scope, receive), outgoing)
        except (Enough, ClientDisconnect):
            if not outgoing.headless:
                raise
        finally:
            scope["state"][ROUTE] = getattr(scope.get("route"), "path_format", None)
        return outgoing


async def _send_kept(scope: Scope, send: Send, kept: KeptAnswer, headers: list[Header], cache_control: bytes) -> None:
    headers += ((b"cache-control", cache_control), (b"etag", kept.etag))
    if is_known(kept.etag, _header(scope, b"if-none-match")):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    headers += (_JSON, (b"content-length", str(len(kept.body)).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else kept.body})


def _header(scope: Scope, name: bytes) -> bytes:
    for key, value in scope["headers"]:
        if key == name:
            return cast("bytes", value)
    return b""


def _cache_control(path: str, caller: Caller) -> bytes:
    """Whoever keeps an answer asks whether it is still good: what is new is never hidden."""
    if path.startswith(_PERSONAL):
        return b"no-store"
    return b"public, no-cache" if caller.is_anonymous else b"private, no-cache"


def _free_cache_control(path: str) -> bytes:
    return b"public, max-age=3600" if path.startswith("/static/") else b"no-store"
