"""Who may do what: every route, with every kind of key."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from key_holders import bearer, made
from socket_visitor import knock
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute

from quiethire.domain.access import Scope, new_secret
from quiethire.domain.accounts import STAFF, Account, Credentials, Role, SecondFactor, Session
from quiethire.domain.candidate import Candidate
from services.api.accounts.tokens import Tokens
from services.api.app import create_app

NOW = datetime.now(UTC)
ID = str(UUID(int=7))
ADA = UUID(int=8)

FREE = {"GET /health", "GET /healthz", "GET /metrics", "GET /readyz"}
"""What machines watch: no key is looked at, so that no store is touched."""

FILES = {"MOUNT /static"}
"""Served to everybody as they lie there: style, script and pictures of the pages."""

SOCKET = "WEBSOCKET"
"""In place of a method."""

ACCOUNT = "account"
"""In place of a scope: needs the session of an account, whatever its role. Keys are of none."""

HALF = "half an account"
"""The same, and a session that has still to show a second factor may too."""

SCOPES: dict[str, Scope | str] = {
    **dict.fromkeys(
        (
            "GET /",
            "GET /results",
            "GET /favicon.ico",
            "GET /alerts/new",
            "POST /alerts",
            "GET /alerts/feeds/{token}.{format}",
            "GET /alerts/{token}",
            "POST /alerts/{token}",
            "GET /alerts/{token}/unsubscribe",
            "POST /alerts/{token}/unsubscribe",
            "GET /api/v1/companies",
            "GET /api/v1/companies/{company:path}",
            "GET /api/v1/companies/{company:path}/hiring",
            "GET /api/v1/exports/jobs.{format}",
            "GET /api/v1/jobs",
            "GET /api/v1/openapi.json",
            "GET /api/v1/jobs/{job_id}",
            "GET /api/v1/search",
            "GET /api/v1/stats",
            "GET /api/v1/suggest",
            "GET /companies",
            "GET /companies/{company:path}",
            "GET /feeds/search.{format}",
            "GET /jobs/{job_id}",
            "GET /matches",
            "POST /matches/start",
            "POST /matches/key",
            "POST /matches/leave",
            "POST /matches/new-key",
            "POST /matches/feedback/{job_id}",
            "POST /matches/introductions/{job_id}",
            "GET /matches/stream",
            "GET /matches/resume",
            "POST /matches/resume",
            "POST /matches/resume/apply",
            "GET /matches/profile",
            "POST /matches/profile",
            "POST /matches/tracks",
            "POST /matches/tracks/remove",
            "GET /matches/export",
            "GET /matches/erase",
            "POST /matches/erase",
            "GET /robots.txt",
            "GET /sitemap.xml",
            "GET /sitemaps/companies.xml",
            "GET /sitemaps/postings.xml",
            "GET /account",
            "GET /account/sign-in",
            "POST /account/sign-in",
            "GET /account/register",
            "POST /account/register",
            "GET /account/forgotten",
            "POST /account/forgotten",
            "GET /account/join",
            "POST /account/join",
            "GET /account/reset",
            "POST /account/reset",
            "POST /account/password",
            "POST /account/sessions/end",
            "POST /account/sign-out",
            "GET /account/code",
            "POST /account/code",
            "GET /account/second-factor",
            "POST /account/second-factor",
            "POST /account/second-factor/confirm",
            "POST /account/second-factor/off",
            "GET /account/with/{provider}",
            "GET /account/with/{provider}/back",
            "POST /api/v1/auth/register",
            "POST /api/v1/auth/verify",
            "POST /api/v1/auth/sign-in",
            "POST /api/v1/auth/refresh",
            "POST /api/v1/auth/password/forgotten",
            "POST /api/v1/auth/password/reset",
        ),
        Scope.READ,
    ),
    **dict.fromkeys(
        (
            "GET /api/v1/auth/me",
            "POST /api/v1/auth/second-factor",
            "PUT /api/v1/auth/second-factor",
            "DELETE /api/v1/auth/second-factor",
            "GET /api/v1/auth/sessions",
            "DELETE /api/v1/auth/sessions",
            "DELETE /api/v1/auth/sessions/{session_id}",
            "PUT /api/v1/auth/password",
        ),
        ACCOUNT,
    ),
    "POST /api/v1/auth/sign-out": HALF,
    "POST /api/v1/auth/code": HALF,
    "GET /api/v1/accounts": Scope.OPERATE,
    "POST /api/v1/accounts": Scope.OPERATE,
    "PATCH /api/v1/accounts/{account_id}": Scope.OPERATE,
    "POST /api/v1/accounts/{account_id}/reset": Scope.OPERATE,
    "POST /api/v1/candidates": Scope.READ,
    **dict.fromkeys(
        (
            "GET /api/v1/candidates/me",
            "PATCH /api/v1/candidates/me",
            "DELETE /api/v1/candidates/me",
            "GET /api/v1/candidates/me/export",
            "PUT /api/v1/candidates/me/tracks/{name:path}",
            "DELETE /api/v1/candidates/me/tracks/{name:path}",
            "GET /api/v1/candidates/me/resume",
            "PUT /api/v1/candidates/me/resume",
            "DELETE /api/v1/candidates/me/resume",
            "GET /api/v1/candidates/me/resume/json-resume",
            "POST /api/v1/candidates/me/resume/apply",
            "GET /api/v1/candidates/me/matches",
            "GET /api/v1/candidates/me/matches/{job_id}/words",
            "GET /api/v1/candidates/me/stream",
            "WEBSOCKET /api/v1/candidates/me/notifications",
            "GET /api/v1/candidates/me/feedback",
            "PUT /api/v1/candidates/me/feedback/{job_id}",
            "DELETE /api/v1/candidates/me/feedback/{job_id}",
            "GET /api/v1/candidates/me/introductions",
            "PUT /api/v1/candidates/me/introductions/{job_id}",
        ),
        Scope.CANDIDATE,
    ),
    "GET /api/v1/candidates": Scope.OPERATE,
    "DELETE /api/v1/candidates/{candidate_id}": Scope.OPERATE,
    "PUT /api/v1/candidates/{candidate_id}/verified": Scope.OPERATE,
    "GET /api/v1/alerts": Scope.ALERTS,
    "POST /api/v1/alerts": Scope.ALERTS,
    "GET /api/v1/alerts/{alert_id}": Scope.ALERTS,
    "PATCH /api/v1/alerts/{alert_id}": Scope.ALERTS,
    "DELETE /api/v1/alerts/{alert_id}": Scope.ALERTS,
    "POST /api/v1/alerts/{alert_id}/rotate": Scope.ALERTS,
    "POST /api/v1/matches/candidate/{candidate_id}/daily": Scope.OPERATE,
    "POST /api/v1/matches/job/{job_id}/candidates": Scope.MATCH,
    "GET /api/v1/matches/job/{job_id}/introductions": Scope.MATCH,
    "POST /api/v1/matches/job/{job_id}/introductions": Scope.MATCH,
    "POST /api/v1/matches/profile": Scope.MATCH,
    "POST /api/v1/matches/recalculate": Scope.OPERATE,
    "GET /api/v1/index": Scope.OPERATE,
    "GET /api/v1/keys": Scope.OPERATE,
    "POST /api/v1/keys": Scope.OPERATE,
    "DELETE /api/v1/keys/{prefix}": Scope.OPERATE,
    "POST /api/v1/keys/{prefix}/rotate": Scope.OPERATE,
}
"""Route → what its caller must be allowed. A new route fails here until it has a row."""

TAKES_ANYTHING = {"GET /api/v1/openapi.json", "WEBSOCKET /api/v1/candidates/me/notifications"}
"""Below /api/, and no parameter is refused: the framework's own, and what is not asked but opened."""


