"""API keys in memory: the twin for tests."""

from datetime import datetime, timedelta

from quiethire.domain.access import ApiKey, KeyUse
from quiethire.domain.errors import Gone, InvalidInput


class MemoryApiKeys:
    """`ApiKeyStore` in memory."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}
        self._secrets: dict[bytes, tuple[str, datetime | None]] = {}

    async def add(self, key: ApiKey, digest: bytes) -> None:
        """Add a key; one of this prefix that is there stays as it is."""
        if key.prefix not in self._keys:
            self._keys[key.prefix] = key
            self._secrets[digest] = (key.prefix, None)

    async def all(self) -> list[ApiKey]:
        """All keys, the oldest first."""
        return sorted(self._keys.values(), key=lambda key: (key.created_at, key.prefix))

    async def by_digest(self, digest: bytes) -> KeyUse | None:
        """The key that has this secret."""
        if digest not in self._secrets:
            return None
        prefix, until = self._secrets[digest]
        return KeyUse(key=self._keys[prefix], secret_until=until)

    async def rotate(self, prefix: str, digest: bytes, *, now: datetime, grace: timedelta) -> ApiKey:
        """Give it a new secret."""
        if prefix not in self._keys or self._keys[prefix].revoked_at is not None:
            raise Gone(f"no key {prefix} that could be rotated", where="memory")
        if self._keys[prefix].has_expired(now):
            raise InvalidInput("the key has expired", where="memory", hint="make a new one", kind="expired")
        for other, (owner, until) in self._secrets.items():
            if owner == prefix and other != digest:
                self._secrets[other] = (prefix, min(filter(None, (until, now + grace))))
        self._secrets.setdefault(digest, (prefix, None))
        return self._update(prefix, rotated_at=now)

    async def revoke(self, prefix: str, now: datetime) -> ApiKey:
        """Nothing of it is good any more."""
        if prefix not in self._keys:
            raise Gone(f"no key {prefix}", where="memory")
        return self._update(prefix, revoked_at=self._keys[prefix].revoked_at or now)

    async def used(self, prefix: str, now: datetime) -> None:
        """It was used."""
        if prefix in self._keys:
            self._update(prefix, last_used_at=max(filter(None, (self._keys[prefix].last_used_at, now))))

    def _update(self, prefix: str, **changes: datetime) -> ApiKey:
        self._keys[prefix] = self._keys[prefix].model_copy(update=changes)
        return self._keys[prefix]
