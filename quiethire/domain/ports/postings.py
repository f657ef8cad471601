"""Ports of the postings, of which of them are the same job, of the search index, and of what may be lost."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from quiethire.domain.base import Model
from quiethire.domain.cluster import Fingerprint, Neighbours, Placement
from quiethire.domain.history import HiringFacts
from quiethire.domain.lifecycle import JobEvent, StoredPosting
from quiethire.domain.posting import JobPosting
from quiethire.domain.reading import BoardReadings, StoredReading
from quiethire.domain.search import IndexFailure, SearchDocument, SearchQuery, SearchResult


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
