"""The journal, in PostgreSQL, and its twin in memory for tests."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from quiethire.domain.journal import Deed, Line, chained
from quiethire.storage.postgres.connection import Pool, rows

_ADD = "SELECT journal_add(%(who)s, %(deed)s, %(whom)s, %(request_id)s)"
_LINES = "SELECT * FROM journal WHERE seq > %(after)s ORDER BY seq LIMIT 1000"


class PostgresJournal:
    """`Journal` over PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def add(self, who: str, deed: Deed, whom: str, request_id: str) -> None:
        """Write a line."""
        await rows(self.pool, _ADD, {"who": who, "deed": deed.value, "whom": whom, "request_id": request_id})

    async def lines(self) -> AsyncIterator[Line]:
        """All of them, the oldest first."""
        after = 0
        while found := await rows(self.pool, _LINES, {"after": after}):
            for row in found:
                yield Line.model_validate(row)
            after = found[-1]["seq"]


class MemoryJournal:
    """`Journal` in memory."""

    def __init__(self) -> None:
        self.kept: list[Line] = []

    async def add(self, who: str, deed: Deed, whom: str, request_id: str) -> None:
        """Write a line."""
        self.kept.append(chained(self.kept, datetime.now(UTC), (who, deed.value, whom, request_id)))

    async def lines(self) -> AsyncIterator[Line]:
        """All of them, the oldest first."""
        for line in self.kept:
            yield line
