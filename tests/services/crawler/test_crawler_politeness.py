"""Politeness, as the hosts see it."""

import asyncio
import time
from itertools import pairwise

import pytest
from crawled_web import HOST, PAGE, http
from redis.asyncio import Redis

from benchmarks.polite_web import Manner
from benchmarks.politeness import Plan, simulate
from quiethire.domain.errors import Blocked, Throttled, Transient
from quiethire.domain.page import FetchSpec
from quiethire.domain.urls import parse_url
from quiethire.settings import Settings
from quiethire.storage.redis import RedisCache, RedisHosts
from quiethire.telemetry import ERRORS
from services.crawler import politeness, shared_hosts
from services.crawler.politeness import Pace, Politeness

URL = f"https://{HOST}/careers"
PACE = Pace(per_host=1, delay_min=0.0, delay_max=0.0, crawl_delay_max=30.0, lease=60.0)


def spec(path: str, host: str = HOST) -> FetchSpec:
    return FetchSpec(url=f"https://{host}{path}")


@pytest.fixture
def clocked(web):
    """Pages of any path, and when they were asked for."""
    asked = []

    async def page(request, writer):
        asked.append((request.target, time.monotonic()))
        writer.write(http(200, PAGE))
        await writer.drain()

    for path in ("/a", "/b", "/c", "/d"):
        web.routes[path] = page
    return asked


async def test_two_crawlers_on_one_redis_are_never_early_and_never_two_at_a_host(redis_url):
    manners = [Manner.THROTTLING, Manner.CRAWL_DELAY, Manner.SLOW, Manner.REFUSING] * 4 + [Manner.PLAIN] * 8
    outcome = await simulate(Plan(manners=manners, pages=6, delay=0.1, crawl_delay=0.2, retry_after=2), redis_url)
    assert (outcome.overlapping, outcome.early, outcome.missing) == (0, 0, 0)
    assert outcome.pages == 8 * 6


async def test_the_simulation_sees_a_crawler_that_spares_no_slow_host(redis_url, monkeypatch):
    monkeypatch.setattr(politeness, "DELAY_FACTOR", 1.0)
    plan = Plan(manners=[Manner.SLOW] * 4, pages=4, delay=0.05, crawl_delay=0.4, retry_after=2)
    assert (await simulate(plan, redis_url)).early > 0


async def test_the_defaults_are_one_request_at_a_time_and_a_second_between_two():
    settings = Settings()
    assert (settings.host_concurrency, settings.host_delay_min, settings.host_delay_max) == (1, 1.0, 30.0)


async def test_requests_to_a_host_come_one_by_one(web, crawling):
    at_once = 0

    async def page(request, writer):
        nonlocal at_once
        at_once += 1
        assert at_once == 1
        await asyncio.sleep(0.02)
        at_once -= 1
        writer.write(http(200, PAGE))
        await writer.drain()

    paths = [f"/{number}" for number in range(6)]
    web.routes.update(dict.fromkeys(paths, page))
    async with crawling() as crawler:
        results = [result async for _, result in crawler.fetch_many([spec(path) for path in paths])]
    assert [result.status for result in results] == [200] * 6


async def test_a_slow_answer_is_followed_by_a_longer_pause(web, crawling, clocked):
    async def slow(request, writer):
        await asyncio.sleep(0.15)
        clocked.append(("slow", time.monotonic()))
        writer.write(http(200, PAGE))
        await writer.drain()

    web.routes["/slow"] = slow
    async with crawling(host_delay_max=30.0) as crawler:
        await crawler.fetch(spec("/slow"))
        await crawler.fetch(spec("/a"))
    (_, answered), (_, next_) = clocked
    assert next_ - answered >= 0.3


async def test_a_crawl_delay_is_kept_from_robots_txt_on(web, crawling, clocked):
    async def robots(request, writer):
        clocked.append(("robots", time.monotonic()))
        writer.write(http(200, b"User-agent: *\nCrawl-delay: 0.2\n", content_type="text/plain"))
        await writer.drain()

    web.routes["/robots.txt"] = robots
    async with crawling() as crawler:
        async for _ in crawler.fetch_many([spec("/a"), spec("/b"), spec("/c")]):
            pass
    times = [at for _, at in clocked]
    assert len(times) == 4
    assert all(after - before >= 0.2 for before, after in pairwise(times))


