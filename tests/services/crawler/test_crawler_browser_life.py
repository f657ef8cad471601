"""How a browser lives and ends: contexts of hosts, replacement, and what is left of it when something is killed."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from crawled_web import Received, http

from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.page import FetchedVia, FetchSpec, Render

SHELL = b'<!doctype html><html><body><div id="root"></div><script>%s</script></body></html>'
SHOW = SHELL % b"document.getElementById('root').textContent = 'jobs; ' + document.cookie"


def page_of(host: str, path: str = "/app") -> FetchSpec:
    return FetchSpec(url=f"https://{host}.example{path}", render=Render.AUTO)


def with_browser(crawling, chromium: Path, **settings: object):
    return crawling(browser=True, chromium_path=chromium, fetch_timeout=20.0, **settings)


class Family:
    """The processes that were started since: browsers, drivers and their helpers."""

    def __init__(self) -> None:
        self._before = set(self._now())
        self.seen: set[psutil.Process] = set()

    @staticmethod
    def _now() -> list[psutil.Process]:
        return psutil.Process().children(recursive=True)

    def look(self) -> set[psutil.Process]:
        started = set(self._now()) - self._before
        self.seen |= started
        return started

    def find(self, which: Callable[[str, list[str]], bool]) -> list[psutil.Process]:
        found = []
        for process in self.look():
            with contextlib.suppress(psutil.Error):
                if which(process.name(), process.cmdline()):
                    found.append(process)
        return found

    def drivers(self) -> list[psutil.Process]:
        return self.find(lambda name, line: any("playwright" in part for part in line[:2]))

    def renderers(self) -> list[psutil.Process]:
        return self.find(lambda name, line: "--type=renderer" in " ".join(line))

    def browsers(self) -> list[psutil.Process]:
        return self.find(lambda name, line: "--remote-debugging-pipe" in line)

    def kill(self, victims: str) -> None:
        """Those of this kind that run; at least one. A renderer may end by itself while it is looked for, and another comes."""
        killed = 0
        while not killed:
            for process in getattr(self, victims)():
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
                    killed += 1

    def profiles(self) -> set[str]:
        """One for every browser that runs."""
        found = set()
        for process in self.browsers():
            with contextlib.suppress(psutil.Error):
                found |= {part for part in process.cmdline() if part.startswith("--user-data-dir=")}
        return found

    async def left(self) -> set[psutil.Process]:
        """Those that still run, a moment after they were told to end."""
        self.look()
        _, alive = await asyncio.to_thread(psutil.wait_procs, list(self.seen), 20)
        return set(alive)


@pytest.fixture
def family() -> Family:
    return Family()


async def test_cookies_stay_with_their_host_and_last_from_page_to_page(web, archive, crawling, chromium):
    script = b"document.getElementById('root').textContent = 'seen: ' + document.cookie; document.cookie = 'who=%s'"
    for host in (b"one", b"two"):
        web.routes[f"/{host.decode()}"] = http(200, SHELL % (script % host))
    async with with_browser(crawling, chromium) as crawler:
        shown = []
        for host in ("one", "two", "one", "two"):
            ref = await crawler.fetch(page_of(host, f"/{host}"))
            shown.append(await archive.get(ref.content_hash))
    assert b"seen: <" in shown[0]
    assert b"seen: <" in shown[1], "the first host's cookie is none of the second's business"
    assert b"seen: who=one<" in shown[2]
    assert b"seen: who=two<" in shown[3]


async def test_a_page_does_not_run_on_once_it_was_taken(web, crawling, chromium):
    asked = asyncio.Event()
    after: list[Received] = []

    async def poll(request, writer):
        after.append(request)
        asked.set()
        writer.write(http(200, b"{}"))

    web.routes |= {
        "/app": http(200, SHELL % b"setInterval(() => fetch('/poll'), 400); fetch('/poll')"),
        "/other": http(200, SHOW),
        "/poll": poll,
    }
    async with with_browser(crawling, chromium) as crawler:
        await crawler.fetch(page_of("one"))
        taken = len(after)
        for _ in range(4):  # each takes longer than the page's interval
            await crawler.fetch(page_of("two", "/other"))
    assert taken
    assert len(after) == taken


async def test_images_fonts_and_media_are_not_asked_for(web, archive, crawling, chromium):
    web.routes["/style.css"] = http(
        200,
        b"@font-face{font-family:x;src:url(/font.woff2)} body{font-family:x;background:url(/background.png)}",
        content_type="text/css",
    )
    elements = (
        b'<link rel="stylesheet" href="/style.css"><link rel="icon" href="/icon.png"><p>x</p><img src="/image.png">'
        b'<link rel="preload" as="image" href="/preload.png"><link rel="preload" as="font" crossorigin href="/pre.woff2">'
        b'<video src="/video.mp4" autoplay muted preload="auto"></video><audio src="/audio.mp3" preload="auto"></audio>'
        b'<picture><source srcset="/source.webp"><img src="/fallback.png"></picture>'
    )
    script = b"document.getElementById('root').innerHTML = `%s`; fetch('/api')" % elements
    web.routes["/app"] = http(200, SHELL % script)
    async with with_browser(crawling, chromium) as crawler:
        ref = await crawler.fetch(page_of("one"))
    assert b"<video" in await archive.get(ref.content_hash)
    assert set(web.targets()) == {"/app", "/style.css", "/api"}


async def test_popups_are_closed_and_the_page_is_taken(web, archive, crawling, chromium, family):
    script = (
        b"for (let i = 0; i < 5; i++) window.open('/popup' + i); document.getElementById('root').textContent = 'jobs'"
    )
    web.routes["/app"] = http(200, SHELL % script)
    async with with_browser(crawling, chromium) as crawler:
        for _ in range(2):
            ref = await crawler.fetch(page_of("one"))
            assert b">jobs<" in await archive.get(ref.content_hash)
    assert await family.left() == set()


async def test_a_page_that_draws_itself_late_is_waited_for(web, archive, crawling, chromium):
    script = (
        b"let n = 0; const draw = () => { document.getElementById('root').append(document.createElement('hr'), 'job');"
        b" if (++n < 12) setTimeout(draw, 100); }; draw()"
    )
    web.routes["/app"] = http(200, SHELL % script)
    async with with_browser(crawling, chromium) as crawler:
        ref = await crawler.fetch(page_of("one"))
    assert (await archive.get(ref.content_hash)).count(b"<hr>") == 12


async def test_after_so_many_pages_the_browser_is_replaced_and_no_page_is_lost(web, crawling, chromium, family):
    web.routes["/app"] = http(200, SHOW)
    browsers: set[str] = set()
    async with with_browser(crawling, chromium, browser_pages=3) as crawler:
        for number in range(6):
            refs = await asyncio.gather(*(crawler.fetch(page_of(f"h{number}-{at}")) for at in range(2)))
            assert all(ref.via is FetchedVia.BROWSER for ref in refs)
            browsers |= family.profiles()
    assert 3 <= len(browsers) <= 5
    assert await family.left() == set()


async def test_a_browser_that_holds_too_much_memory_is_replaced(web, crawling, chromium, family):
    browsers: set[str] = set()

    async def show(request, writer):
        browsers.update(family.profiles())  # Afterwards it may have gone already.
        writer.write(http(200, SHOW))

    web.routes["/app"] = show
    async with with_browser(crawling, chromium, browser_memory=1) as crawler:
        for _ in range(2):
            await crawler.fetch(page_of("one"))
    assert len(browsers) == 2
    assert await family.left() == set()


async def test_pages_in_a_worn_browser_are_finished(web, archive, crawling, chromium, family):
    held, release = asyncio.Event(), asyncio.Event()

    async def slow(request, writer):
        held.set()
        await release.wait()
        writer.write(http(200, b"late jobs"))

    fill = b"fetch('/slow').then(r => r.text()).then(t => { document.getElementById('root').textContent = t })"
    web.routes |= {"/app": http(200, SHOW), "/waits": http(200, SHELL % fill), "/slow": slow}
    async with with_browser(crawling, chromium, browser_pages=1) as crawler:
        waiting = asyncio.create_task(crawler.fetch(page_of("one", "/waits")))
        await held.wait()
        for _ in range(2):
            await crawler.fetch(page_of("two"))
        release.set()
        ref = await waiting
    assert b"late jobs" in await archive.get(ref.content_hash)
    assert await family.left() == set()


@pytest.mark.parametrize("victims", ["renderers", "browsers", "drivers"])
async def test_a_killed_part_costs_no_page_and_leaves_nothing_behind(web, crawling, chromium, family, victims):
    web.routes["/app"] = http(200, SHOW)
    async with with_browser(crawling, chromium) as crawler:
        await crawler.fetch(page_of("one"))
        [profile] = family.profiles()
        family.kill(victims)
        for host in ("one", "two", "one"):
            assert (await crawler.fetch(page_of(host))).via is FetchedVia.BROWSER
            family.look()
    assert await family.left() == set()
    assert not os.path.exists(profile.partition("=")[2])  # noqa: ASYNC240, PTH110 - a look at a local folder


@pytest.mark.parametrize("victims", ["renderers", "browsers", "drivers"])
async def test_a_part_killed_amid_a_page_ends_that_page_or_shows_it_again(web, crawling, chromium, family, victims):
    held = asyncio.Event()

    async def slow(request, writer):
        if held.is_set():
            writer.write(http(200, b"{}"))
            return
        held.set()
        await asyncio.sleep(60)

    fill = b"document.getElementById('root').textContent = 'jobs'; fetch('/slow')"
    web.routes |= {"/app": http(200, SHOW), "/waits": http(200, SHELL % fill), "/slow": slow}
    async with with_browser(crawling, chromium) as crawler:
        amid = asyncio.create_task(crawler.fetch(page_of("one", "/waits")))
        await held.wait()
        family.kill(victims)
        try:
            assert (await amid).via is FetchedVia.BROWSER
        except Transient as error:
            assert error.kind == "browser"  # noqa: PT017 - either way of ending is right
        assert (await crawler.fetch(page_of("two"))).via is FetchedVia.BROWSER
    assert await family.left() == set()


async def test_a_screenshot_is_a_picture_of_the_rendered_page(web, crawling, chromium):
    web.routes["/app"] = http(200, SHELL % b"document.body.style.background = 'red'")
    async with with_browser(crawling, chromium) as crawler:
        picture = await crawler.screenshot("https://one.example/app")
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")


async def test_what_robots_txt_forbids_gives_no_screenshot_either(web, crawling, chromium):
    web.routes |= {"/robots.txt": http(200, b"User-agent: *\nDisallow: /"), "/app": http(200, SHOW)}
    async with with_browser(crawling, chromium) as crawler:
        with pytest.raises(Exception, match="robots"):
            await crawler.screenshot("https://one.example/app")
    assert web.targets() == []


async def test_without_a_browser_there_is_no_screenshot(crawling):
    async with crawling(browser=False) as crawler:
        with pytest.raises(InvalidInput) as caught:
            await crawler.screenshot("https://one.example/app")
    assert caught.value.kind == "no_browser"
