"""A page out of a file, as both readers give it."""

from datetime import datetime
from typing import Literal

from quiethire.domain.base import Model


class ImportedPage(Model):
    """One saved page with its body."""

    url: str
    final_url: str | None = None
    """Where redirects led; None where the page came from `url` itself."""
    status: int
    content_type: str
    body: bytes
    fetched_at: datetime
    method: Literal["GET", "POST"] = "GET"
    request_body: str | None = None
    headers: dict[str, str] = {}
    """Of the answer, by lower-case name."""
