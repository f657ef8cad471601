"""Hosts that answer 200 for what is not there, and hosts that answer all alike."""

import pytest
from local_site import DUTIES, HOST, LISTING, Site, links, posting, working

from quiethire.domain.page import FetchSpec
from quiethire.storage.redis.memory import MemoryCache

WORDS = "Search our open roles Imprint Privacy Benefits Culture Locations Teams Students Alumni Newsroom Contact"
LISTED = [(f"/jobs/{number}-nurse", f"Nurse {number}") for number in range(6)]
HERE = range(4)
"""Of the six that are listed these are still there."""


def page(title: str, text: str) -> str:
    return f"<html><head><title>{title}</title></head><body><nav>{WORDS}</nav><h1>{title}</h1>{text}</body></html>"


def plain(number: int) -> str:
    """A posting without markup."""
    facts = "<p>Location: Berlin, Germany</p><p>Employment type: Full time</p>"
    return page(f"Nurse {number}", f"{facts}<h2>Your tasks</h2><p>{DUTIES * 6}</p><a href='/apply'>Apply now</a>")


NOT_FOUND = {
    "a page of its own": lambda target: (200, page("Sorry", f"<p>The page {target} is no longer here</p>")),
    "the listing again": lambda target: (302, "", LISTING),
    "an honest 404": lambda target: (404, page("Sorry", "<p>Not here</p>")),
    "a refusal": lambda target: (403, ""),
}


def site_with(not_found, there=plain):
    def answer(target: str):
        if target.startswith("/careers"):
            return 200, page("Open positions", links(LISTED))
        number = target.removeprefix("/jobs/").removesuffix("-nurse")
        if number.isdigit() and int(number) in HERE:
            return 200, there(int(number))
        return not_found(target)

    return Site(answer)


def gone(result):
    return sorted(problem.where.rpartition("/")[2] for problem in result.problems if problem.kind == "soft_404")


@pytest.mark.parametrize("kind", ["a page of its own", "the listing again"])
@pytest.mark.parametrize("there", [plain, posting], ids=["plain", "marked up"])
async def test_pages_that_say_they_are_gone_are_gone_and_the_others_stay(world, temporal_client, kind, there):
    site = site_with(NOT_FOUND[kind], there)
    async with working(world, temporal_client, site) as crawl:
        result = await crawl()
    assert gone(result) == ["4-nurse", "5-nurse"]
    assert result.postings.seen == len(HERE)
    [probe] = [target for target in site.asked if target.startswith("/jobs/") and "-nurse" not in target]
    assert await world.archive.latest(FetchSpec(url=f"https://{HOST}{probe}")) is None


def short(number: int) -> str:
    """A posting of seven words that the not-found page lacks."""
    return page(
        "Elektriker (m/w/d) gesucht", f"<p>Vollzeit, ab sofort. <a href='/{number}.pdf'>Stellenanzeige (PDF)</a></p>"
    )


async def test_a_short_posting_is_no_page_that_says_it_is_gone(world, temporal_client):
    site = site_with(NOT_FOUND["a page of its own"], short)
    async with working(world, temporal_client, site) as crawl:
        assert gone(await crawl()) == ["4-nurse", "5-nurse"]


async def test_an_honest_host_is_asked_once_a_day(world, temporal_client):
    site = site_with(NOT_FOUND["an honest 404"])
    async with working(world, temporal_client, site) as crawl:
        first, again = await crawl(), await crawl()
    assert gone(first) == gone(again) == []
    assert {problem.kind for problem in first.problems} == {"gone"}
    assert first.postings.seen == again.postings.seen == len(HERE)
    assert len([target for target in site.asked if target.startswith("/jobs/") and "-nurse" not in target]) == 1


async def test_a_host_that_refuses_the_probe_is_not_laid_to_rest(world, temporal_client):
    site = site_with(NOT_FOUND["a refusal"])
    site_listed = [(f"/jobs/{number}-nurse", f"Nurse {number}") for number in HERE]
    inner = site.answer
    site.answer = lambda target: (
        (200, page("Open positions", links(site_listed))) if target.startswith("/careers") else inner(target)
    )
    async with working(world, temporal_client, site) as crawl:
        result = await crawl()
    assert result.postings.seen == len(HERE)
    assert result.problems == ()


async def test_a_host_that_gives_every_address_the_same_shell_loses_no_posting(world, temporal_client):
    shell = '<html><head><title>Careers</title><script src="/app.js"></script></head><body><div id="root"></div></body></html>'
    site = site_with(lambda target: (200, shell), there=posting)
    async with working(world, temporal_client, site) as crawl:
        before = await crawl()
        site.answer = lambda target: (200, page("Open positions", links(LISTED)) if target == "/careers" else shell)
        after = await crawl()
    assert gone(before) == gone(after) == []
    assert before.postings.opened == len(HERE)
    assert after.postings.closed == 0


async def test_pages_with_a_marked_up_posting_need_no_probe(world, temporal_client):
    site = site_with(NOT_FOUND["an honest 404"], there=posting)
    site.answer = lambda target: (
        (200, page("Open positions", links(LISTED[:4]))) if target == "/careers" else (200, posting(int(target[6])))
    )
    async with working(world, temporal_client, site) as crawl:
        assert (await crawl()).postings.seen == 4
    assert sorted(site.asked) == sorted(["/careers", "/robots.txt", *(url for url, _ in LISTED[:4])])


async def test_what_a_probe_found_is_shared_by_the_workers(world, temporal_client):
    world.cache = MemoryCache()
    site = site_with(NOT_FOUND["a page of its own"])
    for _ in range(2):  # a second worker, which knows nothing but the cache
        async with working(world, temporal_client, site) as crawl:
            assert gone(await crawl()) == ["4-nurse", "5-nurse"]
    assert len([target for target in site.asked if target.startswith("/jobs/") and "-nurse" not in target]) == 1
    assert await world.cache.get(f"crawler:not_found:{HOST}") is not None
