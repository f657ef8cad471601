"""Who may do what: every route, with every kind of key."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from fastapi.routing import APIRoute

from quiethire.domain.access import ApiKey, Scope, digest_of, new_prefix, new_secret
from quiethire.domain.errors import Transient
from quiethire.settings import Settings
from services.api.app import create_app

NOW = datetime.now(UTC)
ID = str(UUID(int=7))
OPERATOR = "the-operators-own-key-of-24"

FREE = {"GET /health", "GET /metrics"}
"""What machines watch: no key is looked at, so that no store is touched."""

SCOPES: dict[str, Scope] = {
    **dict.fromkeys(
        (
            "GET /",
            "GET /results",
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
            "GET /api/v1/jobs/{job_id}",
            "GET /api/v1/search",
            "GET /api/v1/stats",
            "GET /api/v1/suggest",
            "GET /companies/{company:path}",
            "GET /feeds/search.{format}",
            "GET /jobs/{job_id}",
            "GET /robots.txt",
            "GET /sitemap.xml",
            "GET /sitemaps/companies.xml",
            "GET /sitemaps/postings.xml",
        ),
        Scope.READ,
    ),
    "GET /api/v1/alerts": Scope.ALERTS,
    "POST /api/v1/alerts": Scope.ALERTS,
    "GET /api/v1/alerts/{alert_id}": Scope.ALERTS,
    "PATCH /api/v1/alerts/{alert_id}": Scope.ALERTS,
    "DELETE /api/v1/alerts/{alert_id}": Scope.ALERTS,
    "POST /api/v1/alerts/{alert_id}/rotate": Scope.ALERTS,
    "POST /api/v1/matches/candidate/{candidate_id}/daily": Scope.MATCH,
    "POST /api/v1/matches/job/{job_id}/candidates": Scope.MATCH,
    "POST /api/v1/matches/profile": Scope.MATCH,
    "POST /api/v1/matches/recalculate": Scope.OPERATE,
    "GET /api/v1/index": Scope.OPERATE,
    "GET /api/v1/keys": Scope.OPERATE,
    "POST /api/v1/keys": Scope.OPERATE,
    "DELETE /api/v1/keys/{prefix}": Scope.OPERATE,
    "POST /api/v1/keys/{prefix}/rotate": Scope.OPERATE,
}
"""Route → what its caller must be allowed. A new route fails here until it has a row."""


def routes_of(router: object) -> Iterator[str]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield from (f"{method} {route.path}" for method in route.methods - {"HEAD"})
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router)


def address_of(route: str) -> tuple[str, str]:
    """The method, and an address that the route answers."""
    method, _, path = route.partition(" ")
    values = {"company:path": "northwind.example", "domain": "northwind.example", "prefix": "aaaaaaaa"}
    values["format"] = "csv" if "exports" in path else "atom"
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return method, re.sub(r"\{[^}]+\}", ID, path)


@pytest.fixture
def operated(clients, tmp_path):
    """Clients of a platform that has an operator's key."""
    return replace(clients, settings=Settings(data_dir=tmp_path, operator_key=OPERATOR))


async def made(clients, *scopes: Scope, **changes: object) -> str:
    """A key that is in the store."""
    fields = {"prefix": new_prefix(), "name": "a test's", "scopes": scopes, "created_at": NOW, **changes}
    key = ApiKey.model_validate(fields)
    secret = new_secret(key.prefix)
    await clients.keys.add(key, digest_of(secret))
    return secret


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_every_route_has_a_row(clients):
    assert {*SCOPES, *FREE} == set(routes_of(create_app(clients)))


