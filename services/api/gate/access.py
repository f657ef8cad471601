"""Who asks: the key that a request carries, and what it allows.

A key that is not good is refused, never taken for no key: whoever sends one must learn that it does not work.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Annotated, Protocol, cast
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.types import Scope as Asked

from quiethire.domain.access import USED_WITHIN, ApiKeyStore, KeyUse, Scope, digest_of, is_key
from quiethire.domain.acting import act_for

KEY_SUBPROTOCOL = "quiethire.key."
"""What stands before the key in a WebSocket's subprotocol."""

REMEMBERED = timedelta(seconds=5)
"""So long is what the store says of a key believed: a revoked key works no longer than that in other processes."""

_MOST_REMEMBERED = 10_000
_LONGEST = 1_000
"""Characters of a key or an access token."""
ANYBODY = frozenset({Scope.READ})
_CHALLENGE = 'Bearer realm="quiethire"'


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from."""

    who: str
    """`key:<prefix>`, `account:<id>`, `operator`, or `ip:<address>` (of IPv6 the /64): whose limits count."""
    scopes: frozenset[Scope]
    key: str | None = None
    """The prefix of its key; None for nobody in particular, and for the operator's own key."""
    candidate: UUID | None = None
    """Whom its key or session speaks for."""
    account: UUID | None = None
    """Whose session it is."""
    session: UUID | None = None
    is_half: bool = False
    """Whether the session has still to show a second factor, and may do nothing else."""

    @property
    def is_anonymous(self) -> bool:
        """Whether it sent no key."""
        return self.who.startswith("ip:")

    def may(self, scope: Scope) -> bool:
        """Whether it may do this."""
        return scope in self.scopes or Scope.OPERATE in self.scopes


def anonymous(address: str) -> Caller:
    """Somebody without a key."""
    return Caller(who=f"ip:{address}", scopes=ANYBODY)


def authorization_of(asked: Asked) -> str:
    """The header that holds the key; empty for none. A browser that opens a WebSocket can send subprotocols, and no headers."""
    for name, value in asked["headers"]:
        if name == b"authorization" and value:
            return cast("bytes", value).decode("latin-1")
    for protocol in cast("list[str]", asked.get("subprotocols", ())):
        if protocol.startswith(KEY_SUBPROTOCOL):
            return f"Bearer {protocol.removeprefix(KEY_SUBPROTOCOL)}"
    return ""


class Unauthorized(HTTPException):
    """401: no key where one is needed, or one that is not good."""

    def __init__(self, detail: str, *, invalid: bool) -> None:
        challenge = f'{_CHALLENGE}, error="invalid_token"' if invalid else _CHALLENGE
        super().__init__(401, detail, {"WWW-Authenticate": challenge})


class TokenReader(Protocol):
    """Knows whom access tokens speak for."""

    async def of_token(self, token: str) -> Caller:
        """Whom this token speaks for. Raises Unauthorized, and Transient where the store does not answer."""
        ...

    def forget(self) -> None:
        """Ask the store anew."""
        ...


class Keyring:
    """The keys as this process knows them."""

    def __init__(self, store: ApiKeyStore, operator_key: str, sessions: TokenReader) -> None:
        """`operator_key`: the settings' own; empty for none. `sessions`: those who send an access token in place of a key."""
        self._store = store
        self._sessions = sessions
        self._operator = digest_of(operator_key) if operator_key else b""
        self._remembered: dict[bytes, tuple[datetime, KeyUse | None]] = {}

    async def caller(self, authorization: str, before_asking: Callable[[], Awaitable[None]] | None = None) -> Caller:
        """Who sent this header.

        `before_asking` is awaited before the store is asked, and may refuse by an exception; none where whoever comes so far asks
        rarely, as a page or a stream that is limited itself. A key that was good when it was
        last looked up is looked up without.

        Raises Unauthorized for whatever is not a good key, Transient where the store does not answer.
        """
        scheme, _, key = authorization.partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key or len(key) > _LONGEST:
            raise Unauthorized("Send an API key as 'Authorization: Bearer qh_…'.", invalid=True)
        digest = digest_of(key)
        if self._operator and compare_digest(digest, self._operator):
            return Caller(who="operator", scopes=frozenset(Scope))
        if key.count(".") == 2:
            return await self._sessions.of_token(key)
        if not is_key(key):
            raise Unauthorized("This is no API key: it is mistyped, or a part of it is missing.", invalid=True)
        use = await self._use(digest, before_asking)
        now = datetime.now(UTC)
        refusal = "is not known" if use is None else use.refusal(now)
        if use is None or refusal is not None:
            raise Unauthorized(f"The API key {key[:11]}… {refusal}.", invalid=True)
        return Caller(
            who=use.key.who,
            scopes=ANYBODY.union(use.key.scopes),
            key=use.key.prefix,
            candidate=use.key.candidate_id,
        )

    def forget(self) -> None:
        """Ask the store anew for every key and session: one has changed."""
        self._sessions.forget()
        now = datetime.now(UTC)
        self._remembered = {digest: (now, use) for digest, (_, use) in self._remembered.items()}

    async def _use(self, digest: bytes, before_asking: Callable[[], Awaitable[None]] | None) -> KeyUse | None:
        now = datetime.now(UTC)
        until, use = self._remembered.get(digest, (now, None))
        if until > now:
            return use
        # Many good keys may come from one address, and each is looked up every few seconds: only guesses are slowed down.
        if before_asking is not None and (use is None or use.refusal(now) is not None):
            await before_asking()
        use = await self._store.by_digest(digest)
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[digest] = (now + REMEMBERED, use)
        if use is not None and use.refusal(now) is None and _is_stale(use.key.last_used_at, now):
            await self._store.used(use.key.prefix, now)
        return use


