"""Runs over many companies and many queued URLs: side by side, in bounded histories, steered from outside."""

import itertools
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from stub_activities import Stubs
from stub_crawls import PAGE, STORED, crawl_stubs, website
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

from activities.batches import PostingBatch, UrlList
from activities.boards import ClaimedBoards
from activities.checking import CheckedBoards
from activities.crawling import BoardCrawl, PagesCrawl
from activities.discovery import StaleCompanies
from activities.parsing import ExtractedLinks, ParsedJobs
from activities.queue import Claimed
from activities.storing import CloseResult
from quiethire.domain.board import Board
from quiethire.domain.company import Company, company_id
from quiethire.domain.errors import Gone, Transient
from quiethire.domain.ports import QueuedUrl
from quiethire.domain.posting import job_id
from services.osint.discovery import Discovery
from workflows.board_refresh import BoardRefreshInput, BoardRefreshWorkflow
from workflows.career_page_crawl import PARTS_A_HISTORY, CareerPageCrawlInput, CareerPageCrawlWorkflow
from workflows.continuous_discovery import ContinuousDiscoveryInput, ContinuousDiscoveryWorkflow
from workflows.crawl_queue import CrawlQueueInput, CrawlQueueWorkflow
from workflows.policies import CRAWL_QUEUE
from workflows.steering import STARTS, RunProgress

pytestmark = pytest.mark.timeout(300)

SHORT = 60
"""Starts after which a history ends here."""


@pytest.fixture
def short_histories(monkeypatch):
    """Histories that end after a few starts: what becomes of those that follow each other is the same, and takes no minutes."""
    monkeypatch.setattr("workflows.steering.STARTS", SHORT)


def longest(chain):
    """Events of the longest history of this chain, had it gone on to the number of starts after which one really ends."""
    return max(len(history.events) for history in chain) * STARTS / SHORT


def company(number):
    domain = f"{number:05}.example"
    return Company(id=company_id(domain), domain=domain)


class Stale:
    """So many companies that are due, none of them ever crawled, given in pages."""

    def __init__(self, count):
        self.companies = [company(number) for number in range(count)]

    def __call__(self, asked):
        after = asked["after"]["domain"] if asked["after"] else ""
        left = [each for each in self.companies if each.domain > after]
        return StaleCompanies(companies=tuple(left[: asked["limit"]]), waiting=len(self.companies))


def discovery_stubs(count, failing=lambda domain: False):
    def mark(asked):
        if failing(asked["domain"]):
            raise Transient("timed out", kind="timeout")

    return Stubs(
        get_stale_companies=Stale(count),
        discover_career_pages=Discovery(),
        enumerate_subdomains=Discovery(),
        store_discovered_urls=None,
        update_company_last_crawled=mark,
    )