@pytest.mark.parametrize("route", sorted(SCOPES))
async def test_each_route_lets_through_who_may_and_nobody_else(clients, gateway, route):
    scope, (method, path) = SCOPES[route], address_of(route)
    others = [other for other in Scope if other not in {scope, Scope.OPERATE, Scope.READ}]
    keys = {
        "unknown": new_secret("aaaaaaaa"),
        "mistyped": new_secret("aaaaaaaa")[:-1],
        "expired": await made(clients, *Scope, expires_at=NOW - timedelta(seconds=1)),
        "revoked": await made(clients, *Scope, revoked_at=NOW),
        "lacking": await made(clients, *others),
        "right": await made(clients, scope),
        "operator's": await made(clients, Scope.OPERATE),
    }
    async with gateway(clients) as client:
        statuses = {}
        for kind, key in keys.items():
            response = await client.request(method, path, headers=bearer(key))
            statuses[kind] = response.status_code if response.status_code in {401, 403} else "let through"
            if response.status_code in {401, 403}:
                assert response.headers["Content-Type"] == "application/problem+json"
                assert response.headers["WWW-Authenticate"].startswith('Bearer realm="quiethire", error=')
                assert response.headers["Cache-Control"] == "no-store"
        none = (await client.request(method, path)).status_code
    refused = dict.fromkeys(("unknown", "mistyped", "expired", "revoked"), 401)
    lacking = "let through" if scope is Scope.READ else 403
    assert statuses == {**refused, "lacking": lacking, "right": "let through", "operator's": "let through"}
    assert (none == 401) == (scope is not Scope.READ)


@pytest.mark.parametrize("route", sorted(FREE))
async def test_what_machines_watch_looks_at_no_key(clients, gateway, route):
    async with gateway(replace(clients, keys=None, cache=None)) as client:
        assert (await client.get(route.partition(" ")[2], headers=bearer("wrong"))).status_code == 200


@pytest.mark.parametrize(
    "header", ["Basic dTpw", "Bearer", "Bearer ", "qh_aaaaaaaa_x", "Bearer " + "x" * 9_000, "Bearer é"]
)
async def test_what_is_no_key_is_refused_and_not_taken_for_nobody(clients, gateway, header):
    async with gateway(clients) as client:
        response = await client.get("/api/v1/search", headers={"Authorization": header.encode("latin-1")})
    assert response.status_code == 401
    assert response.json()["type"].endswith("/unauthorized")


async def test_the_problem_says_what_is_wrong_with_the_key_and_never_the_key(clients, gateway):
    expired = await made(clients, Scope.MATCH, expires_at=NOW)
    lacking = await made(clients, Scope.EXPORT)
    async with gateway(clients) as client:
        first = await client.get("/api/v1/stats", headers=bearer(expired))
        second = await client.post("/api/v1/matches/recalculate", headers=bearer(lacking))
        third = await client.post("/api/v1/matches/recalculate")
    assert first.json()["detail"] == f"The API key {expired[:11]}… has expired."
    assert second.json()["detail"] == "This API key lacks the scope 'operate'."
    assert second.headers["WWW-Authenticate"].endswith('error="insufficient_scope", scope="operate"')
    assert third.json()["detail"] == "This needs an API key with the scope 'operate'."
    assert third.headers["WWW-Authenticate"] == 'Bearer realm="quiethire"'
    assert expired not in first.text


async def test_without_the_store_of_keys_nobody_with_a_key_is_let_in_as_nobody(clients, gateway):
    class Away:
        async def by_digest(self, digest: bytes) -> None:
            raise Transient("connection refused", where="postgresql")

    async with gateway(replace(clients, keys=Away())) as client:
        assert (await client.get("/api/v1/search", headers=bearer(new_secret("aaaaaaaa")))).status_code == 503
        assert (await client.get("/api/v1/search")).status_code == 200


async def test_the_operators_own_key_may_do_everything_without_a_store(operated, gateway):
    async with gateway(replace(operated, keys=None)) as client:
        response = await client.get("/api/v1/search", headers=bearer(OPERATOR))
        assert response.status_code == 200
        assert "RateLimit" not in response.headers
        assert (await client.get("/api/v1/search", headers=bearer(OPERATOR + "x"))).status_code == 401
    async with gateway(operated) as client:
        assert (await client.get("/api/v1/keys", headers=bearer(OPERATOR))).json() == {"keys": []}


async def test_without_an_operators_key_in_the_settings_the_empty_one_opens_nothing(clients, gateway):
    async with gateway(clients) as client:
        for header in ("Bearer ", "Bearer"):
            assert (await client.get("/api/v1/keys", headers={"Authorization": header})).status_code == 401


