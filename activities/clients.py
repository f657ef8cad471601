"""What activities need of the clients: `quiethire.clients.Clients` has it all, and so may a test's own."""

from typing import Protocol

from quiethire.domain.access import ApiKeyStore
from quiethire.domain.accounts import AccountStore
from quiethire.domain.dead_letters import DeadLetters
from quiethire.domain.index_records import IndexRecords
from quiethire.domain.journal import Journal
from quiethire.domain.ports import (
    AlertStore,
    BoardStore,
    Cache,
    CandidateStore,
    ClusterStore,
    CompanyStore,
    CrawlQueue,
    Embedder,
    EmbeddingStore,
    Fetcher,
    MailSender,
    MatchStore,
    PageArchive,
    PostingStore,
    ProfileVectors,
    SearchIndex,
    SearchMatcher,
    WebhookSender,
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
    def matches(self) -> MatchStore:
        """PostgreSQL."""

    @property
    def profile_vectors(self) -> ProfileVectors:
        """PostgreSQL."""

    @property
    def accounts(self) -> AccountStore:
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
    def embeddings(self) -> EmbeddingStore:
        """ClickHouse."""

    @property
    def embedder(self) -> Embedder:
        """The model that makes vectors of texts."""

    @property
    def index(self) -> SearchIndex:
        """Typesense."""

    @property
    def index_records(self) -> IndexRecords:
        """PostgreSQL."""

    @property
    def keys(self) -> ApiKeyStore:
        """PostgreSQL."""

    @property
    def journal(self) -> Journal:
        """PostgreSQL."""

    @property
    def dead_letters(self) -> DeadLetters:
        """PostgreSQL."""

    @property
    def alerts(self) -> AlertStore:
        """PostgreSQL."""

    @property
    def matcher(self) -> SearchMatcher:
        """Typesense."""

    @property
    def mailer(self) -> MailSender:
        """The mail server."""

    @property
    def webhooks(self) -> WebhookSender:
        """Other people's servers."""

    @property
    def cache(self) -> Cache:
        """Redis."""

    @property
    def fetcher(self) -> Fetcher:
        """The crawler."""

    @property
    def parser(self) -> ParserPool:
        """Parsing, in processes that can be killed."""
