"""One contract for boards: PostgreSQL and its twin in memory."""

from datetime import UTC, datetime, timedelta

import pytest

from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.company import Company, company_id
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.ports import BoardStore, CompanyStore
from quiethire.storage.postgres import PostgresBoards, PostgresCompanies
from quiethire.storage.postgres.memory import MemoryBoards, MemoryCompanies, MemoryDatabase

NOW = datetime(2026, 11, 2, 12, 0, 0, 1, UTC)
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


async def test_boards_are_counted_once_each(boards: BoardStore) -> None:
    assert await boards.count() == 0
    for token in ("northwind", "acme", "northwind"):
        await boards.add(Board(ats="greenhouse", token=token, url=f"https://boards.greenhouse.io/{token}"))
    assert await boards.count() == 2
