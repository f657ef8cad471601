"""The parser's HTTP face: a thin one, for clients other than the activities."""

import asyncio

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput, QuietHireError, Transient
from quiethire.domain.page import Page
from quiethire.domain.result import Problem
from services.parser.ats.registry import recognise
from services.parser.document import MAX_BODY
from services.parser.messages import (
    BatchLinks,
    BatchLinksResponse,
    BatchParsed,
    BatchParseResponse,
    BatchRequest,
    LinksResponse,
    ParsedPosting,
    ParseRequest,
    ParseResponse,
    faults,
    read_request,
    url_of,
)
from services.parser.parse import ParsedPage
from services.parser.pool import ParserPool

_OVERHEAD = 2
"""A body in JSON is at most about this many times as long as the page in it."""
_PAGE_BYTES, _BATCH_BYTES = _OVERHEAD * MAX_BODY, 2 * _OVERHEAD * MAX_BODY
"""Bytes of a request with one page, and of one with many."""


class Health(Model):
    """That the service answers."""

    status: str = "ok"


def create_app(pool: ParserPool) -> FastAPI:  # noqa: C901 - one nested function a route, none of them branching
    """The app over a pool that its caller opens and closes."""
    app = FastAPI(title="QuietHire parser", version="1", docs_url=None, redoc_url=None)

    @app.middleware("http")
    async def bound(request: Request, call_next):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - Starlette's shape
        """Refuse a body by its stated length before it is read."""
        length = request.headers.get("content-length", "")
        most = _BATCH_BYTES if request.url.path.endswith("/batch") else _PAGE_BYTES
        if request.method == "POST" and (not length.isdigit() or int(length) > most):
            error = InvalidInput(
                "the body is too large or its length is not stated",
                where=request.url.path,
                hint=f"at most {most:,} bytes are read",
                kind="too_large",
            )
            return _problem(error, 413)
        return await call_next(request)

    @app.exception_handler(QuietHireError)
    async def problem(request: Request, error: QuietHireError) -> JSONResponse:
        del request
        return _problem(error, 503 if isinstance(error, Transient) else 422)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        """Without the page that was sent, which FastAPI would send back."""
        return _problem(InvalidInput(faults(error.errors()), where=request.url.path, kind="invalid_request"), 422)

    @app.get("/health")
    async def health() -> Health:
        return Health()

    @app.post("/api/v1/parse")
    async def parse(body: ParseRequest) -> ParseResponse:
        """The posting of one page: every field with where it was found, or the reason why the page holds none."""
        board = recognise(body.url)
        answer = (await pool.posting_pages([(body.page(), board)]))[0]
        if isinstance(answer, Problem):
            raise InvalidInput(answer.detail, where=answer.where, kind=answer.kind)
        return ParseResponse(postings=_postings(answer), refused=answer.refused, board=board)

    @app.post("/api/v1/extract-job-links")
    async def extract_job_links(body: ParseRequest) -> LinksResponse:
        """The links of one page that lead to single postings."""
        listing = await pool.listing(body.page())
        return LinksResponse(links=listing.links, board=recognise(body.url, body.html))

    @app.post("/api/v1/parse/batch")
    async def parse_batch(body: BatchRequest) -> BatchParseResponse:
        """The postings of many pages. A page that cannot be read is an entry with an `error`; the others are read."""
        read = [_read(given) for given in body.pages]
        answers = iter(await pool.posting_pages([page for page in read if not isinstance(page, Problem)]))
        entries = (
            _entry(url_of(given), page, page if isinstance(page, Problem) else next(answers))
            for given, page in zip(body.pages, read, strict=True)
        )
        return BatchParseResponse(results=tuple(entries))

    @app.post("/api/v1/extract-job-links/batch")
    async def extract_job_links_batch(body: BatchRequest) -> BatchLinksResponse:
        """The job links of many pages. A page that cannot be read is an entry with an `error`; the others are read."""

        async def one(given: object) -> BatchLinks:
            try:
                asked = read_request(given)
                listing = await pool.listing(asked.page())
                return BatchLinks(url=asked.url, links=listing.links, board=recognise(asked.url, asked.html))
            except QuietHireError as error:
                return BatchLinks(url=url_of(given), error=Problem.of(error, url_of(given)))

        return BatchLinksResponse(results=tuple(await asyncio.gather(*(one(given) for given in body.pages))))

    return app


def _read(given: object) -> tuple[Page, Board | None] | Problem:
    """One page of a batch with the board that its URL belongs to, or what is wrong with it."""
    try:
        asked = read_request(given)
        return asked.page(), recognise(asked.url)
    except QuietHireError as error:
        return Problem.of(error, url_of(given))


def _entry(url: str, page: tuple[Page, Board | None] | Problem, answer: ParsedPage | Problem) -> BatchParsed:
    if isinstance(page, Problem):
        return BatchParsed(url=url, error=page)
    if isinstance(answer, Problem):
        return BatchParsed(url=url, board=page[1], error=answer)
    return BatchParsed(url=url, postings=_postings(answer), refused=answer.refused, board=page[1])


def _postings(parsed: ParsedPage) -> tuple[ParsedPosting, ...]:
    return tuple(ParsedPosting.of(posting) for posting in parsed.postings)


def _problem(error: QuietHireError, status: int) -> JSONResponse:
    """Problem details (RFC 9457)."""
    content = {
        "type": f"urn:quiethire:{error.kind}",
        "title": error.kind.replace("_", " "),
        "status": status,
        "detail": str(error),
    }
    return JSONResponse(content, status_code=status, media_type="application/problem+json")
