"""One set of clients for worker, API and CLI."""

from dataclasses import dataclass

from temporalio.client import Client

from quiethire.domain.ports import (
    BoardStore,
    Cache,
    CandidateStore,
    CompanyStore,
    CrawlQueue,
    Fetcher,
    PageArchive,
    PostingStore,
    SearchIndex,
)
from quiethire.settings import Settings


@dataclass(frozen=True)
class Clients:
    """Everything that talks to the world, opened once."""

    settings: Settings
    companies: CompanyStore
    boards: BoardStore
    queue: CrawlQueue
    candidates: CandidateStore
    archive: PageArchive
    postings: PostingStore
    index: SearchIndex
    cache: Cache
    fetcher: Fetcher
    temporal: Client
