"""The proxy pool and its HTTP face."""

import asyncio
import logging
import random
from collections import Counter

import httpx
import pytest

from quiethire.domain.errors import Gone, InvalidInput, Throttled, Transient
from services.proxy.app import create_app
from services.proxy.check import http_check
from services.proxy.pool import ProxyPool

URLS = ["http://ann:s3cret@a.example:3128", "http://b.example:3128"]


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pool(clock: Clock) -> ProxyPool:
    return ProxyPool(URLS, clock=clock, choose=random.Random(7))


def picks(pool: ProxyPool, times: int = 400) -> Counter[str]:
    return Counter(pool.pick().id for _ in range(times))


def test_untried_proxies_are_picked_alike(pool):
    assert all(150 < count < 250 for count in picks(pool).values())


def test_the_faster_is_picked_more_often(pool):
    slow, fast = pool.ids
    pool.report(slow, latency=2.0)
    pool.report(fast, latency=0.2)
    assert picks(pool)[fast] > 5 * picks(pool)[slow] > 0


def test_the_more_reliable_is_picked_more_often(pool, clock):
    shaky, steady = pool.ids
    for _ in range(5):
        pool.report(shaky, latency=None)
        pool.report(steady, latency=1.0)
    clock.now += 10_000
    counts = picks(pool)
    assert counts[steady] > 4 * counts[shaky] > 0


def test_a_failing_proxy_rests_longer_each_time_and_returns(pool, clock):
    failing, other = pool.ids
    rests = []
    for _ in range(8):
        pool.report(failing, latency=None)
        rests.append(pool.stats()[0].resting_seconds)
    assert rests[:3] == [30, 60, 120]
    assert rests[-1] == 900
    assert set(picks(pool, 50)) == {other}
    clock.now += 900
    assert failing in picks(pool)
    pool.report(failing, latency=0.5)
    pool.report(failing, latency=None)
    assert pool.stats()[0].resting_seconds == 30


def test_while_all_rest_none_is_given(pool):
    for key in pool.ids:
        pool.report(key, latency=None)
    with pytest.raises(Throttled) as caught:
        pool.pick()
    assert caught.value.retry_after == 30


def test_an_empty_pool_says_what_to_set():
    with pytest.raises(Gone, match="QUIETHIRE_PROXIES"):
        ProxyPool([]).pick()


def test_a_url_that_is_none_is_refused_without_showing_its_password():
    with pytest.raises(InvalidInput) as caught:
        ProxyPool(["socks5://ann:s3cret@a.example:1080"])
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_the_face_picks_checks_and_counts_without_showing_credentials(pool, clock, caplog):
    asked = []

    async def check(url: str) -> float:
        asked.append(url)
        if "b.example" in url:
            raise Transient("ConnectError", kind="proxy")
        return 0.25

    app = create_app(pool, check)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://proxy") as client:
        with caplog.at_level(logging.DEBUG):
            health = (await client.post("/proxy/health")).json()
            picked = await client.get("/proxy")
            stats = await client.get("/proxy/stats")
            pool.report(pool.ids[0], latency=None)
            none_left = await client.get("/proxy")
    assert asked[0] == "http://ann:s3cret@a.example:3128/"
    assert (health["total"], health["available"]) == (2, 1)
    assert picked.json()["url"] == "http://a.example:3128"
    assert stats.json()["proxies"][0]["latency_ms"] == 250
    assert (none_left.status_code, none_left.headers["retry-after"]) == (503, "30")
    assert "s3cret" not in picked.text + stats.text + str(health) + caplog.text


async def test_the_check_goes_through_the_proxy():
    lines = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        status = b"200 OK" if len(lines) == 1 else b"502 Bad Gateway"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    check = http_check("http://check.example/ok")
    async with server:
        assert await check(url) > 0
        with pytest.raises(Transient):
            await check(url)
    with pytest.raises(Transient):
        await check(url)
    assert lines[0] == b"GET http://check.example/ok HTTP/1.1"
