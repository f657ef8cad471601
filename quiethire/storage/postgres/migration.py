"""Migrations: plain SQL files, forward only, each in a transaction of its own."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.resources import files

import psycopg
from psycopg import AsyncConnection

from quiethire.domain.base import Model
from quiethire.domain.errors import InvalidInput, Transient
from quiethire.storage.postgres.connection import WHERE, patient, postgres_errors

LOCK = 7_310_581_046
"""The advisory lock under which all stores are migrated: any number that nobody else uses in this database."""


TABLE_WAIT = timedelta(seconds=2)
"""How long a migration waits for a table: less than a statement may take, of those who then wait behind it."""
AGAIN_AFTER = timedelta(seconds=5)
TRIES = 120
"""Some fourteen minutes. A backup of a large database holds its tables for longer: that is told."""


class Migration(Model):
    """One file `0001_name.sql`."""

    version: int
    name: str
    sql: str

    @property
    def label(self) -> str:
        """What it is called."""
        return f"{self.version:04}_{self.name}"

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, whatever the line ends of the machine."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All migrations of this version of QuietHire, in order."""
    found = []
    for file in files(__package__).joinpath("migrations").iterdir():
        if file.name.endswith(".sql"):
            number, _, name = file.name.removesuffix(".sql").partition("_")
            found.append(Migration(version=int(number), name=name, sql=file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.version)


async def migrate(dsn: str, wanted: list[Migration] | None = None) -> list[str]:
    """Bring the database up to date as `migrated` does, and let others go on."""
    async with migrated(dsn, wanted) as applied:
        return applied


@asynccontextmanager
async def migrated(dsn: str, wanted: list[Migration] | None = None) -> AsyncIterator[list[str]]:
    """The database, brought up to date; gives the names of what was applied. Callers wait for one another.

    Until the block ends nobody else migrates: what is done in it to other stores is done by one process at a time. Raises InvalidInput where an applied migration was edited, or where the database is newer than this program;
    Transient where the server cannot be reached, or somebody holds a table that is to be changed.
    """
    todo = migrations() if wanted is None else wanted
    with postgres_errors():
        connection = await psycopg.AsyncConnection.connect(patient(dsn), autocommit=True)
        async with connection:
            # Held by the session, not by a transaction: it ends with the connection, however that ends.
            await connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
            yield await _apply(connection, todo)


async def _apply(connection: AsyncConnection, todo: list[Migration]) -> list[str]:
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, name text NOT NULL,"
        " checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
    )
    cursor = await connection.execute("SELECT version, name, checksum FROM schema_migrations ORDER BY version")
    applied = {version: (name, checksum) for version, name, checksum in await cursor.fetchall()}
    _refuse_foreign(applied, todo)
    done = []
    for migration in todo:
        if migration.version in applied:
            continue
        await _apply_one(connection, migration)
        done.append(migration.label)
    return done


async def _apply_one(connection: AsyncConnection, migration: Migration) -> None:
    """All of it or nothing. Whoever asks for a table while this waits for it stands behind: so it steps aside, and comes again."""
    for _ in range(TRIES):
        try:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL lock_timeout = {TABLE_WAIT // timedelta(milliseconds=1)}".encode())
                await connection.execute(migration.sql.encode())
                await connection.execute(
                    "INSERT INTO schema_migrations (version, name, checksum) VALUES (%s, %s, %s)",
                    (migration.version, migration.name, migration.checksum),
                )
                return
        except psycopg.errors.LockNotAvailable:
            await asyncio.sleep(AGAIN_AFTER.total_seconds())
    raise Transient(
        f"migration {migration.label} never got the tables that it changes",
        where=WHERE,
        hint="somebody holds them for long: wait until a backup ends, then migrate again",
    )


def _refuse_foreign(applied: dict[int, tuple[str, str]], todo: list[Migration]) -> None:
    known = {migration.version: migration for migration in todo}
    for version, (name, checksum) in applied.items():
        label = f"migration {version:04}_{name}"
        if version not in known:
            raise InvalidInput(
                f"{label} is applied but unknown here",
                where=WHERE,
                hint="the database is newer than this program: use the newer program",
                kind="unknown_migration",
            )
        if known[version].checksum != checksum:
            raise InvalidInput(
                f"{label} was edited after it was applied",
                where=WHERE,
                hint="restore the file and put the change into a new migration",
                kind="edited_migration",
            )
