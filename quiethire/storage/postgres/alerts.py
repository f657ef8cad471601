"""Saved searches, the ledger of their alerts, and deliveries, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from quiethire.domain.alerts import (
    ASKED_KEPT,
    KEPT_NOTES,
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
from quiethire.storage.postgres import alert_statements as statements
from quiethire.storage.postgres.connection import Pool, dropped, rows, transaction
from quiethire.storage.postgres.person_keys import Connection
from quiethire.storage.postgres.sealed_searches import SEALED, SearchSeals
from quiethire.storage.postgres.sealing import MasterKeys

LEDGER_LOCK = 7_310_581_049
"""The advisory lock of those who write the ledger: two who claimed one job at once would not see each other's rows."""
_CLAIMED_AT_ONCE = 1_000
_SEALED_AT_ONCE = 500


class PostgresAlerts:
    """`AlertStore` over PostgreSQL."""

    def __init__(self, pool: Pool, masters: MasterKeys) -> None:
        self.pool = pool
        self._seals = SearchSeals(masters)

    async def save(self, search: SavedSearch, token: str | None = None) -> bool:
        """Keep a new search, unless its e-mail address has too many."""
        values = _values(search) | {"token_hash": token_hash(token) if token else None}
        async with transaction(self.pool) as connection:
            if search.channel is Channel.EMAIL and await self._is_full(connection, search):
                return False
            await self._seals.add(connection, search, values)
        return True

    async def _is_full(self, connection: Connection, search: SavedSearch) -> bool:
        """Whether its address has all the others that it may have; until the transaction ends nobody adds one."""
        address = search.address or ""
        values = {"id": search.id, "address": address, "prints": self._seals.prints(address)}
        await connection.execute(statements.LOCK_ADDRESS, values)
        counted = await (await connection.execute(statements.OF_ADDRESS, values)).fetchone()
        return counted is not None and counted["searches"] >= MOST_ACTIVE

    async def _one(self, condition: str, parameters: dict[str, Any]) -> SavedSearch | None:
        found = await rows(self.pool, f"{statements.SELECT} WHERE {condition}", parameters)
        return self._seals.opened(found[0]) if found else None

    async def _some(self, condition: str, parameters: dict[str, Any]) -> list[SavedSearch]:
        found = await rows(self.pool, f"{statements.SELECT} WHERE {condition}", parameters)
        return [search for _, search in self._seals.openable(found)]

    async def get(self, search_id: UUID) -> SavedSearch | None:
        """One search."""
        return await self._one("id = %(id)s", {"id": search_id})

    async def by_token(self, token: str) -> SavedSearch | None:
        """The search whose e-mail or feed has this token."""
        return await self._one("token_hash = %(hash)s", {"hash": token_hash(token)})

    async def of_owner(self, owner: str, limit: int = 100) -> list[SavedSearch]:
        """Somebody's searches, the newest first."""
        condition = "owner = %(owner)s ORDER BY created_at DESC, id LIMIT %(limit)s"
        return await self._some(condition, {"owner": owner, "limit": limit})

    async def change(self, search: SavedSearch, was: SavedSearch) -> None:
        """Replace what is not as it was: what others changed meanwhile stays."""
        changed = [name for name in statements.CHANGING if getattr(search, name) != getattr(was, name)]
        if not changed:
            return
        values = _values(search) | {"before": search.since - NEWS}
        async with transaction(self.pool) as connection:
            if "status" in changed and search.status is AlertStatus.ACTIVE:
                if search.channel is Channel.EMAIL and await self._is_full(connection, search):
                    raise too_many()
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", (LEDGER_LOCK,))
                for sql in statements.DROP_OLD:
                    await connection.execute(sql, values)
            if secrets := {name: getattr(search, name) for name in changed if name in SEALED}:
                await connection.execute(statements.HOLD, values)
                await self._seals.change(connection, search.id, secrets)
            if sets := ", ".join(f"{name} = %({name})s" for name in changed if name not in SEALED):
                await connection.execute(f"UPDATE saved_searches SET {sets} WHERE id = %(id)s".encode(), values)  # noqa: S608  (names of our own)

    async def delete(self, search_id: UUID) -> None:
        """Drop a search, its ledger and its deliveries."""
        await self._drop(search_id)

    async def _drop(self, search_id: UUID) -> bool:
        """Drop a search; whether it was there, and no daily mail: that one's key is its person's."""
        found = await rows(self.pool, statements.DELETE, {"id": search_id})
        return any(row["is_own"] for row in found)

    async def delete_of(self, owner: str) -> None:
        """Drop all searches of somebody so."""
        await rows(self.pool, "DELETE FROM saved_searches WHERE owner = %(owner)s", {"owner": owner})

    async def may_ask(self, address: str, now: datetime, wait: timedelta) -> bool:
        """Whether an address may be asked; of several who ask at once, one may."""
        values = {"hash": self._seals.question(address), "now": now, "before": now - wait}
        return bool(await rows(self.pool, statements.MAY_ASK, values))

    async def note(self, job_ids: Collection[UUID], now: datetime) -> int:
        """Note new documents: settled where nobody listens, for whoever saves a search later is not told of them."""
        noted = await rows(self.pool, statements.NOTE, {"jobs": sorted(set(job_ids)), "now": now})
        return sum(not row["settled"] for row in noted)

    async def noted(
        self, limit: int, *, until: datetime, after: tuple[datetime, UUID] | None = None
    ) -> list[NotedPosting]:
        """Postings noted and not settled, the earliest first."""
        at, job = after or (None, None)
        found = await rows(self.pool, statements.NOTED, {"limit": limit, "until": until, "at": at, "job": job})
        return [NotedPosting.model_validate(row) for row in found]

    async def settle(self, noted: Sequence[NotedPosting]) -> None:
        """Mark them."""
        if not noted:
            return
        ordered = sorted(noted, key=lambda posting: posting.job_id)
        values = {"jobs": [each.job_id for each in ordered], "ats": [each.noted_at for each in ordered]}
        await rows(self.pool, statements.SETTLE, values)

    async def asking(self, limit: int, after: UUID | None = None) -> list[SavedSearch]:
        """Active searches by id, without digests."""
        # The condition is that of an index, word for word.
        condition = (
            "status = 'active' AND NOT starts_with(owner, 'candidate:')"
            " AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid) ORDER BY id LIMIT %(limit)s"
        )
        return await self._some(condition, {"after": after, "limit": limit})

    async def claim(self, claims: Sequence[Claim], now: datetime) -> int:
        """Write the ledger, some at a time: what is written stays, and is left out when all are tried again."""
        new = 0
        for start in range(0, len(claims), _CLAIMED_AT_ONCE):
            async with transaction(self.pool) as connection:
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", (LEDGER_LOCK,))
                await connection.execute(statements.BY_INDEX)
                cursor = await connection.execute(
                    statements.CLAIM, _claimed(claims[start : start + _CLAIMED_AT_ONCE], now)
                )
                new += len(await cursor.fetchall())
        return new

    async def alerts(self, search_id: UUID, limit: int = 100, *, waiting: bool = False) -> list[Alert]:
        """What a search was alerted of, the last first."""
        values = {"id": search_id, "limit": limit, "waiting": waiting}
        return [Alert.model_validate(row) for row in await rows(self.pool, statements.ALERTS, values)]

    async def batch(self, now: datetime, limit: int) -> int:
        """Make deliveries, in one transaction: no posting is in two, and none in none."""
        async with transaction(self.pool) as connection:
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", (LEDGER_LOCK,))
            await connection.execute(statements.BY_INDEX)
            pending = await (await connection.execute(statements.PENDING, {"now": now, "limit": limit})).fetchall()
            if pending:
                searches = [row["search_id"] for row in pending]
                await connection.execute(statements.DELIVERY, {"searches": searches, "now": now, "most": ONE_DELIVERY})
        return len(pending)

    async def take(
        self, channels: Collection[Channel], *, now: datetime, limit: int, lease: timedelta
    ) -> list[Delivery]:
        """Take deliveries; several may take at once and none gets another's."""
        values = {"channels": [str(channel) for channel in channels], "now": now, "limit": limit, "lost": now + lease}
        async with transaction(self.pool) as connection:
            await connection.execute(statements.OPENS)
            taken = await (await connection.execute(statements.TAKE, values)).fetchall()
        ids = [row["id"] for row in taken]
        postings: dict[UUID, list[AlertPosting]] = {delivery: [] for delivery in ids}
        for row in await rows(self.pool, statements.OF_DELIVERIES, {"ids": ids}):
            postings[row["delivery_id"]].append(AlertPosting.model_validate(row["posting"]))
        found = await self._some("id = ANY(%(ids)s::uuid[])", {"ids": [row["search_id"] for row in taken]})
        searches = {search.id: search for search in found}
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
        await rows(self.pool, statements.DELIVERED, {"id": delivery.id, "now": now})

    async def failed(
        self, delivery: Delivery, error: str, *, now: datetime, again_at: datetime | None, disable: bool = False
    ) -> None:
        """It did not arrive."""
        values = {"id": delivery.id, "error": error[:500], "now": now, "again_at": again_at, "disable": disable}
        await rows(self.pool, statements.FAILED, values)

    async def next_try(self, channels: Collection[Channel]) -> datetime | None:
        """When something is to be done next."""
        (row,) = await rows(self.pool, statements.NEXT_TRY, {"channels": [str(channel) for channel in channels]})
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
        """Forget who never agreed, and postings that were settled long ago, and seal what the release before wrote, some at a time."""
        await dropped(self.pool, statements.FORGET_UNCONFIRMED, {"before": now - UNCONFIRMED_KEPT})
        await dropped(self.pool, statements.FORGET_NOTED, {"before": now - KEPT_NOTES})
        await dropped(self.pool, statements.FORGET_ASKED, {"before": now - ASKED_KEPT})
        # Without a master key alerts of before go on as they are.
        while self._seals.masters and await self._seal_some():
            pass

    async def _seal_some(self) -> bool:
        """Seal some of what stands in clear; whether there may be more. A row that somebody holds is left to the next run."""
        async with transaction(self.pool) as connection:
            held = await (await connection.execute(statements.HOLD_CLEAR, {"most": _SEALED_AT_ONCE})).fetchall()
            return bool(await self._seals.seal(connection, [row["id"] for row in held]))

    async def reprint(self) -> None:
        """Let the searches of every address be counted by the current master key, a thousand after the other."""
        after = UUID(int=0)
        condition = "print IS NOT NULL AND id > %(after)s ORDER BY id LIMIT 1000"
        while found := await self._some(condition, {"after": after}):
            prints = [self._seals.prints(search.address or "")[0] for search in found]
            await rows(self.pool, statements.REPRINT, {"ids": [search.id for search in found], "prints": prints})
            after = found[-1].id


def _values(search: SavedSearch) -> dict[str, Any]:
    return search.model_dump(exclude={"query"}) | {
        "query": Jsonb(search.query.model_dump(mode="json", exclude_defaults=True))
    }


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
