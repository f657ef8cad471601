"""One contract for what many postings say together: ClickHouse's own engine and the twin in memory."""

from datetime import UTC, date, datetime, timedelta

import pytest

from quiethire.domain.history import Span, WeekCount, hiring_of
from quiethire.domain.lifecycle import JobEvent, StoredPosting, close, correct, observe, withdraw
from quiethire.domain.ports import PostingStore
from quiethire.domain.posting import JobPosting, Period, Salary, job_id
from quiethire.storage.clickhouse.memory import MemoryPostings

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # A Friday.
DAY = timedelta(days=1)
MONDAY = date(2026, 11, 16)
PAY = Salary(min=70_000, max=90_000, currency="EUR", period=Period.YEAR)


@pytest.fixture(params=["memory", "clickhouse"])
def store(request: pytest.FixtureRequest) -> PostingStore:
    return MemoryPostings() if request.param == "memory" else request.getfixturevalue("clickhouse_postings")


def posting(token: str, board: str = "greenhouse/northwind", **changes: object) -> JobPosting:
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


async def see(store: PostingStore, *postings: JobPosting, at: datetime) -> None:
    advance = observe(await store.known({each.id for each in postings}), postings, at)
    await store.save(advance.rows, advance.events)


async def end(store: PostingStore, *postings: JobPosting, at: datetime, by=close) -> None:
    known = await store.known({each.id for each in postings})
    await store.save(*by(known.values(), at))


async def test_a_reading_tells_all_but_the_texts(store: PostingStore) -> None:
    await see(store, posting("1", parser_version=3), posting("2"), at=NOW - 9 * DAY)
    await see(store, posting("3", board="lever/acme"), at=NOW)
    await end(store, posting("2"), at=NOW - DAY)
    readings = await store.readings(["greenhouse/northwind", "no/board"])
    rows = await store.known({posting("1").id, posting("2").id})
    assert readings.keys() == rows.keys()
    for job, reading in readings.items():
        row = rows[job]
        assert reading.renewed(row.posting) == row
        assert (reading.url, reading.parser_version) == (row.posting.url, row.posting.parser_version)
        assert reading.content_hash == row.posting.content_hash
    assert await store.readings([]) == {}


async def test_boards_are_counted_with_what_an_older_parser_read(store: PostingStore) -> None:
    await see(store, posting("1", parser_version=2), posting("2", parser_version=1), posting("3"), at=NOW - DAY)
    await end(store, posting("3"), at=NOW)
    await see(store, posting("4", board="lever/acme", parser_version=2), at=NOW)
    await see(store, posting("5", board_key=None), at=NOW)
    boards = await store.readings_by_board(2)
    assert {key: tuple(count.model_dump().values()) for key, count in boards.items()} == {
        "greenhouse/northwind": (2, 1, 1, 1),
        "lever/acme": (1, 0, 0, 0),
    }


async def test_hiring_counts_by_week_by_pay_and_by_span(store: PostingStore) -> None:
    await see(store, posting("1", salary=PAY, posted_at=NOW - 20 * DAY), at=NOW - 10 * DAY)
    await see(store, posting("2"), posting("3", company_name="NORTHWIND"), at=NOW - 10 * DAY)
    await see(store, posting("4", company_name="Globex"), at=NOW - 10 * DAY)
    await end(store, posting("2"), at=NOW - 3 * DAY)
    facts = await store.hiring(domain=None, names=["northWind"], now=NOW)
    assert facts is not None
    assert (facts.company, facts.postings, facts.open, facts.open_with_pay) == ("Northwind", 3, 2, 1)
    assert facts.first_seen_at == NOW - 10 * DAY
    assert facts.opened == (
        WeekCount(week=date(2026, 10, 26), postings=1),
        WeekCount(week=date(2026, 11, 9), postings=2),
    )
    assert facts.closed == (WeekCount(week=MONDAY, postings=1),)
    assert facts.spans == (
        Span(seen_from=0, until=7, closed=True, postings=1),
        Span(seen_from=0, until=10, closed=False, postings=1),
        Span(seen_from=10, until=20, closed=False, postings=1),
    )


