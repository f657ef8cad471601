"""Bounds on what a request may bring, checked before anything is done with it."""

from typing import TypeVar

from pydantic_core import PydanticCustomError
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

MAX_TARGET = 8_192
"""Bytes of path and query."""
MAX_PARAMETERS = 256
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32_768
"""Of all headers together."""
MAX_BODY = 1_000_000
"""Bytes."""

Given = TypeVar("Given", str, str | None)


def check_input(scope: Scope) -> None:
    """Raise HTTPException for a request that is out of bounds."""
    query = scope["query_string"]
    if len(scope.get("raw_path") or b"") + len(query) > MAX_TARGET:
        raise HTTPException(414, f"The address is longer than {MAX_TARGET} bytes.")
    if query.count(b"&") >= MAX_PARAMETERS:
        raise HTTPException(400, f"The address has more than {MAX_PARAMETERS} parameters.")
    size = 0
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name == b"content-length" and (not value.isdigit() or int(value[:20]) > MAX_BODY):
            raise _too_large()
    if size > MAX_HEADER_BYTES or len(scope["headers"]) > MAX_HEADERS:
        raise HTTPException(431, f"The headers are more than {MAX_HEADERS}, or longer than {MAX_HEADER_BYTES} bytes.")


def bounded(receive: Receive) -> Receive:
    """The body, as far as it goes: a longer one than announced is refused where it becomes too long."""
    received = 0

    async def receive_bounded() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY:
            raise _too_large()
        return message

    return receive_bounded


def without_nul(given: Given) -> Given:
    """What was given, for validators. Raises PydanticCustomError for the character NUL, which PostgreSQL cannot keep."""
    if given and "\0" in given:
        raise PydanticCustomError("nul", "must not hold the character NUL")
    return given


def _too_large() -> HTTPException:
    return HTTPException(413, f"The body is longer than {MAX_BODY} bytes.")
