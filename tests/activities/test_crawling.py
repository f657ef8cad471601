"""Fetching boards and job pages."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from activities import crawling, listing_pages, parsing
from activities.batches import load_batch, load_urls, save_urls
from activities.crawling import CrawlActivities, CrawlBoardInput, CrawlPagesInput
from activities.errors import ATTEMPTS, LONGEST_WAIT
from activities.parsing import ExtractLinksInput, ParseActivities
from activities.shapes import followed, yields_of
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.company import Company, company_id
from quiethire.domain.errors import Disallowed, Gone, Throttled, Transient

BEGAN = datetime.now(UTC) - timedelta(minutes=1)
FEED = "https://boards-api.greenhouse.io/v1/boards/northwind/jobs?content=true&pay_transparency=true"
GREENHOUSE = Board(ats="greenhouse", token="northwind", url="https://boards.greenhouse.io/northwind")
LISTING = "https://northwind.example/careers"
TEXT = "<p>You build the pipelines that our customers rely on, in Python and SQL, with a small team in Berlin.</p>" * 8


def job(number):
    return {
        "id": number,
        "absolute_url": f"https://boards.greenhouse.io/northwind/jobs/{number}",
        "title": "Data Engineer",
        "location": {"name": "Berlin, Germany"},
        "content": TEXT,
        "first_published": "2026-11-02T09:00:00Z",
    }


def feed(count, total=None):
    return json.dumps({"jobs": [job(number) for number in range(count)], "meta": {"total": total or count}})


def website(url=LISTING):
    return Board(ats=WEBSITE, token=url, url=url)


def listing(count, more=""):
    links = "".join(
        f'<li><a href="/jobs/{1000 + number}-data-engineer">Data Engineer {number}</a></li>' for number in range(count)
    )
    return f"<html><body><h1>Open positions</h1><ul>{links}</ul>{more}</body></html>"


@pytest.fixture
def crawl(world, run):
    async def crawl(board, *, web, attempt=1):
        world.web.update(web)
        given = CrawlBoardInput(board=board, started_at=BEGAN)
        return await run(CrawlActivities(world).crawl_career_page, given, attempt=attempt)

    return crawl


@pytest.fixture
def fetch(world, run):
    async def fetch(urls, *, attempt=1):
        given = CrawlPagesInput(urls=await save_urls(world.archive, urls), start=0, started_at=BEGAN)
        return await run(CrawlActivities(world).crawl_job_pages, given, attempt=attempt)

    return fetch


async def test_a_board_is_read_to_the_end(world, crawl):
    found = await crawl(GREENHOUSE, web={FEED: feed(3)})
    assert found.complete
    [batch] = found.batches
    assert len((await load_batch(world.archive, batch)).postings) == 3


@pytest.mark.parametrize("asked", [{}, {"company_domain": "northwind.example"}])
async def test_a_board_that_is_asked_for_by_its_address_stays_the_company_s_that_owns_it(world, crawl, asked):
    owner = {"company_domain": "northwind.example", "company_name": "Northwind Trains"}
    await world.boards.add(GREENHOUSE.model_copy(update=owner))
    found = await crawl(GREENHOUSE.model_copy(update=asked), web={FEED: feed(1)})
    [posting] = (await load_batch(world.archive, found.batches[0])).postings
    assert found.board == GREENHOUSE.model_copy(update=owner)
    assert (posting.company_name, posting.company_domain) == ("Northwind Trains", "northwind.example")


async def test_a_board_on_a_company_s_page_is_that_company_s_by_its_name(world, crawl):
    await world.companies.add(
        [Company(id=company_id("northwind.example"), domain="northwind.example", name="Northwind Trains")]
    )
    page = '<html><body><iframe src="https://boards.greenhouse.io/northwind"></iframe></body></html>'
    asked = website().model_copy(update={"company_domain": "northwind.example"})
    found = await crawl(asked, web={LISTING: page, FEED: feed(1)})
    assert (found.board.key, found.board.company_name) == (GREENHOUSE.key, "Northwind Trains")


async def test_a_board_that_takes_longer_than_an_activity_goes_on_from_the_archive(world, crawl, monkeypatch):
    board = Board(ats="smartrecruiters", token="northwind", url="https://careers.smartrecruiters.com/northwind")
    feed = "https://api.smartrecruiters.com/v1/companies/northwind/postings?limit=100&offset="
    pages = {
        f"{feed}{offset}": json.dumps(
            {"totalFound": 150, "content": [{"id": str(7000 + offset + number)} for number in range(count)]}
        )
        for offset, count in ((0, 100), (100, 50))
    }
    with monkeypatch.context() as hurry:
        hurry.setattr(crawling, "READ_SECONDS", -1.0)
        first = await crawl(board, web=pages)
    assert (first.unfinished, first.complete, first.links) == (True, False, None)
    found = await crawl(board, web=pages)
    assert (found.unfinished, found.complete, found.links.count) == (False, True, 150)
    assert world.fetcher.asked == list(pages)


async def test_a_board_that_gives_less_than_it_counts_is_incomplete(crawl):
    found = await crawl(GREENHOUSE, web={FEED: feed(3, total=5)})
    assert not found.complete
    assert [problem.kind for problem in found.problems] == ["incomplete_board"]


async def test_an_empty_board_is_named(crawl):
    found = await crawl(GREENHOUSE, web={FEED: json.dumps({"jobs": [], "meta": {"total": 0}})})
    assert [problem.kind for problem in found.problems] == ["empty_board"]


async def test_a_board_that_is_gone_is_a_result_and_one_that_may_come_back_an_error(crawl):
    gone = await crawl(GREENHOUSE, web={FEED: Gone("answered 404", where=FEED)})
    assert ([problem.kind for problem in gone.problems], gone.complete, gone.failed) == (["gone"], False, False)
    with pytest.raises(Transient):
        await crawl(GREENHOUSE, web={FEED: Transient("timed out")})


async def test_an_unknown_shape_is_told_and_tried_again_soon(crawl, caplog):
    drifted = await crawl(GREENHOUSE, web={FEED: json.dumps({"positions": []})})
    assert ([problem.kind for problem in drifted.problems], drifted.failed) == (["schema_drift"], True)
    assert "shape" in caplog.text


@pytest.mark.parametrize(("kind", "again_soon"), [("robots", False), ("robots_unreachable", True)])
async def test_a_host_whose_robots_txt_fails_is_tried_again_soon_and_one_that_says_no_is_not(crawl, kind, again_soon):
    closed = await crawl(website(), web={LISTING: Disallowed("robots.txt", where=LISTING, kind=kind)})
    assert ([problem.kind for problem in closed.problems], closed.complete) == ([kind], False)
    assert (closed.failed, closed.gone) == (again_soon, False)


async def test_a_page_that_shows_a_board_in_a_frame_is_that_board(crawl):
    frame = '<iframe src="https://boards.greenhouse.io/embed/job_board?for=northwind"></iframe>'
    found = await crawl(website(), web={LISTING: frame, FEED: feed(2)})
    assert found.board.key == "greenhouse/northwind"
    assert found.complete


async def test_a_page_that_only_mentions_a_board_is_read_itself(crawl):
    page = listing(4, more='<a href="https://jobs.ashbyhq.com/other/2fb1a2c4-0000-4000-8000-000000000000">a friend</a>')
    found = await crawl(website(), web={LISTING: page})
    assert found.board == website()
    assert found.listing is not None


async def test_what_an_earlier_try_archived_is_not_fetched_again(world, fetch):
    urls = [f"https://northwind.example/jobs/{number}" for number in range(3)]
    world.web.update(dict.fromkeys(urls, "<h1>Job</h1>"))
    world.web[urls[1]] = Transient("timed out", kind="timeout")
    with pytest.raises(Transient):
        await fetch(urls)
    world.web[urls[1]] = "<h1>Job</h1>"
    world.fetcher.asked.clear()
    found = await fetch(urls, attempt=2)
    assert world.fetcher.asked == [urls[1]]
    assert len(found.pages) == 3


async def test_a_page_from_a_machine_whose_clock_is_ahead_is_no_crawls_that_comes_later(world, run):
    """By its time it would be of every crawl that begins within the next hour."""
    url = "https://northwind.example/jobs/1"
    world.web[url] = "<h1>Job</h1>"
    urls = await save_urls(world.archive, [url])
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)

    async def crawl(started_at, **info):
        given = CrawlPagesInput(urls=urls, start=0, started_at=started_at)
        return await run(CrawlActivities(world).crawl_job_pages, given, **info)

    # The machine that fetches has our clock, and Temporal's is an hour behind.
    await crawl(an_hour_ago, started_time=an_hour_ago)
    world.fetcher.asked.clear()
    await crawl(an_hour_ago + timedelta(minutes=5), started_time=an_hour_ago + timedelta(minutes=5))
    assert world.fetcher.asked == [url]


SHELL = '<html><body><div id="root"></div><script src="/app.js"></script></body></html>'


async def test_a_listing_that_no_browser_filled_is_told_and_never_whole(world, crawl):
    world.fetcher.no_browser.add(LISTING)
    for _ in range(2):  # the second time from the archive, as a retry does
        found = await crawl(website(), web={LISTING: SHELL})
        assert not found.complete, "what a shell does not list is not closed"
        [problem] = found.problems
        assert (problem.kind, problem.where) == ("unrendered", LISTING)


async def test_job_pages_that_no_browser_filled_are_told(world, fetch):
    good, shell = "https://northwind.example/jobs/1", "https://northwind.example/jobs/2"
    world.web.update({good: "<h1>Job</h1>", shell: SHELL})
    world.fetcher.no_browser.add(shell)
    for _ in range(2):
        found = await fetch([good, shell])
        assert len(found.pages) == 2
        [problem] = found.problems
        assert (problem.kind, problem.where) == ("unrendered", shell)
        assert "QUIETHIRE_CHROMIUM_PATH" in problem.detail


async def test_a_host_that_asks_for_a_wait_gets_it_in_the_workflow_and_what_came_is_kept(world, fetch):
    urls = [f"https://northwind.example/jobs/{number}" for number in range(3)]
    world.web.update(dict.fromkeys(urls, "<h1>Job</h1>"))
    world.web[urls[1]] = Throttled("wait", retry_after=7)
    found = await fetch(urls)
    assert [page.url for page in found.pages] == urls[:1]
    assert (found.end, found.wait, found.failed, found.problems) == (1, 7, False, ())


async def test_a_host_that_asks_for_more_than_a_crawl_waits_costs_the_rest_of_its_pages(world, fetch):
    urls = [f"https://northwind.example/jobs/{number}" for number in range(3)]
    world.web.update(dict.fromkeys(urls, "<h1>Job</h1>"))
    world.web[urls[1]] = Throttled("wait", retry_after=LONGEST_WAIT + 1)
    found = await fetch(urls)
    assert [page.url for page in found.pages] == urls[:1]
    assert {problem.where for problem in found.problems} == set(urls[1:])
    assert (found.end, found.wait, found.failed) == (3, 0, True)
    assert world.fetcher.asked == urls[:2]


async def test_a_board_whose_host_asks_for_a_wait_is_unfinished_and_for_a_long_one_failed(crawl):
    found = await crawl(GREENHOUSE, web={FEED: Throttled("wait", retry_after=7)})
    assert (found.unfinished, found.wait, found.problems) == (True, 7, ())
    found = await crawl(GREENHOUSE, web={FEED: Throttled("wait", retry_after=LONGEST_WAIT + 1)})
    assert (found.unfinished, found.failed, [problem.kind for problem in found.problems]) == (
        False,
        True,
        ["throttled"],
    )


async def test_on_the_last_try_what_does_not_come_is_a_problem(world, fetch):
    good, bad, gone = (f"https://northwind.example/jobs/{number}" for number in range(3))
    world.web.update({good: "<h1>Job</h1>", bad: Transient("timed out", kind="timeout"), gone: Gone("404")})
    found = await fetch([good, bad, gone], attempt=ATTEMPTS)
    assert [page.url for page in found.pages] == [good]
    assert {problem.where: problem.kind for problem in found.problems} == {bad: "timeout", gone: "gone"}
    assert found.failed


@pytest.mark.parametrize(
    ("more", "goes_on"),
    [
        ("", False),
        ('<a href="?page=2">2</a>', True),
        ('<a rel="next" href="/careers/2">›</a>', True),
        ('<a href="/careers?page=1">1</a>', False),
        ('<a href="/careers/more">Load more</a>', True),
        ('<a href="/blog?page=2">Blog</a>', False),
    ],
)
async def test_a_listing_says_whether_it_goes_on(world, run, crawl, more, goes_on):
    found = await crawl(website(), web={LISTING: listing(5, more), f"{LISTING}?page=2": listing(5, more)})
    given = ExtractLinksInput(board=website(), listing=found.listing, further=found.further)
    extracted = await run(ParseActivities(world).extract_job_links, given)
    assert len(await load_urls(world.archive, extracted.links)) == 5
    assert ["paged_listing"] * goes_on == [problem.kind for problem in extracted.problems]


def numbered(page, last, per_page=3):
    links = "".join(
        f'<li><a href="/jobs/{page}00{number}-data-engineer">Data Engineer {page}{number}</a></li>'
        for number in range(per_page)
    )
    further = "".join(f'<a href="?page={other}">{other}</a>' for other in (page - 1, page + 1) if 1 <= other <= last)
    return f"<html><body><h1>Open positions</h1><ul>{links}</ul>{further}</body></html>"


@pytest.fixture
def extract(world, run, crawl):
    """Crawl a website's listing, then take its links."""

    async def extract(web, *, attempt=1):
        found = await crawl(website(), web=web, attempt=attempt)
        given = ExtractLinksInput(board=website(), listing=found.listing, further=found.further)
        extracted = await run(ParseActivities(world).extract_job_links, given)
        kinds = [problem.kind for problem in (*found.problems, *extracted.problems)]
        return await load_urls(world.archive, extracted.links), kinds

    return extract


