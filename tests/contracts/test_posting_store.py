"""One contract for postings: ClickHouse's own engine and the twin in memory."""

import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from stored_postings import DAY, NOW, full, posting, row

from quiethire.domain.errors import InvalidInput
from quiethire.domain.lifecycle import JobEvent, JobEventKind, StoredPosting, close, correct, hand_over, observe
from quiethire.domain.ports import PostingStats, PostingStore
from quiethire.domain.posting import (
    JobPosting,
    Period,
    Salary,
    Workplace,
)
from quiethire.domain.reading import StoredReading
from quiethire.domain.search import INDEXED_DESCRIPTION, SearchDocument
from quiethire.storage.clickhouse.memory import MemoryPostings


@pytest.fixture(params=["memory", "clickhouse"])
def store(request: pytest.FixtureRequest) -> PostingStore:
    return MemoryPostings() if request.param == "memory" else request.getfixturevalue("clickhouse_postings")


@pytest.mark.parametrize(
    "given",
    [
        full(),
        posting("bare"),
        posting("board-less", board_key=None),
        posting("open pay", salary=Salary(min=None, max=None, currency="EUR", period=Period.HOUR)),
        posting("cents", salary=Salary(min=17.5, max=19.99, currency="EUR", period=Period.HOUR), visa_sponsorship=True),
        posting(
            "a day less",
            salary=Salary(min=0.01, max=123_456_789_012.34, currency="IDR", period=Period.YEAR),
            on_site_days=0,
        ),
        posting("negative pay", salary=Salary(min=-1, max=0, currency="EUR", period=Period.YEAR)),
    ],
    ids=lambda given: given.identity.rpartition("/")[2],
)
async def test_a_posting_comes_back_exactly(store: PostingStore, given: JobPosting) -> None:
    stored = row(given, NOW - DAY, last_seen_at=NOW, closed_at=NOW + DAY, updated_at=NOW + DAY)
    for _ in range(2):
        await store.save([stored], [])
    back = await store.get(given.id)
    assert back == stored
    assert back is not None
    assert back.posting.content_hash == given.content_hash


async def test_a_time_of_another_zone_is_the_same_moment(store: PostingStore) -> None:
    given = posting("1", posted_at=NOW.astimezone(timezone(timedelta(hours=5, minutes=30))))
    await store.save([row(given)], [])
    back = await store.get(given.id)
    assert back is not None
    assert back.posting.posted_at == NOW


@pytest.mark.parametrize(
    "changes",
    [
        {"quality_score": 101},
        {"salary": Salary(min=2**60, max=None, currency="EUR", period=Period.HOUR)},
        {"salary": Salary(min=10**16, max=None, currency="EUR", period=Period.YEAR)},
        {"posted_at": datetime(1600, 1, 1, tzinfo=UTC)},
    ],
    ids=["score", "yearly salary", "salary", "year"],
)
async def test_what_does_not_fit_is_refused_and_nothing_is_written(
    store: PostingStore, changes: dict[str, object]
) -> None:
    advance = observe({}, [posting("fine")], NOW)
    with pytest.raises(InvalidInput) as error:
        await store.save([*advance.rows, row(posting("odd", **changes))], advance.events)
    assert error.value.kind == "unstorable"
    assert error.value.where.endswith("/odd")
    assert await store.open_ids() == set()
    assert await store.history(posting("fine").id) == []


async def test_known_gives_those_that_are_there(store: PostingStore) -> None:
    await store.save([row(posting("1")), row(posting("2"), closed_at=NOW)], [])
    asked = [posting("1").id, posting("2").id, UUID(int=7), posting("1").id]
    assert await store.known(asked) == {
        posting("1").id: row(posting("1")),
        posting("2").id: row(posting("2"), closed_at=NOW),
    }
    assert await store.known([]) == {}


async def test_the_newest_version_wins_in_whatever_order_it_came(store: PostingStore) -> None:
    new, old = row(posting("1", title="New"), NOW), row(posting("1", title="Old"), NOW - DAY)
    await store.save([new], [])
    await store.save([old], [])
    assert await store.get(new.posting.id) == new
    assert await store.open_ids() == {new.posting.id}


async def test_of_two_versions_of_one_moment_the_later_write_wins(store: PostingStore) -> None:
    first, second = row(posting("1", title="First")), row(posting("1", title="Second"))
    await store.save([first], [])
    await store.save([second], [])
    assert await store.get(first.posting.id) == second


async def test_a_board_has_its_open_postings_only(store: PostingStore) -> None:
    mine, other = posting("1"), posting("2", board_key="lever/acme")
    await store.save([row(mine), row(other), row(posting("3"), closed_at=NOW), row(posting("4", board_key=None))], [])
    assert await store.of_board("greenhouse/northwind") == {mine.id: reading(row(mine))}
    assert await store.of_board("greenhouse/nobody") == {}


