"""Tables of ClickHouse, of a server or of the engine in this process, as text with a line a row.

Text, because a stream of it can be counted and cut anywhere, and both the server and the engine in this process make and take
it piece by piece; the engine would make a Parquet file in memory, all at once.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from typing import BinaryIO, cast

from clickhouse_connect.driver.binding import quote_identifier
from clickhouse_connect.driver.client import Client

from quiethire.domain.errors import Transient
from quiethire.storage.backup.members import CHUNK
from quiethire.storage.clickhouse.connection import WHERE, clickhouse_errors

INSERTED = 8 << 20
"""Bytes of one insert, about: as many rows as fit are written at once."""

_FORMAT = "TabSeparated"
# Events come last. They are written before the row that they tell of: so every row that was read has its events in what is read
# afterwards, and events without their row can be told from the others (see `drop_untold`).
_TABLES = """
    SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree'
    ORDER BY name = 'job_events', name
"""
# A better reading of a page leaves the row its version, and so is later than that.
_UNTOLD = """
    SELECT event.id FROM {database:Identifier}.job_events AS event
    LEFT JOIN {database:Identifier}.jobs AS job ON job.id = event.job_id
    WHERE event.kind <> 'corrected' AND event.at > job.updated_at
"""
_COLUMNS = """
    SELECT name FROM system.columns
    WHERE database = {database:String} AND table = {table:String} AND default_kind NOT IN ('ALIAS', 'MATERIALIZED', 'EPHEMERAL')
    ORDER BY position
"""


class ClickHouseTables:
    """The tables of one database."""

    def __init__(self, client: Client, database: str = "quiethire") -> None:
        self._client = client
        self._database = database

    def tables(self) -> Mapping[str, tuple[str, ...]]:
        """All tables, and the columns that are stored."""
        return {name: self._names(_COLUMNS, table=name) for name in self._names(_TABLES)}

    def content(self, table: str, columns: tuple[str, ...]) -> Generator[bytes]:
        """The lines of a table, of every row its newest version."""
        asked = f"SELECT {', '.join(map(_quoted, columns))} FROM {self._place(table)} FINAL"  # noqa: S608 - quoted names
        ending = _Ending()
        with clickhouse_errors(), closing(cast("BinaryIO", self._client.raw_stream(asked, fmt=_FORMAT))) as stream:
            while piece := stream.read(CHUNK):
                ending.read(piece)
                yield piece
        # A server that fails midway says so in the stream itself: that is no line of as many columns.
        if not ending.is_row(len(columns)):
            raise Transient(f"{table} was not read to its end", where=WHERE)

    def fill(self, table: str, columns: tuple[str, ...], content: Iterable[bytes]) -> int:
        """Write the lines of a table. Returns how many rows are in it."""
        for block in _blocks(content):
            with clickhouse_errors():
                self._client.raw_insert(self._place(table), columns, block, fmt=_FORMAT)
        return self.count(table)

    def count(self, table: str) -> int:
        """Rows of a table, of every row its newest version."""
        with clickhouse_errors():
            return int(str(self._client.command(f"SELECT count() FROM {self._place(table)} FINAL")))  # noqa: S608 - quoted

    def drop_untold(self) -> None:
        """Drop events whose posting's row is not there yet: the next crawl tells them, at another time and so under another id.

        They are of what was written while the backup was.
        """
        asked = {"database": self._database}
        with clickhouse_errors():
            if self._client.query(f"{_UNTOLD} LIMIT 1", parameters=asked).result_rows:
                self._client.command(
                    f"ALTER TABLE {{database:Identifier}}.job_events DELETE WHERE id IN ({_UNTOLD}) SETTINGS mutations_sync = 2",
                    parameters=asked,
                )

    def empty(self) -> None:
        """Drop every row."""
        for table in self.tables():
            with clickhouse_errors():
                self._client.command(f"TRUNCATE TABLE {self._place(table)}")

    def _names(self, asked: str, **names: str) -> tuple[str, ...]:
        with clickhouse_errors():
            found = self._client.query(asked, parameters={"database": self._database, **names})
        return tuple(str(name) for (name,) in found.result_rows)

    def _place(self, table: str) -> str:
        return f"{_quoted(self._database)}.{_quoted(table)}"


class _Ending:
    """How many tabs the last whole line of a stream has, and whether anything follows it."""

    def __init__(self) -> None:
        self._tabs: int | None = None
        self._begun = self._begun_tabs = 0

    def read(self, piece: bytes) -> None:
        """The next piece."""
        end = piece.rfind(b"\n")
        if end >= 0:
            start = piece.rfind(b"\n", 0, end) + 1
            self._tabs = piece.count(b"\t", start, end) + (0 if start else self._begun_tabs)
            self._begun = self._begun_tabs = 0
        self._begun += len(piece) - end - 1
        self._begun_tabs += piece.count(b"\t", end + 1)

    def is_row(self, columns: int) -> bool:
        """Whether the stream is empty, or ends with a line of so many columns."""
        return not self._begun and self._tabs in (None, columns - 1)


def _quoted(name: str) -> str:
    """A nested column has a dot in its name."""
    return quote_identifier(f"`{name}`")


def _blocks(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same lines, whole ones, some megabytes at a time."""
    held: list[bytes] = []
    size = 0
    for piece in content:
        held.append(piece)
        size += len(piece)
        if size >= INSERTED and b"\n" in piece:
            lines, _, rest = b"".join(held).rpartition(b"\n")
            yield lines + b"\n"
            held, size = [rest], len(rest)
    if size:
        yield b"".join(held)
