"""What surrounds every request: its id, its line in the log, the security headers, and the last catch."""

import logging
import os
import re
import time
from collections.abc import Sequence
from contextvars import ContextVar

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quiethire.telemetry import ERRORS
from services.api.problems import internal_error

logger = logging.getLogger(__name__)

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request at hand, for log lines further down."""

KEPT = "kept"
"""In a request's state where it was answered by what is kept."""

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


def _policy(status: int, headers: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[bytes, bytes], ...]:
    """What the answer may load. A 304 says nothing of it: browsers would put that on the page that they have kept."""
    if status == 304:
        return ()
    is_page = any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers)
    return ((b"content-security-policy", _PAGE_POLICY if is_page else _DATA_POLICY),)


class RequestContext:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _given_id(scope) or os.urandom(16).hex()
        scope.setdefault("state", {})["request_id"] = request_id
        token = REQUEST_ID.set(request_id)
        started = time.perf_counter()
        status: int | None = None

        async def send_dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"]
                message["headers"] = [
                    *headers,
                    *_SECURITY_HEADERS,
                    *_policy(status, headers),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        try:
            await self.app(scope, receive, send_dressed)
        except Exception:
            # The last catch: nothing of a defect may reach the client, all of it must reach the log.
            logger.exception("defect", extra={"request_id": request_id})
            ERRORS.labels(kind="defect").inc()
            if status == 500:
                return
            if status is not None:
                raise
            await internal_error(Request(scope, receive))(scope, receive, send_dressed)
        finally:
            _log(scope, request_id, status, time.perf_counter() - started)
            REQUEST_ID.reset(token)


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            given = value.decode("latin-1")
            return given if _VALID_ID.fullmatch(given) else None
    return None


def _log(scope: Scope, request_id: str, status: int | None, seconds: float) -> None:
    # What is asked by the thousand a second is counted, and said only to who wants to hear all.
    quiet = scope["path"] in ("/health", "/metrics") or (KEPT in scope["state"] and status in (200, 304))
    level = logging.DEBUG if quiet else logging.INFO
    if not logger.isEnabledFor(level):
        return
    # The raw path is percent-encoded: a line break in it cannot start a log line of its own.
    path = scope.get("raw_path", b"").decode("ascii", "replace")[:500]
    logger.log(
        level,
        "%s %s %s",
        scope["method"],
        path,
        status,
        extra={"request_id": request_id, "status": status, "duration_ms": round(seconds * 1000, 1)},
    )
