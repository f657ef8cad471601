"""The osint service's HTTP face (port 8004)."""

from typing import Annotated

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.domain.result import Problem
from quiethire.domain.urls import MAX_URL_LENGTH
from services.osint.discovery import Discovery, Web
from services.osint.methods.career_pages import discover_career_pages
from services.osint.methods.registry import method

Domain = Annotated[str, Field(min_length=1, max_length=253)]


class OfCompany(Model):
    """The company to look at."""

    domain: Domain
    name: str | None = Field(None, max_length=200)


class OfDomain(Model):
    """The domain to look below."""

    domain: Domain


class OfUrl(Model):
    """The URL to look behind."""

    url: str = Field(min_length=1, max_length=MAX_URL_LENGTH)


class OfQuery(Model):
    """What to search for, in the syntax of the search engine asked."""

    query: str = Field(min_length=1, max_length=500)


def create_app(web: Web) -> FastAPI:
    """The app over an outside world. What goes wrong on the way is in the answer's `problems`."""
    app = FastAPI(title="QuietHire osint")

    @app.exception_handler(InvalidInput)
    async def invalid(_: Request, error: InvalidInput) -> JSONResponse:
        return JSONResponse(Problem.of(error).model_dump(), status_code=422)

    @app.post("/api/v1/discover/career-pages")
    async def career_pages(company: OfCompany) -> Discovery:
        """Career pages and boards of a company."""
        return await discover_career_pages(company.domain, web, name=company.name)

    @app.post("/api/v1/enumerate/subdomains")
    async def subdomains(of: OfDomain) -> Discovery:
        """Host names below a domain, those of jobs first."""
        return await method("subdomains").discover(of.domain, web)

    @app.post("/api/v1/detect/ats")
    async def ats(of: OfUrl) -> Discovery:
        """The ATS behind a URL: one candidate, or none."""
        return await method("ats").discover(of.url, web)

    @app.post("/api/v1/discover/github")
    async def github(of: OfQuery) -> Discovery:
        """Companies behind the repositories that a search finds."""
        return await method("github").discover(of.query, web)

    @app.post("/api/v1/discover/dork")
    async def dork(of: OfQuery) -> Discovery:
        """Boards among the results of a search-engine query."""
        return await method("dorks").discover(of.query, web)

    @app.get("/health")
    async def health() -> dict[str, str]:
        """It runs."""
        return {"status": "ok"}

    return app
