"""Saved searches, the ledger of their alerts, and deliveries, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from quiethire.domain.alerts import (
    ASKED_KEPT,
    MOST_ACTIVE,
    NEWS,
    ONE_DELIVERY,
    REST,
    SAME_TEXT,
    UNCONFIRMED_KEPT,
    Alert,
    AlertPosting,
    AlertStatus,
    Channel,
    Claim,
    Delivery,
    NotedPosting,
    SavedSearch,
    token_hash,
    too_many,
)
from quiethire.domain.cluster import SKETCH_BITS
from quiethire.storage.postgres.connection import Pool, rows, transaction

KEPT_NOTES = timedelta(days=1)
"""How long it is known when a settled posting was first noted."""
LEDGER_LOCK = 7_310_581_049
"""The advisory lock of those who write the ledger: two who claimed one job at once would not see each other's rows."""
_CLAIMED_AT_ONCE = 1_000

_COLUMNS = tuple(SavedSearch.model_fields)
_CHANGING = (
    "status",
    "frequency",
    "name",
    "since",
    "secret",
    "former_secret",
    "former_until",
    "failing_since",
    "failure",
)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM saved_searches"  # noqa: S608  (names of our own)
_INSERT = f"""
    INSERT INTO saved_searches ({", ".join(_COLUMNS)}, token_hash)
    VALUES ({", ".join(f"%({name})s" for name in _COLUMNS)}, %(token_hash)s)
    ON CONFLICT (id) DO NOTHING
"""  # noqa: S608  (names of our own)
_DROP_OLD = (
    """DELETE FROM alerted WHERE search_id = %(id)s AND at < %(before)s AND (delivery_id IS NULL OR delivery_id IN (
        SELECT id FROM alert_deliveries WHERE search_id = %(id)s AND state = 'waiting' AND created_at < %(before)s))""",
    "DELETE FROM alert_deliveries WHERE search_id = %(id)s AND state = 'waiting' AND created_at < %(before)s",
)
_LOCK_ADDRESS = "SELECT pg_advisory_xact_lock(hashtextextended('alerts:' || lower(%(address)s), 0))"
_OF_ADDRESS = """
    SELECT count(*) AS searches FROM saved_searches
    WHERE channel = 'email' AND lower(address) = lower(%(address)s) AND status = 'active' AND id <> %(id)s
"""
_MAY_ASK = """
    INSERT INTO alert_questions AS question (address_hash, asked_at) VALUES (%(hash)s, %(now)s)
    ON CONFLICT (address_hash) DO UPDATE SET asked_at = excluded.asked_at WHERE question.asked_at <= %(before)s
    RETURNING asked_at
"""
_NOTE = """
    INSERT INTO noted_postings AS noted (job_id, first_noted_at, noted_at)
    SELECT job_id, %(now)s, %(now)s FROM unnest(%(jobs)s::uuid[]) AS given (job_id)
    WHERE EXISTS (SELECT FROM saved_searches WHERE status = 'active') ORDER BY job_id
    ON CONFLICT (job_id) DO UPDATE SET noted_at = greatest(noted.noted_at, excluded.noted_at), settled = false
    RETURNING job_id
"""
_NOTED = """
    SELECT job_id, first_noted_at, noted_at FROM noted_postings
    WHERE NOT settled AND noted_at <= %(until)s
    AND (%(at)s::timestamptz IS NULL OR (noted_at, job_id) > (%(at)s::timestamptz, %(job)s::uuid))
    ORDER BY noted_at, job_id LIMIT %(limit)s
"""
_SETTLE = """
    UPDATE noted_postings AS noted SET settled = true FROM unnest(%(jobs)s::uuid[], %(ats)s::timestamptz[]) AS given (job_id, at)
    WHERE noted.job_id = given.job_id AND noted.noted_at = given.at
"""
_FORGET = "DELETE FROM noted_postings WHERE settled AND noted_at < (SELECT max(at) FROM unnest(%(ats)s::timestamptz[]) AS at) - %(kept)s"
# Each row of the ledger is looked up by its index: right after a great run the planner still takes the table for a small one.
_BY_INDEX = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
# Of postings of one job in one call the first counts, for the statement does not see its own rows, those of `known` neither.
_CLAIM = """
    WITH known AS (
        INSERT INTO alerted_jobs (search_id, job_id)
        SELECT known.search_id, known.job_id FROM unnest(%(known_by)s::uuid[], %(known)s::uuid[]) AS known (search_id, job_id)
        JOIN saved_searches ON saved_searches.id = known.search_id AND saved_searches.status = 'active'
        ON CONFLICT (search_id, job_id) DO NOTHING
    ), given AS (
        SELECT DISTINCT ON (search_id, cluster) * FROM unnest(
            %(searches)s::uuid[], %(jobs)s::uuid[], %(clusters)s::uuid[], %(families)s::uuid[], %(sketches)s::text[],
            %(mates)s::text[], %(due)s::timestamptz[], %(postings)s::jsonb[]
        ) WITH ORDINALITY AS given (search_id, job_id, cluster, family, sketch, mates, due_at, posting, place) ORDER BY search_id, cluster, place
    )
    INSERT INTO alerted (search_id, job_id, cluster, family, sketch, at, due_at, posting)
    SELECT given.search_id, given.job_id, given.cluster, given.family, given.sketch::bit(512), %(now)s, given.due_at, given.posting
    FROM given JOIN saved_searches ON saved_searches.id = given.search_id AND saved_searches.status = 'active'
    WHERE NOT EXISTS (
        SELECT FROM alerted_jobs WHERE alerted_jobs.search_id = given.search_id AND alerted_jobs.job_id = given.job_id
    ) AND NOT EXISTS (
        SELECT FROM alerted WHERE alerted.search_id = given.search_id AND alerted.at > %(rested)s
        AND alerted.cluster = given.cluster
    ) AND NOT EXISTS (
        SELECT FROM alerted WHERE alerted.search_id = given.search_id AND alerted.at > %(rested)s
        AND alerted.family = given.family AND bit_count(alerted.sketch # given.sketch::bit(512)) <= %(same_text)s
    ) AND NOT EXISTS (
        SELECT FROM alerted WHERE alerted.search_id = given.search_id AND alerted.at > %(rested)s
        AND alerted.job_id = ANY(given.mates::uuid[])
    )
    ON CONFLICT (search_id, job_id) DO NOTHING
    RETURNING job_id
"""
_ALERTS = """
    SELECT posting, at FROM alerted WHERE search_id = %(id)s AND delivery_id IS NOT NULL ORDER BY at DESC, job_id LIMIT %(limit)s
"""
_PENDING = """
    WITH pending AS MATERIALIZED (
        SELECT DISTINCT search_id FROM alerted WHERE delivery_id IS NULL AND due_at <= %(now)s
    )
    SELECT search_id FROM pending JOIN saved_searches ON saved_searches.id = search_id
    WHERE status = 'active' LIMIT %(limit)s
"""
_DELIVERY = """
    WITH delivery AS (
        INSERT INTO alert_deliveries (id, search_id, state, next_at, created_at, sent_at)
        SELECT gen_random_uuid(), id, CASE channel WHEN 'feed' THEN 'sent' ELSE 'waiting' END, %(now)s, %(now)s,
            CASE channel WHEN 'feed' THEN %(now)s::timestamptz END
        FROM saved_searches WHERE id = ANY(%(searches)s::uuid[])
        RETURNING id, search_id
    ), pending AS (
        SELECT search_id, job_id, row_number() OVER (PARTITION BY search_id ORDER BY at, job_id) AS place FROM alerted
        WHERE delivery_id IS NULL AND due_at <= %(now)s AND search_id = ANY(%(searches)s::uuid[])
    )
    UPDATE alerted SET delivery_id = delivery.id FROM delivery, pending
    WHERE alerted.search_id = pending.search_id AND alerted.job_id = pending.job_id
    AND delivery.search_id = pending.search_id AND pending.place <= %(most)s
"""
_TAKE = """
    WITH due AS MATERIALIZED (
        SELECT DISTINCT ON (search_id) id FROM alert_deliveries WHERE state = 'waiting' AND next_at <= %(now)s
        ORDER BY search_id, next_at, id
    ), picked AS MATERIALIZED (
        SELECT delivery.id FROM due JOIN alert_deliveries AS delivery ON delivery.id = due.id
        JOIN saved_searches AS search ON search.id = delivery.search_id
        WHERE delivery.state = 'waiting' AND delivery.next_at <= %(now)s
        AND search.status = 'active' AND search.channel = ANY(%(channels)s)
        ORDER BY search.failing_since IS NOT NULL, delivery.next_at, delivery.id LIMIT %(limit)s FOR UPDATE OF delivery SKIP LOCKED
    )
    UPDATE alert_deliveries AS delivery SET attempts = attempts + 1, next_at = %(lost)s
    FROM picked WHERE delivery.id = picked.id
    RETURNING delivery.id, delivery.search_id, delivery.attempts, delivery.created_at
"""
_OF_DELIVERIES = """
    SELECT delivery_id, posting FROM alerted WHERE delivery_id = ANY(%(ids)s::uuid[]) ORDER BY (posting->>'posted_at') DESC, job_id
"""
_DELIVERED = """
    WITH sent AS (
        UPDATE alert_deliveries SET state = 'sent', sent_at = %(now)s, error = NULL WHERE id = %(id)s RETURNING search_id
    )
    UPDATE saved_searches SET failing_since = NULL, failure = NULL FROM sent
    WHERE saved_searches.id = sent.search_id AND failing_since IS NOT NULL
"""
_FAILED = """
    WITH tried AS (
        UPDATE alert_deliveries SET error = %(error)s, next_at = coalesce(%(again_at)s::timestamptz, next_at),
            state = CASE WHEN %(again_at)s::timestamptz IS NULL THEN 'failed' ELSE 'waiting' END
        WHERE id = %(id)s AND state = 'waiting' RETURNING search_id
    )
    UPDATE saved_searches SET failing_since = coalesce(failing_since, %(now)s), failure = %(error)s,
        status = CASE WHEN %(disable)s THEN 'disabled' ELSE status END
    FROM tried WHERE saved_searches.id = tried.search_id
"""
_NEXT_TRY = """
    WITH times AS MATERIALIZED (
        SELECT search_id, min(next_at) AS at FROM alert_deliveries WHERE state = 'waiting' GROUP BY search_id
        UNION ALL SELECT search_id, min(due_at) FROM alerted WHERE delivery_id IS NULL GROUP BY search_id
    )
    SELECT min(at) AS at FROM times JOIN saved_searches ON saved_searches.id = search_id
    WHERE status = 'active' AND channel = ANY(%(channels)s)
"""


