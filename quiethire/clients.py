"""One set of clients for worker, API and CLI, opened once."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from clickhouse_connect.driver.client import Client as ClickHouseClient
from temporalio.client import Client

from quiethire.domain.access import ApiKeyStore
from quiethire.domain.accounts import AccountStore
from quiethire.domain.dead_letters import DeadLetters
from quiethire.domain.errors import Transient
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
    LastBackup,
    MailSender,
    MatchStore,
    PageArchive,
    PostingStore,
    ProfileVectors,
    SearchIndex,
    SearchMatcher,
    WebhookSender,
)
from quiethire.late import Connect, now_or_later
from quiethire.readiness import Ready
from quiethire.settings import Settings, required
from quiethire.storage import postgres
from quiethire.storage.clickhouse import (
    ClickHouseClusters,
    ClickHouseEmbeddings,
    ClickHousePostings,
    ClickHouseProbe,
    open_clickhouse,
)
from quiethire.storage.clickhouse.connection import in_thread
from quiethire.storage.clickhouse.postings import SEARCHES_AT_ONCE
from quiethire.storage.erasures import RememberingAlerts, RememberingCandidates
from quiethire.storage.guarded_index import GuardedIndex
from quiethire.storage.index_probe import IndexProbe
from quiethire.storage.pages import open_archive
from quiethire.storage.redis import RedisCache, RedisHosts, RedisProbe
from quiethire.storage.typesense import TypesenseIndex, TypesenseMatcher
from quiethire.temporal import TemporalProbe, connect_temporal
from services.alerts.mail import Mailer
from services.alerts.message import Links
from services.alerts.webhook import WebhookPoster
from services.crawler.crawler import Crawler, open_crawler
from services.crawler.delivery import open_poster
from services.crawler.endpoint import open_endpoint
from services.matching.embedding.local import LocalEmbedder
from services.matching.embedding.remote import RemoteEmbedder
from services.matching.reasons.prose import ModelProse, PlainProse, Prose
from services.matching.resume.pool import ResumePool
from services.matching.taxonomy.sure import open_reader
from services.parser.pool import ParserPool
from services.parser.worker import OpenReader
from services.proxy.check import open_pool

T = TypeVar("T")


@dataclass(frozen=True)
class Clients:
    """Everything that talks to the world."""

    settings: Settings
    companies: CompanyStore
    boards: BoardStore
    queue: CrawlQueue
    candidates: CandidateStore
    matches: MatchStore
    profile_vectors: ProfileVectors
    keys: ApiKeyStore
    accounts: AccountStore
    journal: Journal
    archive: PageArchive
    postings: PostingStore
    clusters: ClusterStore
    embeddings: EmbeddingStore
    embedder: Embedder
    prose: Prose
    index: SearchIndex
    index_records: IndexRecords
    dead_letters: DeadLetters
    last_backup: LastBackup
    alerts: AlertStore
    matcher: SearchMatcher
    mailer: MailSender
    webhooks: WebhookSender
    cache: Cache
    fetcher: Crawler
    parser: ParserPool
    resumes: ResumePool
    temporal: Client
    readiness: Ready = field(default_factory=lambda: Ready(()))
    """Whether the servers behind all these are there."""


@asynccontextmanager
async def open_clients(settings: Settings, *, though_away: bool = False) -> AsyncIterator[Clients]:
    """Open all of them; closed at the end. Raises InvalidInput for an address that is not set.

    `though_away`: PostgreSQL, ClickHouse or Temporal may be away, and what needs them raises Transient until they answer. Else
    that is raised here.
    """
    async with AsyncExitStack() as stack:
        reached = partial(now_or_later, stack=stack) if though_away else _at_once
        pool = await stack.enter_async_context(
            postgres.open_pool(required(settings.postgres_dsn, "POSTGRES_DSN"), though_away=though_away)
        )
        masters = postgres.MasterKeys(settings.person_key)
        archive = open_archive(settings, postgres.PostgresPages(pool))
        clickhouse = await reached("clickhouse", partial(_clickhouse, settings, stack))
        # Of the engine in this process a client takes one call at a time; one of a server does not.
        own = 0 if settings.clickhouse_dsn else SEARCHES_AT_ONCE
        searched = [await _clickhouse(settings, stack) for _ in range(own)]
        typesense = (
            required(settings.typesense_url, "TYPESENSE_URL"),
            required(settings.typesense_api_key or None, "TYPESENSE_API_KEY"),
        )
        bare = TypesenseIndex(*typesense)
        stack.push_async_callback(bare.aclose)
        records = postgres.PostgresIndexRecords(pool)
        index = GuardedIndex(bare, records)
        matcher = TypesenseMatcher(*typesense, vouch=index.vouch)
        stack.push_async_callback(matcher.aclose)
        poster = await stack.enter_async_context(open_poster(settings))
        links = Links(settings.site)
        cache = RedisCache(required(settings.redis_url, "REDIS_URL"), secret=settings.person_key)
        stack.push_async_callback(cache.aclose)
        fetcher = await stack.enter_async_context(open_shared_crawler(settings, archive))
        parser = await stack.enter_async_context(ParserPool(open_reader=skills_reader(settings)))
        temporal = await reached("temporal", partial(connect_temporal, settings))
        redis = RedisProbe(required(settings.redis_url, "REDIS_URL"))
        stack.push_async_callback(redis.aclose)
        yield Clients(
            settings=settings,
            companies=postgres.PostgresCompanies(pool),
            boards=postgres.PostgresBoards(pool),
            queue=postgres.PostgresCrawlQueue(pool),
            candidates=RememberingCandidates(pool, masters, archive.store),
            matches=postgres.PostgresMatches(pool, masters),
            profile_vectors=postgres.PostgresProfileVectors(pool),
            keys=postgres.PostgresApiKeys(pool),
            accounts=postgres.PostgresAccounts(pool, masters),
            journal=postgres.PostgresJournal(pool),
            archive=archive,
            postings=ClickHousePostings(clickhouse, searched=searched),
            clusters=ClickHouseClusters(clickhouse),
            embeddings=ClickHouseEmbeddings(clickhouse),
            embedder=await _embedder(settings, stack),
            prose=await _prose(settings, stack),
            index=index,
            index_records=records,
            dead_letters=postgres.PostgresDeadLetters(pool),
            last_backup=postgres.PostgresLastBackup(pool),
            alerts=RememberingAlerts(pool, masters, archive.store),
            matcher=matcher,
            mailer=Mailer(settings, links),
            webhooks=WebhookPoster(poster, links),
            cache=cache,
            fetcher=fetcher,
            parser=parser,
            resumes=await stack.enter_async_context(ResumePool()),
            temporal=temporal,
            readiness=Ready(
                (
                    postgres.PostgresProbe(pool),
                    ClickHouseProbe(clickhouse),
                    IndexProbe(bare, records),
                    redis,
                    TemporalProbe(temporal),
                )
            ),
        )


async def _at_once(_: str, connect: Connect[T]) -> T:
    return await connect()


async def _clickhouse(settings: Settings, stack: AsyncExitStack) -> ClickHouseClient:
    client = await in_thread(open_clickhouse, settings.clickhouse_dsn, settings.data_path / "clickhouse")
    stack.callback(client.close)
    return client


async def _embedder(settings: Settings, stack: AsyncExitStack) -> Embedder:
    """The model of the settings, else the local one."""
    if settings.embedding_url is None:
        return LocalEmbedder(settings.cache_path / "models")
    model = required(settings.embedding_model or None, "EMBEDDING_MODEL")
    endpoint = await stack.enter_async_context(open_endpoint(settings.embedding_url, settings.embedding_key))
    return RemoteEmbedder(endpoint, model)


async def _prose(settings: Settings, stack: AsyncExitStack) -> Prose:
    """Off, unless the settings name a model."""
    if settings.prose_url is None:
        return PlainProse()
    model = required(settings.prose_model or None, "PROSE_MODEL")
    endpoint = await stack.enter_async_context(open_endpoint(settings.prose_url, settings.prose_key))
    return ModelProse(endpoint, model)


def skills_reader(settings: Settings) -> OpenReader:
    """What the parser's processes read of a posting besides technologies: skills of ESCO."""
    return partial(open_reader, settings.cache_path / "taxonomy")


