"""What the rest of the house needs from stores and from the crawler, as Protocols.

Every store has a real implementation and an in-memory twin; one contract suite in `tests/contracts` runs
over both. All writes are upserts: run twice, they leave the same state.
"""

from quiethire.domain.ports.alerts import AlertStore, GuardedPost, MailSender, SearchMatcher, WebhookSender
from quiethire.domain.ports.backups import LastBackup
from quiethire.domain.ports.crawler import Fetcher, ForwardProxies, ForwardProxy, PageArchive
from quiethire.domain.ports.embeddings import EmbeddedPosting, Embedder, EmbeddingStore, Meaning, Vector, row_stamp
from quiethire.domain.ports.people import CandidateStore, MatchStore
from quiethire.domain.ports.postings import (
    Cache,
    Changed,
    ClusterStore,
    CompanyOpenings,
    PostingStats,
    PostingStore,
    SearchIndex,
)
from quiethire.domain.ports.profile_vectors import ProfileVectors
from quiethire.domain.ports.registry import (
    BoardSchedule,
    BoardStore,
    CompanyStore,
    CrawlQueue,
    QueuedUrl,
)

__all__ = [
    "AlertStore",
    "BoardSchedule",
    "BoardStore",
    "Cache",
    "CandidateStore",
    "Changed",
    "ClusterStore",
    "CompanyOpenings",
    "CompanyStore",
    "CrawlQueue",
    "EmbeddedPosting",
    "Embedder",
    "EmbeddingStore",
    "Fetcher",
    "ForwardProxies",
    "ForwardProxy",
    "GuardedPost",
    "LastBackup",
    "MailSender",
    "MatchStore",
    "Meaning",
    "PageArchive",
    "PostingStats",
    "PostingStore",
    "ProfileVectors",
    "QueuedUrl",
    "SearchIndex",
    "SearchMatcher",
    "Vector",
    "WebhookSender",
    "row_stamp",
]
