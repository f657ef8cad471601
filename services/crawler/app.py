"""The crawler's HTTP face (port 8002)."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import FetchedVia, FetchSpec, Render
from quiethire.domain.result import Problem
from quiethire.domain.urls import MAX_URL_LENGTH
from services.crawler.crawler import Crawler, Traced

MAX_BATCH = 1_000

_OF_PAGE = ("status", "final_url", "content_type", "content_hash", "size", "via", "from_archive", "unrendered")


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
    why: str | None = None
    """Why the page was fetched in this way."""
    redirects: tuple[str, ...] | None = None
    """The URLs that led to the final one, in order."""
    from_archive: bool | None = None
    unrendered: bool | None = None
    """True where it is a shell that scripts fill, was to be rendered, and there is no browser."""
    problem: Problem | None = None

    @classmethod
    def of(cls, url: str, result: Traced | Problem) -> "CrawlLine":
        """One line."""
        if isinstance(result, Problem):
            return cls(url=url, problem=result)
        known = {name: getattr(result.ref, name) for name in _OF_PAGE}
        return cls(url=url, why=result.trace.why, redirects=result.trace.redirects, **known)


def create_app(crawler: Crawler) -> FastAPI:
    """The app over an open crawler."""
    app = FastAPI(title="QuietHire crawler", docs_url=None, redoc_url=None)

    @app.exception_handler(RequestValidationError)
    async def refused(request: Request, error: RequestValidationError) -> JSONResponse:
        """What is wrong and where, without what was sent: that may be a thousand URLs."""
        found = "; ".join(f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in error.errors()[:5])
        hint = f"1 to {MAX_BATCH:,} URLs of at most {MAX_URL_LENGTH:,} characters"
        problem = Problem.of(InvalidInput(found, hint=hint), request.url.path)
        return JSONResponse({"problem": problem.model_dump()}, 422)

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
    async with aclosing(crawler.trace_many(specs)) as results:
        async for spec, result in results:
            line = CrawlLine.of(spec.url, result)
            yield line.model_dump_json(exclude_none=True).encode() + b"\n"
