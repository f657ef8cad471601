"""When the newest backup was taken."""

from datetime import datetime

import psycopg

from quiethire.storage.postgres.connection import Pool, patient, postgres_errors, rows

_NOTE = """
    INSERT INTO last_backup (at) VALUES (%s)
    ON CONFLICT (only_one) DO UPDATE SET at = greatest(last_backup.at, excluded.at)
"""
_AT = "SELECT at FROM last_backup"


class PostgresLastBackup:
    """`LastBackup` over PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def at(self) -> datetime | None:
        """When it was taken; None where there never was one."""
        found = await rows(self.pool, _AT, {})
        return found[0]["at"] if found else None


def note_backup(dsn: str, at: datetime) -> None:
    """A backup of the platform as it was then is whole, and in its place. Blocks."""
    with postgres_errors(), psycopg.connect(patient(dsn)) as connection:
        connection.execute(_NOTE, [at])
