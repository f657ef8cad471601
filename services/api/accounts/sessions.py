"""Sessions of accounts as this process knows them, and whom they speak for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID, uuid4

from fastapi import Depends, Request

from quiethire.domain.accounts import (
    SESSION_LASTS,
    USED_WITHIN,
    Account,
    AccountStore,
    Role,
    Session,
    SessionUse,
    new_token,
    token_digest,
)
from quiethire.domain.alerts import account_owner
from services.api.accounts.tokens import Tokens
from services.api.gate.access import ANYBODY, REMEMBERED, Caller, Unauthorized

if TYPE_CHECKING:
    from services.api.accounts.accounts import Accounts

_MOST_REMEMBERED = 10_000
_BROWSER, _REFRESH = "qs", "qr"


@dataclass(frozen=True)
class Begun:
    """A session, and the secret that goes on with it: a browser's cookie, or a refresh token."""

    session: Session
    secret: str
    is_half: bool = False
    """Whether it has to show a second factor next."""


class Sessions:
    """What the store says is believed for five seconds: an ended session, a lock and a new role hold everywhere after that."""

    def __init__(self, store: AccountStore, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens
        self._remembered: dict[bytes, tuple[datetime, SessionUse | None]] = {}

    async def of_token(self, token: str) -> Caller:
        """Whom an access token speaks for. Raises Unauthorized, and Transient where the store does not answer."""
        claims = self._tokens.read(token, datetime.now(UTC))
        use = await self._known(claims.session.bytes, claims.session)
        if use is not None and use.account.id != claims.account:
            use = None
        return _caller(use)

    async def of_browser(self, secret: str) -> Caller:
        """Whom a browser's cookie speaks for. Raises as `of_token`."""
        return _caller(await self._known(token_digest(secret), None))

    def forget(self) -> None:
        """Ask the store anew: something has changed."""
        self._remembered.clear()

    async def begin(self, account: Account, *, is_browser: bool, password: str | None = None) -> Begun:
        """A new session. `password`: the hash of what was shown; raises InvalidInput where another is kept by now."""
        now = datetime.now(UTC)
        session = Session(
            id=uuid4(),
            account_id=account.id,
            is_browser=is_browser,
            created_at=now,
            expires_at=now + SESSION_LASTS,
            last_used_at=now,
        )
        secret = new_token(_BROWSER if is_browser else _REFRESH)
        await self._store.begin(session, token_digest(secret), password)
        return Begun(session, secret, account.second_factor)

    async def refresh(self, token: str) -> Begun:
        """The session of a refresh token, with the token in its place. Raises Unauthorized."""
        now, fresh = datetime.now(UTC), new_token(_REFRESH)
        use = await self._store.renew(token_digest(token), token_digest(fresh), now)
        refusal = "is not known" if use is None else use.refusal(now)
        if use is None or refusal is not None:
            self.forget()
            raise Unauthorized(f"This session {refusal}: sign in again.", invalid=True)
        return Begun(use.session, fresh, use.is_half)

    async def _known(self, name: bytes, session_id: UUID | None) -> SessionUse | None:
        now = datetime.now(UTC)
        until, use = self._remembered.get(name, (now, None))
        if until > now:
            return use
        if session_id is not None:
            use = await self._store.session(session_id)
        else:
            use = await self._store.by_secret(name)
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[name] = now + REMEMBERED, use
        if use is not None and use.refusal(now) is None and use.session.last_used_at < now - USED_WITHIN:
            await self._store.used(use.session.id, now)
        return use


def is_browser_secret(text: str) -> bool:
    """Whether this has the form of a browser's secret."""
    return text.startswith(f"{_BROWSER}_") and len(text) == 46


def _caller(use: SessionUse | None) -> Caller:
    refusal = "is not known" if use is None else use.refusal(datetime.now(UTC))
    if use is None or refusal is not None:
        raise Unauthorized(f"This session {refusal}: sign in again.", invalid=True)
    account = use.account
    return Caller(
        who=account_owner(account.id),
        scopes=ANYBODY | use.scopes,
        candidate=account.id if account.role is Role.CANDIDATE and not use.is_half else None,
        account=account.id,
        session=use.session.id,
        is_half=use.is_half,
    )


async def _sessions(request: Request) -> Sessions:
    return cast("Accounts", request.app.state.accounts).sessions


SessionsDep = Annotated[Sessions, Depends(_sessions)]
