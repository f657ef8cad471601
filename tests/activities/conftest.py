import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from reparse_archive import DATABASES, Archive, NoFetcher
from running_activity import activity_environment

from quiethire.domain.errors import Gone
from quiethire.domain.page import FetchedVia, FetchSpec, PageRef
from quiethire.settings import Settings
from quiethire.storage.clickhouse import ClickHousePostings
from quiethire.storage.clickhouse.memory import MemoryPostings
from quiethire.storage.clickhouse.memory_clusters import MemoryClusters
from quiethire.storage.clickhouse.memory_embeddings import MemoryEmbeddings
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
from services.matching.embedding.local import LocalEmbedder
from services.parser.pool import ParserPool

MODELS = Path(tempfile.gettempdir()) / "quiethire-test-models"
"""Kept from run to run: making the model takes three seconds."""
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


class ScriptedFetcher:
    """The crawler's port over a made-up web: URL → body, or the error to raise."""

    def __init__(self, archive, web):
        self.archive, self.web, self.asked = archive, web, []
        self.no_browser: set[str] = set()
        """URLs whose pages are shells that nothing could render."""

    async def fetch(self, spec: FetchSpec, *, offline: bool = False) -> PageRef:
        if spec.probe:
            raise Gone("answered 404", where=spec.url)
        self.asked.append(spec.url)
        answer = self.web[spec.url]
        if isinstance(answer, Exception):
            raise answer
        ref = PageRef(
            url=spec.url,
            final_url=spec.url,
            status=200,
            content_type="text/html",
            content_hash=await self.archive.put(answer.encode()),
            size=len(answer),
            fetched_at=datetime.now(UTC),
            via=FetchedVia.HTTP,
        )
        await self.archive.record(spec, ref)
        return ref.model_copy(update={"unrendered": spec.url in self.no_browser})


@dataclass
class World:
    """All that activities need, in memory."""

    parser: ParserPool
    settings: Settings = field(default_factory=Settings)
    web: dict[str, Any] = field(default_factory=dict)
    companies: Any = field(default_factory=MemoryCompanies)
    boards: Any = field(default_factory=MemoryBoards)
    queue: Any = field(default_factory=MemoryCrawlQueue)
    people: MemoryPeople = field(default_factory=MemoryPeople)
    archive: Any = field(default_factory=MemoryPageArchive)
    postings: Any = field(default_factory=MemoryPostings)
    keys: Any = field(default_factory=MemoryApiKeys)
    index: Any = field(default_factory=MemoryIndex)
    index_records: Any = field(default_factory=MemoryIndexRecords)
    cache: Any = field(default_factory=MemoryCache)
    alerts: Any = field(default_factory=MemoryAlerts)
    journal: Any = field(default_factory=MemoryJournal)
    dead_letters: Any = field(default_factory=MemoryDeadLetters)
    mailer: Any = None
    webhooks: Any = None

    def __post_init__(self):
        self.candidates = MemoryCandidates(self.people)
        self.matches = MemoryMatches(self.people)
        self.accounts = MemoryAccounts(self.people)
        self.profile_vectors = MemoryProfileVectors(self.people)
        self.clusters = MemoryClusters(self.postings)
        self.embeddings = MemoryEmbeddings(self.postings)
        self.embedder = LocalEmbedder(MODELS)
        self.matcher = MemoryMatcher(self.index)
        self.fetcher = ScriptedFetcher(self.archive, self.web)


@pytest.fixture(scope="session")
async def parser():
    async with ParserPool(workers=1) as pool:
        yield pool


@pytest.fixture
async def world(parser):
    world = World(parser)
    await world.index.ensure()
    return world


@pytest.fixture
def run():
    """Run an activity as Temporal would, on its nth attempt."""

    async def run(activity, *arguments, attempt=1, run_id="test-run", beats=None, **info):
        environment = activity_environment(**{"attempt": attempt, "workflow_run_id": run_id, **info})
        if beats is not None:
            environment.on_heartbeat = lambda *told: beats.append(told)
        return await environment.run(activity, *arguments)

    return run


@pytest.fixture
async def archive(world, run, clickhouse_client):
    world.postings = ClickHousePostings(clickhouse_client, f"reparse_{next(DATABASES)}")
    await world.postings.migrate()
    world.fetcher = NoFetcher()
    yield Archive(world, run)
    clickhouse_client.command(f"DROP DATABASE {world.postings.database}")
