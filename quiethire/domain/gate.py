"""What stands before every answer: the limits on who asks, and the answers that are kept."""

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
    """How much somebody may ask: `limit + burst` requests at once, then `limit` a minute, evenly (GCRA)."""

    key: str
    """`ratelimit:{who}:{endpoint}`."""
    limit: int
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


class KeptAnswer(NamedTuple):
    """An answer as it is sent, and its strong ETag."""

    etag: bytes
    body: bytes


class Entered(NamedTuple):
    """What one call told of a request."""

    verdict: Verdict | None
    """None where no allowance was asked for."""
    generation: bytes
    """Of the index, as it is now."""
    answer: KeptAnswer | None
    """The kept answer of this generation."""


class Claim(NamedTuple):
    """What one who needs an answer shall do."""

    answer: KeptAnswer | None
    """Take this one, where it is set."""
    leads: bool
    """Else: find it and keep it. Where somebody else does that already, False: wait."""


def answer_key(digest: str) -> str:
    """Where the answer to a question is kept, with the generation of the index that it is of."""
    return f"api:search:{digest}"
