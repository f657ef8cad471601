"""In-memory twin of the posting store, held to the same contract."""

import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from quiethire.domain.cluster import Member, Placement, whole
from quiethire.domain.history import HiringFacts, WeekCount, first_week
from quiethire.domain.lifecycle import JobEvent, JobEventKind, StoredPosting
from quiethire.domain.ports import ClusterStore, PostingStats
from quiethire.domain.posting import JobPosting, Workplace
from quiethire.domain.reading import BoardReadings, StoredReading
from quiethire.domain.search import FacetCount, SearchDocument, SearchHit, SearchQuery, SearchResult, Sort
from quiethire.storage.clickhouse.history import facts_of
from quiethire.storage.clickhouse.rows import EVENT_ORDER, job_columns
from quiethire.storage.clickhouse.search import FACET_VALUES, MAX_WORDS


class MemoryPostings:
    """`PostingStore` in memory."""

    def __init__(self) -> None:
        self.clusters: ClusterStore | None = None
        """Which postings are one job, where anybody asked: a search shows one of them."""
        self._rows: dict[UUID, StoredPosting] = {}
        self._events: dict[UUID, JobEvent] = {}

    async def known(self, job_ids: Collection[UUID]) -> Mapping[UUID, StoredPosting]:
        """The rows of these postings, those that are there."""
        return {job: self._rows[job] for job in job_ids if job in self._rows}

    async def known_of(self, seen: Collection[JobPosting]) -> Mapping[UUID, StoredPosting]:
        """The rows of these postings."""
        return await self.known({posting.id for posting in seen})

    async def of_board(self, board_key: str, closed_at: datetime | None = None) -> Mapping[UUID, StoredPosting]:
        """The open postings of a board, and those that were closed at this very moment."""
        return {
            job: row
            for job, row in self._rows.items()
            if row.posting.board_key == board_key and row.closed_at in (None, closed_at)
        }

    async def save(self, rows: Sequence[StoredPosting], events: Sequence[JobEvent]) -> None:
        """Keep events and rows; an older version never replaces a newer one."""
        job_columns(rows)
        self._events.update((event.id, event) for event in events)
        for row in rows:
            old = self._rows.get(row.posting.id)
            if old is None or old.updated_at <= row.updated_at:
                self._rows[row.posting.id] = row

    async def get(self, job_id: UUID) -> StoredPosting | None:
        """One posting, open or closed."""
        return self._rows.get(job_id)

    async def history(self, job_id: UUID) -> list[JobEvent]:
        """What happened to a posting, oldest first."""
        events = [event for event in self._events.values() if event.job_id == job_id]
        return sorted(events, key=lambda e: (e.at, EVENT_ORDER.index(e.kind), e.field, str(e.id)))

    async def page(
        self, *, limit: int, after: UUID | None = None, company: str | None = None, include_closed: bool = False
    ) -> list[StoredPosting]:
        """Postings by identity."""
        rows = (row for row in self._rows.values() if include_closed or row.is_open)
        if after is not None:
            if after not in self._rows:
                return []
            start = self._rows[after].posting.identity
            rows = (row for row in rows if row.posting.identity > start)
        if company is not None:
            rows = (row for row in rows if row.posting.company_name.lower() == company.lower())
        return sorted(rows, key=lambda row: row.posting.identity)[:limit]

    async def scan(self, batch: int = 500) -> AsyncIterator[list[StoredPosting]]:
        """All open postings, a batch at a time."""
        after: UUID | None = None
        while rows := await self.page(limit=batch, after=after):
            yield rows
            after = rows[-1].posting.id

    async def open_ids(self, since: datetime | None = None) -> set[UUID]:
        """The ids of all open postings, or of those whose row is of `since` or later."""
        return {row.posting.id for row in self._open() if since is None or row.updated_at >= since}

    async def search(self, query: SearchQuery) -> SearchResult:
        """A plain search; `degraded` is True."""
        started = time.perf_counter()
        words = [word.lower() for word in query.q.split()[:MAX_WORDS]]
        placements = {} if self.clusters is None else await self.clusters.mates(self._rows)
        jobs: dict[UUID, list[Member]] = defaultdict(list)
        for row in self._open():
            placement = placements.get(row.posting.id) or Placement(cluster=row.posting.id)
            jobs[placement.cluster].append(Member(row=row, placement=placement))
        shown = [SearchDocument.of(*job) for members in jobs.values() if (job := whole(members)) is not None]
        found = [document for document in shown if _fits(document, query, words)]
        found.sort(key=_order(query.sort, words))
        first = (query.page - 1) * query.per_page
        return SearchResult(
            found=len(found),
            page=query.page,
            hits=tuple(SearchHit(document=document) for document in found[first : first + query.per_page]),
            facets={
                "company": _facet([document.company] for document in found),
                "location": _facet(document.location for document in found),
                "remote": _facet([document.remote] for document in found),
                "job_type": _facet([document.job_type] for document in found),
            },
            took_ms=(time.perf_counter() - started) * 1000,
            degraded=True,
        )

    async def stats(self) -> PostingStats:
        """Counts; all but `closed` and `events` are of open postings."""
        postings = [row.posting for row in self._open()]
        return PostingStats(
            open=len(postings),
            closed=len(self._rows) - len(postings),
            companies=len({posting.company_name for posting in postings}),
            boards=len({posting.board_key for posting in postings} - {None}),
            with_salary=sum(posting.salary is not None for posting in postings),
            remote=sum(posting.remote is Workplace.REMOTE for posting in postings),
            events=Counter(event.kind.value for event in self._events.values()),
            by_ats=Counter(posting.ats for posting in postings),
        )

    async def readings(self, board_keys: Collection[str]) -> Mapping[UUID, StoredReading]:
        """How all postings of these boards were read, open and closed ones."""
        return {job: _reading(row) for job, row in self._rows.items() if row.posting.board_key in board_keys}

    async def readings_by_board(self, version: int) -> Mapping[str, BoardReadings]:
        """How many postings each board has, and how many of them a parser older than this version read."""
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self._rows.values():
            if (board := row.posting.board_key) is not None:
                state = "open" if row.is_open else "closed"
                counts[board].update({state: 1, f"outdated_{state}": row.posting.parser_version < version})
        return {
            board: BoardReadings(**{name: count[name] for name in BoardReadings.model_fields})
            for board, count in counts.items()
        }

    async def hiring(self, *, domain: str | None, names: Collection[str], now: datetime) -> HiringFacts | None:
        """What is stored of the postings that bear this domain, or one of these names."""
        known = {name.lower() for name in names}
        first = first_week(now)
        its = {
            job: row
            for job, row in self._rows.items()
            if row.cause is not JobEventKind.WITHDRAWN
            and (
                (domain is not None and row.posting.company_domain == domain)
                or row.posting.company_name.lower() in known
            )
        }
        if not its:
            return None
        weeks = Counter(
            _monday(event.at)
            for event in self._events.values()
            if event.job_id in its and event.kind is JobEventKind.CLOSED and event.at.date() >= first
        )
        closed = [WeekCount(week=week, postings=count) for week, count in sorted(weeks.items())]
        return facts_of([_life(row, first, now) for row in its.values()], closed)

    def _open(self) -> list[StoredPosting]:
        return [row for row in self._rows.values() if row.is_open]