async def test_a_crawl_delay_beyond_the_bound_is_cut_and_reported(web, crawling, clocked, caplog):
    web.routes["/robots.txt"] = http(200, b"User-agent: *\nCrawl-delay: 86400\n", content_type="text/plain")
    async with crawling(crawl_delay_max=0.01) as crawler:
        for path in ("/a", "/b"):
            await crawler.fetch(spec(path))
    assert len(clocked) == 2
    assert [record.asked for record in caplog.records if record.message == "a Crawl-delay is cut"] == [86_400]


@pytest.mark.parametrize("status", [429, 503, 500, 408])
async def test_a_host_that_named_a_time_is_not_asked_before(web, crawling, status):
    web.routes["/careers"] = http(status, b"", "Retry-After: 120")
    async with crawling() as crawler:
        with pytest.raises(Transient):
            await crawler.fetch(FetchSpec(url=URL))
        with pytest.raises(Throttled) as caught:
            await crawler.fetch(FetchSpec(url=URL))
    assert 119 < caught.value.retry_after <= 120
    assert web.targets() == ["/careers"]


async def test_a_throttling_host_backs_off_alone(web, crawling, clocked):
    web.routes["/busy"] = http(429)
    async with crawling() as crawler:
        with pytest.raises(Throttled) as caught:
            await crawler.fetch(spec("/busy"))
        assert 4 < caught.value.retry_after <= 5
        assert (await crawler.fetch(spec("/a", "other.example"))).status == 200


async def test_a_refusal_is_shared_by_the_workers(web, crawling, redis_url):
    web.routes["/careers"] = http(403)
    first, second = RedisHosts(redis_url), RedisHosts(redis_url)
    async with crawling(hosts=first) as crawler, crawling(hosts=second) as other:
        for one in (crawler, other, other):
            with pytest.raises(Blocked):
                await one.fetch(FetchSpec(url=URL))
    assert web.targets() == ["/careers"]
    await first.aclose()
    await second.aclose()


async def test_robots_txt_is_asked_for_once_by_all_workers(web, crawling, clocked, redis_url):
    web.routes["/robots.txt"] = http(200, b"User-agent: *\nDisallow: /x\nCrawl-delay: 0.01", content_type="text/plain")
    verdicts = []
    for path in ("/a", "/b"):
        async with RedisCache(redis_url) as cache, crawling(cache=cache) as crawler:
            await crawler.fetch(spec(path))
            verdicts.append(await crawler._robots.verdict(parse_url(f"https://{HOST}/x/1")))
    assert [request.target for request in web.received].count("/robots.txt") == 1
    assert verdicts[0] == verdicts[1]
    assert (verdicts[0].allowed, verdicts[0].rule) == (False, "Disallow: /x (line 2)")
    async with Redis.from_url(redis_url) as redis:
        [key] = await redis.keys("crawler:robots:*")
        assert 86_000 < await redis.ttl(key) <= 86_400


class Wire:
    """A way to Redis that can be cut."""

    def __init__(self, url: str) -> None:
        self.direct, self.target = url, parse_url(url.replace("redis://", "http://"))
        self.writers: list[asyncio.StreamWriter] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def accept(self, reader, writer):
        onward_reader, onward_writer = await asyncio.open_connection(self.target.hostname, int(self.target.port))
        self.writers += [writer, onward_writer]
        for source, sink in ((reader, onward_writer), (onward_reader, writer)):
            task = asyncio.create_task(self.pump(source, sink))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def pump(self, reader, writer):
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.accept, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    @property
    def url(self) -> str:
        return self.direct.replace(f":{self.target.port}/", f":{self.port}/")

    async def mend(self):
        self.server = await asyncio.start_server(self.accept, "127.0.0.1", self.port)

    async def cut(self):
        self.server.close()
        for writer in self.writers:
            writer.close()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def __aexit__(self, *_):
        await self.cut()


async def test_without_redis_amid_the_run_a_crawler_is_polite_by_what_it_knows(web, crawling, redis_url, caplog):
    web.routes["/careers"] = http(200, PAGE)
    web.routes["/busy"] = http(429, b"", "Retry-After: 300")
    before = ERRORS.labels("host_states")._value.get()
    async with Wire(redis_url) as wire:
        hosts = RedisHosts(wire.url)
        async with crawling(hosts=hosts) as crawler:
            with pytest.raises(Throttled):
                await crawler.fetch(spec("/busy"))
            assert ERRORS.labels("host_states")._value.get() == before
            await wire.cut()
            for _ in range(3):
                with pytest.raises(Throttled) as caught:
                    await crawler.fetch(spec("/careers"))
                assert caught.value.retry_after > 290
            assert (await crawler.fetch(spec("/careers", "other.example"))).status == 200
        await hosts.aclose()
    assert web.targets() == ["/busy", "/careers"]
    assert ERRORS.labels("host_states")._value.get() > before
    assert len([record for record in caplog.records if "by this process alone" in record.message]) == 1


