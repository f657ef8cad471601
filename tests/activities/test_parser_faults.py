"""What parse activities make of the parser's faults: ours are tried again, a page's are told of."""

import dataclasses
from datetime import UTC, datetime

import pytest

from activities.listing_pages import ListingPages
from activities.parsing import ExtractLinksInput, ParseActivities, ParseInput
from quiethire.domain.board import Board
from quiethire.domain.errors import Transient
from quiethire.domain.page import FetchedVia, PageRef
from services.parser.document import MAX_BODY
from services.parser.pool import ParserPool

URL = "https://www.northwind.example/careers"
BOARD = Board(ats="website", token="www.northwind.example", url=URL)
LISTING = (
    b"<h1>Careers</h1><ul>"
    + b"".join(b'<li><a href="/jobs/47%d-cook">Line Cook</a></li>' % n for n in range(3))
    + b"</ul>"
)


async def archived(world, body, url=URL):
    return PageRef(
        url=url,
        final_url=url,
        status=200,
        content_type="text/html",
        content_hash=await world.archive.put(body),
        size=len(body),
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
        via=FetchedVia.HTTP,
    )


async def test_a_pool_that_is_closed_fails_the_activity_for_now_and_blames_no_page(world, run):
    pool = ParserPool(workers=1)
    await pool.close()
    activities = ParseActivities(dataclasses.replace(world, parser=pool))
    ref = await archived(world, LISTING)
    with pytest.raises(Transient, match="closed"):
        await run(activities.extract_job_links, ExtractLinksInput(board=BOARD, listing=ref))
    with pytest.raises(Transient, match="closed"):
        await run(activities.parse_job_data, ParseInput(board=BOARD, pages=(ref,)))


async def test_a_further_page_of_a_listing_that_cannot_be_read_is_told_of_and_the_rest_is_taken(world, run):
    first = await archived(world, LISTING)
    second = await archived(world, b"x" * (MAX_BODY + 1), f"{URL}?page=2")
    given = ExtractLinksInput(board=BOARD, listing=first, further=ListingPages(pages=(second,), whole=True))
    found = await run(ParseActivities(world).extract_job_links, given)
    assert [(problem.kind, problem.where) for problem in found.problems] == [("too_large", f"{URL}?page=2")]
    assert found.links is not None


async def test_a_job_page_that_was_cut_is_a_posting_that_is_there_and_not_one_that_changed(world, run):
    text = b"<p>You cook for a hundred guests with a team of five in Berlin, and plan the menu of the week.</p>" * 8
    whole = b"<html><body><main><h1>Line Cook</h1><p>Location: Berlin, Germany</p><div>" + text
    url = "https://www.northwind.example/jobs/471-cook"
    pages = [
        await archived(world, whole + end, url) for end in (b"<p>Apply now</p></div></main></body></html>", b"<p>App")
    ]
    parsed = [
        await run(ParseActivities(world).parse_job_data, ParseInput(board=BOARD, pages=(page,))) for page in pages
    ]
    assert [sum(batch.count for batch in each.batches) for each in parsed] == [1, 0]
    assert [problem.kind for problem in parsed[1].problems] == ["cut_page"]
    assert [refusal.url for refusal in parsed[1].refused] == [url]
