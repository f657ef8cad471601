"""A board from its list through its details to postings, by the activities that crawl it."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from running_activity import activity_environment

from activities.batches import load_batch, save_urls
from activities.crawling import CrawlActivities, CrawlBoardInput, CrawlPagesInput
from activities.parsing import ParseActivities, ParseInput
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.errors import Gone
from quiethire.domain.page import FetchedVia, FetchSpec, PageRef
from quiethire.settings import Settings
from quiethire.storage.postgres.memory import MemoryBoards, MemoryCompanies
from quiethire.storage.redis.memory import MemoryCache
from quiethire.telemetry import ERRORS
from services.parser.ats.registry import recognise
from services.parser.parse import parse_board_page
from services.parser.pool import ParserPool

FIXTURES = Path(__file__).parent / "fixtures"
STARTED = datetime(2026, 11, 1, 12, tzinfo=UTC)
BOARD = "https://northwind.wd3.myworkdayjobs.com/Careers"
API = "https://northwind.wd3.myworkdayjobs.com/wday/cxs/northwind/Careers"


@dataclass
class Web:
    """An archive in memory, and a crawler that answers from a table of requests by URL and body."""

    answers: dict[tuple[str, str | None], bytes]
    bodies: dict[str, bytes] = field(default_factory=dict)
    known: dict[str, PageRef] = field(default_factory=dict)
    asked: list[FetchSpec] = field(default_factory=list)
    absent: str = "gone"

    async def put(self, body):
        digest = hashlib.sha256(body).hexdigest()
        self.bodies[digest] = body
        return digest

    async def get(self, content_hash):
        return self.bodies[content_hash]

    async def latest(self, spec):
        return self.known.get(spec.key)

    async def fetch(self, spec, *, offline=False):
        self.asked.append(spec)
        body = self.answers.get((spec.url, spec.body))
        if body is None:
            raise Gone("not there", where=spec.url, kind=self.absent)
        ref = PageRef(
            url=spec.url,
            final_url=spec.url,
            status=200,
            content_type="application/json",
            content_hash=await self.put(body),
            size=len(body),
            fetched_at=STARTED + timedelta(seconds=1),
            via=FetchedVia.HTTP,
        )
        self.known[spec.key] = ref
        return ref


@dataclass
class Clients:
    """What the two activities use of the clients."""

    fetcher: Web
    archive: Web
    parser: ParserPool
    settings: Settings = field(default_factory=Settings)
    cache: MemoryCache = field(default_factory=MemoryCache)
    boards: MemoryBoards = field(default_factory=MemoryBoards)
    companies: MemoryCompanies = field(default_factory=MemoryCompanies)


def asked(offset):
    return json.dumps({"appliedFacets": {}, "limit": 20, "offset": offset, "searchText": ""})


def listing(total, numbers):
    jobs = [{"title": "Plant Engineer", "externalPath": f"/job/Graz/Plant-Engineer_R-{n}"} for n in numbers]
    return json.dumps({"total": total, "jobPostings": jobs}).encode()


@pytest.fixture(scope="module")
async def parser():
    async with ParserPool(workers=1) as pool:
        yield pool


@pytest.fixture
def web():
    answers = {
        (f"{API}/jobs", asked(0)): listing(21, range(20)),
        (f"{API}/jobs", asked(20)): listing(0, [20]),
        **{
            (f"{API}/job/Graz/Plant-Engineer_R-{n}", None): (FIXTURES / "workday" / "detail.json").read_bytes()
            for n in range(20)
        },
    }
    return Web(answers)


async def test_a_board_is_read_page_by_page_and_posting_by_posting_and_a_retry_asks_for_nothing_twice(web, parser):
    clients = Clients(web, web, parser)
    crawling, parsing = CrawlActivities(clients), ParseActivities(clients)
    board = recognise(BOARD)
    run = activity_environment().run

    crawl = await run(crawling.crawl_career_page, CrawlBoardInput(board=board, started_at=STARTED))
    assert (crawl.links.count, crawl.complete, crawl.problems, crawl.requests) == (21, True, (), 2)

    pages = await run(crawling.crawl_job_pages, CrawlPagesInput(urls=crawl.links, start=0, started_at=STARTED))
    assert (len(pages.pages), pages.requests) == (20, 20)
    assert [problem.kind for problem in pages.problems] == ["gone"]  # taken down since the list was read
    assert {spec.accept for spec in web.asked} == {"json"}

    parsed = await run(parsing.parse_job_data, ParseInput(board=board, pages=pages.pages))
    assert (parsed.refused, parsed.problems) == ((), ())
    [batch] = parsed.batches
    content = await load_batch(web, batch)
    assert {posting.identity for posting in content.postings} == {f"workday/northwind/Careers/R-{n}" for n in range(20)}

    before = len(web.asked)
    again = await run(crawling.crawl_career_page, CrawlBoardInput(board=board, started_at=STARTED))
    more = await run(crawling.crawl_job_pages, CrawlPagesInput(urls=crawl.links, start=0, started_at=STARTED))
    assert (again.links, more.pages) == (crawl.links, pages.pages)
    assert [spec.url for spec in web.asked[before:]] == [f"{API}/job/Graz/Plant-Engineer_R-20"]


async def test_a_board_that_lists_less_than_it_counts_is_not_complete(web, parser):
    web.answers[f"{API}/jobs", asked(20)] = listing(0, [])
    crawling = CrawlActivities(Clients(web, web, parser))
    given = CrawlBoardInput(board=recognise(BOARD), started_at=STARTED)
    crawl = await activity_environment().run(crawling.crawl_career_page, given)
    assert not crawl.complete
    assert [problem.kind for problem in crawl.problems] == ["incomplete_board"]


async def test_a_board_that_repeats_a_page_is_not_complete(web, parser):
    web.answers[f"{API}/jobs", asked(0)] = listing(40, range(20))
    web.answers[f"{API}/jobs", asked(20)] = listing(0, range(20))
    web.answers[f"{API}/jobs", asked(40)] = listing(0, [])
    given = CrawlBoardInput(board=recognise(BOARD), started_at=STARTED)
    crawl = await activity_environment().run(CrawlActivities(Clients(web, web, parser)).crawl_career_page, given)
    assert (crawl.links.count, crawl.complete) == (20, False)
    assert [problem.kind for problem in crawl.problems] == ["incomplete_board"]


async def test_a_board_without_a_count_that_repeats_a_page_is_not_complete(web, parser):
    board = recognise("https://careers-northwind.icims.com/jobs/search")
    card = '<div class="iCIMS_JobsTable"><a href="/jobs/4101/plant-engineer/job">Plant Engineer</a></div>'
    for number in range(2):
        url = f"https://careers-northwind.icims.com/jobs/search?ss=1&pr={number}&in_iframe=1"
        web.answers[url, None] = f"{card}Page {number + 1} of 2".encode()
    given = CrawlBoardInput(board=board, started_at=STARTED)
    crawl = await activity_environment().run(CrawlActivities(Clients(web, web, parser)).crawl_career_page, given)
    assert (crawl.links.count, crawl.complete, crawl.requests) == (1, False, 2)


async def test_a_board_whose_paging_goes_nowhere_is_left_after_a_few_pages(web, parser):
    entries = "".join(
        f"<item><title>T</title><link>https://northwind.teamtailor.com/jobs/{n}</link></item>" for n in range(100)
    )
    for offset in range(0, 1_000, 100):
        url = f"https://northwind.teamtailor.com/jobs.rss?offset={offset}&per_page=100"
        web.answers[url, None] = f"<rss><channel>{entries}</channel></rss>".encode()
    given = CrawlBoardInput(board=recognise("https://northwind.teamtailor.com/jobs"), started_at=STARTED)
    crawl = await activity_environment().run(CrawlActivities(Clients(web, web, parser)).crawl_career_page, given)
    assert (crawl.links.count, crawl.complete, crawl.requests) == (100, False, 4)


async def test_a_board_that_gives_nothing_and_counts_nothing_is_not_known_to_be_empty(web, parser):
    site = "https://careers.northwind.example"
    index = f"<sitemapindex><sitemap><loc>{site}/sitemap-1.xml</loc></sitemap></sitemapindex>"
    web.answers[f"{site}/sitemap.xml", None] = index.encode()
    web.answers[f"{site}/sitemap-1.xml", None] = f"<urlset><url><loc>{site}/about</loc></url></urlset>".encode()
    board = Board(ats="phenom", token="careers.northwind.example", url=f"{site}/")
    given = CrawlBoardInput(board=board, started_at=STARTED)
    crawl = await activity_environment().run(CrawlActivities(Clients(web, web, parser)).crawl_career_page, given)
    assert (crawl.links, crawl.complete) == (None, False)
    assert [problem.kind for problem in crawl.problems] == ["empty_board"]


async def test_a_board_that_shrinks_while_it_is_read_is_not_complete(web, parser):
    def answer(total, numbers):
        jobs = [{"id": str(number), "name": "Plant Engineer"} for number in numbers]
        return json.dumps({"totalFound": total, "content": jobs}).encode()

    api = "https://api.smartrecruiters.com/v1/companies/Northwind/postings"
    # The first posting is taken down between the pages: the 101st moves up, and is on neither.
    web.answers[f"{api}?limit=100&offset=0", None] = answer(150, range(100))
    web.answers[f"{api}?limit=100&offset=100", None] = answer(149, range(101, 150))
    board = recognise("https://careers.smartrecruiters.com/Northwind")
    given = CrawlBoardInput(board=board, started_at=STARTED)
    crawl = await activity_environment().run(CrawlActivities(Clients(web, web, parser)).crawl_career_page, given)
    assert (crawl.links.count, crawl.complete) == (149, False)


async def test_a_detail_of_unknown_shape_is_a_problem_of_that_posting_alone(web, parser):
    web.answers[f"{API}/job/Graz/Plant-Engineer_R-3", None] = b'{"moved": true}'
    clients = Clients(web, web, parser)
    urls = await save_urls(web, [f"{API}/job/Graz/Plant-Engineer_R-{n}" for n in (3, 4)])
    run = activity_environment().run
    pages = await run(CrawlActivities(clients).crawl_job_pages, CrawlPagesInput(urls=urls, start=0, started_at=STARTED))
    parsed = await run(ParseActivities(clients).parse_job_data, ParseInput(board=recognise(BOARD), pages=pages.pages))
    assert [problem.kind for problem in parsed.problems] == ["schema_drift"]
    assert [batch.count for batch in parsed.batches] == [1]


CAREERS = "https://careers.northwind.example/jobs"


async def test_a_career_site_that_does_not_answer_as_its_vendor_s_do_is_read_by_its_page(web, parser):
    page = b'<script src="https://cdn.phenompeople.com/a.js"></script><h1>Jobs</h1>'
    web.answers[CAREERS, None] = page
    board = Board(ats=WEBSITE, token=CAREERS, url=CAREERS)
    given = CrawlBoardInput(board=board, started_at=STARTED)
    crawl = await activity_environment().run(CrawlActivities(Clients(web, web, parser)).crawl_career_page, given)
    assert crawl.listing is not None
    assert (crawl.board, crawl.listing.url) == (board, CAREERS)
    assert [(problem.kind, problem.where) for problem in crawl.problems] == [
        ("gone", "https://careers.northwind.example/sitemap.xml")
    ]


async def test_a_board_that_is_only_mentioned_is_not_crawled_for_the_page(web, parser):
    web.answers[CAREERS, None] = b'<a href="https://apply.workable.com/northwind/">Jobs</a>'
    given = CrawlBoardInput(board=Board(ats=WEBSITE, token=CAREERS, url=CAREERS), started_at=STARTED)
    crawl = await activity_environment().run(CrawlActivities(Clients(web, web, parser)).crawl_career_page, given)
    assert crawl.listing is not None
    assert (crawl.board.ats, crawl.problems) == (WEBSITE, ())
    assert [spec.url for spec in web.asked] == [CAREERS]


async def test_a_framed_board_that_is_gone_is_named_and_the_page_is_read(web, parser):
    web.answers[CAREERS, None] = b'<iframe src="https://apply.workable.com/northwind/"></iframe><h1>Jobs</h1>'
    given = CrawlBoardInput(board=Board(ats=WEBSITE, token=CAREERS, url=CAREERS), started_at=STARTED)
    crawl = await activity_environment().run(CrawlActivities(Clients(web, web, parser)).crawl_career_page, given)
    assert crawl.listing is not None
    assert [problem.kind for problem in crawl.problems] == ["gone"]


async def test_a_framed_board_of_an_unknown_shape_is_counted_and_logged_as_an_error(web, parser, caplog):
    counted = ERRORS.labels(kind="schema_drift")._value.get
    before = counted()
    web.answers[CAREERS, None] = b'<iframe src="https://acme.gupy.io/"></iframe><h1>Jobs</h1>'
    web.answers["https://acme.gupy.io/", None] = b"<h1>Moved</h1>"
    given = CrawlBoardInput(board=Board(ats=WEBSITE, token=CAREERS, url=CAREERS), started_at=STARTED)
    crawl = await activity_environment().run(CrawlActivities(Clients(web, web, parser)).crawl_career_page, given)
    assert crawl.listing is not None
    assert [problem.kind for problem in crawl.problems] == ["schema_drift"]
    assert [record.levelname for record in caplog.records if "shape" in record.message] == ["ERROR"]
    assert counted() == before + 1


async def test_a_board_whose_page_is_cut_is_never_complete(web, parser, monkeypatch):
    board = recognise("https://northwind.gupy.io/")
    state = {"props": {"pageProps": {"jobs": [{"id": number, "type": None} for number in range(3)]}}}
    body = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script>'
    web.answers[board.url, None] = body.encode()
    monkeypatch.setattr(parser, "board_page", cut_page)
    given = CrawlBoardInput(board=board, started_at=STARTED)
    crawl = await activity_environment().run(CrawlActivities(Clients(web, web, parser)).crawl_career_page, given)
    assert (crawl.links.count, crawl.complete) == (3, False)
    assert [problem.kind for problem in crawl.problems] == ["incomplete_board"]


async def cut_page(board, page, cursor):
    """A page of a list as the parser gives it where the list is longer than what is kept of one."""
    return parse_board_page(board, page, cursor).model_copy(update={"cut": True})


async def test_a_board_of_which_the_archive_holds_the_first_page_alone_is_read_from_it_and_not_complete(web, parser):
    board = recognise("https://northwind.teamtailor.com/jobs")
    item = "<item><title>T</title><link>https://northwind.teamtailor.com/jobs/1</link></item>"
    feed = "https://northwind.teamtailor.com/jobs.rss?offset={}&per_page=100"
    web.answers[feed.format(0), None] = f"<rss><channel>{item}</channel></rss>".encode()
    web.absent = "not_archived"
    given = CrawlBoardInput(board=board, started_at=STARTED, offline=True)
    crawl = await activity_environment().run(CrawlActivities(Clients(web, web, parser)).crawl_career_page, given)
    assert (crawl.board, crawl.links.count, crawl.complete) == (board, 1, False)


async def test_a_board_of_more_links_than_an_answer_holds_is_cut_and_never_complete(web, parser, monkeypatch):
    monkeypatch.setattr("activities.crawling.MAX_LINKS", 10)
    monkeypatch.setattr("activities.board_reading.MAX_LINKS", 10)
    given = CrawlBoardInput(board=recognise(BOARD), started_at=STARTED)
    crawl = await activity_environment().run(CrawlActivities(Clients(web, web, parser)).crawl_career_page, given)
    assert (crawl.links.count, crawl.complete) == (10, False)
