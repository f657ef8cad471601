"""Restoring a backup into stores that are empty, or are to be. Nothing is written before everything was checked."""

from collections.abc import Set
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from uuid import UUID

import psycopg
from obstore.store import ObjectStore

from quiethire.domain.alerts import account_owner, digest_owner
from quiethire.domain.backup import RestoreInput, StoresReport
from quiethire.domain.errors import InvalidInput, Permanent
from quiethire.settings import Settings, required
from quiethire.storage.backup.clickhouse_tables import ClickHouseTables
from quiethire.storage.backup.postgres_tables import SEEDED, Writing, empty, filled_tables, writing
from quiethire.storage.backup.reading import BackupFile
from quiethire.storage.backup.work import Tell, stoppable
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from quiethire.storage.erasures import entries, entry, marker, remember
from quiethire.storage.pages.archive import open_store, store_errors
from quiethire.storage.pages.bodies import hash_in, unpack
from quiethire.storage.pages.files import writer_of
from quiethire.storage.postgres.migration import migrated
from quiethire.storage.postgres.person_keys import DESTROY
from quiethire.storage.postgres.sealing import MasterKeys

_FRESH = "CREATE TEMP TABLE fresh_keys (LIKE person_keys) ON COMMIT DROP"
_KEYED = """
    UPDATE person_keys AS stored SET master = fresh.master, wrapped = fresh.wrapped
    FROM fresh_keys AS fresh WHERE fresh.person = stored.person
"""
_SEARCHES = "DELETE FROM saved_searches WHERE owner = ANY(%s) OR id = ANY(%s)"
_OPEN_DOORS = ("account_sessions", "account_links")
"""What was ended or used since the backup would open again."""
_API_KEYS = "SELECT count(*) FROM api_keys WHERE revoked_at IS NULL AND coalesce(expires_at > now(), true)"


async def restore_stores(settings: Settings, backup: BackupFile, asked: RestoreInput, tell: Tell) -> StoresReport:
    """PostgreSQL, ClickHouse and pages as they were, without people who were erased since, and with nobody signed in.

    The search index is not touched, and PostgreSQL has the migrations of the backup: `quiethire.clients.migrate` does the rest. PostgreSQL
    comes last and all at once: what dies before leaves it empty. Raises InvalidInput where the backup is damaged or not of this program, keys
    or the erasure ledger are missing, or a store is not empty; Permanent where what was written is not what the backup holds.
    """
    dsn = required(settings.postgres_dsn, "POSTGRES_DSN")

    def checked(tell: Tell) -> "_Archive":
        tell("checking", 0)
        backup.check(MasterKeys(settings.person_key))
        return _Archive(open_store(settings), _ledger(settings, backup, asked))

    archive = await stoppable(checked, tell)
    with closing(open_clickhouse(settings.clickhouse_dsn, settings.data_path / "clickhouse")) as client:
        await ClickHousePostings(client).migrate()
        tables = ClickHouseTables(client)
        await stoppable(lambda _: _make_room(dsn, tables, backup, asked.replace), tell)
        # Whoever would migrate meanwhile waits.
        async with migrated(dsn, backup.migrations()):
            return await stoppable(lambda tell: _fill(dsn, tables, archive, backup, tell), tell)


class _Archive(NamedTuple):
    """Where pages go, and who is in the ledger."""

    store: ObjectStore
    erased: Set[str]


def _ledger(settings: Settings, backup: BackupFile, asked: RestoreInput) -> Set[str]:
    """The names in the ledger. Raises InvalidInput `no_ledger` where this platform never had one in that place."""
    where = settings
    if asked.ledger is not None:
        url = asked.ledger if "://" in asked.ledger else Path(asked.ledger).absolute().as_uri()
        where = settings.model_copy(update={"archive_url": url})
        if url.startswith("file://") and not Path(unquote(urlsplit(url).path)).is_dir():
            raise InvalidInput("there is no such directory", where=asked.ledger, kind="no_ledger")
    found = entries(open_store(where))
    if marker(backup.manifest.platform) not in found and not asked.without_ledger:
        raise InvalidInput(
            "the erasure ledger of the backed up platform is not there",
            where=asked.ledger or settings.archive_url or str(settings.data_path / "pages"),
            hint="name the archive beside the lost database with --ledger; or say --without-ledger, and who was erased since the last "
            "backup comes back",
            kind="no_ledger",
        )
    return found


