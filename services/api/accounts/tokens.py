"""Access tokens: JWT (RFC 7519) for 15 minutes, signed by HMAC-SHA-256 with the first of the keys of the settings.

A token says which session it is of and nothing else that counts: role and lock are those of the store. Its `kid` names its key.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, OctKey

from quiethire.domain.accounts import Session
from quiethire.domain.errors import InvalidInput
from services.api.gate.access import Unauthorized

LASTS = timedelta(minutes=15)
LEEWAY = 60
"""Seconds that clocks may differ."""

_AUDIENCE = "quiethire-api"
_ALGORITHM = "HS256"


@dataclass(frozen=True)
class Claims:
    """Whom a token speaks for."""

    account: UUID
    session: UUID


class Tokens:
    """Makes and reads access tokens."""

    def __init__(self, token_key: str, issuer: str) -> None:
        """`token_key`: the setting; empty = no token is made or believed. `issuer`: the address of this site."""
        given = [text for text in token_key.split(",") if text]
        self._keys = {_derived(text, b"name")[:8].hex(): _signing(text) for text in given}
        self._print_key = _derived(given[0], b"print") if given else b""
        self._issuer = issuer

    def issue(self, session: Session, now: datetime) -> str:
        """A token of this session. Raises InvalidInput where no key is set."""
        name = self._current()
        seconds = int(now.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": _AUDIENCE,
            "sub": str(session.account_id),
            "sid": str(session.id),
            "iat": seconds,
            "nbf": seconds,
            "exp": seconds + int(LASTS.total_seconds()),
        }
        return jwt.encode({"alg": _ALGORITHM, "kid": name}, claims, self._keys[name], algorithms=[_ALGORITHM])

    def read(self, token: str, now: datetime) -> Claims:
        """What a token claims. Raises Unauthorized for one that is not ours, or not of now."""
        must: jwt.ClaimsOption = {"essential": True}
        rules = jwt.JWTClaimsRegistry(
            int(now.timestamp()),
            LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": _AUDIENCE},
            sub=must,
            sid=must,
            iat=must,
            nbf=must,
            exp=must,
        )
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM]).claims
            rules.validate(claims)
            return Claims(UUID(claims["sub"]), UUID(claims["sid"]))
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unauthorized("The access token is not good, or not any more: refresh it.", invalid=True) from error

    def print_of(self, text: str) -> str:
        """A name for somebody's address that tells nobody the address. Raises InvalidInput where no key is set."""
        self._current()
        return hmac.digest(self._print_key, text.casefold().encode(), "sha256")[:16].hex()

    def _current(self) -> str:
        if not self._keys:
            hint = "set it to a secret of at least 24 characters"
            raise InvalidInput("is not set", where="QUIETHIRE_TOKEN_KEY", hint=hint, kind="not_set")
        return next(iter(self._keys))

    def _key(self, token: GuestProtocol) -> OctKey:
        return self._keys[token.headers()["kid"]]


def _signing(secret: str) -> OctKey:
    key = base64.urlsafe_b64encode(_derived(secret, b"sign")).rstrip(b"=").decode()
    return OctKey.import_key({"kty": "oct", "k": key})


def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"quiethire token " + purpose).derive(secret.encode())
