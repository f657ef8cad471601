"""The parser's HTTP face: a thin one, for clients other than the activities."""

from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput, QuietHireError
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting
from quiethire.domain.result import Problem, Refusal
from quiethire.domain.urls import MAX_URL_LENGTH
from services.parser.ats.registry import recognise
from services.parser.document import MAX_BODY
from services.parser.links import JobLink
from services.parser.pool import ParserPool

_OVERHEAD = 2
"""A body in JSON is at most about this many times as long as the page in it."""


class ParseRequest(Model):
    """A fetched page. `fetched_at` is what relative dates count from; now, where it is not given."""

    url: str = Field(max_length=MAX_URL_LENGTH)
    html: str = Field(max_length=MAX_BODY)
    fetched_at: datetime | None = None

    def page(self) -> Page:
        """The page as the parser takes it."""
        return Page(
            url=self.url,
            body=self.html.encode("utf-8", "replace"),
            content_type="text/html; charset=utf-8",
            fetched_at=self.fetched_at or datetime.now(UTC),
        )


class ParseResponse(Model):
    """The postings of the page, or why there are none."""

    postings: tuple[JobPosting, ...]
    refused: tuple[Refusal, ...]
    board: Board | None


class LinksResponse(Model):
    """The job links of the page, and the board that it shows or embeds."""

    links: tuple[JobLink, ...]
    board: Board | None


class Health(Model):
    """That the service answers."""

    status: str = "ok"


def create_app(pool: ParserPool) -> FastAPI:
    """The app over a pool that its caller opens and closes."""
    app = FastAPI(title="QuietHire parser", version="1")

    @app.middleware("http")
    async def bound(request: Request, call_next):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - Starlette's shape
        """Refuse a body by its stated length before it is read."""
        length = request.headers.get("content-length", "")
        if request.method == "POST" and (not length.isdigit() or int(length) > _OVERHEAD * MAX_BODY):
            error = InvalidInput(
                "the body is too large or its length is not stated", where=request.url.path, kind="too_large"
            )
            return _problem(error, 413)
        return await call_next(request)

    @app.exception_handler(QuietHireError)
    async def problem(request: Request, error: QuietHireError) -> JSONResponse:
        del request
        return _problem(error, 422)

    @app.get("/health")
    async def health() -> Health:
        return Health()

    @app.post("/api/v1/parse")
    async def parse(body: ParseRequest) -> ParseResponse:
        board = recognise(body.url)
        answer = (await pool.posting_pages([(body.page(), board)]))[0]
        if isinstance(answer, Problem):
            raise InvalidInput(answer.detail, where=answer.where, kind=answer.kind)
        return ParseResponse(postings=answer.postings, refused=answer.refused, board=board)

    @app.post("/api/v1/extract-job-links")
    async def extract_job_links(body: ParseRequest) -> LinksResponse:
        page = body.page()
        return LinksResponse(links=(await pool.listing(page)).links, board=recognise(body.url, body.html))

    return app


def _problem(error: QuietHireError, status: int) -> JSONResponse:
    """Problem details (RFC 9457)."""
    content = {
        "type": f"urn:quiethire:{error.kind}",
        "title": error.kind.replace("_", " "),
        "status": status,
        "detail": str(error),
    }
    return JSONResponse(content, status_code=status, media_type="application/problem+json")