def reading(of: StoredPosting) -> StoredReading:
    told = of.posting.model_dump() | of.model_dump() | {"content_hash": of.posting.content_hash}
    return StoredReading.model_validate({name: told[name] for name in StoredReading.model_fields})


async def test_what_a_board_has_is_told_without_its_texts(store: PostingStore) -> None:
    """Every crawl ends with that question."""
    wide = [posting(f"{number}", description_text=f"{number} " + "many words " * 10_000) for number in range(100)]
    await store.save([row(each) for each in wide], [])
    tracemalloc.start()
    try:
        assert len(await store.of_board("greenhouse/northwind")) == 100
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


async def test_a_board_tells_what_was_closed_at_one_moment_too(store: PostingStore) -> None:
    now, then, mine = posting("1"), posting("2"), posting("3")
    await store.save([row(now, closed_at=NOW), row(then, closed_at=NOW - DAY), row(mine)], [])
    assert set(await store.of_board("greenhouse/northwind", NOW)) == {now.id, mine.id}


async def test_a_posting_lives_through_its_whole_history_and_each_crawl_can_be_told_twice(store: PostingStore) -> None:
    versions = [posting("1"), posting("1", title="Staff Engineer"), posting("1", title="Lead", company_name="NW")]
    for number, version in enumerate(versions):
        at = NOW + number * DAY
        known = await store.known([version.id])
        advance = observe(known, [version], at)
        for _ in range(2):
            await store.save(advance.rows, advance.events)
        if number == 1:
            rows, events = close((await store.known([version.id])).values(), at + DAY / 2)
            for _ in range(2):
                await store.save(rows, events)
            assert await store.open_ids() == set()
    history = await store.history(versions[0].id)
    kinds = JobEventKind
    assert [(event.kind, event.field) for event in history] == [
        (kinds.OPENED, ""),
        (kinds.CHANGED, "title"),
        (kinds.CLOSED, ""),
        (kinds.REOPENED, ""),
        (kinds.CHANGED, "company_name"),
        (kinds.CHANGED, "title"),
    ]
    assert (history[1].old, history[1].new, history[1].at) == ('"Engineer 1"', '"Staff Engineer"', NOW + DAY)
    last = await store.get(versions[0].id)
    assert last is not None
    assert (last.first_seen_at, last.is_open, last.posting) == (NOW, True, versions[2])


async def test_events_of_one_moment_are_told_in_their_natural_order(store: PostingStore) -> None:
    events = [
        JobEvent.make(UUID(int=1), kind, NOW, field=field)
        for kind, field in (
            (JobEventKind.CLOSED, ""),
            (JobEventKind.CHANGED, "title"),
            (JobEventKind.CHANGED, "salary"),
            (JobEventKind.OPENED, ""),
        )
    ]
    await store.save([], events)
    assert await store.history(UUID(int=1)) == list(reversed(events))


async def test_postings_seen_again_are_known_as_they_are_stored_where_they_differ(store: PostingStore) -> None:
    same, other = posting("same"), posting("other")
    stored = [row(same, closed_at=NOW), row(other)]
    await store.save(stored, [])
    read_by_another = same.model_copy(update={"parser_version": 9})
    changed = other.model_copy(update={"title": "Staff Engineer"})
    known = await store.known_of([read_by_another, changed, posting("new"), changed])
    assert known == {one.posting.id: one for one in stored}
    assert await store.known_of([]) == {}


async def test_postings_that_another_board_lists_too_are_known_as_those_of_their_own(store: PostingStore) -> None:
    mine = row(posting("1"))
    await store.save([mine], [])
    elsewhere = posting("1", board_key="website/https://northwind.example/jobs")
    known = await store.known_of([elsewhere])
    assert known == {mine.posting.id: mine}
    assert observe(known, [elsewhere], mine.updated_at + DAY).rows == ()
    await store.save([hand_over(mine, str(elsewhere.board_key))], [])
    assert await store.of_board("greenhouse/northwind") == {}
    assert await store.get(mine.posting.id) == row(elsewhere)
    assert set(await store.of_board(str(elsewhere.board_key))) == {mine.posting.id}
    assert await store.history(mine.posting.id) == []


def test_a_changed_copy_has_a_hash_of_its_own() -> None:
    given = posting("1")
    before = given.content_hash
    changed = given.model_copy(update={"title": "Other"})
    assert given.model_copy(update={"quality_score": 1}).content_hash == before
    assert changed.content_hash == type(changed)(**changed.model_dump()).content_hash != before


async def test_saving_nothing_writes_nothing(store: PostingStore) -> None:
    await store.save([], [])
    assert await store.history(UUID(int=1)) == []
    assert await store.get(UUID(int=1)) is None


