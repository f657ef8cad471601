"""What the sitemap asks of postings: which have a page, and when it last changed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from quiethire.domain.lifecycle import close, observe
from quiethire.domain.ports import PostingStore
from quiethire.domain.posting import JobPosting, job_id
from quiethire.storage.clickhouse.memory import MemoryPostings

NOW = datetime(2026, 11, 2, 12, 0, 0, 123456, UTC)
DAY = timedelta(days=1)


@pytest.fixture(params=["memory", "clickhouse"])
def store(request: pytest.FixtureRequest) -> PostingStore:
    return MemoryPostings() if request.param == "memory" else request.getfixturevalue("clickhouse_postings")


def posting(number: int, company: str = "Northwind", domain: str | None = None, **changes: object) -> JobPosting:
    identity = f"lever/{company.lower()}/{number:02}"
    fields: dict[str, object] = {
        "id": job_id(identity),
        "identity": identity,
        "url": f"https://jobs.lever.co/{company.lower()}/{number}",
        "ats": "lever",
        "title": f"Engineer {number}",
        "company_name": company,
        "company_domain": domain,
        "quality_score": 90,
    }
    return JobPosting.model_validate(fields | changes)


async def see(store: PostingStore, *postings: JobPosting, at: datetime = NOW) -> None:
    advance = observe(await store.known([each.id for each in postings]), postings, at)
    await store.save(advance.rows, advance.events)


async def end(store: PostingStore, posting: JobPosting, at: datetime) -> None:
    await store.save(*close((await store.known([posting.id])).values(), at))


async def test_open_postings_are_listed_in_pages_each_once_with_their_last_change(store):
    postings = [posting(number) for number in range(7)]
    await see(store, *postings)
    await see(store, postings[2].model_copy(update={"title": "Lead"}), at=NOW + DAY)
    await end(store, postings[5], NOW + DAY)
    told: dict[UUID, datetime] = {}
    after = None
    while page := await store.changed_postings(limit=2, after=after):
        assert not told.keys() & {UUID(each.name) for each in page}
        told |= {UUID(each.name): each.at for each in page}
        after = UUID(page[-1].name)
    assert told == {each.id: NOW for each in postings if each is not postings[5]} | {postings[2].id: NOW + DAY}


async def test_pages_go_on_after_a_posting_that_was_closed_meanwhile_and_end_after_an_unknown_one(store):
    postings = [posting(number) for number in range(4)]
    await see(store, *postings)
    await end(store, postings[1], NOW + DAY)
    assert [each.name for each in await store.changed_postings(limit=9, after=postings[1].id)] == [
        str(postings[2].id),
        str(postings[3].id),
    ]
    assert await store.changed_postings(limit=9, after=job_id("nobody")) == []


async def test_milestones_divide_the_open_postings_into_parts_that_hold_all_of_them(store):
    postings = [posting(number) for number in range(10)]
    await see(store, *postings)
    await end(store, postings[0], NOW + DAY)
    starts = [None, *await store.milestones(4)]
    parts = [await store.changed_postings(limit=4, after=start) for start in starts]
    assert [len(part) for part in parts] == [4, 4, 1]
    assert {each.name for part in parts for each in part} == {str(each.id) for each in postings[1:]}
    assert await store.milestones(100) == []


async def test_companies_are_listed_by_domain_else_by_name_with_the_last_change_of_their_open_postings(store):
    await see(store, posting(1, domain="northwind.example"), posting(2, "Globex"), posting(3, "Initech"))
    await see(store, posting(4, "Globex"), at=NOW + DAY)
    await end(store, posting(3, "Initech"), NOW + DAY)
    companies = await store.changed_companies(limit=9)
    assert [(each.name, each.at) for each in companies] == [("Globex", NOW + DAY), ("northwind.example", NOW)]
    assert [each.name for each in await store.changed_companies(limit=1)] == ["Globex"]
    assert [each.name for each in await store.changed_companies(limit=9, after="Globex")] == ["northwind.example"]
