"""What activities need of the clients: `quiethire.clients.Clients` has it all, and so may a test's own."""

from typing import Protocol

from quiethire.domain.ports import (
    BoardStore,
    Cache,
    CandidateStore,
    ClusterStore,
    CompanyStore,
    CrawlQueue,
    Fetcher,
    PageArchive,
    PostingStore,
    SearchIndex,
)
from quiethire.settings import Settings
from services.parser.pool import ParserPool


class Clients(Protocol):
    """Stores by their ports, the crawler and the parser's processes."""

    @property
    def settings(self) -> Settings:
        """All settings."""

    @property
    def companies(self) -> CompanyStore:
        """PostgreSQL."""

    @property
    def boards(self) -> BoardStore:
        """PostgreSQL."""

    @property
    def queue(self) -> CrawlQueue:
        """PostgreSQL."""

    @property
    def candidates(self) -> CandidateStore:
        """PostgreSQL."""

    @property
    def archive(self) -> PageArchive:
        """Bodies by content hash."""

    @property
    def postings(self) -> PostingStore:
        """ClickHouse."""

    @property
    def clusters(self) -> ClusterStore:
        """ClickHouse."""

    @property
    def index(self) -> SearchIndex:
        """Typesense."""

    @property
    def cache(self) -> Cache:
        """Redis."""

    @property
    def fetcher(self) -> Fetcher:
        """The crawler."""

    @property
    def parser(self) -> ParserPool:
        """Parsing, in processes that can be killed."""
