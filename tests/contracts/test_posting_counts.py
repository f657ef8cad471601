"""One contract for counts of open postings and for narrowed lists: ClickHouse's own engine and the twin in memory."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from quiethire.domain.lifecycle import close, observe, withdraw
from quiethire.domain.ports import CompanyOpenings, PostingStore
from quiethire.domain.posting import JobPosting, Location, Period, Salary, job_id
from quiethire.storage.clickhouse.memory import MemoryPostings

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PAY = Salary(min=70_000, max=90_000, currency="EUR", period=Period.YEAR)
BERLIN = Location(name="Berlin", city="Berlin", country="DE", lat=52.52, lon=13.4)
HAMBURG = Location(name="Hamburg", city="Hamburg", country="DE", lat=53.55, lon=9.99)


@pytest.fixture(params=["memory", "clickhouse"])
def store(request: pytest.FixtureRequest) -> PostingStore:
    return MemoryPostings() if request.param == "memory" else request.getfixturevalue("clickhouse_postings")


def posting(token: str, board: str | None = "greenhouse/northwind", **changes: Any) -> JobPosting:
    identity = f"{board}/{token}"
    fields: dict[str, object] = {
        "id": job_id(identity),
        "identity": identity,
        "url": f"https://boards.greenhouse.io/northwind/jobs/{token}",
        "board_key": board,
        "ats": "greenhouse",
        "title": f"Engineer {token}",
        "company_name": "Northwind",
        "quality_score": 90,
    }
    return JobPosting.model_validate(fields | changes)


async def see(store: PostingStore, *postings: JobPosting, at: datetime = NOW) -> None:
    advance = observe(await store.known({each.id for each in postings}), postings, at)
    await store.save(advance.rows, advance.events)


async def end(store: PostingStore, *postings: JobPosting, at: datetime = NOW, by: Any = close) -> None:
    await store.save(*by((await store.known({each.id for each in postings})).values(), at))


def of_globex(token: str, name: str = "Globex", **changes: Any) -> JobPosting:
    return posting(token, company_name=name, company_domain="globex.example", **changes)


async def test_companies_come_by_open_postings_under_their_commonest_name(store: PostingStore) -> None:
    await see(store, of_globex("1", salary=PAY), of_globex("2"), of_globex("3", "Globex GmbH"), posting("4"))
    await see(store, posting("5", company_name="NORTHWIND"), posting("6", company_name="Acme"))
    await see(store, posting("7", company_name="Gone"))
    await end(store, posting("7"))
    assert await store.companies(limit=10) == [
        CompanyOpenings(key="globex.example", name="Globex", domain="globex.example", open=3, with_pay=1),
        CompanyOpenings(key="northwind", name="NORTHWIND", domain=None, open=2, with_pay=0),
        CompanyOpenings(key="acme", name="Acme", domain=None, open=1, with_pay=0),
    ]


async def test_companies_are_leafed_through_each_once(store: PostingStore) -> None:
    await see(store, *(posting(f"{n}", company_name=f"Company {n % 7}") for n in range(17)))
    told: list[CompanyOpenings] = []
    while page := await store.companies(limit=3, after=(told[-1].open, told[-1].key) if told else None):
        told += page
    assert told == await store.companies(limit=100)
    assert [each.key for each in told] == [f"company {n}" for n in (0, 1, 2, 3, 4, 5, 6)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [("glob", 1), ("GMBH", 1), ("globex.example", 1), ("ñandú", 1), ("%", 0), ("'", 0), ("x\ng", 0), ("", 2)],
)
async def test_a_company_is_looked_for_in_its_names_and_its_domain(store: PostingStore, asked: str, found: int) -> None:
    await see(store, of_globex("1"), of_globex("2", "Globex GmbH"), posting("3", company_name="Ñandú"))
    companies = await store.companies(limit=10, name=asked)
    assert len(companies) == found
    # All of its postings are counted, not only those under the name that was asked for.
    assert all(each.open == 2 for each in companies if each.key == "globex.example")


async def test_a_company_has_the_boards_of_its_postings(store: PostingStore) -> None:
    await see(store, of_globex("1", board="lever/globex"), of_globex("2", board="lever/globex"))
    await see(store, posting("3", board="ashby/globex", company_name="GLOBEX"), posting("4", board="ashby/other"))
    await see(store, posting("5", board=None, company_name="Globex"), of_globex("6", board="workable/mistaken"))
    await end(store, posting("3", board="ashby/globex"))
    await end(store, of_globex("6", board="workable/mistaken"), by=withdraw)
    boards = await store.boards_of(domain="globex.example", names=["gloBEX"])
    assert dict(boards) == {"lever/globex": 2, "ashby/globex": 0}
    assert await store.boards_of(domain=None, names=[]) == {}


async def test_places_are_counted_once_a_posting(store: PostingStore) -> None:
    await see(store, posting("1", locations=(BERLIN, HAMBURG)), posting("2", locations=(BERLIN, BERLIN)))
    await see(store, posting("3", locations=(Location(name="Germany", country="DE"), Location(name="Earth"))))
    await see(store, posting("4", locations=(BERLIN,)), posting("5"))
    await end(store, posting("4"))
    assert dict(await store.places()) == {(None, "DE"): 3, ("Berlin", "DE"): 2, ("Hamburg", "DE"): 1}


async def test_a_list_can_be_narrowed_to_closed_postings_to_what_changed_and_to_a_domain(store: PostingStore) -> None:
    await see(store, posting("1"), of_globex("2"), at=NOW - 3 * DAY)
    then = datetime.now(UTC)
    await see(store, posting("3"), at=NOW - DAY)
    await end(store, posting("1"), at=NOW)

    async def listed(**narrowed: Any) -> list[str]:
        return [row.posting.title[-1] for row in await store.page(limit=9, **narrowed)]

    assert await listed() == ["2", "3"]
    assert await listed(closed=True) == ["1"]
    assert await listed(closed=None) == ["1", "2", "3"]
    assert await listed(closed=None, updated_since=then) == ["1", "3"]
    assert await listed(updated_since=then.astimezone(timezone(timedelta(hours=5)))) == ["3"]
    assert await listed(company="Globex.EXAMPLE") == ["2"]
    assert await listed(company="globex") == ["2"]


async def test_open_postings_are_counted_once_each_however_often_they_were_written(store: PostingStore) -> None:
    assert await store.open_count() == 0
    await see(store, posting("1"), posting("2"), posting("3"))
    await see(store, posting("1", title="Senior Engineer"), at=NOW + DAY)
    await end(store, posting("2"), at=NOW + DAY)
    assert await store.open_count() == 2
