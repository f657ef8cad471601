"""Tabs of a running Chromium: a context for every host, in which its pages follow each other in the same tab.

A context has its own cookies, storage and cache: hosts see nothing of each other. A new tab for every page would cost
twice the CPU. Between two pages a tab shows nothing: what a page left running would go on asking its host.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, CDPSession, Page, Request

from services.crawler.isolated import IsolatedWorld
from services.crawler.navigation import Journey

MAX_CONTEXTS = 16
"""Hosts whose contexts are kept, those in use not counted."""
CONTEXT_IDLE = 120.0
"""Seconds without a page after which a host gets a new context: a crawl is over by then, and its cookies go."""
CLOSE_TIMEOUT = 5.0
"""Seconds to close a tab or a context, and to empty a tab."""

_STREAMS = frozenset({"eventsource", "websocket", "ping"})
"""Kinds of requests that no page waits for."""
_HEAVY = ("Image", "Font", "Media")


class Tab:
    """A tab, and what of its page is on the wire."""

    def __init__(self, page: Page, session: CDPSession, frame: str, error: type[Exception]) -> None:
        """`frame`: the id of its main frame; `error`: what the driver raises."""
        self.page = page
        self._crashed = asyncio.Event()
        self.world = IsolatedWorld(session, frame, self._crashed, error)
        self.journey: Journey | None = None
        """Decides where the page's main frame goes; without one it goes nowhere."""
        self.used = 0
        """Pages that it has shown."""
        self.in_flight: set[Request] = set()
        self.last_traffic = time.monotonic()
        """When a request began or ended last, on the monotonic clock."""
        page.on("request", self._begun)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)
        page.on("crash", self._crash)

    def _begun(self, request: Request) -> None:
        if request.resource_type not in _STREAMS:
            self.in_flight.add(request)
            self.last_traffic = time.monotonic()

    def _ended(self, request: Request) -> None:
        self.in_flight.discard(request)
        self.last_traffic = time.monotonic()

    def _crash(self, _: Page) -> None:
        self._crashed.set()

    @property
    def crashed(self) -> bool:
        """Whether its process ended: it shows nothing any more."""
        return self._crashed.is_set()

    async def wait_for_crash(self, seconds: float) -> None:
        """Until it is known that it crashed, and no longer than this."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._crashed.wait()


@dataclass
class _Host:
    context: BrowserContext
    idle: list[Tab] = field(default_factory=list)
    users: int = 0
    last_used: float = 0.0


class Tabs:
    """Lends tabs."""

    def __init__(self, chromium: Chromium, *, user_agent: str, errors: tuple[type[Exception], ...]) -> None:
        self.stuck = False
        """Whether one could not be closed: the browser is beyond repair then."""
        self._chromium = chromium
        self._user_agent = user_agent
        self._errors = errors
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._opening = asyncio.Lock()
        self._under_way: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def lend(self, host: str) -> AsyncIterator[Tab]:
        """A tab in the host's context. One in which a page failed is closed, not lent again."""
        place = await self._place(host)
        place.users += 1
        emptied = False
        tab: Tab | None = None
        try:
            tab = place.idle.pop() if place.idle else await self._new(place.context)
            tab.used += 1
            tab.in_flight.clear()
            tab.journey = None
            yield tab
            emptied = await self._empty(tab)
        finally:
            place.users -= 1
            place.last_used = time.monotonic()
            if tab is not None and emptied:
                place.idle.append(tab)
            elif tab is not None:
                self._dispose(tab.page.close)

    async def close(self) -> None:
        """Wait for what is being decided and closed. Contexts end with their browser."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def _place(self, host: str) -> _Host:
        async with self._opening:  # Two pages of one host share its context, though both ask for it at once.
            place = self._hosts.get(host)
            if place is not None and not place.users and time.monotonic() - place.last_used > CONTEXT_IDLE:
                self._dispose(self._hosts.pop(host).context.close)
                place = None
            if place is None:
                place = self._hosts[host] = _Host(await self._new_context(), last_used=time.monotonic())
            self._hosts.move_to_end(host)
            idle = [name for name, kept in self._hosts.items() if not kept.users and name != host]
            for name in idle[: max(len(idle) + 1 - MAX_CONTEXTS, 0)]:
                self._dispose(self._hosts.pop(name).context.close)
            return place

    async def _new_context(self) -> BrowserContext:
        return await self._chromium.new_context(
            user_agent=self._user_agent, service_workers="block", accept_downloads=False, locale="en-US"
        )

    async def _new(self, context: BrowserContext) -> Tab:
        page = await context.new_page()
        page.on("popup", self._refuse_popup)
        session = await context.new_cdp_session(page)
        main = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        tab = Tab(page, session, main, self._errors[0])

        async def decide(paused: dict[str, Any]) -> None:
            asked, how = {"requestId": paused["requestId"]}, "Fetch.continueRequest"
            heavy = paused["resourceType"] in _HEAVY
            if heavy or (paused["frameId"] == main and not await _admitted(tab, paused["request"])):
                asked, how = {**asked, "errorReason": "BlockedByClient"}, "Fetch.failRequest"
            self._dispose(lambda: session.send(how, asked))

        session.on("Fetch.requestPaused", lambda paused: self._start(decide(paused)))
        # Only what may be dropped is held up: everything else goes its way without a word to us.
        await session.send("Fetch.enable", {"patterns": [{"resourceType": kind} for kind in (*_HEAVY, "Document")]})
        return tab

    async def _empty(self, tab: Tab) -> bool:
        """Leave the page, so that it runs no further; tells whether the tab can be used again."""
        tab.journey = None
        if tab.crashed:
            return False
        try:
            await tab.page.goto("about:blank", wait_until="commit", timeout=CLOSE_TIMEOUT * 1000)
        except self._errors:
            return False
        tab.in_flight.clear()
        return True

    def _refuse_popup(self, popup: Page) -> None:
        popup.on("popup", self._refuse_popup)
        self._dispose(popup.close)

    def _dispose(self, close: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Close something beside everything else. What crashed is closed already."""

        async def closing() -> None:
            try:
                async with asyncio.timeout(CLOSE_TIMEOUT):
                    with suppress(*self._errors):
                        await close()
            except TimeoutError:
                self.stuck = True

        self._start(closing())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def _admitted(tab: Tab, request: dict[str, Any]) -> bool:
    return tab.journey is not None and await tab.journey.admits(request["url"], request["method"])
