"""The activities of alerts around one set of stores."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

from temporalio.testing import ActivityEnvironment

from activities.alerting import AlertActivities
from activities.batches import save_batches
from activities.storing import IndexInput, StoreActivities, StoreInput
from quiethire.domain.alerts import Frequency
from quiethire.domain.posting import JobPosting, Location, Period, Salary, job_id
from quiethire.domain.search import SearchQuery
from quiethire.settings import Settings
from quiethire.storage.clickhouse.memory import MemoryPostings
from quiethire.storage.clickhouse.memory_clusters import MemoryClusters
from quiethire.storage.clickhouse.memory_embeddings import MemoryEmbeddings
from quiethire.storage.guarded_index import GuardedIndex
from quiethire.storage.pages.memory import MemoryPageArchive
from quiethire.storage.postgres import MasterKeys, PostgresAlerts, PostgresApiKeys, migrate, open_pool
from quiethire.storage.postgres.memory import MemoryBoards
from quiethire.storage.postgres.memory_index_records import MemoryIndexRecords
from quiethire.storage.postgres.memory_people import MemoryMatches
from quiethire.storage.redis.memory import MemoryCache
from quiethire.storage.typesense import TypesenseIndex, TypesenseMatcher
from services.alerts.mail import Mailer
from services.alerts.message import Links
from services.alerts.webhook import WebhookPoster
from services.crawler.delivery import open_poster

TEXT = " ".join(f"word{number}" for number in range(200))


def job(number, city="Berlin", title="Data Engineer", text=TEXT, **changes):
    identity = f"greenhouse/northwind/{number}"
    fields = {
        "id": job_id(identity),
        "identity": identity,
        "url": f"https://boards.greenhouse.io/northwind/jobs/{number}",
        "board_key": "greenhouse/northwind",
        "ats": "greenhouse",
        "external_id": str(number),
        "title": title,
        "company_name": "Northwind",
        "locations": (Location(name=city, city=city, country="DE"),),
        "description_text": text,
        "salary": Salary(min=75_000, max=95_000, currency="EUR", period=Period.YEAR),
        "quality_score": 90,
    }
    return JobPosting.model_validate(fields | changes)


class House:
    """The activities around one set of stores, and what is saved and sent in it."""

    def __init__(self, clients, pool, temporal, new_search):
        self.clients, self.pool, self.temporal, self.new_search = clients, pool, temporal, new_search
        self.store, self.alert = StoreActivities(clients), AlertActivities(clients)

    async def save(self, q="data engineer", **changes):
        now = datetime.now(UTC)
        fields = {"query": SearchQuery(q=q), "created_at": now, "since": now, "frequency": Frequency.INSTANT}
        token = uuid4().hex + uuid4().hex[:11]
        search = self.new_search(**fields | {"token": token} | changes).search.model_copy(update={"id": uuid4()})
        assert await self.clients.alerts.save(search, token)
        return search

    async def crawl(self, *postings, at=None, announced=True):
        """Store and index as a crawl does."""
        [batch] = await save_batches(self.clients.archive, postings, ())
        environment = ActivityEnvironment(client=self.temporal)
        found = StoreInput(batch=batch, at=at or datetime.now(UTC))
        stored = await environment.run(self.store.store_jobs_in_clickhouse, found)
        if announced:
            await environment.run(self.store.index_jobs_in_typesense, IndexInput(job_ids=stored.touched))
        return stored

    async def send(self):
        return await ActivityEnvironment().run(self.alert.send_alerts)

    async def wait_no_more(self):
        """Let every try be due now."""
        async with self.pool.connection() as connection:
            await connection.execute("UPDATE alert_deliveries SET next_at = now() WHERE state = 'waiting'")
            await connection.execute("UPDATE alerted SET due_at = now() WHERE delivery_id IS NULL")


@asynccontextmanager
async def open_house(typesense, postgres_dsn, mailbox, receiver, new_search):
    """A house with a database, an index at this address and with this key, a mail server and a receiver of webhooks."""
    await migrate(postgres_dsn)
    settings = Settings(
        public_url="https://jobs.example",
        person_key="a-master-key-for-tests-alone",
        smtp_host="127.0.0.1",
        smtp_port=mailbox.port,
        smtp_security="none",
        host_map={"hooks.example": f"127.0.0.1:{receiver.port}"},
    )
    links, alias = Links(settings.site), f"alerts{uuid4().hex[:8]}"
    async with (
        open_pool(postgres_dsn) as pool,
        open_poster(settings) as poster,
        TypesenseIndex(*typesense, alias) as bare,
    ):
        postings, records = MemoryPostings(), MemoryIndexRecords()
        index = GuardedIndex(bare, records)
        await index.ensure()
        async with TypesenseMatcher(*typesense, alias, vouch=index.vouch) as matcher:
            clients = SimpleNamespace(
                settings=settings,
                archive=MemoryPageArchive(),
                postings=postings,
                clusters=MemoryClusters(postings),
                embeddings=MemoryEmbeddings(postings),
                embedder=SimpleNamespace(model="none"),
                matches=MemoryMatches(),
                boards=MemoryBoards(),
                index_records=records,
                cache=MemoryCache(),
                index=index,
                matcher=matcher,
                alerts=PostgresAlerts(pool, MasterKeys(settings.person_key)),
                keys=PostgresApiKeys(pool),
                mailer=Mailer(settings, links),
                webhooks=WebhookPoster(poster, links),
            )
            yield House(clients, pool, NoTemporal(), new_search)


class NoTemporal:
    """Notes that the workflow is asked for."""

    def __init__(self):
        self.started = []

    async def start_workflow(self, workflow, **options):
        self.started.append((workflow, options["id"]))
