"""Rendering with Chromium, for pages that are only scripts.

One browser per process, started when it is first needed, and again when it died, has shown so many pages or holds too
much memory; pages that are being shown then are finished in the old one. All of its traffic goes through the vetting
proxy. Hosts of the host map speak plain HTTP, which the browser would refuse under https: their pages are opened under
http and keep their https URL in everything that is stored.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil
from playwright.async_api import Browser as Chromium

from quiethire.domain.errors import InvalidInput, Permanent, Transient
from quiethire.domain.urls import parse_url
from services.crawler.guard import Guard
from services.crawler.launch import Driver, Launch, driving, unguarded
from services.crawler.markup import markup_of
from services.crawler.navigation import MAX_NAVIGATIONS, Elsewhere, Journey, Permit
from services.crawler.politeness import Politeness, Visit
from services.crawler.processes import BrowserProcesses
from services.crawler.settling import settled
from services.crawler.statuses import failure, retry_after
from services.crawler.tabs import Tab, Tabs
from services.crawler.target import Target
from services.crawler.transport import PinnedBackend
from services.crawler.vetting_proxy import vetting_proxy

PAGES_AT_ONCE = 4
"""More than four at once gain nothing on two cores."""
PAGE_TIMEOUT = 30.0
"""Seconds for one page, from an empty tab to its DOM."""
MAX_FAILED_STARTS = 2
START_AGAIN = 600.0
"""A browser that failed to start so many times in a row is tried again after so many seconds."""
ABORTED = "net::ERR_ABORTED"
"""What becomes of a page whose renderer is killed before the tab shows it: that is no crash of the tab."""
CRASH_NEWS = 1.0
"""Seconds after which it is known that a tab crashed, also on a busy machine: what was asked of it may fail before that."""
WEIGH_EVERY = 1.0
"""Least seconds between two looks at the memory of all its processes."""
SCREENSHOT_HEIGHT = 8_000
"""Most pixels of a screenshot's height."""

_Taken = TypeVar("_Taken")


@dataclass(frozen=True)
class Rendered:
    """A page after its scripts ran."""

    final_url: str
    status: int
    html: bytes
    redirects: tuple[str, ...] = ()
    """The URLs that led to the final one, in order."""


@dataclass(frozen=True)
class _Shown:
    """A page that has settled in its tab."""

    tab: Tab
    status: int
    final_url: str
    passed: tuple[str, ...]


@dataclass(frozen=True)
class Wear:
    """After how much use a browser is replaced."""

    pages: int
    memory: int
    """Bytes, of all its processes together."""


class _Run:
    """One Chromium with its driver, its proxy and its tabs."""

    def __init__(self, chromium: Chromium, processes: BrowserProcesses, tabs: Tabs, parts: AsyncExitStack) -> None:
        self.tabs = tabs
        self.pages = 0
        self.users = 0
        self._chromium = chromium
        self._processes = processes
        self._parts = parts
        self._weighed = float("-inf")

    def works(self) -> bool:
        """Whether another page may be shown in it."""
        return self._chromium.is_connected() and self._processes.alive() and not self.tabs.stuck

    async def worn(self, wear: Wear) -> bool:
        """Whether it has had its use."""
        if self.pages >= wear.pages:
            return True
        if time.monotonic() - self._weighed < WEIGH_EVERY:
            return False
        self._weighed = time.monotonic()
        return await asyncio.to_thread(self._processes.memory) > wear.memory

    async def close(self) -> None:
        """Stop all of it, by force what does not stop by itself."""
        await self._parts.aclose()
        await self.tabs.close()