async def test_a_company_is_found_by_its_domain_under_any_name(store: PostingStore) -> None:
    await see(store, posting("1", company_domain="northwind.example", company_name="Northwind GmbH"), at=NOW)
    await see(store, posting("2"), at=NOW)
    facts = await store.hiring(domain="northwind.example", names=[], now=NOW)
    assert facts is not None
    assert facts.postings == 1
    assert await store.hiring(domain="elsewhere.example", names=["Nobody"], now=NOW) is None
    assert await store.hiring(domain=None, names=[], now=NOW) is None


async def test_what_we_did_ourselves_is_no_hiring(store: PostingStore) -> None:
    await see(store, posting("1"), posting("2"), at=NOW - 8 * DAY)
    await end(store, posting("1"), at=NOW - DAY, by=withdraw)
    row = (await store.known({posting("2").id}))[posting("2").id]
    corrected, events = correct(row, posting("2", title="Data Engineer", parser_version=1), NOW)
    await store.save([corrected], events)
    facts = await store.hiring(domain=None, names=["Northwind"], now=NOW)
    assert facts is not None
    assert (facts.postings, facts.open, facts.closed) == (1, 1, ())
    assert [span.closed for span in facts.spans] == [False]


async def test_a_closing_stays_told_after_the_posting_is_open_again(store: PostingStore) -> None:
    await see(store, posting("1"), at=NOW - 30 * DAY)
    await end(store, posting("1"), at=NOW - 9 * DAY)
    await end(store, posting("1"), at=NOW - 9 * DAY)
    await see(store, posting("1"), at=NOW - 2 * DAY)
    facts = await store.hiring(domain=None, names=["Northwind"], now=NOW)
    assert facts is not None
    assert facts.open == 1
    assert facts.closed == (WeekCount(week=date(2026, 11, 9), postings=1),)


async def test_weeks_before_the_half_year_are_left_out(store: PostingStore) -> None:
    await see(store, posting("1", posted_at=datetime(1969, 12, 31, tzinfo=UTC)), posting("2"), at=NOW - 300 * DAY)
    await end(store, posting("2"), at=NOW - 200 * DAY)
    await see(store, posting("3"), at=datetime(2026, 5, 25, tzinfo=UTC))
    facts = await store.hiring(domain=None, names=["Northwind"], now=NOW)
    assert facts is not None
    assert facts.opened == (WeekCount(week=date(2026, 5, 25), postings=1),)
    assert facts.closed == ()
    hiring = hiring_of(facts, NOW)
    assert (len(hiring.weeks), hiring.weeks[0].week, hiring.weeks[-1].week) == (26, date(2026, 5, 25), MONDAY)
    assert hiring.weeks[0].opened == 1


async def test_a_correction_never_replaces_what_a_crawl_wrote_in_between(store: PostingStore) -> None:
    await see(store, posting("1"), at=NOW - 9 * DAY)
    [old] = (await store.known({posting("1").id})).values()
    await see(store, posting("1", title="Staff Engineer", parser_version=2), at=NOW - DAY)
    corrected, events = correct(old, posting("1", title="Old", parser_version=2), NOW)
    await store.save([corrected], events)
    [row] = (await store.known({posting("1").id})).values()
    assert row.posting.title == "Staff Engineer"


async def test_the_newest_change_of_pay_is_told_for_each_posting_that_has_one(store: PostingStore) -> None:
    lower = Salary(min=60_000, max=80_000, currency="EUR", period=Period.YEAR)
    await see(store, posting("1", salary=lower), posting("2", salary=PAY), posting("3"), at=NOW - 9 * DAY)
    await see(store, posting("1", salary=None), posting("3", title="Other"), at=NOW - 5 * DAY)
    await see(store, posting("1", salary=PAY), at=NOW - DAY)
    [row] = (await store.known({posting("2").id})).values()
    await store.save(*correct_one(row, posting("2", salary=lower, parser_version=2)))
    changes = await store.salary_changes({posting(token).id for token in "123"})
    assert set(changes) == {posting("1").id}
    [change] = changes.values()
    assert (change.at, change.old, change.new) == (NOW - DAY, None, PAY)
    assert await store.salary_changes([]) == {}


def correct_one(row: StoredPosting, better: JobPosting) -> tuple[list[StoredPosting], list[JobEvent]]:
    corrected, events = correct(row, better, NOW)
    return [corrected], list(events)