class PostgresAlerts:
    """`AlertStore` over PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def save(self, search: SavedSearch, token: str | None = None) -> bool:
        """Keep a new search, unless its e-mail address has too many."""
        values = _values(search) | {"token_hash": token_hash(token) if token else None}
        async with transaction(self.pool) as connection:
            if search.channel is Channel.EMAIL and await _is_full(connection, values):
                return False
            await connection.execute(_INSERT.encode(), values)
        return True

    async def get(self, search_id: UUID) -> SavedSearch | None:
        """One search."""
        return _first(await rows(self.pool, f"{_SELECT} WHERE id = %(id)s", {"id": search_id}))

    async def by_token(self, token: str) -> SavedSearch | None:
        """The search whose e-mail or feed has this token."""
        return _first(await rows(self.pool, f"{_SELECT} WHERE token_hash = %(hash)s", {"hash": token_hash(token)}))

    async def of_owner(self, owner: str, limit: int = 100) -> list[SavedSearch]:
        """Somebody's searches, the newest first."""
        sql = f"{_SELECT} WHERE owner = %(owner)s ORDER BY created_at DESC, id LIMIT %(limit)s"
        return [_search(row) for row in await rows(self.pool, sql, {"owner": owner, "limit": limit})]

    async def change(self, search: SavedSearch, was: SavedSearch) -> None:
        """Replace what is not as it was: what others changed meanwhile stays."""
        changed = [name for name in _CHANGING if getattr(search, name) != getattr(was, name)]
        if not changed:
            return
        values = _values(search) | {"before": search.since - NEWS}
        async with transaction(self.pool) as connection:
            if "status" in changed and search.status is AlertStatus.ACTIVE:
                if search.channel is Channel.EMAIL and await _is_full(connection, values):
                    raise too_many()
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", (LEDGER_LOCK,))
                for sql in _DROP_OLD:
                    await connection.execute(sql, values)
            sets = ", ".join(f"{name} = %({name})s" for name in changed)
            await connection.execute(f"UPDATE saved_searches SET {sets} WHERE id = %(id)s".encode(), values)  # noqa: S608  (names of our own)

    async def delete(self, search_id: UUID) -> None:
        """Drop a search, its ledger and its deliveries."""
        await rows(self.pool, "DELETE FROM saved_searches WHERE id = %(id)s", {"id": search_id})

    async def may_ask(self, address: str, now: datetime, wait: timedelta) -> bool:
        """Whether an address may be asked; of several who ask at once, one may."""
        values = {"hash": token_hash(address.lower()), "now": now, "before": now - wait}
        return bool(await rows(self.pool, _MAY_ASK, values))

    async def note(self, job_ids: Collection[UUID], now: datetime) -> int:
        """Note new documents, where anybody listens."""
        return len(await rows(self.pool, _NOTE, {"jobs": sorted(set(job_ids)), "now": now})) if job_ids else 0

    async def noted(
        self, limit: int, *, until: datetime, after: tuple[datetime, UUID] | None = None
    ) -> list[NotedPosting]:
        """Postings noted and not settled, the earliest first."""
        at, job = after or (None, None)
        found = await rows(self.pool, _NOTED, {"limit": limit, "until": until, "at": at, "job": job})
        return [NotedPosting.model_validate(row) for row in found]

    async def settle(self, noted: Sequence[NotedPosting]) -> None:
        """Mark them, and forget those that were settled long ago."""
        if not noted:
            return
        ordered = sorted(noted, key=lambda posting: posting.job_id)
        ats = [posting.noted_at for posting in ordered]
        await rows(self.pool, _SETTLE, {"jobs": [posting.job_id for posting in ordered], "ats": ats})
        await rows(self.pool, _FORGET, {"ats": ats, "kept": KEPT_NOTES})

    async def active(self, limit: int, after: UUID | None = None) -> list[SavedSearch]:
        """Active searches by id."""
        sql = (
            f"{_SELECT} WHERE status = 'active' AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid)"
            " ORDER BY id LIMIT %(limit)s"
        )
        return [_search(row) for row in await rows(self.pool, sql, {"after": after, "limit": limit})]

    async def claim(self, claims: Sequence[Claim], now: datetime) -> int:
        """Write the ledger, some at a time: what is written stays, and is left out when all are tried again."""
        new = 0
        for start in range(0, len(claims), _CLAIMED_AT_ONCE):
            async with transaction(self.pool) as connection:
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", (LEDGER_LOCK,))
                await connection.execute(_BY_INDEX)
                cursor = await connection.execute(_CLAIM, _claimed(claims[start : start + _CLAIMED_AT_ONCE], now))
                new += len(await cursor.fetchall())
        return new

    async def alerts(self, search_id: UUID, limit: int = 100) -> list[Alert]:
        """What a search was alerted of, the last first."""
        return [Alert.model_validate(row) for row in await rows(self.pool, _ALERTS, {"id": search_id, "limit": limit})]

    async def batch(self, now: datetime, limit: int) -> int:
        """Make deliveries, in one transaction: no posting is in two, and none in none."""
        async with transaction(self.pool) as connection:
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", (LEDGER_LOCK,))
            await connection.execute(_BY_INDEX)
            pending = await (await connection.execute(_PENDING, {"now": now, "limit": limit})).fetchall()
            if pending:
                searches = [row["search_id"] for row in pending]
                await connection.execute(_DELIVERY, {"searches": searches, "now": now, "most": ONE_DELIVERY})
        return len(pending)

    async def take(
        self, channels: Collection[Channel], *, now: datetime, limit: int, lease: timedelta
    ) -> list[Delivery]:
        """Take deliveries; several may take at once and none gets another's."""
        values = {"channels": [str(channel) for channel in channels], "now": now, "limit": limit, "lost": now + lease}
        taken = await rows(self.pool, _TAKE, values)
        ids = [row["id"] for row in taken]
        postings: dict[UUID, list[AlertPosting]] = {delivery: [] for delivery in ids}
        for row in await rows(self.pool, _OF_DELIVERIES, {"ids": ids}):
            postings[row["delivery_id"]].append(AlertPosting.model_validate(row["posting"]))
        found = await rows(
            self.pool, f"{_SELECT} WHERE id = ANY(%(ids)s)", {"ids": [row["search_id"] for row in taken]}
        )
        searches = {row["id"]: _search(row) for row in found}
        return [
            Delivery(
                id=row["id"],
                search=searches[row["search_id"]],
                postings=tuple(postings[row["id"]]),
                attempts=row["attempts"],
                created_at=row["created_at"],
            )
            for row in taken
            if row["search_id"] in searches  # deleted meanwhile
        ]

    async def delivered(self, delivery: Delivery, now: datetime) -> None:
        """It arrived."""
        await rows(self.pool, _DELIVERED, {"id": delivery.id, "now": now})

    async def failed(
        self, delivery: Delivery, error: str, *, now: datetime, again_at: datetime | None, disable: bool = False
    ) -> None:
        """It did not arrive."""
        values = {"id": delivery.id, "error": error[:500], "now": now, "again_at": again_at, "disable": disable}
        await rows(self.pool, _FAILED, values)

    async def next_try(self, channels: Collection[Channel]) -> datetime | None:
        """When something is to be done next."""
        (row,) = await rows(self.pool, _NEXT_TRY, {"channels": [str(channel) for channel in channels]})
        at: datetime | None = row["at"]
        return at

    async def disable_of(self, owners: Collection[str], why: str) -> None:
        """Switch them off."""
        sql = (
            "UPDATE saved_searches SET status = 'disabled', failure = %(why)s"
            " WHERE status = 'active' AND owner = ANY(%(owners)s)"
        )
        await rows(self.pool, sql, {"owners": list(owners), "why": why})

    async def prune(self, now: datetime) -> None:
        """Forget who never agreed."""
        sql = "DELETE FROM saved_searches WHERE status = 'unconfirmed' AND created_at < %(before)s"
        await rows(self.pool, sql, {"before": now - UNCONFIRMED_KEPT})
        await rows(self.pool, "DELETE FROM alert_questions WHERE asked_at < %(before)s", {"before": now - ASKED_KEPT})


