"""In-memory twins of the PostgreSQL stores, held to the same contracts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from quiethire.domain.board import Board
from quiethire.domain.company import BoardCandidate, Company, Subdomain, company_id
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Gone
from quiethire.domain.matching import Candidate, Match
from quiethire.domain.ports import QueuedUrl
from quiethire.domain.urls import canonical_url
from quiethire.storage.postgres.companies import best_by_url
from quiethire.storage.postgres.queue import STATUSES


@dataclass
class MemoryDatabase:
    """What `MemoryCompanies` and `MemoryBoards` share, as the real ones share a database."""

    companies: dict[str, Company] = field(default_factory=dict)
    discovered: dict[str, dict[str, BoardCandidate]] = field(default_factory=dict)
    subdomains: dict[tuple[str, str], Subdomain] = field(default_factory=dict)
    boards: dict[str, Board] = field(default_factory=dict)
    crawls: dict[str, CrawlRecord] = field(default_factory=dict)

    def know(self, domain: str) -> Company:
        """The company of this domain, added if it is new."""
        return self.companies.setdefault(domain, Company(id=company_id(domain), domain=domain))

    def learn(self, board: Board) -> None:
        """Add a board and the company it names; what is not said anew stays."""
        old = self.boards.get(board.key)
        if board.company_domain:
            company = self.know(board.company_domain)
            if company.name is None:
                self.companies[company.domain] = company.model_copy(update={"name": board.company_name})
        if old is not None:
            kept = {
                "company_domain": board.company_domain or old.company_domain,
                "company_name": old.company_name if board.company_name is None else board.company_name,
            }
            board = board.model_copy(update=kept)
        self.boards[board.key] = board


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

    async def stale(self, older_than: timedelta, limit: int, now: datetime) -> list[Company]:
        """Companies to crawl, the longest waiting first."""
        known = sorted(self.database.companies.values(), key=lambda company: company.domain)
        never = [company for company in known if company.last_crawled_at is None]
        crawled = [(at, company) for company in known if (at := company.last_crawled_at) and at <= now - older_than]
        return (never + [company for _, company in sorted(crawled, key=lambda pair: pair[0])])[:limit]

    async def mark_crawled(self, domain: str, at: datetime) -> None:
        """Set `last_crawled_at`, never backwards. A company not known yet is added."""
        company = self.database.know(domain)
        latest = at if company.last_crawled_at is None else max(at, company.last_crawled_at)
        self.database.companies[domain] = company.model_copy(update={"last_crawled_at": latest})

    async def store_discovered(
        self, domain: str, candidates: Sequence[BoardCandidate], subdomains: Sequence[Subdomain]
    ) -> None:
        """Store findings; the newest finding of a URL wins."""
        self.database.know(domain)
        found = best_by_url(candidates)
        for board in (candidate.board for candidate in found.values()):
            if board is not None:
                self.database.learn(board)
                if self.database.boards[board.key].company_domain is None:
                    self.database.learn(board.model_copy(update={"company_domain": domain}))
        self.database.discovered.setdefault(domain, {}).update(found)
        self.database.subdomains.update({(domain, found.subdomain): found for found in subdomains})

    async def discovered(self, domain: str) -> list[BoardCandidate]:
        """The discovered URLs of a company, best first."""
        found = [
            candidate.model_copy(update={"board": candidate.board and self.database.boards[candidate.board.key]})
            for candidate in self.database.discovered.get(domain, {}).values()
        ]
        return sorted(found, key=lambda candidate: (-candidate.confidence, candidate.url))

    async def count(self) -> int:
        """How many companies are known."""
        return len(self.database.companies)


class MemoryBoards:
    """`BoardStore` in memory."""

    def __init__(self, database: MemoryDatabase | None = None) -> None:
        self.database = database or MemoryDatabase()

    async def add(self, board: Board) -> None:
        """Add a board. One that names no company leaves the company known before."""
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

    async def record_crawl(self, crawl: CrawlRecord) -> None:
        """Store the facts of a crawl, by `crawl_id`."""
        self.database.crawls[crawl.crawl_id] = crawl

    async def recent_crawls(self, key: str, limit: int = 50) -> list[CrawlRecord]:
        """The crawls of this board, the one that started last first."""
        crawls = [crawl for crawl in self.database.crawls.values() if crawl.board_key == key]
        return sorted(crawls, key=lambda crawl: (crawl.started_at, crawl.crawl_id), reverse=True)[:limit]


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

    async def finish(self, entry_id: int, *, ok: bool, max_attempts: int = 3) -> None:
        """Complete or give back an entry; one that is not being processed is left alone."""
        entry = self._entries.get(entry_id)
        if entry is not None and entry.status == "processing":
            entry.status = "completed" if ok else "failed" if entry.attempts >= max_attempts else "pending"

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
    return entry.status == "pending" or (entry.status == "processing" and at is not None and at < expired)


class MemoryCandidates:
    """`CandidateStore` in memory."""

    def __init__(self) -> None:
        self._candidates: dict[UUID, Candidate] = {}
        self._matches: dict[UUID, dict[UUID, Match]] = {}

    async def save(self, candidate: Candidate) -> None:
        """Add or replace."""
        self._candidates[candidate.id] = candidate

    async def get(self, candidate_id: UUID) -> Candidate | None:
        """One candidate."""
        return self._candidates.get(candidate_id)

    async def active(self) -> list[Candidate]:
        """All active candidates, by id."""
        return [candidate for _, candidate in sorted(self._candidates.items()) if candidate.active]

    async def save_matches(
        self, candidate_id: UUID, matches: Sequence[Match], *, scored: Collection[UUID] | None
    ) -> list[Match]:
        """Store matches; those that were not there before come back in the order given."""
        if matches and candidate_id not in self._candidates:
            raise Gone(f"no candidate {candidate_id}", where="memory")
        before = self._matches.get(candidate_id, {})
        given = {match.job_id: match for match in matches}
        kept = {} if scored is None else {job: match for job, match in before.items() if job not in set(scored)}
        self._matches[candidate_id] = kept | given
        return [match for job, match in given.items() if job not in before]

    async def matches(self, candidate_id: UUID, limit: int = 100) -> list[Match]:
        """Matches, best first."""
        found = self._matches.get(candidate_id, {}).values()
        return sorted(found, key=lambda match: (-match.score, match.job_id))[:limit]

    async def matches_of(self, job_id: UUID, limit: int = 100) -> list[Match]:
        """The matches of a posting with active candidates, best first."""
        active = {candidate.id for candidate in await self.active()}
        found = [matches[job_id] for owner, matches in self._matches.items() if owner in active and job_id in matches]
        return sorted(found, key=lambda match: (-match.score, match.candidate_id))[:limit]

    async def remove_matches_of(self, job_ids: Collection[UUID]) -> None:
        """Drop every match of these postings."""
        for matches in self._matches.values():
            for job in job_ids:
                matches.pop(job, None)
