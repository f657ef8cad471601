"""Saved searches and what they were alerted of.

A posting becomes an alert in three steps, each of which may be run twice: it is *noted* when its search document is made, it is
*claimed* for every saved search that finds it, in the ledger that knows each posting once, and what was claimed is *sent* in a
delivery whose id is the same however often it is tried.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID, uuid5

from pydantic import Field

from quiethire.domain.base import Model
from quiethire.domain.cluster import SKETCH_BITS
from quiethire.domain.errors import InvalidInput
from quiethire.domain.search import SearchDocument, SearchQuery

Thing = TypeVar("Thing")

REST = timedelta(days=30)
"""A job that is listed anew, as another posting, alerts again after this time: boards relist what did not close, and what comes
back after a month is news. The same posting never alerts twice, nor one that was told or held back with another as one job.
"""

SAME_TEXT = round(SKETCH_BITS * (1 - 0.8) / 2)
"""Bits in which the sketches of texts differ at most that are alike by 0.8: they name another city here and there."""

CRAWL_TIME = timedelta(hours=2)
"""A posting's first sight is the beginning of its crawl: it may be this much older than its first search document."""

KEPT_NOTES = timedelta(days=1)
"""How long it is known when a settled posting was first noted."""

NEWS = timedelta(days=7)
"""Older news is none: it is neither tried again nor told after a pause."""

_DIGEST = "candidate:"

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
    """`key:<id>` of the API key that made it, `account:<id>` of a session of staff; `page` where a person did, on the page; `candidate:<id>` for a digest."""
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
    """An e-mail address, or a webhook's URL. Of a digest only the `address_hash`: the address stands in the profile, sealed."""
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
    def is_digest(self) -> bool:
        """Whether it asks nothing, and is told somebody's matches."""
        return self.owner.startswith(_DIGEST)

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


def digest_id(candidate_id: UUID) -> UUID:
    """The saved search by which somebody's daily mail of matches goes out."""
    return uuid5(candidate_id, "digest")


def digest_owner(candidate_id: UUID) -> str:
    """Whose it is."""
    return f"{_DIGEST}{candidate_id}"


def account_owner(account_id: UUID) -> str:
    """Whose the searches are that somebody saved with their account."""
    return f"account:{account_id}"


def candidate_of(search: SavedSearch) -> UUID:
    """Whose digest it is. Raises ValueError for a search that is none."""
    return UUID(search.owner.removeprefix(_DIGEST))


def address_hash(email: str) -> str:
    """What a digest keeps of the address that was asked for it, so that it goes to no other."""
    return token_hash(email.lower()).hex()


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
    score: int | None = None
    """Of a match."""

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
            posted_at=datetime.fromtimestamp(document.posted_at, UTC),
            listings=document.listings or 1,
        )


def together(postings: Sequence[AlertPosting]) -> AlertPosting:
    """The first, with the places of all."""
    places = tuple(dict.fromkeys(place for posting in postings for place in posting.places))
    return postings[0].model_copy(update={"places": places, "listings": sum(each.listings for each in postings)})


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


def alike(things: Iterable[Thing], advert_of: Callable[[Thing], Advert]) -> list[list[Thing]]:
    """The things that are of one advert each, in the order of the first of them: of one family, and of one text."""
    families: dict[UUID, list[list[Thing]]] = {}
    adverts: list[list[Thing]] = []
    for thing in things:
        advert = advert_of(thing)
        family = families.setdefault(advert.family, [])
        known = next((each for each in family if advert_of(each[0]).is_like(advert)), None)
        if known is None:
            known = []
            family.append(known)
            adverts.append(known)
        known.append(thing)
    return adverts


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