async def test_a_key_is_made_shown_once_used_rotated_and_revoked(operated, gateway):
    async with gateway(operated) as client:
        wanted = {"name": "reader", "scopes": ["operate", "match"], "expires_at": "2099-01-01T00:00:00Z"}
        made = await client.post("/api/v1/keys", json=wanted, headers=bearer(OPERATOR))
        assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
        prefix, first = made.json()["key"]["prefix"], made.json()["secret"]
        assert first.startswith(f"qh_{prefix}_")
        listed = await client.get("/api/v1/keys", headers=bearer(first))
        assert first[12:] not in listed.text
        assert [each["scopes"] for each in listed.json()["keys"]] == [["match", "operate"]]

        path = f"/api/v1/keys/{prefix}"
        second = (await client.post(f"{path}/rotate", json={}, headers=bearer(first))).json()["secret"]
        assert [(await client.get("/api/v1/keys", headers=bearer(key))).status_code for key in (first, second)] == [
            200,
            200,
        ]
        third = (await client.post(f"{path}/rotate", json={"grace_seconds": 0}, headers=bearer(first))).json()["secret"]
        codes = [(await client.get("/api/v1/keys", headers=bearer(key))).status_code for key in (first, second, third)]
        assert codes == [401, 401, 200]

        assert (await client.delete(path, headers=bearer(third))).status_code == 204
        assert (await client.get("/api/v1/keys", headers=bearer(third))).status_code == 401
        assert (await client.delete(path, headers=bearer(OPERATOR))).status_code == 204
        assert (await client.delete("/api/v1/keys/zzzzzzzz", headers=bearer(OPERATOR))).status_code == 404
        assert (await client.post(f"{path}/rotate", json={}, headers=bearer(OPERATOR))).status_code == 404


async def test_a_key_that_has_expired_is_given_no_new_secret(operated, gateway):
    prefix = (await made(operated, Scope.MATCH, expires_at=NOW - timedelta(seconds=1)))[3:11]
    async with gateway(operated) as client:
        response = await client.post(f"/api/v1/keys/{prefix}/rotate", json={}, headers=bearer(OPERATOR))
    assert (response.status_code, response.json()["detail"]) == (400, "the key has expired (make a new one)")
    assert (await operated.keys.all())[0].rotated_at is None


@pytest.mark.parametrize(
    "wanted",
    [
        {"name": "", "scopes": ["match"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": ["match"], "expires_at": "2001-01-01T00:00:00Z"},
        {"name": "x", "scopes": ["match"], "expires_at": "2099-01-01T00:00:00"},
        {"name": "x", "scopes": ["match"], "prefix": "aaaaaaaa"},
    ],
)
async def test_a_key_that_makes_no_sense_is_not_made(operated, gateway, wanted):
    async with gateway(operated) as client:
        assert (await client.post("/api/v1/keys", json=wanted, headers=bearer(OPERATOR))).status_code == 400
    assert await operated.keys.all() == []


async def test_a_use_is_noted_once_and_not_with_every_request(clients, gateway):
    noted = []
    used = clients.keys.used

    async def note(prefix: str, now: datetime) -> None:
        noted.append(prefix)
        await used(prefix, now)

    clients.keys.used = note
    key = await made(clients, Scope.EXPORT)
    for _ in range(2):
        async with gateway(clients) as client:
            for _ in range(3):
                assert (await client.get("/api/v1/stats", headers=bearer(key))).status_code == 200
    assert noted == [key[3:11]]
    assert (await clients.keys.all())[0].last_used_at is not None


async def test_what_is_known_of_a_key_is_believed_for_a_few_seconds_only(clients, gateway, monkeypatch):
    key = await made(clients, Scope.MATCH)
    async with gateway(clients) as client:
        assert (await client.get("/api/v1/stats", headers=bearer(key))).status_code == 200
        await clients.keys.revoke(key[3:11], NOW)
        monkeypatch.setattr("services.api.access.REMEMBERED", timedelta(0))
        assert (await client.get("/api/v1/stats", headers=bearer(key))).status_code == 200
    async with gateway(clients) as client:
        assert (await client.get("/api/v1/stats", headers=bearer(key))).status_code == 401


async def test_the_api_describes_what_needs_a_key(clients, gateway):
    async with gateway(clients) as client:
        document = (await client.get("/api/v1/openapi.json")).json()
    assert document["components"]["securitySchemes"]["API key"]["scheme"] == "bearer"
    assert document["paths"]["/api/v1/keys"]["post"]["security"] == [{"API key": []}]
    assert "security" not in document["paths"]["/api/v1/search"]["get"]
