"""What closes a board's last postings, and what a crawl that finds nothing new writes."""

import inspect
from datetime import UTC, datetime, timedelta

import pytest
from local_site import HOST, LISTING, Site, links, posting, working
from test_storing import BOARD, HOUR, NOW, Crawl, ids, record
from test_storing import posting as stored

from activities.crawling import CrawlActivities, CrawlBoardInput
from activities.page_checks import led_away
from activities.parsing import ExtractLinksInput, ParseActivities, ParseInput
from activities.storing import CloseInput, StoreInput
from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.cadence import CONFIRM_AFTER, EMPTIED_AFTER
from quiethire.domain.errors import Transient
from quiethire.domain.page import FetchedVia, PageRef

SITE = Board(ats=WEBSITE, token=LISTING, url=LISTING)
NONE = "<html><head><title>Careers</title></head><body><h1>Careers</h1><p>There are currently no open positions.</p></body></html>"


class Careers(Site):
    """A listing and its job pages."""

    def __init__(self, count):
        super().__init__(self.page)
        self.listing = "<html><body><h1>Open positions</h1>" + links(
            [(f"/jobs/{number}-nurse", f"Nurse {number}") for number in range(count)]
        )
        self.listing += "</body></html>"

    def page(self, target):
        if target == "/careers":
            return 200, self.listing
        number = target.removeprefix("/jobs/").removesuffix("-nurse")
        return (200, posting(int(number))) if number.isdigit() else (404, "")


@pytest.mark.parametrize("count", [1, 4])
async def test_the_last_postings_of_a_website_close_when_it_says_twice_that_there_are_none(
    world, temporal_client, count
):
    site = Careers(count)
    at = datetime.now(UTC)
    async with working(world, temporal_client, site) as crawl:
        assert (await crawl()).postings.opened == count
        site.listing = NONE
        first = await crawl(started_at=at + HOUR)
        assert (first.complete, first.postings.closed) == (True, 0)
        assert [problem.kind for problem in first.problems] == ["empty_board", "sudden_drop"]
        second = await crawl(started_at=at + HOUR + max(CONFIRM_AFTER, EMPTIED_AFTER))
        assert (second.complete, second.postings.closed) == (True, count)
        newest = (await world.boards.recent_crawls(SITE.key))[0]
    assert newest.proof == "listing read, which says that there are no open positions"
    assert await world.postings.open_ids() == set()


async def test_a_dead_link_in_a_listing_keeps_its_own_posting_and_no_other(world, temporal_client):
    site = Careers(6)
    at = datetime.now(UTC)
    async with working(world, temporal_client, site) as crawl:
        assert (await crawl()).postings.opened == 6
        whole = site.page
        site.answer = lambda target: (404, "") if target == "/jobs/0-nurse" else whole(target)
        site.listing = site.listing.replace('<a href="/jobs/5-nurse">Nurse 5</a>', "")
        result = await crawl(started_at=at + HOUR)
        assert ([problem.kind for problem in result.problems], result.complete) == (["gone"], True)
        assert (result.postings.closed, result.postings.refused) == (1, 0)
    newest = (await world.boards.recent_crawls(SITE.key))[0]
    assert newest.proof == "listing read; all 5 pages it names were read, and 1 of them are not there"
    assert {row.posting.title for row in await world.postings.page(limit=9)} == {f"Nurse {n}" for n in range(5)}


