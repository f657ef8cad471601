"""API keys, in PostgreSQL."""

from datetime import datetime, timedelta

from quiethire.domain.access import ApiKey, KeyUse
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.storage.postgres.connection import WHERE, Pool, rows, transaction

_ALL = "SELECT * FROM api_keys ORDER BY created_at, prefix"
_ADD = """
    INSERT INTO api_keys (prefix, name, scopes, created_at, expires_at, rotated_at, revoked_at, last_used_at)
    VALUES (%(prefix)s, %(name)s, %(scopes)s, %(created_at)s, %(expires_at)s, %(rotated_at)s, %(revoked_at)s,
        %(last_used_at)s)
    ON CONFLICT (prefix) DO NOTHING RETURNING prefix
"""
_ADD_SECRET = "INSERT INTO api_key_secrets (digest, prefix) VALUES (%(digest)s, %(prefix)s) ON CONFLICT DO NOTHING"  # noqa: S105 - a statement
_BY_DIGEST = """
    SELECT api_keys.*, valid_until FROM api_key_secrets JOIN api_keys USING (prefix) WHERE digest = %(digest)s
"""
_ROTATE = "UPDATE api_keys SET rotated_at = %(now)s WHERE prefix = %(prefix)s AND revoked_at IS NULL RETURNING *"
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
        """Add a key with its secret, in one transaction."""
        values = key.model_dump() | {"scopes": [scope.value for scope in key.scopes]}
        async with transaction(self.pool) as connection:
            added = await (await connection.execute(_ADD, values)).fetchone()
            if added is not None:
                await connection.execute(_ADD_SECRET, {"digest": digest, "prefix": key.prefix})

    async def all(self) -> list[ApiKey]:
        """All keys, the oldest first."""
        found = await rows(self.pool, _ALL, {})
        return [ApiKey.model_validate(row) for row in found]

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
