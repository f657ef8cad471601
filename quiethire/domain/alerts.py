"""Saved searches and what they were alerted of.

A posting becomes an alert in three steps, each of which may be run twice: it is *noted* when its search document is made, it is
*claimed* for every saved search that finds it, in the ledger that knows each posting once, and what was claimed is *sent* in a
delivery whose id is the same however often it is tried.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlencode
from uuid import UUID

from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.cluster import SKETCH_BITS
from quiethire.domain.errors import InvalidInput
from quiethire.domain.search import SearchDocument, SearchQuery

REST = timedelta(days=30)
"""A job that is listed anew, as another posting, alerts again after this time: boards relist what did not close, and what comes
back after a month is news. The same posting never alerts twice, nor one that was told or held back with another as one job.
"""

SAME_TEXT = round(SKETCH_BITS * (1 - 0.8) / 2)
"""Bits in which the sketches of texts differ at most that are alike by 0.8: they name another city here and there."""

CRAWL_TIME = timedelta(hours=2)
"""A posting's first sight is the beginning of its crawl: it may be this much older than its first search document."""

NEWS = timedelta(days=7)
"""Older news is none: it is neither tried again nor told after a pause."""

MOST_ACTIVE = 20
"""Active saved searches of one e-mail address."""

UNCONFIRMED_KEPT = timedelta(days=7)
ASKED_KEPT = timedelta(days=1)

ONE_DELIVERY = 500
"""Most postings of one delivery."""


class Channel(StrEnum):
    """Where alerts go."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    FEED = "feed"
    """Nowhere: they are fetched from a secret address."""


class Frequency(StrEnum):
    """When alerts go."""

    INSTANT = "instant"
    DAILY = "daily"


class AlertStatus(StrEnum):
    """Whether a saved search alerts."""

    UNCONFIRMED = "unconfirmed"
    """Nobody who reads the address has agreed yet; nothing but the question goes there."""
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    """Switched off by us: `failure` says why."""


class SavedSearch(Model):
    """A search that somebody wants to hear of."""

    id: UUID
    owner: str
    """`key:<id>` of the API key that made it; `page` where a person did, on the page."""
    name: str
    parameters: str
    """The search's parameters as canonical JSON, without what only concerns a page of results."""
    query: SearchQuery
    """What they meant when it was saved. A place is looked up once."""
    posted_within: int | None = None
    """Days; the one bound that moves with the clock."""
    channel: Channel
    frequency: Frequency
    status: AlertStatus
    address: str | None = None
    """An e-mail address, or a webhook's URL."""
    token: str | None = None
    """Of its e-mails' links, which have to show it again; of a feed only the hash is kept."""
    secret: str | None = None
    """What a webhook's messages are signed with."""
    former_secret: str | None = None
    """The one before: messages carry both signatures until `former_until`."""
    former_until: datetime | None = None
    created_at: datetime
    since: datetime
    """Postings that were there before do not alert."""
    failing_since: datetime | None = None
    """Since when nothing reached its address."""
    failure: str | None = None

    def asked(self, now: datetime) -> SearchQuery:
        """The question, as the search page would ask it at this moment."""
        if self.posted_within is None:
            return self.query
        since = now.replace(minute=0, second=0, microsecond=0) - timedelta(days=self.posted_within)
        return self.query.model_copy(update={"posted_since": int(since.timestamp())})

    @property
    def search_path(self) -> str:
        """Where the search page shows it."""
        return search_path(self.parameters)

    def due(self, now: datetime, digest_hour: int) -> datetime:
        """When what is found now is told."""
        if self.frequency is Frequency.INSTANT:
            return now
        today = now.replace(hour=digest_hour, minute=0, second=0, microsecond=0)
        return today if today >= now else today + timedelta(days=1)


def search_path(parameters: str) -> str:
    """The search page's address for parameters in canonical JSON."""
    pairs = urlencode(json.loads(parameters), doseq=True)
    return f"/?{pairs}" if pairs else "/"