class Browser:
    """Renders pages. Start and close belong to one event loop."""

    def __init__(
        self,
        executable: Path,
        *,
        launch: Launch,
        wear: Wear,
        guard: Guard,
        backend: PinnedBackend,
        politeness: Politeness,
        user_agent: str,
        max_bytes: int,
        permit: Permit,
    ) -> None:
        """`permit` is asked for every URL to which a page leads, before that is opened."""
        self._executable = executable
        self._launch = launch
        self._wear = wear
        self._guard = guard
        self._backend = backend
        self._politeness = politeness
        self._user_agent = user_agent
        self._max_bytes = max_bytes
        self._permit = permit
        self._slots = asyncio.Semaphore(PAGES_AT_ONCE)
        self._start: asyncio.Task[_Run] | None = None
        self._failed_starts = 0
        self._start_again = 0.0
        """When a browser that does not start is tried again, on the monotonic clock."""
        self._retired: set[_Run] = set()
        """Those that still show pages."""
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def starts(self) -> bool:
        """Whether it starts, as far as is known: one that failed twice is left alone for a while."""
        return self._failed_starts < MAX_FAILED_STARTS or time.monotonic() >= self._start_again

    async def render(self, url: str) -> Rendered:
        """Open the page, let it settle, take its DOM.

        Raises Transient `timeout` or `browser`, what the page's status means, what forbids to go where it leads, and while
        its host rests.
        """

        async def take(shown: _Shown) -> Rendered:
            body = await markup_of(shown.tab, self._max_bytes)
            if body is None:
                raise InvalidInput(
                    f"rendered larger than {self._max_bytes:,} bytes",
                    where=url,
                    hint="QUIETHIRE_FETCH_MAX_BYTES bounds what a page may hold",
                    kind="too_large",
                )
            return Rendered(shown.final_url, shown.status, body, shown.passed)

        return await self._followed(url, take)

    async def screenshot(self, url: str) -> tuple[str, bytes]:
        """The final URL and a PNG of the page, without its images, which are never loaded. Raises as `render` does."""

        async def take(shown: _Shown) -> tuple[str, bytes]:
            page = shown.tab.page
            size = page.viewport_size or {"width": 1280, "height": 720}
            picture = await page.screenshot(
                type="png",
                full_page=True,
                clip={"x": 0, "y": 0, "width": size["width"], "height": SCREENSHOT_HEIGHT},
                animations="disabled",
                timeout=PAGE_TIMEOUT * 1000,
            )
            return shown.final_url, picture

        return await self._followed(url, take)

    async def close(self) -> None:
        """Stop the browser, its driver and the proxy."""
        start, self._start = self._start, None
        if start is not None:
            await asyncio.gather(start, return_exceptions=True)
        for run in {*self._retired, *filter(None, [_started(start)])}:
            self._put_away(run)
        await asyncio.gather(*self._closing)

    async def _followed(self, url: str, take: Callable[[_Shown], Awaitable[_Taken]]) -> _Taken:
        """What `take` makes of the page, or of the one to which it leads on another origin."""
        passed: tuple[str, ...] = ()
        for _ in range(MAX_NAVIGATIONS + 1):
            taken = await self._taken(url, passed, take)
            if not isinstance(taken, Elsewhere):
                return taken
            url, passed = taken.url, (*passed, *taken.passed)
            await self._permit(Target.of(parse_url(url)), url)
        raise Permanent(
            f"leads to other hosts more than {MAX_NAVIGATIONS} times",
            where=url,
            hint="open it in a browser",
            kind="redirects",
        )

    async def _taken(
        self, url: str, passed: tuple[str, ...], take: Callable[[_Shown], Awaitable[_Taken]]
    ) -> _Taken | Elsewhere:
        """What `take` makes of the page, once it has settled. `passed`: the URLs that led to it."""
        host = parse_url(url).hostname
        if not self._guard.mapped(host):
            self._backend.check_proxies(host)  # Before the host's turn is taken: it is not to rest for this.
        # One of the browser's slots is taken when the host is due, so that no page waits in it for its host.
        async with self._politeness.slot(host, self._slots) as visit:
            driver = self._launch.driver

            async def show(tab: Tab) -> _Taken | Elsewhere:
                shown = await self._visit(tab, url, passed, visit)
                return shown if isinstance(shown, Elsewhere) else await take(shown)

            try:
                async with asyncio.timeout(PAGE_TIMEOUT):
                    return await self._twice(url, show)
            except driver.timeouts as error:
                raise Transient(
                    f"not rendered within {PAGE_TIMEOUT:g} s", where=url, hint="try again later", kind="timeout"
                ) from error
            except driver.errors as error:
                raise Transient(_first_line(error), where=url, hint="try again later", kind="browser") from error

    async def _twice(self, url: str, show: Callable[[Tab], Awaitable[_Taken]]) -> _Taken:
        """A browser or tab may have died since its last page, which is no fault of this one: it gets another."""
        driver = self._launch.driver
        run = await self._running()
        tab: Tab | None = None
        try:
            async with self._tab(run, url) as tab:
                return await show(tab)
        except driver.timeouts:
            raise
        except driver.errors as error:
            died_before = tab is None
            if tab is not None and tab.used > 1:
                await tab.wait_for_crash(CRASH_NEWS)
                died_before = tab.crashed or ABORTED in str(error)
            if run.works() and not died_before:
                raise
        async with self._tab(await self._running(), url) as tab:
            return await show(tab)

    async def _visit(self, tab: Tab, url: str, passed: tuple[str, ...], visit: Visit) -> _Shown | Elsewhere:
        opened = self._opened_as(url)
        journey = tab.journey = Journey(opened, lambda at: self._known_as(at, url), self._permit)
        try:
            response = await tab.page.goto(opened, wait_until="domcontentloaded", timeout=PAGE_TIMEOUT * 1000)
            if response is None:
                raise Transient("the browser got no answer", where=url, hint="try again later", kind="browser")
            if refused := failure(response.status, response.headers, url):
                visit.retry_after = retry_after(response.headers)
                raise refused
            await settled(tab, self._launch.driver.errors)
        except self._launch.driver.errors:
            if (elsewhere := journey.elsewhere()) is None:
                raise
            return elsewhere
        if (elsewhere := journey.elsewhere()) is not None:
            return elsewhere
        final_url = self._known_as(tab.page.url, url)
        return _Shown(tab, response.status, final_url, (*passed, *journey.passed(final_url)))

    @asynccontextmanager
    async def _tab(self, run: _Run, url: str) -> AsyncIterator[Tab]:
        run.users += 1
        try:
            async with run.tabs.lend(parse_url(url).hostname) as tab:
                yield tab
        finally:
            run.users -= 1
            run.pages += 1
            if not run.works() or await run.worn(self._wear):
                self._retire(run)

    async def _running(self) -> _Run:
        """The browser; a new one where there is none, or none that works any more."""
        run = _started(self._start)
        if run is not None and not run.works():
            self._retire(run)
        if self._start is None or (self._start.done() and run is None):
            # A task of its own: who is cancelled while waiting leaves no half-started browser behind.
            self._start = asyncio.create_task(self._begin())
        return await asyncio.shield(self._start)

    async def _begin(self) -> _Run:
        parts = AsyncExitStack()
        try:
            run = await self._assemble(parts)
        except _start_errors(self._launch.driver) as error:
            await parts.aclose()
            self._failed_starts += 1
            self._start_again = time.monotonic() + START_AGAIN
            raise Transient(
                f"the browser did not start: {_first_line(error)}",
                hint="does QUIETHIRE_CHROMIUM_PATH run?",
                kind="browser",
            ) from error
        except BaseException:
            await parts.aclose()
            raise
        self._failed_starts = 0
        return run

    async def _assemble(self, parts: AsyncExitStack) -> _Run:
        driver = self._launch.driver
        proxy = await parts.enter_async_context(vetting_proxy(self._guard, self._backend))
        found: list[BrowserProcesses] = []
        parts.push_async_callback(_end, found)
        playwright = await parts.enter_async_context(driving(driver))
        chromium = await self._launch.start(playwright, self._executable, proxy)
        processes = await _processes_of(chromium)
        found.append(processes)
        if broken := unguarded(processes.command_line, proxy):
            raise InvalidInput(
                f"its driver does not keep to {', '.join(broken)}",
                where="QUIETHIRE_BROWSER_DRIVER",
                hint="pages are rendered behind the guard or not at all",
                kind="browser_driver",
            )
        tabs = Tabs(chromium, user_agent=self._user_agent, errors=driver.errors)
        return _Run(chromium, processes, tabs, parts)

    def _retire(self, run: _Run) -> None:
        """Show no further page in it; it ends when the last that it shows is done."""
        if _started(self._start) is run:
            self._start = None
            self._retired.add(run)
        if run in self._retired and not run.users:
            self._put_away(run)

    def _put_away(self, run: _Run) -> None:
        self._retired.discard(run)
        task = asyncio.create_task(run.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _opened_as(self, url: str) -> str:
        parsed = parse_url(url)
        if self._guard.mapped(parsed.hostname):
            parsed.protocol = "http:"
        return str(parsed.href)

    def _known_as(self, opened: str, asked: str) -> str:
        """The URL under which a rendered page is stored: https again for mapped hosts that were asked over https."""
        parsed = parse_url(opened)
        parsed.hash = ""
        if self._guard.mapped(parsed.hostname) and asked.startswith("https:"):
            parsed.protocol = "https:"
        return str(parsed.href)


def _started(start: "asyncio.Task[_Run] | None") -> _Run | None:
    """What was started, if it was."""
    if start is None or not start.done() or start.cancelled() or start.exception() is not None:
        return None
    return start.result()


async def _processes_of(chromium: Chromium) -> BrowserProcesses:
    session = await chromium.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    await session.detach()
    return BrowserProcesses(next(process["id"] for process in processes if process["type"] == "browser"))


async def _end(found: list[BrowserProcesses]) -> None:
    for processes in found:
        await asyncio.to_thread(processes.end)


def _start_errors(driver: Driver) -> tuple[type[Exception], ...]:
    return (OSError, psutil.Error, *driver.errors)


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:300] if lines else "the browser failed"
