"""Another driver and other options for Chromium: the operator's to choose, the guard's to survive."""

import sys
import textwrap
import time

import pytest
from crawled_web import http

from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.page import FetchedVia, FetchSpec, Render
from services.crawler.browser import START_AGAIN

SPEC = FetchSpec(url="https://northwind.example/app", render=Render.AUTO)
SHELL = b'<!doctype html><html><body><div id="root"></div><script>%s</script></body></html>'
SHOW = SHELL % b"document.getElementById('root').textContent = navigator.userAgent + ' ' + innerWidth"


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """Makes an importable module that wraps Playwright; what is launched goes through its `change`."""

    def make(change: str) -> str:
        source = f"""
            from contextlib import asynccontextmanager
            from playwright import async_api

            launched = []

            def change(options):
                {change}
                return options

            @asynccontextmanager
            async def async_playwright():
                async with async_api.async_playwright() as playwright:
                    launch = playwright.chromium.launch

                    async def launch_changed(**options):
                        launched.append(options)
                        return await launch(**change(options))

                    playwright.chromium.launch = launch_changed
                    yield playwright
            """
        name = f"driver_{abs(hash(change))}"
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(source))
        monkeypatch.syspath_prepend(tmp_path)
        return name

    yield make
    for name in [name for name in sys.modules if name.startswith("driver_")]:
        del sys.modules[name]


async def test_another_driver_and_further_options_are_used(web, archive, crawling, chromium, driver):
    web.routes["/app"] = http(200, SHOW)
    name = driver("options['args'].append('--lang=nl')")
    settings = {"browser_driver": name, "browser_args": ("--user-agent=ignored", "--window-size=900,700")}
    async with crawling(browser=True, chromium_path=chromium, fetch_timeout=20.0, **settings) as crawler:
        ref = await crawler.fetch(SPEC)
    assert ref.via is FetchedVia.BROWSER
    assert b"QuietHireBot" in await archive.get(ref.content_hash), "it says who it is, whatever drives it"
    [options] = sys.modules[name].launched
    assert "--window-size=900,700" in options["args"]


@pytest.mark.parametrize(
    "change",
    [
        "options.pop('proxy')",
        "options['proxy'] = {'server': 'http://127.0.0.1:9'}",
        "options['args'].append('--proxy-bypass-list=*')",
        "options['args'].append('--no-proxy-server')",
        "options['args'] = [arg for arg in options['args'] if 'webrtc' not in arg]",
        "options['args'] = [arg for arg in options['args'] if 'bypass' not in arg]; options['proxy']['bypass'] = '*'",
    ],
)
async def test_a_driver_that_leaves_the_guard_out_shows_no_page(web, crawling, chromium, driver, change):
    web.routes["/app"] = http(200, SHOW)
    settings = {"browser_driver": driver(change), "chromium_path": chromium}
    async with crawling(browser=True, fetch_timeout=20.0, **settings) as crawler:
        with pytest.raises(InvalidInput) as caught:
            await crawler.fetch(SPEC)
    assert caught.value.kind == "browser_driver"
    assert web.targets() == ["/app"], "the request over HTTP, and none of the browser's"


class Later:
    """The monotonic clock, a while later."""

    @staticmethod
    def monotonic() -> float:
        return time.monotonic() + START_AGAIN


async def test_a_driver_that_does_not_start_may_do_so_later(web, crawling, chromium, driver, monkeypatch):
    web.routes["/app"] = http(200, SHOW)
    monkeypatch.setenv("DRIVER_IS_MISSING", "1")
    change = "if 'DRIVER_IS_MISSING' in __import__('os').environ: raise OSError('no such program')"
    settings = {"browser_driver": driver(change), "chromium_path": chromium}
    async with crawling(browser=True, fetch_timeout=20.0, **settings) as crawler:
        with pytest.raises(Transient) as caught:
            await crawler.fetch(SPEC)
        assert caught.value.kind == "browser"
        assert (await crawler.fetch(SPEC)).unrendered
        monkeypatch.delenv("DRIVER_IS_MISSING")
        assert (await crawler.fetch(SPEC)).unrendered, "it is not tried for every page"
        monkeypatch.setattr("services.crawler.browser.time", Later())
        assert (await crawler.fetch(SPEC)).via is FetchedVia.BROWSER


@pytest.mark.parametrize(
    "argument",
    [
        "--no-proxy-server",
        "--proxy-server=http://127.0.0.1:9",
        "--proxy-bypass-list=*",
        "--proxy-pac-url=data:,x",
        "--proxy-auto-detect",
        "--host-resolver-rules=MAP * 127.0.0.1",
        "--host-rules=MAP * 127.0.0.1",
        "--force-webrtc-ip-handling-policy=default",
        "--enable-quic",
        "--origin-to-force-quic-on=a.example:443",
        "--remote-debugging-port=9222",
        "--remote-debugging-address=0.0.0.0",
        "--load-extension=/extension",
        "--ignore-certificate-errors",
        "--ignore-certificate-errors-spki-list=x",
        "--single-process",
        "--user-data-dir=/profile",
        "--NO-PROXY-SERVER",
        "-no-proxy-server",
        "--",
        "https://northwind.example/",
        " --no-proxy-server",
        "",
    ],
)
async def test_options_that_lead_past_the_guard_are_refused(crawling, argument):
    with pytest.raises(InvalidInput, match="QUIETHIRE_BROWSER_ARGS"):
        async with crawling(browser_args=(argument,)):
            pass


@pytest.mark.parametrize("module", ["no.such.driver", "json", "", ".relative"])
async def test_what_is_no_driver_is_refused(crawling, module):
    with pytest.raises(InvalidInput, match="QUIETHIRE_BROWSER_DRIVER"):
        async with crawling(browser_driver=module):
            pass
