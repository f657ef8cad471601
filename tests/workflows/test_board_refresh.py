"""The loop between discoveries, over stub activities on the real server."""

from uuid import uuid4

import pytest
from stub_activities import Stubs

from activities.batches import PostingBatch
from activities.boards import ClaimedBoards
from activities.checking import CheckedBoards
from activities.crawling import BoardCrawl
from activities.storing import CloseResult, IndexResult, StoreResult
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.errors import Gone, Permanent, Transient
from workflows.board_refresh import BoardRefreshInput, BoardRefreshWorkflow


def board(number, ats="greenhouse"):
    return Board(ats=ats, token=f"b{number}", url=f"https://boards.greenhouse.io/b{number}")


class Claims:
    """Boards that are due, handed out as the store does: those of an owner again, then others."""

    def __init__(self, boards):
        self.due, self.held = list(boards), {}

    def __call__(self, asked):
        if asked["owner"] not in self.held:
            self.held[asked["owner"]] = self.due[: asked["limit"]]
            del self.due[: asked["limit"]]
        return ClaimedBoards(boards=tuple(self.held[asked["owner"]]), waiting=len(self.due))


def checked(asked, wait=0.0, **parts):
    """All boards are the same, but for those named."""
    boards = [Board.model_validate(each) for each in asked["boards"]]
    named = {each.key if isinstance(each, Board) else each for part in parts.values() for each in part}
    return CheckedBoards(
        same=tuple(each.key for each in boards if each.key not in named), requests=len(boards), wait=wait, **parts
    )


def changed(*numbers):
    def check(asked):
        keys = {each["token"] for each in asked["boards"]}
        return checked(asked, changed=tuple(board(number) for number in numbers if f"b{number}" in keys))

    return check


def stubs_of(claims, check, **answers):
    return Stubs(
        **{
            "claim_due_boards": claims,
            "check_boards": check,
            "settle_boards": None,
            "crawl_career_page": lambda asked: BoardCrawl(
                board=Board.model_validate(asked["board"]),
                batches=(PostingBatch(content_hash="a" * 64, count=2),),
                complete=True,
                requests=1,
            ),
            "store_jobs_in_clickhouse": StoreResult(
                opened=0, changed=0, reopened=0, unchanged=2, touched=(), seconds=0.0
            ),
            "index_jobs_in_typesense": IndexResult(indexed=0, seconds=0.0),
            "close_missing_jobs": CloseResult(closed=0),
        }
        | answers
    )


async def test_unchanged_boards_are_claimed_and_looked_at_and_nothing_else(run):
    stubs = stubs_of(Claims(map(board, range(120))), changed())
    result = await run(BoardRefreshWorkflow, BoardRefreshInput(), stubs=stubs)
    assert (result.boards, result.unchanged, result.failed, result.requests) == (120, 120, 0, 120)
    calls = {name: len(made) for name, made in stubs.calls.items() if made}
    assert calls == {"claim_due_boards": 4, "check_boards": 3}


async def test_changed_boards_are_crawled_as_of_the_check_that_found_them(run):
    stubs = stubs_of(Claims(map(board, range(60))), changed(3, 55))
    result = await run(BoardRefreshWorkflow, BoardRefreshInput(), stubs=stubs)
    assert (result.boards, result.unchanged, result.crawled.boards) == (60, 58, 2)
    assert result.crawled.postings.seen == 4
    crawls = {call["board"]["token"]: call["started_at"] for call in stubs.calls["crawl_career_page"]}
    checks = [call["started_at"] for call in stubs.calls["check_boards"]]
    assert crawls == {"b3": checks[0], "b55": checks[1]}
    assert stubs.calls["settle_boards"] == []


async def test_a_board_that_fails_costs_itself_alone_and_is_put_off(run):
    def crawl(asked):
        if asked["board"]["token"] == "b1":
            raise Transient("timed out", kind="timeout")
        return BoardCrawl(board=Board.model_validate(asked["board"]), complete=True)

    stubs = stubs_of(Claims(map(board, range(3))), changed(0, 1), crawl_career_page=crawl)
    result = await run(BoardRefreshWorkflow, BoardRefreshInput(), stubs=stubs)
    assert (result.boards, result.unchanged, result.failed) == (3, 1, 1)
    assert [problem.kind for problem in result.crawled.problems] == ["timeout"]
    [settled] = stubs.calls["settle_boards"]
    assert [end["board_key"] for end in settled["ends"]] == ["greenhouse/b1"]


