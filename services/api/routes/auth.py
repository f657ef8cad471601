"""Accounts of people: /api/v1/auth. Join, sign in, refresh, sign out; sessions and the password."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends, Path, Response
from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from quiethire.domain.accounts import Role, Session
from quiethire.domain.base import Model
from quiethire.domain.errors import Gone
from services.api.accounts.accounts import Accounts, AccountsDep
from services.api.accounts.passwords import LONGEST, SHORTEST
from services.api.accounts.sessions import Begun
from services.api.accounts.tokens import LASTS
from services.api.gate.access import AddressDep, CallerDep, half_own_account, own_account
from services.api.people.candidates import MailAddress
from services.api.people.examples import CANDIDATE_ID

router = APIRouter(prefix="/api/v1/auth", tags=["accounts"])

_SENT = "If a mail can go there, it is on its way. Its link works once, for 30 minutes."
_EMAIL = "ada@example.com"
_PASSWORD = "correct horse battery"  # noqa: S105  the documents' example
_LINK = "ql_4pXl0hPXO5iMGm5PSBbYYIoFhGv2qWqBv6aSxD1oC5k"
_REFRESH = "qr_4pXl0hPXO5iMGm5PSBbYYIoFhGv2qWqBv6aSxD1oC5k"
_ACCESS = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJlMWI0YTcwYyJ9.3pXl0hPXO5iMGm5PSBbYYIoFhGv2qWqBv6aSxD1oC5k"
_TOKENS: JsonDict = {
    "access_token": _ACCESS,
    "token_type": "Bearer",
    "expires_in": int(LASTS.total_seconds()),
    "refresh_token": _REFRESH,
    "needs_code": False,
}
_MYSELF: JsonDict = {
    "id": CANDIDATE_ID,
    "role": "candidate",
    "email": _EMAIL,
    "created_at": "2026-11-01T09:30:00Z",
    "second_factor": False,
}
_SESSION: JsonDict = {
    "id": "2d9c6a1b-7f3e-4c58-b0a4-6e5d4c3b2a19",
    "is_browser": False,
    "is_this": True,
    "created_at": "2026-11-18T08:00:00Z",
    "last_used_at": "2026-11-20T10:00:00Z",
    "expires_at": "2026-12-18T08:00:00Z",
}

Secret = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
NewSecret = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Mine = Annotated[UUID, Depends(own_account)]
HalfMine = Annotated[UUID, Depends(half_own_account)]


class Address(Model):
    """Whom a mail goes to."""

    email: MailAddress = Field(examples=[_EMAIL])


class Sent(Model):
    """The same for every address."""

    model_config = ConfigDict(json_schema_extra={"example": {"detail": _SENT}})

    detail: str = _SENT


class Joining(Model):
    """What opens an account: the link of the mail, a password, and a name or the key that one has already."""

    link: Token = Field(examples=[_LINK])
    password: NewSecret = Field(examples=[_PASSWORD])
    name: str = Field("", max_length=200, examples=["Ada Lovelace"])
    key: str = Field("", max_length=200, examples=[""])
    """A candidate's own API key: the account is theirs then, and the key stays good."""


class SigningIn(Model):
    """Address and password."""

    email: MailAddress = Field(examples=[_EMAIL])
    password: Secret = Field(examples=[_PASSWORD])


class Refreshing(Model):
    """The refresh token that came last."""

    refresh_token: Token = Field(examples=[_REFRESH])


class Resetting(Model):
    """The link of the mail, and a new password."""

    link: Token = Field(examples=[_LINK])
    password: NewSecret = Field(examples=[_PASSWORD])


class NewPassword(Model):
    """The present password, and the one in its place."""

    password: Secret = Field(examples=[_PASSWORD])
    new_password: NewSecret = Field(examples=["another horse battery"])


class SignedIn(Model):
    """Tokens of a session. A refresh token is good once; used a second time, it ends the session."""

    model_config = ConfigDict(json_schema_extra={"example": _TOKENS})

    access_token: str = Field(examples=[_ACCESS])
    """Sent as `Authorization: Bearer …`."""
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  the word of RFC 6750
    expires_in: int = int(LASTS.total_seconds())
    """Seconds."""
    refresh_token: str = Field(examples=[_REFRESH])
    needs_code: bool = False
    """Whether a code of the second factor has to be shown next: `POST /api/v1/auth/code`."""


class Myself(Model):
    """The account of this session."""

    model_config = ConfigDict(json_schema_extra={"example": _MYSELF})

    id: UUID
    role: Role
    email: str
    created_at: datetime
    second_factor: bool


