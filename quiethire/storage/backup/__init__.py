"""Backups of what cannot be made again: PostgreSQL, ClickHouse and, if asked, the bodies of the page archive."""

from quiethire.storage.backup.reading import BackupFile, open_backup
from quiethire.storage.backup.restoring import restore_stores
from quiethire.storage.backup.work import Tell, stoppable
from quiethire.storage.backup.writing import KEYS, write_backup

__all__ = ["KEYS", "BackupFile", "Tell", "open_backup", "restore_stores", "stoppable", "write_backup"]
