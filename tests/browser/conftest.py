"""The pages in a real browser, over twins in memory. Whatever the browser complains of fails the test."""

import asyncio
import dataclasses
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from quiethire.clients import Clients
from quiethire.domain.lifecycle import observe
from quiethire.domain.ports import Vector
from quiethire.domain.posting import JobPosting, JobType, Location, Period, Salary, Seniority, Workplace, job_id
from quiethire.domain.search import SearchDocument
from quiethire.readiness import Ready
from quiethire.settings import Settings
from quiethire.storage.clickhouse.memory import MemoryPostings
from quiethire.storage.clickhouse.memory_clusters import MemoryClusters
from quiethire.storage.postgres.journal import MemoryJournal
from quiethire.storage.postgres.memory import MemoryBoards, MemoryCompanies, MemoryDatabase
from quiethire.storage.postgres.memory_accounts import MemoryAccounts
from quiethire.storage.postgres.memory_api_keys import MemoryApiKeys
from quiethire.storage.postgres.memory_people import MemoryCandidates, MemoryMatches, MemoryPeople
from quiethire.storage.redis.memory import MemoryCache
from quiethire.storage.typesense.memory import MemoryIndex
from services.api.app import create_app

BERLIN = Location(name="Berlin, Germany", city="Berlin", country="DE", lat=52.52, lon=13.405)
PARIS = Location(name="Paris, France", city="Paris", country="FR", lat=48.857, lon=2.352)
SKILLS = ("Python", "SQL", "Spark", "Kafka", "dbt", "Airflow", "Java", "Rust", "Go")
TITLES = ("Data Engineer", "Senior Data Engineer", "Product Manager", "Account Executive")


def make_posting(number: int, **changes: object) -> JobPosting:
    """One of many that differ in all that can be filtered."""
    identity = f"greenhouse/northwind/{number}"
    level = (Seniority.MID, Seniority.SENIOR, None, Seniority.LEAD)[number % 4]
    fields: dict[str, object] = {
        "id": job_id(identity),
        "identity": identity,
        "url": f"https://boards.greenhouse.io/northwind/jobs/{number}",
        "board_key": "greenhouse/northwind",
        "ats": "greenhouse",
        "external_id": str(number),
        "title": f"{TITLES[number % 4]} {number}",
        "company_name": ("Northwind", "Globex", "Acme Robotics")[number % 3],
        "company_domain": ("northwind.example", "globex.example", "acme.example")[number % 3],
        "locations": ((BERLIN, PARIS)[number % 2],),
        "remote": tuple(Workplace)[number % 3],
        "job_type": tuple(JobType)[number % 2],
        "seniority": level,
        "description_html": "<p>You build what others stand on.</p>",
        "description_text": "You build what others stand on.",
        "skills": (SKILLS[number % 9], SKILLS[(number + 1) % 9]),
        "salary": Salary(min=40_000 + 1_000 * number, max=50_000 + 1_000 * number, currency="EUR", period=Period.YEAR),
        "posted_at": datetime.now(UTC) - timedelta(days=number, hours=1),
        "application_url": f"https://boards.greenhouse.io/northwind/jobs/{number}#app",
        "language": ("en", "de")[number % 2],
        "quality_score": 92,
    }
    return JobPosting.model_validate(fields | changes)


@dataclass(frozen=True)
class Site:
    """A served gateway and what it stands on."""

    url: str
    clients: Clients

    async def crawl(self, *postings: JobPosting) -> None:
        """Store and index these postings."""
        advance = observe({}, postings, datetime.now(UTC))
        await self.clients.postings.save(advance.rows, advance.events)
        assert await self.clients.index.upsert([SearchDocument.of(row) for row in advance.rows]) == []


class Model:
    """Stands where the model stands, which is slow to load. A page offers to search by meaning once it is `available`."""

    available = False

    async def warm_up(self) -> None:
        """Nothing is loaded."""

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One meaning for all."""
        return [(1.0,) + (0.0,) * 383 for _ in texts]


@pytest.fixture
async def site(tmp_path) -> AsyncIterator[Site]:
    """A gateway over twins with sixty postings."""
    database, postings, index = MemoryDatabase(), MemoryPostings(), MemoryIndex()
    people = MemoryPeople()
    await index.ensure()
    parts: dict[str, object] = {field.name: SimpleNamespace() for field in dataclasses.fields(Clients)}
    parts |= {
        "settings": Settings(
            data_dir=tmp_path,
            token_key="the-key-of-tokens-in-all-tests",
            password_memory=8,
            github_client_id="ours",
            github_client_secret="its secret",
        ),
        "companies": MemoryCompanies(database),
        "boards": MemoryBoards(database),
        "candidates": MemoryCandidates(people),
        "matches": MemoryMatches(people),
        "accounts": MemoryAccounts(people),
        "keys": MemoryApiKeys(),
        "journal": MemoryJournal(),
        "postings": postings,
        "clusters": MemoryClusters(postings),
        "embedder": Model(),
        "mailer": SimpleNamespace(configured=True),
        "index": index,
        "cache": MemoryCache(),
        "readiness": Ready(()),
    }
    clients = Clients(**parts)  # type: ignore[arg-type]
    config = uvicorn.Config(create_app(clients), host="127.0.0.1", port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
    site = Site(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", clients)
    await site.crawl(*map(make_posting, range(60)))
    yield site
    server.should_exit = True
    await task


@pytest.fixture
def posting() -> Callable[..., JobPosting]:
    return make_posting


@pytest.fixture(scope="session")
async def browser(chromium) -> AsyncIterator[Browser]:
    """One browser for all tests; each has a context of its own."""
    flags = ["--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    flags += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
        yield browser
        await browser.close()


@dataclass
class Visitor:
    """Somebody who opens pages, and what the browser had to say of it."""

    page: Page
    site: Site
    complaints: list[str]

    async def open(self, path: str = "/") -> None:
        """Open a page of the site."""
        await self.page.goto(self.site.url + path)

    async def found(self, text: str) -> None:
        """Wait until the count of results reads so."""
        await self.page.get_by_role("status").get_by_text(text).wait_for()

    async def address(self) -> str:
        """Path and query that the browser shows."""
        parts = urlsplit(self.page.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    async def sound(self) -> None:
        """Nothing that axe finds, and nothing wider than the window."""
        found = await Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()
        assert await self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def visit(site: Site, browser: Browser) -> AsyncIterator[Visit]:
    """Come as a visitor: `visit(width=390, color_scheme="dark")`. No test may leave a complaint behind that it did not expect."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def come(*, width: int = 1280, height: int = 900, **options: object) -> Visitor:
        context = await browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = await context.new_page()
        # Patience, no measure: on a busy machine a page takes ten seconds and more.
        page.set_default_timeout(45_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type != "debug" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: complaints.append(f"asked {request.url}") if not request.url.startswith(site.url) else None,
        )
        return Visitor(page, site, complaints)

    yield come
    for context in contexts:
        await context.close()
    assert complaints == []
