"""Whether what we need is there: one look at one server, and what all looks together say."""

from datetime import datetime
from typing import Protocol

from quiethire.domain.base import Model

CLOCKS_DIFFER = 30.0
"""Seconds by which the clock of a server may differ from ours before it is told: tokens tolerate a minute, and certificates less."""


class Look(Model):
    """What a look at a server found that is ready."""

    version: str = ""
    now: datetime | None = None
    """Its clock at that moment; None where it does not tell."""
    run: str = ""
    """What is another once it was started anew; empty where it does not tell."""
    documents: int | None = None
    """Documents of the search index."""
    expected: int | None = None
    """Documents that it should hold."""


class Probe(Protocol):
    """Looks at one server."""

    @property
    def name(self) -> str:
        """What it is, one word."""
        ...

    async def look(self) -> Look:
        """Look once. Raises QuietHireError where it is not ready; the kind of the error is the reason."""
        ...


class DependencyState(Model):
    """How one server is. Nothing in it tells where the server is."""

    name: str
    ready: bool
    reason: str | None = None
    """One word, where it is not ready: `unreachable`, `slow`, `disk`, `loading`, `not_migrated`, …"""
    milliseconds: float
    """That the look took."""
    documents: int | None = None
    expected: int | None = None


class Readiness(Model):
    """Whether a process has all that it needs."""

    ready: bool
    reason: str | None = None
    """The reason of the first server that is not ready."""
    checked_at: datetime
    dependencies: tuple[DependencyState, ...]
