"""Bounds on what a request may bring, checked before anything is done with it."""

import asyncio
from typing import TypeVar

from pydantic_core import PydanticCustomError
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from quiethire.domain.resume import MAX_BYTES

MAX_TARGET = 8_192
"""Bytes of path and query."""
MAX_PARAMETERS = 256
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32_768
"""Of all headers together."""
MAX_BODY = 1_000_000
"""Bytes."""
BODY_WITHIN = 60.0
"""Seconds in which a body has to be there: who sends it byte by byte holds what was received meanwhile."""
FILES = {("PUT", "/api/v1/candidates/me/resume"), ("POST", "/matches/resume")}
"""Where a body is a file, as long as one may be: method and path."""

Given = TypeVar("Given", str, str | None)


def check_input(scope: Scope) -> None:
    """Raise HTTPException for a request that is out of bounds."""
    query = scope["query_string"]
    if len(scope.get("raw_path") or b"") + len(query) > MAX_TARGET:
        raise HTTPException(414, f"The address is longer than {MAX_TARGET} bytes.")
    if query.count(b"&") >= MAX_PARAMETERS:
        raise HTTPException(400, f"The address has more than {MAX_PARAMETERS} parameters.")
    size, most = 0, _most(scope)
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name == b"content-length" and (not value.isdigit() or int(value[:20]) > most):
            raise _too_large(most)
    if size > MAX_HEADER_BYTES or len(scope["headers"]) > MAX_HEADERS:
        raise HTTPException(431, f"The headers are more than {MAX_HEADERS}, or longer than {MAX_HEADER_BYTES} bytes.")


def bounded(scope: Scope, receive: Receive) -> Receive:
    """The body, as far as it goes: a longer one than announced is refused where it becomes too long, a slow one when its time is over."""
    received, most, until = 0, _most(scope), 0.0
    is_whole = False

    async def receive_bounded() -> Message:
        nonlocal received, until, is_whole
        if is_whole:
            # What comes after the body is that its sender has gone, whenever that is.
            return await receive()
        until = until or asyncio.get_running_loop().time() + BODY_WITHIN
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise HTTPException(
                408, f"The body did not come within {BODY_WITHIN:g} seconds.", {"Connection": "close"}
            ) from None
        is_whole = not message.get("more_body", False)
        received += len(message.get("body", b""))
        if received > most:
            raise _too_large(most)
        return message

    return receive_bounded


def without_nul(given: Given) -> Given:
    """What was given, for validators. Raises PydanticCustomError for the character NUL, which PostgreSQL cannot keep."""
    if given and "\0" in given:
        raise PydanticCustomError("nul", "must not hold the character NUL")
    return given


def _most(scope: Scope) -> int:
    return MAX_BYTES if (scope.get("method"), scope["path"]) in FILES else MAX_BODY


def _too_large(most: int) -> HTTPException:
    return HTTPException(413, f"The body is longer than {most} bytes.")
