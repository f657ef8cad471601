"""Writing a backup: one file of contents, and one of people's keys which replaces the one before."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import ObjectStore

from quiethire.domain.backup import BackedUpPages, BackedUpTable, BackupInput, BackupReport, Manifest
from quiethire.domain.errors import InvalidInput
from quiethire.settings import Settings, required
from quiethire.storage.backup.clickhouse_tables import ClickHouseTables
from quiethire.storage.backup.members import MembersReader, MembersWriter, alone, drafted, opened
from quiethire.storage.backup.postgres_tables import PEOPLE, Snapshot, snapshot
from quiethire.storage.backup.work import Tell
from quiethire.storage.clickhouse import open_clickhouse
from quiethire.storage.erasures import marker, remember
from quiethire.storage.pages.archive import open_store, store_errors
from quiethire.storage.pages.bodies import hash_in
from quiethire.storage.postgres import note_backup

KEYS = "people.keys"
"""The name of the file of people's keys, one in each directory of backups."""

ENDING = ".backup"
"""What tells a backup's file from a directory of backups."""

_PATTERN = f"quiethire-*{ENDING}"


def write_backup(settings: Settings, asked: BackupInput, tell: Tell) -> BackupReport:
    """Write both files, whole or not at all; returns what they hold. Blocks: minutes, for a large platform.

    Memory stays the same, however much is written. Raises InvalidInput where the target cannot be written, is being written, or holds newer keys or
    those of another platform; Transient where a store does not answer.
    """
    began = time.monotonic()
    target = Path(asked.target)
    folder = _folder(target)
    try:
        with alone(folder), snapshot(required(settings.postgres_dsn, "POSTGRES_DSN")) as tables:
            name = target if target != folder else folder / f"quiethire-{tables.at:%Y%m%dT%H%M%SZ}.backup"
            _require_whole(folder / KEYS, tables)
            remember(open_store(settings), [marker(tables.platform())])
            # Keys take their place first: they serve all backups that are there, and no backup may be newer than they are.
            with drafted(name) as contents, drafted(folder / KEYS) as keys:
                keys.manifest(_manifest("keys", tables, (_table(keys, tables, PEOPLE, tell, keys=True),)))
                made = _contents(settings, contents, tables, asked, tell)
                contents.manifest(made)
            removed = _remove_old(folder, asked.keep)
    except OSError as error:
        raise InvalidInput(
            f"cannot be written: {error.strerror}", where=str(folder), hint="is there room?", kind="backup_unwritable"
        ) from error
    note_backup(required(settings.postgres_dsn, "POSTGRES_DSN"), made.made_at)
    return BackupReport(
        file=str(name),
        keys=str(folder / KEYS),
        made_at=made.made_at,
        rows={table.name: table.rows for table in made.tables},
        pages=made.pages.bodies if made.pages else 0,
        size=name.stat().st_size + (folder / KEYS).stat().st_size,
        removed=removed,
        seconds=round(time.monotonic() - began, 2),
    )


def _folder(target: Path) -> Path:
    """Where the files go: a target that is no file is a directory, which is made where only that one is missing."""
    folder = target.parent if target.suffix == ENDING else target
    try:
        if folder == target:
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        hint = f"name a directory, or a file that ends in {ENDING}"
        raise InvalidInput(
            f"is no directory: {error.strerror}", where=str(folder), hint=hint, kind="no_directory"
        ) from error
    if not folder.is_dir():
        raise InvalidInput("there is no such directory", where=str(folder), hint="make it first", kind="no_directory")
    return folder


def _contents(settings: Settings, file: MembersWriter, tables: Snapshot, asked: BackupInput, tell: Tell) -> Manifest:
    made: list[BackedUpTable] = [_table(file, tables, name, tell) for name in tables.names()]
    with closing(open_clickhouse(settings.clickhouse_dsn, settings.data_path / "clickhouse")) as client:
        clickhouse = ClickHouseTables(client)
        for name, columns in clickhouse.tables().items():
            lines = _told(clickhouse.content(name, columns), name, tell)
            made.append(file.table("clickhouse", name, columns, lines))
    manifest = _manifest("contents", tables, tuple(made))
    return manifest.model_copy(update={"pages": _pages(open_store(settings), file, tell)}) if asked.pages else manifest


