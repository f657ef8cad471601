"""The states of hosts in this process: all there is without Redis, and what is gone by when Redis is out of reach."""

import time
from dataclasses import dataclass, field
from typing import Literal

from quiethire.domain.hosts import BELIEVED, HostRefusal, Turn

MAX_HOSTS = 10_000
"""States that are kept; those that still hold somebody back stay."""
IDLE = 3_600.0
"""Seconds after which a host is forgotten that holds nobody back: so long are refusals counted in a row."""

_NEVER = float("-inf")


@dataclass
class _Host:
    due: float = _NEVER
    """When the pause after the last request ends, on the monotonic clock as all here."""
    last: float = _NEVER
    """When the last request ended."""
    rest: float = _NEVER
    kind: Literal["throttled", "blocked"] | None = None
    refusals: int = 0
    leases: dict[str, float] = field(default_factory=dict)
    """Token → until when."""

    def remembered_until(self) -> float:
        return max(self.rest, self.due, *self.leases.values(), _NEVER)


class OwnHosts:
    """`HostStates` in a dictionary."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    async def enter(self, host: str, token: str, *, slots: int, lease: float, pause: float) -> Turn:
        """Take one of the host's slots."""
        now = time.monotonic()
        state = self._hosts.setdefault(host, _Host())
        state.leases = {name: until for name, until in state.leases.items() if until > now}
        due = max(state.due, state.last + pause)
        if token not in state.leases:
            if state.rest > now:
                return Turn(granted=False, wait=state.rest - now, rest=state.kind)
            if due > now:
                return Turn(granted=False, wait=due - now)
            if len(state.leases) >= slots:
                # Before its first answer there is no time to count the pause from.
                between = max(due - state.last, 0.0) if state.last > _NEVER else pause
                return Turn(granted=False, wait=min(between, min(state.leases.values()) - now))
        state.leases[token] = now + lease
        return Turn(granted=True)

    async def leave(self, host: str, token: str, *, delay: float, refusal: HostRefusal | None = None) -> float:
        """Give the slot back."""
        now = time.monotonic()
        state = self._hosts.setdefault(host, _Host())
        held = state.leases.pop(token, None) is not None
        state.last, state.due = now, max(state.due, now + delay)
        if refusal is None:
            state.refusals = 0
        else:
            state.refusals += held
            grown = min(refusal.first * 2 ** min(max(state.refusals - 1, 0), 30), refusal.longest)
            seconds = max(refusal.asked, grown) if state.refusals > BELIEVED else refusal.asked or grown
            _rest(state, now + seconds, refusal.kind)
        self._forget(now)
        return max(state.rest - now, 0.0)

    async def withdraw(self, host: str, token: str) -> None:
        """Give a slot back that was not used."""
        if (state := self._hosts.get(host)) is not None:
            state.leases.pop(token, None)

    async def hold(self, host: str, turn: Turn) -> None:
        """Keep everybody from the host for a while."""
        state = self._hosts.setdefault(host, _Host())
        until = time.monotonic() + turn.wait
        if turn.rest is None:
            state.due = max(state.due, until)
        else:
            _rest(state, until, turn.rest)

    def holding(self) -> list[tuple[str, Turn]]:
        """All that keeps anybody from a host now, leases aside."""
        now = time.monotonic()
        found = []
        for name, state in self._hosts.items():
            if state.rest > now:
                found.append((name, Turn(granted=False, wait=state.rest - now, rest=state.kind)))
            if state.due > now:
                found.append((name, Turn(granted=False, wait=state.due - now)))
        return found

    def _forget(self, now: float) -> None:
        """Keep the table as small as what it must remember."""
        if len(self._hosts) > MAX_HOSTS:
            self._hosts = {name: host for name, host in self._hosts.items() if host.remembered_until() + IDLE > now}
        if len(self._hosts) > MAX_HOSTS:  # an hour may see more hosts than that
            self._hosts = {name: host for name, host in self._hosts.items() if host.remembered_until() > now}


def _rest(state: _Host, until: float, kind: Literal["throttled", "blocked"]) -> None:
    """Rest until then; a longer rest keeps its time and its reason."""
    if until > state.rest:
        state.rest, state.kind = until, kind
