"""What the demo web answers with: finished responses, made up front so that a day is always the same."""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

Query = Mapping[str, str]


class Answer(NamedTuple):
    """A finished response."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    location: str = ""


class PerQuery(NamedTuple):
    """A response that depends on the query."""

    answer: Callable[[Query], Answer]


Site = dict[str, Answer | PerQuery]
"""The answers of one host, by path."""


def html(text: str, status: int = 200) -> Answer:
    """A page."""
    return Answer(text.encode(), status=status)


def as_json(value: object, status: int = 200) -> Answer:
    """A JSON document, as an API would send it."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(body, "application/json; charset=utf-8", status)


def redirect(location: str, status: int = 302) -> Answer:
    """A redirect."""
    return Answer(b"", "text/html; charset=utf-8", status, location)