async def test_a_listing_that_led_to_another_page_closes_nothing(world, temporal_client):
    site = Careers(6)
    at = datetime.now(UTC)
    teasers = "<html><body><h1>Open positions</h1>" + links([(f"/jobs/{n}-nurse", f"Nurse {n}") for n in range(5)])
    async with working(world, temporal_client, site) as crawl:
        assert (await crawl()).postings.opened == 6
        whole = site.page
        pages = {"/careers": (302, "", "/"), "/": (200, teasers + "</body></html>")}
        site.answer = lambda target: pages.get(target) or whole(target)
        for later in (HOUR, HOUR + CONFIRM_AFTER):
            away = await crawl(started_at=at + later)
            assert (away.complete, away.postings.closed, away.postings.unchanged) == (False, 0, 5)
            assert [problem.kind for problem in away.problems] == ["led_away"]
        assert f"led to https://{HOST}/, which is another page" in (await world.boards.recent_crawls(SITE.key))[0].proof
        # The same list at the same page in a language: what is missing there is gone.
        pages |= {"/careers": (302, "", "/en/careers/"), "/en/careers/": pages["/"]}
        there = await crawl(started_at=at + 2 * CONFIRM_AFTER)
        assert (there.complete, there.postings.closed) == (True, 1)


@pytest.mark.parametrize(
    ("asked", "came", "away"),
    [
        ("http://n.example/careers", "https://www.n.example/careers/?lang=en#top", False),
        ("https://n.example/careers", "https://n.example/en-GB/careers", False),
        ("https://n.example/de/careers", "https://n.example/careers", False),
        ("https://n.example/", "https://n.example/de", False),
        ("https://n.example/careers", "https://n.example/", True),
        ("https://n.example/hr", "https://n.example/", True),
        ("https://n.example/us/careers", "https://n.example/de/careers", True),
        ("https://n.example/careers", "https://n.example/login", True),
        ("https://n.example/careers", "https://n.example/careers/archive", True),
        ("https://careers.n.example/", "https://n.example/", True),
    ],
)
def test_a_listing_is_where_it_was_beyond_what_redirects_add_or_take_away(asked, came, away):
    ref = PageRef(
        url=asked, final_url=came, status=200, content_type="text/html", content_hash="", size=0,
        fetched_at=datetime.now(UTC), via=FetchedVia.HTTP,
    )  # fmt: skip
    assert (led_away(ref) is not None) is away


async def test_a_page_that_says_so_at_another_address_speaks_for_no_board(world, run):
    at = datetime.now(UTC)
    elsewhere = PageRef(
        url=LISTING,
        final_url="https://northwind.example/careers/archive",
        status=200,
        content_type="text/html",
        content_hash=await world.archive.put(NONE.encode()),
        size=len(NONE),
        fetched_at=at,
        via=FetchedVia.HTTP,
    )
    extract = ParseActivities(world).extract_job_links
    moved = await run(extract, ExtractLinksInput(board=SITE, listing=elsewhere))
    assert (moved.none_open, [problem.kind for problem in moved.problems]) == (False, ["no_postings"])
    there = elsewhere.model_copy(update={"final_url": "https://www.northwind.example/careers/"})
    assert (await run(extract, ExtractLinksInput(board=SITE, listing=there))).none_open


async def test_a_job_page_that_led_elsewhere_and_was_refused_stands_for_the_page_that_was_listed(world, run):
    page = "<html><head><title>Sign in</title></head><body><h1>Sign in</h1><input type=password></body></html>"
    ref = PageRef(
        url="https://northwind.example/jobs/7-nurse",
        final_url="https://northwind.example/signin",
        status=200,
        content_type="text/html",
        content_hash=await world.archive.put(page.encode()),
        size=len(page),
        fetched_at=datetime.now(UTC),
        via=FetchedVia.HTTP,
    )
    parsed = await run(ParseActivities(world).parse_job_data, ParseInput(board=SITE, pages=(ref,)))
    assert {refusal.url for refusal in parsed.refused} == {ref.url, ref.final_url}


async def test_a_listing_that_was_cut_is_told(world, run):
    world.web[LISTING] = Careers(4).listing[:-40]
    found = await run(
        CrawlActivities(world).crawl_career_page, CrawlBoardInput(board=SITE, started_at=datetime.now(UTC))
    )
    extracted = await run(
        ParseActivities(world).extract_job_links, ExtractLinksInput(board=SITE, listing=found.listing)
    )
    assert [problem.kind for problem in extracted.problems] == ["cut_page"]


# --- by the activities alone ---


