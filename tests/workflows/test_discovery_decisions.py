"""What discovery and the queue decide, whatever the activities find."""

from uuid import uuid4

import pytest
from stub_crawls import board, crawl_stubs, raising

from activities.crawling import BoardCrawl
from activities.discovery import SearchedCompanies, StaleCompanies
from activities.queue import Claimed
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.company import BoardCandidate, Company, DiscoveryMethod, UrlType, company_id
from quiethire.domain.errors import Transient
from quiethire.domain.ports import QueuedUrl
from quiethire.domain.result import Problem
from services.osint.discovery import Discovery
from workflows.career_page_crawl import CareerPageCrawlInput, CareerPageCrawlWorkflow, crawl_id
from workflows.company_discovery import CompanyDiscoveryInput, CompanyDiscoveryWorkflow
from workflows.continuous_discovery import ContinuousDiscoveryInput, ContinuousDiscoveryWorkflow
from workflows.crawl_queue import CrawlQueueInput, CrawlQueueWorkflow


def discovery_stubs(found, **changed):
    return crawl_stubs(
        **{
            "discover_career_pages": found,
            "enumerate_subdomains": Discovery(),
            "detect_ats": Discovery(),
            "store_discovered_urls": None,
            "update_company_last_crawled": None,
        }
        | changed,
    )


def candidate(found, confidence=0.9):
    return BoardCandidate(
        url=found.url, url_type=UrlType.ATS, discovered_via=DiscoveryMethod.OSINT, confidence=confidence, board=found
    )


async def test_boards_are_crawled_from_half_sure_on_and_all_findings_are_kept(run):
    sure, unsure = board("sure"), board("unsure")
    found = Discovery(candidates=(candidate(sure), candidate(unsure, confidence=0.4)))
    stubs = discovery_stubs(found)
    result = await run(CompanyDiscoveryWorkflow, CompanyDiscoveryInput(domain="northwind.example"), stubs=stubs)
    assert result.boards == (sure,)
    assert [call["board"]["token"] for call in stubs.calls["crawl_career_page"]] == ["sure"]
    [kept] = stubs.calls["store_discovered_urls"]
    assert len(kept["candidates"]) == 2


def company(name):
    return Company(id=company_id(f"{name}.example"), domain=f"{name}.example", name=name)


def pages(*companies):
    """The companies as one page, and nothing behind it."""
    return lambda asked: StaleCompanies(companies=() if asked["after"] else companies, waiting=len(companies))


async def test_a_company_is_marked_with_how_its_crawl_ended(run):
    def crawl(input):
        if input["board"]["token"] == "bad":
            raise Transient("timed out", kind="timeout")
        return BoardCrawl(board=Board.model_validate(input["board"]), complete=True)

    stubs = discovery_stubs(
        lambda asked: Discovery(candidates=(candidate(board(asked["domain"].split(".")[0])),)),
        crawl_career_page=crawl,
        get_stale_companies=pages(company("good"), company("bad"), company("fine")),
    )
    result = await run(ContinuousDiscoveryWorkflow, ContinuousDiscoveryInput(), stubs=stubs)
    assert (result.companies, result.companies_failed) == (3, 1)
    marked = {call["domain"]: call["failed"] for call in stubs.calls["update_company_last_crawled"]}
    assert marked == {"good.example": False, "bad.example": True, "fine.example": False}
    assert [problem.kind for problem in result.crawled.problems] == ["timeout"]


async def test_a_company_whose_discovery_breaks_off_is_marked_as_tried(run):
    stubs = discovery_stubs(
        lambda asked: "no discovery" if asked["domain"] == "bad.example" else Discovery(),
        get_stale_companies=pages(company("good"), company("bad")),
    )
    result = await run(ContinuousDiscoveryWorkflow, ContinuousDiscoveryInput(), stubs=stubs)
    assert (result.companies, result.companies_failed) == (2, 1)
    marked = {call["domain"]: call["failed"] for call in stubs.calls["update_company_last_crawled"]}
    assert marked == {"good.example": False, "bad.example": True}


