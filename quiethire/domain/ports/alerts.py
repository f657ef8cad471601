"""What alerts need: their store, the question who finds a posting, and the ways by which they go out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from quiethire.domain.accounts import AccountNotice
from quiethire.domain.alerts import Alert, Channel, Claim, Delivery, NotedPosting, SavedSearch
from quiethire.domain.search import SearchQuery


class AlertStore(Protocol):
    """Saved searches, the ledger of what each was alerted of, and deliveries."""

    async def save(self, search: SavedSearch, token: str | None = None) -> bool:
        """Keep a new search, found again by `token`; one of the same id is left as it is.

        Returns False, and keeps nothing, where its e-mail address has `MOST_ACTIVE` already. Raises InvalidInput `not_set` where it is more than a
        feed and there is nothing to seal it with, Gone for the daily mail of somebody who is not there.
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
        """Drop a search with everything that is known of it, and the key that where it goes is sealed with."""
        ...

    async def delete_of(self, owner: str) -> None:
        """Drop all searches of somebody so."""
        ...

    async def may_ask(self, address: str, now: datetime, wait: timedelta) -> bool:
        """Whether a confirmation may go to this address: once in `wait`, for whomever asks. Saying yes counts."""
        ...

    async def note(self, job_ids: Collection[UUID], now: datetime) -> int:
        """Note that these postings' documents are new. Returns how many are to be asked about: none where no search is active."""
        ...

    async def noted(
        self, limit: int, *, until: datetime, after: tuple[datetime, UUID] | None = None
    ) -> list[NotedPosting]:
        """Postings noted no later than `until`, the earliest first, behind `after`."""
        ...

    async def settle(self, noted: Sequence[NotedPosting]) -> None:
        """All searches were asked about these; one that was noted again meanwhile stays."""
        ...

    async def asking(self, limit: int, after: UUID | None = None) -> list[SavedSearch]:
        """Active searches by id, those behind `after`; without digests, which ask nothing and are as many as people."""
        ...

    async def claim(self, claims: Sequence[Claim], now: datetime) -> int:
        """Write the ledger. What it knows of a search's job already is left out; returns how many were new.

        The posting and its mates are known from then on, whether they were new or left out.
        """
        ...

    async def alerts(self, search_id: UUID, limit: int = 100, *, waiting: bool = False) -> list[Alert]:
        """What a search was alerted of and has been due, the last first; with what is not due yet where `waiting`."""
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
        """Forget searches that nobody confirmed within `UNCONFIRMED_KEPT`, and who was asked longer ago than a day; seal what a former release left in clear."""
        ...


class SearchMatcher(Protocol):
    """Asks many searches about a few postings at once."""

    async def matches(self, queries: Sequence[SearchQuery], among: Collection[UUID]) -> list[set[UUID] | str]:
        """For each query which of these postings it finds, or why the index refuses it.

        Raises Transient where the index is out of reach.
        """
        ...


class MailSender(Protocol):
    """Sends mails: what alerts, their confirmations and notices about accounts say."""

    @property
    def configured(self) -> bool:
        """Whether there is a mail server to give them to."""

    async def confirm(self, search: SavedSearch) -> None:
        """Ask whether the address wants alerts. Raises Transient or Permanent where the mail server does not take it."""
        ...

    async def deliver(self, delivery: Delivery) -> None:
        """Tell of postings. Raises as `confirm` does."""
        ...

    async def notify(self, address: str, notice: AccountNotice) -> None:
        """Tell somebody of their account. Raises as `confirm` does."""
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
