"""The states of hosts in this process: all there is without Redis, and what is gone by when Redis is out of reach."""

import time
from dataclasses import dataclass, field
from typing import Literal

from quiethire.domain.ports import HostRefusal, Turn

MAX_HOSTS = 10_000
"""States that are kept; those that still hold somebody back stay."""
IDLE = 3_600.0
"""Seconds after which a host is forgotten that holds nobody back: so long are refusals counted in a row."""

_NEVER = float("-inf")


@dataclass
class _Host:
    last: float = _NEVER
    """When the last request ended, on the monotonic clock as all here."""
    delay: float = 0.0
    rest: float = _NEVER
    kind: Literal["throttled", "blocked"] | None = None
    refusals: int = 0
    leases: dict[str, float] = field(default_factory=dict)
    """Token → until when."""

    def remembered_until(self) -> float:
        return max(self.rest, self.last + self.delay, *self.leases.values(), _NEVER)


class OwnHosts:
    """`HostStates` in a dictionary."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    async def enter(self, host: str, token: str, *, slots: int, lease: float, pause: float) -> Turn:
        """Take one of the host's slots."""
        now = time.monotonic()
        state = self._hosts.setdefault(host, _Host())
        state.leases = {name: until for name, until in state.leases.items() if until > now}
        delay = max(state.delay, pause)
        if state.rest > now:
            return Turn(granted=False, wait=state.rest - now, rest=state.kind)
        if state.last + delay > now:
            return Turn(granted=False, wait=state.last + delay - now)
        if len(state.leases) >= slots:
            return Turn(granted=False, wait=min(delay, min(state.leases.values()) - now))
        state.leases[token] = now + lease
        return Turn(granted=True)

    async def leave(self, host: str, token: str, *, delay: float, refusal: HostRefusal | None = None) -> float:
        """Give the slot back."""
        now = time.monotonic()
        state = self._hosts.setdefault(host, _Host())
        state.leases.pop(token, None)
        state.last, state.delay = now, delay
        if refusal is None:
            state.refusals = 0
        else:
            rest = refusal.asked or min(refusal.first * 2 ** min(state.refusals, 30), refusal.longest)
            state.refusals += 1
            state.rest, state.kind = max(state.rest, now + rest), refusal.kind
        self._forget(now)
        return max(state.rest - now, 0.0)

    def adopt(self, host: str, turn: Turn) -> None:
        """Remember a rest that others know of."""
        state = self._hosts.setdefault(host, _Host())
        state.rest, state.kind = max(state.rest, time.monotonic() + turn.wait), turn.rest

    def withdraw(self, host: str, token: str) -> None:
        """Give a slot back that was not used."""
        if (state := self._hosts.get(host)) is not None:
            state.leases.pop(token, None)

    def _forget(self, now: float) -> None:
        """Keep the table as small as what it must remember."""
        if len(self._hosts) > MAX_HOSTS:
            self._hosts = {name: host for name, host in self._hosts.items() if host.remembered_until() + IDLE > now}
        if len(self._hosts) > MAX_HOSTS:  # an hour may see more hosts than that
            self._hosts = {name: host for name, host in self._hosts.items() if host.remembered_until() > now}
