"""The HTTP faces of the services, each with only what it needs, for a deployment that scales one alone."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from activities.discovery import web_of
from quiethire.clients import open_registry, open_shared_crawler
from quiethire.settings import Settings
from services.crawler.app import create_app as crawler_app
from services.osint.app import create_app as osint_app
from services.parser.app import create_app as parser_app
from services.parser.pool import ParserPool
from services.proxy.app import create_app as proxy_app
from services.proxy.check import http_check, open_pool


@asynccontextmanager
async def _parser(_: Settings) -> AsyncIterator[FastAPI]:
    async with ParserPool() as pool:
        yield parser_app(pool)


@asynccontextmanager
async def _crawler(settings: Settings) -> AsyncIterator[FastAPI]:
    async with open_registry(settings) as registry, open_shared_crawler(settings, registry.archive) as crawler:
        yield crawler_app(crawler)


@asynccontextmanager
async def _proxy(settings: Settings) -> AsyncIterator[FastAPI]:
    async with open_pool(settings) as pool:
        yield proxy_app(pool, http_check(settings.proxy_check_url))


@asynccontextmanager
async def _osint(settings: Settings) -> AsyncIterator[FastAPI]:
    async with (
        open_registry(settings) as registry,
        open_shared_crawler(settings, registry.archive) as crawler,
        ParserPool() as parser,
    ):
        yield osint_app(web_of(crawler, registry.archive, parser, settings))


FACES: Mapping[str, tuple[Callable[[Settings], AbstractAsyncContextManager[FastAPI]], int]] = {
    "parser": (_parser, 8001),
    "crawler": (_crawler, 8002),
    "proxy": (_proxy, 8003),
    "osint": (_osint, 8004),
}
"""Service → its face and the port it listens on."""
