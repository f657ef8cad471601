"""Every error as an RFC 9457 problem: a stable `type`, and nothing of our insides. Browsers get a page."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, get_args
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Scope
from temporalio.service import RPCError

from quiethire.domain.base import Model
from quiethire.domain.error_words import error_words
from quiethire.domain.errors import Gone, InvalidInput, Outdated, QuietHireError, Throttled, Transient
from quiethire.telemetry import ERRORS
from services.api.outage import Outage
from services.api.pages.render import render

logger = logging.getLogger(__name__)

_TYPES = "https://quiethire.example/problems/"
_RETRY_AFTER = 5
_UNAVAILABLE = "A part that this needs does not answer. Try again in a moment."
_BUSY = "More is asked at once than can be answered. Try again in a moment."
_OUR_FAULT = ("not_migrated", "not_set", "refused_by_server")
"""What a store says of how it was set up, which is nothing that a caller gave."""
_MAX_ERRORS = 20
_overload = Outage("more is asked at once than can be answered, refusing with 503")


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
    kind: str | None = None
    """Which of several things was wrong, where a program may want to tell them apart: `resume_scanned` among files that are not read."""


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
                    "detail": "per_page: “1000” is more than 100, the most that is allowed",
                    "instance": "/api/v1/search",
                    "request_id": "9f2c1e",
                    "errors": [{"field": "per_page", "detail": "“1000” is more than 100, the most that is allowed"}],
                },
            }
        },
    }
}
"""For the OpenAPI document: every route may answer so."""


def problem_of(status: int, detail: str) -> Problem:
    """The problem of this status."""
    of = TYPES.get(status) or TYPES[400 if status < 500 else 500]
    return Problem(type=f"{_TYPES}{of.kind}", title=of.title, status=status, detail=detail)


def problem_response(
    request: Request,
    status: int,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    kind: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """The problem as JSON, or as a page for a person who opened one of our pages."""
    problem = problem_of(status, detail).model_copy(
        update={
            "instance": request.url.path[:200],
            "request_id": request.scope.get("state", {}).get("request_id"),
            "errors": tuple(errors),
            "kind": kind,
        }
    )
    if wants_page(request):
        way_on = _way_on(request, status)
        return HTMLResponse(render("error.html", problem=problem, way_on=way_on, **_typed(request)), status, headers)
    return JSONResponse(problem.model_dump(exclude_none=True), status, headers, media_type="application/problem+json")


_WAYS = {
    "/matches/profile": ("Back to your profile", "/matches/profile"),
    "/matches/tracks": ("Back to your profile", "/matches/profile"),
    "/matches/erase": ("Back to your profile", "/matches/profile"),
    "/matches/new-key": ("Back to your profile", "/matches/profile"),
    "/matches/resume": ("Back to your résumé", "/matches/resume"),
    "/matches": ("To your matches", "/matches"),
    "/companies": ("All companies", "/companies"),
}
"""Where a page that failed leads, by what its address begins with."""


def _way_on(request: Request, status: int) -> tuple[str, str] | None:
    """What to do next, beside seeing all jobs. A form is never sent again by a link: its page is loaded anew."""
    path = request.url.path
    if request.method in {"GET", "HEAD"} and status in {429, 500, 503}:
        return "Try again", ""
    return next((way for begins, way in _WAYS.items() if f"{path}/".startswith(f"{begins}/")), None)


def _typed(request: Request) -> dict[str, object]:
    """What the search form said, for the form of the error's page: nobody types it twice."""
    fields = [(name, value) for name, value in request.query_params.multi_items() if value.strip()]
    if request.url.path not in ("/", "/results"):
        fields = []
    return {"q": dict(fields).get("q", ""), "kept": [field for field in fields if field[0] not in ("q", "page")]}


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
    408: ProblemType(kind="request-timeout", title="The body did not come in time"),
    409: ProblemType(kind="conflict", title="Conflict"),
    410: ProblemType(kind="gone", title="Gone"),
    412: ProblemType(kind="outdated", title="It has changed meanwhile"),
    413: ProblemType(kind="content-too-large", title="The body is too large"),
    414: ProblemType(kind="uri-too-long", title="The address is too long"),
    422: ProblemType(kind="idempotency-key-reused", title="The key was sent with another request"),
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


def wants_page(request: Request) -> bool:
    """Whether a browser asks, for one of our pages."""
    path = request.url.path
    return "text/html" in request.headers.get("accept", "") and not path.startswith(("/api/", "/metrics", "/health"))


async def _invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  narrows what Starlette types as Exception
    errors = field_errors(error.errors(), lambda loc: _known_at(request, loc))
    detail = "; ".join(f"{entry.field}: {entry.detail}" for entry in errors)
    return problem_response(request, 400, detail, errors=errors)


Loc = Sequence[str | int]
"""Where pydantic found an error: the names and indices that lead there."""


