"""The cache in memory: the twin for tests."""

import time
from datetime import timedelta

from quiethire.domain.gate import Allowance, Entered, KeptAnswer, Lease, OwnLimits
from quiethire.domain.search import INDEX_GENERATION_KEY
from quiethire.storage.redis.memory_telling import MemoryTelling


class MemoryCache(MemoryTelling):
    """Cache in a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self._values: dict[str, tuple[float, bytes]] = {}
        self._limits = OwnLimits()

    async def get(self, key: str) -> bytes | None:
        """A cached value."""
        expires, value = self._values.get(key, (0.0, b""))
        return value if expires > time.monotonic() else None

    async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
        """Keep a value for a while."""
        self._values[key] = (time.monotonic() + ttl.total_seconds(), value)

    async def set_new(self, key: str, value: bytes, ttl: timedelta) -> bytes | None:
        """Keep a value where there is none, else tell that one."""
        held = await self.get(key)
        if held is None:
            await self.set(key, value, ttl)
        return held

    async def drop(self, key: str) -> None:
        """Keep it no longer."""
        self._values.pop(key, None)

    async def enter(
        self, allowance: Allowance | None, answer: str | None = None, lease: Lease | None = None
    ) -> Entered:
        """Take one request from the allowance, look the answer up, and take the lead in finding it."""
        generation = await self._generation()
        kept = await self._kept(answer, generation) if answer is not None else None
        leads = (
            kept is None and lease is not None and answer is not None and await self._lead(answer, generation, lease)
        )
        return Entered(
            None if allowance is None else self._limits.take(allowance, time.monotonic()), generation, kept, leads
        )

    async def _lead(self, answer: str, generation: bytes, lease: Lease) -> bool:
        key = f"{answer}:lease"
        held = await self.get(key)
        if held is not None and held.startswith(generation + b"\n"):
            return False
        await self.set(key, generation + b"\n" + lease.holder.encode(), lease.ttl)
        return True

    async def keep(
        self, answer: str, generation: bytes, kept: KeptAnswer, ttl: timedelta, holder: str | None = None
    ) -> None:
        """Keep an answer, and end this holder's lead."""
        await self.set(answer, b"\n".join((generation, *kept)), ttl)
        if holder is not None:
            await self.let_go(answer, generation, holder)

    async def let_go(self, answer: str, generation: bytes, holder: str) -> None:
        """End one's own lead."""
        key = f"{answer}:lease"
        if await self.get(key) == generation + b"\n" + holder.encode():
            self._values.pop(key)

    async def _generation(self) -> bytes:
        generation = await self.get(INDEX_GENERATION_KEY)
        if generation is None:
            generation = f"lost at {time.monotonic_ns()}".encode()
            await self.set(INDEX_GENERATION_KEY, generation, timedelta(days=1))
        return generation

    async def _kept(self, answer: str, generation: bytes) -> KeptAnswer | None:
        of, _, rest = (await self.get(answer) or b"").partition(b"\n")
        etag, _, body = rest.partition(b"\n")
        return KeptAnswer(etag, body) if of == generation else None
