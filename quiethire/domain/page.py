"""What is fetched: requests, references to archived pages, and pages with their body."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, SecretStr

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
    probe: bool = False
    """Asked only to see how the host says no: its refusal is the answer, and does not lay it to rest."""
    private_query: str = ""
    """Added to the query when the request is sent (an API key); never archived, never logged, not in `key`."""
    authorization: SecretStr = SecretStr("")
    """The value of the Authorization header (`Bearer …`), for the host of `url` alone and never in the clear.

    Never archived, never logged, not in `key`. It does not travel: in JSON it is a row of asterisks.
    """

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
    unrendered: bool = False
    """True where its HTML is a shell that scripts fill and no browser filled it. Seen with every fetch, never archived."""
    unrendered_why: str = ""
    """Why no browser filled it. Known with the fetch alone: from the archive nobody can tell."""


MAX_HEADERS = 50
MAX_HEADER_LENGTH = 1_000
"""Headers of one answer that are kept, and characters of each."""

MAX_VALIDATOR = 512
"""Characters of an ETag or date that is sent back."""

_PRIVATE_HEADERS = frozenset({"set-cookie", "set-cookie2", "proxy-authenticate", "www-authenticate"})


def kept_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """An answer's headers as the archive keeps them: lower-case names, the first of each, no cookies, within bounds."""
    kept: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        if lower not in _PRIVATE_HEADERS and len(value) <= MAX_HEADER_LENGTH and len(kept) < MAX_HEADERS:
            kept.setdefault(lower, value)
    return kept


def validator(value: str | None) -> str | None:
    """An ETag or date as it can be sent back later; one too long, or not of printable ASCII, is no use."""
    return value if value and len(value) <= MAX_VALIDATOR and value.isascii() and value.isprintable() else None


def answered(spec: FetchSpec, ref: PageRef) -> tuple[FetchSpec, ...]:
    """The requests that an answer is archived under: the one that was made, and one for the page where it led."""
    if spec.method == "POST" or ref.final_url == spec.url:
        return (spec,)
    final = spec.model_copy(update={"url": ref.final_url})
    return (spec,) if final.key == spec.key else (spec, final)


class FetchTrace(Model):
    """How a page was come by. It stays in the archive, beside the reference; only the reference travels."""

    headers: dict[str, str] = {}
    """The answer's headers by lower-case name, within bounds and without cookies."""
    redirects: tuple[str, ...] = ()
    """The URLs that led to the final one, in order."""
    why: str = ""
    """Why the page was fetched in this way and no cheaper one."""


UNTRACED = FetchTrace()
"""Nothing is known of how it came."""


class ArchivedFetch(Model):
    """A request, its answer and how that came: one entry of the archive."""

    spec: FetchSpec
    ref: PageRef
    trace: FetchTrace = UNTRACED


class Pruned(Model):
    """What retention removed."""

    fetches: int
    """Answers."""
    bodies: int
    """Bodies that no answer names."""
    crawls: int = 0
    """Facts of crawls."""
    letters: int = 0
    """Dead letters."""


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