def routes_of(router: object) -> Iterator[str]:
    for route in router.routes:
        if isinstance(route, Route):
            yield from (f"{method} {route.path}" for method in (route.methods or {"ANY"}) - {"HEAD"})
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router)
        elif isinstance(route, WebSocketRoute):
            yield f"{SOCKET} {route.path}"
        elif isinstance(route, Mount):
            yield f"MOUNT {route.path}"
        else:
            # Of whatever kind it is: it has no row either.
            yield f"{type(route).__name__} {getattr(route, 'path', '')}"


def address_of(route: str) -> tuple[str, str]:
    """The method, and an address that the route answers."""
    method, _, path = route.partition(" ")
    values = {"company:path": "northwind.example", "domain": "northwind.example", "prefix": "aaaaaaaa"}
    values["format"] = "csv" if "exports" in path else "atom"
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return method, re.sub(r"\{[^}]+\}", ID, path)


def test_every_route_has_a_row(clients):
    assert {*SCOPES, *FREE, *FILES} == set(routes_of(create_app(clients)))


def test_a_route_of_any_kind_needs_one():
    app = FastAPI(openapi_url=None)
    app.add_api_websocket_route("/socket", lambda: None)
    app.router.routes.append(WebSocketRoute("/bare-socket", Response))
    app.mount("/files", Response())
    app.add_route("/page", Response)
    app.add_route("/other-page", lambda _: Response())
    app.router.host("other.example", Response())
    told = ["WEBSOCKET /socket", "WEBSOCKET /bare-socket", "MOUNT /files", "ANY /page", "GET /other-page", "Host "]
    assert list(routes_of(app)) == told


