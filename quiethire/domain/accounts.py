"""Accounts of people: roles and what they may do, sessions, and the port of the store that keeps them.

An account's id is its person's id: for candidates that of the candidate, whose key seals the account too. So an account owns one
candidate at most, nobody owns two, and erasing a person takes the account with it.
"""

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from pydantic import Field

from quiethire.domain.access import Scope
from quiethire.domain.base import Model
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import InvalidInput

SESSION_LASTS = timedelta(days=30)
USED_WITHIN = timedelta(minutes=10)
"""`Session.last_used_at` is written anew when it is older than that."""


class Role(StrEnum):
    """What somebody is to us."""

    CANDIDATE = "candidate"
    COMPANY = "company"
    RECRUITER = "recruiter"
    ADMIN = "admin"


SCOPES_OF: Mapping[Role, frozenset[Scope]] = {
    Role.CANDIDATE: frozenset({Scope.CANDIDATE}),
    Role.COMPANY: frozenset({Scope.MATCH}),
    Role.RECRUITER: frozenset({Scope.MATCH, Scope.EXPORT, Scope.ALERTS}),
    Role.ADMIN: frozenset({Scope.OPERATE}),
}
"""Role → what it may do besides reading. This is the only place that says so."""

STAFF = frozenset(Role) - {Role.CANDIDATE}
"""Roles that only an operator gives. They give nothing to a session which has not shown a second factor."""


class Account(Model):
    """That somebody has an account, and nothing of who they are."""

    id: UUID
    role: Role
    created_at: datetime
    locked_at: datetime | None = None
    """Since when nobody can sign in to it."""
    second_factor: bool = False
    """Whether each of its sessions has to show one."""


class SecondFactor(Model):
    """Codes by time out of an app (TOTP)."""

    secret: str = Field(max_length=100)
    """In base 32."""
    confirmed: bool = False
    last_step: int = 0
    """The last one whose code was used: it is good once."""
    recovery: tuple[str, ...] = Field((), max_length=20)
    """SHA-256 of codes for who lost the app."""


class Credentials(Model):
    """How somebody proves that an account is theirs. All of it is sealed with their key."""

    email: str = Field(max_length=254)
    password: str | None = Field(None, max_length=300)
    """An argon2id hash; None where none was chosen yet."""
    identities: dict[str, str] = Field({}, max_length=10)
    """Provider → who somebody is there."""
    second: SecondFactor | None = None


class Session(Model):
    """One sign-in: by a browser, or by a program that holds tokens."""

    id: UUID
    account_id: UUID
    is_browser: bool
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime
    """To ten minutes."""
    ended_at: datetime | None = None
    second_factor: bool = False
    """Whether it has shown one."""


class SessionUse(Model):
    """A session with its account, as they are now."""

    session: Session
    account: Account
    replayed: bool = False
    """A refresh token of it came a second time: somebody else has it. The session is ended."""

    def refusal(self, now: datetime) -> str | None:
        """Why it is not good any more, or None."""
        if self.replayed:
            return "was ended, because one of its tokens was used twice"
        if self.session.ended_at is not None or self.account.locked_at is not None:
            return "was ended"
        if self.session.expires_at <= now:
            return "has expired"
        return None

    @property
    def is_half(self) -> bool:
        """Whether it has still to show a second factor."""
        return self.account.second_factor and not self.session.second_factor

    @property
    def scopes(self) -> frozenset[Scope]:
        """What it may do, besides reading."""
        role, asks = self.account.role, self.account.second_factor
        # What was shown of one that was switched off since is worth nothing any more.
        if (asks or role in STAFF) and not (asks and self.session.second_factor):
            return frozenset()
        return SCOPES_OF[role]


class AccountNotice(Model):
    """A mail about an account, with one link."""

    subject: str
    heading: str
    text: str
    button: str
    path: str
    """Of the link, with its query, on this site."""


