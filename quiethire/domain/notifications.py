"""What a person is told while they look, and the port of what tells it. All of it may be lost at any moment."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol
from uuid import UUID

FEEDS_CHANNEL = "feeds"
"""Where the id of a candidate is told whose feed has changed."""

MOST_KEPT = 200
"""Notifications of one person that are kept for who was away."""


class Notification(NamedTuple):
    """One message to one person."""

    id: str
    """`<milliseconds>-<number>`: later ones are greater, and who was away asks for those behind it."""
    body: bytes
    """JSON."""


class KeptFeed(NamedTuple):
    """A feed, or that there is none."""

    feed: bytes | None
    hidden: bytes | None
    """What the last run over everything kept from them, as it was given."""
    state: int
    """Changes with every change of the feed."""


class News(NamedTuple):
    """A message to be told once."""

    key: str
    """What it is about: another with this key is not told within a month."""
    body: bytes


def order_of(notification_id: str) -> tuple[int, int]:
    """What ids are ordered by. Raises ValueError for what is none."""
    time, _, number = notification_id.partition("-")
    if (
        not (time.isdecimal() and number.isdecimal() and time.isascii() and number.isascii())
        or len(notification_id) > 40
    ):
        raise ValueError(notification_id)
    return int(time), int(number)


class Listening(Protocol):
    """What is told on a channel, from a moment on."""

    async def next(self) -> bytes:
        """The next message. Raises Transient where some may have been missed: listen anew, and catch up."""
        ...


class Telling(Protocol):
    """Feeds and notifications of people."""

    async def put_daily_matches(
        self, candidate_id: UUID, scores: Mapping[UUID, float], hidden: bytes | None = None
    ) -> None:
        """Replace a candidate's scores, drop the feed made of the old ones, and tell `FEEDS_CHANNEL`.

        `candidate:{id}:daily_matches` holds them for an hour, `match_score:{candidate}:{job}` each for a day. `hidden` is what the
        run kept from them, where it looked at everything: as JSON, sealed like a feed, for an hour.
        """
        ...

    async def daily_matches(self, candidate_id: UUID, limit: int = 100) -> list[tuple[UUID, float]]:
        """A candidate's feed, best first; empty where it was lost."""
        ...

    async def feed(self, candidate_id: UUID) -> KeptFeed:
        """The feed as the API tells it, and what to show when keeping one that is made now."""
        ...

    async def put_feed(self, candidate_id: UUID, feed: bytes, state: int) -> bool:
        """Keep a feed for an hour, where nothing of it has changed since `feed` told this state. Returns whether it was kept.

        It is sealed: its reasons tell of the person. Raises InvalidInput where there is no key to do so.
        """
        ...

    async def drop_feed(self, *candidate_ids: UUID) -> None:
        """Make theirs anew when they next ask for it, and tell `FEEDS_CHANNEL`."""
        ...

    async def notify(self, candidate_id: UUID, news: Sequence[News]) -> int:
        """Tell a person on `user:{id}:notifications` what was not told before. Returns how many were new."""
        ...

    async def notified(self, candidate_id: UUID, after: str | None = None) -> list[Notification]:
        """What a person was told behind this id, as far as it is kept, the earliest first; after None, everything."""
        ...

    async def told(self, candidate_id: UUID) -> list[str]:
        """The keys of what a person was told, which is not told again, in order."""
        ...

    def listen(self, channel: str) -> AbstractAsyncContextManager[Listening]:
        """From the moment that the block begins, nothing on this channel is missed unnoticed."""
        ...

    async def forget_people(self, candidate_ids: Collection[UUID]) -> None:
        """Drop everything that is kept of these."""
        ...


def notifications_channel(candidate_id: UUID) -> str:
    """Where a person's notifications are told and kept."""
    return f"user:{candidate_id}:notifications"


def notification_of(message: bytes) -> Notification:
    """The notification that a message of that channel carries."""
    told, _, body = message.partition(b"\n")
    return Notification(told.decode(), body)
