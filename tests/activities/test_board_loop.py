"""The loop on real servers: a company comes in, its board is found, looked at when due, and read again where it changed."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from local_site import DUTIES, HOST, Site, links, posting, working

from activities.boards import LEASE, BoardActivities, BoardEnd, ClaimBoardsInput, SettleInput
from quiethire.domain.board import Board
from quiethire.domain.company import Company, company_id
from quiethire.domain.crawl import CrawlRecord
from quiethire.settings import TASK_QUEUE
from quiethire.storage.postgres import PostgresBoards, PostgresCompanies, migrate, open_pool
from workflows.board_refresh import BoardRefreshInput, BoardRefreshWorkflow
from workflows.continuous_discovery import ContinuousDiscoveryInput, ContinuousDiscoveryWorkflow

NOW = datetime(2036, 11, 20, tzinfo=UTC)
BOARD = Board(ats="greenhouse", token="northwind", url="https://boards.greenhouse.io/northwind")


class CareerSite:
    """A company's site with a career page of so many postings."""

    def __init__(self, postings):
        self.postings = postings

    def __call__(self, target):
        numbers = range(1, self.postings + 1)
        jobs = [(f"/jobs/{number}-nurse", f"Nurse {number}") for number in numbers]
        pages = {
            "/": f"<title>Northwind</title><h1>Northwind</h1>{links([('/careers', 'Careers')])}<p>{DUTIES * 3}</p>",
            "/careers": f"<title>Careers</title><h1>Open positions</h1>{links(jobs)}<p>{DUTIES}</p>",
            **{path: posting(number) for number, (path, _) in zip(numbers, jobs, strict=True)},
        }
        return (200, pages[target]) if target in pages else (404, "")


@pytest.fixture
async def stored(world, postgres_dsn):
    """The world with PostgreSQL for companies and boards."""
    await migrate(postgres_dsn)
    async with open_pool(postgres_dsn) as pool:
        world.companies, world.boards = PostgresCompanies(pool), PostgresBoards(pool)
        yield world


async def test_a_company_comes_in_and_its_board_is_looked_at_when_due_and_read_where_it_changed(
    stored, temporal_client
):
    answers = CareerSite(3)
    site = Site(answers)
    await stored.companies.add([Company(id=company_id(HOST), domain=HOST, name="Northwind")])

    async def run(workflow, argument):
        return await temporal_client.execute_workflow(
            workflow.run, argument, id=f"test-{uuid4()}", task_queue=TASK_QUEUE
        )

    async with working(stored, temporal_client, site):
        discovered = await run(ContinuousDiscoveryWorkflow, ContinuousDiscoveryInput())
        assert (discovered.companies, discovered.companies_failed, discovered.crawled.postings.opened) == (1, 0, 3)
        assert (await run(BoardRefreshWorkflow, BoardRefreshInput())).boards == 0
        [board] = await stored.boards.all()
        await stored.boards.add_due([board], datetime.now(UTC))
        site.asked.clear()
        unchanged = await run(BoardRefreshWorkflow, BoardRefreshInput())
        assert (unchanged.boards, unchanged.unchanged, unchanged.requests) == (1, 1, 1)
        assert site.asked == ["/careers"]
        assert (await run(BoardRefreshWorkflow, BoardRefreshInput())).boards == 0
        answers.postings = 4
        await stored.boards.add_due([board], datetime.now(UTC))
        changed = await run(BoardRefreshWorkflow, BoardRefreshInput())
    assert (changed.boards, changed.unchanged, changed.crawled.postings.opened) == (1, 0, 1)
    schedule = await stored.boards.schedule(datetime.now(UTC))
    assert (schedule.due, schedule.claimed) == (0, 0)


async def claim(world, run, owner="run/1", now=NOW):
    asked = ClaimBoardsInput(limit=5, owner=owner, now=now)
    return await run(BoardActivities(world).claim_due_boards, asked)


def crawl(at):
    return CrawlRecord(crawl_id=str(at), board_key=BOARD.key, started_at=at, complete=True, requests=1, seen=3)


async def test_a_claim_tells_how_many_more_are_due(world, run):
    for number in range(7):
        await world.boards.add(BOARD.model_copy(update={"token": str(number)}))
    first = await claim(world, run)
    assert (len(first.boards), first.waiting) == (5, 2)
    assert await claim(world, run) == first


async def test_a_board_that_failed_without_a_word_is_put_off_longer_each_time(world, run):
    await world.boards.add(BOARD)
    now, waits = NOW, []
    for number in range(3):
        assert (await claim(world, run, f"run/{number}", now)).boards == (BOARD,)
        end = BoardEnd(board_key=BOARD.key, why="timed out")
        settled = SettleInput(ends=(end,), run_id=f"run-{number}", since=now, at=now + timedelta(minutes=1))
        for _ in range(2):
            await run(BoardActivities(world).settle_boards, settled)
        schedule = await world.boards.schedule(now + LEASE * 0.9)
        assert (schedule.due, schedule.claimed) == (0, 0)
        waits.append(schedule.next_due_at - now)
        now = schedule.next_due_at
    assert waits[0] >= timedelta(hours=1)
    assert waits[1] > 1.5 * waits[0]
    assert waits[2] > 1.5 * waits[1]
    crawls = await world.boards.recent_crawls(BOARD.key)
    assert [each.proof for each in crawls] == ["timed out"] * 3


async def test_a_board_that_a_crawl_has_spoken_for_is_left_alone(world, run):
    await world.boards.add(BOARD)
    await claim(world, run)
    told = crawl(NOW + timedelta(minutes=1))
    await world.boards.record_crawl(told, due_at=NOW + timedelta(days=2))
    end = BoardEnd(board_key=BOARD.key, why="some of its pages failed")
    settled = SettleInput(ends=(end,), run_id="run", since=NOW, at=NOW + timedelta(minutes=2))
    await run(BoardActivities(world).settle_boards, settled)
    assert await world.boards.recent_crawls(BOARD.key) == [told]
    assert (await world.boards.schedule(NOW)).next_due_at == NOW + timedelta(days=2)
