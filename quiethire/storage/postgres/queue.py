"""The crawl queue in PostgreSQL: `FOR UPDATE SKIP LOCKED` gives each entry to one claimer."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from quiethire.domain.ports import QueuedUrl
from quiethire.domain.urls import canonical_url
from quiethire.storage.postgres.connection import Pool, rows

STATUSES = ("pending", "processing", "completed", "failed")

_PUSH = """
    INSERT INTO crawl_queue (url, priority)
    SELECT url, %(priority)s FROM unnest(%(urls)s::text[]) WITH ORDINALITY AS given (url, place) ORDER BY place
    ON CONFLICT (text_sha256(url)) WHERE status IN ('pending', 'processing') DO NOTHING
    RETURNING id
"""
# MATERIALIZED: the planner must not run the locking part twice.
_CLAIM = """
    WITH picked AS MATERIALIZED (
        SELECT id FROM crawl_queue
        WHERE status IN ('pending', 'processing') AND (last_attempt_at IS NULL OR last_attempt_at < %(expired)s)
        ORDER BY priority, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    UPDATE crawl_queue AS entry
    SET status = 'processing', attempts = attempts + 1, last_attempt_at = %(now)s, claimed_by = %(owner)s
    FROM picked WHERE entry.id = picked.id
    RETURNING entry.id, entry.url, entry.priority, entry.attempts
"""
_HELD = """
    SELECT id, url, priority, attempts FROM crawl_queue
    WHERE status = 'processing' AND claimed_by = %(owner)s AND last_attempt_at >= %(expired)s
"""
_FINISH = """
    UPDATE crawl_queue
    SET status = CASE WHEN %(ok)s THEN 'completed' WHEN attempts >= %(max_attempts)s THEN 'failed' ELSE 'pending' END
    WHERE id = %(id)s AND status <> 'completed' AND (%(ok)s OR (status = 'processing' AND attempts = %(attempt)s))
"""
_PUT_OFF = """
    UPDATE crawl_queue SET attempts = attempts - 1
    WHERE id = %(id)s AND status = 'processing' AND attempts = %(attempt)s
"""


class PostgresCrawlQueue:
    """`CrawlQueue` over PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def push(self, urls: Iterable[str], priority: int = 5) -> int:
        """Queue URLs, each in its canonical form. Raises InvalidInput for what is no URL, and queues none then."""
        batch = list(dict.fromkeys(canonical_url(url) for url in urls))
        return len(await rows(self.pool, _PUSH, {"urls": batch, "priority": priority}))

    async def claim(self, limit: int, *, owner: str, lease: timedelta, now: datetime) -> list[QueuedUrl]:
        """Take entries, the lowest priority number first, then the oldest; or give the owner what they hold."""
        values = {"limit": limit, "owner": owner, "expired": now - lease, "now": now}
        taken = await rows(self.pool, _HELD, values) or await rows(self.pool, _CLAIM, values)
        return sorted(map(QueuedUrl.model_validate, taken), key=lambda entry: (entry.priority, entry.id))

    async def finish(self, entry_id: int, *, attempt: int, ok: bool, max_attempts: int = 3) -> None:
        """Complete an entry, or give it back where it is still this attempt's."""
        await rows(self.pool, _FINISH, {"id": entry_id, "attempt": attempt, "ok": ok, "max_attempts": max_attempts})

    async def put_off(self, entry_id: int, *, attempt: int) -> None:
        """Leave an entry to its lease, and take back the attempt."""
        await rows(self.pool, _PUT_OFF, {"id": entry_id, "attempt": attempt})

    async def counts(self) -> dict[str, int]:
        """Entries by status; every status is named."""
        found = await rows(self.pool, "SELECT status, count(*) AS entries FROM crawl_queue GROUP BY status", {})
        return dict.fromkeys(STATUSES, 0) | {row["status"]: row["entries"] for row in found}