async def token_of(
    clients,
    role: Role,
    *,
    issued: datetime | None = None,
    token_key: str = "",
    issuer: str = "",
    locked_at: datetime | None = None,
    asks: bool = False,
    **changes: object,
) -> str:
    """An access token of a session of somebody new with this role."""
    who = uuid4()
    if role is Role.CANDIDATE:
        await clients.candidates.save(Candidate(id=who, name="Grace"))
    account = Account(id=who, role=role, created_at=NOW, locked_at=locked_at)
    await clients.accounts.add(account, Credentials(email=f"{who}@north.example"))
    if asks:
        second = SecondFactor(secret="x", confirmed=True)
        await clients.accounts.change(who, lambda known: known.model_copy(update={"second": second}))
    times = {"created_at": NOW, "last_used_at": NOW, "expires_at": NOW + timedelta(days=30)}
    session = Session.model_validate({"id": uuid4(), "account_id": who, "is_browser": False, **times, **changes})
    await clients.accounts.begin(session, who.bytes)
    tokens = Tokens(token_key or clients.settings.token_key, issuer or clients.settings.site)
    # Not NOW: a token lasts a quarter of an hour, and the tests before these may take longer.
    return tokens.issue(session, issued or datetime.now(UTC))


def expected(scope: Scope | str, kinds: Iterable[str]) -> dict[str, bool | None]:
    """Kind of caller → whether the route lets them through; None where it does not know them at all."""
    session = scope in (ACCOUNT, HALF)
    known: dict[str, bool] = {
        "lacking": scope is Scope.READ,
        "right": not session,
        # What is a person's own opens to nobody else.
        "operator's": scope is not Scope.CANDIDATE and not session,
        "candidate": session or scope in (Scope.READ, Scope.CANDIDATE),
        "company": session or scope in (Scope.READ, Scope.MATCH),
        "recruiter": session or scope in (Scope.READ, Scope.MATCH, Scope.EXPORT, Scope.ALERTS),
        "admin": scope is not Scope.CANDIDATE,
        "admin without a second factor": session or scope is Scope.READ,
        "recruiter without a second factor": session or scope is Scope.READ,
        "admin who has switched it off": session or scope is Scope.READ,
        "half a session": scope in (Scope.READ, HALF),
    }
    return {kind: known.get(kind) for kind in kinds}


