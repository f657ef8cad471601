"""The crawler's HTTP face (port 8002)."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.page import FetchedVia, FetchSpec, PageRef, Render
from quiethire.domain.result import Problem
from quiethire.domain.urls import MAX_URL_LENGTH
from services.crawler.crawler import Crawler

MAX_BATCH = 1_000


class CrawlBatch(Model):
    """URLs to fetch."""

    urls: list[Annotated[str, Field(max_length=MAX_URL_LENGTH)]] = Field(min_length=1, max_length=MAX_BATCH)
    render: Render = Render.NEVER


class CrawlLine(Model):
    """What became of one URL: a page in the archive, or a problem."""

    url: str
    status: int | None = None
    final_url: str | None = None
    content_type: str | None = None
    content_hash: str | None = None
    size: int | None = None
    via: FetchedVia | None = None
    from_archive: bool | None = None
    problem: Problem | None = None

    @classmethod
    def of(cls, url: str, result: PageRef | Problem) -> "CrawlLine":
        """One line."""
        if isinstance(result, Problem):
            return cls(url=url, problem=result)
        return cls(url=url, **result.model_dump(include=set(cls.model_fields) - {"url", "problem"}))


def create_app(crawler: Crawler) -> FastAPI:
    """The app over an open crawler."""
    app = FastAPI(title="QuietHire crawler")

    @app.post("/crawl-batch", response_class=StreamingResponse)
    async def crawl_batch(batch: CrawlBatch) -> StreamingResponse:
        """Fetch up to 1,000 URLs; one JSON object a line (NDJSON), each as soon as it is known."""
        specs = [FetchSpec(url=url, render=batch.render) for url in dict.fromkeys(batch.urls)]
        return StreamingResponse(_lines(crawler, specs), media_type="application/x-ndjson")

    @app.get("/health")
    async def health() -> dict[str, str]:
        """It runs."""
        return {"status": "ok"}

    return app


async def _lines(crawler: Crawler, specs: list[FetchSpec]) -> AsyncIterator[bytes]:
    # Closed with the answer: a client that hangs up ends its fetches.
    async with aclosing(crawler.fetch_many(specs)) as results:
        async for spec, result in results:
            line = CrawlLine.of(spec.url, result)
            yield line.model_dump_json(exclude_none=True).encode() + b"\n"
