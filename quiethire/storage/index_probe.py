"""A look at the search index, which calls itself healthy while it still loads."""

from contextlib import suppress
from datetime import UTC, datetime

from quiethire.domain.errors import Transient
from quiethire.domain.health import Look
from quiethire.domain.index_records import IndexRecords
from quiethire.domain.ports import SearchIndex

WHOLE = 0.999
"""Share of the documents after the last write that it must hold."""


class IndexProbe:
    """Looks whether the index holds what it held after the last write."""

    name = "index"

    def __init__(self, index: SearchIndex, records: IndexRecords) -> None:
        self._index = index
        self._records = records
        self._expected = 0

    async def look(self) -> Look:
        """Raises Transient (kind `loading` where it holds too few documents), or Gone where there is no collection."""
        documents = await self._index.count()
        # Where PostgreSQL is away, which has a look of its own, what was expected last still is.
        with suppress(Transient):
            self._expected = (await self._records.state(datetime.now(UTC))).documents or 0
        if documents < self._expected * WHOLE:
            detail = f"holds {documents} of {self._expected} documents"
            raise Transient(detail, where="typesense", hint="quiethire index status", kind="loading")
        return Look(documents=documents, expected=self._expected)