class SessionAnswer(Model):
    """A session that goes on."""

    id: UUID
    is_browser: bool
    is_this: bool
    """Whether it is the one that asks."""
    created_at: datetime
    last_used_at: datetime
    """To ten minutes."""
    expires_at: datetime

    @classmethod
    def of(cls, session: Session, asking: UUID | None) -> "SessionAnswer":
        """A session as one of those of an account."""
        kept = session.model_dump(include=set(cls.model_fields))
        return cls(is_this=session.id == asking, **kept)


class MySessions(Model):
    """Those that go on, the newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"sessions": [_SESSION]}})

    sessions: tuple[SessionAnswer, ...]


@router.post("/register", status_code=202)
async def register(new: Address, address: AddressDep, accounts: AccountsDep, later: BackgroundTasks) -> Sent:
    """Ask for an account: a mail brings the link that opens it. The answer does not tell whether there is one already."""
    await accounts.let_mail(new.email, address)
    later.add_task(accounts.mail_join, new.email)
    return Sent()


@router.post("/verify", status_code=201)
async def verify(joining: Joining, accounts: AccountsDep) -> SignedIn:
    """Open the account whose address the link proves, as a candidate, and sign in to it."""
    account = await accounts.join(joining.link, joining.password, joining.name, joining.key)
    return _tokens(accounts, await accounts.sessions.begin(account, is_browser=False))


@router.post("/sign-in")
async def sign_in(given: SigningIn, address: AddressDep, accounts: AccountsDep) -> SignedIn:
    """Sign in: an access token for 15 minutes, and a refresh token for the next one."""
    _, begun = await accounts.sign_in(given.email, given.password, address, is_browser=False)
    return _tokens(accounts, begun)


@router.post("/refresh")
async def refresh(given: Refreshing, accounts: AccountsDep) -> SignedIn:
    """New tokens for a refresh token, which is used up by that. Brought a second time, it ends the session."""
    return _tokens(accounts, await accounts.sessions.refresh(given.refresh_token))


@router.post("/sign-out", status_code=204)
async def sign_out(mine: HalfMine, caller: CallerDep, accounts: AccountsDep) -> Response:
    """End this session. Other processes know of it within five seconds."""
    await accounts.end(mine, only=caller.session)
    return Response(status_code=204)


@router.get("/me")
async def myself(mine: Mine, accounts: AccountsDep) -> Myself:
    """The account of this session."""
    account, known = await accounts.clients.accounts.get(mine), await accounts.clients.accounts.credentials(mine)
    if account is None or known is None:
        raise Gone("There is no such account any more.")
    return Myself(
        id=account.id,
        role=account.role,
        email=known.email,
        created_at=account.created_at,
        second_factor=account.second_factor,
    )


@router.get("/sessions")
async def list_sessions(mine: Mine, caller: CallerDep, accounts: AccountsDep) -> MySessions:
    """List the sessions of this account that go on."""
    found = await accounts.clients.accounts.sessions(mine, datetime.now(UTC))
    return MySessions(sessions=tuple(SessionAnswer.of(one, caller.session) for one in found))


@router.delete("/sessions", status_code=204)
async def end_other_sessions(mine: Mine, caller: CallerDep, accounts: AccountsDep) -> Response:
    """End every session but this one."""
    await accounts.end(mine, but=caller.session)
    return Response(status_code=204)


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(
    session_id: Annotated[UUID, Path(examples=[_SESSION["id"]])], mine: Mine, accounts: AccountsDep
) -> Response:
    """End one session of this account."""
    if not await accounts.end(mine, only=session_id):
        raise Gone("There is no session of this id that goes on.")
    return Response(status_code=204)


@router.post("/password/forgotten", status_code=202)
async def password_forgotten(
    given: Address, address: AddressDep, accounts: AccountsDep, later: BackgroundTasks
) -> Sent:
    """Ask for a new password: a mail brings the link. The answer does not tell whether there is an account."""
    await accounts.let_mail(given.email, address)
    later.add_task(accounts.mail_password, given.email)
    return Sent()


@router.post("/password/reset", status_code=204)
async def reset_password(given: Resetting, accounts: AccountsDep) -> Response:
    """Choose a new password by the link of a mail. Every session ends."""
    await accounts.reset(given.link, given.password)
    return Response(status_code=204)


@router.put("/password", status_code=204)
async def change_password(given: NewPassword, mine: Mine, caller: CallerDep, accounts: AccountsDep) -> Response:
    """Choose a new password, knowing the present one. Every other session ends."""
    await accounts.change_password(mine, given.password, given.new_password, caller.session, caller.who)
    return Response(status_code=204)


def _tokens(accounts: Accounts, begun: Begun) -> SignedIn:
    token = accounts.tokens.issue(begun.session, datetime.now(UTC))
    return SignedIn(access_token=token, refresh_token=begun.secret, needs_code=begun.is_half)
