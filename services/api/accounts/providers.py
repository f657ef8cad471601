"""Signing in by way of GitHub and Google: OAuth 2.0 with PKCE (RFC 7636), state, and for OpenID Connect a nonce.

Only an address that the provider has verified counts. Everything that a way back must prove is worked out of one random cookie of the
browser that set out: nothing has to be kept, and an answer that was meant for another browser opens nothing.
"""

import hmac
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, cast

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import Depends, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from quiethire.domain.errors import InvalidInput, Transient
from quiethire.settings import Settings
from services.alerts.mail import email_address

TIMEOUT = 10.0
"""Seconds for one request to a provider."""

_LEEWAY = 60
_REFUSED = "begin anew, or sign in by address and password"


@dataclass(frozen=True)
class Provider:
    """Where somebody signs in, and what we are there."""

    name: str
    label: str
    client_id: str
    client_secret: str
    authorize_url: str
    token_url: str
    scope: str
    api_url: str = ""
    """Of GitHub's API; empty where the identity comes in an ID token."""
    keys_url: str = ""
    issuer: str = ""


@dataclass(frozen=True)
class Identity:
    """Who somebody is to a provider, with an address that it has verified."""

    provider: str
    subject: str
    email: str
    name: str


@dataclass(frozen=True)
class Attempt:
    """One way to a provider and back, out of the secret that the browser's cookie holds."""

    secret: str
    provider: str

    @property
    def state(self) -> str:
        """What the provider gives back."""
        return self._of("state")

    @property
    def nonce(self) -> str:
        """What the ID token must hold."""
        return self._of("nonce")

    @property
    def verifier(self) -> str:
        """PKCE's: who brings the code must know it."""
        return self._of("verifier")

    def _of(self, word: str) -> str:
        return hmac.digest(self.secret.encode(), f"{word} {self.provider}".encode(), "sha256").hex()


def providers_of(settings: Settings) -> dict[str, Provider]:
    """Those that the settings name a client for."""
    github = Provider(
        name="github",
        label="GitHub",
        client_id=settings.github_client_id,
        client_secret=settings.github_client_secret,
        authorize_url="https://github.com/login/oauth/authorize",
        token_url="https://github.com/login/oauth/access_token",  # noqa: S106  an address
        scope="user:email",
        api_url="https://api.github.com",
    )
    google = Provider(
        name="google",
        label="Google",
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret,
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",  # noqa: S106  an address
        scope="openid email profile",
        keys_url="https://www.googleapis.com/oauth2/v3/certs",
        issuer="https://accounts.google.com",
    )
    return {one.name: one for one in (github, google) if one.client_id and one.client_secret}


def way_there(provider: Provider, attempt: Attempt, back: str) -> str:
    """The address at the provider where somebody agrees. `back`: where it leads them then."""
    more = {"nonce": attempt.nonce} if provider.issuer else {}
    return str(
        prepare_grant_uri(
            provider.authorize_url,
            provider.client_id,
            "code",
            redirect_uri=back,
            scope=provider.scope,
            state=attempt.state,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
            **more,
        )
    )


async def identity_of(provider: Provider, attempt: Attempt, back: str, code: str, state: str) -> Identity:
    """Who came back. Raises InvalidInput where that proves nothing, Transient where the provider does not answer."""
    if not hmac.compare_digest(state.encode(), attempt.state.encode()):
        raise InvalidInput("this answer is not for this browser", where=provider.name, hint=_REFUSED)
    try:
        headers = {"Accept": "application/json"}
        async with httpx.AsyncClient(timeout=TIMEOUT, headers=headers, verify=_trusted()) as client:
            token = await _token(client, provider, attempt, back, code)
            if provider.issuer:
                return _of_id_token(provider, attempt, token["id_token"], await _json(client, provider.keys_url))
            client.headers["Authorization"] = f"Bearer {token['access_token']}"
            return _of_github(
                provider,
                await _json(client, f"{provider.api_url}/user"),
                await _json(client, f"{provider.api_url}/user/emails"),
            )
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput("its answer proves nothing", where=provider.name, hint=_REFUSED) from error
    except httpx.HTTPError as error:
        raise Transient(type(error).__name__, where=provider.name, hint="try again in a moment") from error


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are believed: to read them takes a hundredth of a second, in which nobody is answered."""
    return httpx.create_ssl_context()


async def _token(
    client: httpx.AsyncClient, provider: Provider, attempt: Attempt, back: str, code: str
) -> dict[str, Any]:
    """What the code is worth. Raises ValueError where the provider refuses it."""
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": attempt.verifier,
        "client_id": provider.client_id,
        "client_secret": provider.client_secret,
    }
    answer = await client.post(provider.token_url, data=given)
    if 400 <= answer.status_code < 500:
        raise ValueError("the code was refused")
    answer.raise_for_status()
    return dict(answer.json())


async def _json(client: httpx.AsyncClient, url: str) -> Any:  # noqa: ANN401 - JSON
    answer = await client.get(url)
    answer.raise_for_status()
    return answer.json()


def _of_id_token(provider: Provider, attempt: Attempt, token: str, keys: dict[str, Any]) -> Identity:
    """By OpenID Connect Core 3.1.3.7."""
    claims = jwt.decode(token, KeySet.import_key_set({"keys": keys["keys"]}), algorithms=["RS256"]).claims
    rules = jwt.JWTClaimsRegistry(
        int(datetime.now(UTC).timestamp()),
        _LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        nonce={"essential": True, "value": attempt.nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    rules.validate(claims)
    if claims.get("email_verified") is not True:
        raise ValueError("no verified address")
    name = str(claims.get("name") or "")
    return Identity(provider.name, str(claims["sub"]), email_address(claims["email"]), name)


def _of_github(provider: Provider, user: dict[str, Any], emails: list[dict[str, Any]]) -> Identity:
    address = next(one["email"] for one in [*emails, {}] if not one or (one["primary"] and one["verified"]))
    return Identity(provider.name, str(int(user["id"])), email_address(address), str(user.get("name") or ""))


async def _providers(request: Request) -> dict[str, Provider]:
    return cast("dict[str, Provider]", request.app.state.providers)


ProvidersDep = Annotated[dict[str, Provider], Depends(_providers)]
