"""What every method of discovery is given, and what it gives back."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.company import BoardCandidate, Company, DorkResult, Subdomain
from quiethire.domain.errors import Blocked, Gone, InvalidInput, QuietHireError, Throttled, Transient
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.result import Problem
from services.osint.dns import Dns

FetchPage = Callable[[FetchSpec], Awaitable[Page]]
"""Fetches a page with its body; raises the errors of the Fetcher port."""

Recognise = Callable[[str, str | None], Board | None]
"""The ATS board that a URL belongs to, or that a page's HTML embeds."""

MAX_REQUESTS = 30
"""Requests that one run of a method may make."""
MAX_SECONDS = 60.0
"""After so long a run makes no further request: a host that wants long pauses is asked for what is likeliest alone."""
MAX_FAILURES_IN_A_ROW = 3
"""After so many hosts' failures one after the other a run stops asking."""


class AtsBoards(Protocol):
    """What discovery needs of the parser's adapters beside `Recognise`, to ask a board whether it is there."""

    def on_host(self, ats: str, host: str) -> Board | None:
        """The board of a site that an ATS serves on a company's own host; None for an ATS that serves none so."""
        ...

    def requests(self, board: Board) -> tuple[FetchSpec, ...]:
        """What to fetch for the first page of a board's list."""
        ...

    async def count(self, board: Board, page: Page) -> int:
        """How many postings a board lists, by that page. Raises SchemaDrift or InvalidInput where it cannot be read."""
        ...


@dataclass(frozen=True)
class Web:
    """The outside world, as the methods of discovery reach it. What is None or blank is left out, and said to be."""

    fetch: FetchPage
    recognise: Recognise
    dns: Dns | None = None
    serpapi_key: str = field(default="", repr=False)
    github_token: str = field(default="", repr=False)
    harvester: Path | None = None
    """The executable of theHarvester, where it is installed and may be run."""
    boards: AtsBoards | None = None


class Discovery(Model):
    """What one run found, and what went wrong on the way. Candidates with a board come first, each kind best first."""

    candidates: tuple[BoardCandidate, ...] = ()
    subdomains: tuple[Subdomain, ...] = ()
    companies: tuple[Company, ...] = ()
    """Companies that a search over the whole web came upon."""
    results: tuple[DorkResult, ...] = ()
    """What a search engine answered, as far as it may lead to a board."""
    problems: tuple[Problem, ...] = ()
    unavailable: tuple[Problem, ...] = ()
    """Sources that a run can do without and had to, with the reason: no failure, and nothing to try again for."""
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
        answer = await self.ask(spec, guess=guess)
        return answer if isinstance(answer, Page) else None

    async def ask(self, spec: FetchSpec, *, guess: bool = False) -> Page | QuietHireError | None:
        """As `get`, for those who want to know why there is no page; None where the run may ask no more."""
        if self.spent:
            return None
        self.made += 1
        try:
            page = await self.fetch(spec)
        except QuietHireError as error:
            if isinstance(error, Transient | Blocked):
                self.failures_in_a_row += 1
            elif isinstance(error, Gone) and error.kind == Gone.kind:
                self.failures_in_a_row = 0  # The host answers, only not with this page.
            if not (guess and isinstance(error, Gone | InvalidInput)):
                self.problems.append(problem_of(error, spec.url))
            if self.failures_in_a_row == MAX_FAILURES_IN_A_ROW:
                detail = f"{MAX_FAILURES_IN_A_ROW} requests failed one after the other"
                self.problems.append(Problem(kind="gave_up", where=spec.url, detail=detail))
            return error
        self.failures_in_a_row = 0
        return page

    def advise(self, advice: str) -> None:
        """Say of the refusal told last what to do about it: of an API with a key, what the crawler advises is wrong."""
        last = max(place for place, problem in enumerate(self.problems) if problem.kind != "gave_up")
        told = self.problems[last]
        self.problems[last] = told.model_copy(update={"detail": f"{told.detail.partition(' (')[0]} ({advice})"})


def problem_of(error: QuietHireError, where: str) -> Problem:
    """The error as a problem; one of a host that asks us to wait names the moment from which it may be asked."""
    problem = Problem.of(error, where=where)
    if not isinstance(error, Throttled) or error.retry_after <= 0:
        return problem
    again = datetime.now(UTC) + timedelta(seconds=error.retry_after)
    return problem.model_copy(update={"detail": f"{problem.detail}; not before {again:%Y-%m-%d %H:%M:%S} UTC"})
