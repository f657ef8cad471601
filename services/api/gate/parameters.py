"""Query parameters that would be left aside: those that an address does not have, and all but the last of those that take one value."""

from collections import Counter
from collections.abc import Iterator
from typing import get_origin

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import HTTPConnection

_STRICT = ("/api/", "/feeds/")
"""Addresses of programs. A page is asked for by people, and by links that others have added to."""


def is_strict(router: APIRouter) -> bool:
    """Whether it has routes for programs."""
    return any(isinstance(route, APIRoute) and route.path.startswith(_STRICT) for route in router.routes)


async def nothing_left_aside(asked: HTTPConnection) -> None:
    """Raise RequestValidationError for what the route does not take: a misspelt name, or a second value, never passes silently."""
    route, given = asked.scope.get("route"), asked.query_params
    if not isinstance(route, APIRoute) or not given:
        return
    # A model of parameters refuses what it does not know itself.
    strange = [] if any(_models(route)) else set(given).difference(_fields(route))
    problems = [{"type": "extra_forbidden", "loc": ("query", name), "msg": ""} for name in given if name in strange]
    repeated = [name for name, times in Counter(name for name, _ in given.multi_items()).items() if times > 1]
    if repeated:
        takes_many, told = _fields(route), "is given twice or more, and takes one value"
        problems += [
            {"type": "given_twice", "loc": ("query", name), "msg": told}
            for name in repeated
            if not takes_many.get(name, True)
        ]
    if problems:
        raise RequestValidationError(problems)


def _models(route: APIRoute) -> Iterator[type[BaseModel]]:
    for field in route.dependant.query_params:
        kind = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield kind


def _fields(route: APIRoute) -> dict[str, bool]:
    """The route's query parameters, and whether each takes more than one value."""
    fields = {field.alias: field.field_info for field in route.dependant.query_params}
    for model in _models(route):
        fields |= model.model_fields
    return {name: get_origin(info.annotation) in {tuple, list} for name, info in fields.items()}
