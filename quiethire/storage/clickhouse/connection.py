"""Clients of ClickHouse, a server or the engine in this process, and where its errors become ours."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import TypeVar

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import (
    DatabaseError,
    DataError,
    OperationalError,
    ProgrammingError,
    StreamFailureError,
)

from quiethire.domain.errors import InvalidInput, Transient

WHERE = "clickhouse"

CONNECT_TIMEOUT_S = 5
ANSWER_TIMEOUT_S = 30
EMBEDDED_MEMORY_BYTES = 2_000_000_000
"""Most memory of the engine in this process; a query that wants more fails instead of the machine."""

_NOT_MIGRATED = frozenset({"UNKNOWN_DATABASE", "UNKNOWN_TABLE", "UNKNOWN_IDENTIFIER", "NO_SUCH_COLUMN_IN_TABLE"})
_NO_COLUMN = "Unrecognized column"
"""What the client itself says of an insert into a table of an older version."""
_REFUSED = frozenset({"AUTHENTICATION_FAILED", "WRONG_PASSWORD", "UNKNOWN_USER", "ACCESS_DENIED", "READONLY"})
_DISK = frozenset({"NOT_ENOUGH_SPACE", "CANNOT_WRITE_TO_FILE_DESCRIPTOR"})
_DEFECTS = frozenset({"SYNTAX_ERROR", "ILLEGAL_TYPE_OF_ARGUMENT", "BAD_ARGUMENTS"})

_THREADS = ThreadPoolExecutor(8, "clickhouse")
"""As many as a client keeps connections. Of their own: a server that says nothing keeps each for as long as an answer may take, and nobody else waits for it."""

T = TypeVar("T")


def open_clickhouse(dsn: str | None, path: Path) -> Client:
    """A client of the server that the DSN names, or of the engine in this process over the directory `path`.

    Blocks for up to a second. The directory belongs to one process: InvalidInput `data_in_use` where another
    has it. Raises Transient where a server cannot be reached. The caller closes the client.
    """
    return _server(dsn) if dsn is not None else _embedded(path)


def _server(dsn: str) -> Client:
    with clickhouse_errors():
        try:
            return clickhouse_connect.get_client(
                dsn=dsn,
                connect_timeout=CONNECT_TIMEOUT_S,
                send_receive_timeout=ANSWER_TIMEOUT_S,
                # With a session, two threads could not ask at once; and ids by the hundred do not fit into a URL.
                autogenerate_session_id=False,
                form_encode_query_params=True,
            )
        except (ProgrammingError, ValueError) as error:
            hint = "clickhouse://user:password@host:8123/database"
            raise InvalidInput(_text(error), where=WHERE, hint=hint, kind="invalid_dsn") from error


def _embedded(path: Path) -> Client:
    path.mkdir(parents=True, exist_ok=True)
    options = {"max_server_memory_usage": EMBEDDED_MEMORY_BYTES}
    try:
        return clickhouse_connect.get_client(interface="chdb", path=str(path), chdb_options=options)
    except ImportError as error:
        raise InvalidInput(
            "no ClickHouse server is set and chdb is not installed",
            where=WHERE,
            hint="set QUIETHIRE_CLICKHOUSE_DSN, or install quiethire[embedded]",
            kind="not_configured",
        ) from error
    except ProgrammingError as error:
        raise InvalidInput(
            f"{path} cannot be opened: {_text(error)}",
            where=WHERE,
            hint="one process owns the data: stop the other one, or ask it through its API",
            kind="data_in_use",
        ) from error


async def in_thread(call: Callable[..., T], *arguments: object, threads: ThreadPoolExecutor = _THREADS) -> T:
    """What a client answers, which blocks; one of the embedded engine takes one call after the other by itself. Raises as `clickhouse_errors`."""
    with clickhouse_errors():
        return await asyncio.get_running_loop().run_in_executor(threads, copy_context().run, call, *arguments)


@contextmanager
def clickhouse_errors() -> Iterator[None]:
    """Turn clickhouse-connect's errors into ours. A statement that we wrote wrong is a defect, raised as it is."""
    try:
        yield
    except DatabaseError as error:
        name = getattr(error, "name", None)
        if name in _NOT_MIGRATED or str(error).startswith(_NO_COLUMN):
            raise InvalidInput(_text(error), where=WHERE, hint="quiethire migrate", kind="not_migrated") from error
        if name in _REFUSED:
            raise InvalidInput(_text(error), where=WHERE, hint="check the DSN", kind="refused_by_server") from error
        if name in _DEFECTS:
            raise
        if name in _DISK:
            raise Transient(_text(error), where=WHERE, hint="free space on its disk", kind="disk") from error
        raise Transient(_text(error), where=WHERE) from error
    except (OperationalError, StreamFailureError) as error:
        raise Transient(_text(error), where=WHERE, hint="is the server running, and is the DSN right?") from error
    except DataError as error:
        raise InvalidInput(_text(error), where=WHERE, kind="unstorable") from error


def _text(error: Exception) -> str:
    return " ".join(str(error).split())[:500]
