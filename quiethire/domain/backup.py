"""What is asked of a backup, what it holds, and what came of it."""

from datetime import datetime
from typing import Literal

from quiethire.domain.base import Model


class BackupInput(Model):
    """What to back up, and where to."""

    target: str
    """A file that ends in `.backup`, or a directory in which the file gets a name by its time."""
    pages: bool = False
    """Whether bodies of the page archive come along; else the archive is what it is, where it is."""
    keep: int = 0
    """Backups that are kept in that directory, the newest; 0 = all."""


class RestoreInput(Model):
    """What a restore may take for granted."""

    replace: str | None = None
    """The name of the database, by which it is said that what is there now is to go."""
    ledger: str | None = None
    """The archive beside the lost database, in which the erasure ledger is: a directory or an URL; None = that of the settings."""
    without_ledger: bool = False
    """Whether to do without: who was erased after the last backup comes back."""


class AppliedMigration(Model):
    """A migration of PostgreSQL that the backup's database had."""

    version: int
    name: str
    checksum: str


class BackedUpTable(Model):
    """A table as it lies in the backup: text, one line a row, tabs between columns."""

    store: Literal["postgres", "clickhouse"]
    name: str
    columns: tuple[str, ...]
    rows: int
    size: int
    """Bytes before compression."""
    sha256: str
    """Of these bytes."""


class BackedUpPages(Model):
    """Bodies of the page archive that came along."""

    bodies: int
    size: int


class Manifest(Model):
    """What a file of a backup says of itself. It is written last: a file that was cut off has none."""

    format: Literal[1] = 1
    kind: Literal["contents", "keys"]
    platform: str
    """Which platform it is of: made up with its database, and the same for all its backups."""
    made_at: datetime
    """When the snapshot of PostgreSQL was taken."""
    version: str
    """Of the program that wrote it."""
    migrations: tuple[AppliedMigration, ...]
    tables: tuple[BackedUpTable, ...]
    pages: BackedUpPages | None = None


class BackupReport(Model):
    """A backup that was written."""

    file: str
    keys: str
    """The file of people's keys, which belongs to all backups beside it."""
    made_at: datetime
    rows: dict[str, int]
    """Table → rows; tables of ClickHouse and PostgreSQL have no names in common."""
    pages: int
    size: int
    """Bytes of both files."""
    removed: tuple[str, ...] = ()
    """Older backups that were not to be kept."""
    seconds: float


class StoresReport(Model):
    """Stores that hold what the backup held."""

    made_at: datetime
    rows: dict[str, int]
    """Table → rows that are there now."""
    erased: int
    """People of the backup who were erased since, and did not come back."""
    api_keys: int
    """API keys that open again, also those that were revoked since."""
    pages: int


class RestoreReport(StoresReport):
    """A platform that was restored."""

    postings: int
    """Jobs that the search index has to show."""
    difference: int
    """Documents that the search index lacks, or has too many, after it was rebuilt and compared."""
    seconds: float
