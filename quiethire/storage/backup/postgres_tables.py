"""Tables of PostgreSQL, read in one snapshot and written in one transaction, by COPY.

`pg_dump` would do the first half, but it is not where the command runs (a container of ours has no PostgreSQL), it must be as
new as the server, and it cannot leave out the keys of people, which a backup keeps apart (docs/adr/0037-backups-and-deployment.md).
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any

import psycopg
from psycopg import Connection, sql

from quiethire.domain.backup import AppliedMigration
from quiethire.storage.postgres.connection import patient, postgres_errors

NOT_KEPT = frozenset({"schema_migrations", "search_index", "search_index_removals", "index_failures", "last_backup"})
"""The first is in the manifest; those of the search index are made anew, and a restored platform has no backup yet."""

PEOPLE = "person_keys"
"""In the contents it holds ids alone: keys go into a file of their own."""

SEEDED = frozenset({"schema_migrations", "search_index", "erasure_key"})
"""Tables that have rows as soon as they are there."""

_WITHOUT_KEYS = "SELECT person, '' AS master, ''::bytea AS wrapped FROM person_keys"

_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
_REFERENCES = """
    SELECT r.relname, t.relname FROM pg_constraint AS c
    JOIN pg_class AS r ON r.oid = c.conrelid JOIN pg_class AS t ON t.oid = c.confrelid
    WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND c.conrelid <> c.confrelid
"""
_SERIALS = """
    SELECT relname, attname, pg_get_serial_sequence(quote_ident(relname), attname) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid AND relnamespace = 'public'::regnamespace AND relkind = 'r'
    WHERE attnum > 0 AND NOT attisdropped AND pg_get_serial_sequence(quote_ident(relname), attname) IS NOT NULL
"""
_LOST = """
    SELECT count(*) FROM unnest(%s::uuid[]) AS kept (who)
    WHERE NOT EXISTS (SELECT FROM person_keys WHERE person = who) AND NOT EXISTS (SELECT FROM erased_people WHERE person = who)
"""
_PLATFORM = "SELECT encode(substr(sha256('platform'::bytea || key), 1, 8), 'hex') FROM erasure_key"


@contextmanager
def snapshot(dsn: str) -> Iterator["Snapshot"]:
    """All tables as they are at one moment, however long the reading takes."""
    with postgres_errors(), psycopg.connect(patient(dsn)) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # Rows that a policy would hide must be an error, and not missing from the backup.
        connection.execute("SET LOCAL row_security = off")
        connection.execute("SET LOCAL statement_timeout = 0")
        yield Snapshot(connection)


class Snapshot:
    """See `snapshot`."""

    at: datetime
    """When it was taken."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        ((self.at,),) = self._rows("SELECT transaction_timestamp()")

    def names(self) -> list[str]:
        """Tables that are kept."""
        return [name for name in _tables(self._connection) if name not in NOT_KEPT]

    def columns(self, table: str) -> tuple[str, ...]:
        """Those of its columns that the database does not make of others."""
        return tuple(name for (name,) in self._rows(_COLUMNS, (f'public."{table}"',)))

    def content(self, table: str, *, keys: bool = False) -> Generator[bytes]:
        """The lines of a table. Of people's keys nothing, unless they are what is asked for."""
        whole = sql.SQL("SELECT {} FROM {}").format(_list(self.columns(table)), sql.Identifier(table))
        asked = sql.SQL(_WITHOUT_KEYS) if table == PEOPLE and not keys else whole
        with self._connection.cursor() as cursor, cursor.copy(sql.SQL("COPY ({}) TO STDOUT").format(asked)) as copy:
            for piece in copy:
                yield bytes(piece)

    def migrations(self) -> tuple[AppliedMigration, ...]:
        """Those that this database has."""
        found = self._rows("SELECT version, name, checksum FROM schema_migrations ORDER BY version")
        return tuple(AppliedMigration(version=v, name=name, checksum=checksum) for v, name, checksum in found)

    def platform(self) -> str:
        """See `Manifest.platform`."""
        ((name,),) = self._rows(_PLATFORM)
        return str(name)

    def lost(self, people: Sequence[str]) -> int:
        """How many of these people are not here, and were not erased either."""
        ((count,),) = self._rows(_LOST, (list(people),))
        return int(count)

    def _rows(self, asked: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(asked.encode(), parameters).fetchall()


def filled_tables(dsn: str) -> list[str]:
    """Tables that have rows, but for those that every new database has."""
    with postgres_errors(), psycopg.connect(patient(dsn)) as connection:
        return [name for name in _tables(connection) if name not in SEEDED and _has_rows(connection, name)]


def empty(dsn: str) -> None:
    """Drop everything in the database's schema, whatever it is."""
    with postgres_errors(), psycopg.connect(patient(dsn)) as connection:
        # Somebody who uses it is to be stopped first, and not waited for.
        connection.execute("SET LOCAL lock_timeout = '10s'")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        # As a new database has it: roles with less rights look into it.
        connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


@contextmanager
def writing(dsn: str) -> Iterator["Writing"]:
    """One transaction: all that is written in it is there in the end, or nothing."""
    with postgres_errors(), psycopg.connect(patient(dsn)) as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        yield Writing(connection)


class Writing:
    """See `writing`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def order(self, tables: Iterable[str]) -> list[str]:
        """The same tables, each behind those that its rows refer to."""
        wanted = set(tables)
        sorter: TopologicalSorter[str] = TopologicalSorter({name: set() for name in sorted(wanted)})
        for table, other in self.connection.execute(_REFERENCES).fetchall():
            if {table, other} <= wanted:
                sorter.add(table, other)
        return list(sorter.static_order())

    def empty(self, table: str) -> None:
        """Drop every row of a table."""
        self.connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))

    def fill(self, table: str, columns: tuple[str, ...], content: Iterable[bytes]) -> int:
        """Write the lines of a table. Returns how many they are."""
        asked = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _list(columns))
        with self.connection.cursor() as cursor:
            with cursor.copy(asked) as copy:
                for piece in content:
                    copy.write(piece)
            return cursor.rowcount

    def count(self, table: str) -> int:
        """Rows of a table."""
        found = self.connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        return int(found[0]) if found else 0

    def go_on_counting(self) -> None:
        """Numbers that the database gives go on behind the highest that is there."""
        for table, column, sequence in self.connection.execute(_SERIALS).fetchall():
            asked = sql.SQL("SELECT setval({}::regclass, coalesce(max({}), 0) + 1, false) FROM {}")
            self.connection.execute(asked.format(sql.Literal(sequence), sql.Identifier(column), sql.Identifier(table)))


def _tables(connection: Connection) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES).fetchall()]


def _has_rows(connection: Connection, table: str) -> bool:
    asked = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier("public", table))
    found = connection.execute(asked).fetchone()
    return bool(found and found[0])


def _list(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
