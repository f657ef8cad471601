"""Ports of the crawler and of its page archive."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr

from quiethire.domain.base import Model
from quiethire.domain.page import UNTRACED, ArchivedFetch, FetchSpec, FetchTrace, PageRef, Pruned


class Fetcher(Protocol):
    """The crawler, as everybody else sees it."""

    async def fetch(self, spec: FetchSpec, *, offline: bool = False) -> PageRef:
        """Fetch, archive and return the reference; `offline` answers from the archive alone.

        Raises Transient, Throttled, Blocked, Gone, Disallowed or InvalidInput.
        """
        ...


class ForwardProxy(Model):
    """A proxy to connect through."""

    id: str
    url: SecretStr
    """http(s)://user:password@host:port."""


class ForwardProxies(Protocol):
    """The proxies that an operator has set, for who sends requests through them."""

    def choose(self, host: str) -> ForwardProxy:
        """One for this host: the same for a while, as long as it works. Raises Throttled while all rest."""
        ...

    def report(self, proxy_id: str, *, latency: float | None) -> None:
        """Say how a use went: seconds until it worked, or None for a failure, after which the proxy rests."""
        ...

    def doubt(self, proxy_id: str, host: str) -> None:
        """A host was not reached, and nobody can tell whose fault that was: it gets another proxy next time."""
        ...


class PageArchive(Protocol):
    """Bodies by content hash, and what is known of each fetch."""

    async def put(self, body: bytes) -> str:
        """Store a body; returns its SHA-256. Storing the same body again changes nothing."""
        ...

    async def get(self, content_hash: str) -> bytes:
        """The body. Raises Gone where there is none and InvalidInput where what is stored is damaged."""
        ...

    async def record(self, spec: FetchSpec, ref: PageRef, trace: FetchTrace = UNTRACED) -> None:
        """Remember that this request was answered so. The body must be stored already."""
        ...

    async def latest(self, spec: FetchSpec) -> PageRef | None:
        """The newest answer to this request."""
        ...

    def scan(self, since: datetime | None = None) -> AsyncIterator[ArchivedFetch]:
        """The newest answer to every request, those fetched at `since` or later, in the order they were recorded."""
        ...

    async def prune(self, *, superseded: datetime | None, last: datetime | None) -> Pruned:
        """Drop what was recorded before these moments (None: keep all), and bodies that no answer has named for days.

        `superseded` holds for answers that a newer one to the same request replaced, `last` for the newest ones.
        """
        ...
