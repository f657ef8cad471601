"""A look at PostgreSQL."""

from quiethire.domain.errors import InvalidInput
from quiethire.domain.health import Look
from quiethire.storage.postgres.connection import WHERE, Pool, transaction
from quiethire.storage.postgres.migration import migrations

# A server whose process of one connection was killed, as for want of memory, ends all connections and begins anew without being started again.
# It drops its statistics then, and anybody may read since when they are counted.
_ASKED = """
    SELECT clock_timestamp() AS now, current_setting('server_version') AS version,
        concat_ws(' ', pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_archiver)) AS run
"""
_SCHEMA = "SELECT max(version) AS version FROM schema_migrations"
_SPILLED = "SELECT count(*) FROM (SELECT each FROM generate_series(1, 8000) AS each ORDER BY md5(each::text)) AS sorted"
"""Sorts more than fits into the least working memory, so that it is sorted on the disk: a full one refuses that. It
leaves nothing behind, and unlike a temporary table it writes nothing into the catalogue."""


class PostgresProbe:
    """Looks whether it answers, has the tables of this version, and can write."""

    name = "postgresql"

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._newest = max(migration.version for migration in migrations())

    async def look(self) -> Look:
        """Raises Transient (kind `disk` where the disk is full), or InvalidInput `not_migrated`."""
        async with transaction(self._pool) as connection:
            told = await (await connection.execute(_ASKED)).fetchone() or {}
            schema = (await (await connection.execute(_SCHEMA)).fetchone() or {}).get("version") or 0
            await connection.execute("SET LOCAL work_mem = '64kB'")
            await connection.execute(_SPILLED)
        if schema < self._newest:
            detail = f"has migration {schema:04}, this version needs {self._newest:04}"
            raise InvalidInput(detail, where=WHERE, hint="quiethire migrate", kind="not_migrated")
        return Look(version=told["version"], now=told["now"], run=told["run"])
