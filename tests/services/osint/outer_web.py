"""Outside services on a local server, reached as in operation: through the crawler, with its guard, robots.txt and archive."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from osint_web import serve
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from quiethire.domain.page import FetchSpec, Page
from quiethire.settings import Settings
from quiethire.storage.pages.memory import MemoryPageArchive
from services.crawler.crawler import open_crawler
from services.osint.discovery import Web
from services.parser.ats.registry import recognise

Handler = Callable[[Request], Awaitable[Response]]


@dataclass
class Outside:
    """What the local server was asked, and the archive that kept its answers."""

    asked: list[Request] = field(default_factory=list)
    archive: MemoryPageArchive = field(default_factory=MemoryPageArchive)

    @property
    def targets(self) -> list[str]:
        """Host and path of each request, without those for robots.txt."""
        return [f"{one.headers['host']}{one.url.path}" for one in self.asked if one.url.path != "/robots.txt"]


@asynccontextmanager
async def outside(hosts: Iterable[str], routes: dict[str, Handler], **known: Any) -> AsyncIterator[tuple[Web, Outside]]:
    """A Web whose hosts are one local server; `known` are further fields of the Web. Paths without a route are 404."""
    seen = Outside()

    def noted(handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            seen.asked.append(request)
            return await handler(request)

        return answer

    app = Starlette(routes=[Route(path, noted(handler)) for path, handler in routes.items()])
    async with serve(app) as port:
        settings = Settings(
            host_map=dict.fromkeys(hosts, f"127.0.0.1:{port}"),
            browser=False,
            host_delay_min=0.0,
            host_delay_max=0.0,
            fetch_timeout=5.0,
        )
        async with open_crawler(settings, seen.archive) as crawler:

            async def fetch(spec: FetchSpec) -> Page:
                ref = await crawler.fetch(spec)
                return Page.of(ref, await seen.archive.get(ref.content_hash))

            yield Web(fetch=fetch, recognise=recognise, **known), seen
