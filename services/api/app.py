"""The gateway: `create_app(clients)`."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, params
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from quiethire.clients import Clients
from quiethire.watch.sampling import looking
from services.api.accounts.accounts import Accounts
from services.api.accounts.passwords import Passwords
from services.api.accounts.providers import providers_of
from services.api.accounts.sessions import Sessions
from services.api.accounts.tokens import Tokens
from services.api.examples import restore_nulls
from services.api.gate.access import Keyring
from services.api.gate.cors import Cors
from services.api.gate.gateway import Gateway
from services.api.gate.parameters import is_strict, nothing_left_aside
from services.api.gate.request_context import RequestContext
from services.api.journal import JOURNALED, journaled
from services.api.people.match_feed import Feeds
from services.api.people.match_waits import MatchWaits
from services.api.people.notifications import Streams
from services.api.people.visits import SignInFirst, lead_to_sign_in
from services.api.problems import PROBLEM_RESPONSES, add_problem_handlers
from services.api.publishing.turns import Turns
from services.api.routes import (
    account_pages,
    accounts,
    alert_pages,
    alerts,
    auth,
    candidate_answers,
    candidates,
    companies,
    company_pages,
    exports,
    feeds,
    index,
    introductions,
    jobs,
    keys,
    match_feed,
    match_pages,
    matches,
    notifications,
    operations,
    pages,
    posting_pages,
    profile_matches,
    profile_pages,
    provider_pages,
    resume_pages,
    resumes,
    search,
    second_factor,
    second_factor_pages,
    sitemap,
    stats,
    suggest,
)
from services.api.search.places import warm_up

STATIC = Path(__file__).parent / "pages" / "static"


@asynccontextmanager
async def _warm(app: FastAPI) -> AsyncIterator[None]:
    """The tables of places and the model take a second to load: they are loaded while nobody asks yet, beside the serving."""
    loading = asyncio.create_task(_load(app.state.clients))
    async with app.state.feeds.hearing(), looking(app.state.clients.readiness):
        yield
    await loading


async def _load(clients: Clients) -> None:
    await asyncio.gather(asyncio.to_thread(warm_up), clients.embedder.warm_up())
    # All this stays until the process ends. Looking through it for garbage takes a quarter of a second, in which nobody is answered.
    gc.collect()
    gc.freeze()


class Api(FastAPI):
    """FastAPI behind the gateway: a request that the gateway answers by itself never enters the framework."""

    front: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        await self.front(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, with examples that lack nothing."""
        if self.openapi_schema is None:
            restore_nulls(super().openapi())
        return super().openapi()

    async def behind(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the gateway lets through."""
        await super().__call__(scope, receive, send)


def _watched(router: APIRouter) -> list[params.Depends]:
    """Routers that have a route in the journal's table ask it; a search is not slowed down by that."""
    routes = [route for route in router.routes if isinstance(route, APIRoute)]
    named = any(f"{method} {route.path}" in JOURNALED for route in routes for method in route.methods or ())
    return [Depends(journaled)] if named else []


def _strict(router: APIRouter) -> list[params.Depends]:
    """Likewise those for programs: what they ask for counts, or is refused."""
    return [Depends(nothing_left_aside)] if is_strict(router) else []


def describe() -> dict[str, Any]:
    """The OpenAPI document, of the routes alone: no client is needed for it."""
    return _routed().openapi()


def _routed(*, inside: bool = True) -> Api:
    app = Api(
        title="QuietHire",
        version="1",
        description="Search current job postings and see what is known of each, and from where.",
        openapi_url="/api/v1/openapi.json",
        # The interactive documents load their scripts from other hosts.
        docs_url=None,
        redoc_url=None,
        # It leads to the host that the request names; see `problems`.
        redirect_slashes=False,
        responses=PROBLEM_RESPONSES,
        lifespan=_warm,
    )
    for routes in (
        # What people wait for as they type comes first: the routes are looked through in this order.
        search,
        suggest,
        alerts,
        alert_pages,
        jobs,
        companies,
        candidates,
        candidate_answers,
        resumes,
        introductions,
        match_feed,
        matches,
        notifications,
        keys,
        stats,
        operations,
        index,
        pages,
        posting_pages,
        company_pages,
        feeds,
        exports,
        sitemap,
        profile_matches,
        match_pages,
        resume_pages,
        profile_pages,
        auth,
        accounts,
        account_pages,
        provider_pages,
        second_factor,
        second_factor_pages,
    ):
        app.include_router(routes.router, dependencies=[*_watched(routes.router), *_strict(routes.router)])
    if inside:
        app.include_router(operations.inside)
    return app


def create_app(clients: Clients, *, inside: bool = True) -> FastAPI:
    """The API and its pages over these clients; who opened them closes them.

    `inside`: with /readyz and /metrics, which are told on a port of their own otherwise.
    """
    app = _routed(inside=inside)
    app.state.clients = clients
    tokens = Tokens(clients.settings.token_key, clients.settings.site)
    sessions = Sessions(clients.accounts, tokens)
    app.state.keyring = keyring = Keyring(clients.keys, clients.settings.operator_key, sessions)
    app.state.accounts = Accounts(clients, Passwords(clients.settings), tokens, sessions, keyring)
    app.state.providers = providers_of(clients.settings)
    app.state.turns = Turns()
    app.state.streams = Streams()
    app.state.feeds = Feeds(clients)
    app.state.match_waits = MatchWaits(app.state.feeds)
    add_problem_handlers(app)
    app.add_exception_handler(SignInFirst, lead_to_sign_in)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    gateway = Gateway(app.behind, clients=clients, keyring=keyring)
    app.front = RequestContext(gateway, https=clients.settings.site.startswith("https:"))
    if clients.settings.cors_origins:
        app.front = Cors(app.front, clients.settings.cors_origins)
    return app
