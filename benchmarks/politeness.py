"""Two crawlers on one Redis and 200 hosts that throttle, ask for delays, labour and refuse: what their own logs say.

`python -m benchmarks.politeness [--json] [--quick]`
"""

import asyncio
import logging
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from redis.asyncio import Redis

from benchmarks.polite_web import Manner, PoliteWeb, polite_web
from benchmarks.report import Target, finish, options
from quiethire.clients import open_shared_crawler
from quiethire.domain.errors import Blocked, Throttled
from quiethire.domain.page import UNTRACED, FetchSpec, FetchTrace, PageRef
from quiethire.processes import leave
from quiethire.settings import Settings
from quiethire.stack.stack import start_stack
from quiethire.storage.pages.memory import MemoryPageArchive
from services.crawler.crawler import Crawler

IMPATIENCE = 0.2
"""Seconds after which a worker that was told to wait asks again, however long it was told: it is not let through."""


class ForgetfulPages(MemoryPageArchive):
    """An archive that keeps no record: the twin in memory looks through all of its records for each new one."""

    async def record(self, spec: FetchSpec, ref: PageRef, trace: FetchTrace = UNTRACED) -> None:
        """Nothing is kept."""


@dataclass(frozen=True)
class Plan:
    """One simulation."""

    manners: Sequence[Manner]
    pages: int
    """Pages of every host, half of them to each of the two crawlers."""
    delay: float
    """Least seconds between two requests to a host."""
    crawl_delay: float
    retry_after: int

    @property
    def longest(self) -> float:
        """Most seconds between two requests to a host that is slow."""
        return self.delay * 30


@dataclass(frozen=True)
class Outcome:
    """What the hosts saw."""

    overlapping: int
    early: int
    requests: int
    pages: int
    """Pages that came, of plain hosts."""
    plain_seconds: float
    """From the start to the last page of a plain host."""
    missing: int
    """Pages of hosts that refuse nobody for good, which did not come."""
    questions: float
    """Commands to Redis for one request."""


async def simulate(plan: Plan, redis_url: str) -> Outcome:
    """Crawl all pages of all hosts with two crawlers that share nothing but Redis, which is emptied first."""
    async with Redis.from_url(redis_url) as redis:
        await redis.flushdb()
        before = (await redis.info("commandstats")).get("cmdstat_evalsha", {}).get("calls", 0)
        async with polite_web(plan.manners, crawl_delay=plan.crawl_delay, retry_after=plan.retry_after) as web:
            pages, plain_seconds = await _crawl(plan, web, redis_url)
            hosts = web.hosts.values()
            requests = sum(len(host.seen) for host in hosts)
            lasting = [host for host in hosts if host.manner is not Manner.REFUSING]
            calls = (await redis.info("commandstats")).get("cmdstat_evalsha", {}).get("calls", 0) - before
            return Outcome(
                overlapping=sum(host.overlapping for host in hosts),
                early=sum(host.early(plan.delay, plan.longest) for host in hosts),
                requests=requests,
                pages=pages,
                plain_seconds=plain_seconds,
                missing=sum(
                    plan.pages - sum(seen.status == 200 and seen.target != "/robots.txt" for seen in host.seen)
                    for host in lasting
                ),
                questions=calls / requests,
            )


async def _crawl(plan: Plan, web: PoliteWeb, redis_url: str) -> tuple[int, float]:
    settings = Settings(
        host_map=web.host_map,
        redis_url=redis_url,
        browser=False,
        host_delay_min=plan.delay,
        host_delay_max=plan.longest,
    )
    began = time.perf_counter()
    pages, last = 0, began

    async def one(crawler: Crawler, host: str, page: int) -> None:
        nonlocal pages, last
        while True:
            try:
                await crawler.fetch(FetchSpec(url=f"https://{host}/jobs/{page}"))
            except Throttled as error:
                await asyncio.sleep(min(error.retry_after, IMPATIENCE))
                continue
            except Blocked:
                return
            if web.hosts[host].manner is Manner.PLAIN:
                pages, last = pages + 1, time.perf_counter()
            return

    async with AsyncExitStack() as stack:
        crawlers = [await stack.enter_async_context(open_shared_crawler(settings, ForgetfulPages())) for _ in range(2)]
        await asyncio.gather(*(one(crawlers[page % 2], host, page) for page in range(plan.pages) for host in web.hosts))
    return pages, last - began


async def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    given = options(__doc__)
    logging.disable(logging.WARNING)  # each refusal is one, and they are meant
    size, pages, delay = (40, 6, 0.3) if given.quick else (200, 10, 1.0)
    slow = [Manner.THROTTLING, Manner.CRAWL_DELAY, Manner.SLOW, Manner.REFUSING] * (size // 20)
    plain = [Manner.PLAIN] * (size - len(slow))
    with tempfile.TemporaryDirectory() as folder:
        redis_alone = Settings(
            data_dir=Path(folder),
            temporal_address="nowhere.example:7233",
            postgres_dsn="-",
            typesense_url="http://nowhere.example",
            typesense_api_key="-",
        )
        async with start_stack(redis_alone, durable=False) as (_, running):
            plan = Plan(plain, pages, delay, crawl_delay=delay * 2, retry_after=2 if given.quick else 5)
            alone = await simulate(plan, running.redis_url)
            mixed = await simulate(replace(plan, manners=[*plain, *slow]), running.redis_url)
    figures = {
        "hosts": float(size),
        "requests": mixed.requests,
        "overlapping_requests": mixed.overlapping + alone.overlapping,
        "early_requests": mixed.early + alone.early,
        "pages_missing": mixed.missing + alone.missing,
        "plain_pages_per_second": round(mixed.pages / mixed.plain_seconds, 1),
        "plain_pages_per_second_without_the_slow": round(alone.pages / alone.plain_seconds, 1),
        "plain_speed_kept": round(alone.plain_seconds / mixed.plain_seconds, 3),
        "redis_scripts_per_request": round(mixed.questions, 2),
    }
    targets: dict[str, Target] = {
        "overlapping_requests": ("<=", 0),
        "early_requests": ("<=", 0),
        "pages_missing": ("<=", 0),
        "plain_speed_kept": (">=", 0.9),
    }
    return finish(figures, targets, as_json=given.json)


if __name__ == "__main__":
    leave(asyncio.run(main()))