async def test_a_listing_is_read_over_all_of_its_pages(world, extract):
    pages = {f"{LISTING}?page={page}": numbered(page, 5) for page in range(1, 6)}
    links, problems = await extract({LISTING: numbered(1, 5), **pages})
    assert len(links) == 15
    assert problems == []
    assert len(world.fetcher.asked) == 5


async def test_pages_whose_numbers_never_end_are_left_soon_and_the_crawl_is_not_whole(world, extract):
    endless = {f"{LISTING}?page={page}": numbered(1, 99).replace("?page=2", f"?page={page + 1}") for page in range(99)}
    links, problems = await extract({LISTING: numbered(1, 99), **endless})
    assert len(links) == 3
    assert problems == ["paged_listing"]
    assert len(world.fetcher.asked) == 3


async def test_links_that_only_repeat_are_no_news_whatever_their_order_of_parameters(world, extract):
    first = numbered(1, 99).replace("?page=2", "?sort=x&page=2")
    endless = {f"{LISTING}?sort=x&page={n}": first.replace("page=2", f"page={n + 1}") for n in range(2, 99)}
    await extract({LISTING: first, **endless})
    assert len(world.fetcher.asked) == 3


async def test_a_listing_that_takes_longer_than_an_activity_goes_on_from_the_archive(world, crawl, monkeypatch):
    web = {LISTING: numbered(1, 2), f"{LISTING}?page=2": numbered(2, 2)}
    with monkeypatch.context() as hurry:
        hurry.setattr(listing_pages, "WALK_SECONDS", -1.0)
        assert (await crawl(website(), web=web)).unfinished
    found = await crawl(website(), web=web)
    assert (found.unfinished, found.further.whole) == (False, True)


