"""Making something once, however often it is asked for: `Idempotency-Key`, on the addresses that would make it a second time.

The header is that of the IETF's draft (draft-ietf-httpapi-idempotency-key-header). An answer is kept in Redis for a day, sealed with the key
that was sent, which is kept nowhere: a secret that is shown once is shown again to who asked for it, and to nobody who reads Redis.
"""

import hmac
import os
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Annotated, NamedTuple, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Depends, Header
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quiethire.domain.errors import QuietHireError
from quiethire.domain.ports import Cache
from services.api.gate.access import Caller
from services.api.outage import Outage

PATHS = (
    "/api/v1/accounts",
    "/api/v1/accounts/{account_id}/reset",
    "/api/v1/alerts",
    "/api/v1/alerts/{alert_id}/rotate",
    "/api/v1/candidates",
    "/api/v1/keys",
    "/api/v1/keys/{prefix}/rotate",
    "/api/v1/matches/recalculate",
)
"""What is made by a POST there is made once. Elsewhere the header means nothing."""

KEPT_FOR = timedelta(days=1)
UNDER_WAY = timedelta(minutes=2)
"""For so long a request counts as under way whose process has died."""
SHORTEST, LONGEST = 16, 255

_ADDRESS = re.compile("|".join(re.sub(r"\{\w+\}", "[^/]+", path) for path in PATHS))
_KEY = re.compile(rb'("?)([!#-~]{%d,%d})\1' % (SHORTEST, LONGEST))
_PRINT, _NONCE = 32, 12

_outage = Outage("the cache does not answer, an answer to a request that is to be made once is not kept")


async def _documented(
    _: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=SHORTEST,
            max_length=LONGEST + 2,
            description="A random word of your own, such as a UUID, for this request alone: sent again with it within a day, the request does "
            "nothing and gets the answer of the first time.",
            examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
        ),
    ] = None,
) -> None:
    """The gate has read it before any route is asked."""


ONCE = Depends(_documented)
"""For the OpenAPI document alone: each route of `PATHS` says so."""


class _Asked(NamedTuple):
    """A request by its key."""

    name: str
    """Where its answer is kept."""
    print: bytes
    """Of what it asks for."""
    cipher: AESGCM


class Once:
    """The requests that are to be made once, over all processes."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered, or answer it as it was answered before.

        Raises HTTPException for a key that is none, that stands for another request, or whose request is under way; Transient where Redis
        does not answer: who asks for once is not served twice.
        """
        key = _key_of(scope)
        body = await _whole(receive) if key else b""
        if key is None:
            await app(scope, receive, send)
        elif body is not None:
            asked = _asked(key, scope, body)
            kept = await self._cache.set_new(asked.name, asked.print, UNDER_WAY)
            if kept is None:
                await self._first(asked, app, scope, _given(body, receive), send)
            else:
                await _again(asked, kept, send)

    async def _first(self, asked: _Asked, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(send, partial(self._keep, asked))
        try:
            await app(scope, receive, answer)
        finally:
            if not answer.is_good:  # Nothing was made: it may be asked for again at once.
                await self._told(self._cache.drop(asked.name))

    async def _keep(self, asked: _Asked, answer: bytes) -> None:
        nonce = os.urandom(_NONCE)
        sealed = nonce + asked.cipher.encrypt(nonce, answer, asked.print)
        await self._told(self._cache.set(asked.name, asked.print + sealed, KEPT_FOR))

    async def _told(self, writing: Awaitable[None]) -> None:
        """What was made is made, whether or not that can be kept."""
        try:
            await writing
        except QuietHireError as error:
            _outage.note(error)


class _Answer:
    """An answer on its way out. A good one is kept before its end goes out: who has it whole finds it again."""

    def __init__(self, send: Send, keep: Callable[[bytes], Awaitable[None]]) -> None:
        self._send = send
        self._keep = keep
        self._status = 0
        self._kind = b""
        self._body = b""

    @property
    def is_good(self) -> bool:
        """Whether something was made."""
        return 200 <= self._status < 300

    async def __call__(self, message: Message) -> None:
        """See the ASGI specification."""
        if message["type"] == "http.response.start":
            self._status, self._kind = message["status"], dict(message["headers"]).get(b"content-type", b"")
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if self.is_good and not message.get("more_body", False):
                await self._keep(b"%d %s\n%s" % (self._status, self._kind, self._body))
        await self._send(message)


async def _again(asked: _Asked, kept: bytes, send: Send) -> None:
    print_, sealed = kept[:_PRINT], kept[_PRINT:]
    if not hmac.compare_digest(print_, asked.print):
        raise HTTPException(422, "This Idempotency-Key was sent with another request. Take a new one for each.")
    if not sealed:
        raise HTTPException(409, "The request of this Idempotency-Key is under way.", {"Retry-After": "1"})
    answer = asked.cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], asked.print)
    head, _, body = answer.partition(b"\n")
    status, _, kind = head.partition(b" ")
    headers = [(b"content-type", kind)] if kind else []
    headers += [(b"content-length", str(len(body)).encode()), (b"idempotency-replayed", b"true")]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _key_of(scope: Scope) -> bytes | None:
    """The key of a request, if it has one that counts here. Raises HTTPException for what is none."""
    if scope["method"] != "POST" or not _ADDRESS.fullmatch(scope["path"]):
        return None
    given = [value for name, value in scope["headers"] if name == b"idempotency-key"]
    if not given:
        return None
    found = _KEY.fullmatch(given[0]) if len(given) == 1 else None
    if found is None:
        raise HTTPException(
            400, f"Idempotency-Key: send one, of {SHORTEST} to {LONGEST} letters, digits and signs, such as a UUID."
        )
    return cast("bytes", found[2])


def _asked(key: bytes, scope: Scope, body: bytes) -> _Asked:
    """Whoever asks has keys of their own: another caller with the same key asks for something else."""
    who = cast("Caller", scope["state"]["caller"]).who.encode()
    asked_for = b"\n".join((scope["path"].encode(), scope["query_string"], body))

    def derived(purpose: bytes) -> bytes:
        info = b"quiethire once/1 " + purpose
        return HKDF(SHA256(), 32, salt=None, info=info).derive(key + b"\0" + who)

    print_ = hmac.digest(derived(b"print"), asked_for, "sha256")
    return _Asked(f"once:{derived(b'name').hex()}", print_, AESGCM(derived(b"seal")))


async def _whole(receive: Receive) -> bytes | None:
    """The body; None where its sender has gone."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _given(body: bytes, receive: Receive) -> Receive:
    """The body once more, and what comes after it."""
    is_given = False

    async def receive_again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
