"""A backup to restore from: two files, looked at whole before anything is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quiethire.domain.backup import BackedUpTable, Manifest
from quiethire.domain.errors import InvalidInput
from quiethire.storage.backup.members import MembersReader, opened
from quiethire.storage.backup.postgres_tables import PEOPLE
from quiethire.storage.postgres.migration import Migration, migrations
from quiethire.storage.postgres.sealing import MasterKeys


class BackupFile:
    """Contents, and the keys of the people in them."""

    def __init__(self, path: Path, contents: MembersReader, keys: MembersReader) -> None:
        self.path = path
        self.contents = contents
        self.keys = keys

    @property
    def manifest(self) -> Manifest:
        """What the contents say of themselves."""
        return self.contents.manifest

    def tables(self, store: str) -> dict[str, BackedUpTable]:
        """Tables of one store."""
        return {table.name: table for table in self.manifest.tables if table.store == store}

    @property
    def key_table(self) -> BackedUpTable:
        """The table of people's keys."""
        return self.keys.manifest.tables[0]

    def migrations(self) -> list[Migration]:
        """Those of this program that the backup's database had. Raises InvalidInput where it had others, or this program has edited some."""
        known = {migration.version: migration for migration in migrations()}
        for had in self.manifest.migrations:
            mine = known.get(had.version)
            if mine is None or mine.checksum != had.checksum:
                raise InvalidInput(
                    f"migration {had.version:04}_{had.name} is not one of this program",
                    where=str(self.path),
                    hint=f"restore with version {self.manifest.version}, or a newer one",
                    kind="unknown_migration",
                )
        return [known[had.version] for had in self.manifest.migrations]

    def check(self, masters: MasterKeys) -> None:
        """Everything that can be wrong with it. Raises InvalidInput."""
        self._belong_together()
        self.migrations()
        self.contents.check()
        self.keys.check()
        masters.require(self._master_names())

    def _belong_together(self) -> None:
        contents, keys = self.manifest, self.keys.manifest
        if contents.kind != "contents" or keys.kind != "keys" or [table.name for table in keys.tables] != [PEOPLE]:
            raise InvalidInput(
                "the two files are not contents and keys", where=str(self.path), hint="see --keys", kind="wrong_keys"
            )
        if contents.platform != keys.platform:
            raise InvalidInput(
                "the keys are those of another platform", where=str(self.path), hint="see --keys", kind="wrong_keys"
            )
        if keys.made_at < contents.made_at:
            # Whoever came after them would seem to have been erased.
            raise InvalidInput(
                "the keys are older than the backup",
                where=str(self.path),
                hint="give the newest people.keys of this platform with --keys",
                kind="wrong_keys",
            )

    def _master_names(self) -> set[str]:
        """The master keys that people's keys are sealed with."""
        column = self.key_table.columns.index("master")
        names: set[str] = set()
        rest = b""
        for piece in self.keys.content(self.key_table):
            *lines, rest = (rest + piece).split(b"\n")
            names |= {line.split(b"\t")[column].decode() for line in lines}
        return names


@contextmanager
def open_backup(path: Path, keys: Path) -> Iterator[BackupFile]:
    """A backup and its file of keys. Raises InvalidInput where one of them is none."""
    with opened(path) as contents, opened(keys) as key_file:
        yield BackupFile(path, contents, key_file)
