"""Accounts of people in memory: the twin for tests."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from uuid import UUID

from quiethire.domain.accounts import STAFF, Account, Credentials, Role, Session, SessionUse, another_password
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.storage.postgres.memory_people import MemoryCandidates, MemoryPeople


class MemoryAccounts:
    """`AccountStore` in memory."""

    def __init__(self, people: MemoryPeople | None = None) -> None:
        self._people = people or MemoryPeople()
        self._accounts: dict[UUID, tuple[Account, Credentials]] = {}
        self._sessions: dict[UUID, Session] = {}
        self._secrets: dict[bytes, tuple[UUID, bool]] = {}
        self._links: dict[bytes, tuple[bytes, datetime]] = {}

    async def add(self, account: Account, credentials: Credentials, candidate: Candidate | None = None) -> None:
        """Add an account, and the candidate."""
        if account.id in self._people.erased:
            raise _gone(account.id)
        if account.id in self._known() or await self.by_address(credentials.email) is not None:
            raise InvalidInput("there is an account already", where="memory", hint="sign in", kind="taken")
        self._accounts[account.id] = account, credentials
        if candidate is not None:
            await MemoryCandidates(self._people).save(candidate)

    async def get(self, account_id: UUID) -> Account | None:
        """One account."""
        found = self._known().get(account_id)
        return found[0] if found else None

    async def by_address(self, email: str) -> tuple[Account, Credentials] | None:
        """The account of an address."""
        known = self._known().values()
        return next((one for one in known if one[1].email.casefold() == email.casefold()), None)

    async def credentials(self, account_id: UUID) -> Credentials | None:
        """What proves that an account is somebody's."""
        found = self._known().get(account_id)
        return found[1] if found else None

    async def staff(self) -> list[tuple[Account, str]]:
        """Accounts of staff with their addresses."""
        found = [(account, known.email) for account, known in self._known().values() if account.role in STAFF]
        return sorted(found, key=lambda one: (one[0].created_at, one[0].id))

    async def change(
        self,
        account_id: UUID,
        change: Callable[[Credentials], Credentials],
        *,
        ends_at: datetime | None = None,
        but: UUID | None = None,
    ) -> Credentials:
        """Keep what `change` makes of the credentials, and end its sessions."""
        account, credentials = self._one(account_id)
        now = change(credentials)
        asks = now.second is not None and now.second.confirmed
        self._accounts[account_id] = account.model_copy(update={"second_factor": asks}), now
        if ends_at is not None:
            await self.end(account_id, ends_at, but=but)
        return now

    async def set_role(self, account_id: UUID, role: Role) -> Account:
        """Give a role."""
        return self._update(account_id, role=role)

    async def set_lock(self, account_id: UUID, locked_at: datetime | None) -> Account:
        """Lock or unlock."""
        account = self._update(account_id, locked_at=locked_at)
        if locked_at is not None:
            await self.end(account_id, locked_at)
        return account

    async def begin(self, session: Session, digest: bytes, password: str | None = None) -> None:
        """Begin a session."""
        _, kept = self._one(session.account_id)
        if password is not None and kept.password != password:
            raise another_password()
        over = [
            one.id
            for one in self._sessions.values()
            if one.account_id == session.account_id and (one.ended_at or one.expires_at <= session.created_at)
        ]
        for session_id in over:
            del self._sessions[session_id]
        self._secrets = {key: kept for key, kept in self._secrets.items() if kept[0] not in over}
        self._sessions[session.id] = session
        self._secrets[digest] = session.id, False

    async def session(self, session_id: UUID) -> SessionUse | None:
        """A session."""
        session = self._sessions.get(session_id)
        if session is None or session.account_id not in self._known():
            return None
        return SessionUse(session=session, account=self._accounts[session.account_id][0])

    async def by_secret(self, digest: bytes) -> SessionUse | None:
        """The browser's session that has this secret."""
        use = await self._of_secret(digest)
        return use if use is not None and use.session.is_browser else None

    async def renew(self, digest: bytes, fresh: bytes, now: datetime) -> SessionUse | None:
        """Take a refresh token and keep the one in its place."""
        use = await self._of_secret(digest)
        if use is None or use.session.is_browser:
            return None
        if self._secrets[digest][1]:
            await self.end(use.account.id, now, only=use.session.id)
            return use.model_copy(update={"replayed": True})
        if use.refusal(now) is None:
            self._secrets[digest] = use.session.id, True
            self._secrets[fresh] = use.session.id, False
            await self.used(use.session.id, now)
        return use

    async def passed(self, session_id: UUID) -> None:
        """The session has shown a second factor."""
        if session_id in self._sessions:
            self._sessions[session_id] = self._sessions[session_id].model_copy(update={"second_factor": True})

    async def used(self, session_id: UUID, now: datetime) -> None:
        """It was used."""
        if session_id in self._sessions:
            self._sessions[session_id] = self._sessions[session_id].model_copy(update={"last_used_at": now})

    async def used_since(self, account_ids: Collection[UUID], moment: datetime) -> set[UUID]:
        """Those of these of whom a session was used at or after this moment."""
        used = (each.account_id for each in self._sessions.values() if each.last_used_at >= moment)
        return set(account_ids).intersection(used)

    async def sessions(self, account_id: UUID, now: datetime) -> list[Session]:
        """Those that are going on."""
        found = [one for one in self._sessions.values() if one.account_id == account_id and account_id in self._known()]
        going_on = [one for one in found if one.ended_at is None and one.expires_at > now]
        return sorted(going_on, key=lambda one: (-one.created_at.timestamp(), one.id))

    async def end(self, account_id: UUID, now: datetime, *, only: UUID | None = None, but: UUID | None = None) -> int:
        """End sessions of an account."""
        ended = [
            one
            for one in self._sessions.values()
            if one.account_id == account_id and one.ended_at is None and only in (None, one.id) and one.id != but
        ]
        for one in ended:
            self._sessions[one.id] = one.model_copy(update={"ended_at": now})
        return len(ended)

    async def keep_link(self, digest: bytes, sealed: bytes, until: datetime) -> None:
        """Keep what a mailed link stands for."""
        now = datetime.now(UTC)
        self._links = {key: kept for key, kept in self._links.items() if kept[1] > now}
        self._links[digest] = sealed, until

    async def link(self, digest: bytes, now: datetime) -> bytes | None:
        """What a link stands for."""
        sealed, until = self._links.get(digest, (b"", now))
        return sealed if until > now else None

    async def drop_link(self, digest: bytes) -> None:
        """It is over."""
        self._links.pop(digest, None)

    def _known(self) -> dict[UUID, tuple[Account, Credentials]]:
        return {key: kept for key, kept in self._accounts.items() if key not in self._people.erased}

    def _one(self, account_id: UUID) -> tuple[Account, Credentials]:
        if account_id not in self._known():
            raise _gone(account_id)
        return self._accounts[account_id]

    def _update(self, account_id: UUID, **changes: object) -> Account:
        account, credentials = self._one(account_id)
        self._accounts[account_id] = account.model_copy(update=changes), credentials
        return self._accounts[account_id][0]

    async def _of_secret(self, digest: bytes) -> SessionUse | None:
        found = self._secrets.get(digest)
        return await self.session(found[0]) if found else None


def _gone(account_id: UUID) -> Gone:
    return Gone("there is no such account", where=f"memory: {account_id}")
