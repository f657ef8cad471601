"""Links that are mailed: each works once, for a while.

What one stands for is sealed with the link itself: a copy of the database tells no address of somebody who has not joined
yet, and opens nothing.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Field

from quiethire.domain.accounts import AccountStore, new_token, token_digest
from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput

LASTS = timedelta(minutes=30)
INVITED = timedelta(days=1)

_NONCE = 12


class Purpose(StrEnum):
    """What a link is for."""

    JOIN = "join"
    PASSWORD = "password"  # noqa: S105  a word


class Linked(Model):
    """What a link stands for."""

    purpose: Purpose
    email: str
    account_id: UUID = Field(default_factory=uuid4)
    """Whose account it is, or is to be."""
    password: str | None = None
    """The hash that the account had: after another link was used, this one is over."""


async def make_link(store: AccountStore, linked: Linked, lasts: timedelta = LASTS) -> str:
    """The token of a new link."""
    token = new_token("ql")
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + _cipher(token).encrypt(nonce, linked.model_dump_json().encode(), None)
    await store.keep_link(token_digest(token), sealed, datetime.now(UTC) + lasts)
    return token


@asynccontextmanager
async def opened_link(store: AccountStore, token: str, purpose: Purpose) -> AsyncIterator[Linked]:
    """What a link stands for. With the block it is over, done or refused; after an outage it is as good as before.

    Two who open it at once may both get in: what they do must be possible once. Raises InvalidInput for a link that is none of these,
    or is over.
    """
    digest = token_digest(token)
    sealed = await store.link(digest, datetime.now(UTC))
    linked = None
    if sealed is not None:
        linked = Linked.model_validate_json(_cipher(token).decrypt(sealed[:_NONCE], sealed[_NONCE:], None))
    if linked is None or linked.purpose is not purpose:
        raise InvalidInput("this link was used already, or is too old", where="token", hint="ask for a new one")
    try:
        yield linked
    except InvalidInput:
        await store.drop_link(digest)
        raise
    await store.drop_link(digest)


def _cipher(token: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"quiethire link").derive(token.encode()))
