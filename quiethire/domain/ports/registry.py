"""Ports of what PostgreSQL holds: companies, boards, the crawl queue, candidates."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.company import BoardCandidate, Company, DorkResult, Subdomain
from quiethire.domain.crawl import CrawlRecord


class CompanyStore(Protocol):
    """Companies and what discovery found of them."""

    async def add(self, companies: Iterable[Company]) -> int:
        """Add or rename; what is known of the tries is left alone. Returns how many were new."""
        ...

    async def by_domain(self, domain: str) -> Company | None:
        """One company."""
        ...

    async def stale(
        self, older_than: timedelta, limit: int, now: datetime, after: Company | None = None
    ) -> list[Company]:
        """Companies that are due (`Company.is_due`), those never tried first, then those tried longest ago.

        `after` is the last company of the page before, as it was then.
        """
        ...

    async def count_stale(self, older_than: timedelta, now: datetime) -> int:
        """How many companies these are."""
        ...

    async def page(self, *, limit: int, after: str | None = None) -> list[Company]:
        """Companies by domain, those after the domain `after`."""
        ...

    async def mark_crawled(self, domain: str, at: datetime) -> None:
        """Its discovery succeeded: set `last_crawled_at` and `last_tried_at`, never backwards; no failure counts any more."""
        ...

    async def mark_failed(self, domain: str, at: datetime) -> None:
        """Its discovery failed: set `last_tried_at`, never backwards, and count one failure more, once for each moment.

        A company that is not known is left unknown.
        """
        ...

    async def store_discovered(
        self, domain: str, candidates: Sequence[BoardCandidate], subdomains: Sequence[Subdomain]
    ) -> None:
        """Store discovered URLs (with their evidence), subdomains and the boards among them that are worth crawling."""
        ...

    async def discovered(self, domain: str) -> list[BoardCandidate]:
        """The discovered URLs of a company, best first."""
        ...

    async def store_dork_results(self, results: Sequence[DorkResult]) -> None:
        """Store what search-engine queries gave; a result is known by its query and URL, and the newest word counts."""
        ...

    async def dork_results(self, query: str) -> list[DorkResult]:
        """What a query gave, now and before, by rank."""
        ...

    async def count(self) -> int:
        """How many companies are known."""
        ...


class BoardSchedule(Model):
    """How many boards there are, and how well the loop keeps up with them."""

    boards: int
    due: int
    """Due now, and nobody's yet."""
    claimed: int
    """In somebody's hands."""
    oldest_due_at: datetime | None
    """Since when the board that waits longest has been due."""
    next_due_at: datetime | None
    """When the next one will be."""


class BoardStore(Protocol):
    """Boards, when each is due, and their crawls."""

    async def add(self, board: Board) -> None:
        """Add a board, or learn its company. Its company, if named, is added too.

        The first company that is named owns the board for good, and only it says what the board's company is called:
        whoever else leads to the board takes it from nobody.
        """
        ...

    async def get(self, key: str) -> Board | None:
        """One board by `ats/token`."""
        ...

    async def all(self) -> list[Board]:
        """All boards, by key."""
        ...

    async def count(self) -> int:
        """How many boards are known."""
        ...

    async def add_due(self, boards: Iterable[Board], now: datetime) -> int:
        """Add boards and make them due, those known already too, but for those claimed. Returns how many were new."""
        ...

    async def claim_due(self, limit: int, *, owner: str, lease: timedelta, now: datetime) -> list[Board]:
        """Take boards that are due, the most overdue first; they are due again after `lease` unless a crawl is recorded.

        No ATS has more than half of them while others are due: its boards share a host, which takes its time for each.
        An owner who holds boards already is given those, and no others: a repeated call takes nothing more.
        """
        ...

    async def schedule(self, now: datetime) -> BoardSchedule:
        """Counts."""
        ...

    async def record_crawl(
        self,
        crawl: CrawlRecord,
        *,
        due_at: datetime | None = None,
        doubts: Mapping[UUID, datetime] | None = None,
        of_others: Collection[UUID] | None = None,
    ) -> None:
        """Store the facts of a crawl, by `crawl_id`; with `due_at`, the board is due then and claimed by nobody.

        Where a later crawl of the board is recorded already, that one says when it is due. `doubts` take the place of those
        that the board had; so do, where the crawl is complete, the postings `of_others`: those that the board lists and that
        belong to other boards. None leaves them.
        """
        ...

    async def doubts(self, key: str) -> Mapping[UUID, datetime]:
        """Postings of this board that it lists no longer and that are not believed gone, and since when they are missing."""
        ...

    async def also_listed(self, job_ids: Collection[UUID], key: str) -> Mapping[UUID, str]:
        """Of these postings those that boards other than `key` list, each with the board that was the last to begin so."""
        ...

    async def recent_crawls(self, key: str, limit: int = 50) -> list[CrawlRecord]:
        """The crawls of this board, the one that started last first."""
        ...

    async def recent_crawls_of(self, keys: Collection[str], limit: int = 50) -> Mapping[str, list[CrawlRecord]]:
        """The same for many boards at once; one that was never crawled has an empty list."""
        ...

    async def last_crawls(self, limit: int) -> list[CrawlRecord]:
        """The crawls of all boards, the one that started last first."""
        ...

    async def prune_crawls(self, *, keep: int, before: datetime) -> int:
        """Drop the crawls that started before, but for the newest `keep` (one at least) of each board. Returns how many."""
        ...


class QueuedUrl(Model):
    """A claimed entry of the crawl queue."""

    id: int
    url: str
    priority: int
    attempts: int


class CrawlQueue(Protocol):
    """URLs waiting to be crawled; several workers may claim at once and none gets another's."""

    async def push(self, urls: Iterable[str], priority: int = 5) -> int:
        """Queue URLs; those pending or processing already are not queued twice. Returns how many were new."""
        ...

    async def claim(self, limit: int, *, owner: str, lease: timedelta, now: datetime) -> list[QueuedUrl]:
        """Take the lowest priority numbers first; entries whose claim is older than `lease` are taken again, and no sooner.

        That holds for what failed too: a host that is down now is not asked again within the minute.

        An owner who holds entries already is given those, and no others: a repeated call takes nothing more.
        """
        ...

    async def finish(self, entry_id: int, *, attempt: int, ok: bool, max_attempts: int = 3) -> None:
        """Complete an entry; one that failed is pending until the claim's lease is over, and failed once its attempts are used up.

        `attempt` is the `attempts` that the claim gave. Success is the last word, whoever has it; of a failure only the claim
        that holds the entry may tell.
        """
        ...

    async def put_off(self, entry_id: int, *, attempt: int) -> None:
        """Count this claim as no attempt, for the entry is crawled already: it is taken again when the claim's lease is over."""
        ...

    async def counts(self) -> dict[str, int]:
        """Entries by status."""
        ...
