"""Accounts of people and their sessions, in PostgreSQL."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import DictRow

from quiethire.domain.accounts import STAFF, Account, Credentials, Role, Session, SessionUse, another_password
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.storage.postgres.candidates import save_candidate
from quiethire.storage.postgres.connection import WHERE, Pool, rows, transaction
from quiethire.storage.postgres.person_keys import Connection, PersonKeys
from quiethire.storage.postgres.sealing import MasterKeys, PersonKey, place

_ADD = """
    INSERT INTO accounts (id, role, print, sealed, created_at, locked_at)
    SELECT %(id)s, %(role)s, %(print)s, %(sealed)s, %(created_at)s, %(locked_at)s
    WHERE NOT EXISTS (SELECT FROM accounts WHERE print = ANY(%(prints)s::bytea[]))
    ON CONFLICT DO NOTHING RETURNING id
"""
_COLUMNS = "id, role, created_at, locked_at, second_factor"
_ACCOUNT = f"SELECT {_COLUMNS} FROM accounts WHERE id = %(id)s"  # noqa: S608  our own columns
_OPENED = """
    SELECT id, role, created_at, locked_at, second_factor, sealed, master, wrapped FROM accounts JOIN person_keys ON person = id
    WHERE {}
"""
_HELD = "SELECT sealed FROM accounts WHERE id = %(id)s FOR SHARE"
_LOCKED = "SELECT sealed FROM accounts WHERE id = %(id)s FOR NO KEY UPDATE"
_CHANGE = "UPDATE accounts SET sealed = %(sealed)s, second_factor = %(second_factor)s WHERE id = %(id)s"
_REPRINT = "UPDATE accounts SET print = %(print)s WHERE id = %(id)s AND print <> %(print)s"
_SET_ROLE = f"UPDATE accounts SET role = %(role)s WHERE id = %(id)s RETURNING {_COLUMNS}"  # noqa: S608  our own columns
_SET_LOCK = f"UPDATE accounts SET locked_at = %(at)s WHERE id = %(id)s RETURNING {_COLUMNS}"  # noqa: S608  our own columns
_DROP_OVER = "DELETE FROM account_sessions WHERE account_id = %(account_id)s AND (ended_at IS NOT NULL OR expires_at <= %(created_at)s)"
_BEGIN = """
    INSERT INTO account_sessions (id, account_id, is_browser, created_at, expires_at, last_used_at, ended_at,
        second_factor)
    VALUES (%(id)s, %(account_id)s, %(is_browser)s, %(created_at)s, %(expires_at)s, %(last_used_at)s, %(ended_at)s,
        %(second_factor)s)
"""
_ADD_SECRET = "INSERT INTO account_secrets (digest, session_id) VALUES (%(digest)s, %(session)s)"  # noqa: S105 - a statement
_USE = """
    SELECT s.*, a.role, a.created_at AS account_since, a.locked_at, a.second_factor AS account_asks
    FROM account_sessions s JOIN accounts a ON a.id = s.account_id WHERE {}
"""
_OF_SESSION = _USE.format("s.id = %(session)s")
_OF_SECRET = _USE.format("s.is_browser AND s.id = (SELECT session_id FROM account_secrets WHERE digest = %(digest)s)")
# The row of the token is locked: of two who bring it at once the second one finds it used.
_TAKE = """
    SELECT session_id, used_at FROM account_secrets JOIN account_sessions ON id = session_id AND NOT is_browser
    WHERE digest = %(digest)s FOR UPDATE OF account_secrets
"""
_TAKEN = "UPDATE account_secrets SET used_at = %(now)s WHERE digest = %(digest)s"
_PASSED = "UPDATE account_sessions SET second_factor = true WHERE id = %(session)s"
_USED = "UPDATE account_sessions SET last_used_at = GREATEST(last_used_at, %(now)s) WHERE id = %(session)s"
_SESSIONS = """
    SELECT * FROM account_sessions WHERE account_id = %(id)s AND ended_at IS NULL AND expires_at > %(now)s
    ORDER BY created_at DESC, id
"""
_END = """
    UPDATE account_sessions SET ended_at = %(now)s
    WHERE account_id = %(id)s AND ended_at IS NULL AND (%(only)s::uuid IS NULL OR id = %(only)s::uuid)
    AND (%(but)s::uuid IS NULL OR id <> %(but)s::uuid) RETURNING id
"""
_KEEP_LINK = "INSERT INTO account_links (digest, sealed, expires_at) VALUES (%(digest)s, %(sealed)s, %(until)s)"
_DROP_LINKS = "DELETE FROM account_links WHERE expires_at <= now()"
_LINK = "SELECT sealed FROM account_links WHERE digest = %(digest)s AND expires_at > %(now)s"
_DROP_LINK = "DELETE FROM account_links WHERE digest = %(digest)s"

_CREDENTIALS = place("accounts")
_USED_SINCE = """
    SELECT DISTINCT account_id FROM account_sessions
    WHERE account_id = ANY(%(accounts)s::uuid[]) AND last_used_at >= %(moment)s
