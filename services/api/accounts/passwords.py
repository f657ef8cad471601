"""Passwords: argon2id, a few at a time, since each one takes memory."""

import asyncio
import secrets
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from quiethire.domain.errors import Throttled
from quiethire.settings import Settings

SHORTEST, LONGEST = 12, 128
"""Characters. What is longer than any password would only cost time."""

AT_ONCE = 2
_MOST_WAITING = 40
"""Further ones are told to come again: they would wait for longer than anybody does."""


class Passwords:
    """Hashes of passwords by the costs of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._hasher = PasswordHasher(settings.password_passes, settings.password_memory, parallelism=1)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobodys: str | None = None

    async def hashed(self, password: str) -> str:
        """What is kept of a password, with its salt and costs."""
        async with self._turn():
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether this is the password that was kept. Where none was, it takes as long and is not."""
        if self._nobodys is None:
            self._nobodys = await self.hashed(secrets.token_urlsafe(24))
        async with self._turn():
            return await asyncio.to_thread(self._fits, _normal(password), kept)

    def is_stale(self, kept: str) -> bool:
        """Whether it was hashed at other costs than those of the settings."""
        return self._hasher.check_needs_rehash(kept)

    def _fits(self, password: str, kept: str | None) -> bool:
        try:
            self._hasher.verify(kept or self._nobodys or "", password)
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Raises Throttled where too many wait."""
        if self._waiting >= _MOST_WAITING:
            raise Throttled("too many sign in at once", retry_after=2, where="passwords", kind="busy")
        self._waiting += 1
        try:
            async with self._slots:
                yield
        finally:
            self._waiting -= 1


def _normal(password: str) -> str:
    """One form for what keyboards write in several (NFKC, as NIST SP 800-63B advises)."""
    return unicodedata.normalize("NFKC", password)
