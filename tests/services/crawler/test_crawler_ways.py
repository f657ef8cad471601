"""The cheapest way that works, learnt for each host; why a page came as it did is recorded."""

from datetime import timedelta

import pytest
from crawled_web import HOST, http

from quiethire.domain.errors import Disallowed
from quiethire.domain.page import FetchedVia, FetchSpec, FetchTrace, Render
from quiethire.storage.redis.memory import MemoryCache
from services.crawler import ways as learning
from services.crawler.ways import IN_A_ROW, MAX_HOSTS, PROBED, Ways, Why, cache_key

SHELL = b'<!doctype html><html><body><div id="root"></div><script>1</script></body></html>'
FULL = (
    b"<!doctype html><html><body>" + b"<p>You plan the shifts of the ward with the team.</p>" * 40 + b"</body></html>"
)
FILLED = (
    b'<!doctype html><html><body><div id="root"></div><script>'
    b'document.getElementById("root").innerHTML = "<p>You plan the shifts.</p>".repeat(60)</script></body></html>'
)


def spec(number: int, **changed: object) -> FetchSpec:
    return FetchSpec(url=f"https://{HOST}/jobs/{number}", **{"accept": "html", "render": Render.AUTO} | changed)


async def shells(ways: Ways, number: int = IN_A_ROW, host: str = HOST) -> None:
    for _ in range(number):
        await ways.rendered(host, SHELL, FULL)


# --- what is learnt ---


async def test_a_host_of_shells_goes_straight_to_the_browser_and_no_sooner():
    ways = Ways()
    await shells(ways, IN_A_ROW - 1)
    assert not await ways.straight_to_browser(HOST)
    await shells(ways, 1)
    assert await ways.straight_to_browser(HOST)
    assert not await ways.straight_to_browser("elsewhere.example")


async def test_a_page_that_speaks_for_itself_breaks_the_row():
    ways = Ways()
    await shells(ways, IN_A_ROW - 1)
    await ways.spoke(HOST)
    await shells(ways, 1)
    assert not await ways.straight_to_browser(HOST)


async def test_now_and_then_a_host_of_shells_is_asked_over_http_and_unlearnt_if_it_speaks():
    ways = Ways()
    await shells(ways)
    straight = [await ways.straight_to_browser(HOST) for _ in range(3 * PROBED)]
    assert straight == 3 * [*[True] * (PROBED - 1), False]
    await ways.spoke(HOST)
    assert not await ways.straight_to_browser(HOST)


class Clock:
    """What `time.time` tells, in seconds since the epoch."""

    def __init__(self, monkeypatch) -> None:
        self.now = learning.time.time()
        monkeypatch.setattr(learning.time, "time", lambda: self.now)


async def test_a_host_whose_shells_stay_empty_is_not_rendered_for_minutes_and_then_for_longer(monkeypatch):
    ways, clock = Ways(), Clock(monkeypatch)
    for _ in range(IN_A_ROW):
        assert await ways.worth_rendering(HOST)
        assert not await ways.rendered(HOST, SHELL, SHELL)
    for seconds in (300, 1_200, 4_800, 19_200, 76_800, 86_400, 86_400):
        clock.now += seconds - 1
        assert not await ways.worth_rendering(HOST)
        clock.now += 2
        assert await ways.worth_rendering(HOST)
        await ways.rendered(HOST, SHELL, SHELL)


async def test_renders_that_were_under_way_when_the_bench_was_set_do_not_make_it_longer(monkeypatch):
    ways, clock = Ways(), Clock(monkeypatch)
    for _ in range(3 * IN_A_ROW):
        await ways.rendered(HOST, SHELL, SHELL)
    clock.now += 301
    assert await ways.worth_rendering(HOST)


async def test_a_host_that_rendering_filled_lately_is_never_benched(monkeypatch):
    ways, clock = Ways(), Clock(monkeypatch)
    await shells(ways, 10)
    for _ in range(20):
        await ways.rendered(HOST, SHELL, SHELL)
        assert await ways.worth_rendering(HOST), "its API may be down for a minute"
    clock.now += learning.FILLED_LATELY + 1
    await ways.rendered(HOST, SHELL, SHELL)
    assert not await ways.worth_rendering(HOST)


async def test_a_page_that_rendering_fills_ends_the_count(monkeypatch):
    ways, clock = Ways(), Clock(monkeypatch)
    for page in (SHELL, SHELL, FULL):
        await ways.rendered(HOST, SHELL, page)
    clock.now += learning.FILLED_LATELY + 1
    for _ in range(IN_A_ROW - 1):
        await ways.rendered(HOST, SHELL, SHELL)
    assert await ways.worth_rendering(HOST)


