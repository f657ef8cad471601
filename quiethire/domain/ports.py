"""What the rest of the house needs from stores and from the crawler, as Protocols.

Every store has a real implementation and an in-memory twin; one contract suite in `tests/contracts` runs
over both. All writes are upserts: run twice, they leave the same state.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from pydantic import SecretStr

from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.company import BoardCandidate, Company, Subdomain
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.lifecycle import JobEvent, StoredPosting
from quiethire.domain.matching import Candidate, Match
from quiethire.domain.page import UNTRACED, ArchivedFetch, FetchSpec, FetchTrace, PageRef, Pruned
from quiethire.domain.search import IndexFailure, SearchDocument, SearchQuery, SearchResult


class Fetcher(Protocol):
    """The crawler, as everybody else sees it."""

    async def fetch(self, spec: FetchSpec, *, offline: bool = False) -> PageRef:
        """Fetch, archive and return the reference; `offline` answers from the archive alone.

        Raises Transient, Throttled, Blocked, Gone, Disallowed or InvalidInput.
        """
        ...

    async def resolve(self, host: str) -> tuple[str, ...]:
        """The addresses at which this host would be fetched; empty where there is none. Raises Transient."""
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


class CompanyStore(Protocol):
    """Companies and what discovery found of them."""

    async def add(self, companies: Iterable[Company]) -> int:
        """Add or rename; `last_crawled_at` is left alone. Returns how many were new."""
        ...

    async def by_domain(self, domain: str) -> Company | None:
        """One company."""
        ...

    async def stale(self, older_than: timedelta, limit: int, now: datetime) -> list[Company]:
        """Companies never crawled first, then those crawled longest before `now - older_than` (inclusive)."""
        ...

    async def mark_crawled(self, domain: str, at: datetime) -> None:
        """Set `last_crawled_at`, never backwards."""
        ...

    async def store_discovered(
        self, domain: str, candidates: Sequence[BoardCandidate], subdomains: Sequence[Subdomain]
    ) -> None:
        """Store discovered URLs (with their evidence), subdomains and the boards among them."""
        ...

    async def discovered(self, domain: str) -> list[BoardCandidate]:
        """The discovered URLs of a company, best first."""
        ...

    async def count(self) -> int:
        """How many companies are known."""
        ...


class BoardStore(Protocol):
    """Boards and their crawls."""

    async def add(self, board: Board) -> None:
        """Add a board, or learn its company. Its company, if named, is added too."""
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

    async def record_crawl(self, crawl: CrawlRecord) -> None:
        """Store the facts of a crawl, by `crawl_id`."""
        ...

    async def recent_crawls(self, key: str, limit: int = 50) -> list[CrawlRecord]:
        """The crawls of this board, the one that started last first."""
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
        """Take the lowest priority numbers first; entries whose claim is older than `lease` are taken again.

        An owner who holds entries already is given those, and no others: a repeated call takes nothing more.
        """
        ...

    async def finish(self, entry_id: int, *, ok: bool, max_attempts: int = 3) -> None:
        """Complete an entry; one that failed is pending again until its attempts are used up."""
        ...

    async def counts(self) -> dict[str, int]:
        """Entries by status."""
        ...


class CandidateStore(Protocol):
    """Candidates and their matches."""

    async def save(self, candidate: Candidate) -> None:
        """Add or replace."""
        ...

    async def get(self, candidate_id: UUID) -> Candidate | None:
        """One candidate."""
        ...

    async def active(self) -> list[Candidate]:
        """All active candidates."""
        ...

    async def save_matches(
        self, candidate_id: UUID, matches: Sequence[Match], *, scored: Collection[UUID] | None
    ) -> list[Match]:
        """Store matches and drop those of the `scored` postings (None: of all) that are none any more.

        Returns those that were not there before.
        """
        ...

    async def matches(self, candidate_id: UUID, limit: int = 100) -> list[Match]:
        """Matches, best first."""
        ...

    async def matches_of(self, job_id: UUID, limit: int = 100) -> list[Match]:
        """The matches of a posting with active candidates, best first."""
        ...

    async def remove_matches_of(self, job_ids: Collection[UUID]) -> None:
        """Postings that closed match nobody."""
        ...


class PostingStats(Model):
    """Counts over all postings."""

    open: int
    closed: int
    companies: int
    boards: int
    with_salary: int
    remote: int
    events: dict[str, int]
    by_ats: dict[str, int]


class PostingStore(Protocol):
    """Postings and their history: the truth."""

    async def known(self, job_ids: Collection[UUID]) -> Mapping[UUID, StoredPosting]:
        """The rows of these postings, those that are there."""
        ...

    async def of_board(self, board_key: str, closed_at: datetime | None = None) -> Mapping[UUID, StoredPosting]:
        """The open postings of a board, and those that were closed at this very moment."""
        ...

    async def save(self, rows: Sequence[StoredPosting], events: Sequence[JobEvent]) -> None:
        """Write events, then rows: a death in between is mended by the retry, which tells the same events."""
        ...

    async def get(self, job_id: UUID) -> StoredPosting | None:
        """One posting, open or closed."""
        ...

    async def history(self, job_id: UUID) -> list[JobEvent]:
        """What happened to a posting, oldest first."""
        ...

    async def page(
        self, *, limit: int, after: UUID | None = None, company: str | None = None, include_closed: bool = False
    ) -> list[StoredPosting]:
        """Postings by id, those after `after`."""
        ...

    def scan(self, batch: int = 500) -> AsyncIterator[list[StoredPosting]]:
        """All open postings, in batches."""
        ...

    async def open_ids(self, since: datetime | None = None) -> set[UUID]:
        """The ids of all open postings, or of those whose row is of `since` or later."""
        ...

    async def search(self, query: SearchQuery) -> SearchResult:
        """A plain search for when the index is out of reach; `degraded` is True."""
        ...

    async def stats(self) -> PostingStats:
        """Counts."""
        ...


class SearchIndex(Protocol):
    """The search index, behind an alias. It can be rebuilt from the PostingStore at any moment."""

    async def ensure(self) -> None:
        """Create the first collection and the alias where they are missing."""
        ...

    async def ready(self) -> bool:
        """Whether it answers with all of its documents loaded."""
        ...

    async def upsert(self, documents: Sequence[SearchDocument], collection: str | None = None) -> list[IndexFailure]:
        """Add or replace; into the alias's collection unless another is named. Returns what was refused."""
        ...

    async def delete(self, job_ids: Collection[UUID]) -> None:
        """Remove; those not there are no error."""
        ...

    async def search(self, query: SearchQuery) -> SearchResult:
        """Search. Raises Transient where the index is out of reach."""
        ...

    async def count(self, collection: str | None = None) -> int:
        """Number of documents."""
        ...

    async def ids(self) -> set[UUID]:
        """The ids of all documents."""
        ...

    async def create(self, name: str) -> None:
        """A new, empty collection of this name; one that is left from a broken try is emptied."""
        ...

    async def swap(self, name: str) -> None:
        """Point the alias to this collection and drop the others."""
        ...


class Cache(Protocol):
    """What may be lost at any moment: cached answers, daily feeds, notifications, crawl state."""

    async def get(self, key: str) -> bytes | None:
        """A cached value."""
        ...

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        """Keep a value for a while."""
        ...

    async def put_daily_matches(self, candidate_id: UUID, scores: Mapping[UUID, float]) -> None:
        """Replace a candidate's feed (`candidate:{id}:daily_matches`), kept for an hour."""
        ...

    async def daily_matches(self, candidate_id: UUID, limit: int = 100) -> list[tuple[UUID, float]]:
        """A candidate's feed, best first; empty where it was lost."""
        ...

    async def publish(self, channel: str, message: bytes) -> None:
        """Tell whoever listens."""
        ...
