"""Listings that state a posting in their own markup, and postings that lead to others."""

from datetime import UTC, datetime, timedelta

import pytest
from local_site import DUTIES, HOST, LISTING, Site, links, posting, working

from activities.batches import load_batch, load_urls
from activities.crawling import CrawlActivities, CrawlBoardInput
from activities.parsing import ExtractLinksInput, ParseActivities
from quiethire.domain.board import WEBSITE, Board

BEGAN = datetime.now(UTC) - timedelta(minutes=1)


def url(number):
    return f"https://{HOST}/jobs/{number}-nurse"


def linked(*numbers):
    return links([(f"/jobs/{number}-nurse", f"Nurse {number}") for number in numbers])


def featuring(number, *numbers):
    """A listing of postings that states one of them, or yet another, in full."""
    head = posting(number).partition("<head>")[2].partition("</head>")[0] if number is not None else ""
    return (
        f"<html><head><title>Careers</title>{head}</head><body><h1>Open positions</h1>{linked(*numbers)}</body></html>"
    )


def with_similar(number, *numbers):
    """A posting's own page that leads to similar ones."""
    return posting(number).replace("</body>", f"<h2>Similar jobs</h2>{linked(*numbers)}</body>")


@pytest.fixture
def extract(world, run):
    async def extract(address, html):
        site = Board(ats=WEBSITE, token=address, url=address)
        world.web[address] = html
        read = await run(CrawlActivities(world).crawl_career_page, CrawlBoardInput(board=site, started_at=BEGAN))
        given = ExtractLinksInput(board=site, listing=read.listing)
        found = await run(ParseActivities(world).extract_job_links, given)
        stated = [each.url for batch in found.batches for each in (await load_batch(world.archive, batch)).postings]
        return found, await load_urls(world.archive, found.links) if found.links else (), stated

    return extract


async def test_a_listing_that_features_one_of_its_postings_is_a_listing(extract):
    found, followed, stated = await extract(LISTING, featuring(3, *range(12)))
    assert list(followed) == [url(number) for number in range(12)]
    assert (stated, found.left, found.problems) == ([], 0, ())


async def test_a_featured_posting_that_is_not_linked_is_taken_beside_the_links(extract):
    featured = f"""<div itemscope itemtype="https://schema.org/JobPosting"><meta itemprop="url" content="{url(77)}">
        <h3 itemprop="title">Nurse 77</h3><div itemprop="description">{DUTIES * 8}</div></div>"""
    found, followed, stated = await extract(
        LISTING, featuring(None, *range(12)).replace("</body>", f"{featured}</body>")
    )
    assert list(followed) == [url(number) for number in range(12)]
    assert (stated, found.left, found.problems) == ([url(77)], 0, ())
    assert found.listed == "", "the links say nothing of it"


async def test_a_listing_that_states_all_that_it_links_to_is_read_without_another_request(extract):
    found, followed, stated = await extract(LISTING, featuring(3, 3))
    assert (found.links, followed, stated, found.left) == (None, (), [url(3)], 0)


async def test_a_posting_that_leads_to_similar_ones_is_taken_alone(extract):
    found, followed, stated = await extract(url(3), with_similar(3, *range(4, 10)))
    assert (found.links, followed, stated, found.left, found.problems) == (None, (), [url(3)], 6, ())


async def test_a_posting_that_leads_to_no_other_is_the_whole_board(extract):
    found, _, stated = await extract(url(3), posting(3))
    assert (stated, found.left) == ([url(3)], 0)


async def test_a_crawl_of_a_posting_that_leads_to_others_is_not_complete_and_says_why(world, temporal_client):
    board = Board(ats=WEBSITE, token=url(3), url=url(3))
    pages = {"/jobs/3-nurse": with_similar(3, *range(4, 10))}
    async with working(world, temporal_client, Site(lambda target: (200, pages[target]))) as crawl:
        result = await crawl(board)
    assert (result.complete, result.failed, result.problems) == (False, False, ())
    assert (result.postings.opened, result.requests) == (1, 1)
    [told] = await world.boards.recent_crawls(board.key)
    assert "6 others that it leads to were left" in told.proof
    assert not told.complete


async def test_a_listing_that_comes_to_feature_a_posting_closes_none_of_the_others(world, temporal_client):
    pages = {f"/jobs/{number}-nurse": posting(number) for number in range(12)}
    pages["/careers"] = f"<html><body><h1>Open positions</h1>{linked(*range(12))}</body></html>"
    now = datetime.now(UTC)
    async with working(world, temporal_client, Site(lambda target: (200, pages[target]))) as crawl:
        await crawl(started_at=now)
        pages["/careers"] = featuring(3, *range(12))
        for hours in (1, 20):
            result = await crawl(started_at=now + timedelta(hours=hours))
            assert (result.complete, result.postings.seen, result.postings.closed) == (True, 12, 0)
    assert len(await world.postings.open_ids()) == 12