async def test_a_page_that_speaks_tells_nothing_of_shells_that_stay_empty():
    ways = Ways()
    for _ in range(IN_A_ROW):
        await ways.rendered(HOST, SHELL, SHELL)
        await ways.spoke(HOST)
    assert not await ways.worth_rendering(HOST)


async def test_a_page_that_says_little_is_filled_but_does_not_send_its_host_straight_to_the_browser():
    ways = Ways()
    little = SHELL.replace(b"></div>", b">No open positions</div>")
    for _ in range(2 * IN_A_ROW):
        assert await ways.rendered(HOST, SHELL, little)
    assert await ways.worth_rendering(HOST)
    assert not await ways.straight_to_browser(HOST)


async def test_rendering_that_showed_more_once_counts_anew():
    ways = Ways()
    for page in (SHELL, SHELL, FULL, SHELL, SHELL):
        await ways.rendered(HOST, SHELL, page)
    assert await ways.worth_rendering(HOST)


async def test_workers_share_what_they_learn():
    cache = MemoryCache()
    await shells(Ways(cache))
    assert await Ways(cache).straight_to_browser(HOST)


@pytest.mark.parametrize("stored", [b"", b"[]", b'{"shells": "x"}', b"\xff", b'{"shells": 3, "other": 1}'])
async def test_a_damaged_record_is_learnt_anew(stored):
    cache = MemoryCache()
    await cache.set(cache_key(HOST), stored, timedelta(hours=1))
    ways = Ways(cache)
    assert not await ways.straight_to_browser(HOST)
    await shells(ways)
    assert await Ways(cache).straight_to_browser(HOST)


async def test_hosts_without_number_take_bounded_memory():
    ways = Ways()
    for number in range(MAX_HOSTS + 50):
        await ways.spoke(f"h{number}.example")
        await ways.rendered(f"h{number}.example", SHELL, FULL)
    assert len(ways._habits) == MAX_HOSTS


# --- what the crawler makes of it ---


async def reasons(archive) -> dict[str, FetchTrace]:
    return {fetch.ref.url: fetch.trace async for fetch in archive.scan()}


async def test_the_reason_is_recorded_with_headers_and_redirects(web, archive, crawling):
    web.routes["/old"] = http(301, b"", f"Location: https://{HOST}/jobs/1")
    web.routes["/jobs/1"] = http(200, FULL, 'ETag: "1"', "Set-Cookie: id=7", "X-Served-By: cache-9")
    web.routes["/jobs/2"] = http(200, SHELL)
    web.routes["/api"] = http(200, b"{}", content_type="application/json")
    async with crawling() as crawler:
        await crawler.fetch(FetchSpec(url=f"https://{HOST}/old", render=Render.AUTO))
        await crawler.fetch(spec(2))
        await crawler.fetch(FetchSpec(url=f"https://{HOST}/api", accept="json"))
    kept = await reasons(archive)
    old = kept[f"https://{HOST}/old"]
    assert (old.why, old.redirects) == (Why.SPEAKS, (f"https://{HOST}/old",))
    assert old.headers["x-served-by"] == "cache-9"
    assert "set-cookie" not in old.headers
    assert kept[f"https://{HOST}/jobs/2"].why == Why.NO_BROWSER
    assert kept[f"https://{HOST}/api"].why == Why.AS_IT_COMES


async def test_not_modified_is_a_reason_of_its_own(web, archive, crawling):
    web.routes["/jobs/1"] = [http(200, FULL, 'ETag: "1"'), http(304, b"", 'ETag: "1"')]
    async with crawling() as crawler:
        await crawler.fetch(spec(1))
        traced = await crawler.fetch_traced(spec(1))
    assert traced.trace.why == "not modified"
    assert (await archive.get(traced.ref.content_hash)) == FULL
    assert (await reasons(archive))[f"https://{HOST}/jobs/1"].why == "not modified"


def asked_first(web) -> list[str]:
    """What was asked for over HTTP, not by the browser."""
    return [request.target for request in web.received if "upgrade-insecure-requests" not in request.headers]


