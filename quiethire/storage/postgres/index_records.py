"""What is kept of the search index in PostgreSQL."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from quiethire.domain.errors import InvalidInput
from quiethire.domain.index_records import (
    BUILD_LEASE,
    DOUBLINGS,
    FIRST_WAIT,
    REMOVAL_LEASE,
    IndexState,
    KeptFailure,
)
from quiethire.domain.search import IndexFailure
from quiethire.storage.postgres.connection import WHERE, Pool, rows, transaction

_STATE = """
    SELECT CASE WHEN documents IS NOT NULL THEN greatest(0, documents - (
               SELECT coalesce(sum(documents), 0) FROM search_index_removals WHERE at > %(removals)s
           ))::bigint END AS documents,
           CASE WHEN building_at > %(builds)s THEN building END AS building, reindexed_at, reconciled_at
    FROM search_index
"""
_REMOVING = "INSERT INTO search_index_removals (id, documents, at) VALUES (%(id)s, %(documents)s, %(now)s)"
_LOCK = "SELECT 1 FROM search_index FOR UPDATE"
_COUNTED = """
    UPDATE search_index SET documents = %(count)s
    WHERE %(exact)s OR documents IS NULL OR %(count)s >= documents - (
        SELECT coalesce(sum(documents), 0) FROM search_index_removals WHERE at > %(removals)s)
    RETURNING 1
"""
_REMOVED = "DELETE FROM search_index_removals WHERE id = %(removal)s OR at <= %(removals)s"
_BUILD = """
    UPDATE search_index SET building = %(name)s, building_at = %(now)s
    WHERE building IS NULL OR building = %(name)s OR building_at <= %(builds)s RETURNING 1
"""
_END_BUILD = """
    UPDATE search_index
    SET building = CASE WHEN building = %(name)s THEN NULL ELSE building END,
        reindexed_at = coalesce(%(at)s, reindexed_at)
"""
_RECONCILED = "UPDATE search_index SET reconciled_at = greatest(reconciled_at, %(at)s)"
_FAILED = """
    INSERT INTO index_failures (job_id, error, first_at, last_at)
    SELECT DISTINCT ON (job_id) job_id, error, %(now)s, %(now)s
    FROM unnest(%(ids)s::uuid[], %(errors)s::text[]) AS given (job_id, error) ORDER BY job_id
    ON CONFLICT (job_id) DO UPDATE
    SET error = excluded.error, attempts = index_failures.attempts + 1, last_at = excluded.last_at
"""
_SETTLED = "DELETE FROM index_failures WHERE job_id = ANY(%(ids)s::uuid[])"
_FAILURES = "SELECT * FROM index_failures ORDER BY last_at, job_id LIMIT %(limit)s"
_DUE = """
    SELECT * FROM index_failures
    WHERE last_at + %(first)s * power(2, least(attempts, %(doublings)s)) <= %(now)s
    ORDER BY last_at, job_id LIMIT %(limit)s
"""
_COUNT_FAILURES = "SELECT count(*) AS failures FROM index_failures"


class PostgresIndexRecords:
    """`IndexRecords` over PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def state(self, now: datetime) -> IndexState:
        """What is kept, as of now."""
        leases = {"removals": now - REMOVAL_LEASE, "builds": now - BUILD_LEASE}
        return IndexState.model_validate((await rows(self.pool, _STATE, leases))[0])

    async def removing(self, documents: int, now: datetime) -> UUID:
        """Announce that so many documents may go."""
        removal = uuid4()
        await rows(self.pool, _REMOVING, {"id": removal, "documents": documents, "now": now})
        return removal

    async def counted(
        self, count: Callable[[], Awaitable[int]], now: datetime, *, removal: UUID | None = None, exact: bool = False
    ) -> None:
        """Count while the row is locked. A removal ends only with a count that was kept."""
        values = {"exact": exact, "removal": removal, "removals": now - REMOVAL_LEASE}
        async with transaction(self.pool) as connection:
            await connection.execute(_LOCK)
            cursor = await connection.execute(_COUNTED, {**values, "count": await count()})
            if cursor.rowcount:
                await connection.execute(_REMOVED, values)

    async def build(self, name: str, now: datetime) -> None:
        """Take, or keep, the lease of the only build."""
        if not await rows(self.pool, _BUILD, {"name": name, "now": now, "builds": now - BUILD_LEASE}):
            raise InvalidInput(
                "another collection is being built", where=WHERE, hint="quiethire index status", kind="rebuild_running"
            )

    async def end_build(self, name: str, swapped_at: datetime | None = None) -> None:
        """Give the lease back."""
        await rows(self.pool, _END_BUILD, {"name": name, "at": swapped_at})

    async def reconciled(self, began_at: datetime) -> None:
        """A reconciliation has ended."""
        await rows(self.pool, _RECONCILED, {"at": began_at})

    async def failed(self, failures: Sequence[IndexFailure], now: datetime) -> None:
        """Keep what was not indexed, and why."""
        ids, errors = [each.job_id for each in failures], [each.error.replace("\x00", "") for each in failures]
        if ids:
            await rows(self.pool, _FAILED, {"ids": ids, "errors": errors, "now": now})

    async def settled(self, job_ids: Collection[UUID]) -> None:
        """These are in the index, or need not be."""
        if job_ids:
            await rows(self.pool, _SETTLED, {"ids": list(job_ids)})

    async def failures(self, limit: int) -> list[KeptFailure]:
        """What is not indexed, the one that was tried longest ago first."""
        return [KeptFailure.model_validate(row) for row in await rows(self.pool, _FAILURES, {"limit": limit})]

    async def due(self, now: datetime, limit: int) -> list[KeptFailure]:
        """The same of those that are to be tried again."""
        values = {"now": now, "first": FIRST_WAIT, "doublings": DOUBLINGS, "limit": limit}
        return [KeptFailure.model_validate(row) for row in await rows(self.pool, _DUE, values)]

    async def count_failures(self) -> int:
        """How many these are."""
        return int((await rows(self.pool, _COUNT_FAILURES, {}))[0]["failures"])
