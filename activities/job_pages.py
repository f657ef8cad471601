"""Fetching pages side by side, as many of a host at once as it is given, for as long as an activity has."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from activities.errors import LONGEST_WAIT
from quiethire.domain.errors import Blocked, QuietHireError, Throttled, Transient
from quiethire.domain.page import PageRef
from quiethire.domain.urls import host_of

SECONDS = 55.0
"""After so long no further page is begun: a host that wants long pauses gets more activities, not more time in one."""
LAST_SECONDS = 110.0
"""After so long a page that is still under way is given up: its activity has two minutes."""
SILENT = 3
"""Pages of a host in a row that did not come, after which no more are asked for: it will not answer for them either."""

Outcome = PageRef | QuietHireError


@dataclass
class FetchedPages:
    """What became of each page. Those that are missing were not reached."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    wait: float = 0.0
    """Seconds that a host asked for: the pages not reached are to be asked for after them."""


async def fetch_pages(
    urls: Sequence[str], fetch: Callable[[str], Awaitable[PageRef]], *, per_host: int, one_board: bool = True
) -> FetchedPages:
    """Fetch all that there is time for. One bad page never stops the rest; a host that asks for peace stops its own.

    Where a host is silent or turns us away, the other pages of `one_board` get the same outcome unasked. Pages of many boards
    share their host and nothing else: those that were not asked for are missing.
    """
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        hosts[host_of(url)].append(url)
    fetched = FetchedPages()
    outcomes, began = fetched.outcomes, time.monotonic()

    async def read(waiting: Iterator[str]) -> None:
        silent = 0
        for url in waiting:
            spent = time.monotonic() - began
            if spent > SECONDS:
                return
            outcomes[url] = outcome = await _outcome(url, fetch, LAST_SECONDS - spent)
            if isinstance(outcome, Throttled) and outcome.retry_after <= LONGEST_WAIT:
                del outcomes[url]
                fetched.wait = max(fetched.wait, outcome.retry_after)
                return
            if not one_board and isinstance(outcome, QuietHireError) and outcome.kind == "resting":
                del outcomes[url]
                return
            silent = silent + 1 if isinstance(outcome, Transient) else 0
            if silent == SILENT or isinstance(outcome, Throttled | Blocked):
                unasked = list(waiting)
                outcomes.update(dict.fromkeys(unasked, outcome) if one_board else {})

    readers = (read(waiting) for waiting in (iter(listed) for listed in hosts.values()) for _ in range(per_host))
    await asyncio.gather(*readers)
    return fetched


async def _outcome(url: str, fetch: Callable[[str], Awaitable[PageRef]], seconds: float) -> Outcome:
    try:
        async with asyncio.timeout(seconds):
            return await fetch(url)
    except TimeoutError:
        return Transient(f"not done within {seconds:.0f} s", where=url, kind="timeout")
    except QuietHireError as error:
        return error
