"""What workflows decide, whatever the activities find."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from stub_crawls import FRESH, PAGE, STORED, board, crawl_stubs, raising, website

from activities.batches import PostingBatch, UrlList
from activities.crawling import BoardCrawl, PagesCrawl
from activities.errors import ATTEMPTS
from activities.parsing import ExtractedLinks, ParsedJobs
from activities.storing import CloseResult, StoreResult
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Gone, Transient
from quiethire.domain.posting import job_id
from quiethire.domain.result import Problem, Refusal
from workflows import policies
from workflows.career_page_crawl import MAX_WAITED, CareerPageCrawlInput, CareerPageCrawlWorkflow, crawl_id
from workflows.policies import Urgency


async def test_a_board_is_stored_indexed_closed_and_matched_in_this_order(run):
    stubs = crawl_stubs()
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=board()), stubs=stubs)
    assert result.complete
    assert (result.postings.seen, result.postings.stored, result.postings.unchanged) == (2, 1, 1)
    assert result.indexed == 1
    [closed] = stubs.calls["close_missing_jobs"]
    assert closed["record"]["complete"]
    assert closed["touched"] == [str(FRESH)]
    assert stubs.calls["index_jobs_in_typesense"] == []
    [scored] = stubs.calls["score_candidates"]
    assert scored["job_ids"] == [str(FRESH)]


async def test_what_stands_for_a_job_in_place_of_a_closed_listing_is_matched_at_once(run):
    other, nothing = job_id("lever/northwind/1"), STORED.model_copy(update={"touched": ()})
    closing = CloseResult(closed=1, taken_over=(FRESH, other))
    stubs = crawl_stubs(close_missing_jobs=closing)
    await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=board()), stubs=stubs)
    assert [call["job_ids"] for call in stubs.calls["score_candidates"]] == [[str(FRESH), str(other)]]
    stubs = crawl_stubs(close_missing_jobs=closing, store_jobs_in_clickhouse=nothing)
    await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=board()), stubs=stubs)
    assert [call["job_ids"] for call in stubs.calls["score_candidates"]] == [[str(FRESH), str(other)]]


SAME = CrawlRecord(
    crawl_id="1",
    board_key="greenhouse/northwind",
    started_at=datetime(2026, 11, 20, tzinfo=UTC),
    complete=True,
    same_list=True,
    seen=7,
    unchanged=5,
    refused=2,
    requests=1,
)


async def test_a_crawl_that_met_the_same_list_ends_with_its_first_activity(run):
    stubs = crawl_stubs(crawl_career_page=BoardCrawl(board=board(), same=SAME, complete=True, requests=1))
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=board()), stubs=stubs)
    assert (result.complete, result.requests) == (True, 1)
    assert (result.postings.seen, result.postings.unchanged, result.postings.refused) == (7, 5, 2)
    assert [name for name, calls in stubs.calls.items() if calls] == ["crawl_career_page"]


@pytest.mark.parametrize(
    ("how", "full"),
    [
        ({}, False),
        ({"urgency": Urgency.PERSON}, True),
        ({"started_at": datetime(2026, 11, 20, tzinfo=UTC)}, True),
    ],
)
async def test_a_board_is_read_in_full_for_a_person_and_where_it_was_checked(run, how, full):
    stubs = crawl_stubs()
    await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=board(), **how), stubs=stubs)
    assert [call["full"] for call in stubs.calls["crawl_career_page"]] == [full]


async def test_the_facts_of_a_crawl_say_what_it_rests_on_or_what_it_misses(run):
    crawl = BoardCrawl(board=website(), listing=PAGE, complete=True, proof="listing read", fingerprint="a-")
    links = ExtractedLinks(links=UrlList(content_hash="c" * 64, count=60), listed="b")
    stubs = crawl_stubs(crawl_career_page=crawl, extract_job_links=links)
    await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    [closed] = stubs.calls["close_missing_jobs"]
    assert closed["record"]["proof"] == "listing read; all 60 pages it names were read"
    assert closed["record"]["fingerprint"] == "a-b"
    lost = tuple(Problem(kind="timeout", where=PAGE.url, detail=f"page {number}") for number in range(5))
    stubs = crawl_stubs(
        crawl_career_page=crawl,
        extract_job_links=links,
        crawl_job_pages=lambda asked: PagesCrawl(pages=(), problems=lost if asked["start"] == 0 else ()),
    )
    await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    [closed] = stubs.calls["close_missing_jobs"]
    assert closed["record"]["proof"] == "timeout: page 0; timeout: page 1; timeout: page 2; and 2 more"


async def test_a_page_none_of_whose_links_is_a_posting_is_no_complete_list(run):
    stubs = crawl_stubs(
        crawl_career_page=BoardCrawl(board=website(), listing=PAGE, complete=True),
        parse_job_data=ParsedJobs(batches=()),
    )
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    assert (result.complete, [problem.kind for problem in result.problems]) == (False, ["no_postings"])


async def test_a_page_that_is_listed_and_not_there_costs_only_itself(run):
    gone = Problem(kind="gone", where=PAGE.url, detail="answered 404")
    soft = Problem(kind="soft_404", where=PAGE.url, detail="says that it is not there")
    for problem, complete in ((gone, True), (soft, False)):
        stubs = crawl_stubs(
            crawl_career_page=BoardCrawl(board=website(), listing=PAGE, complete=True),
            crawl_job_pages=PagesCrawl(pages=(PAGE,), problems=(problem,)),
        )
        result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
        assert (result.complete, result.problems) == (complete, (problem,))


async def test_what_is_unchanged_is_neither_indexed_nor_matched(run):
    stubs = crawl_stubs(
        store_jobs_in_clickhouse=StoreResult(opened=0, changed=0, reopened=0, unchanged=2, touched=(), seconds=0.0)
    )
    await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=board()), stubs=stubs)
    assert stubs.calls["index_jobs_in_typesense"] == []
    assert stubs.calls["score_candidates"] == []


async def test_a_page_that_could_not_be_fetched_makes_the_crawl_incomplete(run):
    lost = Problem(kind="http_500", where="https://northwind.example/jobs/2", detail="the server answered 500")
    stubs = crawl_stubs(
        crawl_career_page=BoardCrawl(board=website(), listing=PAGE, complete=True),
        crawl_job_pages=PagesCrawl(pages=(PAGE,), problems=(lost,)),
    )
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    assert not result.complete
    assert result.problems == (lost,)
    [closed] = stubs.calls["close_missing_jobs"]
    assert not closed["record"]["complete"]


async def test_refused_postings_count_as_seen(run):
    refused = Refusal(url="https://northwind.example/jobs/3", reason="quality 40 is below 70", quality_score=40)
    batch = PostingBatch(content_hash="d" * 64, count=0, refused=1)
    stubs = crawl_stubs(
        crawl_career_page=BoardCrawl(board=website(), listing=PAGE, complete=True),
        extract_job_links=ExtractedLinks(links=UrlList(content_hash="c" * 64, count=1)),
        parse_job_data=ParsedJobs(batches=(batch,), refused=(refused,)),
    )
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    assert (result.postings.seen, result.postings.refused, result.refused) == (1, 1, (refused,))
    assert stubs.calls["store_jobs_in_clickhouse"] == []
    [closed] = stubs.calls["close_missing_jobs"]
    assert [batch["refused"] for batch in closed["batches"]] == [1]


async def test_links_are_followed_in_parts_and_a_part_that_fails_costs_only_itself(run):
    def fetch(asked):
        if asked["start"] == 50:
            raise Transient("timed out", kind="timeout")
        return PagesCrawl(pages=(PAGE,), requests=1)

    stubs = crawl_stubs(
        crawl_career_page=BoardCrawl(board=website(), listing=PAGE, complete=True),
        extract_job_links=ExtractedLinks(links=UrlList(content_hash="c" * 64, count=120)),
        crawl_job_pages=fetch,
    )
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    assert sorted(call["start"] for call in stubs.calls["crawl_job_pages"]) == [0, 50, 50, 50, 100]
    assert len(stubs.calls["store_jobs_in_clickhouse"]) == 2
    assert result.failed
    [closed] = stubs.calls["close_missing_jobs"]
    assert not closed["record"]["complete"]


async def test_a_board_that_needs_more_time_is_asked_again_and_given_up_in_the_end(run):
    slow, done = BoardCrawl(board=website(), unfinished=True), BoardCrawl(board=website(), complete=True)
    answers = iter([slow, slow, done])
    stubs = crawl_stubs(crawl_career_page=lambda _: next(answers))
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    assert (result.complete, len(stubs.calls["crawl_career_page"])) == (True, 3)
    stubs = crawl_stubs(crawl_career_page=slow)
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    assert (result.complete, result.failed, [problem.kind for problem in result.problems]) == (
        False,
        True,
        ["slow_board"],
    )


async def test_pages_are_followed_from_where_an_activity_stopped(run):
    stops = {0: 7, 7: 60}
    stubs = crawl_stubs(
        crawl_career_page=BoardCrawl(board=website(), listing=PAGE, complete=True),
        crawl_job_pages=lambda asked: PagesCrawl(pages=(PAGE,), end=stops[asked["start"]], left=asked["start"]),
    )
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    assert [call["start"] for call in stubs.calls["crawl_job_pages"]] == [0, 7]
    assert [problem.kind for problem in result.problems] == ["trap"]
    assert not result.complete


async def test_a_host_that_asks_for_a_wait_is_asked_again_after_it_and_no_longer_than_a_crawl_waits(run):
    answers = iter([PagesCrawl(pages=(), end=0, wait=0.01), PagesCrawl(pages=(PAGE,), end=60)])
    stubs = crawl_stubs(
        crawl_career_page=BoardCrawl(board=website(), listing=PAGE, complete=True),
        crawl_job_pages=lambda _: next(answers),
    )
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    assert (result.complete, len(stubs.calls["crawl_job_pages"])) == (True, 2)
    stubs = crawl_stubs(
        crawl_career_page=BoardCrawl(board=website(), listing=PAGE, complete=True),
        crawl_job_pages=PagesCrawl(pages=(), end=0, wait=MAX_WAITED + 1),
    )
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    assert (result.complete, [problem.kind for problem in result.problems]) == (False, ["slow_board"])
    assert len(stubs.calls["crawl_job_pages"]) == 1


async def test_a_long_crawl_stores_each_posting_once_by_parts(run):
    parts = iter("bde")
    stubs = crawl_stubs(
        crawl_career_page=BoardCrawl(board=website(), listing=PAGE, complete=True),
        extract_job_links=ExtractedLinks(links=UrlList(content_hash="c" * 64, count=150)),
        parse_job_data=lambda _: ParsedJobs(batches=(PostingBatch(content_hash=next(parts) * 64, count=300),)),
    )
    await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    stored = [call["batch"]["content_hash"][0] for call in stubs.calls["store_jobs_in_clickhouse"]]
    assert sorted(stored) == ["b", "d", "e"]
    [indexed] = stubs.calls["index_jobs_in_typesense"]
    [closed] = stubs.calls["close_missing_jobs"]
    assert (len(indexed["job_ids"]), len(closed["touched"])) == (2, 1)


async def test_a_listing_that_goes_on_elsewhere_is_not_complete(run):
    more = Problem(kind="paged_listing", where=PAGE.url, detail="lists more")
    stubs = crawl_stubs(
        crawl_career_page=BoardCrawl(board=website(), listing=PAGE, complete=True),
        extract_job_links=ExtractedLinks(links=UrlList(content_hash="c" * 64, count=20), problems=(more,)),
    )
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    assert not result.complete
    assert not result.failed


MANY = {
    "store_jobs_in_clickhouse": StoreResult(
        opened=600, changed=0, reopened=0, unchanged=0, touched=tuple(job_id(str(n)) for n in range(600)), seconds=0.0
    )
}
"""More than the activity that closes a crawl indexes too."""


@pytest.mark.parametrize(
    "name", ["parse_job_data", "store_jobs_in_clickhouse", "index_jobs_in_typesense", "close_missing_jobs"]
)
async def test_an_activity_that_fails_for_good_is_named_and_the_crawl_goes_on(run, name):
    stubs = crawl_stubs(
        crawl_career_page=BoardCrawl(board=website(), listing=PAGE, complete=True),
        **MANY | {name: raising(Gone("broken", where="store"))},
    )
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=website()), stubs=stubs)
    assert [problem.kind for problem in result.problems][:1] == ["gone"]
    assert result.failed
    assert len(stubs.calls["close_missing_jobs"]) == 1


async def test_a_transient_error_is_tried_three_times_and_then_named(run):
    stubs = crawl_stubs(crawl_career_page=raising(Transient("timed out", where="northwind.example", kind="timeout")))
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=board()), stubs=stubs)
    assert len(stubs.calls["crawl_career_page"]) == 3
    assert result.failed
    assert [(problem.kind, problem.where) for problem in result.problems] == [("timeout", "northwind.example")]
    assert stubs.calls["close_missing_jobs"] == []


@pytest.mark.parametrize(
    ("name", "answer"), [("store_jobs_in_clickhouse", STORED), ("close_missing_jobs", CloseResult(closed=0, indexed=1))]
)
async def test_what_was_crawled_is_stored_though_the_store_was_away_for_longer_than_pages_are_tried(run, name, answer):
    tries = itertools.count(1)

    def away_at_first(_):
        if next(tries) <= ATTEMPTS:
            raise Transient("no connection", where="clickhouse")
        return answer

    stubs = crawl_stubs(**{name: away_at_first})
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=board()), stubs=stubs)
    assert (result.complete, result.failed, result.problems) == (True, False, ())
    assert (result.postings.stored, result.indexed) == (1, 1)
    assert len(stubs.calls[name]) == ATTEMPTS + 1


@pytest.mark.parametrize("policy", [policies.STORE, policies.INDEX])
def test_the_tries_to_store_outlast_ten_minutes_without_a_store(policy):
    retry = policy["retry_policy"]
    waits = (
        min(retry.initial_interval * retry.backoff_coefficient**number, retry.maximum_interval)
        for number in range(retry.maximum_attempts - 1)
    )
    assert sum(waits, timedelta()) > timedelta(minutes=12)
    assert retry.maximum_interval <= timedelta(seconds=30)


async def test_a_permanent_error_is_not_tried_again(run):
    stubs = crawl_stubs(crawl_career_page=raising(Gone("no such board", where="greenhouse/northwind")))
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=board()), stubs=stubs)
    assert len(stubs.calls["crawl_career_page"]) == 1
    assert result.problems[0].kind == "gone"


async def test_a_failed_match_never_fails_a_crawl(run):
    stubs = crawl_stubs(score_candidates=raising(Gone("no engine")))
    result = await run(CareerPageCrawlWorkflow, CareerPageCrawlInput(board=board()), stubs=stubs)
    assert result.complete
    assert [problem.kind for problem in result.problems] == ["gone"]


async def test_two_long_urls_are_two_crawls():
    urls = [f"https://northwind.example/{'x' * 300}/{end}" for end in "ab"]
    ids = {crawl_id(Board(ats=WEBSITE, token=url, url=url)) for url in urls}
    assert len(ids) == 2
    assert all(len(name) <= 240 for name in ids)