async def test_a_host_of_shells_is_asked_by_the_browser_alone(web, archive, crawling, chromium):
    for number in range(IN_A_ROW + 1):
        web.routes[f"/jobs/{number}"] = http(200, FILLED)
    async with crawling(browser=True, chromium_path=chromium, fetch_timeout=20.0) as crawler:
        for number in range(IN_A_ROW):
            assert (await crawler.fetch_traced(spec(number))).trace.why == Why.SHELL
        last = f"/jobs/{IN_A_ROW}"
        traced = await crawler.fetch_traced(spec(IN_A_ROW))
        assert traced.trace.why == Why.SHELLS
        assert traced.ref.via is FetchedVia.BROWSER
        assert b"You plan the shifts." in await archive.get(traced.ref.content_hash)
        assert last not in asked_first(web)
        assert (await reasons(archive))[f"https://{HOST}{last}"].why == Why.SHELLS
        # Robots.txt, a caller that wants the HTML as it comes, and probes for missing pages are as ever.
        assert (await crawler.fetch(spec(IN_A_ROW, render=Render.NEVER))).via is FetchedVia.HTTP
    assert last in asked_first(web)


async def test_neither_a_missing_page_nor_data_says_how_a_host_s_pages_are(web, crawling):
    cache = MemoryCache()
    await shells(Ways(cache))
    web.routes |= {"/jobs/1": http(200, FULL), "/api": http(200, b"{}", content_type="application/json")}
    async with crawling(cache=cache) as crawler:
        await crawler.fetch(spec(1, probe=True))
        await crawler.fetch(FetchSpec(url=f"https://{HOST}/api", accept="json", render=Render.AUTO))
        assert await Ways(cache).straight_to_browser(HOST)
        await crawler.fetch(spec(1))
        assert not await Ways(cache).straight_to_browser(HOST)


async def test_robots_txt_closes_a_page_to_the_browser_too(web, crawling, chromium):
    cache = MemoryCache()
    await shells(Ways(cache))
    web.routes["/robots.txt"] = http(200, b"User-agent: *\nDisallow: /jobs/2", content_type="text/plain")
    web.routes |= {"/jobs/1": http(200, FILLED), "/jobs/2": http(200, FILLED)}
    async with crawling(cache=cache, browser=True, chromium_path=chromium, fetch_timeout=20.0) as crawler:
        assert (await crawler.fetch_traced(spec(1))).trace.why == Why.SHELLS
        with pytest.raises(Disallowed, match="closes it") as refused:
            await crawler.fetch(spec(2))
    assert refused.value.kind == "robots"
    assert "/jobs/2" not in web.targets()


async def test_shells_that_stay_empty_are_taken_as_they_come(web, crawling, chromium):
    for number in range(IN_A_ROW + 1):
        web.routes[f"/jobs/{number}"] = http(200, SHELL)
    async with crawling(browser=True, chromium_path=chromium, fetch_timeout=20.0) as crawler:
        found = [await crawler.fetch_traced(spec(number)) for number in range(IN_A_ROW + 1)]
        archived = [await crawler.fetch(spec(number), offline=True) for number in range(IN_A_ROW + 1)]
    assert [traced.trace.why for traced in found] == [*[Why.EMPTY] * IN_A_ROW, Why.BARREN]
    for traced in found:
        assert (traced.ref.via, traced.ref.unrendered) == (FetchedVia.HTTP, True)
        assert traced.ref.unrendered_why == traced.trace.why
    assert all(ref.unrendered for ref in archived), "nobody takes them for read, from the archive neither"


async def test_a_host_of_shells_whose_page_stays_empty_is_told_of(web, crawling, chromium):
    cache = MemoryCache()
    await shells(Ways(cache))
    web.routes["/jobs/1"] = http(200, SHELL)
    async with crawling(cache=cache, browser=True, chromium_path=chromium, fetch_timeout=20.0) as crawler:
        traced = await crawler.fetch_traced(spec(1))
    assert (traced.trace.why, traced.ref.unrendered) == (Why.EMPTY, True)


async def test_without_a_browser_a_host_of_shells_is_still_asked(web, crawling):
    cache = MemoryCache()
    await shells(Ways(cache))
    web.routes["/jobs/1"] = http(200, SHELL)
    async with crawling(cache=cache) as crawler:
        traced = await crawler.fetch_traced(spec(1))
    assert traced.trace.why == Why.NO_BROWSER
    assert traced.ref.unrendered


async def test_a_download_of_a_host_of_shells_comes_over_http(web, archive, crawling, chromium):
    cache = MemoryCache()
    await shells(Ways(cache))
    web.routes["/jobs/1"] = http(
        200, b"%PDF-1.7", "Content-Disposition: attachment", content_type="application/octet-stream"
    )
    async with crawling(cache=cache, browser=True, chromium_path=chromium, fetch_timeout=20.0) as crawler:
        ref = await crawler.fetch(spec(1, accept="any"))
    assert ref.via is FetchedVia.HTTP
    assert await archive.get(ref.content_hash) == b"%PDF-1.7"
