"""What surrounds every request: its id, its line in the log, the security headers, and the last catch."""

import logging
import os
import re
import time
from collections.abc import Sequence
from functools import cache
from typing import cast

from fastapi import Request
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quiethire.processes import end_for_want_of_memory, is_want_of_memory
from quiethire.telemetry import ERRORS, span
from quiethire.telemetry.context import belonging
from quiethire.telemetry.metrics import REQUEST_DURATION
from services.api.problems import internal_error

logger = logging.getLogger(__name__)

KEPT = "kept"
"""In a request's state where it was answered by what is kept."""

SHED = "shed"
"""In a request's state where it was refused since too many came; those are counted."""

ROUTE = "route"
"""In a request's state: the template of the route that answered it. Addresses themselves may name a person."""

_WATCHED = frozenset({"/health", "/healthz", "/readyz", "/metrics"})
"""Routes for machines that watch: asked every few seconds for ever."""

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

_VALID_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

_PAGE_POLICY = b"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_DATA_POLICY = b"default-src 'none'; frame-ancestors 'none'"
"""Whatever is no page loads nothing, even where a browser is made to show it."""

_SECURITY_HEADERS = (
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)

_BY_HTTPS_ALONE = (b"strict-transport-security", b"max-age=31536000")
"""Where people reach the site by https: for a year no browser asks it by http, not even once (RFC 6797)."""


def _policy(status: int, headers: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[bytes, bytes], ...]:
    """What the answer may load. A 304 says nothing of it: browsers would put that on the page that they have kept."""
    if status == 304:
        return ()
    is_page = any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers)
    return ((b"content-security-policy", _PAGE_POLICY if is_page else _DATA_POLICY),)


class RequestContext:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        """`https`: whether people reach the site by it."""
        self.app = app
        self._headers = (*_SECURITY_HEADERS, _BY_HTTPS_ALONE) if https else _SECURITY_HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        request_id = _given_id(scope) or os.urandom(16).hex()
        scope.setdefault("state", {})["request_id"] = request_id
        if scope["type"] == "websocket":
            with belonging(request_id=request_id):
                await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status: int | None = None

        async def send_dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"]
                message["headers"] = [
                    *headers,
                    *self._headers,
                    *_policy(status, headers),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        with belonging(request_id=request_id):
            try:
                with span("request", method=scope["method"]) as current:
                    await self.app(scope, receive, send_dressed)
                    if current is not None:
                        current.update_name(f"{scope['method']} {_route(scope)}")
            except Exception as error:
                # The last catch: nothing of a defect may reach the client, all of it must reach the log.
                logger.exception("defect", extra={"request_id": request_id})
                ERRORS.labels(kind="defect").inc()
                if is_want_of_memory(error):
                    end_for_want_of_memory()
                if status == 500:
                    return
                if status is not None:
                    raise
                await internal_error(Request(scope, receive))(scope, receive, send_dressed)
            finally:
                _tell(scope, status, time.perf_counter() - started)


def _route(scope: Scope) -> str:
    return cast("str | None", scope["state"].get(ROUTE)) or "other"


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            given = value.decode("latin-1")
            return given if _VALID_ID.fullmatch(given) else None
    return None


@cache
def _duration(route: str, class_: int) -> Histogram:
    """The series of a route and a class of answers: as many as there are routes, and quicker kept than looked up."""
    return REQUEST_DURATION.labels(route=route, status=f"{class_}xx" if class_ else "none")


def _tell(scope: Scope, status: int | None, seconds: float) -> None:
    """Measure the request and log it, by the template of its route: an address may name a person, or hold their secret."""
    route = _route(scope)
    _duration(route, status // 100 if status else 0).observe(seconds)
    # What is asked by the thousand a second is counted, and said only to who wants to hear all.
    state = scope["state"]
    is_counted = route in _WATCHED or SHED in state or (KEPT in state and status in (200, 304))
    level = logging.DEBUG if is_counted else logging.INFO
    if not logger.isEnabledFor(level):
        return
    method = scope["method"] if scope["method"] in _METHODS else "other"
    fields = {
        "request_id": scope["state"]["request_id"],
        "method": method,
        "route": route,
        "status": status,
        "duration_ms": round(seconds * 1000, 1),
    }
    logger.log(level, "%s %s %s", method, route, status, extra=fields)
