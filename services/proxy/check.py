"""Does a proxy work? It must bring the check URL's answer in time. Asked on demand, and every few minutes."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from quiethire.domain.errors import Transient
from quiethire.domain.urls import parse_url
from quiethire.settings import Settings
from services.proxy.pool import ProxyPool

Check = Callable[[str], Awaitable[float]]
"""A proxy's URL → seconds to the answer. Raises Transient where the proxy does not work."""

TIMEOUT = 10.0
CHECKS_AT_ONCE = 20

logger = logging.getLogger(__name__)


@asynccontextmanager
async def open_pool(settings: Settings) -> AsyncIterator[ProxyPool]:
    """The pool of the settings, checked at once and every so often until the block ends."""
    pool = ProxyPool(settings.proxies)
    check = http_check(settings.proxy_check_url)

    async def watch() -> None:
        while True:
            await check_pool(pool, check)
            await asyncio.sleep(settings.proxy_check_seconds)

    watching = asyncio.create_task(watch()) if pool.ids else None
    try:
        yield pool
    finally:
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


async def check_pool(pool: ProxyPool, check: Check) -> None:
    """Try every proxy, resting ones too: those that fail rest, those that work return."""
    slots = asyncio.Semaphore(CHECKS_AT_ONCE)

    async def one(proxy_id: str) -> None:
        async with slots:
            try:
                latency: float | None = await check(pool.url_of(proxy_id))
            except Transient as error:
                logger.warning("proxy failed", extra={"proxy": proxy_id, "kind": error.kind, "detail": error.detail})
                latency = None
        pool.report(proxy_id, latency=latency)

    await asyncio.gather(*(one(proxy_id) for proxy_id in pool.ids))


def http_check(check_url: str) -> Check:
    """A check that asks for `check_url` through the proxy; only the head of the answer is read.

    Raises InvalidInput for what is no URL.
    """
    parse_url(check_url)

    async def check(proxy_url: str) -> float:
        started = time.monotonic()
        try:
            async with (
                httpx.AsyncClient(proxy=proxy_url, timeout=TIMEOUT, trust_env=False) as client,
                client.stream("GET", check_url) as response,
            ):
                status = response.status_code
        except httpx.TransportError as error:
            # Its text may name the proxy; its type says enough.
            raise Transient(type(error).__name__, where=check_url, kind="proxy") from None
        if status >= 400:
            raise Transient(f"answered {status}", where=check_url, kind="proxy")
        return time.monotonic() - started

    return check
