"""The gateway over twins in memory, or over the real index and cache."""

import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import httpx
import pytest

from quiethire.clients import Clients
from quiethire.domain.lifecycle import observe
from quiethire.domain.posting import (
    JobPosting,
    JobType,
    Location,
    Period,
    Provenance,
    Salary,
    Source,
    Workplace,
    job_id,
)
from quiethire.domain.search import SearchDocument
from quiethire.readiness import Ready
from quiethire.settings import Settings
from quiethire.storage.clickhouse.memory import MemoryPostings
from quiethire.storage.clickhouse.memory_clusters import MemoryClusters
from quiethire.storage.clickhouse.memory_embeddings import MemoryEmbeddings
from quiethire.storage.postgres.journal import MemoryJournal
from quiethire.storage.postgres.memory import MemoryBoards, MemoryCompanies, MemoryCrawlQueue, MemoryDatabase
from quiethire.storage.postgres.memory_accounts import MemoryAccounts
from quiethire.storage.postgres.memory_alerts import MemoryAlerts
from quiethire.storage.postgres.memory_api_keys import MemoryApiKeys
from quiethire.storage.postgres.memory_index_records import MemoryIndexRecords
from quiethire.storage.postgres.memory_people import MemoryCandidates, MemoryMatches, MemoryPeople
from quiethire.storage.postgres.profile_vectors import MemoryProfileVectors
from quiethire.storage.redis import RedisCache
from quiethire.storage.redis.memory import MemoryCache
from quiethire.storage.typesense import TypesenseIndex
from quiethire.storage.typesense.memory import MemoryIndex
from services.alerts.mail import Mailer
from services.alerts.message import Links
from services.api.app import create_app
from services.matching.embedding.local import LocalEmbedder
from services.matching.reasons.prose import PlainProse
from services.matching.resume.pool import ResumePool

MODELS = Path(tempfile.gettempdir()) / "quiethire-test-models"
"""Kept from run to run: making the model takes three seconds."""
SEEN = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


def make_posting(number: int, **changes: object) -> JobPosting:
    identity = f"greenhouse/northwind/{number}"
    fields: dict[str, object] = {
        "id": job_id(identity),
        "identity": identity,
        "url": f"https://boards.greenhouse.io/northwind/jobs/{number}",
        "board_key": "greenhouse/northwind",
        "ats": "greenhouse",
        "external_id": str(number),
        "title": "Data Engineer",
        "company_name": "Northwind",
        "company_domain": "northwind.example",
        "locations": (Location(name="Berlin, Germany"),),
        "remote": Workplace.HYBRID,
        "on_site_days": 2,
        "visa_sponsorship": True,
        "job_type": JobType.FULL_TIME,
        "description_html": "<p>Build pipelines.</p>",
        "description_text": "Build pipelines.",
        "requirements": ("SQL",),
        "skills": ("Python",),
        "salary": Salary(min=6500, max=7900, currency="EUR", period=Period.MONTH),
        "posted_at": SEEN + timedelta(minutes=number),
        "application_url": f"https://boards.greenhouse.io/northwind/jobs/{number}#app",
        "quality_score": 92,
        "provenance": {"title": Provenance(source=Source.ATS, path="jobs[0].title")},
    }
    return JobPosting.model_validate(fields | changes)


async def seed(clients: Clients, *postings: JobPosting, at: datetime = SEEN, indexed: bool = True) -> None:
    """Observe these postings at `at`, as a crawl does."""
    known = await clients.postings.known({posting.id for posting in postings})
    advance = observe(known, postings, at)
    await clients.postings.save(advance.rows, advance.events)
    if indexed:
        assert await clients.index.upsert([SearchDocument.of(row) for row in advance.rows]) == []


def light_settings(tmp_path: Path) -> Settings:
    """With a key for tokens, and passwords that cost nothing."""
    return Settings(data_dir=tmp_path, token_key="the-key-of-tokens-in-all-tests", password_memory=8)


def make_clients(index: object, cache: object, settings: Settings) -> Clients:
    database, people = MemoryDatabase(), MemoryPeople()
    unused = SimpleNamespace()
    postings = MemoryPostings()
    used: dict[str, object] = {
        "settings": settings,
        "companies": MemoryCompanies(database),
        "boards": MemoryBoards(database),
        "queue": MemoryCrawlQueue(),
        "candidates": MemoryCandidates(people),
        "matches": MemoryMatches(people),
        "profile_vectors": MemoryProfileVectors(people),
        "prose": PlainProse(),
        "keys": MemoryApiKeys(),
        "accounts": MemoryAccounts(people),
        "journal": MemoryJournal(),
        "postings": postings,
        "clusters": MemoryClusters(postings),
        "embeddings": MemoryEmbeddings(postings),
        "embedder": LocalEmbedder(MODELS),
        "index": index,
        "index_records": MemoryIndexRecords(),
        "alerts": MemoryAlerts(),
        "mailer": Mailer(settings, Links(settings.site)),
        "cache": cache,
        "readiness": Ready(()),
    }
    return Clients(**dict.fromkeys((field.name for field in fields(Clients)), unused) | used)


@pytest.fixture
def posting() -> Callable[..., JobPosting]:
    return make_posting


@pytest.fixture
async def clients(tmp_path) -> Clients:
    """Clients over twins."""
    index = MemoryIndex()
    await index.ensure()
    return make_clients(index, MemoryCache(), light_settings(tmp_path))


@pytest.fixture
async def real_clients(stack, redis_url, tmp_path) -> AsyncIterator[Clients]:
    """Clients over the real index and cache."""
    async with (
        TypesenseIndex(stack.typesense_url, stack.typesense_api_key, f"api{uuid4().hex[:8]}") as index,
        RedisCache(redis_url, secret="the-master-key-of-the-tests") as cache,
    ):
        await index.ensure()
        yield make_clients(index, cache, light_settings(tmp_path))


@pytest.fixture(params=["twins", "real"])
def any_clients(request: pytest.FixtureRequest) -> Clients:
    return request.getfixturevalue("clients" if request.param == "twins" else "real_clients")


def browse(clients: Clients) -> httpx.AsyncClient:
    """A client of the gateway, which sees a defect as the outside would: as a 500."""
    transport = httpx.ASGITransport(create_app(clients), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


@pytest.fixture(scope="session")
async def resume_pool() -> AsyncIterator[ResumePool]:
    """One process that reads résumés, for all tests."""
    async with ResumePool(workers=1) as pool:
        yield pool


@pytest.fixture
def gateway() -> Callable[[Clients], httpx.AsyncClient]:
    return browse


@pytest.fixture
def crawl() -> Callable[..., object]:
    return seed
