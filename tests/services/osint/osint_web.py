"""Local servers on free ports, and a fetch as osint is given one."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urljoin

import httpx
import uvicorn
from starlette.types import ASGIApp

from quiethire.domain.board import Board
from quiethire.domain.errors import Blocked, Gone, InvalidInput, Throttled, Transient
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.urls import host_of, parse_url
from services.parser.ats.registry import adapter_for

MAX_REDIRECTS = 5


@contextmanager
def free_socket() -> Iterator[socket.socket]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen()  # From here on connections wait until the server takes them.
        yield bound


@asynccontextmanager
async def serve(app: ASGIApp) -> AsyncIterator[int]:
    """Serve an app on a free port of 127.0.0.1, in this loop."""
    with free_socket() as bound:
        config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            await running


@dataclass
class HttpFetch:
    """A fetch as osint is given one: redirects followed, hosts mapped, statuses told as domain errors."""

    hosts: Mapping[str, str]
    asked: list[FetchSpec] = field(default_factory=list)

    async def __call__(self, spec: FetchSpec) -> Page:
        self.asked.append(spec)
        url = f"{spec.url}{'&' if '?' in spec.url else '?'}{spec.private_query}" if spec.private_query else spec.url
        async with httpx.AsyncClient(timeout=60) as client:
            for _ in range(MAX_REDIRECTS):
                answer = await self._once(client, url)
                if not answer.has_redirect_location:
                    break
                url = urljoin(url, answer.headers["location"])
        self._check(answer, spec)
        return Page(
            url=url if not spec.private_query else spec.url,
            body=answer.content,
            content_type=answer.headers.get("content-type", ""),
            fetched_at=datetime.now(UTC),
        )

    async def _once(self, client: httpx.AsyncClient, url: str) -> httpx.Response:
        host = host_of(url)
        if host not in self.hosts:
            raise Transient("the name does not resolve", where=host)
        parsed = parse_url(url)
        try:
            return await client.get(
                f"http://{self.hosts[host]}{parsed.pathname}{parsed.search}", headers={"host": host}
            )
        except httpx.TransportError as error:
            raise Transient("no connection", where=host) from error

    @staticmethod
    def _check(answer: httpx.Response, spec: FetchSpec) -> None:
        status = answer.status_code
        if status == 429:
            raise Throttled("too many requests", retry_after=60, where=spec.url)
        if status in (401, 403):
            raise Blocked(f"status {status}", where=spec.url)
        if status in (404, 410):
            raise Gone(f"status {status}", where=spec.url)
        if status >= 500:
            raise Transient(f"status {status}", where=spec.url)
        if spec.accept == "html" and "html" not in answer.headers.get("content-type", ""):
            raise InvalidInput("no HTML", where=spec.url, kind="not_html")


class Adapters:
    """The parser's adapters, as osint is given them; pages are read in this process."""

    def on_host(self, ats: str, host: str) -> Board | None:
        adapter = adapter_for(ats)
        return Board(ats=ats, token=host, url=adapter.own_home.format(token=host)) if adapter.markers else None

    def requests(self, board: Board) -> tuple[FetchSpec, ...]:
        return adapter_for(board.ats).requests(board, None)

    async def count(self, board: Board, page: Page) -> int:
        listed = adapter_for(board.ats).parse(board, page)
        return len(listed.postings) + len(listed.links) if listed.total is None else listed.total