def token_hash(token: str) -> bytes:
    """What is kept of a token, and looked up: tokens are random and long, and need neither salt nor stretching."""
    return hashlib.sha256(token.encode()).digest()


def too_many() -> InvalidInput:
    """What is said where an address has `MOST_ACTIVE`."""
    return InvalidInput(
        f"this address has {MOST_ACTIVE} active alerts already", hint="pause or delete some", kind="too_many"
    )


class AlertPosting(Model):
    """A posting as an alert tells it: as it was when it was found."""

    id: UUID
    title: str
    company: str
    places: tuple[str, ...] = ()
    remote: str = "none"
    job_type: str = "unknown"
    salary_min: int | None = None
    """Yearly."""
    salary_max: int | None = None
    salary_currency: str | None = None
    posted_at: datetime
    listings: int = 1
    """How many open postings of this job there are."""

    @classmethod
    def of(cls, document: SearchDocument) -> "AlertPosting":
        """Of its search document."""
        return cls(
            id=UUID(document.id),
            title=document.title,
            company=document.company,
            places=document.location,
            remote=document.remote,
            job_type=document.job_type,
            salary_min=document.salary_min,
            salary_max=document.salary_max,
            salary_currency=document.salary_currency,
            posted_at=datetime.fromtimestamp(document.posted_at).astimezone(),
            listings=document.listings or 1,
        )


class Alert(Model):
    """A posting and when a saved search found it."""

    posting: AlertPosting
    at: datetime


