"""The osint service's HTTP face (port 8004)."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput, Throttled
from quiethire.domain.result import Problem
from quiethire.domain.urls import MAX_URL_LENGTH
from services.osint.discovery import Discovery, Web
from services.osint.enumeration import enumerate_subdomains
from services.osint.methods.career_pages import discover_career_pages
from services.osint.methods.registry import method

MAX_AT_ONCE = 20
"""Runs under way; each may take a minute and make thirty requests. Who comes later is told to come again."""
RETRY_AFTER = 10
"""Seconds after which who was turned away may try again."""

Domain = Annotated[str, Field(min_length=1, max_length=253, description="A domain, or a URL on it.")]


def _examples(*bodies: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": list(bodies)})


class OfCompany(Model):
    """The company to look at."""

    model_config = _examples({"domain": "northwind.example", "name": "Northwind"})

    domain: Domain
    name: str | None = Field(None, max_length=200, description="What the company is called, where that is known.")


class OfDomain(Model):
    """The domain to look below."""

    model_config = _examples({"domain": "northwind.example"})

    domain: Domain


class OfUrl(Model):
    """The URL to look behind."""

    model_config = _examples({"url": "https://careers.northwind.example/"})

    url: str = Field(min_length=1, max_length=MAX_URL_LENGTH, description="An absolute http(s) URL.")


class OfRepositories(Model):
    """What to search GitHub for."""

    model_config = _examples({"query": "hiring in:readme"}, {"query": "topic:hiring stars:>100"})

    query: str = Field(min_length=1, max_length=500, description="A query in GitHub's syntax.")


class OfSearch(Model):
    """What to ask the search engine for."""

    model_config = _examples({"query": "site:jobs.lever.co berlin"}, {"query": "site:greenhouse.io hiring"})

    query: str = Field(min_length=1, max_length=500, description="A query in Google's syntax.")


class Refused(Model):
    """Why nothing was done: the input cannot be used, or too much is under way."""

    problem: Problem


class _Room:
    """Counts the runs under way."""

    def __init__(self) -> None:
        self._taken = 0

    def __enter__(self) -> None:
        if self._taken >= MAX_AT_ONCE:
            raise Throttled(
                f"{MAX_AT_ONCE} runs are under way",
                hint=f"try again in {RETRY_AFTER} s",
                retry_after=RETRY_AFTER,
                kind="busy",
            )
        self._taken += 1

    def __exit__(self, *_: object) -> None:
        self._taken -= 1


def create_app(web: Web) -> FastAPI:
    """The app over an outside world. What goes wrong on the way is in the answer's `problems`."""
    app = FastAPI(
        title="QuietHire osint",
        description="Finds companies and their boards. Each answer names what was found, with evidence, and what went wrong.",
        responses={422: {"model": Refused}, 429: {"model": Refused}},
        docs_url=None,
        redoc_url=None,
    )
    room = _Room()

    @app.exception_handler(InvalidInput)
    async def invalid(request: Request, error: InvalidInput) -> JSONResponse:
        return _refused(422, Problem.of(error, request.url.path))

    @app.exception_handler(Throttled)
    async def busy(request: Request, error: Throttled) -> JSONResponse:
        return _refused(429, Problem.of(error, request.url.path), {"Retry-After": str(RETRY_AFTER)})

    @app.exception_handler(RequestValidationError)
    async def unfit(request: Request, error: RequestValidationError) -> JSONResponse:
        """What is wrong and where, without what was sent."""
        return _refused(422, Problem.of(InvalidInput(_faults(error.errors())), request.url.path))

    @app.post("/api/v1/discover/career-pages")
    async def career_pages(company: OfCompany) -> Discovery:
        """Career pages and boards of a company."""
        with room:
            return await discover_career_pages(company.domain, web, name=company.name)

    @app.post("/api/v1/enumerate/subdomains")
    async def subdomains(of: OfDomain) -> Discovery:
        """Host names below a domain, those of jobs first: from the DNS, certificates and theHarvester, where installed."""
        with room:
            return await enumerate_subdomains(of.domain, web)

    @app.post("/api/v1/detect/ats")
    async def ats(of: OfUrl) -> Discovery:
        """The ATS behind a URL: one candidate, or none."""
        with room:
            return await method("ats").discover(of.url, web)

    @app.post("/api/v1/discover/github")
    async def github(of: OfRepositories) -> Discovery:
        """Companies and boards behind the repositories that a search finds."""
        with room:
            return await method("github").discover(of.query, web)

    @app.post("/api/v1/discover/dork")
    async def dork(of: OfSearch) -> Discovery:
        """Boards and career pages among the results of a search-engine query."""
        with room:
            return await method("dorks").discover(of.query, web)

    @app.get("/health")
    async def health() -> dict[str, str]:
        """It runs."""
        return {"status": "ok"}

    return app


def _refused(status: int, problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(Refused(problem=problem).model_dump(), status, headers)


def _faults(errors: Sequence[Any]) -> str:
    return "; ".join(f"{'.'.join(map(str, fault['loc'][1:])) or 'body'}: {fault['msg']}" for fault in errors[:5])
