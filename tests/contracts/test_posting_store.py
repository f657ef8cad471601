"""One contract for postings: ClickHouse's own engine and the twin in memory."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from quiethire.domain.errors import InvalidInput
from quiethire.domain.lifecycle import JobEvent, JobEventKind, StoredPosting, close, hand_over, observe
from quiethire.domain.ports import PostingStats, PostingStore
from quiethire.domain.posting import (
    JobPosting,
    JobType,
    Location,
    Period,
    Provenance,
    Salary,
    Seniority,
    Source,
    Workplace,
    job_id,
)
from quiethire.domain.search import FacetCount, SearchDocument, SearchQuery, Sort
from quiethire.storage.clickhouse.memory import MemoryPostings

NOW = datetime(2026, 11, 2, 12, 0, 0, 123456, UTC)
DAY = timedelta(days=1)


@pytest.fixture(params=["memory", "clickhouse"])
def store(request: pytest.FixtureRequest) -> PostingStore:
    return MemoryPostings() if request.param == "memory" else request.getfixturevalue("clickhouse_postings")


def posting(token: str, **changes: object) -> JobPosting:
    identity = f"greenhouse/northwind/{token}"
    fields: dict[str, object] = {
        "id": job_id(identity),
        "identity": identity,
        "url": f"https://boards.greenhouse.io/northwind/jobs/{token}",
        "board_key": "greenhouse/northwind",
        "ats": "greenhouse",
        "title": f"Engineer {token}",
        "company_name": "Northwind",
        "quality_score": 90,
    }
    return JobPosting.model_validate(fields | changes)


def full(token: str = "full") -> JobPosting:
    """Every field filled, with what databases like to lose."""
    return posting(
        token,
        external_id="42",
        title="Ingénieur·e «données» \\ 'x' \"y\" 数据 \x00 {id:UUID} %s",
        company_domain="northwind.example",
        locations=(
            Location(name="Berlin, Germany", city="Berlin", country="DE", lat=52.52437, lon=13.41053),
            Location(name="Somewhere", region=""),
        ),
        remote=Workplace.HYBRID,
        remote_allowed_in=("DE", "AT"),
        on_site_days=3,
        visa_sponsorship=False,
        job_type=JobType.FULL_TIME,
        seniority=Seniority.SENIOR,
        department="",
        description_html="<p>Zeile\r\n\t&amp; mehr</p>" * 200,
        description_text="Zeile\r\n\t& mehr\n" * 200,
        requirements=("SQL", "", "5+ years"),
        skills=("Python", "SQL"),
        salary=Salary(min=90_000_000, max=2**50, currency="IDR", period=Period.MONTH),
        posted_at=datetime(1969, 12, 31, 23, 59, 59, 1, UTC),
        valid_through=NOW + DAY,
        application_url="https://boards.greenhouse.io/apply?x=1&y=%20",
        language="de",
        provenance={
            "title": Provenance(source=Source.JSON_LD, path="$.title"),
            "": Provenance(source=Source.TEXT, path=""),
        },
    )


def row(given: JobPosting, at: datetime = NOW, **changes: object) -> StoredPosting:
    fields: dict[str, object] = {"posting": given, "first_seen_at": at, "last_seen_at": at, "updated_at": at}
    return StoredPosting.model_validate(fields | changes)


async def found(store: PostingStore, **query: object) -> list[str]:
    result = await store.search(SearchQuery.model_validate(query))
    return [hit.document.title.removeprefix("Engineer ") for hit in result.hits]


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
    assert await store.of_board("greenhouse/northwind") == {mine.id: row(mine)}
    assert await store.of_board("greenhouse/nobody") == {}


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
            rows, events = close((await store.of_board("greenhouse/northwind")).values(), at + DAY / 2)
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
    assert await store.of_board(str(elsewhere.board_key)) == {mine.posting.id: row(elsewhere)}
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
    assert {one.posting.id for batch in batches for one in batch} == await store.open_ids()


async def test_search_finds_every_word_in_any_case_and_hides_closed_postings(store: PostingStore) -> None:
    await store.save(
        [
            row(posting("a", skills=("PostgreSQL",))),
            row(posting("b", description_text="You know postgresql well.")),
            row(posting("c", description_text="x" * 2_000 + " postgresql")),
            row(posting("d", skills=("PostgreSQL",)), closed_at=NOW),
            row(posting("e", company_name="PostgreSQL Ltd")),
        ],
        [],
    )
    assert sorted(await found(store, q="ENGINEER postgresql")) == ["a", "b", "e"]
    assert sorted(await found(store, q="postgresql well")) == ["b"]
    assert sorted(await found(store)) == ["a", "b", "c", "e"]


@pytest.mark.parametrize(
    "q", ["full-stack engineer", "full stack engineer", "engineer, full", "engineer/(stack)", "full_stack & engineer"]
)
@pytest.mark.parametrize("title", ["Full Stack Engineer", "Full-Stack Engineer (m/w/d)"])
async def test_signs_that_join_words_are_blanks_to_a_search(store: PostingStore, title: str, q: str) -> None:
    await store.save([row(posting("a", title=title)), row(posting("b", title="Data Engineer"))], [])
    assert await found(store, q=q) == [title]


async def test_what_was_written_since_a_moment_is_told_open_or_closed(store: PostingStore) -> None:
    old, open_, closed = (posting(name) for name in "abc")
    second = timedelta(seconds=1)
    await store.save([row(old), row(open_, updated_at=NOW + second)], [])
    await store.save([row(closed, updated_at=NOW + 2 * second, closed_at=NOW + 2 * second)], [])
    assert await store.written_since(NOW + second) == {open_.id, closed.id}
    assert await store.written_since(NOW + 2 * second) == {closed.id}


@pytest.mark.parametrize(
    "q", ["%", "'; DROP TABLE jobs; --", "\\", "{w0:String}", "(", "*", '"', "[a-", "\\pL\\", "--", "?"]
)
async def test_no_sign_of_a_search_is_syntax(store: PostingStore, q: str) -> None:
    await store.save([row(posting(f"with {q} in it"))], [])
    assert await found(store, q=q) == [f"with {q} in it"]
    assert await found(store, q=f'"{q}"') in ([], [f"with {q} in it"])
    assert await found(store, q=f"with -nothing{q}") == [f"with {q} in it"]
    for field in ("company", "exclude_company", "skills", "remote_from"):
        await store.search(SearchQuery.model_validate({"location": q, field: [q]}))


async def test_search_filters_by_each_field(store: PostingStore) -> None:
    yearly = Salary(min=None, max=80_000, currency="EUR", period=Period.YEAR)
    hourly = Salary(min=50, max=None, currency="USD", period=Period.HOUR)
    await store.save(
        [
            row(posting("a", remote=Workplace.REMOTE, salary=yearly, locations=(Location(name="Berlin, Germany"),))),
            row(posting("b", remote=Workplace.HYBRID, salary=hourly, company_name="Acme")),
            row(posting("c", job_type=JobType.CONTRACT, locations=(Location(name="Paris"), Location(name="BERLIN")))),
        ],
        [],
    )
    assert await found(store, remote=["remote"]) == ["a"]
    assert sorted(await found(store, remote=["remote", "hybrid"])) == ["a", "b"]
    assert await found(store, company=["Acme"]) == ["b"]
    assert await found(store, job_type=["contract"]) == ["c"]
    assert sorted(await found(store, location="berlin")) == ["a", "c"]
    assert await found(store, location="berlin", q="engineer c") == ["c"]
    assert sorted(await found(store, salary_min={"amount": 80_000})) == ["a", "b"]
    assert await found(store, salary_min={"amount": 80_001}) == ["b"]
    assert await found(store, salary_min={"amount": 10**15}) == []


async def test_search_compares_pay_of_different_currencies(store: PostingStore) -> None:
    def paid(currency: str, amount: int, period: Period = Period.YEAR) -> Salary:
        return Salary(min=amount, max=None, currency=currency, period=period)

    await store.save(
        [
            row(posting("eur", salary=paid("EUR", 60_000))),
            row(posting("usd", salary=paid("USD", 100_000))),
            row(posting("idr", salary=paid("IDR", 300_000_000))),
            row(posting("hourly", salary=paid("GBP", 60, Period.HOUR))),
            row(posting("unknown money", salary=paid("XXX", 10**9))),
            row(posting("unpaid")),
        ],
        [],
    )
    in_order = ["hourly", "usd", "eur", "idr"]
    assert (await found(store, sort=Sort.SALARY))[:4] == in_order
    assert sorted(await found(store, salary_min={"amount": 59_000, "currency": "EUR"})) == ["eur", "hourly", "usd"]
    assert await found(store, salary_min={"amount": 10**9, "currency": "XXX"}) == ["unknown money"]
    assert await found(store, salary_min={"amount": 10**9 + 1, "currency": "XXX"}) == []


async def test_search_finds_places_by_circle_and_country(store: PostingStore) -> None:
    berlin = Location(name="Berlin", country="DE", lat=52.52, lon=13.405)
    potsdam = Location(name="Potsdam", country="DE", lat=52.39, lon=13.065)
    paris = Location(name="Paris", country="FR", lat=48.857, lon=2.352)
    somewhere = Location(name="Somewhere")
    await store.save(
        [
            row(posting("berlin", locations=(somewhere, berlin))),
            row(posting("potsdam", locations=(potsdam,))),
            row(posting("paris", locations=(paris,))),
            row(posting("nowhere", locations=(somewhere,))),
        ],
        [],
    )
    around = {"lat": 52.52, "lon": 13.405}
    assert await found(store, circle={**around, "km": 5}) == ["berlin"]
    assert sorted(await found(store, circle={**around, "km": 40})) == ["berlin", "potsdam"]
    assert sorted(await found(store, country="DE")) == ["berlin", "potsdam"]
    assert await found(store, country="FR", circle={**around, "km": 40}) == []
    result = await store.search(SearchQuery(country="FR"))
    assert {each.value for each in result.facets["location"]} == {"Berlin", "Potsdam", "Paris", "Somewhere"}


async def test_search_asks_where_remote_work_may_be_done_from(store: PostingStore) -> None:
    remote = {"remote": Workplace.REMOTE}
    await store.save(
        [
            row(
                posting(
                    "stated",
                    remote_allowed_in=("Portugal", "DE"),
                    locations=(Location(name="x", country="FR"),),
                    **remote,
                )
            ),
            row(posting("by place", locations=(Location(name="x", country="PT"),), **remote)),
            row(posting("anywhere", **remote)),
            row(posting("elsewhere", remote_allowed_in=("US",), **remote)),
        ],
        [],
    )
    assert sorted(await found(store, remote_from=["portugal", "PT"])) == ["anywhere", "by place", "stated"]
    assert sorted(await found(store, remote_from=["FR"])) == ["anywhere"]
    assert len(await found(store)) == 4


async def test_search_filters_by_what_else_is_known(store: PostingStore) -> None:
    await store.save(
        [
            row(posting("a", seniority=Seniority.SENIOR, language="de", skills=("Python", "SQL"), posted_at=NOW)),
            row(posting("b", company_name="Acme", skills=("python",), visa_sponsorship=True, posted_at=NOW - 9 * DAY)),
            row(posting("c", seniority=Seniority.LEAD, visa_sponsorship=False), NOW + DAY),
        ],
        [],
    )
    assert sorted(await found(store, seniority=["senior", "lead"])) == ["a", "c"]
    assert await found(store, language=["de", "fr"]) == ["a"]
    assert sorted(await found(store, skills=["Python"])) == ["a", "b"]
    assert await found(store, skills=["python", "sql"]) == ["a"]
    assert sorted(await found(store, exclude_company=["Acme"])) == ["a", "c"]
    assert await found(store, sponsorship=True) == ["b"]
    assert await found(store, sponsorship=False) == ["c"]
    since = int((NOW - DAY).timestamp())
    assert sorted(await found(store, posted_since=since)) == ["a", "c"]
    assert sorted(await found(store, seen_by=int(NOW.timestamp()))) == ["a", "b"]
    assert await found(store, among=[posting("b").id, posting("gone").id]) == ["b"]
    assert await found(store, among=[]) == []


async def test_search_knows_phrases_and_what_must_not_be_there(store: PostingStore) -> None:
    await store.save(
        [
            row(posting("a", description_text="You build full-stack things in Java.")),
            row(posting("b", description_text="A full house, a stack of JavaScript.")),
            row(posting("c", skills=("C++",))),
        ],
        [],
    )
    assert await found(store, q='"full stack"') == ["a"]
    assert sorted(await found(store, q="full stack")) == ["a", "b"]
    assert sorted(await found(store, q="engineer -java")) == ["b", "c"]
    assert sorted(await found(store, q="-javascript")) == ["a", "c"]
    assert sorted(await found(store, q='-"c++"')) == ["a", "b"]
    assert await found(store, q='engineer -"full stack" -c++') == ["b"]


async def test_a_facet_is_counted_without_its_own_narrowing(store: PostingStore) -> None:
    await store.save(
        [
            row(posting("a", remote=Workplace.REMOTE, job_type=JobType.CONTRACT, skills=("SQL",))),
            row(posting("b", remote=Workplace.HYBRID, job_type=JobType.CONTRACT, skills=("SQL", "Go"))),
            row(posting("c", remote=Workplace.REMOTE, job_type=JobType.FULL_TIME, company_name="Acme")),
            row(posting("d", remote=Workplace.HYBRID, job_type=JobType.FULL_TIME)),
        ],
        [],
    )
    result = await store.search(SearchQuery(remote=(Workplace.REMOTE,), job_type=(JobType.CONTRACT,)))
    counts = {name: {each.value: each.count for each in facet} for name, facet in result.facets.items()}
    assert result.found == 1
    assert counts["remote"] == {"remote": 1, "hybrid": 1}
    assert counts["job_type"] == {"contract": 1, "full_time": 1}
    assert counts["company"] == {"Northwind": 1}
    both = await store.search(SearchQuery(skills=("SQL",)))
    assert {each.value: each.count for each in both.facets["skills"]} == {"SQL": 2, "Go": 1}


async def test_search_sorts_and_pages(store: PostingStore) -> None:
    def paid(amount: int) -> Salary:
        return Salary(min=amount, max=amount, currency="EUR", period=Period.YEAR)

    await store.save(
        [
            row(posting("old", salary=paid(90_000), posted_at=NOW - 9 * DAY)),
            row(posting("seen yesterday"), NOW - DAY),
            row(posting("new", posted_at=NOW, salary=paid(50_000), skills=("old",))),
        ],
        [],
    )
    assert await found(store, sort=Sort.DATE) == ["new", "seen yesterday", "old"]
    assert await found(store, sort=Sort.SALARY) == ["old", "new", "seen yesterday"]
    assert await found(store, q="old") == ["old", "new"]
    pages = [await found(store, sort=Sort.DATE, per_page=2, page=page) for page in (1, 2, 3)]
    assert pages == [["new", "seen yesterday"], ["old"], []]


async def test_a_search_result_says_how_many_and_that_it_is_degraded(store: PostingStore) -> None:
    places = (Location(name="Berlin"), Location(name="Berlin"), Location(name="Paris"))
    rows = [row(full("f")), row(posting("b", locations=places)), row(posting("c", company_name="Acme"))]
    await store.save(rows, [])
    result = await store.search(SearchQuery(per_page=1, sort=Sort.DATE, page=2))
    assert (result.found, result.page, result.degraded, len(result.hits)) == (3, 2, True, 1)
    assert result.facets == {
        "company": (FacetCount(value="Northwind", count=2), FacetCount(value="Acme", count=1)),
        "location": tuple(
            FacetCount(value=name, count=1) for name in ("Berlin", "Berlin, Germany", "Paris", "Somewhere")
        ),
        "remote": (FacetCount(value="none", count=2), FacetCount(value="hybrid", count=1)),
        "job_type": (FacetCount(value="unknown", count=2), FacetCount(value="full_time", count=1)),
        "seniority": (FacetCount(value="unknown", count=2), FacetCount(value="senior", count=1)),
        "skills": (FacetCount(value="Python", count=1), FacetCount(value="SQL", count=1)),
        "language": (FacetCount(value="unknown", count=2), FacetCount(value="de", count=1)),
    }
    last = await store.search(SearchQuery(sort=Sort.DATE, q="Ingénieur"))
    assert [hit.document for hit in last.hits] == [SearchDocument.of(rows[0])]
    nothing = await store.search(SearchQuery(q="nowhere to be found"))
    assert (nothing.found, nothing.hits) == (0, ())
    assert set(nothing.facets.values()) == {()}


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