async def test_a_further_page_that_is_lost_costs_only_itself(extract):
    links, problems = await extract({LISTING: numbered(1, 2), f"{LISTING}?page=2": Gone("404")})
    assert len(links) == 3
    assert problems == ["gone", "paged_listing"]


@pytest.mark.parametrize(
    ("third", "found", "told"), [(numbered(3, 0), 11, []), (Gone("404"), 8, ["gone", "paged_listing"])]
)
async def test_a_page_whose_number_is_in_its_path_is_one_of_the_listing(extract, third, found, told):
    more = '<a href="/careers/page/2">2</a><a href="/careers/page/3">3</a>'
    pages = {f"{LISTING}/page/2": numbered(2, 0), f"{LISTING}/page/3": third}
    links, problems = await extract({LISTING: listing(5, more), **pages})
    assert (len(links), problems) == (found, told)


async def test_of_a_listing_with_links_beyond_all_measure_so_many_are_looked_at_and_it_is_not_whole(
    extract, monkeypatch
):
    monkeypatch.setattr(parsing, "MOST_GATHERED", 5)
    pages = {f"{LISTING}?page={page}": numbered(page, 4) for page in range(1, 5)}
    links, problems = await extract({LISTING: numbered(1, 4), **pages})
    assert (len(links), problems) == (6, ["trap"])