async def histories(client, workflow_id):
    """The histories of a chain of runs, the first one first."""
    runs = [run async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    runs.sort(key=lambda run: run.start_time)
    return [await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history() for run in runs]


def size(history):
    return sum(event.ByteSize() for event in history.events)


async def test_more_companies_than_one_history_holds_are_done_once_each_and_failures_are_counted(
    temporal_client, working, short_histories
):
    count = 2 * SHORT + 40
    stubs = discovery_stubs(count, failing=lambda domain: domain.endswith("49.example"))
    asked = ContinuousDiscoveryInput(max_new_companies=count)
    async with working(stubs, sandboxed=False) as queue:
        handle = await temporal_client.start_workflow(
            ContinuousDiscoveryWorkflow.run, asked, id=f"test-{uuid4()}", task_queue=queue
        )
        result = await handle.result()
        progress = await handle.query(ContinuousDiscoveryWorkflow.progress)
    assert (result.companies, result.companies_failed) == (count, 2)
    assert (progress.total, progress.done, progress.failed, progress.running) == (count, count, 2, 0)
    asked_for = [call["domain"] for call in stubs.calls["discover_career_pages"]]
    assert len(asked_for) == len(set(asked_for)) == count
    marked = {call["domain"] for call in stubs.calls["update_company_last_crawled"]}
    assert len(marked) == count
    chain = await histories(temporal_client, handle.id)
    assert len(chain) >= 3
    assert longest(chain) < 10_000
    assert max(map(size, chain)) * STARTS / SHORT < 10_000_000


async def test_a_run_takes_on_no_more_companies_than_it_is_told(run):
    stubs = discovery_stubs(40)
    result = await run(ContinuousDiscoveryWorkflow, ContinuousDiscoveryInput(max_new_companies=15), stubs=stubs)
    assert result.companies == 15
    assert len(stubs.calls["discover_career_pages"]) == 15
    assert len(stubs.calls["get_stale_companies"]) == 1


async def test_a_paused_discovery_finishes_what_is_under_way_and_begins_nothing_more(temporal_client, working):
    stubs = discovery_stubs(30)
    async with working(stubs) as queue:
        handle = await temporal_client.start_workflow(
            ContinuousDiscoveryWorkflow.run,
            ContinuousDiscoveryInput(),
            id=f"test-{uuid4()}",
            task_queue=queue,
            start_signal="pause",
        )
        progress = await handle.query(ContinuousDiscoveryWorkflow.progress)
        assert (progress.paused, progress.done, progress.running) == (True, 0, 0)
        assert stubs.calls["discover_career_pages"] == []
        await handle.signal(ContinuousDiscoveryWorkflow.resume)
        result = await handle.result()
        shown = {pair.key.name: pair.value for pair in (await handle.describe()).typed_search_attributes}
    assert result.companies == 30
    assert (shown["QuietHireDone"], shown["QuietHireTotal"], shown["QuietHirePaused"]) == (30, 30, False)


async def test_a_queue_longer_than_one_history_is_drained_and_each_entry_finished_once(
    temporal_client, working, short_histories
):
    count = 2 * SHORT + 20
    entries = [
        QueuedUrl(id=number, url=f"https://{number}.example/jobs", priority=5, attempts=1) for number in range(count)
    ]
    held = {}

    def claim(asked):
        if asked["owner"] not in held:
            held[asked["owner"]] = [entries.pop() for _ in entries[: asked["limit"]]]
        return Claimed(entries=tuple(held[asked["owner"]]), drained=not held[asked["owner"]])

    stubs = Stubs(
        claim_crawl_queue=claim,
        finish_crawl_queue_entry=None,
        detect_ats=Discovery(),
        crawl_career_page=lambda asked: BoardCrawl(board=Board.model_validate(asked["board"]), complete=True),
        close_missing_jobs=CloseResult(closed=0),
    )
    async with working(stubs, sandboxed=False) as queue:
        handle = await temporal_client.start_workflow(
            CrawlQueueWorkflow.run, CrawlQueueInput(), id=f"test-{uuid4()}", task_queue=queue
        )
        summary = await handle.result()
    assert summary.boards == count
    finished = [call["entry_id"] for call in stubs.calls["finish_crawl_queue_entry"]]
    assert sorted(finished) == list(range(count))
    chain = await histories(temporal_client, handle.id)
    assert len(chain) >= 3
    assert longest(chain) < 10_000


async def test_a_history_ends_in_time_though_its_run_never_has_to_wait(temporal_client, monkeypatch):
    """Each check takes a while, and nothing is ever crawled: there is always room for more."""
    monkeypatch.setattr("workflows.steering.RENEW_AFTER", timedelta(seconds=1))
    due = [Board(ats="greenhouse", token=f"b{number}", url=f"https://b.example/{number}") for number in range(600)]
    held = {}

    def claim(asked):
        if asked["owner"] not in held:
            held[asked["owner"]] = [due.pop() for _ in due[: asked["limit"]]]
        return ClaimedBoards(boards=tuple(held[asked["owner"]]), waiting=len(due))

    def check(asked):
        time.sleep(0.3)
        keys = tuple(Board.model_validate(each).key for each in asked["boards"])
        return CheckedBoards(same=keys, requests=len(keys))

    stubs = Stubs(claim_due_boards=claim, check_boards=check)
    name = f"test-{uuid4()}"
    common = {"activities": stubs.activities, "workflow_runner": UnsandboxedWorkflowRunner()}
    async with (
        Worker(temporal_client, task_queue=CRAWL_QUEUE, **common),
        Worker(temporal_client, task_queue=name, workflows=[BoardRefreshWorkflow], **common),
    ):
        result = await temporal_client.execute_workflow(
            BoardRefreshWorkflow.run, BoardRefreshInput(), id=name, task_queue=name
        )
    assert (result.boards, result.unchanged) == (600, 600)
    assert len(await histories(temporal_client, name)) >= 2


async def test_a_resume_that_comes_with_a_new_history_of_a_paused_run_is_heard(temporal_client, working):
    carried = RunProgress(total=9, done=3, failed=1, paused=True)
    stubs = Stubs(claim_crawl_queue=Claimed(entries=(), drained=True))
    async with working(stubs) as queue:
        handle = await temporal_client.start_workflow(
            CrawlQueueWorkflow.run,
            CrawlQueueInput(progress=carried),
            id=f"test-{uuid4()}",
            task_queue=queue,
            start_signal="resume",
        )
        await handle.result()
        progress = await handle.query(CrawlQueueWorkflow.progress)
    assert progress == carried.model_copy(update={"paused": False})


def site_stubs(parts, **changed):
    """A site of so many parts of job pages, each of which gives a batch of its own."""
    numbers, stored = itertools.count(), itertools.count()

    def parse(_):
        return ParsedJobs(batches=(PostingBatch(content_hash=f"{next(numbers):064}", count=300),))

    def store(_):
        return STORED.model_copy(update={"touched": (job_id(str(next(stored))),)})

    answers = {
        "crawl_career_page": BoardCrawl(board=website(), listing=PAGE, complete=True),
        "extract_job_links": ExtractedLinks(links=UrlList(content_hash="c" * 64, count=50 * parts)),
        "crawl_job_pages": PagesCrawl(pages=(PAGE,), wait=0.01, requests=1),
        "parse_job_data": parse,
        "store_jobs_in_clickhouse": store,
    }
    return crawl_stubs(**answers | changed)


async def crawled(client, working, stubs, queued=None):
    """What came of crawling the site, and the histories of that."""
    async with working(stubs, sandboxed=False) as queue:
        handle = await client.start_workflow(
            CareerPageCrawlWorkflow.run,
            CareerPageCrawlInput(board=website(), queued=queued),
            id=f"test-{uuid4()}",
            task_queue=queue,
        )
        result = await handle.result()
    return result, await histories(client, handle.id)


async def replay(chain):
    replayer = Replayer(
        workflows=[CareerPageCrawlWorkflow],
        workflow_runner=UnsandboxedWorkflowRunner(),
        data_converter=pydantic_data_converter,
    )
    for history in chain:
        await replayer.replay_workflow(history)


async def test_a_site_of_more_pages_than_one_history_holds_is_crawled_once_and_ends_as_one_crawl(
    temporal_client, working, monkeypatch
):
    monkeypatch.setattr("workflows.career_page_crawl.PARTS_A_HISTORY", 4)

    def fetch(asked):
        if asked["start"] == 50:
            raise Gone("cannot be fetched")
        return PagesCrawl(pages=(PAGE,), wait=0.01, requests=1)

    stubs = site_stubs(10, crawl_job_pages=fetch, finish_crawl_queue_entry=None)
    entry = QueuedUrl(id=7, url="https://northwind.example/careers", priority=5, attempts=1)
    result, chain = await crawled(temporal_client, working, stubs, entry)
    assert [call["start"] for call in stubs.calls["crawl_job_pages"]] == list(range(0, 500, 50))
    assert len({call["started_at"] for call in stubs.calls["crawl_job_pages"]}) == 1
    batches = sorted(f"{number:064}" for number in range(9))
    assert sorted(call["batch"]["content_hash"] for call in stubs.calls["store_jobs_in_clickhouse"]) == batches
    [closed] = stubs.calls["close_missing_jobs"]
    assert [batch["content_hash"] for batch in closed["batches"]] == batches
    assert (closed["record"]["complete"], closed["record"]["opened"], closed["record"]["requests"]) == (False, 9, 9)
    fresh = sorted(str(job_id(str(number))) for number in range(9))
    shown = [call["job_ids"] for call in stubs.calls["index_jobs_in_typesense"]]
    assert sorted([*itertools.chain(*shown), *closed["touched"]]) == fresh
    assert sorted(itertools.chain(*(call["job_ids"] for call in stubs.calls["score_candidates"]))) == fresh
    assert (result.postings.stored, [problem.kind for problem in result.problems]) == (9, ["gone"])
    assert len(stubs.calls["finish_crawl_queue_entry"]) == 1
    assert len(chain) == 3
    assert max(len(history.events) for history in chain) * PARTS_A_HISTORY / 4 < 10_000
    await replay(chain)


@pytest.mark.parametrize(("bound", "fetched"), [({"MAX_PARTS": 5}, 5), ({"MAX_WAITED": 0.025}, 3)])
async def test_what_bounds_a_crawl_bounds_all_of_its_histories_together(
    temporal_client, working, monkeypatch, bound, fetched
):
    for name, value in {"PARTS_A_HISTORY": 2, **bound}.items():
        monkeypatch.setattr(f"workflows.career_page_crawl.{name}", value)
    stubs = site_stubs(10)
    result, chain = await crawled(temporal_client, working, stubs)
    assert len(stubs.calls["crawl_job_pages"]) == fetched
    assert (result.complete, [problem.kind for problem in result.problems]) == (False, ["slow_board"])
    assert len(chain) > 1


async def test_a_crawl_that_began_before_histories_were_cut_goes_on_as_it_did(temporal_client, working, monkeypatch):
    _, chain = await crawled(temporal_client, working, site_stubs(5))
    monkeypatch.setattr("workflows.career_page_crawl.PARTS_A_HISTORY", 2)
    assert len(chain) == 1
    await replay(chain)
