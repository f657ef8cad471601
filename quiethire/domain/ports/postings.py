"""Ports of the postings, of which of them are the same job, of the search index, and of what may be lost."""

from collections.abc import AsyncIterator, Collection, KeysView, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from quiethire.domain.base import Model
from quiethire.domain.cluster import Fingerprint, Neighbours, Placement
from quiethire.domain.gate import Allowance, Entered, KeptAnswer, Lease
from quiethire.domain.history import HiringFacts, SalaryChange
from quiethire.domain.lifecycle import JobEvent, StoredPosting
from quiethire.domain.notifications import Telling
from quiethire.domain.ports.embeddings import Meaning, Vector
from quiethire.domain.posting import JobPosting
from quiethire.domain.reading import BoardReadings, StoredReading
from quiethire.domain.search import (
    IndexCollection,
    IndexFailure,
    SearchDocument,
    SearchHit,
    SearchQuery,
    SearchResult,
    Suggestions,
)


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


class Changed(Model):
    """What has a page, and when it last changed: a posting by its id, a company by its domain, else by its name."""

    name: str
    at: datetime


class CompanyOpenings(Model):
    """A company by its open postings."""

    key: str
    """Its domain, or where its postings bear none its name in small letters: no two companies of a list share it."""
    name: str
    """The name that most of them bear."""
    domain: str | None
    open: int
    with_pay: int


