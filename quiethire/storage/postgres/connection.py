"""Connections to PostgreSQL, and the one place where its errors become ours."""

import asyncio
import os
import select
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolClosed

from quiethire.domain.acting import acting_as, acting_for
from quiethire.domain.errors import InvalidInput, Transient

WHERE = "postgresql"

CONNECT_TIMEOUT_S = 5
STATEMENT_TIMEOUT_MS = 5_000
UNACKNOWLEDGED_MS = 10_000
"""A connection ends where the machine of the server, or what lies between, takes nothing of what we send for so long."""

POOL_WAIT_S = 2.0
"""With a statement after the wait, an answer or an error comes within the 10 s of a database activity."""

RECONNECTS_FOR_S = 2.0
"""So long a lost connection is tried again by itself; then by whoever asks for one next, at once. The pool's own five minutes double its pause
each time: a server that was away for a minute would be found half a minute after it is back.
"""

POOL_SIZE = 10

CHECKED_AFTER_S = 0.5
"""A connection that was not used for so long is asked whether it lives before it is given out. One that its server has ended says so by itself."""

CHECK_TAKES_S = 1.0
"""A connection that says nothing to that for so long is given up, for another one."""

_AS_PERSON = """
    SELECT set_config('role', 'quiethire_person', true), set_config('app.person', %s, true), set_config('app.owner', %s, true)
"""
"""All end with the transaction (migrations 0018 and 0025)."""

DROPPED_AT_ONCE = 5_000
"""Rows: fewer than would take as long as a statement may."""


class _Pooled(AsyncConnection[DictRow]):
    """A connection that knows when it was last given back."""

    used_at = float("-inf")


Pool = AsyncConnectionPool[_Pooled]

_UNREADY = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedFunction)
_UNSTORABLE = (psycopg.DataError, psycopg.errors.ProgramLimitExceeded)


@contextmanager
def postgres_errors() -> Iterator[None]:
    """Turn psycopg's errors into ours; what is left is a defect and is raised as it is."""
    try:
        yield
    except _UNREADY as error:
        raise InvalidInput(
            _text(error), where=WHERE, hint="run the migrations of this version", kind="not_migrated"
        ) from error
    except _UNSTORABLE as error:
        raise InvalidInput(_text(error), where=WHERE, kind="unstorable") from error
    except psycopg.errors.DiskFull as error:
        raise Transient(_text(error), where=WHERE, hint="free space on its disk", kind="disk") from error
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolClosed) as error:
        raise Transient(_text(error), where=WHERE, hint="is the server running, and is the DSN right?") from error


@asynccontextmanager
async def open_pool(dsn: str, *, though_away: bool = False) -> AsyncIterator[Pool]:
    """A pool of connections, closed at the end. Raises Transient where the server cannot be reached, or `though_away`, who asks it does.

    A statement ends after 5 s, and so does a connection attempt; waiting for a free connection ends after 2 s, or 3 where one had
    to be asked whether it lives.
    """
    conninfo = bounded(dsn)
    if not though_away:
        with postgres_errors():
            # The pool tells only that time is up; a connection of its own tells why there is none.
            await (await psycopg.AsyncConnection.connect(conninfo)).close()
    pool: Pool = AsyncConnectionPool(
        conninfo,
        min_size=1,
        max_size=POOL_SIZE,
        timeout=POOL_WAIT_S,
        reconnect_timeout=RECONNECTS_FOR_S,
        open=False,
        connection_class=_Pooled,
        kwargs={"row_factory": dict_row},
        check=_check,
        reset=_given_back,
    )
    async with pool:
        yield pool


async def _check(connection: _Pooled) -> None:
    idle = time.monotonic() - connection.used_at
    if idle > CHECKED_AFTER_S or _has_word(connection.fileno()):
        # Not cancelled: psycopg would then ask the server to stop, and wait for that far longer than anybody waits here.
        late = asyncio.get_running_loop().call_later(CHECK_TAKES_S, _cut, connection)
        try:
            await Pool.check_connection(connection)
        finally:
            late.cancel()


def _has_word(descriptor: int) -> bool:
    """Whether something came that was not read yet: an answer, a server's farewell, or the end of the connection."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def _cut(connection: _Pooled) -> None:
    """End a connection whose server says nothing: who waits for it gets an error at once, and the pool drops it.

    One that has just answered stays: then it was this process that was late.
    """
    if not _has_word(connection.fileno()):
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)


async def _given_back(connection: _Pooled) -> None:
    await connection.set_autocommit(False)
    connection.used_at = time.monotonic()


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[AsyncConnection[DictRow]]:
    """A connection in a transaction: committed at the end, rolled back on an error.

    While something is done for a person or an owner of searches, it sees their rows alone, whatever it asks for.
    """
    somebody = _somebody()
    with postgres_errors():
        async with pool.connection() as connection:
            if somebody is not None:
                await connection.execute(_AS_PERSON, somebody)
            yield connection


def _somebody() -> tuple[str, str] | None:
    """The person and the owner that something is done for; None where it is done for neither."""
    person, owner = acting_for(), acting_as()
    return (str(person or ""), owner) if person is not None or owner else None


async def rows(pool: Pool, sql: str, parameters: dict[str, Any]) -> list[DictRow]:
    """The rows of one statement, in a transaction of its own."""
    if _somebody() is not None:
        async with transaction(pool) as connection:
            return await _told(connection, sql, parameters)
    with postgres_errors():
        async with pool.connection() as connection:
            # A statement alone is a transaction by itself. To begin one and to commit it would be two more answers to wait for.
            await connection.set_autocommit(True)
            return await _told(connection, sql, parameters)


async def _told(connection: AsyncConnection[DictRow], sql: str, parameters: dict[str, Any]) -> list[DictRow]:
    cursor = await connection.execute(sql.encode(), parameters)
    return await cursor.fetchall() if cursor.description else []


async def batches(pool: Pool, sql: str, parameters: dict[str, Any]) -> AsyncIterator[list[DictRow]]:
    """What a statement tells that drops `most` rows at once, each time in a transaction of its own, until it tells nothing."""
    while found := await rows(pool, sql, {**parameters, "most": DROPPED_AT_ONCE}):
        yield found


async def dropped(pool: Pool, sql: str, parameters: dict[str, Any]) -> int:
    """How many rows such a statement drops that tells each of them."""
    return sum([len(found) async for found in batches(pool, sql, parameters)])


def bounded(dsn: str) -> str:
    """The DSN with our time limits; options that it has itself come later and win."""
    with _valid_dsn():
        given = conninfo_to_dict(patient(dsn)).get("options") or ""
        return make_conninfo(patient(dsn), options=f"-c statement_timeout={STATEMENT_TIMEOUT_MS} {given}".strip())


def patient(dsn: str) -> str:
    """The DSN with limits on connecting and on a network that takes nothing: a migration may take its time."""
    with _valid_dsn():
        limits = {"connect_timeout": CONNECT_TIMEOUT_S, "tcp_user_timeout": UNACKNOWLEDGED_MS}
        given = conninfo_to_dict(dsn)
        return make_conninfo(dsn, **{name: given.get(name) or limit for name, limit in limits.items()})


@contextmanager
def _valid_dsn() -> Iterator[None]:
    try:
        yield
    except psycopg.ProgrammingError:
        # libpq quotes what it cannot read, and that may be the password.
        hint = "postgresql://user:password@host:5432/database, with %XX for odd characters"
        raise InvalidInput("the DSN cannot be read", where=WHERE, hint=hint, kind="invalid_dsn") from None


def _text(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
