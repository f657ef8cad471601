"""Where a rendered page leads: every hop is permitted before its host is asked, and is recorded."""

import asyncio

import pytest
from crawled_web import http

from quiethire.domain.errors import Blocked, Disallowed, Permanent, Throttled
from quiethire.domain.page import FetchedVia, FetchSpec, Render
from quiethire.storage.redis.memory import MemoryCache
from services.crawler.shell import is_script_shell
from services.crawler.ways import IN_A_ROW, Ways, Why

SHELL = b'<!doctype html><html><body><div id="root"></div><script>%s</script></body></html>'
FULL = b"<!doctype html><html><body>" + b"<p>You plan the shifts of the ward.</p>" * 60 + b"</body></html>"
FILL = SHELL % b"document.getElementById('root').innerHTML = '<p>You plan the shifts of the ward.</p>'.repeat(60)"


def page(path: str = "/app", host: str = "one") -> FetchSpec:
    return FetchSpec(url=f"https://{host}.example{path}", render=Render.AUTO)


@pytest.fixture
async def straight(crawling, chromium):
    """Opens a crawler that asks hosts one and two by the browser alone."""
    cache = MemoryCache()
    for host in ("one.example", "two.example"):
        for _ in range(IN_A_ROW):
            await Ways(cache).rendered(host, SHELL, FULL)

    def opened(**settings: object):
        return crawling(cache=cache, browser=True, chromium_path=chromium, fetch_timeout=20.0, **settings)

    return opened


def asked(web) -> list[tuple[str, str]]:
    return [(one.headers["host"].split(":")[0], one.target) for one in web.received]


async def test_a_redirect_to_another_host_is_followed_in_that_hosts_turn_and_recorded(web, archive, straight):
    web.routes |= {
        "/app": http(302, b"", "Location: /moved"),
        "/moved": http(301, b"", "Location: http://two.example/jobs"),
        "/jobs": http(200, FILL),
    }
    async with straight() as crawler:
        found = await crawler.fetch_traced(page())
    assert (found.trace.why, found.ref.via) == (Why.SHELLS, FetchedVia.BROWSER)
    assert found.ref.final_url == "https://two.example/jobs"
    assert found.trace.redirects == ("https://one.example/app", "https://one.example/moved")
    order = asked(web)
    assert order.index(("two.example", "/robots.txt")) < order.index(("two.example", "/jobs"))
    assert b"You plan" in await archive.get(found.ref.content_hash)


@pytest.mark.parametrize("way", ["redirect", "script"])
async def test_a_host_whose_robots_txt_forbids_it_is_not_asked_by_the_browser(web, straight, way):
    async def robots(request, writer):
        closed = request.headers["host"].startswith("two")
        writer.write(http(200, b"User-agent: *\nDisallow: /" if closed else b"", content_type="text/plain"))

    leads = {
        "redirect": http(302, b"", "Location: http://two.example/jobs"),
        "script": http(200, SHELL % b"location.href = 'http://two.example/jobs'"),
    }
    web.routes |= {"/robots.txt": robots, "/app": leads[way], "/jobs": http(200, FILL)}
    async with straight() as crawler:
        with pytest.raises(Disallowed) as refused:
            await crawler.fetch(page())
    assert refused.value.kind == "robots"
    assert ("two.example", "/jobs") not in asked(web)


@pytest.mark.parametrize("way", ["redirect", "script"])
async def test_a_hop_on_the_same_host_that_robots_txt_forbids_is_not_made(web, straight, way):
    leads = {
        "redirect": http(302, b"", "Location: /closed/hop"),
        "script": http(200, SHELL % b"location.href = '/closed/hop'"),
    }
    web.routes |= {
        "/robots.txt": http(200, b"User-agent: *\nDisallow: /closed", content_type="text/plain"),
        "/app": leads[way],
        "/closed/hop": http(302, b"", "Location: /jobs"),
        "/jobs": http(200, FILL),
    }
    async with straight() as crawler:
        with pytest.raises(Disallowed) as refused:
            await crawler.fetch(page())
    assert refused.value.kind == "robots"
    assert web.targets() == ["/app"], "neither the hop nor what lies behind it"


async def test_a_host_that_rests_is_not_asked_through_another_ones_redirect(web, straight):
    web.routes |= {
        "/busy": http(429, b"", "Retry-After: 600"),
        "/app": http(302, b"", "Location: http://two.example/jobs"),
        "/jobs": http(200, FILL),
    }
    async with straight() as crawler:
        with pytest.raises(Throttled):
            await crawler.fetch(page("/busy", "two"))
        with pytest.raises(Throttled):
            await crawler.fetch(page())
    assert "/jobs" not in web.targets()


async def test_hosts_that_redirect_in_a_circle_are_left(web, straight):
    async def around(request, writer):
        other = "two" if request.headers["host"].startswith("one") else "one"
        writer.write(http(302, b"", f"Location: http://{other}.example/app"))

    web.routes["/app"] = around
    async with straight() as crawler:
        with pytest.raises(Permanent) as refused:
            await crawler.fetch(page())
    assert refused.value.kind == "redirects"


async def test_frames_of_other_hosts_are_shown_in_their_page(web, archive, straight):
    shown = asyncio.Event()

    async def frame(request, writer):
        shown.set()
        writer.write(http(200, b"<p>apply</p>"))

    script = b"document.getElementById('root').innerHTML = '<p>You plan the shifts.</p>'.repeat(60) + "
    web.routes |= {"/app": http(200, SHELL % (script + b"'<iframe src=//three.example/frame>'")), "/frame": frame}
    async with straight() as crawler:
        found = await crawler.fetch_traced(page())
    assert shown.is_set()
    assert (found.ref.final_url, found.trace.redirects) == ("https://one.example/app", ())


@pytest.mark.parametrize(("status", "error"), [(403, Blocked), (429, Throttled), (503, Throttled)])
async def test_a_refusal_of_the_browser_says_for_how_long(web, straight, status, error):
    web.routes |= {"/app": http(status, b"", "Retry-After: 1200"), "/next": http(200, FULL)}
    async with straight() as crawler:
        with pytest.raises(error):
            await crawler.fetch(page())
        with pytest.raises(error) as resting:
            await crawler.fetch(page("/next"))
    assert web.targets() == ["/app"]
    waits = [int(part) for part in str(resting.value).split() if part.isdigit()] or [resting.value.retry_after]
    assert 1_100 < waits[0] <= 1_200


async def test_a_browser_that_does_not_start_is_done_without_and_that_is_said(web, archive, crawling, tmp_path):
    """It is found, and fails: the first page may try again, from the second failure on pages are kept as they came."""
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    web.routes["/app"] = http(200, FILL)
    assert is_script_shell(FILL)
    async with crawling(browser=True, chromium_path=broken, fetch_timeout=20.0) as crawler:
        with pytest.raises(Exception, match="did not start") as failed:
            await crawler.fetch(page())
        assert failed.value.kind == "browser"
        found = [await crawler.fetch_traced(page()) for _ in range(2)]
    for traced in found:
        assert (traced.ref.via, traced.trace.why) == (FetchedVia.HTTP, Why.NO_START)
        assert traced.ref.unrendered
        assert "does not start" in traced.ref.unrendered_why
