"""How many requests go out at once, and which hosts are left in peace."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from quiethire.domain.errors import Blocked, QuietHireError, Throttled

BLOCKED_REST = 600.0
"""Seconds a host rests after it refused us."""


@dataclass
class _Host:
    slots: asyncio.Semaphore
    users: int = 0
    rest_until: float = field(default=0.0)
    """On the monotonic clock."""
    refusal: QuietHireError | None = None


class Politeness:
    """Slots for requests: so many at once in all, and so many to one host. A host that asked for it rests."""

    def __init__(self, *, everywhere: int, per_host: int) -> None:
        self._everywhere = asyncio.Semaphore(everywhere)
        self._per_host = per_host
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        """Wait for a free slot. Raises Throttled or Blocked, without waiting, while the host rests.

        A Throttled or Blocked that leaves the block lays the host to rest.
        """
        state = self._hosts.setdefault(host, _Host(asyncio.Semaphore(self._per_host)))
        state.users += 1
        try:
            _check_rest(host, state)
            # The host first: those that wait for a slow host must not hold slots that others could use.
            async with state.slots, self._everywhere:
                _check_rest(host, state)
                try:
                    yield
                except (Throttled, Blocked) as refusal:
                    rest = refusal.retry_after if isinstance(refusal, Throttled) else BLOCKED_REST
                    state.rest_until = max(state.rest_until, time.monotonic() + rest)
                    state.refusal = refusal
                    raise
        finally:
            state.users -= 1
            self._forget_idle()

    def _forget_idle(self) -> None:
        """Keep the table as small as what it must remember."""
        if len(self._hosts) > 1_000:
            now = time.monotonic()
            self._hosts = {name: state for name, state in self._hosts.items() if state.users or state.rest_until > now}


def _check_rest(host: str, state: _Host) -> None:
    left = state.rest_until - time.monotonic()
    if left <= 0 or state.refusal is None:
        return
    if isinstance(state.refusal, Throttled):
        raise Throttled("asked us to wait", where=host, retry_after=left)
    raise Blocked(f"refused us; left alone for {left:.0f} s more", where=host)
