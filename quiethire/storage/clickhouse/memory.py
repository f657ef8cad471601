"""In-memory twin of the posting store, held to the same contract."""

import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, KeysView, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from quiethire.domain.cluster import whole_jobs
from quiethire.domain.history import HiringFacts, SalaryChange, WeekCount, first_week, salary_change
from quiethire.domain.lifecycle import JobEvent, JobEventKind, StoredPosting
from quiethire.domain.ports import Changed, ClusterStore, CompanyOpenings, PostingStats
from quiethire.domain.posting import JobPosting, Workplace
from quiethire.domain.reading import BoardReadings, StoredReading
from quiethire.domain.search import INDEXED_DESCRIPTION, SearchDocument, SearchHit, SearchQuery, SearchResult
from quiethire.storage.clickhouse.counts import LONGEST_KEY
from quiethire.storage.clickhouse.history import facts_of
from quiethire.storage.clickhouse.memory_search import found_in
from quiethire.storage.clickhouse.rows import EVENT_ORDER, job_columns


class MemoryPostings:
    """`PostingStore` in memory."""

    def __init__(self) -> None:
        self.clusters: ClusterStore | None = None
        """Which postings are one job, where anybody asked: a search shows one of them."""
        self._rows: dict[UUID, StoredPosting] = {}
        self._events: dict[UUID, JobEvent] = {}
        self._kept_at: dict[UUID, datetime] = {}

    async def known(self, job_ids: Collection[UUID]) -> Mapping[UUID, StoredPosting]:
        """The rows of these postings, those that are there."""
        return {job: self._rows[job] for job in job_ids if job in self._rows}

    async def excerpts(self, job_ids: Collection[UUID]) -> Mapping[UUID, StoredPosting]:
        """The same with no more of their texts than the search index holds."""
        return {job: _excerpt(row) for job, row in (await self.known(job_ids)).items()}

    async def known_of(self, seen: Collection[JobPosting]) -> Mapping[UUID, StoredPosting]:
        """The rows of these postings."""
        return await self.known({posting.id for posting in seen})

    async def of_board(self, board_key: str, closed_at: datetime | None = None) -> Mapping[UUID, StoredReading]:
        """The open postings of a board, and those that were closed at this very moment, without their texts."""
        readings = await self.readings([board_key])
        return {job: reading for job, reading in readings.items() if reading.closed_at in (None, closed_at)}

    async def save(self, rows: Sequence[StoredPosting], events: Sequence[JobEvent]) -> None:
        """Keep events and rows; an older version never replaces a newer one."""
        job_columns(rows)
        self._events.update((event.id, event) for event in events)
        for row in rows:
            old = self._rows.get(row.posting.id)
            if old is None or old.updated_at <= row.updated_at:
                self._rows[row.posting.id] = row
                self._kept_at[row.posting.id] = datetime.now(UTC)

    async def get(self, job_id: UUID) -> StoredPosting | None:
        """One posting, open or closed."""
        return self._rows.get(job_id)

    async def history(self, job_id: UUID) -> list[JobEvent]:
        """What happened to a posting, oldest first."""
        events = [event for event in self._events.values() if event.job_id == job_id]
        return sorted(events, key=lambda e: (e.at, EVENT_ORDER.index(e.kind), e.field, str(e.id)))

    async def salary_changes(self, job_ids: Collection[UUID]) -> Mapping[UUID, SalaryChange]:
        """The newest change of the pay of each of these postings, of those that have one."""
        changed = [
            event
            for event in self._events.values()
            if event.job_id in job_ids and event.kind is JobEventKind.CHANGED and event.field == "salary"
        ]
        changed.sort(key=lambda event: event.at)
        return {event.job_id: salary_change(event.at, event.old, event.new) for event in changed}

    async def page(
        self,
        *,
        limit: int,
        after: UUID | None = None,
        company: str | None = None,
        closed: bool | None = False,
        updated_since: datetime | None = None,
    ) -> list[StoredPosting]:
        """Postings by identity."""
        rows = (row for row in self._rows.values() if closed is None or row.is_open is not closed)
        if after is not None:
            if after not in self._rows:
                return []
            start = self._rows[after].posting.identity
            rows = (row for row in rows if row.posting.identity > start)
        if company is not None:
            asked = company.lower()
            rows = (row for row in rows if asked in (row.posting.company_name.lower(), row.posting.company_domain))
        if updated_since is not None:
            rows = (row for row in rows if self._kept_at[row.posting.id] >= updated_since)
        return sorted(rows, key=lambda row: row.posting.identity)[:limit]

    async def scan(self, batch: int = 500) -> AsyncIterator[list[StoredPosting]]:
        """All open postings, a batch at a time."""
        after: UUID | None = None
        while rows := await self.page(limit=batch, after=after):
            yield rows
            after = rows[-1].posting.id

    async def open_count(self) -> int:
        """How many postings are open."""
        return len(list(self._open()))

    async def open_ids(self) -> KeysView[UUID]:
        """The ids of all open postings, by identity."""
        rows = sorted(self._open(), key=lambda row: row.posting.identity)
        return dict.fromkeys(row.posting.id for row in rows).keys()

    async def written_since(self, since: datetime) -> set[UUID]:
        """The ids of the postings, open and closed, of which a row was written at `since` or later."""
        return {job_id for job_id, at in self._kept_at.items() if at >= since}

    async def changed_postings(self, *, limit: int, after: UUID | None = None) -> list[Changed]:
        """Open postings by identity, with the time of their last change."""
        if after is not None and after not in self._rows:
            return []
        start = self._rows[after].posting.identity if after is not None else ""
        rows = sorted(self._open(), key=lambda row: row.posting.identity)
        later = [row for row in rows if after is None or row.posting.identity > start]
        return [Changed(name=str(row.posting.id), at=row.updated_at) for row in later[:limit]]

    async def milestones(self, every: int) -> list[UUID]:
        """Each so-manieth open posting by identity."""
        rows = sorted(self._open(), key=lambda row: row.posting.identity)
        return [row.posting.id for row in rows[every - 1 :: every]]

    async def changed_companies(self, *, limit: int, after: str = "") -> list[Changed]:
        """Companies with open postings by name, with the last change of any of these."""
        latest: dict[str, datetime] = {}
        for row in self._open():
            name = row.posting.company_domain or row.posting.company_name
            latest[name] = max(row.updated_at, latest.get(name, row.updated_at))
        later = sorted(name for name in latest if name > after)
        return [Changed(name=name, at=latest[name]) for name in later[:limit]]

    async def search(self, query: SearchQuery) -> SearchResult:
        """A plain search; `degraded` is True."""
        started = time.perf_counter()
        placements = {} if self.clusters is None else await self.clusters.mates(self._rows)
        shown = [SearchDocument.of(*job) for job in whole_jobs(self._rows, placements)]
        found, facets = found_in(shown, query)
        first = (query.page - 1) * query.per_page
        return SearchResult(
            found=len(found),
            page=query.page,
            hits=tuple(SearchHit(document=document) for document in found[first : first + query.per_page]),
            facets=facets,
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
        first, its = first_week(now), self._of_company(domain, names)
        if not its:
            return None
        weeks = Counter(
            _monday(event.at)
            for event in self._events.values()
            if event.job_id in its and event.kind is JobEventKind.CLOSED and event.at.date() >= first
        )
        closed = [WeekCount(week=week, postings=count) for week, count in sorted(weeks.items())]
        return facts_of([_life(row, first, now) for row in its.values()], closed)

    async def companies(
        self, *, limit: int, after: tuple[int, str] | None = None, name: str = ""
    ) -> list[CompanyOpenings]:
        """Companies with open postings, the most first."""
        known = _companies_of(row.posting for row in self._open())
        found = [each for names, each in known if any(name.lower() in own.lower() for own in (*names, each.key))]
        found.sort(key=lambda each: (-each.open, each.key))
        behind = [each for each in found if after is None or (-each.open, each.key) > (-after[0], after[1])]
        return behind[:limit]

    async def boards_of(self, *, domain: str | None, names: Collection[str]) -> Mapping[str, int]:
        """The boards that list postings of a company, and how many each has open."""
        boards: Counter[str] = Counter()
        for row in self._of_company(domain, names).values():
            if row.posting.board_key is not None:
                boards[row.posting.board_key] += row.is_open
        return boards

    async def places(self) -> Mapping[tuple[str | None, str], int]:
        """(city, country) → open postings there."""
        return Counter(
            place
            for row in self._open()
            for place in {
                (city, where.country)
                for where in row.posting.locations
                for city in (where.city, None)
                if where.country is not None
            }
        )

    def _of_company(self, domain: str | None, names: Collection[str]) -> dict[UUID, StoredPosting]:
        known = {name.lower() for name in names}
        return {
            job: row
            for job, row in self._rows.items()
            if row.cause is not JobEventKind.WITHDRAWN
            and (
                (domain is not None and row.posting.company_domain == domain)
                or row.posting.company_name.lower() in known
            )
        }

    def _open(self) -> list[StoredPosting]:
        return [row for row in self._rows.values() if row.is_open]


def _excerpt(row: StoredPosting) -> StoredPosting:
    beginning = row.posting.description_text[:INDEXED_DESCRIPTION]
    return row.model_copy(update={"posting": row.posting.model_copy(update={"description_text": beginning})})


def _companies_of(postings: Iterable[JobPosting]) -> list[tuple[Counter[str], CompanyOpenings]]:
    """The companies of open postings, each with its names."""
    by_key: dict[str, list[JobPosting]] = defaultdict(list)
    for posting in postings:
        by_key[(posting.company_domain or posting.company_name.lower())[:LONGEST_KEY]].append(posting)
    found = []
    for key, its in by_key.items():
        names = Counter(posting.company_name for posting in its)
        openings = CompanyOpenings(
            key=key,
            name=min(names, key=lambda name: (-names[name], name)),
            domain=its[0].company_domain,
            open=len(its),
            with_pay=sum(posting.salary is not None for posting in its),
        )
        found.append((names, openings))
    return found


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