@asynccontextmanager
async def open_shared_crawler(settings: Settings, archive: PageArchive) -> AsyncIterator[Crawler]:
    """A crawler that shares what it knows of hosts with every other on the same Redis, where one is set.

    It sends its requests through the proxies of the settings, where there are some.
    """
    async with AsyncExitStack() as stack:
        proxies = await stack.enter_async_context(open_pool(settings)) if settings.proxies else None
        if settings.redis_url is None:
            yield await stack.enter_async_context(open_crawler(settings, archive, proxies=proxies))
            return
        hosts, cache = RedisHosts(settings.redis_url), RedisCache(settings.redis_url)
        stack.push_async_callback(hosts.aclose)
        stack.push_async_callback(cache.aclose)
        yield await stack.enter_async_context(
            open_crawler(settings, archive, hosts=hosts, cache=cache, proxies=proxies)
        )


async def migrate(settings: Settings) -> Transient | None:
    """Bring every store to the shape that this version needs. Running it again changes nothing.

    Of several processes that run it at once, on whatever machine, one migrates after the other.
    Returns what kept it from the index, the one store that searches can do without: reconciling it mends that later.
    """
    async with postgres.migrated(required(settings.postgres_dsn, "POSTGRES_DSN")):
        await _migrate_clickhouse(settings)
        try:
            await _ensure_index(settings)
        except Transient as error:
            return error
    return None


async def _migrate_clickhouse(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        await ClickHousePostings(await _clickhouse(settings, stack)).migrate()


async def _ensure_index(settings: Settings) -> None:
    """The index with its collection and its alias. A restarted one is given the time to load, which is told in the log."""
    async with (
        postgres.open_pool(required(settings.postgres_dsn, "POSTGRES_DSN")) as pool,
        TypesenseIndex(required(settings.typesense_url, "TYPESENSE_URL"), settings.typesense_api_key) as index,
    ):
        await GuardedIndex(index, postgres.PostgresIndexRecords(pool)).ensure()