@pytest.fixture
def crawl(world, run):
    return Crawl(world, run)


WRITES = {
    "companies": ("add", "mark_crawled", "store_discovered"),
    "boards": ("add", "record_crawl"),
    "matches": ("save_matches", "remove_matches_of"),
    "postings": ("save",),
    "index": ("upsert", "delete"),
    "cache": ("set", "put_daily_matches", "drop_feed", "notify"),
}


def counted(world, monkeypatch):
    """Every write to a store, as it is made."""
    made = []

    def watch(store, name):
        method = getattr(store, name)
        assert inspect.iscoroutinefunction(method)

        async def write(*arguments, **named):
            made.append(name)
            return await method(*arguments, **named)

        monkeypatch.setattr(store, name, write)

    for store, names in WRITES.items():
        for name in names:
            watch(getattr(world, store), name)
    return made


async def test_an_unchanged_crawl_that_reads_in_full_writes_nothing_but_its_facts(crawl, world, monkeypatch):
    everything = [stored(number) for number in range(5)]
    await crawl.store(*everything)
    await crawl.finish(*everything, at=NOW, seen=5, opened=5)
    made = counted(world, monkeypatch)
    [batch] = await crawl.batches(*everything)
    result = await crawl.run(crawl.do.store_jobs_in_clickhouse, StoreInput(batch=batch, at=NOW + HOUR))
    assert (result.unchanged, result.touched) == (5, ())
    await crawl.finish(*everything, at=NOW + HOUR, seen=5, unchanged=5)
    assert made == ["record_crawl"]


async def test_a_board_learns_its_company_and_is_written_no_more(crawl, world, monkeypatch):
    await crawl.finish(at=NOW)
    made = counted(world, monkeypatch)
    named = BOARD.model_copy(update={"company_domain": "northwind.example", "company_name": "Northwind"})
    for board, hours in ((named, 1), (named, 2), (BOARD, 3)):
        given = CloseInput(board=board, record=record(NOW + hours * HOUR), batches=())
        await crawl.run(crawl.do.close_missing_jobs, given)
    assert made == ["add", "record_crawl", "record_crawl", "record_crawl"]
    assert (await world.boards.get(BOARD.key)).company_name == "Northwind"


async def test_the_only_posting_of_a_board_closes_when_a_later_crawl_agrees(crawl):
    await crawl.store(stored(1))
    assert (await crawl.finish(at=NOW + HOUR)).closed == 0
    assert (await crawl.finish(at=NOW + HOUR + CONFIRM_AFTER - timedelta(seconds=1))).closed == 0
    assert (await crawl.finish(at=NOW + HOUR + CONFIRM_AFTER)).closed == 1


async def test_a_crawl_that_met_the_same_list_in_between_denies_a_drop(crawl):
    everything = [stored(number) for number in range(5)]
    await crawl.store(*everything)
    await crawl.finish(everything[0], at=NOW + HOUR, seen=1)
    await crawl.finish(*everything, at=NOW + 2 * HOUR)
    await crawl.finish(*everything, at=NOW + 3 * HOUR, same_list=True)
    assert (await crawl.finish(everything[0], at=NOW + 8 * HOUR, seen=1)).closed == 0
    assert (await crawl.finish(everything[0], at=NOW + 8 * HOUR + CONFIRM_AFTER, seen=1)).closed == 4


async def test_a_crawl_that_failed_in_between_neither_confirms_nor_denies_a_drop(crawl):
    everything = [stored(number) for number in range(5)]
    await crawl.store(*everything)
    await crawl.finish(everything[0], at=NOW + HOUR, seen=1)
    await crawl.finish(at=NOW + 4 * HOUR, complete=False)
    assert await crawl.open_ids() == ids(*range(5))
    assert (await crawl.finish(everything[0], at=NOW + HOUR + CONFIRM_AFTER, seen=1)).closed == 4