class Advert(Model):
    """What thirty postings of one job in thirty cities have in common, which are thirty jobs to apply for and one to hear of."""

    family: UUID
    """Of a company and a title without places, marks of gender and ids."""
    text: bytes = Field(min_length=SKETCH_BITS // 8, max_length=SKETCH_BITS // 8)
    """The sketch of its description."""

    def is_like(self, other: "Advert") -> bool:
        """Whether both are one advert."""
        return self.family == other.family and self.differing(other) <= SAME_TEXT

    def differing(self, other: "Advert") -> int:
        """Bits in which the sketches differ."""
        return (int.from_bytes(self.text) ^ int.from_bytes(other.text)).bit_count()


class Claim(Model):
    """A posting that a saved search found, on its way into the ledger."""

    search_id: UUID
    cluster: UUID
    advert: Advert
    mates: tuple[UUID, ...] = ()
    """All postings of the job."""
    posting: AlertPosting
    due_at: datetime


class NotedPosting(Model):
    """A posting whose search document was made anew."""

    job_id: UUID
    first_noted_at: datetime
    noted_at: datetime


class Delivery(Model):
    """What goes to one address at once. Its id names the message, whoever sends it how often."""

    id: UUID
    search: SavedSearch
    postings: tuple[AlertPosting, ...]
    attempts: int
    created_at: datetime


class AlertStore(Protocol):
    """Saved searches, the ledger of what each was alerted of, and deliveries."""

    async def save(self, search: SavedSearch, token: str | None = None) -> bool:
        """Keep a new search, found again by `token`; one of the same id is left as it is.

        Returns False, and keeps nothing, where its e-mail address has `MOST_ACTIVE` already.
        """
        ...

    async def get(self, search_id: UUID) -> SavedSearch | None:
        """One search."""
        ...

    async def by_token(self, token: str) -> SavedSearch | None:
        """The search whose e-mail or feed has this token."""
        ...

    async def of_owner(self, owner: str, limit: int = 100) -> list[SavedSearch]:
        """Somebody's searches, the newest first."""
        ...

    async def change(self, search: SavedSearch, was: SavedSearch) -> None:
        """Replace what is not as it was when somebody looked, of what may change: status, frequency, name, since, secrets, failure.

        Where it becomes active, what waits for longer than `NEWS` is dropped untold. Raises InvalidInput where its e-mail address
        has `MOST_ACTIVE` others then.
        """
        ...

    async def delete(self, search_id: UUID) -> None:
        """Drop a search with everything that is known of it, its e-mail address too."""
        ...

    async def may_ask(self, address: str, now: datetime, wait: timedelta) -> bool:
        """Whether a confirmation may go to this address: once in `wait`, for whomever asks. Saying yes counts."""
        ...

    async def note(self, job_ids: Collection[UUID], now: datetime) -> int:
        """Note that these postings' documents are new. Returns how many; none where no search is active."""
        ...

    async def noted(
        self, limit: int, *, until: datetime, after: tuple[datetime, UUID] | None = None
    ) -> list[NotedPosting]:
        """Postings noted no later than `until`, the earliest first, behind `after`."""
        ...

    async def settle(self, noted: Sequence[NotedPosting]) -> None:
        """All searches were asked about these; one that was noted again meanwhile stays."""
        ...

    async def active(self, limit: int, after: UUID | None = None) -> list[SavedSearch]:
        """Active searches by id, those behind `after`."""
        ...

    async def claim(self, claims: Sequence[Claim], now: datetime) -> int:
        """Write the ledger. What it knows of a search's job already is left out; returns how many were new.

        The posting and its mates are known from then on, whether they were new or left out.
        """
        ...

    async def alerts(self, search_id: UUID, limit: int = 100) -> list[Alert]:
        """What a search was alerted of and has been due, the last first."""
        ...

    async def batch(self, now: datetime, limit: int) -> int:
        """Make deliveries of what was claimed and is due, for so many searches at most. Returns how many."""
        ...

    async def take(
        self, channels: Collection[Channel], *, now: datetime, limit: int, lease: timedelta
    ) -> list[Delivery]:
        """Take deliveries that are due to be tried; whoever does not answer for one within `lease` has lost it.

        One of a search at a time, and those of searches that fail behind all others.
        """
        ...

    async def delivered(self, delivery: Delivery, now: datetime) -> None:
        """It arrived; its search fails no longer."""
        ...

    async def failed(
        self, delivery: Delivery, error: str, *, now: datetime, again_at: datetime | None, disable: bool = False
    ) -> None:
        """It did not arrive: tried again then, or never; `disable` switches the search off."""
        ...

    async def next_try(self, channels: Collection[Channel]) -> datetime | None:
        """When the next delivery of an active search is to be tried, or its next digest is due."""
        ...

    async def disable_of(self, owners: Collection[str], why: str) -> None:
        """Switch off the active searches of these owners."""
        ...

    async def prune(self, now: datetime) -> None:
        """Forget searches that nobody confirmed within `UNCONFIRMED_KEPT`, and who was asked longer ago than a day."""
        ...


class SearchMatcher(Protocol):
    """Asks many searches about a few postings at once."""

    async def matches(self, queries: Sequence[SearchQuery], among: Collection[UUID]) -> list[set[UUID] | str]:
        """For each query which of these postings it finds, or why the index refuses it.

        Raises Transient where the index is out of reach.
        """
        ...


class MailSender(Protocol):
    """Sends what alerts and their confirmations say, by e-mail."""

    @property
    def configured(self) -> bool:
        """Whether there is a mail server to give them to."""

    async def confirm(self, search: SavedSearch) -> None:
        """Ask whether the address wants alerts. Raises Transient or Permanent where the mail server does not take it."""
        ...

    async def deliver(self, delivery: Delivery) -> None:
        """Tell of postings. Raises as `confirm` does."""
        ...


class WebhookSender(Protocol):
    """Sends alerts to somebody's server."""

    def check(self, url: str) -> None:
        """Raises InvalidInput or Disallowed for an address that is never posted to."""
        ...

    async def deliver(self, delivery: Delivery) -> None:
        """Post it, signed. Raises Transient or Permanent where it is not taken."""
        ...


class GuardedPost(Protocol):
    """Posts to public addresses alone."""

    def check(self, url: str) -> None:
        """Raises InvalidInput or Disallowed for what needs no lookup to be refused."""
        ...

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer. Raises Disallowed, Transient or Permanent where there is none."""
        ...
