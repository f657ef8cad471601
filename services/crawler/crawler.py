"""The crawler: archive first, then HTTP, then the browser where a page is only scripts."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from quiethire.domain.errors import Gone, InvalidInput, QuietHireError, Throttled, Transient
from quiethire.domain.hosts import HostStates
from quiethire.domain.page import UNTRACED, FetchedVia, FetchSpec, FetchTrace, PageRef, Render, answered
from quiethire.domain.ports import Cache, ForwardProxies, PageArchive
from quiethire.domain.result import Problem
from quiethire.domain.urls import host_of, parse_url
from quiethire.settings import Settings
from quiethire.telemetry import CRAWLER_REQUESTS, ERRORS, span
from services.crawler.browser import PAGE_TIMEOUT, Browser, Rendered, Wear
from services.crawler.chromium import find_chromium
from services.crawler.content import check_content
from services.crawler.exchange import Exchange
from services.crawler.guard import Guard, Lookup
from services.crawler.launch import Launch
from services.crawler.politeness import Pace, Politeness
from services.crawler.redirects import Redirects
from services.crawler.references import reference, rendered, trace, unchanged
from services.crawler.robots import Robots
from services.crawler.shell import is_script_shell, is_unrendered, wants_browser
from services.crawler.steps import step
from services.crawler.target import Target
from services.crawler.transport import PinnedBackend, PinnedTransport
from services.crawler.twins import twins
from services.crawler.ways import UNFILLED, Ways, Why

UNDER_WAY = 1_000
"""Fetches of one call that wait for their hosts or run."""
LEASE_MARGIN = 10.0
"""Seconds that a host's slot outlasts the longest request: what closing a page or a connection may take."""

BROWSER_HINT = "install Chromium, or name one in QUIETHIRE_CHROMIUM_PATH; QUIETHIRE_BROWSER must not be off"

logger = logging.getLogger(__name__)


@asynccontextmanager
async def open_crawler(
    settings: Settings,
    archive: PageArchive,
    *,
    hosts: HostStates | None = None,
    cache: Cache | None = None,
    lookup: Lookup | None = None,
    proxies: ForwardProxies | None = None,
) -> AsyncIterator["Crawler"]:
    """A crawler, open until the block ends.

    `hosts` and `cache` are shared with other workers; without them each is polite by itself. `lookup` stands in for
    the system's resolver. Where the settings name proxies, they come as `proxies`: InvalidInput without them, for nothing
    must go past them.
    """
    if settings.proxies and proxies is None:
        raise InvalidInput("its proxies are not given", where="QUIETHIRE_PROXIES", hint="open a pool of them first")
    guard = Guard(settings.host_map, lookup, ports=settings.fetch_ports)
    pace = Pace(
        per_host=settings.host_concurrency,
        delay_min=settings.host_delay_min,
        delay_max=max(settings.host_delay_max, settings.host_delay_min),
        crawl_delay_max=settings.crawl_delay_max,
        lease=max(settings.fetch_timeout, PAGE_TIMEOUT) + LEASE_MARGIN,
    )
    politeness = Politeness(pace, everywhere=settings.fetch_concurrency, shared=hosts)
    async with PinnedTransport(guard.route, connections=settings.fetch_concurrency, proxies=proxies) as transport:
        exchange = Exchange(transport, guard, politeness, settings.user_agent)
        robots = Robots(
            exchange, politeness, user_agent=settings.user_agent, timeout=settings.fetch_timeout, cache=cache
        )
        redirects = Redirects(exchange, robots, guard, settings.fetch_max_bytes)
        browser = partial(
            Browser,
            launch=Launch.of(settings.browser_driver, settings.browser_args),
            wear=Wear(settings.browser_pages, settings.browser_memory),
            guard=guard,
            backend=PinnedBackend(guard.route, proxies),
            politeness=politeness,
            user_agent=settings.user_agent,
            max_bytes=settings.fetch_max_bytes,
            permit=redirects.permit,
        )
        crawler = Crawler(
            settings,
            archive,
            redirects=redirects,
            robots=robots,
            ways=Ways(cache),
            make_browser=browser,
        )
        try:
            yield crawler
        finally:
            await crawler.close()
            await robots.close()


@dataclass(frozen=True)
class Traced:
    """A page, and how it was come by."""

    ref: PageRef
    trace: FetchTrace