async def test_a_further_page_that_may_come_is_tried_again_then_left(extract):
    web = {LISTING: numbered(1, 2), f"{LISTING}?page=2": Transient("slow", kind="timeout")}
    with pytest.raises(Transient):
        await extract(web)
    assert (await extract(web, attempt=ATTEMPTS))[1] == ["timeout", "paged_listing"]


async def test_pages_of_a_shape_that_brings_nothing_are_not_fetched(world, run):
    barren, good = [f"https://northwind.example/{kind}/x{n}" for kind in ("tags", "jobs") for n in range(90)], "jobs"
    world.web.update(dict.fromkeys(barren, "<h1>Page</h1>"))
    seen = yields_of([(url, f"/{good}/" in url) for url in (*barren[:60], *barren[90:100])])
    given = CrawlPagesInput(
        urls=await save_urls(world.archive, barren), start=60, started_at=BEGAN, followed=followed(seen)
    )
    found = await run(CrawlActivities(world).crawl_job_pages, given)
    assert {page.url for page in found.pages} == set(barren[90:140])
    assert (found.end, found.left) == (140, 30)


def test_when_most_pages_bring_nothing_only_shapes_that_do_are_followed():
    pages = [(f"https://a.example/{n}/x", False) for n in ("p", "q", "r") for _ in range(300 // 6)]
    strict = followed(yields_of([*pages, *pages, ("https://a.example/jobs/1", True)]))
    assert strict.choose(["https://a.example/p/y", "https://a.example/new/1", "https://a.example/jobs/2"], 0, 50) == (
        {"https://a.example/jobs/2": 2},
        3,
    )


async def test_a_very_long_listing_travels_as_a_reference(world, run, crawl):
    links = "".join(
        f'<li><a href="/jobs/{1000 + number}-{"x" * 1_500}">Data Engineer {number}</a></li>' for number in range(3_000)
    )
    found = await crawl(website(), web={LISTING: f"<h1>Open positions</h1><ul>{links}</ul>"})
    given = ExtractLinksInput(board=website(), listing=found.listing)
    extracted = await run(ParseActivities(world).extract_job_links, given)
    assert extracted.links.count > 1_000
    assert len(extracted.model_dump_json()) < 2_000
