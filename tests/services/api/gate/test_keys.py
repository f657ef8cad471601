"""API keys: what is no key, what is said of one that is not good, and how they are made, rotated, revoked and used."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from key_holders import bearer, made

from quiethire.domain.access import Scope, new_secret
from quiethire.domain.errors import Transient
from quiethire.settings import Settings

NOW = datetime.now(UTC)
OPERATOR = "the-operators-own-key-of-24"


@pytest.fixture
def operated(clients, tmp_path):
    """Clients of a platform that has an operator's key."""
    return replace(clients, settings=Settings(data_dir=tmp_path, operator_key=OPERATOR))


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
    assert (await operated.keys.issued())[0].rotated_at is None


@pytest.mark.parametrize(
    "wanted",
    [
        {"name": "", "scopes": ["match"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": ["match"], "expires_at": "2001-01-01T00:00:00Z"},
        {"name": "x", "scopes": ["match"], "expires_at": "2099-01-01T00:00:00"},
        {"name": "x", "scopes": ["match"], "expires_at": "9999-12-31T23:59:59-12:00"},
        {"name": "x", "scopes": ["match"], "prefix": "aaaaaaaa"},
    ],
)
async def test_a_key_that_makes_no_sense_is_not_made(operated, gateway, wanted):
    async with gateway(operated) as client:
        assert (await client.post("/api/v1/keys", json=wanted, headers=bearer(OPERATOR))).status_code == 400
    assert await operated.keys.issued() == []


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
    assert (await clients.keys.issued())[0].last_used_at is not None


async def test_what_is_known_of_a_key_is_believed_for_a_few_seconds_only(clients, gateway, monkeypatch):
    key = await made(clients, Scope.MATCH)
    async with gateway(clients) as client:
        assert (await client.get("/api/v1/stats", headers=bearer(key))).status_code == 200
        await clients.keys.revoke(key[3:11], NOW)
        monkeypatch.setattr("services.api.gate.access.REMEMBERED", timedelta(0))
        assert (await client.get("/api/v1/stats", headers=bearer(key))).status_code == 200
    async with gateway(clients) as client:
        assert (await client.get("/api/v1/stats", headers=bearer(key))).status_code == 401


async def test_the_api_describes_what_needs_a_key(clients, gateway):
    async with gateway(clients) as client:
        document = (await client.get("/api/v1/openapi.json")).json()
    assert document["components"]["securitySchemes"]["API key"]["scheme"] == "bearer"
    assert document["paths"]["/api/v1/keys"]["post"]["security"] == [{"API key": []}]
    assert "security" not in document["paths"]["/api/v1/search"]["get"]
