"""Signing in by GitHub and Google, against a provider on this machine that keeps to OAuth 2.0 and OpenID Connect."""

import asyncio
import hashlib
import socket
import ssl
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from account_holders import EMAIL, Outbox, join
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

from quiethire.settings import Settings
from services.api.accounts.providers import providers_of
from services.api.people.visits import COOKIE

CLIENT = {"client_id": "ours", "client_secret": "a secret of ours"}
KEY = RSAKey.generate_key(2048, parameters={"kid": "k1"})


@dataclass
class LocalProvider:
    """Says of its one user what the test says; refuses codes that are used twice, strange secrets and wrong verifiers."""

    url: str = ""
    claims: dict[str, object] = field(default_factory=dict)
    emails: list[dict[str, object]] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    signed_by: RSAKey = field(default_factory=lambda: KEY)
    codes: set[str] = field(default_factory=set)

    def agree(self, location: str) -> dict[str, str]:
        """What the user's browser brings back, after they have agreed."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert self.asked["response_type"] == "code"
        assert self.asked["code_challenge_method"] == "S256"
        self.codes.add("one-code")
        return {"code": "one-code", "state": self.asked["state"]}

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/token")
        async def token(request: Request) -> Response:
            form = await request.form()
            digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
            challenge = urlsafe_b64encode(digest).decode().rstrip("=")
            good = (
                (form["client_id"], form["client_secret"]) == ("ours", "a secret of ours")
                and form["code"] in self.codes
                and form["redirect_uri"] == self.asked["redirect_uri"]
                and challenge == self.asked["code_challenge"]
            )
            if not good:
                return JSONResponse({"error": "invalid_grant"}, 400)
            self.codes.discard(str(form["code"]))
            body = {"access_token": "theirs", "token_type": "bearer", "expires_in": 60}
            if "nonce" in self.asked:
                now = int(datetime.now(UTC).timestamp())
                claims = {
                    "iss": self.url,
                    "aud": "ours",
                    "sub": "77",
                    "iat": now,
                    "exp": now + 60,
                    "email": EMAIL,
                    "email_verified": True,
                    "name": "Ada Lovelace",
                    "nonce": self.asked["nonce"],
                    **self.claims,
                }
                body["id_token"] = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.signed_by)
            return JSONResponse(body)

        @app.get("/keys")
        async def keys() -> dict[str, object]:
            return {"keys": [KEY.as_dict(private=False)]}

        @app.get("/user")
        async def user() -> dict[str, object]:
            return {"id": 77, "name": "Ada Lovelace"}

        @app.get("/user/emails")
        async def emails() -> list[dict[str, object]]:
            return self.emails or [{"email": EMAIL, "primary": True, "verified": True}]

        return app


@pytest.fixture
async def provider():
    local = LocalProvider()
    listening = socket.create_server(("127.0.0.1", 0))
    local.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(local.app(), log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield local
    server.should_exit = True
    await serving


@pytest.fixture
async def client(clients, provider, monkeypatch, gateway):
    settings = {"github_client_id": "ours", "github_client_secret": CLIENT["client_secret"]}
    settings |= {"google_client_id": "ours", "google_client_secret": CLIENT["client_secret"]}
    known = providers_of(clients.settings.model_copy(update=settings))
    url = provider.url
    there = {
        "github": {"token_url": f"{url}/token", "api_url": url},
        "google": {"token_url": f"{url}/token", "keys_url": f"{url}/keys", "issuer": url},
    }
    local = {name: replace(one, **there[name]) for name, one in known.items()}
    monkeypatch.setattr("services.api.app.providers_of", lambda _: local)
    outbox = Outbox()
    async with gateway(replace(clients, mailer=outbox)) as client:
        client.outbox, client.whole, client.providers = outbox, clients, local
        yield client


async def set_out(client, provider, name="google"):
    answer = await client.get(f"/account/with/{name}")
    assert answer.status_code == 303
    assert all(part in answer.headers["Set-Cookie"] for part in ("HttpOnly", "SameSite=lax", "Path=/"))
    return provider.agree(answer.headers["Location"])


async def come_back(client, brought, name="google"):
    return await client.get(f"/account/with/{name}/back", params=brought)


@pytest.mark.parametrize("name", ["github", "google"])
async def test_who_signs_in_by_a_provider_is_a_candidate_by_their_verified_address(client, provider, name):
    answer = await come_back(client, await set_out(client, provider, name), name)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Refresh"] == "0; url=/matches"
    page = await client.get("/account")
    assert EMAIL in page.text
    account, known = await client.whole.accounts.by_address(EMAIL)
    assert (known.password, known.identities) == (None, {name: "77"})
    assert (await client.whole.candidates.get(account.id)).name == "Ada Lovelace"
    # The second time it is the same account.
    await come_back(client, await set_out(client, provider, name), name)
    assert len(await client.whole.candidates.page(limit=9)) == 1


async def test_an_export_holds_who_somebody_is_to_a_provider(client, provider):
    await come_back(client, await set_out(client, provider, "github"), "github")
    account = (await client.get("/matches/export")).json()["account"]
    assert (account["email"], account["identities"]) == (EMAIL, {"github": "77"})
    assert "password" not in account


async def test_signing_in_reads_no_certificates_once_they_are_read(client, provider, monkeypatch):
    await come_back(client, await set_out(client, provider))

    def read(*_, **__):
        raise AssertionError("the certificates are read anew")

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", read)
    assert (await come_back(client, await set_out(client, provider))).status_code == 200


async def test_an_account_of_the_same_address_is_linked_and_keeps_its_password(client, provider):
    await join(client, client.outbox)
    await come_back(client, await set_out(client, provider))
    _, known = await client.whole.accounts.by_address(EMAIL)
    assert known.password is not None
    assert known.identities == {"google": "77"}


async def test_an_address_that_was_given_to_somebody_else_opens_nothing(client, provider):
    await come_back(client, await set_out(client, provider))
    client.cookies.clear()
    provider.claims = {"sub": "78"}
    answer = await come_back(client, await set_out(client, provider))
    assert (answer.status_code, "linked to another" in answer.text) == (400, True)
    assert COOKIE.name not in answer.headers.get("Set-Cookie", "")


async def test_a_locked_account_stays_locked(client, provider):
    await come_back(client, await set_out(client, provider))
    account, _ = await client.whole.accounts.by_address(EMAIL)
    await client.whole.accounts.set_lock(account.id, datetime.now(UTC))
    assert (await come_back(client, await set_out(client, provider))).status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": "no address"},
        {"nonce": "another"},
        {"aud": "others"},
        {"iss": "https://other.example"},
        {"exp": 1_000_000_000},
        {"sub": None},
    ],
)
async def test_an_id_token_that_does_not_hold_opens_nothing(client, provider, claims):
    brought = await set_out(client, provider)
    provider.claims = claims
    assert (await come_back(client, brought)).status_code == 400
    assert await client.whole.accounts.by_address(EMAIL) is None


async def test_a_token_signed_by_another_key_opens_nothing(client, provider):
    provider.signed_by = RSAKey.generate_key(2048, parameters={"kid": "k1"})
    assert (await come_back(client, await set_out(client, provider))).status_code == 400


@pytest.mark.parametrize(
    "emails",
    [
        [{"email": EMAIL, "primary": True, "verified": False}],
        [{"email": EMAIL, "primary": False, "verified": True}],
        [{"message": "bad"}],
    ],
)
async def test_github_counts_with_its_primary_verified_address_alone(client, provider, emails):
    provider.emails = emails
    assert (await come_back(client, await set_out(client, provider, "github"), "github")).status_code == 400
    assert await client.whole.accounts.by_address(EMAIL) is None


async def test_another_browsers_answer_a_wrong_state_and_a_used_code_open_nothing(client, provider):
    brought = await set_out(client, provider)
    assert (await come_back(client, brought | {"state": "0" * 64})).status_code == 400
    assert (await come_back(client, {"error": "access_denied", "state": brought["state"]})).status_code == 400
    assert (await come_back(client, brought, "github")).status_code == 400
    cookies = dict(client.cookies)
    client.cookies.clear()
    assert (await come_back(client, brought)).status_code == 400
    client.cookies.set("quiethire_way", "x" * 43)
    assert (await come_back(client, brought)).status_code == 400
    client.cookies.clear()
    client.cookies.set("quiethire_way", cookies["quiethire_way"])
    assert (await come_back(client, brought)).status_code == 200
    client.cookies.set("quiethire_way", cookies["quiethire_way"])
    assert (await come_back(client, brought)).status_code == 400


async def test_a_provider_that_is_away_is_told(client, provider):
    brought = await set_out(client, provider)
    client.providers["google"] = replace(client.providers["google"], token_url="http://127.0.0.1:9/token")
    assert (await come_back(client, brought)).status_code == 503


async def test_without_a_client_there_is_no_such_way(clients, gateway):
    assert providers_of(Settings()) == {}
    async with gateway(clients) as client:
        assert (await client.get("/account/with/github")).status_code == 404
        assert (await client.get("/account/with/github/back")).status_code == 404
        assert "Sign in with" not in (await client.get("/account/sign-in")).text


async def test_the_page_offers_the_ways_that_there_are(client):
    page = (await client.get("/account/sign-in")).text
    assert "Sign in with GitHub" in page
    assert "Sign in with Google" in page