def _make_room(dsn: str, tables: ClickHouseTables, backup: BackupFile, replace: str | None) -> None:
    there = tables.tables()
    for name, table in backup.tables("clickhouse").items():
        if missing := set(table.columns) - set(there.get(name, ())):
            raise InvalidInput(
                f"ClickHouse's table {name} has no {', '.join(sorted(missing))} any more",
                where=str(backup.path),
                hint=f"restore with version {backup.manifest.version}, then upgrade",
                kind="unknown_table",
            )
    database = psycopg.conninfo.conninfo_to_dict(dsn).get("dbname")
    filled = [*filled_tables(dsn), *(each for each in there if tables.count(each))]
    if filled and replace != database:
        raise InvalidInput(
            f"there are rows in {', '.join(filled[:5])}",
            where="the platform is not empty",
            hint=f"restore into an empty one; or say --replace {database}, and all that is there is lost",
            kind="not_empty",
        )
    # A server may refuse to drop a large table: PostgreSQL is still there then.
    tables.empty()
    empty(dsn)


def _fill(dsn: str, tables: ClickHouseTables, archive: _Archive, backup: BackupFile, tell: Tell) -> StoresReport:
    rows: dict[str, int] = {}
    for name, table in backup.tables("clickhouse").items():
        tell(name, 0)
        rows[name] = tables.fill(name, table.columns, backup.contents.content(table))
        _require(name, rows[name], table.rows)
    tables.drop_untold()
    rows |= {name: tables.count(name) for name in rows}
    pages = _pages(archive.store, backup, tell)
    with writing(dsn) as database:
        wanted = backup.tables("postgres")
        for name in database.order(wanted):
            tell(name, 0)
            table = wanted[name]
            if name in SEEDED:
                database.empty(name)
            _require(name, database.fill(name, table.columns, backup.contents.content(table)), table.rows)
        erased = _people(database, backup, archive)
        for name in _OPEN_DOORS:
            if name in wanted:
                database.empty(name)
        database.go_on_counting()
        rows |= {name: database.count(name) for name in wanted}
        ((api_keys,),) = database.connection.execute(_API_KEYS).fetchall()
    return StoresReport(made_at=backup.manifest.made_at, rows=rows, erased=erased, api_keys=api_keys, pages=pages)


def _people(database: Writing, backup: BackupFile, archive: _Archive) -> int:
    """Give people and alerts their keys; of whoever has none any more, or is in the ledger, nothing stays. Returns how many people those are.

    The platform's own ledger knows of all of them before they are gone: this backup may be restored into it once more.
    """
    database.connection.execute(_FRESH)
    keys = backup.keys.content(backup.key_table)
    database.fill("fresh_keys", backup.key_table.columns, keys)
    database.connection.execute(_KEYED)
    ((key,),) = database.connection.execute("SELECT key FROM erasure_key").fetchall()
    ids = sorted(_without_key(database) | _in_ledger(database, key, archive.erased))
    known = archive.erased | {entry(key, person) for person in ids}
    # Each is written by itself, and most are there already where the ledger is the platform's own.
    remember(archive.store, known - entries(archive.store))
    owners = [owner_of(person) for person in ids for owner_of in (digest_owner, account_owner)]
    # Alerts first: their keys go with them, and are not counted as people.
    database.connection.execute(_SEARCHES, (owners, ids))
    return database.connection.execute(DESTROY, {"people": ids}).rowcount


def _without_key(database: Writing) -> set[UUID]:
    found = database.connection.execute("SELECT person FROM person_keys WHERE wrapped = ''")
    return {person for (person,) in found}


def _in_ledger(database: Writing, key: bytes, erased: Set[str]) -> set[UUID]:
    with database.connection.cursor(name="people") as cursor:
        cursor.execute("SELECT person FROM person_keys UNION SELECT id FROM saved_searches")
        return {person for (person,) in cursor if entry(key, person) in erased}


def _pages(store: ObjectStore, backup: BackupFile, tell: Tell) -> int:
    bodies, writer = 0, writer_of(store)
    for key, packed in backup.contents.bodies():
        if (content_hash := hash_in(key)) is None:
            raise InvalidInput(f"{key!r} is no body of a page", where=str(backup.path), kind="damaged_backup")
        unpack(packed, content_hash)
        with store_errors(content_hash):
            writer.write(key, packed)
        bodies += 1
        tell("pages", bodies)
    return bodies


def _require(table: str, there: int, wanted: int) -> None:
    if there != wanted:
        raise Permanent(f"{there} rows are there, and {wanted} are in the backup", where=table)
