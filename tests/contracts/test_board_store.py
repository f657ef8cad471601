"""One contract for boards: PostgreSQL and its twin in memory."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.company import BoardCandidate, Company, DiscoveryMethod, UrlType, company_id
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.ports import BoardStore, CompanyStore
from quiethire.storage.postgres import PostgresBoards, PostgresCompanies
from quiethire.storage.postgres.boards import PRUNED_AT_ONCE
from quiethire.storage.postgres.memory import MemoryBoards, MemoryCompanies, MemoryDatabase

NOW = datetime(2026, 11, 2, 12, 0, 0, 1, UTC)
LATER = datetime(2036, 11, 2, tzinfo=UTC)
"""After every board of a test became due by being added."""
LEASE = timedelta(minutes=30)
Stores = tuple[CompanyStore, BoardStore]


@pytest.fixture(params=["memory", "postgres"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        database = MemoryDatabase()
        return MemoryCompanies(database), MemoryBoards(database)
    pool = request.getfixturevalue("postgres_pool")
    return PostgresCompanies(pool), PostgresBoards(pool)


@pytest.fixture
def boards(stores: Stores) -> BoardStore:
    return stores[1]


def board(token: str = "northwind", **changes: object) -> Board:
    fields = {"ats": "greenhouse", "token": token, "url": f"https://boards.greenhouse.io/{token}"}
    return Board.model_validate(fields | changes)


def crawl(number: int, **changes: object) -> CrawlRecord:
    fields: dict[str, object] = dict.fromkeys(CrawlRecord.model_fields, number) | {
        "crawl_id": f"crawl-{number}",
        "board_key": "greenhouse/northwind",
        "started_at": NOW + timedelta(hours=number),
        "complete": True,
        "proof": f"{number} of {number} counted",
        "fingerprint": "",
        "same_list": False,
        "gone": False,
    }
    return CrawlRecord.model_validate(fields | changes)


async def test_a_board_comes_back_as_it_was_added_however_often(boards: BoardStore) -> None:
    given = board(company_domain="northwind.example", company_name="Northwind")
    for _ in range(2):
        await boards.add(given)
    assert await boards.get("greenhouse/northwind") == given
    assert await boards.all() == [given]


async def test_an_unknown_board_is_none(boards: BoardStore) -> None:
    assert await boards.get("greenhouse/nobody") is None


async def test_the_company_a_board_names_is_added_too(stores: Stores) -> None:
    companies, boards = stores
    await boards.add(board(company_domain="northwind.example", company_name="Northwind"))
    assert await companies.by_domain("northwind.example") == Company(
        id=company_id("northwind.example"), domain="northwind.example", name="Northwind"
    )


async def test_a_board_does_not_rename_a_company_that_has_a_name(stores: Stores) -> None:
    companies, boards = stores
    await companies.add([Company(id=company_id("a.example"), domain="a.example", name="Alpha")])
    await boards.add(board(company_domain="a.example", company_name="alpha inc (careers)"))
    found = await companies.by_domain("a.example")
    assert found is not None
    assert found.name == "Alpha"


async def test_a_board_learns_its_company_and_does_not_forget_it(boards: BoardStore) -> None:
    await boards.add(board())
    await boards.add(board(company_domain="northwind.example", company_name="Northwind"))
    await boards.add(board(url="https://job-boards.greenhouse.io/northwind"))
    assert await boards.get("greenhouse/northwind") == board(
        url="https://job-boards.greenhouse.io/northwind",
        company_domain="northwind.example",
        company_name="Northwind",
    )


async def test_the_first_owner_keeps_a_board_whoever_else_leads_to_it(stores: Stores) -> None:
    companies, boards = stores
    owned = board(company_domain="northwind.example", company_name="Northwind")
    investor = board(company_domain="investor.example", company_name="Investor")
    await boards.add(owned)
    for other in (investor, board(company_name="Somebody"), investor):
        await boards.add(other)
        assert await boards.get(owned.key) == owned
    found = BoardCandidate(
        url=investor.url, url_type=UrlType.ATS, discovered_via=DiscoveryMethod.OSINT, confidence=0.9, board=investor
    )
    await companies.store_discovered("investor.example", [found], [])
    assert await boards.add_due([investor, investor], NOW) == 0
    assert await boards.get(owned.key) == owned
    renamed = board(company_domain="northwind.example", company_name="Northwind Ltd")
    await boards.add(renamed)
    assert await boards.get(owned.key) == renamed


async def test_a_board_without_an_owner_is_adopted_by_the_first_of_a_batch(boards: BoardStore) -> None:
    first, second = board(company_domain="a.example", company_name="A"), board(company_domain="b.example")
    await boards.add(board(company_name="Unknown"))
    assert await boards.add_due([first, second], NOW) == 0
    assert await boards.get(first.key) == first
    assert await boards.add_due([board("new", company_domain="c.example"), board("new")], NOW) == 1


async def test_old_crawls_are_pruned_but_for_the_newest_of_each_board(boards: BoardStore) -> None:
    for number in range(6):
        await boards.record_crawl(crawl(number))
    for number in range(6, 9):
        await boards.record_crawl(crawl(number, board_key="lever/a", started_at=NOW))
    await boards.record_crawl(crawl(9, board_key="lever/b"))
    assert await boards.prune_crawls(keep=2, before=NOW) == 0
    assert await boards.prune_crawls(keep=2, before=NOW + timedelta(hours=3)) == 4
    assert await boards.prune_crawls(keep=2, before=NOW + timedelta(hours=3)) == 0
    left = await boards.recent_crawls_of(["greenhouse/northwind", "lever/a", "lever/b"])
    assert [[each.crawl_id for each in crawls] for crawls in left.values()] == [
        ["crawl-5", "crawl-4", "crawl-3"],
        ["crawl-8", "crawl-7"],
        ["crawl-9"],
    ]


async def test_crawls_of_more_boards_than_one_statement_takes_are_pruned(boards: BoardStore) -> None:
    for number in range(2 * PRUNED_AT_ONCE + 2):
        await boards.record_crawl(crawl(number, board_key=f"lever/{number // 2}"))
    assert await boards.prune_crawls(keep=1, before=LATER) == PRUNED_AT_ONCE + 1


async def test_all_boards_come_by_key(boards: BoardStore) -> None:
    for token in ("b", "B", "a-b", "a", "ä", "a_b"):
        await boards.add(board(token))
    keys = [found.key for found in await boards.all()]
    assert keys == sorted(keys)
    assert len(keys) == 6


async def test_a_page_of_the_greatest_length_can_be_a_board(boards: BoardStore) -> None:
    url = "https://a.example/" + "x" * 8_000
    given = Board(ats=WEBSITE, token=url, url=url)
    await boards.add(given)
    assert await boards.get(given.key) == given


async def test_the_crawl_that_started_last_comes_first(boards: BoardStore) -> None:
    for number in (2, 3, 1):
        await boards.record_crawl(crawl(number))
    await boards.record_crawl(crawl(9, board_key="lever/northwind"))
    assert await boards.recent_crawls("greenhouse/northwind") == [crawl(3), crawl(2), crawl(1)]
    assert await boards.recent_crawls("greenhouse/northwind", limit=1) == [crawl(3)]
    assert await boards.recent_crawls("greenhouse/nobody") == []


async def test_recording_a_crawl_again_replaces_its_facts(boards: BoardStore) -> None:
    await boards.record_crawl(crawl(1, complete=False))
    await boards.record_crawl(crawl(1, seen=7))
    await boards.record_crawl(crawl(1, seen=7))
    assert await boards.recent_crawls("greenhouse/northwind") == [crawl(1, seen=7)]


async def test_doubts_are_kept_with_a_crawl_until_another_brings_its_own(boards: BoardStore) -> None:
    one, two = uuid4(), uuid4()
    for _ in range(2):
        await boards.record_crawl(crawl(1), doubts={one: NOW, two: LATER})
    await boards.record_crawl(crawl(2, complete=False))
    await boards.record_crawl(crawl(1, board_key="lever/northwind"), doubts={one: LATER})
    assert await boards.doubts("greenhouse/northwind") == {one: NOW, two: LATER}
    await boards.record_crawl(crawl(3), doubts={two: LATER})
    assert await boards.doubts("greenhouse/northwind") == {two: LATER}
    await boards.record_crawl(crawl(4), doubts={})
    assert await boards.doubts("greenhouse/northwind") == {}
    assert await boards.doubts("lever/northwind") == {one: LATER}


async def test_doubts_of_two_crawls_at_once_are_those_of_one(boards: BoardStore) -> None:
    ids = [uuid4() for _ in range(50)]
    given = [dict.fromkeys(order, NOW) for order in (ids, ids[::-1])]
    await asyncio.gather(*(boards.record_crawl(crawl(n), doubts=doubts) for n, doubts in enumerate(given)))
    assert set(await boards.doubts("greenhouse/northwind")) == set(ids)


async def test_postings_that_a_board_lists_beside_their_own_are_noted_until_a_complete_crawl_misses_them(
    boards: BoardStore,
) -> None:
    one, two, three = uuid4(), uuid4(), uuid4()
    first, later, own = "website/" + "x" * 8_000, "lever/northwind", "greenhouse/northwind"
    for _ in range(2):
        await boards.record_crawl(crawl(1, crawl_id="a", board_key=first), of_others=[one, two])
        await boards.record_crawl(crawl(2, crawl_id="b", board_key=later), of_others={two})
    assert await boards.also_listed([one, two, three], own) == {one: first, two: later}
    assert await boards.also_listed([one, two], later) == {one: first, two: first}
    assert await boards.also_listed([], own) == {}
    await boards.record_crawl(crawl(3, crawl_id="c", board_key=first, complete=False), of_others=[three])
    await boards.record_crawl(crawl(4, crawl_id="d", board_key=first))
    assert await boards.also_listed([one, three], own) == {one: first, three: first}
    await boards.record_crawl(crawl(5, crawl_id="e", board_key=first), of_others=[])
    assert await boards.also_listed([one, two, three], own) == {two: later}


async def test_boards_are_counted_once_each(boards: BoardStore) -> None:
    assert await boards.count() == 0
    for token in ("northwind", "acme", "northwind"):
        await boards.add(Board(ats="greenhouse", token=token, url=f"https://boards.greenhouse.io/{token}"))
    assert await boards.count() == 2


async def due(boards: BoardStore, count: int) -> list[Board]:
    """Boards of which each is due a minute after the one before it; the last one at LATER."""
    made = [board(f"b{number}") for number in range(count)]
    for number, each in enumerate(made):
        await boards.add(each)
        at = LATER - timedelta(minutes=count - 1 - number)
        await boards.record_crawl(crawl(number, board_key=each.key), due_at=at)
    return made


async def test_a_new_board_is_due_at_once(boards: BoardStore) -> None:
    await boards.add(board())
    assert await boards.claim_due(5, owner="run/1", lease=LEASE, now=NOW - LEASE) == []
    assert await boards.claim_due(5, owner="run/1", lease=LEASE, now=LATER) == [board()]


async def test_the_most_overdue_go_first_and_none_before_its_time(boards: BoardStore) -> None:
    made = await due(boards, 5)
    assert await boards.claim_due(2, owner="run/1", lease=LEASE, now=LATER - timedelta(minutes=1)) == made[:2]
    assert await boards.claim_due(9, owner="run/2", lease=LEASE, now=LATER - timedelta(minutes=1)) == made[2:4]


async def test_no_ats_has_more_than_half_of_a_claim_while_others_are_due(boards: BoardStore) -> None:
    crowd = await due(boards, 6)
    others = [board("late", ats="lever"), *(board(f"https://{n}.example/jobs", ats=WEBSITE) for n in range(3))]
    for place, each in enumerate(others):
        await boards.add(each)
        at = LATER + timedelta(minutes=1 + place)
        await boards.record_crawl(crawl(10 + place, board_key=each.key), due_at=at)
    now = LATER + timedelta(minutes=9)
    assert await boards.claim_due(4, owner="run/1", lease=LEASE, now=now) == [*crowd[:2], *others[:2]]
    assert await boards.claim_due(6, owner="run/2", lease=LEASE, now=now) == [*crowd[2:], *others[2:]]


async def test_a_claimed_board_comes_with_its_company(boards: BoardStore) -> None:
    given = board(company_domain="northwind.example", company_name="Northwind")
    await boards.add(given)
    for _ in range(2):
        assert await boards.claim_due(5, owner="run/1", lease=LEASE, now=LATER) == [given]


async def test_two_claimers_at_once_get_different_boards(boards: BoardStore) -> None:
    await due(boards, 40)
    claims = await asyncio.gather(
        *(boards.claim_due(10, owner=f"run/{number}", lease=LEASE, now=LATER) for number in range(4))
    )
    taken = [each.key for claim in claims for each in claim]
    assert len(taken) == len(set(taken)) == 40
    assert await boards.claim_due(10, owner="run/9", lease=LEASE, now=LATER) == []


async def test_an_owner_who_asks_again_is_given_the_same_boards(boards: BoardStore) -> None:
    await due(boards, 5)
    first = await boards.claim_due(2, owner="run/1", lease=LEASE, now=LATER)
    again = await boards.claim_due(2, owner="run/1", lease=LEASE, now=LATER + timedelta(minutes=5))
    assert {each.key for each in again} == {each.key for each in first}
    await boards.record_crawl(crawl(100, board_key=first[0].key), due_at=LATER + timedelta(days=1))
    assert await boards.claim_due(2, owner="run/1", lease=LEASE, now=LATER) == first[1:]


async def test_boards_of_a_dead_owner_are_due_again_when_the_lease_is_over(boards: BoardStore) -> None:
    [only] = await due(boards, 1)
    assert await boards.claim_due(5, owner="dead", lease=LEASE, now=LATER) == [only]
    assert await boards.claim_due(5, owner="heir", lease=LEASE, now=LATER + LEASE - timedelta(seconds=1)) == []
    assert await boards.claim_due(5, owner="heir", lease=LEASE, now=LATER + LEASE) == [only]
    assert (await boards.schedule(LATER + LEASE)).claimed == 1


async def test_a_recorded_crawl_says_when_its_board_is_due_and_a_late_repeat_of_an_older_one_does_not(
    boards: BoardStore,
) -> None:
    [only] = await due(boards, 1)
    await boards.claim_due(5, owner="run/1", lease=LEASE, now=LATER)
    for _ in range(2):
        await boards.record_crawl(crawl(2, board_key=only.key), due_at=LATER + timedelta(hours=2))
    await boards.record_crawl(crawl(1, board_key=only.key), due_at=LATER)
    await boards.record_crawl(crawl(3, board_key=only.key))
    schedule = await boards.schedule(LATER)
    assert (schedule.due, schedule.claimed, schedule.next_due_at) == (0, 0, LATER + timedelta(hours=2))
    assert await boards.claim_due(5, owner="run/2", lease=LEASE, now=LATER + timedelta(hours=2)) == [only]


async def test_boards_asked_for_are_due_at_once_but_not_those_in_somebodys_hands(boards: BoardStore) -> None:
    waiting, claimed = board("waiting"), board("claimed")
    await boards.add(claimed)
    await boards.claim_due(1, owner="run/1", lease=LEASE, now=LATER)
    await boards.add(waiting)
    await boards.record_crawl(crawl(1, board_key=waiting.key), due_at=LATER + timedelta(days=3))
    new = board("new", company_domain="new.example")
    assert await boards.add_due([waiting, claimed, new, new], LATER) == 1
    assert await boards.add_due([waiting, claimed, new], LATER) == 0
    taken = await boards.claim_due(5, owner="run/2", lease=LEASE, now=LATER)
    assert {each.key for each in taken} == {waiting.key, new.key}


async def test_the_schedule_is_counted(boards: BoardStore) -> None:
    empty = await boards.schedule(NOW)
    assert (empty.boards, empty.due, empty.claimed, empty.oldest_due_at, empty.next_due_at) == (0, 0, 0, None, None)
    await due(boards, 4)
    await boards.claim_due(1, owner="run/1", lease=LEASE, now=LATER)
    schedule = await boards.schedule(LATER - timedelta(minutes=1))
    assert (schedule.boards, schedule.due, schedule.claimed) == (4, 2, 1)
    assert schedule.oldest_due_at == LATER - timedelta(minutes=2)
    assert schedule.next_due_at == LATER


async def test_crawls_of_many_boards_come_at_once(boards: BoardStore) -> None:
    for number in range(4):
        await boards.record_crawl(crawl(number, board_key="lever/a" if number % 2 else "lever/b"))
    found = await boards.recent_crawls_of(["lever/a", "lever/b", "lever/c", "lever/a"], limit=1)
    assert found == {
        "lever/a": [crawl(3, board_key="lever/a")],
        "lever/b": [crawl(2, board_key="lever/b")],
        "lever/c": [],
    }
    assert [each.crawl_id for each in await boards.last_crawls(3)] == ["crawl-3", "crawl-2", "crawl-1"]
