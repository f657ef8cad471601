"""The gateway: `create_app(clients)`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from quiethire.clients import Clients
from services.api.access import Keyring
from services.api.gateway import Gateway
from services.api.places import warm_up
from services.api.problems import PROBLEM_RESPONSES, add_problem_handlers
from services.api.request_context import RequestContext
from services.api.routes import (
    alert_pages,
    alerts,
    companies,
    company_pages,
    exports,
    feeds,
    index,
    jobs,
    keys,
    matches,
    operations,
    pages,
    posting_pages,
    profile_matches,
    search,
    sitemap,
    stats,
    suggest,
)
from services.api.turns import Turns

PREFLIGHT_KEPT = 86_400
"""Seconds that a browser remembers what it may ask for from another origin."""

STATIC = Path(__file__).parent / "pages" / "static"


@asynccontextmanager
async def _warm(app: FastAPI) -> AsyncIterator[None]:
    """The tables of places and the model take a second to load: they are loaded while nobody asks yet, beside the serving."""
    loading = asyncio.gather(asyncio.to_thread(warm_up), app.state.clients.embedder.warm_up())
    yield
    await loading


class Api(FastAPI):
    """FastAPI behind the gateway: a request that the gateway answers by itself never enters the framework."""

    front: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        await self.front(scope, receive, send)

    async def behind(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the gateway lets through."""
        await super().__call__(scope, receive, send)


def create_app(clients: Clients) -> FastAPI:
    """The API and its pages over these clients; who opened them closes them."""
    app = Api(
        title="QuietHire",
        version="1",
        description="Search current job postings and see what is known of each, and from where.",
        openapi_url="/api/v1/openapi.json",
        # The interactive documents load their scripts from other hosts.
        docs_url=None,
        redoc_url=None,
        responses=PROBLEM_RESPONSES,
        lifespan=_warm,
    )
    app.state.clients = clients
    app.state.keyring = keyring = Keyring(clients.keys, clients.settings.operator_key)
    app.state.turns = Turns()
    add_problem_handlers(app)
    for routes in (
        alerts,
        alert_pages,
        search,
        jobs,
        companies,
        matches,
        keys,
        stats,
        suggest,
        operations,
        index,
        pages,
        posting_pages,
        company_pages,
        feeds,
        exports,
        sitemap,
        profile_matches,
    ):
        app.include_router(routes.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.front = RequestContext(Gateway(app.behind, clients=clients, keyring=keyring))
    if clients.settings.cors_origins:
        app.front = CORSMiddleware(
            app.front,
            allow_origins=list(clients.settings.cors_origins),
            allow_methods=["GET", "HEAD", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match", "X-Request-Id"],
            expose_headers=["ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"],
            max_age=PREFLIGHT_KEPT,
        )
    return app
