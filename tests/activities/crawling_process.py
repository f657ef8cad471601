"""A worker's process that fetches the job pages of one site, for tests that kill it: settings and input come as JSON."""

import asyncio
import json
import sys
from types import SimpleNamespace

from running_activity import activity_environment

from activities.batches import save_urls
from activities.crawling import CrawlActivities, CrawlPagesInput
from quiethire.settings import Settings
from quiethire.storage import postgres
from quiethire.storage.pages import open_archive
from quiethire.storage.postgres.memory import MemoryBoards, MemoryCompanies
from quiethire.storage.redis.memory import MemoryCache
from services.crawler.crawler import open_crawler


async def main() -> None:
    given = json.loads(sys.argv[1])
    settings = Settings(**given["settings"])
    async with postgres.open_pool(settings.postgres_dsn) as pool:
        archive = open_archive(settings, postgres.PostgresPages(pool))
        async with open_crawler(settings, archive) as crawler:
            clients = SimpleNamespace(
                settings=settings,
                fetcher=crawler,
                archive=archive,
                cache=MemoryCache(),
                boards=MemoryBoards(),
                companies=MemoryCompanies(),
                parser=None,
            )
            pages = CrawlPagesInput(
                urls=await save_urls(archive, given["urls"]), start=0, started_at=given["started_at"]
            )
            crawled = await activity_environment().run(CrawlActivities(clients).crawl_job_pages, pages)
    sys.stdout.write(crawled.model_dump_json())


asyncio.run(main())
