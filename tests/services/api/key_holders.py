"""Keys that are in the store, and how they are sent."""

from datetime import UTC, datetime

from quiethire.clients import Clients
from quiethire.domain.access import ApiKey, Scope, digest_of, new_prefix, new_secret


async def made(clients: Clients, *scopes: Scope, **changes: object) -> str:
    """A key that is in the store."""
    fields = {"prefix": new_prefix(), "name": "a test's", "scopes": scopes, "created_at": datetime.now(UTC), **changes}
    key = ApiKey.model_validate(fields)
    secret = new_secret(key.prefix)
    await clients.keys.add(key, digest_of(secret))
    return secret


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