class PostingStore(Protocol):
    """Postings and their history: the truth."""

    async def known(self, job_ids: Collection[UUID]) -> Mapping[UUID, StoredPosting]:
        """The rows of these postings, those that are there."""
        ...

    async def excerpts(self, job_ids: Collection[UUID]) -> Mapping[UUID, StoredPosting]:
        """The same with no more of their texts than the beginning that the search index holds: a third of what is read otherwise."""
        ...

    async def known_of(self, seen: Collection[JobPosting]) -> Mapping[UUID, StoredPosting]:
        """What `known` gives for these postings, as `observe` needs it.

        Where a posting is stored with the same content, the one that was seen may stand in the row for the one stored.
        """
        ...

    async def of_board(self, board_key: str, closed_at: datetime | None = None) -> Mapping[UUID, StoredReading]:
        """The open postings of a board, and those that were closed at this very moment, without their texts.

        Every crawl ends with this question, and a board may have tens of thousands.
        """
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

    async def salary_changes(self, job_ids: Collection[UUID]) -> Mapping[UUID, SalaryChange]:
        """The newest change of the pay of each of these postings by its employer, of those that have one."""
        ...

    async def page(
        self,
        *,
        limit: int,
        after: UUID | None = None,
        company: str | None = None,
        closed: bool | None = False,
        updated_since: datetime | None = None,
    ) -> list[StoredPosting]:
        """Postings in a lasting order, those after the posting `after`; none after one that is not there.

        `company` is a name, in any case of letters, or a domain; `closed` None gives open and closed ones; `updated_since`
        those whose row was written then or later, whatever moment it is of.
        """
        ...

    def scan(self, batch: int = 500) -> AsyncIterator[list[StoredPosting]]:
        """All open postings, in batches."""
        ...

    async def open_count(self) -> int:
        """How many postings are open."""
        ...

    async def open_ids(self) -> KeysView[UUID]:
        """The ids of all open postings, in the order in which their rows lie: those of neighbours are read together."""
        ...

    async def written_since(self, since: datetime) -> set[UUID]:
        """The ids of the postings, open and closed, of which a row was written at `since` or later, whatever moment that row is of."""
        ...

    async def changed_postings(self, *, limit: int, after: UUID | None = None) -> list[Changed]:
        """Open postings in a lasting order, those after the posting `after`, open or closed; none after one that is not there."""
        ...

    async def milestones(self, every: int) -> list[UUID]:
        """Each so-manieth open posting in that order: what parts of so many come after."""
        ...

    async def changed_companies(self, *, limit: int, after: str = "") -> list[Changed]:
        """Companies with open postings by name, those after the name `after`, with the last change of any of these."""
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

    async def companies(
        self, *, limit: int, after: tuple[int, str] | None = None, name: str = ""
    ) -> list[CompanyOpenings]:
        """Companies with open postings, the most first, then by key; those behind the one with these (open, key).

        With `name`, those that have it in the domain or in a name of theirs, in any case of letters.
        """
        ...

    async def boards_of(self, *, domain: str | None, names: Collection[str]) -> Mapping[str, int]:
        """The boards that list postings of a company, named as in `hiring`, and how many each has open."""
        ...

    async def places(self) -> Mapping[tuple[str | None, str], int]:
        """(city, country) → open postings there, of the 5,000 places with the most; (None, country) counts the country."""
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

    async def embed(self, vectors: Mapping[UUID, Vector], collection: str | None = None) -> None:
        """Tell what postings mean, nothing else of them changes; those not there are left out."""
        ...

    async def delete(self, job_ids: Collection[UUID], collection: str | None = None) -> None:
        """Remove, from the alias's collection unless another is named; those not there are no error."""
        ...

    async def search(self, query: SearchQuery, meaning: Meaning | None = None) -> SearchResult:
        """Search; with the meaning of what is asked, by words and by that.

        Raises Transient where it is out of reach, and what the making of the vector raises.
        """
        ...

    def walk(self, query: SearchQuery) -> AsyncIterator[list[UUID]]:
        """Every hit, newest first, in batches, each once; what `sort`, `page` and `per_page` say is of no account."""
        ...

    async def suggest(self, prefix: str, limit: int) -> Suggestions:
        """Titles, companies and skills that have a word with this beginning, so many of each at most."""
        ...

    async def similar(self, job_id: UUID, limit: int) -> tuple[SearchHit, ...]:
        """The postings most like this one, the likest first; empty where the index does not have it."""
        ...

    async def count(self, collection: str | None = None) -> int:
        """Number of documents."""
        ...

    async def ids(self, collection: str | None = None) -> set[UUID]:
        """The ids of all documents."""
        ...

    async def create(self, name: str) -> None:
        """A new, empty collection of this name; one that is left from a broken try is emptied."""
        ...

    async def swap(self, name: str) -> None:
        """Point the alias to this collection, keep the one that served until now, and drop the others."""
        ...

    async def rollback(self) -> str:
        """Serve the collection from before the last swap again, and tell its name. Done twice, it undoes itself.

        Raises Gone where there is none.
        """
        ...

    async def collections(self) -> tuple[IndexCollection, ...]:
        """The collections of this index with their counts, by name."""
        ...


class Cache(Telling, Protocol):
    """What may be lost at any moment: cached answers, daily feeds, notifications, crawl state."""

    async def get(self, key: str) -> bytes | None:
        """A cached value."""
        ...

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        """Keep a value for a while."""
        ...

    async def set_new(self, key: str, value: bytes, ttl: timedelta) -> bytes | None:
        """Keep a value for a while where there is none; else tell that one. Of several who do so at once, one keeps theirs."""
        ...

    async def drop(self, key: str) -> None:
        """Keep it no longer."""
        ...

    async def enter(
        self, allowance: Allowance | None, answer: str | None = None, lease: Lease | None = None
    ) -> Entered:
        """Take one request from the allowance, look the answer up by its key, and take the lead in finding it, in one round trip.

        An answer that is of another generation of the index than it has now is none, and so is a lead. Of those who ask with
        a lease for an answer that is not there at most one leads.
        """
        ...

    async def keep(
        self, answer: str, generation: bytes, kept: KeptAnswer, ttl: timedelta, holder: str | None = None
    ) -> None:
        """Keep an answer for a while, as one of this generation, and end this holder's lead in finding it."""
        ...

    async def let_go(self, answer: str, generation: bytes, holder: str) -> None:
        """End the lead in finding an answer; that of somebody else goes on."""
        ...
