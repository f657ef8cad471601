"""In-memory twins of the PostgreSQL stores, held to the same contracts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from quiethire.domain.board import Board, learnt
from quiethire.domain.company import BoardCandidate, Company, DorkResult, Subdomain, company_id
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.ports import BoardSchedule, QueuedUrl
from quiethire.domain.urls import canonical_url
from quiethire.storage.postgres.companies import best_by_url
from quiethire.storage.postgres.queue import STATUSES


@dataclass
class MemoryDatabase:
    """What `MemoryCompanies` and `MemoryBoards` share, as the real ones share a database."""

    companies: dict[str, Company] = field(default_factory=dict)
    discovered: dict[str, dict[str, BoardCandidate]] = field(default_factory=dict)
    subdomains: dict[tuple[str, str], Subdomain] = field(default_factory=dict)
    dork_results: dict[tuple[str, str], DorkResult] = field(default_factory=dict)
    boards: dict[str, Board] = field(default_factory=dict)
    crawls: dict[str, CrawlRecord] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    """When each board is due; a new one at once."""
    claims: dict[str, str] = field(default_factory=dict)
    """Board → owner of its claim."""
    doubts: dict[str, dict[UUID, datetime]] = field(default_factory=dict)
    """Board → its missing postings, and since when they are missing."""
    also_listed: dict[str, dict[UUID, datetime]] = field(default_factory=dict)
    """Board → postings of other boards that it lists, and since when it does."""

    def know(self, domain: str) -> Company:
        """The company of this domain, added if it is new."""
        return self.companies.setdefault(domain, Company(id=company_id(domain), domain=domain))

    def learn(self, board: Board) -> None:
        """Add a board and the company it names; what is known of its owner stays."""
        old = self.boards.get(board.key)
        if board.company_domain:
            company = self.know(board.company_domain)
            if company.name is None:
                self.companies[company.domain] = company.model_copy(update={"name": board.company_name})
        self.boards[board.key] = board if old is None else learnt(old, board)
        self.due.setdefault(board.key, datetime.now(UTC))


class MemoryCompanies:
    """`CompanyStore` in memory."""

    def __init__(self, database: MemoryDatabase | None = None) -> None:
        self.database = database or MemoryDatabase()

    async def add(self, companies: Iterable[Company]) -> int:
        """Add or rename."""
        known = self.database.companies
        before = len(known)
        for company in {company.domain: company for company in companies}.values():
            old = known.setdefault(company.domain, company)
            name = old.name if company.name is None else company.name
            known[company.domain] = old.model_copy(update={"name": name})
        return len(known) - before

    async def by_domain(self, domain: str) -> Company | None:
        """One company."""
        return self.database.companies.get(domain)

    async def stale(
        self, older_than: timedelta, limit: int, now: datetime, after: Company | None = None
    ) -> list[Company]:
        """Companies that are due, the longest waiting first, behind `after`."""
        due = self._stale(older_than, now)
        return [company for company in due if after is None or _waits(company) > _waits(after)][:limit]

    async def count_stale(self, older_than: timedelta, now: datetime) -> int:
        """How many companies these are."""
        return len(self._stale(older_than, now))

    def _stale(self, older_than: timedelta, now: datetime) -> list[Company]:
        known = self.database.companies.values()
        return sorted((each for each in known if each.is_due(older_than, now)), key=_waits)

    async def page(self, *, limit: int, after: str | None = None) -> list[Company]:
        """Companies by domain, those after the domain `after`."""
        known = sorted(self.database.companies.items())
        return [company for domain, company in known if domain > (after or "")][:limit]

    async def mark_crawled(self, domain: str, at: datetime) -> None:
        """Its discovery succeeded. A company not known yet is added."""
        company = self.database.know(domain)
        crawled, tried = company.last_crawled_at or at, company.last_tried_at or at
        changes = {
            "last_crawled_at": max(at, crawled),
            "last_tried_at": max(at, tried),
            "failures": company.failures if tried > at else 0,
        }
        self.database.companies[domain] = company.model_copy(update=changes)

    async def mark_failed(self, domain: str, at: datetime) -> None:
        """Its discovery failed. Said twice of the same moment, it counts once."""
        company = self.database.companies.get(domain)
        if company is not None and (company.last_tried_at is None or company.last_tried_at < at):
            changes = {"last_tried_at": at, "failures": company.failures + 1}
            self.database.companies[domain] = company.model_copy(update=changes)

    async def store_discovered(
        self, domain: str, candidates: Sequence[BoardCandidate], subdomains: Sequence[Subdomain]
    ) -> None:
        """Store findings; the newest finding of a URL wins."""
        self.database.know(domain)
        found = best_by_url(candidates)
        for board in (candidate.sure_board for candidate in found.values()):
            if board is not None:
                self.database.learn(board)
                if self.database.boards[board.key].company_domain is None:
                    self.database.learn(board.model_copy(update={"company_domain": domain}))
        for url, candidate in found.items():
            if candidate.board is not None and candidate.board.key not in self.database.boards:
                found[url] = candidate.model_copy(update={"board": None})
        self.database.discovered.setdefault(domain, {}).update(found)
        self.database.subdomains.update({(domain, found.subdomain): found for found in subdomains})

    async def discovered(self, domain: str) -> list[BoardCandidate]:
        """The discovered URLs of a company, best first."""
        found = [
            candidate.model_copy(update={"board": candidate.board and self.database.boards[candidate.board.key]})
            for candidate in self.database.discovered.get(domain, {}).values()
        ]
        return sorted(found, key=lambda candidate: (-candidate.confidence, candidate.url))

    async def store_dork_results(self, results: Sequence[DorkResult]) -> None:
        """Store what search-engine queries gave."""
        self.database.dork_results.update({(result.query, result.url): result for result in results})

    async def dork_results(self, query: str) -> list[DorkResult]:
        """What a query gave, now and before, by rank."""
        found = [result for result in self.database.dork_results.values() if result.query == query]
        return sorted(found, key=lambda result: (result.rank, result.url))

    async def count(self) -> int:
        """How many companies are known."""
        return len(self.database.companies)


def _waits(company: Company) -> tuple[datetime, str]:
    """Sorts companies by how long they wait, those never tried first."""
    return (company.last_tried_at or datetime.min.replace(tzinfo=UTC), company.domain)


class MemoryBoards:
    """`BoardStore` in memory."""

    def __init__(self, database: MemoryDatabase | None = None) -> None:
        self.database = database or MemoryDatabase()

    async def add(self, board: Board) -> None:
        """Add a board, or learn its company. The first that is named owns it for good."""
        self.database.learn(board)

    async def get(self, key: str) -> Board | None:
        """One board by `ats/token`."""
        return self.database.boards.get(key)

    async def all(self) -> list[Board]:
        """All boards, by key."""
        return [board for _, board in sorted(self.database.boards.items())]

    async def count(self) -> int:
        """How many boards are known."""
        return len(self.database.boards)

    async def add_due(self, boards: Iterable[Board], now: datetime) -> int:
        """Add boards and make them due, those known already too, but for those claimed."""
        before, database = len(self.database.boards), self.database
        for board in boards:
            database.learn(board)
            if board.key not in database.claims:
                database.due[board.key] = min(database.due[board.key], now)
        return len(database.boards) - before

    async def claim_due(self, limit: int, *, owner: str, lease: timedelta, now: datetime) -> list[Board]:
        """Take boards that are due, the most overdue first, no ATS crowding out others; or give the owner what they hold."""
        due, claims = self.database.due, self.database.claims
        held = [key for key in self.database.boards if claims.get(key) == owner and due[key] > now]
        if held:
            return [self.database.boards[key] for key in held]
        free = sorted((key for key in self.database.boards if due[key] <= now), key=lambda key: due[key])
        of_ats: defaultdict[str, list[str]] = defaultdict(list)
        for key in free:
            board = self.database.boards[key]
            of_ats[key if board.is_website else board.ats].append(key)
        last = {key for keys in of_ats.values() for key in keys[limit // 2 :]}
        taken = sorted(sorted(free, key=last.__contains__)[:limit], key=lambda key: due[key])
        for key in taken:
            claims[key], due[key] = owner, now + lease
        return [self.database.boards[key] for key in taken]

    async def schedule(self, now: datetime) -> BoardSchedule:
        """Counts."""
        due = {key: self.database.due[key] for key in self.database.boards}
        overdue = [at for at in due.values() if at <= now]
        claimed = [key for key, at in due.items() if at > now and key in self.database.claims]
        later = [at for key, at in due.items() if at > now and key not in self.database.claims]
        return BoardSchedule(
            boards=len(due),
            due=len(overdue),
            claimed=len(claimed),
            oldest_due_at=min(overdue, default=None),
            next_due_at=min(later, default=None),
        )

    async def record_crawl(
        self,
        crawl: CrawlRecord,
        *,
        due_at: datetime | None = None,
        doubts: Mapping[UUID, datetime] | None = None,
        of_others: Collection[UUID] | None = None,
    ) -> None:
        """Store the facts of a crawl, by `crawl_id`, what it leaves in doubt, and when the board is due again."""
        self.database.crawls[crawl.crawl_id] = crawl
        [newest] = await self.recent_crawls(crawl.board_key, 1)
        if due_at is not None and crawl.board_key in self.database.boards and newest.started_at == crawl.started_at:
            self.database.due[crawl.board_key] = due_at
            self.database.claims.pop(crawl.board_key, None)
        if doubts is not None:
            self.database.doubts[crawl.board_key] = dict(doubts)
        if of_others is not None:
            noted = self.database.also_listed.get(crawl.board_key, {})
            kept = {each: at for each, at in noted.items() if each in of_others or not crawl.complete}
            self.database.also_listed[crawl.board_key] = dict.fromkeys(of_others, crawl.started_at) | kept

    async def doubts(self, key: str) -> Mapping[UUID, datetime]:
        """Postings of this board that are missing and not believed gone, and since when."""
        return dict(self.database.doubts.get(key, {}))

    async def also_listed(self, job_ids: Collection[UUID], key: str) -> Mapping[UUID, str]:
        """Those of these postings that boards other than `key` list, and which board."""
        found: dict[UUID, str] = {}
        others = sorted((board, noted) for board, noted in self.database.also_listed.items() if board != key)
        for job_id in job_ids:
            listing = [(noted[job_id], board) for board, noted in others if job_id in noted]
            if listing:
                found[job_id] = max(listing, key=lambda each: each[0])[1]
        return found

    async def recent_crawls(self, key: str, limit: int = 50) -> list[CrawlRecord]:
        """The crawls of this board, the one that started last first."""
        return (await self.recent_crawls_of([key], limit))[key]

    async def recent_crawls_of(self, keys: Collection[str], limit: int = 50) -> Mapping[str, list[CrawlRecord]]:
        """The same for many boards at once."""
        crawls = await self.last_crawls(len(self.database.crawls))
        return {key: [crawl for crawl in crawls if crawl.board_key == key][:limit] for key in keys}

    async def last_crawls(self, limit: int) -> list[CrawlRecord]:
        """The crawls of all boards, the one that started last first."""
        crawls = self.database.crawls.values()
        return sorted(crawls, key=lambda crawl: (crawl.started_at, crawl.crawl_id), reverse=True)[:limit]

    async def prune_crawls(self, *, keep: int, before: datetime) -> int:
        """Drop the crawls of each board that are older, but for its newest `keep`."""
        crawls = await self.last_crawls(len(self.database.crawls))
        by_board: dict[str, list[CrawlRecord]] = {}
        for crawl in crawls:
            by_board.setdefault(crawl.board_key, []).append(crawl)
        old = [each.crawl_id for board in by_board.values() for each in board[keep:] if each.started_at < before]
        for crawl_id in old:
            del self.database.crawls[crawl_id]
        return len(old)


@dataclass
class _Entry:
    id: int
    url: str
    priority: int
    status: str = "pending"
    attempts: int = 0
    last_attempt_at: datetime | None = None
    claimed_by: str | None = None


class MemoryCrawlQueue:
    """`CrawlQueue` in memory."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}

    async def push(self, urls: Iterable[str], priority: int = 5) -> int:
        """Queue URLs, each in its canonical form."""
        waiting = {entry.url for entry in self._entries.values() if entry.status in ("pending", "processing")}
        new = [url for url in dict.fromkeys(canonical_url(url) for url in urls) if url not in waiting]
        for url in new:
            number = len(self._entries) + 1
            self._entries[number] = _Entry(number, url, priority)
        return len(new)

    async def claim(self, limit: int, *, owner: str, lease: timedelta, now: datetime) -> list[QueuedUrl]:
        """Take entries, the lowest priority number first, then the oldest; or give the owner what they hold."""
        entries = self._entries.values()
        held = [entry for entry in entries if entry.status == "processing" and entry.claimed_by == owner]
        held = [entry for entry in held if not _is_free(entry, now - lease)]
        if held:
            return _claimed(held)
        free = [entry for entry in entries if _is_free(entry, now - lease)]
        taken = sorted(free, key=lambda entry: (entry.priority, entry.id))[:limit]
        for entry in taken:
            entry.status, entry.attempts, entry.last_attempt_at = "processing", entry.attempts + 1, now
            entry.claimed_by = owner
        return _claimed(taken)

    async def finish(self, entry_id: int, *, attempt: int, ok: bool, max_attempts: int = 3) -> None:
        """Complete an entry, or give it back where it is still this attempt's."""
        entry = self._entries.get(entry_id)
        if entry is None or entry.status == "completed":
            return
        if ok:
            entry.status = "completed"
        elif entry.status == "processing" and entry.attempts == attempt:
            entry.status = "failed" if entry.attempts >= max_attempts else "pending"

    async def put_off(self, entry_id: int, *, attempt: int) -> None:
        """Leave an entry to its lease, and take back the attempt."""
        entry = self._entries.get(entry_id)
        if entry is not None and entry.status == "processing" and entry.attempts == attempt:
            entry.attempts -= 1

    async def counts(self) -> dict[str, int]:
        """Entries by status; every status is named."""
        statuses = [entry.status for entry in self._entries.values()]
        return {status: statuses.count(status) for status in STATUSES}


def _claimed(entries: list[_Entry]) -> list[QueuedUrl]:
    ordered = sorted(entries, key=lambda entry: (entry.priority, entry.id))
    return [
        QueuedUrl(id=entry.id, url=entry.url, priority=entry.priority, attempts=entry.attempts) for entry in ordered
    ]


def _is_free(entry: _Entry, expired: datetime) -> bool:
    at = entry.last_attempt_at
    return entry.status in ("pending", "processing") and (at is None or at < expired)