async def test_boards_are_put_off_at_last_though_their_store_was_away_for_longer_than_crawls_are_tried(run):
    fails = iter(range(3))

    def settle(_):
        if next(fails, None) is not None:
            raise Transient("no connection", where="postgresql")

    def crawl(_):
        raise Permanent("no such board")

    stubs = stubs_of(Claims([board(0)]), changed(0), crawl_career_page=crawl, settle_boards=settle)
    result = await run(BoardRefreshWorkflow, BoardRefreshInput(), stubs=stubs)
    assert len(stubs.calls["settle_boards"]) == 4
    assert [problem.detail for problem in result.crawled.problems] == ["no such board"]


@pytest.mark.parametrize("complete", [True, False])
async def test_a_page_that_shows_another_board_speaks_for_itself_where_that_was_read_whole_and_is_put_off_else(
    run, complete
):
    page = Board(ats=WEBSITE, token="https://n.example/jobs", url="https://n.example/jobs")
    stubs = stubs_of(
        Claims([page]),
        lambda asked: CheckedBoards(changed=(page,)),
        crawl_career_page=BoardCrawl(
            board=board(7), complete=complete, batches=(PostingBatch(content_hash="a", count=2),)
        ),
    )
    await run(BoardRefreshWorkflow, BoardRefreshInput(), stubs=stubs)
    closings = [(call["record"]["board_key"], call["shows"]) for call in stubs.calls["close_missing_jobs"]]
    assert closings == [("greenhouse/b7", False), (page.key, True)][: 1 + complete]
    if complete:
        assert stubs.calls["settle_boards"] == []
        return
    [settled] = stubs.calls["settle_boards"]
    [end] = settled["ends"]
    assert (end["board_key"], end["seen"]) == (page.key, 2)
    assert "greenhouse/b7" in end["why"]


async def test_boards_whose_check_fails_for_good_are_put_off_and_the_next_are_looked_at(run):
    def check(asked):
        if asked["boards"][0]["token"] == "b0":
            raise Gone("broken", where="check")
        return checked(asked)

    stubs = stubs_of(Claims(map(board, range(70))), check)
    result = await run(BoardRefreshWorkflow, BoardRefreshInput(), stubs=stubs)
    assert (result.boards, result.failed, result.unchanged) == (70, 50, 20)
    [settled] = stubs.calls["settle_boards"]
    assert len(settled["ends"]) == 50


async def test_boards_that_were_not_reached_are_looked_at_once_more_and_then_left_to_their_claim(run):
    busy, slow = board(1), board(2)
    looks = []

    def check(asked):
        looks.append([each["token"] for each in asked["boards"]])
        first = len(looks) == 1
        return checked(asked, waiting=(busy, slow) if first else (busy,), wait=0.01)

    result = await run(BoardRefreshWorkflow, BoardRefreshInput(), stubs=stubs_of(Claims(map(board, range(3))), check))
    assert looks == [["b0", "b1", "b2"], ["b1", "b2"]]
    assert (result.boards, result.unchanged, result.failed) == (2, 2, 0)


async def test_a_paused_run_begins_nothing_more_says_so_and_goes_on_when_resumed(temporal_client, working):
    claims = Claims(map(board, range(120)))
    stubs = stubs_of(claims, changed())
    async with working(stubs) as queue:
        handle = await temporal_client.start_workflow(
            BoardRefreshWorkflow.run,
            BoardRefreshInput(),
            id=f"test-{uuid4()}",
            task_queue=queue,
            start_signal="pause",
        )
        progress = await handle.query(BoardRefreshWorkflow.progress)
        assert (progress.paused, progress.running, stubs.calls["claim_due_boards"]) == (True, 0, [])
        described = await handle.describe()
        shown = {pair.key.name: pair.value for pair in described.typed_search_attributes}
        assert shown["QuietHirePaused"] is True
        await handle.signal(BoardRefreshWorkflow.resume)
        result = await handle.result()
    assert result.unchanged == 120
    shown = {pair.key.name: pair.value for pair in (await handle.describe()).typed_search_attributes}
    assert (shown["QuietHireDone"], shown["QuietHireTotal"], shown["QuietHirePaused"]) == (120, 120, False)


async def test_a_run_that_finds_nothing_due_is_one_activity(temporal_client, working):
    stubs = stubs_of(Claims([]), changed())
    async with working(stubs) as queue:
        handle = await temporal_client.start_workflow(
            BoardRefreshWorkflow.run, BoardRefreshInput(), id=f"test-{uuid4()}", task_queue=queue
        )
        assert (await handle.result()).boards == 0
    kinds = [event.event_type for event in (await handle.fetch_history()).events]
    assert len(kinds) == 11