def new_token(kind: str) -> str:
    """A random secret of 256 bits; `kind` tells the sorts apart."""
    return f"{kind}_{secrets.token_urlsafe(32)}"


def token_digest(token: str) -> bytes:
    """What is kept of a random secret."""
    return hashlib.sha256(token.encode()).digest()


def another_password() -> InvalidInput:
    """What is said where the password that somebody has shown is not the one that is kept by now."""
    return InvalidInput("another password was chosen meanwhile", where="password", hint="begin anew")


class AccountStore(Protocol):
    """Accounts and their sessions; of tokens only digests."""

    async def add(self, account: Account, credentials: Credentials, candidate: Candidate | None = None) -> None:
        """Add an account, and the candidate who comes with it: both, or neither. Raises InvalidInput (`taken`) where the address or the person has one, Gone for somebody who was erased."""
        ...

    async def get(self, account_id: UUID) -> Account | None:
        """One account."""
        ...

    async def by_address(self, email: str) -> tuple[Account, Credentials] | None:
        """The account of an address, whatever its capital letters."""
        ...

    async def credentials(self, account_id: UUID) -> Credentials | None:
        """What proves that an account is somebody's."""
        ...

    async def staff(self) -> list[tuple[Account, str]]:
        """Accounts of staff with their addresses, the oldest first. Candidates' are theirs alone."""
        ...

    async def change(
        self,
        account_id: UUID,
        change: Callable[[Credentials], Credentials],
        *,
        ends_at: datetime | None = None,
        but: UUID | None = None,
    ) -> Credentials:
        """Keep what `change` makes of the credentials, under a lock on the account. The address stays. Raises Gone.

        Whether the account asks for a second factor goes with them. `ends_at`: its sessions, all but one, end at that moment: they
        do where the change is kept, and go on where it is not.
        """
        ...

    async def set_role(self, account_id: UUID, role: Role) -> Account:
        """Give a role. Raises Gone where there is no such account."""
        ...

    async def set_lock(self, account_id: UUID, locked_at: datetime | None) -> Account:
        """Lock or unlock; locking ends every session, and is not done where it does not. Raises Gone where there is no such account."""
        ...

    async def begin(self, session: Session, digest: bytes, password: str | None = None) -> None:
        """Begin a session with its first secret, and drop those of the account that are over. Raises Gone without account.

        `password`: the hash of what was shown. Raises InvalidInput where another one is kept by now: what ends all sessions ends this one.
        """
        ...

    async def session(self, session_id: UUID) -> SessionUse | None:
        """A session."""
        ...

    async def by_secret(self, digest: bytes) -> SessionUse | None:
        """The browser's session that has this secret."""
        ...

    async def renew(self, digest: bytes, fresh: bytes, now: datetime) -> SessionUse | None:
        """Take a refresh token and keep the one in its place. One that was taken before ends the session (`replayed`)."""
        ...

    async def passed(self, session_id: UUID) -> None:
        """The session has shown a second factor."""
        ...

    async def used(self, session_id: UUID, now: datetime) -> None:
        """It was used."""
        ...

    async def used_since(self, account_ids: Collection[UUID], moment: datetime) -> set[UUID]:
        """Those of these of whom a session was used at or after this moment, one that has ended too."""
        ...

    async def sessions(self, account_id: UUID, now: datetime) -> list[Session]:
        """Those that are going on, the newest first."""
        ...

    async def end(self, account_id: UUID, now: datetime, *, only: UUID | None = None, but: UUID | None = None) -> int:
        """End the sessions of an account: all, one, or all but one. Returns how many went on until now."""
        ...

    async def keep_link(self, digest: bytes, sealed: bytes, until: datetime) -> None:
        """Keep what a mailed link stands for, sealed with the link itself. Those that are over go."""
        ...

    async def link(self, digest: bytes, now: datetime) -> bytes | None:
        """What a link stands for that is not over."""
        ...

    async def drop_link(self, digest: bytes) -> None:
        """It is over."""
        ...
