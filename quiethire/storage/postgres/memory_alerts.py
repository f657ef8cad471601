"""The in-memory twin of the alert store, held to the same contract."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from quiethire.domain.alerts import (
    ASKED_KEPT,
    MOST_ACTIVE,
    NEWS,
    ONE_DELIVERY,
    REST,
    UNCONFIRMED_KEPT,
    Alert,
    AlertStatus,
    Channel,
    Claim,
    Delivery,
    NotedPosting,
    SavedSearch,
    token_hash,
    too_many,
)


@dataclass
class _Row:
    """A row of the ledger."""

    claim: Claim
    at: datetime
    delivery: UUID | None = None


@dataclass
class _Try:
    """A delivery and how it stands."""

    search: UUID
    next_at: datetime
    created_at: datetime
    state: str
    attempts: int = 0


class MemoryAlerts:
    """`AlertStore` in memory."""

    def __init__(self) -> None:
        self._searches: dict[UUID, SavedSearch] = {}
        self._tokens: dict[bytes, UUID] = {}
        self._asked: dict[str, datetime] = {}
        self._noted: dict[UUID, tuple[NotedPosting, bool]] = {}
        self._ledger: dict[tuple[UUID, UUID], _Row] = {}
        self._known: set[tuple[UUID, UUID]] = set()
        self._deliveries: dict[UUID, _Try] = {}

    async def save(self, search: SavedSearch, token: str | None = None) -> bool:
        """Keep a new search, unless its e-mail address has too many."""
        if self._is_full(search):
            return False
        if self._searches.setdefault(search.id, search) is search and token:
            self._tokens[token_hash(token)] = search.id
        return True

    async def get(self, search_id: UUID) -> SavedSearch | None:
        """One search."""
        return self._searches.get(search_id)

    async def by_token(self, token: str) -> SavedSearch | None:
        """The search whose e-mail or feed has this token."""
        known = self._tokens.get(token_hash(token))
        return self._searches.get(known) if known else None

    async def of_owner(self, owner: str, limit: int = 100) -> list[SavedSearch]:
        """Somebody's searches, the newest first."""
        found = [search for search in self._searches.values() if search.owner == owner]
        return sorted(found, key=lambda search: (-search.created_at.timestamp(), search.id))[:limit]

    def _is_full(self, search: SavedSearch) -> bool:
        if search.channel is not Channel.EMAIL:
            return False
        others = [
            other
            for other in self._searches.values()
            if other.channel is Channel.EMAIL
            and (other.address or "").lower() == (search.address or "").lower()
            and other.status is AlertStatus.ACTIVE
            and other.id != search.id
        ]
        return len(others) >= MOST_ACTIVE

    async def change(self, search: SavedSearch, was: SavedSearch) -> None:
        """Replace what is not as it was."""
        if search.id not in self._searches:
            return
        names = SavedSearch.model_fields
        changes = {name: getattr(search, name) for name in names if getattr(search, name) != getattr(was, name)}
        if changes.get("status") is AlertStatus.ACTIVE:
            if self._is_full(search):
                raise too_many()
            self._drop_old(search)
        self._searches[search.id] = self._searches[search.id].model_copy(update=changes)

    def _drop_old(self, search: SavedSearch) -> None:
        before = search.since - NEWS
        old = {
            key
            for key, each in self._deliveries.items()
            if each.search == search.id and each.state == "waiting" and each.created_at < before
        }
        for key, row in list(self._ledger.items()):
            if key[0] == search.id and row.at < before and (row.delivery is None or row.delivery in old):
                del self._ledger[key]
        for delivery in old:
            del self._deliveries[delivery]

    async def delete(self, search_id: UUID) -> None:
        """Drop a search, its ledger and its deliveries."""
        self._searches.pop(search_id, None)
        self._tokens = {key: known for key, known in self._tokens.items() if known != search_id}
        self._ledger = {key: row for key, row in self._ledger.items() if key[0] != search_id}
        self._known = {key for key in self._known if key[0] != search_id}
        self._deliveries = {key: each for key, each in self._deliveries.items() if each.search != search_id}

    async def delete_of(self, owner: str) -> None:
        """Drop all searches of somebody so."""
        for search_id in [each.id for each in self._searches.values() if each.owner == owner]:
            await self.delete(search_id)

    async def may_ask(self, address: str, now: datetime, wait: timedelta) -> bool:
        """Whether an address may be asked."""
        key = address.lower()
        if key in self._asked and self._asked[key] > now - wait:
            return False
        self._asked[key] = now
        return True

    async def note(self, job_ids: Collection[UUID], now: datetime) -> int:
        """Note new documents: settled where nobody listens, for whoever saves a search later is not told of them."""
        if not any(search.status is AlertStatus.ACTIVE for search in self._searches.values()):
            for job_id in set(job_ids) - self._noted.keys():
                self._noted[job_id] = NotedPosting(job_id=job_id, first_noted_at=now, noted_at=now), True
            return 0
        for job_id in set(job_ids):
            old = self._noted.get(job_id)
            first = old[0].first_noted_at if old else now
            at = max(old[0].noted_at, now) if old else now
            self._noted[job_id] = NotedPosting(job_id=job_id, first_noted_at=first, noted_at=at), False
        return len(set(job_ids))

    async def noted(
        self, limit: int, *, until: datetime, after: tuple[datetime, UUID] | None = None
    ) -> list[NotedPosting]:
        """Postings noted and not settled, the earliest first."""
        found = [
            noted
            for noted, settled in self._noted.values()
            if not settled and noted.noted_at <= until and (after is None or (noted.noted_at, noted.job_id) > after)
        ]
        return sorted(found, key=lambda noted: (noted.noted_at, noted.job_id))[:limit]

    async def settle(self, noted: Sequence[NotedPosting]) -> None:
        """Mark them."""
        for each in noted:
            if each.job_id in self._noted and self._noted[each.job_id][0].noted_at == each.noted_at:
                self._noted[each.job_id] = self._noted[each.job_id][0], True

    async def asking(self, limit: int, after: UUID | None = None) -> list[SavedSearch]:
        """Active searches by id, without digests."""
        found = [
            search
            for search in self._searches.values()
            if search.status is AlertStatus.ACTIVE and not search.is_digest and (after is None or search.id > after)
        ]
        return sorted(found, key=lambda search: search.id)[:limit]

    async def claim(self, claims: Sequence[Claim], now: datetime) -> int:
        """Write the ledger."""
        return sum(self._claim(claim, now) for claim in claims)

    def _claim(self, claim: Claim, now: datetime) -> bool:
        search, key = self._searches.get(claim.search_id), (claim.search_id, claim.posting.id)
        if search is None or search.status is not AlertStatus.ACTIVE:
            return False
        known = key in self._known
        self._known |= {(claim.search_id, each) for each in (claim.posting.id, *claim.mates)}
        if known:
            return False
        job = {claim.cluster, claim.posting.id, *claim.mates}
        for (search_id, job_id), row in self._ledger.items():
            same = row.claim.cluster == claim.cluster or job_id in job or row.claim.advert.is_like(claim.advert)
            if same and search_id == claim.search_id and row.at > now - REST:
                return False
        self._ledger[key] = _Row(claim, now)
        return True

    async def alerts(self, search_id: UUID, limit: int = 100, *, waiting: bool = False) -> list[Alert]:
        """What a search was alerted of, the last first."""
        ledger = [row for key, row in self._ledger.items() if key[0] == search_id]
        found = [row for row in ledger if waiting or row.delivery is not None]
        found.sort(key=lambda row: (-row.at.timestamp(), row.claim.posting.id))
        return [Alert(posting=row.claim.posting, at=row.at) for row in found[:limit]]

    async def batch(self, now: datetime, limit: int) -> int:
        """Make deliveries."""
        pending: dict[UUID, list[_Row]] = {}
        for (search_id, _), row in self._ledger.items():
            if (
                row.delivery is None
                and row.claim.due_at <= now
                and self._searches[search_id].status is AlertStatus.ACTIVE
            ):
                pending.setdefault(search_id, []).append(row)
        for search_id, found in list(pending.items())[:limit]:
            state = "sent" if self._searches[search_id].channel is Channel.FEED else "waiting"
            delivery = uuid4()
            self._deliveries[delivery] = _Try(search_id, now, now, state)
            for row in sorted(found, key=lambda row: (row.at, row.claim.posting.id))[:ONE_DELIVERY]:
                row.delivery = delivery
        return min(len(pending), limit)

    async def take(
        self, channels: Collection[Channel], *, now: datetime, limit: int, lease: timedelta
    ) -> list[Delivery]:
        """Take deliveries."""
        due = [
            (key, each)
            for key, each in self._deliveries.items()
            if each.state == "waiting"
            and each.next_at <= now
            and self._searches[each.search].status is AlertStatus.ACTIVE
            and self._searches[each.search].channel in channels
        ]
        first = {
            each.search: (key, each)
            for key, each in sorted(due, key=lambda one: (one[1].next_at, one[0]), reverse=True)
        }
        taken = []
        for key, each in sorted(
            first.values(),
            key=lambda one: (self._searches[one[1].search].failing_since is not None, one[1].next_at, one[0]),
        )[:limit]:
            each.attempts, each.next_at = each.attempts + 1, now + lease
            postings = [row.claim.posting for row in self._ledger.values() if row.delivery == key]
            postings.sort(key=lambda posting: (-posting.posted_at.timestamp(), posting.id))
            search = self._searches[each.search]
            taken.append(
                Delivery(
                    id=key,
                    search=search,
                    postings=tuple(postings),
                    attempts=each.attempts,
                    created_at=each.created_at,
                )
            )
        return taken

    async def delivered(self, delivery: Delivery, now: datetime) -> None:  # noqa: ARG002  (the port's; kept by PostgreSQL)
        """It arrived."""
        if each := self._deliveries.get(delivery.id):
            each.state = "sent"
            search = self._searches[each.search]
            self._searches[each.search] = search.model_copy(update={"failing_since": None, "failure": None})

    async def failed(
        self, delivery: Delivery, error: str, *, now: datetime, again_at: datetime | None, disable: bool = False
    ) -> None:
        """It did not arrive."""
        each = self._deliveries.get(delivery.id)
        if each is None or each.state != "waiting":
            return
        each.next_at, each.state = again_at or each.next_at, "waiting" if again_at else "failed"
        search = self._searches[each.search]
        status = AlertStatus.DISABLED if disable else search.status
        changes = {"failing_since": search.failing_since or now, "failure": error[:500], "status": status}
        self._searches[each.search] = search.model_copy(update=changes)

    async def next_try(self, channels: Collection[Channel]) -> datetime | None:
        """When something is to be done next."""
        tries = [(each.next_at, each.search) for each in self._deliveries.values() if each.state == "waiting"]
        digests = [(row.claim.due_at, key[0]) for key, row in self._ledger.items() if row.delivery is None]
        searches = self._searches
        listening = {
            key for key in searches if searches[key].status is AlertStatus.ACTIVE and searches[key].channel in channels
        }
        return min((at for at, search_id in (*tries, *digests) if search_id in listening), default=None)

    async def disable_of(self, owners: Collection[str], why: str) -> None:
        """Switch them off."""
        for search in list(self._searches.values()):
            if search.status is AlertStatus.ACTIVE and search.owner in owners:
                changes = {"status": AlertStatus.DISABLED, "failure": why}
                self._searches[search.id] = search.model_copy(update=changes)

    async def prune(self, now: datetime) -> None:
        """Forget who never agreed."""
        for search in list(self._searches.values()):
            if search.status is AlertStatus.UNCONFIRMED and search.created_at < now - UNCONFIRMED_KEPT:
                await self.delete(search.id)
        self._asked = {key: at for key, at in self._asked.items() if at >= now - ASKED_KEPT}
