"""API keys in memory: the twin for tests."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from quiethire.domain.access import ApiKey, KeyUse
from quiethire.domain.errors import Gone, InvalidInput


class MemoryApiKeys:
    """`ApiKeyStore` in memory."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}
        self._secrets: dict[bytes, tuple[str, datetime | None]] = {}

    async def add(self, key: ApiKey, digest: bytes) -> None:
        """Add a key, and drop those of its candidate that have ended; one of this prefix that is there stays as it is."""
        if key.candidate_id is not None:
            self._drop({each.prefix for each in self._of(key.candidate_id) if _has_ended(each, key.created_at)})
        if key.prefix not in self._keys:
            self._keys[key.prefix] = key
            self._secrets[digest] = (key.prefix, None)

    async def issued(self) -> list[ApiKey]:
        """Keys that operators made, the oldest first."""
        return self._of(None)

    async def ended(self, now: datetime) -> list[ApiKey]:
        """Those of them that were revoked or have expired, the oldest first."""
        return [key for key in self._of(None) if _has_ended(key, now)]

    async def get(self, prefix: str) -> ApiKey | None:
        """The key of this prefix."""
        return self._keys.get(prefix)

    async def of_candidate(self, candidate_id: UUID) -> list[ApiKey]:
        """Those that speak for this candidate, the oldest first."""
        return self._of(candidate_id)

    async def drop_of_candidate(self, candidate_id: UUID) -> None:
        """Nothing is left of the keys that speak for this candidate."""
        self._drop({key.prefix for key in self._of(candidate_id)})

    async def drop_ended(self, now: datetime) -> int:
        """Drop the keys that spoke for somebody and have ended."""
        ended = {key.prefix for key in self._keys.values() if key.candidate_id is not None and _has_ended(key, now)}
        self._drop(ended)
        return len(ended)

    async def used_since(self, candidate_ids: Collection[UUID], moment: datetime) -> set[UUID]:
        """Those of these for whom a key was made or used at or after this moment."""
        return {
            key.candidate_id
            for key in self._keys.values()
            if key.candidate_id in set(candidate_ids)
            and max(filter(None, (key.created_at, key.last_used_at))) >= moment
        }

    async def by_digest(self, digest: bytes) -> KeyUse | None:
        """The key that has this secret."""
        if digest not in self._secrets:
            return None
        prefix, until = self._secrets[digest]
        return KeyUse(key=self._keys[prefix], secret_until=until)

    async def rotate(self, prefix: str, digest: bytes, *, now: datetime, grace: timedelta) -> ApiKey:
        """Give it a new secret."""
        key = self._keys.get(prefix)
        if key is None or key.revoked_at is not None or key.candidate_id is not None:
            raise Gone(f"no key {prefix} that could be rotated", where="memory")
        if key.has_expired(now):
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

    def _drop(self, prefixes: set[str]) -> None:
        self._secrets = {digest: kept for digest, kept in self._secrets.items() if kept[0] not in prefixes}
        self._keys = {prefix: key for prefix, key in self._keys.items() if prefix not in prefixes}

    def _of(self, candidate_id: UUID | None) -> list[ApiKey]:
        found = [key for key in self._keys.values() if key.candidate_id == candidate_id]
        return sorted(found, key=lambda key: (key.created_at, key.prefix))

    def _update(self, prefix: str, **changes: datetime) -> ApiKey:
        self._keys[prefix] = self._keys[prefix].model_copy(update=changes)
        return self._keys[prefix]


def _has_ended(key: ApiKey, now: datetime) -> bool:
    return key.revoked_at is not None or key.has_expired(now)