async def test_a_search_that_is_not_configured_is_named_and_the_rest_goes_on(run):
    missing = Problem(kind="not_configured", where="serpapi", detail="no key")
    stubs = discovery_stubs(
        Discovery(),
        get_stale_companies=StaleCompanies(companies=()),
        discover_from_github=SearchedCompanies(companies=2),
        discover_from_dorks=SearchedCompanies(companies=0, problems=(missing,)),
    )
    asked = ContinuousDiscoveryInput(run_github_discovery=True, run_dork_discovery=True)
    result = await run(ContinuousDiscoveryWorkflow, asked, stubs=stubs)
    assert result.companies_found == 2
    assert result.crawled.problems == (missing,)


@pytest.mark.parametrize("works", [True, False])
async def test_the_queue_is_drained_and_each_entry_told_how_it_ended(run, works):
    entries = [QueuedUrl(id=7, url="https://northwind.example/careers", priority=5, attempts=1)]
    broken = raising(Transient("timed out", kind="timeout"))
    changed = {} if works else {"crawl_career_page": broken}
    stubs = crawl_stubs(
        claim_crawl_queue=lambda _: Claimed(drained=not entries, entries=tuple(entries.pop() for _ in entries[:])),
        finish_crawl_queue_entry=None,
        detect_ats=Discovery(),
        **changed,
    )
    summary = await run(CrawlQueueWorkflow, CrawlQueueInput(), stubs=stubs)
    assert summary.boards == 1
    assert stubs.calls["finish_crawl_queue_entry"] == [{"entry_id": 7, "attempt": 1, "ok": works}]


async def test_an_entry_whose_queue_run_is_over_is_settled_by_its_crawl(run):
    entry = QueuedUrl(id=9, url="https://northwind.example/careers", priority=5, attempts=2)
    stubs = crawl_stubs(finish_crawl_queue_entry=None)
    await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=board(), queued=entry), stubs=stubs)
    assert stubs.calls["finish_crawl_queue_entry"] == [{"entry_id": 9, "attempt": 2, "ok": True}]


async def test_a_queued_url_that_is_crawled_already_is_put_off_without_an_attempt(run, temporal_client):
    url = f"https://{uuid4()}.example/careers"
    page = Board(ats=WEBSITE, token=url, url=url)
    entries = [QueuedUrl(id=8, url=url, priority=5, attempts=3)]
    stubs = crawl_stubs(
        claim_crawl_queue=lambda _: Claimed(drained=not entries, entries=tuple(entries.pop() for _ in entries[:])),
        finish_crawl_queue_entry=None,
        put_off_crawl_queue_entry=None,
        detect_ats=Discovery(),
    )
    earlier = await temporal_client.start_workflow(
        CareerPageCrawlWorkflow.run, CareerPageCrawlInput(board=page), id=crawl_id(page), task_queue="nobody-works-here"
    )
    summary = await run(CrawlQueueWorkflow, CrawlQueueInput(), stubs=stubs)
    await earlier.terminate()
    assert [problem.kind for problem in summary.problems] == ["already_running"]
    assert stubs.calls["put_off_crawl_queue_entry"] == [{"entry_id": 8, "attempt": 3}]
    assert stubs.calls["finish_crawl_queue_entry"] == []


async def test_a_failed_method_takes_nothing_from_the_others(run):
    found = Discovery(candidates=(candidate(board()),))
    stubs = discovery_stubs(found, enumerate_subdomains=raising(Transient("no resolver", kind="dns")))
    result = await run(CompanyDiscoveryWorkflow, CompanyDiscoveryInput(domain="northwind.example"), stubs=stubs)
    assert result.boards == (board(),)
    assert result.failed
    assert "dns" in [problem.kind for problem in result.crawled.problems]
