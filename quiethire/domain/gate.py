"""What stands before every answer: the limits on who asks, and the answers that are kept."""

import math
from collections import OrderedDict
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

WINDOW = 60.0
"""Seconds that a limit counts for."""


class Endpoint(StrEnum):
    """What shares a limit."""

    SEARCH = "search"
    """Searches, feeds and pages."""
    READ = "read"
    """All else that is read of the API."""
    EXPORT = "export"
    """Exports and site maps."""
    WRITE = "write"
    """Whatever changes something."""
    KEY = "key"
    """Looking up a key that this process does not know yet, by address: guessing keys is slow."""


# Plain tuples: they are made for every request, by the thousand a second.


class Allowance(NamedTuple):
    """How much somebody may ask: `limit + burst` requests at once, then `limit` a minute, evenly (GCRA). 1/30: one in half an hour."""

    key: str
    """`ratelimit:{who}:{endpoint}`."""
    limit: float
    burst: int


class Verdict(NamedTuple):
    """What a limiter says to one request."""

    granted: bool
    remaining: int
    """Requests that would be granted now."""
    retry_after: float
    """Seconds until one would be granted; 0 where this one was."""
    reset_after: float
    """Seconds until all is granted again that ever is."""


class OwnLimits:
    """The limits of one process: where what all processes share does not answer, each limits by itself.

    A caller is then granted as much by each process, so the same in order, and never without end.
    """

    MOST = 100_000
    """Callers that are remembered. Who asked longest ago is forgotten first, and had the most of their allowance back."""

    def __init__(self) -> None:
        self._arrivals: OrderedDict[str, float] = OrderedDict()

    def take(self, allowance: Allowance, now: float) -> Verdict:
        """Take one request from the allowance. `now`: seconds of a clock that never goes back."""
        interval = WINDOW / allowance.limit
        depth = interval * (allowance.limit + allowance.burst)
        arrival = max(self._arrivals.get(allowance.key, 0.0), now)
        due = arrival + interval
        # Sums of fractions are not exact; a millionth of an interval is nobody's request.
        if due - now > depth + interval / 1e6:
            return Verdict(False, 0, _exact(due - now - depth), _exact(arrival - now))
        self._arrivals[allowance.key] = due
        self._arrivals.move_to_end(allowance.key)
        if len(self._arrivals) > self.MOST:
            self._arrivals.popitem(last=False)
        return Verdict(True, math.floor((depth - (due - now)) / interval + 1e-6), 0.0, _exact(due - now))


def _exact(seconds: float) -> float:
    """To the microsecond, as Redis reckons: a minute and nothing is no minute and a second when it is told in whole ones."""
    return round(seconds, 6)


class KeptAnswer(NamedTuple):
    """An answer as it is sent, and its strong ETag."""

    etag: bytes
    body: bytes


class Lease(NamedTuple):
    """The lead in finding an answer, which ends after this time unless it ends before."""

    holder: str
    """A word of the holder's own."""
    ttl: timedelta


class Entered(NamedTuple):
    """What one call told of a request."""

    verdict: Verdict | None
    """None where no allowance was asked for."""
    generation: bytes
    """Of the index, as it is now."""
    answer: KeptAnswer | None
    """The kept answer of this generation."""
    leads: bool
    """Whether one who needs an answer that is not kept, and asked with a lease, shall find it. Else somebody else does that."""


def answer_key(digest: str) -> str:
    """Where the answer to a question is kept, with the generation of the index that it is of."""
    return f"api:search:{digest}"