def _reading(row: StoredPosting) -> StoredReading:
    posting, life = row.posting, row.model_dump(exclude={"posting"})
    return StoredReading(
        id=posting.id,
        board_key=posting.board_key,
        url=posting.url,
        content_hash=posting.content_hash,
        parser_version=posting.parser_version,
        **life,
    )


def _life(row: StoredPosting, first: date, now: datetime) -> dict[str, Any]:
    seen, posted = row.first_seen_at, row.posting.posted_at
    since = min(posted or seen, seen)
    return {
        "company_name": row.posting.company_name,
        "closed": not row.is_open,
        "week": _monday(since) if since.date() >= first else None,
        "seen_from": (seen - since).days,
        "until": ((row.closed_at or now) - since).days,
        "postings": 1,
        "first_seen_at": seen,
        "with_pay": int(row.posting.salary is not None),
    }


def _monday(at: datetime) -> date:
    return at.astimezone(UTC).date() - timedelta(days=at.astimezone(UTC).weekday())


def _fits(document: SearchDocument, query: SearchQuery, words: list[str]) -> bool:
    text = "\n".join((document.title, document.company, *document.skills, document.description)).lower()
    place = (query.location or "").strip().lower()
    pay = max(document.salary_min or -1, document.salary_max or -1)
    return (
        all(word in text for word in words)
        and (not query.remote or document.remote in query.remote)
        and (not query.company or document.company in query.company)
        and (not query.job_type or document.job_type in query.job_type)
        and (not place or any(place in name.lower() for name in document.location))
        and (query.salary_min is None or pay >= query.salary_min.amount)
    )


def _order(sort: Sort, words: list[str]) -> Callable[[SearchDocument], tuple[Any, ...]]:
    def key(document: SearchDocument) -> tuple[Any, ...]:
        latest = (-document.posted_at, document.id)
        if sort is Sort.DATE:
            return latest
        if sort is Sort.SALARY:
            return (-_or_least(document.salary_max), -_or_least(document.salary_min), *latest)
        return (-sum(word in document.title.lower() for word in words), *latest)

    return key


def _or_least(pay: int | None) -> int:
    return -1 if pay is None else pay


def _facet(values: Iterable[Iterable[str]]) -> tuple[FacetCount, ...]:
    counts = Counter(value for some in values for value in some)
    best = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:FACET_VALUES]
    return tuple(FacetCount(value=value, count=count) for value, count in best)
