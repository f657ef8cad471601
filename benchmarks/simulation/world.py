"""All that activities need, in memory and in virtual time: the stores' own twins, and the parser in this process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from benchmarks.simulation.temporal import Clock
from quiethire.domain.alerts import Delivery
from quiethire.domain.board import Board
from quiethire.domain.errors import Disallowed, QuietHireError
from quiethire.domain.page import UNTRACED, FetchSpec, FetchTrace, Page, PageRef
from quiethire.domain.ports import Fetcher
from quiethire.domain.posting import RawPosting
from quiethire.settings import Settings
from quiethire.storage.clickhouse.memory import MemoryPostings
from quiethire.storage.clickhouse.memory_clusters import MemoryClusters
from quiethire.storage.clickhouse.memory_embeddings import MemoryEmbeddings
from quiethire.storage.pages.bodies import UNNAMED_FOR
from quiethire.storage.pages.memory import MemoryPageArchive
from quiethire.storage.postgres.journal import MemoryJournal
from quiethire.storage.postgres.memory import MemoryBoards, MemoryCompanies, MemoryCrawlQueue
from quiethire.storage.postgres.memory_accounts import MemoryAccounts
from quiethire.storage.postgres.memory_alerts import MemoryAlerts
from quiethire.storage.postgres.memory_api_keys import MemoryApiKeys
from quiethire.storage.postgres.memory_dead_letters import MemoryDeadLetters
from quiethire.storage.postgres.memory_index_records import MemoryIndexRecords
from quiethire.storage.postgres.memory_people import MemoryCandidates, MemoryMatches, MemoryPeople
from quiethire.storage.postgres.profile_vectors import MemoryProfileVectors
from quiethire.storage.redis.memory import MemoryCache
from quiethire.storage.typesense.matching import MemoryMatcher
from quiethire.storage.typesense.memory import MemoryIndex
from services.alerts.mail import Mailer
from services.alerts.message import Links
from services.matching.embedding.local import LocalEmbedder
from services.parser.ats.base import BoardPage
from services.parser.parse import ParsedPage, finish_board_page, list_board_page
from services.parser.pool import ParserPool

T = TypeVar("T")

MEMORY = 4_000
"""Readings that are remembered of a board."""


class RememberingParser(ParserPool):
    """The parser, run here and asked once for the same input: it is pure, and boards say the same for weeks."""

    def __init__(self) -> None:
        super().__init__(workers=1)
        self._pages: dict[tuple[object, ...], object] = {}
        self._postings: dict[tuple[Board, RawPosting], ParsedPage] = {}

    async def board_page(self, board: Board, page: Page, cursor: str | None = None) -> ParsedPage:
        """As `ParserPool.board_page`; of a list that changed, only the postings that changed are read anew."""
        listed = list_board_page(board, page, cursor)
        bare = page.model_copy(update={"body": b""})
        read = [self._posting(raw, board, bare) for raw in listed.postings]
        return ParsedPage(
            postings=tuple({posting.identity: posting for one in read for posting in one.postings}.values()),
            refused=tuple(refusal for one in read for refusal in one.refused),
            links=listed.links,
            cursor=listed.cursor,
            total=listed.total,
            cut=listed.cut,
        )

    def _posting(self, raw: RawPosting, board: Board, page: Page) -> ParsedPage:
        key = (board, raw)
        if (known := self._postings.get(key)) is None:
            known = finish_board_page(BoardPage(postings=(raw,)), board, page)
            _remember(self._postings, key, known)
        return known

    async def _run(
        self, function: Callable[..., T], arguments: Sequence[tuple[object, ...]], pages: Sequence[Page]
    ) -> list[T | QuietHireError]:
        return [self._page(function, given, page) for given, page in zip(arguments, pages, strict=True)]

    def _page(self, function: Callable[..., T], given: tuple[object, ...], page: Page) -> T | QuietHireError:
        others = tuple(value for value in given if value is not page)
        key = (function.__name__, page.url, hash(page.body), others)
        if key not in self._pages:
            try:
                outcome: T | QuietHireError = function(*given)
            except QuietHireError as error:
                outcome = error
            _remember(self._pages, key, outcome)
        known: T | QuietHireError = self._pages[key]  # type: ignore[assignment]  # what this function gave
        return known


def _remember(memory: dict, key: object, value: object) -> None:  # type: ignore[type-arg]  # of any kind
    if len(memory) >= MEMORY:
        memory.pop(next(iter(memory)))
    memory[key] = value


class VirtualArchive(MemoryPageArchive):
    """The archive's twin with the simulation's clock, which keeps only the newest answer to each request."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._newest: dict[str, PageRef] = {}

    async def put(self, body: bytes) -> str:
        """As `PageArchive.put`."""
        key = await super().put(body)
        self._bodies[key] = self._bodies[key][0], self._clock.now
        return key

    async def record(self, spec: FetchSpec, ref: PageRef, trace: FetchTrace = UNTRACED) -> None:
        """As `PageArchive.record`."""
        await self.get(ref.content_hash)
        del trace
        self._newest[spec.key] = ref

    async def latest(self, spec: FetchSpec) -> PageRef | None:
        """As `PageArchive.latest`."""
        return self._newest.get(spec.key)

    def forget(self) -> None:
        """As retention does each night: bodies that no answer has named for days."""
        named = {ref.content_hash for ref in self._newest.values()}
        before = self._clock.now - UNNAMED_FOR
        self._bodies = {key: kept for key, kept in self._bodies.items() if key in named or kept[1] >= before}


