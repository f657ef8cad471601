"""Which other origins may ask from a browser. A refusal tells itself as every other error does."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from services.api.problems import problem_of

PREFLIGHT_KEPT = 86_400
"""Seconds that a browser remembers what it may ask for from another origin."""


class Cors(CORSMiddleware):
    """ASGI middleware: Starlette's, with refusals as problem details."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        super().__init__(
            app,
            allow_origins=list(origins),
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "If-None-Match",
                "Last-Event-ID",
                "X-Request-Id",
            ],
            expose_headers=[
                "ETag",
                "Idempotency-Replayed",
                "RateLimit",
                "RateLimit-Policy",
                "Retry-After",
                "X-Request-Id",
            ],
            max_age=PREFLIGHT_KEPT,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """What a browser is told that asks what it may ask."""
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        # Starlette says `Disallowed CORS origin, method`.
        refused = bytes(response.body).decode().rpartition("CORS ")[2].replace(", ", " and ")
        problem = problem_of(
            400, f"Pages of other sites may not ask this: the {refused} of the request is not allowed."
        )
        kept = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
        return JSONResponse(problem.model_dump(exclude_none=True), 400, kept, media_type="application/problem+json")
