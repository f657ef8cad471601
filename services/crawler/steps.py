"""What a fetch does, step by step and with its times: kept where somebody listens, and nowhere else."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from quiethire.domain.errors import QuietHireError

Fact = str | int | float | bool | None | list[str]


@dataclass
class Step:
    """One thing that was done. `name` is a stable word: guard, lookup, connect, tls, answer, robots, request."""

    name: str
    where: str
    """A URL or a host, without what is private."""
    seconds: float = 0.0
    facts: dict[str, Fact] = field(default_factory=dict)
    error: QuietHireError | None = None

    @property
    def addresses(self) -> list[str]:
        """What a lookup gave, refused or not."""
        found = self.facts.get("addresses")
        return found if isinstance(found, list) else []


_heard: ContextVar[list[Step] | None] = ContextVar("steps", default=None)


@contextmanager
def listening() -> Iterator[list[Step]]:
    """Collect the steps of what runs inside the block, tasks that it starts included, each when it ends."""
    steps: list[Step] = []
    token = _heard.set(steps)
    try:
        yield steps
    finally:
        _heard.reset(token)


@contextmanager
def step(name: str, where: str) -> Iterator[dict[str, Fact]]:
    """A step that is taken inside the block; the caller adds its facts."""
    heard = _heard.get()
    if heard is None:
        yield {}
        return
    taken, began = Step(name, where), time.perf_counter()
    try:
        yield taken.facts
    except QuietHireError as error:
        taken.error = error
        raise
    finally:
        taken.seconds = time.perf_counter() - began
        heard.append(taken)