async def _keyring(request: Request) -> Keyring:
    return cast("Keyring", request.app.state.keyring)


KeyringDep = Annotated[Keyring, Depends(_keyring)]
"""For routes that change keys."""


def _is_stale(last_used_at: datetime | None, now: datetime) -> bool:
    return last_used_at is None or last_used_at < now - USED_WITHIN


async def _caller(request: Request) -> Caller:
    return cast("Caller", request.state.caller)


CallerDep = Annotated[Caller, Depends(_caller)]
"""For routes that must know who asks."""


async def _address(request: Request) -> str:
    return f"ip:{request.state.address}"


AddressDep = Annotated[str, Depends(_address)]
"""`ip:<address>`, whatever key came along: for limits that must not grow with the keys that somebody makes."""


_DOCUMENTED = HTTPBearer(
    scheme_name="API key",
    description="`quiethire keys create` makes one; it reads `qh_<prefix>_<secret>`. "
    "Or an access token of an account, by `POST /api/v1/auth/sign-in`.",
    auto_error=False,
)
"""For the OpenAPI document alone: the gateway has read the key before any route is asked."""


def own_candidate(caller: Caller) -> UUID:
    """Whom this key speaks for, and for whom all is done from here on. Raises HTTPException for a key of nobody: operators are nobody too."""
    if caller.candidate is None:
        challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{Scope.CANDIDATE}"'
        raise HTTPException(403, "This API key speaks for no candidate.", {"WWW-Authenticate": challenge})
    act_for(caller.candidate)
    return caller.candidate


async def own_account(caller: CallerDep, documented: Annotated[object, Depends(_DOCUMENTED)]) -> UUID:
    """Whose account this session is of. Raises HTTPException for who came without one (keys have none), and for half a session."""
    account = await half_own_account(caller, documented)
    if caller.is_half:
        challenge = f'{_CHALLENGE}, error="insufficient_user_authentication"'
        raise HTTPException(403, "Show a code of the second factor first.", {"WWW-Authenticate": challenge})
    return account


async def half_own_account(caller: CallerDep, _: Annotated[object, Depends(_DOCUMENTED)]) -> UUID:
    """The same, for who has still to show a second factor too. From here on all is done for them."""
    if caller.account is not None:
        act_for(caller.account)
        return caller.account
    if caller.is_anonymous:
        raise Unauthorized("This needs the access token of an account.", invalid=False)
    challenge = f'{_CHALLENGE}, error="insufficient_scope"'
    raise HTTPException(403, "This API key is of no account.", {"WWW-Authenticate": challenge})


def require(scope: Scope) -> Callable[..., Awaitable[None]]:
    """A dependency that lets through who has this scope: `dependencies=[Depends(require(Scope.MATCH))]`."""

    async def check(caller: CallerDep) -> None:
        if caller.may(scope):
            return
        if caller.is_anonymous:
            raise Unauthorized(f"This needs an API key with the scope '{scope}'.", invalid=False)
        raise HTTPException(
            403,
            f"This API key lacks the scope '{scope}'.",
            {"WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"'},
        )

    async def documented(caller: CallerDep, _: Annotated[object, Depends(_DOCUMENTED)]) -> None:
        await check(caller)

    # What anybody may needs no key, and only keys that may something else alone are kept out.
    required: Callable[..., Awaitable[None]] = check if scope in ANYBODY else documented
    required.scope = scope  # type: ignore[attr-defined]  # read by the table of routes in the tests
    return required
