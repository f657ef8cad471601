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
from quiethire.domain.cluster import Fingerprint, Neighbours, Placement
from quiethire.domain.company import BoardCandidate, Company, DorkResult, Subdomain
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.history import HiringFacts
from quiethire.domain.lifecycle import JobEvent, StoredPosting
from quiethire.domain.matching import Candidate, Match
from quiethire.domain.page import UNTRACED, ArchivedFetch, FetchSpec, FetchTrace, PageRef, Pruned
from quiethire.domain.posting import JobPosting
from quiethire.domain.reading import BoardReadings, StoredReading
from quiethire.domain.search import IndexFailure, SearchDocument, SearchQuery, SearchResult


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


class CompanyStore(Protocol):
    """Companies and what discovery found of them."""

    async def add(self, companies: Iterable[Company]) -> int:
        """Add or rename; `last_crawled_at` is left alone. Returns how many were new."""
        ...

    async def by_domain(self, domain: str) -> Company | None:
        """One company."""
        ...

    async def stale(
        self, older_than: timedelta, limit: int, now: datetime, after: Company | None = None
    ) -> list[Company]:
        """Companies never crawled first, then those crawled longest before `now - older_than` (inclusive).

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

    async def add_due(self, boards: Iterable[Board], now: datetime) -> int:
        """Add boards and make them due, those known already too, but for those claimed. Returns how many were new."""
        ...

    async def claim_due(self, limit: int, *, owner: str, lease: timedelta, now: datetime) -> list[Board]:
        """Take boards that are due, the most overdue first; they are due again after `lease` unless a crawl is recorded.

        An owner who holds boards already is given those, and no others: a repeated call takes nothing more.
        """
        ...

    async def schedule(self, now: datetime) -> BoardSchedule:
        """Counts."""
        ...

    async def record_crawl(self, crawl: CrawlRecord, *, due_at: datetime | None = None) -> None:
        """Store the facts of a crawl, by `crawl_id`; with `due_at`, the board is due then and claimed by nobody.

        Where a later crawl of the board is recorded already, that one says when it is due.
        """
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

    async def known_of(self, seen: Collection[JobPosting]) -> Mapping[UUID, StoredPosting]:
        """What `known` gives for these postings, as `observe` needs it.

        Where a posting is stored with the same content, the one that was seen may stand in the row for the one stored.
        """
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
        """Postings in a lasting order, those after the posting `after`; none after one that is not there."""
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

    async def readings(self, board_keys: Collection[str]) -> Mapping[UUID, StoredReading]:
        """How all postings of these boards were read, open and closed ones."""
        ...

    async def readings_by_board(self, version: int) -> Mapping[str, BoardReadings]:
        """How many postings each board has, and how many of them a parser older than this version read."""
        ...

    async def hiring(self, *, domain: str | None, names: Collection[str], now: datetime) -> HiringFacts | None:
        """What is stored of the postings that bear this domain or, in any case of letters, one of these names.

        None where there is none.
        """
        ...


class ClusterStore(Protocol):
    """Which postings are the same job: their fingerprints, and where each stands among its like.

    Kept apart from the postings: what is found out about two of them changes neither.
    """

    async def remember(self, fingerprints: Sequence[Fingerprint]) -> None:
        """Keep fingerprints, with the keys under which their like is found."""
        ...

    async def around(self, fingerprints: Sequence[Fingerprint]) -> Neighbours:
        """What may be the same job as any of these, found by their keys, with all mates of those and of these."""
        ...

    async def place(self, placements: Mapping[UUID, Placement]) -> None:
        """Keep where postings stand."""
        ...

    async def mates(self, job_ids: Collection[UUID]) -> Mapping[UUID, Placement]:
        """The members of all clusters that any of these is in, these too. A posting that stands alone has none."""
        ...

    async def listings(self, job_ids: Collection[UUID] | None = None) -> Mapping[UUID, int]:
        """Of these postings, or of all: for each open one that has mates, how many open postings it stands for.

        The one that is shown stands for all of its cluster, the others are hidden and stand for none. A posting that is
        left out is alone and stands for itself.
        """
        ...

    async def hidden(self) -> int:
        """How many open postings stand for none."""
        ...

    async def strange(self, method: int) -> set[UUID]:
        """Open postings without a fingerprint of this method that is as new, to the second, as they are."""
        ...

    async def remembered_since(self, moment: datetime) -> set[UUID]:
        """The postings whose fingerprints were kept at this moment or later."""
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
