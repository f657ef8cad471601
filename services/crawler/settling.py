"""When is a page done? When nothing is on the wire and its DOM has stood still for a moment.

Playwright's `networkidle` waits for half a second without a request, and does not look at the DOM.
"""

import asyncio
import time
from contextlib import suppress

from services.crawler.tabs import Tab

QUIET = 0.25
"""Seconds without a request and without a change of the DOM after which a page is done."""
SETTLE_TIMEOUT = 8.0
"""Seconds to wait for that; a page that polls or moves for ever is taken as it is then."""

_STILL = """quiet => new Promise(done => {
  let timer = setTimeout(done, quiet);
  new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(done, quiet); })
    .observe(document, {subtree: true, childList: true, characterData: true});
})"""


async def settled(tab: Tab, errors: tuple[type[Exception], ...]) -> None:
    """Wait until the page is done."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_TIMEOUT):
            while not tab.crashed:
                if tab.in_flight:  # The DOM need not be watched before.
                    await asyncio.sleep(QUIET / 5)
                    continue
                try:
                    await tab.world.call(_STILL, QUIET * 1000)
                except errors:
                    await asyncio.sleep(QUIET)  # It went to another page meanwhile, and that one settles now.
                if _is_silent(tab):
                    return


def _is_silent(tab: Tab) -> bool:
    return not tab.in_flight and time.monotonic() - tab.last_traffic >= QUIET