def field_errors(
    errors: Sequence[Mapping[str, Any]], known: Callable[[Loc], Collection[str]] = lambda _: ()
) -> list[FieldError]:
    """What pydantic says, in plain words. `known`: the names that there are where an error lies."""
    return [
        # Of a body that is no JSON the place is where it breaks off: no field has that name.
        FieldError(
            field="body" if entry["type"] == "json_invalid" else _field(entry["loc"])[:100],
            detail=error_words(entry, known(entry["loc"]))[:300],
        )
        for entry in errors[:_MAX_ERRORS]
    ]


def _field(loc: Loc) -> str:
    """A parameter by its name: which of its values is wrong is told by the value. A field of a body by its path in it."""
    if loc[0] == "query":
        return str(loc[1]) if len(loc) > 1 else ""
    return ".".join(str(part) for part in loc if part not in ("path", "body")) or "body"


def _known_at(request: Request, loc: Loc) -> Collection[str]:
    """The names that the place of an error may have: query parameters, or the fields of the object there in the body."""
    if loc[0] != "body":
        return _parameters(request)
    route = request.scope.get("route")
    body = route.body_field if isinstance(route, APIRoute) else None
    found = _model_in(body.field_info.annotation) if body is not None else None
    for name in loc[1:-1]:
        if found is not None and name in found.model_fields:
            found = _model_in(found.model_fields[str(name)].annotation)
    return found.model_fields if found is not None else ()


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model that a field holds: itself, perhaps, or many of it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for each in get_args(annotation) if (model := _model_in(each)) is not None), None)


def _parameters(request: Request) -> list[str]:
    """The names of the query parameters that the route takes."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return []
    named: list[str] = []
    for field in route.dependant.query_params:
        model = field.field_info.annotation
        named += model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else [field.alias]
    return named


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  narrows what Starlette types as Exception
    if error.status_code == 404 and (there := _without_slash(request)):
        return RedirectResponse(there, 307)
    if error.status_code == 405 and (methods := _methods(request)):
        # It names those of the first route that has this address, and there may be several; files name theirs.
        error.headers = {"Allow": ", ".join(methods)}
    return http_problem(request, error)


def _methods(request: Request) -> list[str]:
    """What this address answers to; the gateway answers a HEAD of whatever can be got."""
    routes = request.app.router.routes
    known = ("GET", "POST", "PUT", "PATCH", "DELETE")
    asked = {each: {**request.scope, "method": each} for each in known}
    found = [each for each in known if any(route.matches(asked[each])[0] is Match.FULL for route in routes)]
    return [*found[:1], "HEAD", *found[1:]] if found[:1] == ["GET"] else found


def _without_slash(request: Request) -> str:
    """The address without the slash that somebody wrote at its end, where that answers to the method; else empty.

    A path alone: scheme and host of the request are those by which a proxy asks, or whatever its sender wrote.
    """
    scope = request.scope
    bare, query = scope["path"].rstrip("/"), scope["query_string"].decode("latin-1")
    asked = {**scope, "path": bare}
    if scope.get("endpoint") is not None or not bare or bare == scope["path"]:
        return ""
    if all(route.matches(asked)[0] is not Match.FULL for route in request.app.router.routes):
        return ""
    return f"{quote(bare)}?{query}" if query else quote(bare)


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
    if isinstance(error, Throttled) and error.kind == "busy":
        _overload.note(error)
        headers = {"Retry-After": str(max(1, round(error.retry_after)))}
        return problem_response(request, 503, _BUSY, kind=error.kind, headers=headers)
    ERRORS.labels(kind=error.kind).inc()
    if isinstance(error, Gone):
        return problem_response(request, 404, error.detail)
    if error.kind in _OUR_FAULT or isinstance(error, Transient):
        return _unavailable(request, error)
    if error.kind == "unstorable":
        logger.warning("refused by a store: %s", error, extra={"kind": error.kind, "where": error.where})
        return problem_response(request, 400, "Something in this request cannot be stored.")
    if isinstance(error, InvalidInput | Outdated):
        detail = f"{error.detail} ({error.hint})" if error.hint else error.detail
        kind = error.kind if error.kind != type(error).kind else None
        errors = [FieldError(field=error.where, detail=detail)] if error.where in _parameters(request) else []
        status = 412 if isinstance(error, Outdated) else 400
        return problem_response(request, status, detail, errors=errors, kind=kind)
    logger.error("failed: %s", error, exc_info=error, extra={"kind": error.kind, "where": error.where})
    return internal_error(request)


def socket_problem(scope: Scope, error: HTTPException | QuietHireError) -> Response:
    """The answer to a WebSocket that is not let in, in place of it."""
    asked = Request({**scope, "type": "http", "method": "GET"})
    answer = http_problem(asked, error) if isinstance(error, HTTPException) else quiethire_problem(asked, error)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _unavailable(request: Request, error: QuietHireError) -> Response:
    """The problem of what may be there later."""
    if error.kind in _OUR_FAULT:
        logger.error("set up wrong: %s", error, extra={"kind": error.kind, "where": error.where})
    else:
        logger.warning("unavailable: %s", error, extra={"kind": error.kind, "where": error.where})
    wait = error.retry_after if isinstance(error, Throttled) else _RETRY_AFTER
    return problem_response(request, 503, _UNAVAILABLE, headers={"Retry-After": str(max(1, round(wait)))})
