import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from crawled_web import Web

from quiethire.settings import Settings
from quiethire.storage.pages.memory import MemoryPageArchive
from services.crawler.crawler import Crawler, open_crawler


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    web = Web()
    server = await asyncio.start_server(web.accept, "127.0.0.1", 0)
    web.port = server.sockets[0].getsockname()[1]
    yield web
    server.close()
    serving = list(web.serving)
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)


@pytest.fixture
def archive() -> MemoryPageArchive:
    return MemoryPageArchive()


OpenCrawler = Callable[..., AbstractAsyncContextManager[Crawler]]


@pytest.fixture
def crawling(web: Web, archive: MemoryPageArchive) -> OpenCrawler:
    """Opens a crawler to whom `*.example` is the local web."""

    def opened(
        lookup=None, hosts=None, cache=None, forward=None, **settings: object
    ) -> AbstractAsyncContextManager[Crawler]:
        defaults = {
            "host_map": {"*.example": web.address},
            "fetch_timeout": 5.0,
            "browser": False,
            "host_delay_min": 0.0,
            "host_delay_max": 0.0,
        }
        return open_crawler(
            Settings(**(defaults | settings)), archive, lookup=lookup, hosts=hosts, cache=cache, proxies=forward
        )

    return opened
