"""What surrounds every request: its id, its line in the log, the security headers, and the last catch."""

import logging
import re
import time
from contextvars import ContextVar
from uuid import uuid4

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quiethire.telemetry import ERRORS
from services.api.problems import internal_error

logger = logging.getLogger(__name__)

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request at hand, for log lines further down."""

_VALID_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class RequestContext:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _VALID_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        token = REQUEST_ID.set(request_id)
        started = time.perf_counter()
        status: int | None = None

        async def send_dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers.update(SECURITY_HEADERS)
            await send(message)

        try:
            await self.app(scope, receive, send_dressed)
        except Exception:
            # The last catch: nothing of a defect may reach the client, all of it must reach the log.
            logger.exception("defect", extra={"request_id": request_id})
            ERRORS.labels(kind="defect").inc()
            if status is not None:
                raise
            await internal_error(Request(scope, receive))(scope, receive, send_dressed)
        finally:
            _log(scope, request_id, status, time.perf_counter() - started)
            REQUEST_ID.reset(token)


def _log(scope: Scope, request_id: str, status: int | None, seconds: float) -> None:
    # The raw path is percent-encoded: a line break in it cannot start a log line of its own.
    path = scope.get("raw_path", b"").decode("ascii", "replace")[:500]
    level = logging.DEBUG if path in ("/health", "/metrics") else logging.INFO
    logger.log(
        level,
        "%s %s %s",
        scope["method"],
        path,
        status,
        extra={"request_id": request_id, "status": status, "duration_ms": round(seconds * 1000, 1)},
    )
