"""Dead letters in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from quiethire.domain.dead_letters import DeadLetter, KeptLetter
from quiethire.storage.postgres.connection import Pool, dropped, rows

_KEEP = """
    INSERT INTO dead_letters (kind, workflow, workflow_id, run_id, activity, queue, place, detail, payload,
        first_at, last_at, occurrence)
    VALUES (%(kind)s, %(workflow)s, %(workflow_id)s, %(run_id)s, %(activity)s, %(queue)s, %(where)s, %(detail)s,
        %(payload)s, %(at)s, %(at)s, %(occurrence)s)
    ON CONFLICT (workflow_id, activity, kind) DO UPDATE
    SET workflow = excluded.workflow, run_id = excluded.run_id, queue = excluded.queue, place = excluded.place,
        detail = excluded.detail, payload = excluded.payload, occurrence = excluded.occurrence,
        last_at = greatest(dead_letters.last_at, excluded.last_at),
        count = dead_letters.count + (dead_letters.occurrence <> excluded.occurrence)::int,
        replayed_at = CASE WHEN dead_letters.occurrence = excluded.occurrence THEN dead_letters.replayed_at END
"""
_COLUMNS = """
    id, kind, workflow, workflow_id, run_id, activity, queue, place AS where, detail, occurrence, count, first_at,
    last_at, replayed_at, payload IS NOT NULL AS payload_kept
"""
_NEWEST = f"""
    SELECT {_COLUMNS} FROM dead_letters WHERE %(kind)s::text IS NULL OR kind = %(kind)s
    ORDER BY last_at DESC, id DESC LIMIT %(limit)s
"""  # noqa: S608 - made of constants
_GET = f"SELECT {_COLUMNS} FROM dead_letters WHERE id = %(id)s"  # noqa: S608 - made of constants
_PAYLOAD = "SELECT payload FROM dead_letters WHERE id = %(id)s"
_REPLAYED = "UPDATE dead_letters SET replayed_at = %(at)s WHERE id = %(id)s AND occurrence = %(occurrence)s"
_DROP = "DELETE FROM dead_letters WHERE id = %(id)s RETURNING 1"
# The condition stands there twice: one that comes again meanwhile is looked at anew by the outer one alone, and stays.
_SOME = (
    "DELETE FROM dead_letters WHERE {0} AND id IN (SELECT id FROM dead_letters WHERE {0} LIMIT %(most)s) RETURNING 1"
)
_OPEN = "SELECT kind, count(*) AS letters FROM dead_letters WHERE replayed_at IS NULL GROUP BY kind"


class PostgresDeadLetters:
    """`DeadLetters` over PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def keep(self, letter: DeadLetter, payload: bytes | None, at: datetime) -> None:
        """Keep it, or count it once more."""
        # PostgreSQL takes no NUL in a text, and what went wrong may hold whatever a stranger sent.
        told = {name: str(value).replace("\0", "�") for name, value in letter.model_dump().items()}
        await rows(self.pool, _KEEP, {**told, "payload": payload, "at": at})

    async def newest(self, limit: int, *, kind: str | None = None) -> Sequence[KeptLetter]:
        """Those seen last, first."""
        return [
            KeptLetter.model_validate(row) for row in await rows(self.pool, _NEWEST, {"kind": kind, "limit": limit})
        ]

    async def get(self, letter_id: int) -> KeptLetter | None:
        """One of them."""
        found = await rows(self.pool, _GET, {"id": letter_id})
        return KeptLetter.model_validate(found[0]) if found else None

    async def payload(self, letter_id: int) -> bytes | None:
        """What its workflow was started with."""
        found = await rows(self.pool, _PAYLOAD, {"id": letter_id})
        return found[0]["payload"] if found else None

    async def replayed(self, letter: KeptLetter, at: datetime) -> None:
        """Its workflow was started again."""
        await rows(self.pool, _REPLAYED, {"id": letter.id, "occurrence": letter.occurrence, "at": at})

    async def drop(self, letter_id: int) -> bool:
        """Forget it."""
        return bool(await rows(self.pool, _DROP, {"id": letter_id}))

    async def drop_kind(self, kind: str) -> int:
        """Forget all of a kind."""
        return await dropped(self.pool, _SOME.format("kind = %(kind)s"), {"kind": kind})

    async def prune(self, before: datetime) -> int:
        """Forget those last seen before."""
        return await dropped(self.pool, _SOME.format("last_at < %(before)s"), {"before": before})

    async def open_by_kind(self) -> Mapping[str, int]:
        """How many of each kind nobody has started again."""
        return {row["kind"]: row["letters"] for row in await rows(self.pool, _OPEN, {})}
