"""API keys: /api/v1/keys, for operators."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AwareDatetime, ConfigDict, Field, field_validator
from pydantic.config import JsonDict

from quiethire.domain.access import ApiKey, Scope, digest_of, new_prefix, new_secret
from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput
from quiethire.domain.journal import Deed
from services.api.dependencies import ClientsDep
from services.api.gate.access import CallerDep, KeyringDep, require
from services.api.gate.input_limits import without_nul
from services.api.gate.once import ONCE
from services.api.journal import note

router = APIRouter(prefix="/api/v1/keys", tags=["keys"], dependencies=[Depends(require(Scope.OPERATE))])

Prefix = Annotated[
    str,
    Path(pattern="^[0-9A-Za-z]{8}$", examples=["wujM54gU"], description="The key's prefix: the part after `qh_`."),
]


LONGEST = timedelta(days=100 * 365)
"""Of a key that ends: what ends after the year 9999 in any zone of the world is told by no store."""

_SECRET = "qh_wujM54gU_JSLA3UjAiTbIxEP8IT4qakbnIUu58rHN0m7QhN"  # noqa: S105  the documents' example
_KEY: JsonDict = {
    "prefix": "wujM54gU",
    "name": "the feed reader",
    "candidate_id": None,
    "scopes": ["export", "alerts"],
    "created_at": "2026-11-01T09:30:00Z",
    "expires_at": "2027-11-01T00:00:00Z",
    "rotated_at": None,
    "revoked_at": None,
    "last_used_at": "2026-11-20T10:00:00Z",
}


class NewKey(Model):
    """The key that is wanted."""

    name: str = Field(min_length=1, max_length=100, examples=["the feed reader"])
    scopes: tuple[Scope, ...] = Field(min_length=1, max_length=len(Scope), examples=[["export", "alerts"]])
    expires_at: AwareDatetime | None = Field(None, examples=["2027-11-01T00:00:00Z"])

    _storable = field_validator("name")(without_nul)


class Rotation(Model):
    """How a key is replaced."""

    grace_seconds: int = Field(86_400, ge=0, le=30 * 86_400, examples=[3_600])
    """So long its old secret is good too."""


class ShownKey(Model):
    """A key with its secret, which is shown this once."""

    model_config = ConfigDict(json_schema_extra={"example": {"key": _KEY, "secret": _SECRET}})

    key: ApiKey
    secret: str = Field(examples=[_SECRET])
    """The whole key, as it is sent."""


class Keys(Model):
    """Keys that operators made, revoked ones too, the oldest first. Those that speak for people are theirs alone."""

    model_config = ConfigDict(json_schema_extra={"example": {"keys": [_KEY]}})

    keys: tuple[ApiKey, ...]


@router.post("", status_code=201, dependencies=[ONCE])
async def create_key(new: NewKey, caller: CallerDep, clients: ClientsDep) -> ShownKey:
    """Make a key. Its secret is shown in this answer and nowhere else: only its SHA-256 is kept."""
    now = datetime.now(UTC)
    if Scope.CANDIDATE in new.scopes:
        hint = "POST /api/v1/candidates makes one, with the candidate"
        raise InvalidInput("a key of this kind would speak for nobody", where="scopes", hint=hint)
    if new.expires_at is not None and new.expires_at <= now:
        raise InvalidInput("expires_at is over already", hint="give a moment to come, or none")
    if new.expires_at is not None and new.expires_at > now + LONGEST:
        raise InvalidInput("expires_at is more than a hundred years away", hint="give none for a key without an end")
    scopes = tuple(scope for scope in Scope if scope in new.scopes)
    key = ApiKey(prefix=new_prefix(), name=new.name, scopes=scopes, created_at=now, expires_at=new.expires_at)
    secret = new_secret(key.prefix)
    await note(clients, caller, Deed.KEY_MADE, f"prefix:{key.prefix}")
    await clients.keys.add(key, digest_of(secret))
    return ShownKey(key=key, secret=secret)


@router.get("")
async def list_keys(clients: ClientsDep) -> Keys:
    """List the keys that operators made, without their secrets."""
    return Keys(keys=tuple(await clients.keys.issued()))


@router.post("/{prefix}/rotate", dependencies=[ONCE])
async def rotate_key(prefix: Prefix, rotation: Rotation, clients: ClientsDep, keyring: KeyringDep) -> ShownKey:
    """Give a key a new secret; the old one stays good for the grace time.

    Where the answer is lost, rotate again: what was good before is good until the first grace time ends. A key that speaks for a
    person is not rotated here.
    """
    secret = new_secret(prefix)
    key = await clients.keys.rotate(
        prefix, digest_of(secret), now=datetime.now(UTC), grace=timedelta(seconds=rotation.grace_seconds)
    )
    keyring.forget()
    return ShownKey(key=key, secret=secret)


@router.delete("/{prefix}", status_code=204)
async def revoke_key(prefix: Prefix, clients: ClientsDep, keyring: KeyringDep) -> Response:
    """End a key, for good. Other processes know of it within five seconds."""
    await clients.keys.revoke(prefix, datetime.now(UTC))
    keyring.forget()
    return Response(status_code=204)
