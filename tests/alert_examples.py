"""Saved searches and claims as the contracts of the alert store make them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from quiethire.domain.alerts import (
    Advert,
    AlertPosting,
    AlertStatus,
    Channel,
    Claim,
    Frequency,
    SavedSearch,
)
from quiethire.domain.search import SearchQuery
from quiethire.storage.postgres import MasterKeys

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=10)
ALL = tuple(Channel)
MASTERS = MasterKeys("a master key for tests alone")


def saved(**changes: object) -> SavedSearch:
    fields: dict[str, object] = {
        "id": uuid4(),
        "owner": "key:abc",
        "name": "data engineer",
        "parameters": '{"q":"data engineer"}',
        "query": SearchQuery(q="data engineer"),
        "channel": Channel.EMAIL,
        "frequency": Frequency.INSTANT,
        "status": AlertStatus.ACTIVE,
        "address": "ann@example.com",
        "created_at": NOW,
        "since": NOW,
    }
    return SavedSearch.model_validate(fields | changes)


def claim(
    search: SavedSearch, job: UUID | None = None, *mates: UUID, cluster: UUID | None = None, advert=None, due_at=NOW
) -> Claim:
    job = job or uuid4()
    posting = AlertPosting(id=job, title="Engineer", company="Northwind", places=("Berlin",), posted_at=NOW)
    return Claim(
        search_id=search.id,
        cluster=cluster or job,
        advert=advert or Advert(family=job, text=bytes(64)),
        mates=mates,
        posting=posting,
        due_at=due_at,
    )
