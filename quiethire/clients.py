"""One set of clients for worker, API and CLI, opened once."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from quiethire.domain.access import ApiKeyStore
from quiethire.domain.alerts import AlertStore, MailSender, SearchMatcher, WebhookSender
from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.index_records import IndexRecords
from quiethire.domain.ports import (
    BoardStore,
    Cache,
    CandidateStore,
    ClusterStore,
    CompanyStore,
    CrawlQueue,
    Embedder,
    EmbeddingStore,
    PageArchive,
    PostingStore,
    SearchIndex,
)
from quiethire.settings import Settings
from quiethire.storage import postgres
from quiethire.storage.clickhouse import ClickHouseClusters, ClickHouseEmbeddings, ClickHousePostings, open_clickhouse
from quiethire.storage.guarded_index import GuardedIndex
from quiethire.storage.pages import open_archive
from quiethire.storage.redis import RedisCache, RedisHosts
from quiethire.storage.typesense import TypesenseIndex, TypesenseMatcher
from services.alerts.mail import Mailer
from services.alerts.message import Links
from services.alerts.webhook import WebhookPoster
from services.crawler.crawler import Crawler, open_crawler
from services.crawler.delivery import open_poster
from services.matching.embedding.local import LocalEmbedder
from services.parser.pool import ParserPool
from services.proxy.check import open_pool


@dataclass(frozen=True)
class Clients:
    """Everything that talks to the world."""

    settings: Settings
    companies: CompanyStore
    boards: BoardStore
    queue: CrawlQueue
    candidates: CandidateStore
    keys: ApiKeyStore
    archive: PageArchive
    postings: PostingStore
    clusters: ClusterStore
    embeddings: EmbeddingStore
    embedder: Embedder
    index: SearchIndex
    index_records: IndexRecords
    alerts: AlertStore
    matcher: SearchMatcher
    mailer: MailSender
    webhooks: WebhookSender
    cache: Cache
    fetcher: Crawler
    parser: ParserPool
    temporal: Client


@asynccontextmanager
async def open_clients(settings: Settings) -> AsyncIterator[Clients]:
    """Open all of them; closed at the end. Raises InvalidInput for an address that is not set."""
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(postgres.open_pool(_set(settings.postgres_dsn, "POSTGRES_DSN")))
        archive = open_archive(settings, postgres.PostgresPages(pool))
        clickhouse = open_clickhouse(settings.clickhouse_dsn, settings.data_path / "clickhouse")
        stack.callback(clickhouse.close)
        index = TypesenseIndex(_set(settings.typesense_url, "TYPESENSE_URL"), settings.typesense_api_key)
        stack.push_async_callback(index.aclose)
        records = postgres.PostgresIndexRecords(pool)
        matcher = TypesenseMatcher(_set(settings.typesense_url, "TYPESENSE_URL"), settings.typesense_api_key)
        stack.push_async_callback(matcher.aclose)
        poster = await stack.enter_async_context(open_poster(settings))
        links = Links(settings.site)
        cache = RedisCache(_set(settings.redis_url, "REDIS_URL"))
        stack.push_async_callback(cache.aclose)
        fetcher = await stack.enter_async_context(open_shared_crawler(settings, archive))
        parser = await stack.enter_async_context(ParserPool())
        yield Clients(
            settings=settings,
            companies=postgres.PostgresCompanies(pool),
            boards=postgres.PostgresBoards(pool),
            queue=postgres.PostgresCrawlQueue(pool),
            candidates=postgres.PostgresCandidates(pool),
            keys=postgres.PostgresApiKeys(pool),
            archive=archive,
            postings=ClickHousePostings(clickhouse),
            clusters=ClickHouseClusters(clickhouse),
            embeddings=ClickHouseEmbeddings(clickhouse),
            embedder=LocalEmbedder(settings.data_path / "models"),
            index=GuardedIndex(index, records),
            index_records=records,
            alerts=postgres.PostgresAlerts(pool),
            matcher=matcher,
            mailer=Mailer(settings, links),
            webhooks=WebhookPoster(poster, links),
            cache=cache,
            fetcher=fetcher,
            parser=parser,
            temporal=await connect_temporal(settings),
        )


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


@dataclass(frozen=True)
class Registry:
    """What lives in PostgreSQL and the page archive: all that a command may open beside a running platform."""

    companies: CompanyStore
    boards: BoardStore
    queue: CrawlQueue
    candidates: CandidateStore
    archive: PageArchive


@asynccontextmanager
async def open_registry(settings: Settings) -> AsyncIterator[Registry]:
    """The registry alone, for a process that must not open ClickHouse: in-process, it has one owner."""
    async with postgres.open_pool(_set(settings.postgres_dsn, "POSTGRES_DSN")) as pool:
        yield Registry(
            companies=postgres.PostgresCompanies(pool),
            boards=postgres.PostgresBoards(pool),
            queue=postgres.PostgresCrawlQueue(pool),
            candidates=postgres.PostgresCandidates(pool),
            archive=open_archive(settings, postgres.PostgresPages(pool)),
        )


async def connect_temporal(settings: Settings) -> Client:
    """A Temporal client that speaks pydantic. Raises Transient where there is no server."""
    address = _set(settings.temporal_address, "TEMPORAL_ADDRESS")
    try:
        return await Client.connect(
            address, namespace=settings.temporal_namespace, data_converter=pydantic_data_converter
        )
    except RuntimeError as error:
        raise Transient(str(error), where=f"temporal at {address}", hint="is the server running?") from error


async def migrate(settings: Settings) -> Transient | None:
    """Bring every store to the shape that this version needs. Running it again changes nothing.

    Of several processes that run it at once, on whatever machine, one migrates after the other.
    Returns what kept it from the index, the one store that searches can do without: reconciling it mends that later.
    """
    async with postgres.migrated(_set(settings.postgres_dsn, "POSTGRES_DSN")):
        await _migrate_clickhouse(settings)
        try:
            await _ensure_index(settings)
        except Transient as error:
            return error
    return None


async def _migrate_clickhouse(settings: Settings) -> None:
    clickhouse = open_clickhouse(settings.clickhouse_dsn, settings.data_path / "clickhouse")
    try:
        await ClickHousePostings(clickhouse).migrate()
    finally:
        clickhouse.close()


async def _ensure_index(settings: Settings) -> None:
    """The index with its collection and its alias. A restarted one is given the time to load, which is told in the log."""
    async with (
        postgres.open_pool(_set(settings.postgres_dsn, "POSTGRES_DSN")) as pool,
        TypesenseIndex(_set(settings.typesense_url, "TYPESENSE_URL"), settings.typesense_api_key) as index,
    ):
        await GuardedIndex(index, postgres.PostgresIndexRecords(pool)).ensure()


def _set(address: str | None, name: str) -> str:
    if address is None:
        raise InvalidInput("is not set", where=f"QUIETHIRE_{name}", hint="set it, or use 'quiethire up'")
    return address