@pytest.mark.parametrize("route", sorted(SCOPES))
async def test_each_route_lets_through_who_may_and_nobody_else(clients, gateway, route, monkeypatch):
    # A stream would go on.
    monkeypatch.setattr("services.api.people.notifications.LONGEST", 0.0)
    scope, (method, path) = SCOPES[route], address_of(route)
    await clients.candidates.save(Candidate(id=ADA, name="Ada"))
    others = [other for other in Scope if other not in {scope, Scope.OPERATE, Scope.READ}]
    keyed = Scope.MATCH if scope in (ACCOUNT, HALF) else scope
    keys = {
        "unknown": new_secret("aaaaaaaa"),
        "mistyped": new_secret("aaaaaaaa")[:-1],
        "expired": await made(clients, *Scope, expires_at=NOW - timedelta(seconds=1)),
        "revoked": await made(clients, *Scope, revoked_at=NOW),
        "lacking": await made(clients, *others),
        "right": await made(clients, keyed, candidate_id=ADA if scope is Scope.CANDIDATE else None),
        "operator's": await made(clients, Scope.OPERATE),
        **{role.value: await token_of(clients, role, second_factor=True, asks=role in STAFF) for role in Role},
        "admin without a second factor": await token_of(clients, Role.ADMIN),
        "recruiter without a second factor": await token_of(clients, Role.RECRUITER),
        "admin who has switched it off": await token_of(clients, Role.ADMIN, second_factor=True),
        "half a session": await token_of(clients, Role.CANDIDATE, asks=True),
        "ended session": await token_of(clients, Role.ADMIN, ended_at=NOW),
        "expired session": await token_of(clients, Role.ADMIN, expires_at=NOW),
        "locked account": await token_of(clients, Role.ADMIN, locked_at=NOW),
        "expired token": await token_of(clients, Role.ADMIN, issued=NOW - timedelta(minutes=17)),
        "token of another key": await token_of(clients, Role.ADMIN, token_key="a key that is not ours"),
        "token of another site": await token_of(clients, Role.ADMIN, issuer="https://other.example"),
    }
    async with gateway(clients) as client:
        statuses = {}

        async def ask(headers: dict[str, str]) -> httpx.Response:
            asked = knock(clients, path, headers) if method == SOCKET else client.request(method, path, headers=headers)
            return await asked

        for kind, key in keys.items():
            response = await ask(bearer(key))
            statuses[kind] = response.status_code if response.status_code in {401, 403} else "let through"
            if response.status_code in {401, 403}:
                assert response.headers["Content-Type"] == "application/problem+json"
                assert response.headers["WWW-Authenticate"].startswith('Bearer realm="quiethire", error=')
                assert response.headers["Cache-Control"] == "no-store"
        none = (await ask({})).status_code
    assert statuses == {
        kind: "let through" if may else 403 if may is False else 401 for kind, may in expected(scope, keys).items()
    }
    assert (none == 401) == (scope is not Scope.READ)


async def test_a_parameter_that_nobody_knows_is_refused_by_every_route_of_the_api(clients, gateway, monkeypatch):
    monkeypatch.setattr("services.api.people.notifications.LONGEST", 0.0)
    await clients.candidates.save(Candidate(id=ADA, name="Ada"))
    keys = {Scope.CANDIDATE: await made(clients, Scope.CANDIDATE, candidate_id=ADA)}
    keys |= dict.fromkeys((ACCOUNT, HALF), await token_of(clients, Role.CANDIDATE))
    others = await made(clients, Scope.OPERATE)
    statuses = {}
    async with gateway(clients) as client:
        for route, scope in SCOPES.items():
            method, path = address_of(route)
            if path.startswith("/api/") and route not in TAKES_ANYTHING:
                headers = bearer(keys.get(scope, others))
                answer = await client.request(method, f"{path}?limti=5", headers=headers)
                named = [error["field"] for error in answer.json().get("errors", ())]
                statuses[route] = (answer.status_code, "limti" in named)
    assert {route: told for route, told in statuses.items() if told != (400, True)} == {}


@pytest.mark.parametrize("route", sorted(FREE))
async def test_what_machines_watch_looks_at_no_key(clients, gateway, route):
    async with gateway(replace(clients, keys=None, cache=None)) as client:
        assert (await client.get(route.partition(" ")[2], headers=bearer("wrong"))).status_code == 200