async def test_pages_walk_over_every_open_posting_once(store: PostingStore) -> None:
    given = [row(posting(str(number))) for number in range(25)]
    await store.save([*given, row(posting("closed"), closed_at=NOW)], [])
    walked: list[StoredPosting] = []
    while page := await store.page(limit=10, after=walked[-1].posting.id if walked else None):
        walked += page
    assert len(walked) == 25
    assert {one.posting.id: one for one in walked} == {one.posting.id: one for one in given}
    assert len(await store.page(limit=100, closed=None)) == 26
    assert await store.page(limit=100, after=UUID(int=1)) == []


async def test_a_page_of_a_company_has_only_its_postings(store: PostingStore) -> None:
    await store.save([row(posting("1")), row(posting("2", company_name="Ñandú GmbH"))], [])
    for name in ("Ñandú GmbH", "ñandú gmbh"):
        assert [one.posting.company_name for one in await store.page(limit=9, company=name)] == ["Ñandú GmbH"]
    assert await store.page(limit=9, company="Ñandú") == []


async def test_a_scan_gives_every_open_posting_in_bounded_batches(store: PostingStore) -> None:
    given = [row(posting(str(number))) for number in range(7)]
    await store.save([*given, row(posting("closed"), closed_at=NOW)], [])
    batches = [batch async for batch in store.scan(batch=3)]
    assert [len(batch) for batch in batches] == [3, 3, 1]
    assert [one.posting.id for batch in batches for one in batch] == list(await store.open_ids())


async def test_an_excerpt_makes_the_document_that_the_whole_row_makes(store: PostingStore) -> None:
    rows = [row(posting("1", description_text="word " * 300)), row(posting("2"), closed_at=NOW)]
    await store.save(rows, [])
    excerpts = await store.excerpts([each.posting.id for each in rows] + [UUID(int=7)])
    assert {job_id: SearchDocument.of(each) for job_id, each in excerpts.items()} == {
        each.posting.id: SearchDocument.of(each) for each in rows
    }
    assert [each.is_open for each in excerpts.values()] == [True, False]
    assert max(len(each.posting.description_text) for each in excerpts.values()) == INDEXED_DESCRIPTION


async def test_what_was_written_since_a_moment_is_told_whatever_moment_it_is_of(store: PostingStore) -> None:
    """A crawl stamps rows with its start, and a better reading of a page leaves a row its version."""
    corrected, closed, left = (row(posting(name)) for name in "abc")
    began = datetime.now(UTC)
    await store.save([corrected, closed, left], [])
    assert await store.written_since(began) == {each.posting.id for each in (corrected, closed, left)}
    then = datetime.now(UTC)
    await store.save([correct(corrected, posting("a", title="Better"), NOW + DAY)[0]], [])
    await store.save(*close([closed], NOW))
    assert await store.written_since(then) == {corrected.posting.id, closed.posting.id}
    assert await store.written_since(then.astimezone(timezone(timedelta(hours=5)))) == {
        corrected.posting.id,
        closed.posting.id,
    }
    assert await store.written_since(datetime.now(UTC) + timedelta(seconds=1)) == set()


async def test_a_list_of_what_changed_since_misses_nothing_that_was_stored_late(store: PostingStore) -> None:
    """Whoever keeps a copy asks for what came since the last time: by then a long crawl has not stored all that it saw."""
    early, late, better = (posting(name) for name in "abc")
    await store.save([row(early, NOW), row(better, NOW)], [])
    asked = datetime.now(UTC)
    await store.save([row(late, NOW - DAY)], [])
    await store.save([correct(row(better, NOW), posting("c", title="Better"), NOW)[0]], [])
    listed = await store.page(limit=9, closed=None, updated_since=asked)
    assert [one.posting.id for one in listed] == [late.id, better.id]


async def test_stats_count_open_postings_and_events(store: PostingStore) -> None:
    advance = observe({}, [full(), posting("2", ats="lever", board_key=None, remote=Workplace.REMOTE)], NOW)
    gone, events = close([row(posting("3", company_name="Gone"))], NOW)
    for _ in range(2):
        await store.save([*advance.rows, *gone], [*advance.events, *events])
    assert await store.stats() == PostingStats(
        open=2,
        closed=1,
        companies=1,
        boards=1,
        with_salary=1,
        remote=1,
        events={"opened": 2, "closed": 1},
        by_ats={"greenhouse": 1, "lever": 1},
    )


async def test_stats_of_an_empty_store_are_zero(store: PostingStore) -> None:
    counts = dict.fromkeys(("open", "closed", "companies", "boards", "with_salary", "remote"), 0)
    assert await store.stats() == PostingStats(**counts, events={}, by_ats={})
