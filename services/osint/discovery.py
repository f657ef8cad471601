"""What every method of discovery is given, and what it gives back."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.company import BoardCandidate, Company, Subdomain
from quiethire.domain.errors import Blocked, Gone, InvalidInput, QuietHireError, Transient
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.result import Problem

FetchPage = Callable[[FetchSpec], Awaitable[Page]]
"""Fetches a page with its body; raises the errors of the Fetcher port."""

Recognise = Callable[[str, str | None], Board | None]
"""The ATS board that a URL belongs to, or that a page's HTML embeds."""

Resolve = Callable[[str], Awaitable[tuple[str, ...]]]
"""The addresses of a host name; empty where there is none. Raises Transient where the answer did not come."""

MAX_REQUESTS = 30
"""Requests that one run of a method may make."""
MAX_SECONDS = 60.0
"""After so long a run makes no further request: a host that wants long pauses is asked for what is likeliest alone."""
MAX_FAILURES_IN_A_ROW = 3
"""After so many hosts' failures one after the other a run stops asking."""


@dataclass(frozen=True)
class Web:
    """The outside world, as the methods of discovery reach it."""

    fetch: FetchPage
    recognise: Recognise
    resolve: Resolve | None = None
    serpapi_key: str = ""


class Discovery(Model):
    """What one run found, and what went wrong on the way. Candidates with a board come first, each kind best first."""

    candidates: tuple[BoardCandidate, ...] = ()
    subdomains: tuple[Subdomain, ...] = ()
    companies: tuple[Company, ...] = ()
    """Companies that a search over the whole web came upon."""
    problems: tuple[Problem, ...] = ()
    requests: int = 0


class Method(Protocol):
    """One way to discover."""

    name: str

    async def discover(self, subject: str, web: Web) -> Discovery:
        """Discover from `subject`: a domain, a URL or a query, as the method says. Failures become problems."""
        ...


@dataclass
class Requests:
    """The requests of one run: counted, bounded, and with their failures kept as problems."""

    fetch: FetchPage
    limit: int = MAX_REQUESTS
    made: int = 0
    problems: list[Problem] = field(default_factory=list)
    failures_in_a_row: int = 0
    until: float = field(default_factory=lambda: time.monotonic() + MAX_SECONDS)

    @property
    def spent(self) -> bool:
        """Whether no more requests may be made."""
        late = time.monotonic() > self.until
        return late or self.made >= self.limit or self.failures_in_a_row >= MAX_FAILURES_IN_A_ROW

    async def get(self, spec: FetchSpec, *, guess: bool = False) -> Page | None:
        """The page, or None where there is none. A guessed address that leads nowhere is no problem."""
        if self.spent:
            return None
        self.made += 1
        try:
            page = await self.fetch(spec)
        except QuietHireError as error:
            self.failures_in_a_row += isinstance(error, Transient | Blocked)
            if not (guess and isinstance(error, Gone | InvalidInput)):
                self.problems.append(Problem.of(error, where=spec.url))
            if self.failures_in_a_row == MAX_FAILURES_IN_A_ROW:
                detail = f"{MAX_FAILURES_IN_A_ROW} requests failed one after the other"
                self.problems.append(Problem(kind="gave_up", where=spec.url, detail=detail))
            return None
        self.failures_in_a_row = 0
        return page