async def _is_full(connection: AsyncConnection[DictRow], values: dict[str, Any]) -> bool:
    """Whether its address has all the others that it may have; until the transaction ends nobody adds one."""
    await connection.execute(_LOCK_ADDRESS, values)
    counted = await (await connection.execute(_OF_ADDRESS, values)).fetchone()
    return counted is not None and counted["searches"] >= MOST_ACTIVE


def _values(search: SavedSearch) -> dict[str, Any]:
    return search.model_dump(exclude={"query"}) | {
        "query": Jsonb(search.query.model_dump(mode="json", exclude_defaults=True))
    }


def _first(found: Sequence[DictRow]) -> SavedSearch | None:
    return _search(found[0]) if found else None


def _search(row: DictRow) -> SavedSearch:
    return SavedSearch.model_validate(row)


def _claimed(claims: Sequence[Claim], now: datetime) -> dict[str, Any]:
    documents = {claim.posting.id: Jsonb(claim.posting.model_dump(mode="json")) for claim in claims}
    known = sorted({(claim.search_id, job_id) for claim in claims for job_id in (claim.posting.id, *claim.mates)})
    return {
        "searches": [claim.search_id for claim in claims],
        "jobs": [claim.posting.id for claim in claims],
        "clusters": [claim.cluster for claim in claims],
        "families": [claim.advert.family for claim in claims],
        "sketches": [f"{int.from_bytes(claim.advert.text):0{SKETCH_BITS}b}" for claim in claims],
        "same_text": SAME_TEXT,
        "due": [claim.due_at for claim in claims],
        "postings": [documents[claim.posting.id] for claim in claims],
        "mates": ["{" + ",".join(map(str, {claim.posting.id, claim.cluster, *claim.mates})) + "}" for claim in claims],
        "known_by": [search_id for search_id, _ in known],
        "known": [job_id for _, job_id in known],
        "now": now,
        "rested": now - REST,
    }
