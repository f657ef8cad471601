"""The HTTP faces of the services, for a deployment that scales one alone: each with only what it needs, and the addresses for those who watch it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from activities.discovery import web_of
from quiethire.clients import open_shared_crawler, skills_reader
from quiethire.readiness import Ready
from quiethire.registry import open_registry
from quiethire.settings import Settings
from quiethire.watch.face import addresses
from quiethire.watch.sampling import looking
from services.crawler.app import create_app as crawler_app
from services.osint.app import create_app as osint_app
from services.parser.app import create_app as parser_app
from services.parser.pool import ParserPool
from services.proxy.app import create_app as proxy_app
from services.proxy.check import http_check, open_pool


@asynccontextmanager
async def _parser(settings: Settings) -> AsyncIterator[FastAPI]:
    async with ParserPool(open_reader=skills_reader(settings)) as pool:
        yield _watched(parser_app(pool), Ready(()))


@asynccontextmanager
async def _crawler(settings: Settings) -> AsyncIterator[FastAPI]:
    async with (
        open_registry(settings) as registry,
        looking(registry.readiness),
        open_shared_crawler(settings, registry.archive) as crawler,
    ):
        yield _watched(crawler_app(crawler), registry.readiness)


@asynccontextmanager
async def _proxy(settings: Settings) -> AsyncIterator[FastAPI]:
    async with open_pool(settings) as pool:
        yield _watched(proxy_app(pool, http_check(settings.proxy_check_url)), Ready(()))


@asynccontextmanager
async def _osint(settings: Settings) -> AsyncIterator[FastAPI]:
    async with (
        open_registry(settings) as registry,
        looking(registry.readiness),
        open_shared_crawler(settings, registry.archive) as crawler,
        ParserPool() as parser,
    ):
        yield _watched(osint_app(web_of(crawler, registry.archive, parser, settings)), registry.readiness)


def _watched(app: FastAPI, ready: Ready) -> FastAPI:
    app.router.routes.extend(addresses(ready))
    return app


FACES: Mapping[str, tuple[Callable[[Settings], AbstractAsyncContextManager[FastAPI]], int]] = {
    "parser": (_parser, 8001),
    "crawler": (_crawler, 8002),
    "proxy": (_proxy, 8003),
    "osint": (_osint, 8004),
}
"""Service → its face and the port it listens on."""