class Crawler:
    """Fetches pages into the archive: the port `Fetcher`."""

    def __init__(
        self,
        settings: Settings,
        archive: PageArchive,
        *,
        redirects: Redirects,
        robots: Robots,
        ways: Ways,
        make_browser: Callable[[Path], Browser],
    ) -> None:
        self._settings = settings
        self._archive = archive
        self._redirects = redirects
        self._robots = robots
        self._ways = ways
        self._make_browser = make_browser
        self._browser: Browser | None = None
        self._browser_sought = False

    async def close(self) -> None:
        """Stop the browser, if one was started."""
        if self._browser is not None:
            await self._browser.close()

    async def fetch(self, spec: FetchSpec, *, offline: bool = False) -> PageRef:
        """Fetch, archive and return the reference; `offline` answers from the archive alone.

        Raises Transient, Throttled, Blocked, Gone, Disallowed or InvalidInput.
        """
        return (await self.fetch_traced(spec, offline=offline)).ref

    async def fetch_traced(self, spec: FetchSpec, *, offline: bool = False) -> Traced:
        """Fetch as `fetch` does; with the reference comes how the page was come by."""
        try:
            with span("fetch", url=spec.url, offline=offline):
                traced = await (self._archived(spec) if offline else self._live(spec))
        except QuietHireError as error:
            CRAWLER_REQUESTS.labels("archive" if offline else "http", error.kind).inc()
            ERRORS.labels(error.kind).inc()
            fields = {"url": spec.url[:500], "kind": error.kind, "where": error.where, "detail": error.detail}
            logger.warning("fetch failed", extra=fields)
            raise
        outcome = "ok" if offline or not traced.ref.from_archive else "not_modified"
        CRAWLER_REQUESTS.labels("archive" if offline else traced.ref.via.value, outcome).inc()
        return traced

    async def fetch_many(
        self, specs: Iterable[FetchSpec], *, offline: bool = False
    ) -> AsyncGenerator[tuple[FetchSpec, PageRef | Problem], None]:
        """Fetch all, as many at once as the settings allow; each comes when it is done, a failure as a Problem.

        What still runs when the generator is closed (`contextlib.aclosing`) is cancelled.
        """
        async with aclosing(self.trace_many(specs, offline=offline)) as results:
            async for spec, result in results:
                yield spec, result if isinstance(result, Problem) else result.ref

    async def trace_many(
        self, specs: Iterable[FetchSpec], *, offline: bool = False
    ) -> AsyncGenerator[tuple[FetchSpec, Traced | Problem], None]:
        """Fetch all as `fetch_many` does; with each reference comes how the page was come by.

        Many more are under way: those that wait for a host to be due must not keep other hosts waiting.
        """

        async def one(spec: FetchSpec) -> tuple[FetchSpec, Traced | Problem]:
            while True:
                try:
                    return spec, await self.fetch_traced(spec, offline=offline)
                except QuietHireError as error:
                    if not (isinstance(error, Throttled) and error.kind == "busy"):
                        return spec, Problem.of(error, spec.url)
                    # Mostly with our own requests: its turn comes.
                    await asyncio.sleep(error.retry_after)

        waiting = iter(specs)
        running: set[asyncio.Task[tuple[FetchSpec, Traced | Problem]]] = set()
        done: asyncio.Queue[asyncio.Task[tuple[FetchSpec, Traced | Problem]]] = asyncio.Queue()
        most = max(self._settings.fetch_concurrency, UNDER_WAY)
        try:
            while True:
                while len(running) < most and (spec := next(waiting, None)) is not None:
                    task = asyncio.create_task(one(spec))
                    task.add_done_callback(done.put_nowait)
                    running.add(task)
                if not running:
                    return
                task = await done.get()
                running.discard(task)
                yield task.result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _archived(self, spec: FetchSpec) -> Traced:
        ref = await self._archive.latest(spec)
        for twin in twins(spec) if ref is None else ():
            ref = ref or await self._archive.latest(twin)
        if ref is None:
            raise Gone("not in the archive", where=spec.url, hint="import the page or crawl live", kind="not_archived")
        body = await self._archive.get(ref.content_hash)
        check_content(spec.accept, ref.content_type, body, spec.url)
        seen = {"from_archive": True, "unrendered": is_unrendered(spec, ref, body)}
        return Traced(ref.model_copy(update=seen), UNTRACED)

    async def _live(self, spec: FetchSpec) -> Traced:
        if (straight := await self._straight(spec)) is not None:
            return straight
        known, known_body = await self._known(spec)
        fetched = await self._redirects.follow(spec, known, self._settings.fetch_timeout)
        if fetched.not_modified and known is not None:
            ref, body = unchanged(spec, known, fetched), known_body
            check_content(spec.accept, ref.content_type, body, spec.url)
        else:
            body = fetched.answer.body
            check_content(spec.accept, fetched.answer.headers.get("content-type", ""), body, spec.url)
            ref = reference(spec, fetched, await self._archive.put(body))
        ref, why, moved = await self._filled(spec, ref, body)
        traced = Traced(ref, trace(fetched, moved, why))
        if not spec.probe:  # what does not exist is not worth a record
            await self._record(spec, traced)
        if why in UNFILLED:
            return Traced(ref.model_copy(update={"unrendered": True, "unrendered_why": why.value}), traced.trace)
        return traced

    async def _filled(self, spec: FetchSpec, ref: PageRef, body: bytes) -> tuple[PageRef, Why, tuple[str, ...]]:
        """What HTTP gave, or what the browser makes of it where it is a shell; why; and what it passed in the browser.

        A shell that the browser does not fill is kept as HTTP gave it: so it is told from the archive as well that it is one.
        """
        host = host_of(ref.final_url) if spec.render is Render.AUTO else ""
        if not wants_browser(spec, body):
            # How a host says that something is not there tells nothing of its pages.
            if spec.render is Render.AUTO and not spec.probe and "html" in ref.content_type.lower():
                await self._ways.spoke(host)
            if ref.from_archive:
                return ref, Why.NOT_MODIFIED, ()
            return ref, Why.SPEAKS if spec.render is Render.AUTO else Why.AS_IT_COMES, ()
        page = await self._page_of(host, ref.final_url, body)
        if isinstance(page, Why):
            return ref, page, ()
        return rendered(ref.url, page, await self._archive.put(page.html)), Why.SHELL, page.redirects

    async def _page_of(self, host: str, url: str, shell: bytes) -> Rendered | Why:
        """The page that the browser makes of a shell; or why it makes none."""
        browser = await self._open_browser()
        if browser is None:
            return Why.NO_BROWSER
        if not browser.starts:
            return Why.NO_START
        if not await self._ways.worth_rendering(host):
            return Why.BARREN
        try:
            page = await self._render(url, browser)
        except Transient as error:
            if browser.starts:
                raise
            logger.warning("the browser does not start, script pages are kept as they came: %s", error)
            return Why.NO_START
        return page if await self._ways.rendered(host, shell, page.html) else Why.EMPTY

    async def _straight(self, spec: FetchSpec) -> Traced | None:
        """The page by the browser alone, where that is the way for its host. None where HTTP comes first."""
        secret = spec.private_query or spec.authorization
        plain = spec.method == "GET" and not secret and not spec.probe and spec.accept in ("html", "any")
        if spec.render is not Render.AUTO or not plain:
            return None
        url = Target.of(parse_url(spec.url))
        if not await self._ways.straight_to_browser(url.hostname):
            return None
        browser = await self._open_browser()
        if browser is None or not browser.starts:
            return None
        asked = url.href
        await self._redirects.permit(url, asked)
        try:
            page = await self._render(asked, browser)
        except Transient as error:
            if error.kind != "browser":
                raise
            logger.info("asked for over HTTP after all: %s", error, extra={"url": asked[:500]})  # a download, say
            return None
        if is_script_shell(page.html):
            return None  # not filled? What HTTP gives tells.
        ref = rendered(spec.url, page, await self._archive.put(page.html))
        traced = Traced(ref, FetchTrace(redirects=page.redirects, why=Why.SHELLS))
        await self._record(spec, traced)
        return traced

    async def _known(self, spec: FetchSpec) -> tuple[PageRef | None, bytes]:
        """What a conditional request may be built on: an answer with a validator whose body is there.

        Rendered pages are not: that their shell is unchanged says nothing of what its scripts load.
        """
        known = await self._archive.latest(spec) if spec.method == "GET" else None
        if known is None or known.via is FetchedVia.BROWSER or not (known.etag or known.last_modified):
            return None, b""
        try:
            return known, await self._archive.get(known.content_hash)
        except (Gone, InvalidInput) as error:
            logger.warning("archived body lost, fetched anew", extra={"url": spec.url, "kind": error.kind})
            return None, b""

    async def _record(self, spec: FetchSpec, traced: Traced) -> None:
        """Under the URL that was asked for, and under the one that answered."""
        for request in answered(spec, traced.ref):
            await self._archive.record(request, traced.ref, traced.trace)

    async def _render(self, url: str, browser: Browser) -> Rendered:
        with step("render", url):
            page = await browser.render(url)
        if page.final_url != url:  # its scripts may have renamed it without asking for anything
            await self._robots.check(parse_url(page.final_url))
        return page

    async def screenshot(self, url: str) -> bytes:
        """A PNG of the page as the browser shows it, without images. Raises as `fetch` does, InvalidInput without a browser."""
        await self._redirects.permit(Target.of(parse_url(url)), url)
        browser = await self._open_browser()
        if browser is None:
            raise InvalidInput("there is no browser to show it", where=url, hint=BROWSER_HINT, kind="no_browser")
        final_url, picture = await browser.screenshot(url)
        if final_url != url:
            await self._robots.check(parse_url(final_url))
        return picture

    async def _open_browser(self) -> Browser | None:
        """The browser, or None where there is none: then pages stay as HTTP gave them, and the log says so once."""
        if not self._browser_sought:
            self._browser_sought = True
            settings = self._settings
            path = (settings.chromium_path or find_chromium()) if settings.browser else None
            if path is not None:
                self._browser = self._make_browser(path)
            else:
                logger.warning("no browser: script pages are kept as they came", extra={"enabled": settings.browser})
        return self._browser
