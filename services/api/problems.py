"""Every error as an RFC 9457 problem: a stable `type`, and nothing of our insides. Browsers get a page."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from temporalio.service import RPCError

from quiethire.domain.base import Model
from quiethire.domain.errors import Gone, InvalidInput, QuietHireError, Throttled, Transient
from quiethire.telemetry import ERRORS
from services.api.pages.render import render

logger = logging.getLogger(__name__)

_TYPES = "https://quiethire.example/problems/"
_RETRY_AFTER = 5
_UNAVAILABLE = "A part that this needs does not answer. Try again in a moment."
_OUR_FAULT = ("not_migrated", "refused_by_server")
"""What a store says of how it was set up, which is nothing that a caller gave."""
_MAX_ERRORS = 20


class FieldError(Model):
    """One parameter that was wrong."""

    field: str
    detail: str


class Problem(Model):
    """Problem details (RFC 9457), with the request's id and, for a wrong request, its fields."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    request_id: str | None = None
    errors: tuple[FieldError, ...] = ()


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What went wrong, as problem details (RFC 9457).",
        "content": {
            "application/problem+json": {
                "schema": Problem.model_json_schema(),
                "example": {
                    "type": f"{_TYPES}invalid-request",
                    "title": "The request is not valid",
                    "status": 400,
                    "detail": "per_page: Input should be less than or equal to 100",
                    "instance": "/api/v1/search",
                    "request_id": "9f2c1e",
                    "errors": [{"field": "per_page", "detail": "Input should be less than or equal to 100"}],
                },
            }
        },
    }
}
"""For the OpenAPI document: every route may answer so."""


def problem_response(
    request: Request,
    status: int,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """The problem as JSON, or as a page for a person who opened one of our pages."""
    of = TYPES.get(status) or TYPES[400 if status < 500 else 500]
    problem = Problem(
        type=f"{_TYPES}{of.kind}",
        title=of.title,
        status=status,
        detail=detail,
        instance=request.url.path[:200],
        request_id=request.scope.get("state", {}).get("request_id"),
        errors=tuple(errors),
    )
    if _wants_page(request):
        return HTMLResponse(render("error.html", problem=problem), status, headers)
    return JSONResponse(problem.model_dump(exclude_none=True), status, headers, media_type="application/problem+json")


class ProblemType(Model):
    """What a kind of problem is called; `docs/problems.md` says of each what to do about it."""

    kind: str
    title: str


TYPES: Mapping[int, ProblemType] = {
    400: ProblemType(kind="invalid-request", title="The request is not valid"),
    401: ProblemType(kind="unauthorized", title="Unauthorized"),
    403: ProblemType(kind="forbidden", title="Forbidden"),
    404: ProblemType(kind="not-found", title="Not Found"),
    405: ProblemType(kind="method-not-allowed", title="Method Not Allowed"),
    409: ProblemType(kind="conflict", title="Conflict"),
    410: ProblemType(kind="gone", title="Gone"),
    413: ProblemType(kind="content-too-large", title="The body is too large"),
    414: ProblemType(kind="uri-too-long", title="The address is too long"),
    429: ProblemType(kind="too-many-requests", title="Too Many Requests"),
    431: ProblemType(kind="headers-too-large", title="The headers are too large"),
    500: ProblemType(kind="internal-error", title="Something broke on our side"),
    503: ProblemType(kind="unavailable", title="Not available right now"),
}
"""Every type of problem by its status: a stable word for machines."""


def internal_error(request: Request) -> Response:
    """The answer to a defect of ours; what it was is only in the log."""
    return problem_response(
        request,
        500,
        "The error was logged. If it stays, report it with the request id.",
    )


def add_problem_handlers(app: FastAPI) -> None:
    """Turn whatever a route raises into a problem. Defects are raised on to RequestContext, which logs them."""
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(QuietHireError, _quiethire_error)
    app.add_exception_handler(RPCError, _temporal_error)
    app.add_exception_handler(Exception, _defect)


async def _defect(request: Request, _: Exception) -> Response:
    return internal_error(request)


def _wants_page(request: Request) -> bool:
    path = request.url.path
    return "text/html" in request.headers.get("accept", "") and not path.startswith(("/api/", "/metrics", "/health"))


async def _invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  narrows what Starlette types as Exception
    errors = [
        FieldError(
            field=".".join(str(part) for part in entry["loc"] if part not in ("query", "path", "body"))[:100],
            detail=str(entry["msg"])[:200],
        )
        for entry in error.errors()[:_MAX_ERRORS]
    ]
    detail = "; ".join(f"{entry.field}: {entry.detail}" for entry in errors)
    return problem_response(request, 400, detail, errors=errors)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  narrows what Starlette types as Exception
    return http_problem(request, error)


def http_problem(request: Request, error: HTTPException) -> Response:
    """The problem of an error that names its own status."""
    status = error.status_code
    detail = _DETAILS.get(error.detail, error.detail)
    return problem_response(request, status, detail, headers=dict(error.headers) if error.headers else None)


_DETAILS = {
    "Not Found": "There is nothing at this address.",
    "Method Not Allowed": "This address does not answer to this method.",
}
"""Starlette's words → ours."""


async def _temporal_error(request: Request, error: Exception) -> Response:
    return quiethire_problem(request, Transient(str(error), where="temporal"))


async def _quiethire_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, QuietHireError)  # noqa: S101  narrows what Starlette types as Exception
    return quiethire_problem(request, error)


def quiethire_problem(request: Request, error: QuietHireError) -> Response:
    """The problem of an error of ours; what is a defect, or says something of our insides, goes to the log alone."""
    ERRORS.labels(kind=error.kind).inc()
    if isinstance(error, Gone):
        return problem_response(request, 404, error.detail)
    if error.kind in _OUR_FAULT:
        logger.error("set up wrong: %s", error, extra={"kind": error.kind, "where": error.where})
        return problem_response(request, 503, _UNAVAILABLE, headers={"Retry-After": str(_RETRY_AFTER)})
    if error.kind == "unstorable":
        logger.warning("refused by a store: %s", error, extra={"kind": error.kind, "where": error.where})
        return problem_response(request, 400, "Something in this request cannot be stored.")
    if isinstance(error, InvalidInput):
        detail = f"{error.detail} ({error.hint})" if error.hint else error.detail
        return problem_response(request, 400, detail)
    if isinstance(error, Transient):
        logger.warning("unavailable: %s", error, extra={"kind": error.kind, "where": error.where})
        wait = error.retry_after if isinstance(error, Throttled) else _RETRY_AFTER
        return problem_response(
            request,
            503,
            _UNAVAILABLE,
            headers={"Retry-After": str(max(1, round(wait)))},
        )
    logger.error("failed: %s", error, exc_info=error, extra={"kind": error.kind, "where": error.where})
    return internal_error(request)
