"""What is fetched: requests, references to archived pages, and pages with their body."""

import hashlib
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime

from quiethire.domain.base import Model
from quiethire.domain.urls import canonical_url


class Render(StrEnum):
    """Whether a page may be, or must be, rendered by the browser."""

    NEVER = "never"
    AUTO = "auto"
    """Over HTTP first; by the browser where the answer is a script shell."""


class FetchSpec(Model):
    """One request to be made: all that the crawler needs to know of it."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    body: str | None = None
    accept: Literal["html", "json", "xml", "any"] = "any"
    """What the caller can use. A page of another kind ends in InvalidInput `not_<accept>`."""
    render: Render = Render.NEVER
    archived_as: tuple[str, ...] = ()
    """URLs whose archived answers do as well when there is none of `url`: the same resource, asked with less detail."""
    private_query: str = ""
    """Added to the query when the request is sent (an API key); never archived, never logged, not in `key`."""

    @property
    def key(self) -> str:
        """Identity of the request in the archive: method, canonical URL, and the hash of the body."""
        key = f"{self.method} {canonical_url(self.url)}"
        return f"{key} {hashlib.sha256(self.body.encode()).hexdigest()}" if self.body is not None else key


class FetchedVia(StrEnum):
    """How a page came to us."""

    HTTP = "http"
    BROWSER = "browser"
    IMPORT = "import"


class PageRef(Model):
    """A fetched page in the archive. This travels; the body stays where it is."""

    url: str
    final_url: str
    status: int
    content_type: str
    content_hash: str
    """SHA-256 of the body, hexadecimal: the body's key in the archive."""
    size: int
    fetched_at: AwareDatetime
    via: FetchedVia
    etag: str | None = None
    last_modified: str | None = None
    from_archive: bool = False
    """True where no request was made: offline, or not modified."""


class Page(Model):
    """A page in the hand of a parser."""

    url: str
    """The final URL, after redirects: what relative links are resolved against."""
    body: bytes
    content_type: str
    fetched_at: AwareDatetime

    @classmethod
    def of(cls, ref: PageRef, body: bytes) -> "Page":
        """Join a reference with its body."""
        return cls(url=ref.final_url, body=body, content_type=ref.content_type, fetched_at=ref.fetched_at)
