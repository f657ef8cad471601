"""One contract for companies: PostgreSQL and its twin in memory."""

from datetime import UTC, datetime, timedelta

import pytest

from quiethire.domain.board import Board
from quiethire.domain.company import (
    BoardCandidate,
    Company,
    DiscoveryMethod,
    DorkResult,
    Evidence,
    Subdomain,
    UrlType,
    company_id,
)
from quiethire.domain.errors import InvalidInput
from quiethire.domain.ports import BoardStore, CompanyStore
from quiethire.storage.postgres import PostgresBoards, PostgresCompanies
from quiethire.storage.postgres.memory import MemoryBoards, MemoryCompanies, MemoryDatabase

NOW = datetime(2026, 11, 2, 12, 0, 0, 123456, UTC)
Stores = tuple[CompanyStore, BoardStore]


@pytest.fixture(params=["memory", "postgres"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        database = MemoryDatabase()
        return MemoryCompanies(database), MemoryBoards(database)
    pool = request.getfixturevalue("postgres_pool")
    return PostgresCompanies(pool), PostgresBoards(pool)


@pytest.fixture
def companies(stores: Stores) -> CompanyStore:
    return stores[0]


def company(domain: str, name: str | None = None) -> Company:
    return Company(id=company_id(domain), domain=domain, name=name)


def candidate(url: str, confidence: float = 0.5, **changes: object) -> BoardCandidate:
    fields: dict[str, object] = {
        "url": url,
        "url_type": UrlType.CAREER_PAGE,
        "discovered_via": DiscoveryMethod.OSINT,
        "confidence": confidence,
        "evidence": (Evidence(kind="path", detail="common path /careers"),),
    }
    return BoardCandidate.model_validate(fields | changes)


async def test_adding_counts_only_new_companies(companies: CompanyStore) -> None:
    assert await companies.add([company("northwind.example", "Northwind"), company("acme.example")]) == 2
    assert await companies.add([company("northwind.example", "Northwind"), company("zeta.example")]) == 1
    assert await companies.count() == 3


async def test_a_domain_given_twice_in_one_batch_is_added_once(companies: CompanyStore) -> None:
    assert await companies.add([company("a.example", "Old"), company("a.example", "New")]) == 1
    assert await companies.by_domain("a.example") == company("a.example", "New")


async def test_adding_nothing_adds_nothing(companies: CompanyStore) -> None:
    assert await companies.add([]) == 0
    assert await companies.count() == 0


async def test_adding_again_renames_and_leaves_the_last_crawl_alone(companies: CompanyStore) -> None:
    await companies.add([company("northwind.example", "Northwind")])
    await companies.mark_crawled("northwind.example", NOW)
    await companies.add([company("northwind.example", "Northwind GmbH")])
    found = await companies.by_domain("northwind.example")
    marked = {"last_crawled_at": NOW, "last_tried_at": NOW}
    assert found == company("northwind.example", "Northwind GmbH").model_copy(update=marked)


async def test_adding_without_a_name_keeps_the_name(companies: CompanyStore) -> None:
    await companies.add([company("northwind.example", "Northwind")])
    await companies.add([company("northwind.example")])
    assert await companies.by_domain("northwind.example") == company("northwind.example", "Northwind")


async def test_an_unknown_domain_is_none(companies: CompanyStore) -> None:
    assert await companies.by_domain("nobody.example") is None


async def test_stale_gives_those_never_tried_first_then_the_longest_ago_inclusive(companies: CompanyStore) -> None:
    await companies.add([company(f"{name}.example") for name in ("fresh", "edge", "old", "never-b", "never-a")])
    await companies.mark_crawled("fresh.example", NOW - timedelta(days=7) + timedelta(microseconds=1))
    await companies.mark_crawled("edge.example", NOW - timedelta(days=7))
    await companies.mark_crawled("old.example", NOW - timedelta(days=30))
    stale = await companies.stale(timedelta(days=7), 10, NOW)
    expected = ["never-a.example", "never-b.example", "old.example", "edge.example"]
    assert [found.domain for found in stale] == expected
    assert [found.domain for found in await companies.stale(timedelta(days=7), 3, NOW)] == expected[:3]


async def test_stale_companies_come_in_pages_that_skip_and_repeat_none(companies: CompanyStore) -> None:
    await companies.add([company(f"{number:02}.example") for number in range(20)])
    for number in range(12):
        await companies.mark_crawled(f"{number:02}.example", NOW - timedelta(days=30 - number // 3))
    given: list[Company] = []
    while page := await companies.stale(timedelta(days=7), 3, NOW, given[-1] if given else None):
        given += page
        await companies.mark_crawled(page[0].domain, NOW)
        await companies.mark_failed(page[-1].domain, NOW)
    assert len(given) == len({found.domain for found in given}) == 20
    assert [found.last_crawled_at is None for found in given] == [True] * 8 + [False] * 12
    assert await companies.count_stale(timedelta(days=7), NOW) == 20 - 2 * 7


async def test_all_companies_come_in_pages_by_domain(companies: CompanyStore) -> None:
    await companies.add([company(f"{name}.example", name) for name in ("b", "a", "c")])
    first = await companies.page(limit=2)
    assert [found.domain for found in first] == ["a.example", "b.example"]
    assert await companies.page(limit=2, after="b.example") == [company("c.example", "c")]


async def test_the_last_crawl_never_goes_backwards(companies: CompanyStore) -> None:
    await companies.add([company("northwind.example")])
    for at in (NOW, NOW - timedelta(days=1), NOW):
        await companies.mark_crawled("northwind.example", at)
    found = await companies.by_domain("northwind.example")
    assert found is not None
    assert found.last_crawled_at == NOW


async def test_marking_an_unknown_company_adds_it(companies: CompanyStore) -> None:
    await companies.mark_crawled("new.example", NOW)
    assert await companies.by_domain("new.example") == Company(
        id=company_id("new.example"), domain="new.example", last_crawled_at=NOW, last_tried_at=NOW
    )


async def test_a_failed_company_is_due_again_later_after_each_failure(companies: CompanyStore) -> None:
    await companies.add([company("dead.example")])
    at, waited = NOW, []
    for _ in range(8):
        await companies.mark_failed("dead.example", at)
        hours = 0
        while not await companies.count_stale(timedelta(days=7), at + timedelta(hours=hours)):
            hours += 6
        waited.append(hours)
        at += timedelta(hours=hours)
        assert [found.domain for found in await companies.stale(timedelta(days=7), 9, at)] == ["dead.example"]
    assert waited == [6, 12, 24, 48, 96, 168, 168, 168]


async def test_a_failure_is_counted_once_for_each_moment_and_never_backwards(companies: CompanyStore) -> None:
    await companies.add([company("a.example")])
    for at in (NOW, NOW, NOW - timedelta(hours=1)):
        await companies.mark_failed("a.example", at)
    found = await companies.by_domain("a.example")
    assert found is not None
    assert (found.failures, found.last_tried_at, found.last_crawled_at) == (1, NOW, None)


async def test_a_success_ends_the_failures_but_for_those_after_it(companies: CompanyStore) -> None:
    await companies.add([company("a.example")])
    for hours in (0, 1):
        await companies.mark_failed("a.example", NOW + timedelta(hours=hours))
    for hours, left in ((0, 2), (2, 0)):
        await companies.mark_crawled("a.example", NOW + timedelta(hours=hours))
        found = await companies.by_domain("a.example")
        assert found is not None
        assert found.failures == left
    assert (found.last_crawled_at, found.last_tried_at) == (NOW + timedelta(hours=2), NOW + timedelta(hours=2))


async def test_a_failure_of_a_company_that_is_not_known_adds_none(companies: CompanyStore) -> None:
    await companies.mark_failed("nobody.example", NOW)
    assert await companies.count() == 0


async def test_many_dead_companies_keep_no_good_one_from_its_turn(companies: CompanyStore) -> None:
    await companies.add([company(f"{number:03}.example") for number in range(120)])
    dead = {f"{number:03}.example" for number in range(120) if number % 3}
    done: dict[str, int] = {}
    for run in range(60):
        now = NOW + timedelta(hours=6 * run)
        for found in await companies.stale(timedelta(days=7), 10, now):
            if found.domain in dead:
                await companies.mark_failed(found.domain, now)
            else:
                await companies.mark_crawled(found.domain, now)
                done[found.domain] = done.get(found.domain, 0) + 1
    assert len(done) == 40
    assert min(done.values()) >= 2


async def test_discovered_urls_come_back_whole_and_best_first(stores: Stores) -> None:
    companies, boards = stores
    board = Board(
        ats="greenhouse",
        token="northwind",
        url="https://boards.greenhouse.io/northwind",
        company_domain="northwind.example",
        company_name="Northwind",
    )
    found = [
        candidate("https://northwind.example/careers", 0.4),
        candidate(board.url, 0.95, url_type=UrlType.ATS, board=board),
        candidate("https://northwind.example/about", 0.4, evidence=()),
    ]
    await companies.store_discovered("northwind.example", found, [])
    assert await companies.discovered("northwind.example") == [found[1], found[2], found[0]]
    assert await boards.get("greenhouse/northwind") == board
    assert await companies.by_domain("northwind.example") == company("northwind.example", "Northwind")


async def test_storing_discovered_urls_twice_stores_them_once(companies: CompanyStore) -> None:
    subdomains = [Subdomain(subdomain="jobs.northwind.example", method="dns", is_job_related=True)]
    for _ in range(2):
        await companies.store_discovered(
            "northwind.example", [candidate("https://northwind.example/jobs")] * 2, subdomains * 2
        )
    assert len(await companies.discovered("northwind.example")) == 1
    assert await companies.count() == 1


async def test_urls_are_one_by_their_canonical_form_and_the_surest_is_kept(companies: CompanyStore) -> None:
    await companies.store_discovered(
        "a.example",
        [
            candidate("https://a.example/jobs?utm_source=x#top", 0.3),
            candidate("HTTPS://A.example/jobs", 0.8),
            candidate("https://a.example/jobs", 0.5),
        ],
        [],
    )
    assert await companies.discovered("a.example") == [candidate("https://a.example/jobs", 0.8)]


async def test_a_new_finding_of_a_url_replaces_the_old_one(companies: CompanyStore) -> None:
    await companies.store_discovered("a.example", [candidate("https://a.example/jobs", 0.9)], [])
    await companies.store_discovered(
        "a.example", [candidate("https://a.example/jobs", 0.2, discovered_via=DiscoveryMethod.DORK)], []
    )
    found = await companies.discovered("a.example")
    assert [(one.confidence, one.discovered_via) for one in found] == [(0.2, DiscoveryMethod.DORK)]


async def test_a_found_board_without_a_company_becomes_the_finders(stores: Stores) -> None:
    companies, boards = stores
    board = Board(ats="lever", token="acme", url="https://jobs.lever.co/acme")
    await companies.store_discovered("acme.example", [candidate(board.url, board=board)], [])
    assert await boards.get("lever/acme") == board.model_copy(update={"company_domain": "acme.example"})


async def test_a_found_board_of_another_company_stays_with_it(stores: Stores) -> None:
    companies, boards = stores
    board = Board(ats="lever", token="acme", url="https://jobs.lever.co/acme", company_domain="acme.example")
    await boards.add(board)
    await companies.store_discovered(
        "reseller.example", [candidate(board.url, board=board.model_copy(update={"company_domain": None}))], []
    )
    assert await boards.get("lever/acme") == board
    assert [one.board for one in await companies.discovered("reseller.example")] == [board]


async def test_a_board_that_is_not_sure_enough_is_kept_as_evidence_until_it_is_surer(stores: Stores) -> None:
    companies, boards = stores
    board = Board(ats="lever", token="acme", url="https://jobs.lever.co/acme", company_domain="acme.example")
    unsure, sure = (candidate(board.url, confidence, board=board) for confidence in (0.49, 0.5))
    await companies.store_discovered("acme.example", [unsure], [])
    assert await companies.discovered("acme.example") == [unsure.model_copy(update={"board": None})]
    assert await boards.count() == 0
    assert await boards.claim_due(9, owner="test", lease=timedelta(hours=1), now=datetime.now(UTC)) == []
    await companies.store_discovered("acme.example", [sure], [])
    assert await companies.discovered("acme.example") == [sure]
    assert await boards.get(board.key) == board


async def test_a_known_board_of_which_a_finder_is_not_sure_stays_as_it_is(stores: Stores) -> None:
    companies, boards = stores
    board = Board(ats="lever", token="acme", url="https://jobs.lever.co/acme")
    await boards.add(board)
    given = board.model_copy(update={"company_domain": "acme.example"})
    await companies.store_discovered("acme.example", [candidate(board.url, 0.4, board=given)], [])
    assert await boards.get(board.key) == board
    assert [one.board for one in await companies.discovered("acme.example")] == [board]


async def test_urls_of_the_greatest_length_are_kept_apart(companies: CompanyStore) -> None:
    start = "https://a.example/" + "x" * 8_000
    await companies.store_discovered("a.example", [candidate(f"{start}1"), candidate(f"{start}\\2")], [])
    assert len(await companies.discovered("a.example")) == 2


async def test_a_broken_url_is_refused_and_nothing_is_stored(companies: CompanyStore) -> None:
    with pytest.raises(InvalidInput):
        await companies.store_discovered("a.example", [candidate("https://a.example/"), candidate("nonsense")], [])
    assert await companies.discovered("a.example") == []


def result(url: str, rank: int, query: str = "site:jobs.lever.co", **changes: str) -> DorkResult:
    return DorkResult(query=query, url=url, rank=rank, **changes)


async def test_search_results_come_back_whole_by_query_and_rank(companies: CompanyStore) -> None:
    given = [
        result("https://b.example/jobs", 2, title="Jobs – 求人", snippet="We're \\ hiring"),
        result("https://a.example/jobs", 1),
        result("https://a.example/jobs", 7, query="another"),
    ]
    await companies.store_dork_results(given)
    assert await companies.dork_results("site:jobs.lever.co") == [given[1], given[0]]
    assert await companies.dork_results("another") == [given[2]]
    assert await companies.dork_results("never asked") == []


async def test_a_search_result_that_comes_again_is_stored_once_as_it_was_told_last(companies: CompanyStore) -> None:
    first = result("https://a.example/jobs", 1, title="Old")
    last = result("https://a.example/jobs", 3, title="New", snippet="Now")
    await companies.store_dork_results([first, first.model_copy(update={"rank": 2})])
    for _ in range(2):
        await companies.store_dork_results([last])
    assert await companies.dork_results(first.query) == [last]
    await companies.store_dork_results([])
    assert await companies.dork_results(first.query) == [last]


async def test_search_results_of_the_greatest_length_are_kept_apart(companies: CompanyStore) -> None:
    start = "https://a.example/" + "x" * 8_000
    await companies.store_dork_results([result(f"{start}1", 1), result(f"{start}2", 2)])
    assert [found.rank for found in await companies.dork_results("site:jobs.lever.co")] == [1, 2]
