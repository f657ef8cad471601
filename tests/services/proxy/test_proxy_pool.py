"""The proxy pool and its HTTP face."""

import asyncio
import logging
import random
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from quiethire.domain.errors import Gone, InvalidInput, Throttled, Transient
from quiethire.settings import Settings
from services.proxy.app import create_app
from services.proxy.check import http_check, open_pool
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


def test_a_host_keeps_its_proxy_for_a_while(pool, clock):
    first = pool.choose("northwind.example").id
    assert {pool.choose("northwind.example").id for _ in range(50)} == {first}
    assert {pool.choose(f"h{number}.example").id for number in range(50)} == set(pool.ids), "other hosts get others"
    later = set()
    for _ in range(20):
        clock.now += 601
        later.add(pool.choose("northwind.example").id)
    assert later == set(pool.ids)


def test_a_host_gets_another_proxy_when_its_own_rests_or_did_not_reach_it(pool, clock):
    first = pool.choose("northwind.example").id
    pool.report(first, latency=None)
    [other] = set(pool.ids) - {first}
    assert pool.choose("northwind.example").id == other
    clock.now += 31
    given = set()
    for _ in range(30):
        pool.doubt(pool.choose("a.example").id, "a.example")
        given.add(pool.choose("a.example").id)
    assert given == set(pool.ids)
    assert all(proxy.resting_seconds == 0 for proxy in pool.stats()), "one host that is down lays no proxy to rest"


def test_hosts_whose_proxy_is_remembered_are_bounded(pool):
    for number in range(10_050):
        pool.choose(f"h{number}.example")
    assert len(pool._kept) == 10_000


def test_what_a_host_is_given_does_not_show_its_password(pool):
    given = [pool.choose(f"h{number}.example") for number in range(20)]
    assert any("s3cret" in proxy.url.get_secret_value() for proxy in given)
    assert "s3cret" not in repr(given) + "".join(proxy.model_dump_json() for proxy in given)


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


class Heads(list[bytes]):
    """What proxies were asked."""

    def __init__(self) -> None:
        super().__init__()
        self.four = asyncio.Event()

    def note(self, head: bytes) -> None:
        self.append(head)
        if len(self) >= 4:
            self.four.set()


@asynccontextmanager
async def answering(status: bytes, heads: Heads) -> AsyncIterator[str]:
    """A proxy that answers everything so; yields its address."""

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.note(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_pool_is_checked_by_itself_and_its_passwords_appear_nowhere(caplog):
    heads = Heads()
    with caplog.at_level(logging.DEBUG, logger=""):
        async with (
            answering(b"200 OK", heads) as good,
            answering(b"407 Proxy Authentication Required", heads) as bad,
        ):
            settings = Settings(
                proxies=(
                    f"http://ann:s3cret-1@{good}",
                    f"http://ann:s3cret-2@{bad}",
                    "http://ann:s3cret-3@127.0.0.1:9",
                ),
                proxy_check_url="http://check.example/",
                proxy_check_seconds=0.05,
            )
            async with open_pool(settings) as pool:
                await asyncio.wait_for(heads.four.wait(), 30)  # each of the two that answer, twice
                app = create_app(pool, http_check(settings.proxy_check_url))
                transport = httpx.ASGITransport(app)
                async with httpx.AsyncClient(transport=transport, base_url="http://proxy") as client:
                    answers = [await client.post("/proxy/health"), await client.get("/proxy")]
                    answers.append(await client.get("/proxy/stats"))
    assert [proxy.resting_seconds > 0 for proxy in pool.stats()] == [False, True, True]
    assert answers[1].json()["url"] == f"http://{good}"
    assert any(b"Proxy-Authorization: Basic" in head for head in heads), "it is sent to the proxy all the same"
    said = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    said += "".join(answer.text + str(answer.headers) for answer in answers)
    assert "s3cret" not in said
    assert b64encode(b"ann:s3cret-1").decode() not in said


async def test_a_check_url_that_is_none_is_refused_at_once():
    with pytest.raises(InvalidInput):
        async with open_pool(Settings(proxies=("http://a.example:3128",), proxy_check_url="nonsense")):
            pass


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
