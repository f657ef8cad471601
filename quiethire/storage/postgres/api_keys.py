"""API keys, in PostgreSQL."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

from quiethire.domain.access import ApiKey, KeyUse
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.storage.postgres.connection import WHERE, Pool, dropped, rows, transaction

_ISSUED = "SELECT * FROM api_keys WHERE candidate_id IS NULL ORDER BY created_at, prefix"
_ENDED = """
    SELECT * FROM api_keys WHERE candidate_id IS NULL AND (revoked_at IS NOT NULL OR expires_at <= %(now)s)
    ORDER BY created_at, prefix
"""
_GET = "SELECT * FROM api_keys WHERE prefix = %(prefix)s"
_OF_CANDIDATE = "SELECT * FROM api_keys WHERE candidate_id = %(candidate)s ORDER BY created_at, prefix"
_DROP_OF_CANDIDATE = "DELETE FROM api_keys WHERE candidate_id = %(candidate)s"
_DROP_OLD = """
    DELETE FROM api_keys WHERE prefix IN (
        SELECT prefix FROM api_keys WHERE candidate_id IS NOT NULL AND (revoked_at <= %(now)s OR expires_at <= %(now)s)
        LIMIT %(most)s
    ) RETURNING prefix
"""
_USED_SINCE = """
    SELECT DISTINCT candidate_id FROM api_keys
    WHERE candidate_id = ANY(%(people)s::uuid[]) AND GREATEST(created_at, last_used_at) >= %(moment)s
"""
_ADD = """
    INSERT INTO api_keys (prefix, name, candidate_id, scopes, created_at, expires_at, rotated_at, revoked_at,
        last_used_at)
    VALUES (%(prefix)s, %(name)s, %(candidate_id)s, %(scopes)s, %(created_at)s, %(expires_at)s, %(rotated_at)s,
        %(revoked_at)s, %(last_used_at)s)
    ON CONFLICT (prefix) DO NOTHING RETURNING prefix
"""
_DROP_ENDED = """
    DELETE FROM api_keys
    WHERE candidate_id = %(candidate_id)s AND (revoked_at <= %(created_at)s OR expires_at <= %(created_at)s)
"""
_ADD_SECRET = "INSERT INTO api_key_secrets (digest, prefix) VALUES (%(digest)s, %(prefix)s) ON CONFLICT DO NOTHING"  # noqa: S105 - a statement
_BY_DIGEST = """
    SELECT api_keys.*, valid_until FROM api_key_secrets JOIN api_keys USING (prefix) WHERE digest = %(digest)s
"""
_ROTATE = """
    UPDATE api_keys SET rotated_at = %(now)s
    WHERE prefix = %(prefix)s AND revoked_at IS NULL AND candidate_id IS NULL RETURNING *
"""
_LET_RUN_OUT = """
    UPDATE api_key_secrets SET valid_until = LEAST(valid_until, %(until)s)
    WHERE prefix = %(prefix)s AND digest <> %(digest)s
"""
_REVOKE = "UPDATE api_keys SET revoked_at = COALESCE(revoked_at, %(now)s) WHERE prefix = %(prefix)s RETURNING *"
_USED = "UPDATE api_keys SET last_used_at = GREATEST(last_used_at, %(now)s) WHERE prefix = %(prefix)s"


class PostgresApiKeys:
    """`ApiKeyStore` over PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def add(self, key: ApiKey, digest: bytes) -> None:
        """Add a key with its secret, in one transaction, and drop those of its candidate that have ended."""
        values = key.model_dump() | {"scopes": [scope.value for scope in key.scopes]}
        try:
            async with transaction(self.pool) as connection:
                await connection.execute(_DROP_ENDED, values)
                added = await (await connection.execute(_ADD, values)).fetchone()
                if added is not None:
                    await connection.execute(_ADD_SECRET, {"digest": digest, "prefix": key.prefix})
        except psycopg.errors.ForeignKeyViolation as error:
            raise Gone("there is no such candidate", where=f"{WHERE}: {key.candidate_id}") from error

    async def issued(self) -> list[ApiKey]:
        """Keys that operators made, the oldest first."""
        found = await rows(self.pool, _ISSUED, {})
        return [ApiKey.model_validate(row) for row in found]

    async def ended(self, now: datetime) -> list[ApiKey]:
        """Those of them that were revoked or have expired, the oldest first."""
        found = await rows(self.pool, _ENDED, {"now": now})
        return [ApiKey.model_validate(row) for row in found]

    async def get(self, prefix: str) -> ApiKey | None:
        """The key of this prefix."""
        found = await rows(self.pool, _GET, {"prefix": prefix})
        return ApiKey.model_validate(found[0]) if found else None

    async def of_candidate(self, candidate_id: UUID) -> list[ApiKey]:
        """Those that speak for this candidate, the oldest first."""
        found = await rows(self.pool, _OF_CANDIDATE, {"candidate": candidate_id})
        return [ApiKey.model_validate(row) for row in found]

    async def drop_of_candidate(self, candidate_id: UUID) -> None:
        """Nothing is left of the keys that speak for this candidate."""
        await rows(self.pool, _DROP_OF_CANDIDATE, {"candidate": candidate_id})

    async def drop_ended(self, now: datetime) -> int:
        """Drop the keys that spoke for somebody and have ended, some at a time."""
        return await dropped(self.pool, _DROP_OLD, {"now": now})

    async def used_since(self, candidate_ids: Collection[UUID], moment: datetime) -> set[UUID]:
        """Those of these for whom a key was made or used at or after this moment."""
        found = await rows(self.pool, _USED_SINCE, {"people": list(candidate_ids), "moment": moment})
        return {row["candidate_id"] for row in found}

    async def by_digest(self, digest: bytes) -> KeyUse | None:
        """The key that has this secret."""
        found = await rows(self.pool, _BY_DIGEST, {"digest": digest})
        if not found:
            return None
        until = found[0].pop("valid_until")
        return KeyUse(key=ApiKey.model_validate(found[0]), secret_until=until)

    async def rotate(self, prefix: str, digest: bytes, *, now: datetime, grace: timedelta) -> ApiKey:
        """Give it a new secret, in one transaction."""
        values = {"prefix": prefix, "digest": digest, "now": now, "until": now + grace}
        async with transaction(self.pool) as connection:
            row = await (await connection.execute(_ROTATE, values)).fetchone()
            if row is None:
                raise Gone(f"no key {prefix} that could be rotated", where=WHERE)
            key = ApiKey.model_validate(row)
            if key.has_expired(now):
                raise InvalidInput("the key has expired", where=WHERE, hint="make a new one", kind="expired")
            await connection.execute(_ADD_SECRET, values)
            await connection.execute(_LET_RUN_OUT, values)
        return key

    async def revoke(self, prefix: str, now: datetime) -> ApiKey:
        """Nothing of it is good any more."""
        found = await rows(self.pool, _REVOKE, {"prefix": prefix, "now": now})
        if not found:
            raise Gone(f"no key {prefix}", where=WHERE)
        return ApiKey.model_validate(found[0])

    async def used(self, prefix: str, now: datetime) -> None:
        """It was used."""
        await rows(self.pool, _USED, {"prefix": prefix, "now": now})
