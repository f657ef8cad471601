"""What is stored of how a posting was read, without the posting's texts: enough to tell whether a reading is new."""

from datetime import datetime
from uuid import UUID

from quiethire.domain.base import Model
from quiethire.domain.lifecycle import JobEventKind, StoredPosting
from quiethire.domain.posting import JobPosting


class StoredReading(Model):
    """A row of ClickHouse's `jobs` without what is wide."""

    id: UUID
    board_key: str | None
    url: str
    content_hash: str
    parser_version: int
    first_seen_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None
    updated_at: datetime
    cause: JobEventKind | None

    def renewed(self, posting: JobPosting) -> StoredPosting:
        """The same version of the row, read by this parser: nothing that a reader sees is another."""
        life = self.model_dump(include={"first_seen_at", "last_seen_at", "closed_at", "updated_at", "cause"})
        return StoredPosting(posting=posting, **life)


class BoardReadings(Model):
    """The postings of a board: how many there are, and how many an older parser read."""

    open: int
    closed: int
    outdated_open: int
    outdated_closed: int