async def test_a_retry_of_the_crawl_that_doubts_is_no_second_crawl(crawl):
    await crawl.store(*(stored(number) for number in range(5)))
    for _ in range(3):
        assert (await crawl.finish(stored(0), at=NOW + 7 * HOUR)).closed == 0
    assert len(await crawl.world.boards.recent_crawls(BOARD.key)) == 1


# --- what is believed ---


async def test_a_doubt_of_a_few_postings_is_none_of_the_others(crawl):
    everything = [stored(number) for number in range(10)]
    await crawl.store(*everything)
    closed = [(await crawl.finish(*everything[3:], at=NOW + HOUR)).closed]
    at = NOW + HOUR + CONFIRM_AFTER
    told = await crawl.finish(everything[9], at=at)
    closed += [told.closed, (await crawl.finish(everything[9], at=at + CONFIRM_AFTER)).closed]
    assert closed == [0, 3, 6]
    assert [problem.detail for problem in told.problems] == [
        "6 of 10 postings are gone at once; they close if a later crawl agrees"
    ]


async def test_a_feed_that_gives_one_half_and_then_the_other_closes_nothing(crawl):
    everything = [stored(number) for number in range(10)]
    await crawl.store(*everything)
    for turn in range(8):
        half = everything[:4] if turn % 2 else everything[4:]
        assert (await crawl.finish(*half, at=NOW + HOUR + turn * CONFIRM_AFTER)).closed == 0
    assert await crawl.open_ids() == ids(*range(10))


async def test_a_board_in_doubt_is_due_when_the_first_of_its_postings_can_be_believed_gone(crawl, world):
    everything = [stored(number) for number in range(10)]
    await crawl.store(*everything, at=NOW - timedelta(days=21))
    for days in (21, 14, 7):
        await crawl.finish(*everything, at=NOW - timedelta(days=days))
    for part, hours in ((3, 1), (9, 3)):
        await crawl.finish(*everything[part:], at=NOW + hours * HOUR)
        assert (await world.boards.schedule(NOW)).next_due_at == NOW + HOUR + CONFIRM_AFTER


@pytest.mark.parametrize(("store", "method"), [("matches", "remove_matches_of"), ("boards", "record_crawl")])
async def test_a_death_while_some_are_closed_and_others_doubted_is_mended_by_the_retry(
    crawl, monkeypatch, store, method
):
    everything = [stored(number) for number in range(10)]
    await crawl.store(*everything)
    await crawl.finish(*everything[4:], at=NOW + HOUR)
    at = NOW + HOUR + CONFIRM_AFTER

    async def die(*_, **__):
        raise Transient("the worker died here")

    with monkeypatch.context() as patch:
        patch.setattr(getattr(crawl.world, store), method, die)
        with pytest.raises(Transient):
            await crawl.finish(*everything[5:], at=at)
    # … and an answer that was lost: the activity runs again after all was written.
    assert [(await crawl.finish(*everything[5:], at=at)).closed for _ in range(2)] == [4, 4]
    assert await crawl.open_ids() == ids(*range(4, 10))
    assert await crawl.world.boards.doubts(BOARD.key) == {stored(4).id: at}


async def test_what_a_later_crawl_writes_while_it_is_judged_is_neither_closed_nor_missed(crawl, world, monkeypatch):
    everything = [stored(number) for number in range(5)]
    await crawl.store(*everything)
    known = world.postings.known

    async def known_by_then(job_ids):
        monkeypatch.undo()
        await crawl.store(stored(4).model_copy(update={"title": "Head Nurse"}), at=NOW + 2 * HOUR)
        return await known(job_ids)

    monkeypatch.setattr(world.postings, "known", known_by_then)
    result = await crawl.finish(*everything[:4], at=NOW + HOUR)
    assert (result.closed, result.problems) == (0, ())
    assert await crawl.open_ids() == ids(*range(5))
    assert (await known([stored(4).id]))[stored(4).id].posting.title == "Head Nurse"
    assert (await world.boards.recent_crawls(BOARD.key))[0].missing == 0
