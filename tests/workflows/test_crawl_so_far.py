"""What a crawl carries from one history to the next."""

from datetime import UTC, datetime

from stub_crawls import website

from activities.batches import NAMED, PostingBatch, UrlList
from activities.crawling import PAGES_AT_ONCE, PagesCrawl
from activities.parsing import ParsedJobs
from activities.shapes import TOLD_SHAPES, ShapeYield, followed, summed
from quiethire.domain.result import Problem, Refusal
from workflows.career_page_crawl import MAX_PARTS
from workflows.crawl_tally import CrawlSoFar, CrawlTally
from workflows.dead_letters import LARGEST_INPUT

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def longest_of_all_crawls():
    """Every part has pages that are not there, postings, refusals, problems and shapes that no other has."""
    tally = CrawlTally()
    for part in range(MAX_PARTS):
        names = [f"{part}-{number}-".ljust(500, "x") for number in range(PAGES_AT_ONCE)]
        shapes = tuple(ShapeYield(shape=name[:12], pages=1, postings=0) for name in names)
        problems = tuple(Problem(kind="timeout", where=name, detail=name) for name in names)
        batch = PostingBatch(content_hash=f"{part:064}", count=25, refused=25)
        tally.take_pages(PagesCrawl(pages=(), gone=(batch,), barren=shapes, problems=problems))
        refused = tuple(Refusal(url=name * 4, reason=name) for name in names)
        tally.take_parsed(ParsedJobs(batches=(batch,), refused=refused, yields=shapes, problems=problems))
    return tally


def test_the_longest_crawl_carries_less_than_temporal_takes_and_all_of_its_counts():
    tally = longest_of_all_crawls()
    links = UrlList(content_hash="c" * 64, count=20_000)
    carried = CrawlSoFar(board=website(), links=links, from_page=True, tally=tally).model_dump_json()
    assert len(carried) < LARGEST_INPUT / 2
    again = CrawlSoFar.model_validate_json(carried).tally
    assert again == tally
    record, result = again.record("crawl", website(), NOW), again.result(website())
    assert (record.problems, record.refused) == (2 * MAX_PARTS * PAGES_AT_ONCE, MAX_PARTS * 25)
    assert record.proof.endswith(f"and {record.problems - 3} more")
    assert (len(result.problems), len(result.refused)) == (NAMED, NAMED)


def test_shapes_beyond_those_that_are_told_apart_still_count_against_a_crawl():
    good = ShapeYield(shape="good", pages=9, postings=9)
    barren = [ShapeYield(shape=f"s{number}", pages=1, postings=0) for number in range(TOLD_SHAPES + 500)]
    told = summed([*summed([good, *barren]), *barren])
    assert len(told) == TOLD_SHAPES + 1
    assert sum(each.pages for each in told) == 9 + 2 * len(barren)
    assert followed(told).only == ("good",)
