"""Fetching job pages side by side, as many of a host at once as it is given, for as long as an activity has."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence

from quiethire.domain.errors import QuietHireError, Throttled, Transient
from quiethire.domain.page import PageRef
from quiethire.domain.urls import host_of

SECONDS = 55.0
"""After so long no further page is begun: a host that wants long pauses gets more activities, not more time in one."""
SILENT = 3
"""Pages of a host in a row that did not come, after which its others are given up: it will not answer them either."""

Outcome = PageRef | QuietHireError


async def fetch_pages(
    urls: Sequence[str], fetch: Callable[[str], Awaitable[PageRef]], *, per_host: int
) -> dict[str, Outcome]:
    """What became of each page; those that are missing were not reached in time. One bad page never stops the rest."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        hosts[host_of(url)].append(url)
    results: dict[str, Outcome] = {}
    until = time.monotonic() + SECONDS

    async def read(waiting: Iterator[str]) -> None:
        silent = 0
        for url in waiting:
            if time.monotonic() > until:
                return
            try:
                results[url] = await fetch(url)
            except QuietHireError as error:
                results[url] = error
                silent = silent + 1 if isinstance(error, Transient) and not isinstance(error, Throttled) else 0
                if silent == SILENT:
                    results.update(dict.fromkeys(waiting, error))
            else:
                silent = 0

    readers = (read(waiting) for waiting in (iter(listed) for listed in hosts.values()) for _ in range(per_host))
    await asyncio.gather(*readers)
    return results