def _table(file: MembersWriter, tables: Snapshot, name: str, tell: Tell, *, keys: bool = False) -> BackedUpTable:
    lines = _told(tables.content(name, keys=keys), name, tell)
    return file.table("postgres", name, tables.columns(name), lines)


def _pages(store: ObjectStore, file: MembersWriter, tell: Tell) -> BackedUpPages:
    """Bodies as they lie there. One that is dropped meanwhile is not needed."""
    bodies = size = 0
    with store_errors():
        for some in obstore.list(store, chunk_size=500):
            for item in some:
                if hash_in(item["path"]) is None:
                    continue
                tell("pages", bodies)
                try:
                    packed = obstore.get(store, item["path"]).bytes().to_bytes()
                except (NotFoundError, FileNotFoundError):
                    continue
                file.body(item["path"], packed)
                bodies, size = bodies + 1, size + len(packed)
    return BackedUpPages(bodies=bodies, size=size)


def _told(content: Generator[bytes], name: str, tell: Tell) -> Generator[bytes]:
    """The same pieces. However it ends, the statement behind them ends too: their connection is to be closed next."""
    size = 0
    with closing(content):
        tell(name, 0)
        for piece in content:
            yield piece
            size += len(piece)
            tell(name, size)


def _manifest(kind: str, tables: Snapshot, made: tuple[BackedUpTable, ...]) -> Manifest:
    return Manifest.model_validate(
        {
            "kind": kind,
            "platform": tables.platform(),
            "made_at": tables.at,
            "version": version("quiethire"),
            "migrations": tables.migrations(),
            "tables": made,
        }
    )


def _require_whole(keys: Path, tables: Snapshot) -> None:
    """A file of keys is replaced by one of the same platform alone that is newer and lacks nobody: all backups of the directory need it.

    An older one would lack whoever came since, and would have a key of whoever was erased since. And a platform that was restored
    from an older backup than the newest, or lost people otherwise, would erase them from all the others.
    """
    if not keys.exists():
        return
    try:
        with opened(keys) as file:
            there = file.manifest
            _require_older(there, keys, tables)
            lost = sum(tables.lost(some) for some in _people_in(file, there.tables[0]))
    except InvalidInput as error:
        if error.kind != "damaged_backup":
            raise
        hint = "move it away, and back up again: it is written anew"
        raise InvalidInput(error.detail, where=str(keys), hint=hint, kind="damaged_keys") from error
    if lost:
        raise InvalidInput(
            f"holds the keys of {lost} people who are not here, and were not erased",
            where=str(keys),
            hint="was an older backup restored? Restore the newest one; or back up into another directory, and these keys stay",
            kind="people_lost",
        )


def _people_in(keys: MembersReader, table: BackedUpTable) -> Iterator[list[str]]:
    """The people of a file of keys, as many at a time as its pieces hold."""
    column, rest = table.columns.index("person"), b""
    for piece in keys.content(table):
        *lines, rest = (rest + piece).split(b"\n")
        yield [line.split(b"\t")[column].decode() for line in lines]


def _require_older(there: Manifest, keys: Path, tables: Snapshot) -> None:
    if there.platform != tables.platform():
        raise InvalidInput(
            "holds the keys of another platform's people",
            where=str(keys),
            hint="give each platform a directory of its own",
            kind="wrong_keys",
        )
    if there.made_at > tables.at:
        raise InvalidInput(
            f"holds keys of {there.made_at:%Y-%m-%d %H:%M:%S} UTC, and the database says it is {tables.at:%Y-%m-%d %H:%M:%S}",
            where=str(keys),
            hint="set the clock of the database's machine",
            kind="newer_keys",
        )


def _remove_old(folder: Path, keep: int) -> tuple[str, ...]:
    """Names have the time in them: the last ones by name are the newest."""
    old = sorted(folder.glob(_PATTERN))[:-keep] if keep else []
    for file in old:
        file.unlink()
    return tuple(map(str, old))
