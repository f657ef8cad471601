"""A bound on request bodies, for every face that is served."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 100_000_000
"""Bytes: the parser's face takes pages of 10 MB, in JSON; no other needs as much."""


class BodyLimit:
    """ASGI middleware: a longer body is refused by its announced length, or cut off where it says nothing true."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification, version 3."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self._limit:
            problem = {"type": "urn:quiethire:too_large", "status": 413, "title": "the body is too large"}
            response = JSONResponse(problem, 413, media_type="application/problem+json")
            await response(scope, receive, send)
            return
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message if received <= self._limit else {"type": "http.disconnect"}

        await self._app(scope, bounded, send)