async def test_when_redis_is_back_the_workers_act_as_one_again(web, crawling, redis_url, monkeypatch):
    monkeypatch.setattr(shared_hosts, "SHARED_RETRY", 0.0)
    web.routes["/careers"] = http(200, PAGE)
    web.routes["/busy"] = http(429, b"", "Retry-After: 300")
    async with Wire(redis_url) as wire:
        hosts, others = RedisHosts(wire.url), RedisHosts(redis_url)
        async with crawling(hosts=hosts) as crawler, crawling(hosts=others) as other:
            await wire.cut()
            await crawler.fetch(spec("/careers"))
            await wire.mend()
            with pytest.raises(Throttled):
                await other.fetch(spec("/busy"))
            with pytest.raises(Throttled):
                await crawler.fetch(spec("/careers"))
        await hosts.aclose()
        await others.aclose()
    assert web.targets() == ["/careers", "/busy"]


async def test_a_waiting_host_holds_no_slot_that_others_could_use(web, crawling, clocked):
    asked = asyncio.Event()

    async def robots(request, writer):
        writer.write(http(200, b"User-agent: *\nCrawl-delay: 20\n", content_type="text/plain"))
        await writer.drain()
        asked.set()

    web.routes["/robots.txt"] = robots
    async with crawling(fetch_concurrency=1) as crawler:
        waiting = asyncio.create_task(crawler.fetch(spec("/a")))
        await asked.wait()
        web.routes["/robots.txt"] = http(404)
        assert (await crawler.fetch(spec("/b", "other.example"))).status == 200
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert [target for target, _ in clocked] == ["/b"]


async def test_a_cancelled_visit_gives_its_slot_back():
    polite = Politeness(PACE, everywhere=1)
    inside = asyncio.Event()

    async def visit():
        async with polite.slot(HOST):
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(visit())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(30), polite.slot(HOST):
        pass


async def test_who_would_wait_too_long_is_told_when_to_come_again_and_holds_nothing():
    polite = Politeness(
        Pace(per_host=1, delay_min=1.0, delay_max=30.0, crawl_delay_max=30.0, lease=60.0), everywhere=50
    )
    asked = asyncio.gather(*(polite.slot(HOST).__aenter__() for _ in range(60)), return_exceptions=True)
    async with polite.slot("other.example"):
        pass
    assert polite._queues[HOST].users == 26, "one is served, and 25 seconds hold as many"
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)


async def test_those_that_are_sent_away_are_told_different_times():
    polite = Politeness(
        Pace(per_host=1, delay_min=10.0, delay_max=30.0, crawl_delay_max=30.0, lease=60.0), everywhere=50
    )
    waits = []
    async with polite.slot(HOST):
        waiting = [asyncio.create_task(polite.slot(HOST).__aenter__()) for _ in range(2)]
        await asyncio.sleep(0)
        for _ in range(3):
            with pytest.raises(Throttled) as caught:
                await polite.slot(HOST).__aenter__()
            assert caught.value.kind == "busy"
            waits.append(round(caught.value.retry_after))
    assert waits == [40, 50, 60]
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_process_that_stood_still_amid_a_request_does_not_take_its_host_for_slow():
    polite = Politeness(
        Pace(per_host=1, delay_min=0.0, delay_max=600.0, crawl_delay_max=30.0, lease=0.02), everywhere=50
    )
    async with polite.slot(HOST):
        time.sleep(0.2)  # noqa: ASYNC251 - nothing of this process goes on, as while it is stopped
    assert polite._own.holding() == []
    assert polite._queues[HOST].lasted == 0


async def test_a_final_dot_makes_no_other_host(web, crawling):
    web.routes |= {"/busy": http(429, b"", "Retry-After: 300"), "/a": http(200, PAGE)}
    async with crawling() as crawler:
        for path, host in (("/busy", HOST), ("/a", f"{HOST}."), ("/a", HOST)):
            with pytest.raises(Throttled):
                await crawler.fetch(spec(path, host))
    assert web.targets() == ["/busy"]