class VirtualCache(MemoryCache):
    """The cache's twin with the simulation's clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._until: dict[str, tuple[datetime, bytes]] = {}

    async def get(self, key: str) -> bytes | None:
        """As `Cache.get`."""
        until, value = self._until.get(key, (self._clock.now, b""))
        return value if until > self._clock.now else None

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        """As `Cache.set`."""
        self._until[key] = self._clock.now + ttl, value


class NoWebhooks:
    """Nobody has one here."""

    def check(self, url: str) -> None:
        """Refuse it."""
        raise Disallowed("there are no webhooks here", where=url)

    async def deliver(self, delivery: Delivery) -> None:
        """Refuse it."""
        self.check(delivery.search.address or "")


@dataclass
class World:
    """The clients of all activities, for one board."""

    fetcher: Fetcher
    archive: VirtualArchive
    cache: VirtualCache
    settings: Settings = field(default_factory=lambda: Settings(schedules=False))
    companies: MemoryCompanies = field(default_factory=MemoryCompanies)
    boards: MemoryBoards = field(default_factory=MemoryBoards)
    queue: MemoryCrawlQueue = field(default_factory=MemoryCrawlQueue)
    postings: MemoryPostings = field(default_factory=MemoryPostings)
    keys: MemoryApiKeys = field(default_factory=MemoryApiKeys)
    index: MemoryIndex = field(default_factory=MemoryIndex)
    index_records: MemoryIndexRecords = field(default_factory=MemoryIndexRecords)
    alerts: MemoryAlerts = field(default_factory=MemoryAlerts)
    dead_letters: MemoryDeadLetters = field(default_factory=MemoryDeadLetters)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    parser: RememberingParser = field(default_factory=RememberingParser)

    def __post_init__(self) -> None:
        people = MemoryPeople()
        self.candidates, self.matches = MemoryCandidates(people), MemoryMatches(people)
        self.profile_vectors = MemoryProfileVectors(people)
        self.accounts = MemoryAccounts(people)
        self.clusters = MemoryClusters(self.postings)
        self.matcher = MemoryMatcher(self.index)
        self.mailer = Mailer(self.settings, Links(self.settings.site))
        self.webhooks = NoWebhooks()
        self.embeddings = MemoryEmbeddings(self.postings)
        # Nothing here asks it for more than its name.
        self.embedder = LocalEmbedder(self.settings.cache_path / "models")