"""


class PostgresAccounts:
    """`AccountStore` over PostgreSQL."""

    def __init__(self, pool: Pool, masters: MasterKeys) -> None:
        self.pool = pool
        self._masters = masters
        self._keys = PersonKeys(masters)

    async def add(self, account: Account, credentials: Credentials, candidate: Candidate | None = None) -> None:
        """Add an account, and the candidate; the person gets a key where they have none."""
        prints = self._masters.prints_of(_folded(credentials.email))
        async with transaction(self.pool) as connection:
            key = await self._keys.known_or_new(connection, account.id)
            sealed = key.seal(_CREDENTIALS, credentials.model_dump_json().encode())
            values = account.model_dump() | {"print": prints[0], "prints": prints, "sealed": sealed}
            if await (await connection.execute(_ADD, values)).fetchone() is None:
                raise InvalidInput("there is an account already", where=WHERE, hint="sign in", kind="taken")
            if candidate is not None:
                await save_candidate(connection, key, candidate)

    async def get(self, account_id: UUID) -> Account | None:
        """One account."""
        found = await rows(self.pool, _ACCOUNT, {"id": account_id})
        return Account.model_validate(found[0]) if found else None

    async def by_address(self, email: str) -> tuple[Account, Credentials] | None:
        """The account of an address."""
        prints = self._masters.prints_of(_folded(email))
        found = await rows(self.pool, _OPENED.format("print = ANY(%(prints)s::bytea[])"), {"prints": prints})
        return self._opened(found[0]) if found else None

    async def credentials(self, account_id: UUID) -> Credentials | None:
        """What proves that an account is somebody's."""
        found = await rows(self.pool, _OPENED.format("id = %(id)s"), {"id": account_id})
        return self._opened(found[0])[1] if found else None

    async def staff(self) -> list[tuple[Account, str]]:
        """Accounts of staff with their addresses."""
        condition = "role = ANY(%(roles)s) ORDER BY created_at, id"
        found = await rows(self.pool, _OPENED.format(condition), {"roles": sorted(STAFF)})
        return [(account, credentials.email) for account, credentials in map(self._opened, found)]

    async def change(
        self,
        account_id: UUID,
        change: Callable[[Credentials], Credentials],
        *,
        ends_at: datetime | None = None,
        but: UUID | None = None,
    ) -> Credentials:
        """Keep what `change` makes of the credentials, and end its sessions, in one transaction."""
        async with transaction(self.pool) as connection:
            key, kept = await self._locked(connection, _LOCKED, account_id)
            now = change(kept)
            sealed = key.seal(_CREDENTIALS, now.model_dump_json().encode())
            asks = now.second is not None and now.second.confirmed
            await connection.execute(_CHANGE, {"id": account_id, "sealed": sealed, "second_factor": asks})
            if ends_at is not None:
                await connection.execute(_END, {"id": account_id, "now": ends_at, "only": None, "but": but})
        return now

    async def _locked(self, connection: Connection, lock: str, account_id: UUID) -> tuple[PersonKey, Credentials]:
        key = await self._keys.known(connection, account_id)
        row = await (await connection.execute(lock.encode(), {"id": account_id})).fetchone()
        if row is None:
            raise _gone(account_id)
        return key, Credentials.model_validate_json(key.open(_CREDENTIALS, row["sealed"]))

    async def reprint(self) -> None:
        """Let every account be found by the current master key, a thousand after the other."""
        after = UUID(int=0)
        while found := await rows(self.pool, _OPENED.format("id > %(after)s ORDER BY id LIMIT 1000"), {"after": after}):
            for account, credentials in map(self._opened, found):
                print_ = self._masters.prints_of(_folded(credentials.email))[0]
                await rows(self.pool, _REPRINT, {"id": account.id, "print": print_})
                after = account.id

    async def set_role(self, account_id: UUID, role: Role) -> Account:
        """Give a role."""
        async with transaction(self.pool) as connection:
            return await _set(connection, _SET_ROLE, {"id": account_id, "role": role.value})

    async def set_lock(self, account_id: UUID, locked_at: datetime | None) -> Account:
        """Lock or unlock, and end its sessions with the lock, in one transaction."""
        async with transaction(self.pool) as connection:
            account = await _set(connection, _SET_LOCK, {"id": account_id, "at": locked_at})
            if locked_at is not None:
                await connection.execute(_END, {"id": account_id, "now": locked_at, "only": None, "but": None})
        return account

    async def begin(self, session: Session, digest: bytes, password: str | None = None) -> None:
        """Begin a session, in one transaction. A change of the password comes before it, which it sees, or behind it and ends it."""
        values = session.model_dump()
        try:
            async with transaction(self.pool) as connection:
                if password is not None:
                    _, kept = await self._locked(connection, _HELD, session.account_id)
                    if kept.password != password:
                        raise another_password()
                await connection.execute(_DROP_OVER, values)
                await connection.execute(_BEGIN, values)
                await connection.execute(_ADD_SECRET, {"digest": digest, "session": session.id})
        except psycopg.errors.ForeignKeyViolation as error:
            raise _gone(session.account_id) from error

    async def session(self, session_id: UUID) -> SessionUse | None:
        """A session."""
        found = await rows(self.pool, _OF_SESSION, {"session": session_id})
        return _use(found[0]) if found else None

    async def by_secret(self, digest: bytes) -> SessionUse | None:
        """The browser's session that has this secret."""
        found = await rows(self.pool, _OF_SECRET, {"digest": digest})
        return _use(found[0]) if found else None

    async def renew(self, digest: bytes, fresh: bytes, now: datetime) -> SessionUse | None:
        """Take a refresh token and keep the one in its place, in one transaction."""
        async with transaction(self.pool) as connection:
            taken = await (await connection.execute(_TAKE, {"digest": digest})).fetchone()
            if taken is None:
                return None
            session = {"session": taken["session_id"], "now": now}
            use = await self._use_in(connection, session)
            if taken["used_at"] is not None:
                ends = {"id": use.account.id, "now": now, "only": use.session.id, "but": None}
                await connection.execute(_END, ends)
                return use.model_copy(update={"replayed": True})
            if use.refusal(now) is None:
                # It stays for as long as its session: whoever comes back with it, however late, is one of two who had it.
                await connection.execute(_TAKEN, {"digest": digest, "now": now})
                await connection.execute(_ADD_SECRET, {"digest": fresh, **session})
                await connection.execute(_USED, session)
        return use

    async def _use_in(self, connection: Connection, session: dict[str, Any]) -> SessionUse:
        row = await (await connection.execute(_OF_SESSION.encode(), session)).fetchone()
        assert row is not None  # noqa: S101  the lock on its secret keeps it
        return _use(row)

    async def passed(self, session_id: UUID) -> None:
        """The session has shown a second factor."""
        await rows(self.pool, _PASSED, {"session": session_id})

    async def used(self, session_id: UUID, now: datetime) -> None:
        """It was used."""
        await rows(self.pool, _USED, {"session": session_id, "now": now})

    async def used_since(self, account_ids: Collection[UUID], moment: datetime) -> set[UUID]:
        """Those of these of whom a session was used at or after this moment."""
        found = await rows(self.pool, _USED_SINCE, {"accounts": list(account_ids), "moment": moment})
        return {row["account_id"] for row in found}

    async def sessions(self, account_id: UUID, now: datetime) -> list[Session]:
        """Those that are going on."""
        found = await rows(self.pool, _SESSIONS, {"id": account_id, "now": now})
        return [Session.model_validate(row) for row in found]

    async def end(self, account_id: UUID, now: datetime, *, only: UUID | None = None, but: UUID | None = None) -> int:
        """End sessions of an account."""
        return len(await rows(self.pool, _END, {"id": account_id, "now": now, "only": only, "but": but}))

    async def keep_link(self, digest: bytes, sealed: bytes, until: datetime) -> None:
        """Keep what a mailed link stands for."""
        async with transaction(self.pool) as connection:
            await connection.execute(_DROP_LINKS)
            await connection.execute(_KEEP_LINK, {"digest": digest, "sealed": sealed, "until": until})

    async def link(self, digest: bytes, now: datetime) -> bytes | None:
        """What a link stands for."""
        found = await rows(self.pool, _LINK, {"digest": digest, "now": now})
        return found[0]["sealed"] if found else None

    async def drop_link(self, digest: bytes) -> None:
        """It is over."""
        await rows(self.pool, _DROP_LINK, {"digest": digest})

    def _opened(self, row: DictRow) -> tuple[Account, Credentials]:
        sealed = row.pop("sealed")
        opened = self._keys.of_row(row["id"], row).open(_CREDENTIALS, sealed)
        return Account.model_validate(row), Credentials.model_validate_json(opened)


async def _set(connection: Connection, statement: str, values: dict[str, Any]) -> Account:
    found = await (await connection.execute(statement.encode(), values)).fetchone()
    if found is None:
        raise _gone(values["id"])
    return Account.model_validate(found)


def _use(row: DictRow) -> SessionUse:
    account = Account(
        id=row["account_id"],
        role=row.pop("role"),
        created_at=row.pop("account_since"),
        locked_at=row.pop("locked_at"),
        second_factor=row.pop("account_asks"),
    )
    return SessionUse(session=Session.model_validate(row), account=account)


def _folded(email: str) -> bytes:
    return email.casefold().encode()


def _gone(account_id: UUID) -> Gone:
    return Gone("there is no such account", where=f"{WHERE}: {account_id}")
