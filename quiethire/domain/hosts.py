"""When a host may be sent the next request: what all who send any must know of it."""

from typing import Literal, Protocol

from quiethire.domain.base import Model


class Turn(Model):
    """Whether a request may be sent to a host now. Where not, `wait` is the seconds after which asking makes sense."""

    granted: bool
    wait: float = 0.0
    rest: Literal["throttled", "blocked"] | None = None
    """Why the host rests, for `wait` seconds more; None where it is only busy, or was asked a moment ago."""


BELIEVED = 3
"""Refusals in a row whose own rests are kept to. A host that refuses on after these gets longer ones, whatever it names."""


class HostRefusal(Model):
    """A host sent us away. It rests for `asked` seconds, or, where it named none, longer from time to time."""

    kind: Literal["throttled", "blocked"]
    asked: float = 0.0
    first: float
    """Seconds of the first rest in a row; each further one is twice as long, up to `longest`."""
    longest: float


class HostStates(Protocol):
    """When each host may be sent the next request, shared by all who send any. May be lost at any moment.

    Any call may run twice: the answer to the first may have been lost on its way.
    """

    async def enter(self, host: str, token: str, *, slots: int, lease: float, pause: float) -> Turn:
        """Take one of the host's `slots` under a name of one's own, for `lease` seconds at most.

        None is given while the host rests, and before `pause` seconds (the host's Crawl-delay), or the delay that
        the last request left, have passed since the last request ended. Who holds a slot already keeps it, for
        `lease` seconds from now.
        """
        ...

    async def leave(self, host: str, token: str, *, delay: float, refusal: HostRefusal | None = None) -> float:
        """The request ended: give the slot back, and leave the host alone for `delay` seconds, or as it asked.

        A refusal counts once for each slot. Returns the seconds that the host now rests.
        """
        ...

    async def withdraw(self, host: str, token: str) -> None:
        """Give a slot back that was not used, if it is held at all."""
        ...

    async def hold(self, host: str, turn: Turn) -> None:
        """Keep everybody from the host for `turn.wait` seconds from now, for its reason. What holds for longer stays."""
        ...
