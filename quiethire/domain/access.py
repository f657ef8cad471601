"""Who may do what: API keys, their scopes, and the port of the store that keeps them.

A key reads `qh_<prefix>_<secret>`. The prefix names it and is no secret; the secret is 32 random letters and digits
(190 bits) with a checksum behind, so that a mistyped key is told from a strange one without asking a store, and a scanner
of repositories knows one when it sees it. Only the SHA-256 of the whole is kept: 190 random bits need no slow hash.
"""

import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from pydantic import Field

from quiethire.domain.base import Model

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PREFIX, _SECRET, _CHECK = 8, 32, 6
_KEY = re.compile(rf"qh_([0-9A-Za-z]{{{_PREFIX}}})_([0-9A-Za-z]{{{_SECRET + _CHECK}}})")

USED_WITHIN = timedelta(minutes=10)
"""`ApiKey.last_used_at` is written anew when it is older than that: a use must not cost a write."""


class Scope(StrEnum):
    """What a caller may do. Everybody may read, and export a little; `operate` includes all others."""

    READ = "read"
    EXPORT = "export"
    ALERTS = "alerts"
    MATCH = "match"
    CANDIDATE = "candidate"
    """A person's own: their profile, résumé, matches and answers. Without a candidate on the key it opens nothing."""
    OPERATE = "operate"


class ApiKey(Model):
    """What is known of a key: everything but the key."""

    prefix: str = Field(pattern=f"^[0-9A-Za-z]{{{_PREFIX}}}$")
    name: str = Field(min_length=1, max_length=100)
    """What it is for, in its owner's words."""
    candidate_id: UUID | None = None
    """Whom it speaks for, with the scope `candidate`."""
    scopes: tuple[Scope, ...] = Field(min_length=1, max_length=len(Scope))
    created_at: datetime
    expires_at: datetime | None = None
    rotated_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    """To ten minutes."""

    @property
    def who(self) -> str:
        """How the owner of what it makes is written down."""
        return f"key:{self.prefix}"

    def has_expired(self, now: datetime) -> bool:
        """Whether its time is over: no secret of it, not even a new one, would be good."""
        return self.expires_at is not None and self.expires_at <= now


class KeyUse(Model):
    """A key as found by one of its secrets."""

    key: ApiKey
    secret_until: datetime | None = None
    """Until when this secret is good; None for the newest one."""

    def refusal(self, now: datetime) -> str | None:
        """Why it is not good any more, or None."""
        if self.key.revoked_at is not None:
            return "was revoked"
        if self.key.has_expired(now):
            return "has expired"
        if self.secret_until is not None and self.secret_until <= now:
            return "was replaced by a newer one"
        return None


def new_prefix() -> str:
    """The name of a new key."""
    return _random(_PREFIX)


def new_secret(prefix: str) -> str:
    """A new key of this name, whole: it is shown once and kept nowhere."""
    body = f"qh_{prefix}_{_random(_SECRET)}"
    return body + _checksum(body)


def personal_key(candidate_id: UUID, *, name: str, now: datetime, lasts: timedelta | None = None) -> tuple[ApiKey, str]:
    """A new key that speaks for a person, and its secret, whole. `lasts`: how long it does; None = until it is ended."""
    key = ApiKey(
        prefix=new_prefix(),
        name=name,
        candidate_id=candidate_id,
        scopes=(Scope.CANDIDATE,),
        created_at=now,
        expires_at=now + lasts if lasts is not None else None,
    )
    return key, new_secret(key.prefix)


def is_key(text: str) -> bool:
    """Whether this reads as a key: its form, and its checksum."""
    return _KEY.fullmatch(text) is not None and _checksum(text[:-_CHECK]) == text[-_CHECK:]


def digest_of(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).digest()


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _checksum(body: str) -> str:
    """CRC-32 in base 62, as GitHub's tokens have it."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECK):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits


class ApiKeyStore(Protocol):
    """The keys, by their prefixes; of their secrets only digests."""

    async def add(self, key: ApiKey, digest: bytes) -> None:
        """Add a key; one of this prefix that is there stays as it is. Raises Gone where its candidate is not there.

        Keys that spoke for the same candidate and have ended are dropped: each visit of theirs makes one.
        """
        ...

    async def issued(self) -> list[ApiKey]:
        """Keys that operators made, revoked ones too, the oldest first. Those that speak for people are theirs alone."""
        ...

    async def ended(self, now: datetime) -> list[ApiKey]:
        """Of the keys that operators made, those that were revoked or have expired, the oldest first."""
        ...

    async def get(self, prefix: str) -> ApiKey | None:
        """The key of this prefix."""
        ...

    async def of_candidate(self, candidate_id: UUID) -> list[ApiKey]:
        """Those that speak for this candidate, the oldest first."""
        ...

    async def drop_of_candidate(self, candidate_id: UUID) -> None:
        """Nothing is left of the keys that speak for this candidate."""
        ...

    async def drop_ended(self, now: datetime) -> int:
        """Drop the keys that spoke for somebody and have ended. Returns how many."""
        ...

    async def used_since(self, candidate_ids: Collection[UUID], moment: datetime) -> set[UUID]:
        """Those of these for whom a key was made or used at or after this moment."""
        ...

    async def by_digest(self, digest: bytes) -> KeyUse | None:
        """The key that has this secret, good or not."""
        ...

    async def rotate(self, prefix: str, digest: bytes, *, now: datetime, grace: timedelta) -> ApiKey:
        """Give it a new secret; those it has are good until `now + grace`, or until an earlier moment that was set before.

        Raises Gone where there is no such key, it is revoked, or speaks for a person: whoever got its new secret would read them.
        Raises InvalidInput where it has expired.
        """
        ...

    async def revoke(self, prefix: str, now: datetime) -> ApiKey:
        """Nothing of it is good any more; a second time changes nothing. Raises Gone where there is no such key."""
        ...

    async def used(self, prefix: str, now: datetime) -> None:
        """It was used; never backwards."""
        ...
