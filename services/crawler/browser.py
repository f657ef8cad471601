"""Rendering with Chromium, for pages that are only scripts.

One browser per process, started when it is first needed and again after a crash; a fresh context for every page. All
of its traffic goes through the vetting proxy. Hosts of the host map speak plain HTTP, which the browser would refuse
under https: their pages are opened under http and keep their https URL in everything that is stored.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Error, Page, Playwright, Route, async_playwright
from playwright.async_api import TimeoutError as PlaywrightTimeout

from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.urls import parse_url
from services.crawler.guard import Guard
from services.crawler.politeness import Politeness
from services.crawler.statuses import failure
from services.crawler.vetting_proxy import vetting_proxy

PAGES_AT_ONCE = 4
"""More than four at once gain nothing on two cores."""
PAGE_TIMEOUT = 30.0
"""Seconds for one page, from a blank context to its DOM."""
SETTLE_TIMEOUT = 8.0
"""Seconds to wait for the network to fall silent; pages that never do are taken as they are then."""
CLOSE_TIMEOUT = 5.0

_BLOCKED_RESOURCES = frozenset({"image", "media", "font"})
_ARGUMENTS = (
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--dns-prefetch-disable",
    "--disable-dev-shm-usage",
    "--mute-audio",
    # Nothing leaves but through the proxy: no names are resolved here, loopback is no exception, WebRTC sends no UDP.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


@dataclass(frozen=True)
class Rendered:
    """A page after its scripts ran."""

    final_url: str
    status: int
    html: bytes


class Browser:
    """Renders pages. Start and close belong to one event loop."""

    def __init__(
        self, executable: Path, *, guard: Guard, politeness: Politeness, user_agent: str, max_bytes: int
    ) -> None:
        self._executable = executable
        self._guard = guard
        self._politeness = politeness
        self._user_agent = user_agent
        self._max_bytes = max_bytes
        self._slots = asyncio.Semaphore(PAGES_AT_ONCE)
        self._running = AsyncExitStack()
        self._playwright: Playwright | None = None
        self._proxy = ""
        self._start: asyncio.Task[Chromium] | None = None

    async def render(self, url: str) -> Rendered:
        """Open the page, let it settle, take its DOM.

        Raises Transient `timeout` or `browser`, what the page's status means, and while its host rests.
        """
        # One of the browser's slots is taken when the host is due, so that no page waits in it for its host.
        async with self._politeness.slot(parse_url(url).hostname, self._slots):
            try:
                async with asyncio.timeout(PAGE_TIMEOUT), self._page() as page:
                    return await self._take(page, url)
            except (TimeoutError, PlaywrightTimeout) as error:
                raise Transient(
                    f"not rendered within {PAGE_TIMEOUT:g} s", where=url, hint="try again later", kind="timeout"
                ) from error
            except Error as error:
                raise Transient(_first_line(error), where=url, hint="try again later", kind="browser") from error

    async def close(self) -> None:
        """Stop the browser, its driver and the proxy."""
        start, self._start = self._start, None
        if start is not None:
            await asyncio.gather(start, return_exceptions=True)
        self._playwright = None
        await self._running.aclose()

    async def _take(self, page: Page, url: str) -> Rendered:
        response = await page.goto(self._opened_as(url), wait_until="domcontentloaded", timeout=PAGE_TIMEOUT * 1000)
        if response is None:
            raise Transient("the browser got no answer", where=url, hint="try again later", kind="browser")
        if refused := failure(response.status, httpx.Headers(response.headers), url):
            raise refused
        with suppress(PlaywrightTimeout):  # A page that polls is never silent; what it shows by now is what it shows.
            await page.wait_for_load_state("networkidle", timeout=SETTLE_TIMEOUT * 1000)
        # The page's own scripts cannot bend this call; what they may bend, such as outerHTML, is not asked.
        body = (await page.content()).encode("utf-8", "replace")
        if len(body) > self._max_bytes:
            raise InvalidInput(
                f"rendered larger than {self._max_bytes:,} bytes",
                where=url,
                hint="QUIETHIRE_FETCH_MAX_BYTES bounds what a page may hold",
                kind="too_large",
            )
        return Rendered(self._known_as(page.url, url), response.status, body)

    @asynccontextmanager
    async def _page(self) -> AsyncIterator[Page]:
        chromium = await self._started()
        context = await chromium.new_context(
            user_agent=self._user_agent, service_workers="block", accept_downloads=False, locale="en-US"
        )
        try:
            await context.route("**/*", _drop_heavy)
            page = await context.new_page()
            context.on("page", _close_popup)
            yield page
        finally:
            await self._discard(context, chromium)

    async def _discard(self, context: BrowserContext, chromium: Chromium) -> None:
        """Close a context. A browser that cannot even do that is stopped, and the next page starts another."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await context.close()
        except Error:
            pass  # It crashed and took the context with it.
        except TimeoutError:
            if _running(self._start) is chromium:
                await self.close()

    async def _started(self) -> Chromium:
        """The running browser; a new one where there is none, or none any more."""
        if self._start is None or (self._start.done() and _running(self._start) is None):
            # A task of its own: who is cancelled while waiting leaves no half-started browser behind.
            self._start = asyncio.create_task(self._launch())
        return await asyncio.shield(self._start)

    async def _launch(self) -> Chromium:
        if self._playwright is None:
            self._proxy = await self._running.enter_async_context(vetting_proxy(self._guard))
            self._playwright = await self._running.enter_async_context(async_playwright())
        try:
            return await self._playwright.chromium.launch(
                executable_path=self._executable,
                args=[*_ARGUMENTS, *(["--no-sandbox"] if _is_root() else [])],
                chromium_sandbox=not _is_root(),
                proxy={"server": f"http://{self._proxy}"},
                handle_sigint=False,  # Signals are the process's own affair; it closes us.
                handle_sigterm=False,
                handle_sighup=False,
            )
        except Error:
            # The driver may be what died: the next page starts that anew, too.
            self._playwright = None
            await self._running.aclose()
            raise

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


def _running(start: "asyncio.Task[Chromium] | None") -> Chromium | None:
    """The browser that was started, if it is still there."""
    if start is None or not start.done() or start.cancelled() or start.exception() is not None:
        return None
    return start.result() if start.result().is_connected() else None


async def _drop_heavy(route: Route) -> None:
    if route.request.resource_type in _BLOCKED_RESOURCES:
        await route.abort()
    else:
        await route.continue_()


async def _close_popup(page: Page) -> None:
    await page.close()


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _first_line(error: Error) -> str:
    return error.message.splitlines()[0][:300] if error.message else "the browser failed"
