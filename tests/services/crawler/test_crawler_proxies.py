"""The crawler and its browser behind forward proxies: real tunnels, and what happens when they fail."""

import logging
import random
from contextlib import AsyncExitStack

import pytest
from crawled_web import PAGE, http
from forward_proxy import ForwardProxy, running

from quiethire.domain.errors import Disallowed, InvalidInput, Throttled, Transient
from quiethire.domain.page import FetchedVia, FetchSpec, Render
from services.proxy.pool import ProxyPool

PUBLIC = "93.184.215.14"
SPEC = FetchSpec(url="http://public.test/app")


async def lookup(host: str, port: int) -> list[str]:
    return {"inside.test": ["10.0.0.7"], "six.test": ["2606:4700::1111"]}.get(host, [PUBLIC])


@pytest.fixture
async def proxied(web, crawling):
    """Opens a crawler behind these proxies, whose tunnels all lead to the local web."""
    async with AsyncExitStack() as stack:

        async def opened(*proxies: ForwardProxy, **settings: object):
            for proxy in proxies:
                proxy.leads_to = web.port
                await stack.enter_async_context(running(proxy))
            urls = tuple(proxy.url for proxy in proxies)
            pool = ProxyPool(urls, choose=random.Random(7))
            crawler = await stack.enter_async_context(crawling(lookup=lookup, forward=pool, proxies=urls, **settings))
            return crawler, pool

        yield opened


async def test_a_page_comes_through_the_proxy_by_the_address_that_was_checked(web, archive, proxied):
    web.routes["/app"] = http(200, PAGE)
    proxy = ForwardProxy()
    crawler, pool = await proxied(proxy)
    ref = await crawler.fetch(SPEC)
    assert await archive.get(ref.content_hash) == PAGE
    assert set(proxy.asked) == {f"CONNECT {PUBLIC}:80 HTTP/1.1"}
    assert all(request.headers["host"] == "public.test" for request in web.received)
    assert pool.stats()[0].successes == len(proxy.asked)
    assert pool.stats()[0].latency_ms is not None


async def test_an_ipv6_address_is_asked_for_in_brackets(web, proxied):
    web.routes["/app"] = http(200, PAGE)
    proxy = ForwardProxy()
    crawler, _ = await proxied(proxy)
    await crawler.fetch(FetchSpec(url="http://six.test/app"))
    assert set(proxy.asked) == {"CONNECT [2606:4700::1111]:80 HTTP/1.1"}


async def test_a_proxy_is_no_way_into_a_private_network(web, proxied):
    proxy = ForwardProxy()
    crawler, _ = await proxied(proxy)
    for url in ("http://inside.test/", "http://10.0.0.7/", "http://127.0.0.1/", "http://169.254.169.254/"):
        with pytest.raises(Disallowed):
            await crawler.fetch(FetchSpec(url=url))
    assert proxy.asked == []
    assert web.received == []


async def test_mapped_hosts_are_reached_without_a_proxy(web, proxied):
    web.routes["/app"] = http(200, PAGE)
    proxy = ForwardProxy()
    crawler, _ = await proxied(proxy)
    assert (await crawler.fetch(FetchSpec(url="https://northwind.example/app"))).status == 200
    assert proxy.asked == []


async def test_credentials_are_sent_to_the_proxy_and_shown_nowhere(web, archive, proxied, caplog):
    web.routes["/app"] = http(200, PAGE)
    with caplog.at_level(logging.DEBUG, logger=""):
        crawler, pool = await proxied(ForwardProxy(password="s3cret-word"))
        ref = await crawler.fetch(SPEC)
    logged = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert caplog.records
    for word in ("s3cret-word", "YW5uOnMzY3JldC13b3Jk"):
        assert word not in logged + repr(pool.stats()) + repr(pool.choose("a.test")) + repr(ref)
    assert all("s3cret-word" not in str(request) for request in web.received)


async def test_a_proxy_that_wants_a_password_and_gets_none_rests(web, proxied):
    refusing = ForwardProxy(answer=b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\nno!\n")
    crawler, pool = await proxied(refusing)
    with pytest.raises(Throttled):
        await crawler.fetch(SPEC)
    assert pool.stats()[0].resting_seconds > 0
    assert web.received == []


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 500 Broken\r\n\r\n", b"220 mail.test ESMTP\r\n\r\n", b"HTTP/1.1 200 X\r\n\r\nHTTP/1.1 200 OK"],
)
async def test_a_page_comes_through_another_where_one_fails(web, archive, proxied, answer):
    web.routes["/app"] = http(200, PAGE)
    broken, working = ForwardProxy(answer=answer), ForwardProxy()
    crawler, pool = await proxied(broken, working)
    pool.report(pool.ids[1], latency=30.0)  # so slow that the broken one is tried first
    assert (await crawler.fetch(SPEC)).status == 200
    failed, used = pool.stats()
    assert failed.resting_seconds > 0
    assert used.resting_seconds == 0
    assert working.asked


async def test_while_all_rest_nothing_is_sent_and_the_host_does_not_rest_for_it(web, proxied):
    web.routes["/app"] = http(200, PAGE)
    proxy = ForwardProxy()
    crawler, pool = await proxied(proxy)
    pool.report(pool.ids[0], latency=None)
    with pytest.raises(Throttled) as caught:
        await crawler.fetch(SPEC)
    assert "proxy" in caught.value.detail
    assert (proxy.asked, web.received) == ([], [])
    pool.report(pool.ids[0], latency=0.1)
    assert (await crawler.fetch(SPEC)).status == 200, "it was the proxies that rested"


async def test_a_host_that_is_down_does_not_lay_the_proxy_to_rest(web, proxied):
    proxy = ForwardProxy(answer=b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
    crawler, pool = await proxied(proxy)
    with pytest.raises(Transient) as caught:
        await crawler.fetch(SPEC)
    assert caught.value.kind == "connection"
    assert pool.stats()[0].resting_seconds == 0
    assert pool.stats()[0].success_rate < 1


async def test_a_proxy_that_makes_no_such_tunnel_says_so(proxied):
    crawler, _ = await proxied(ForwardProxy(answer=b"HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno\n"))
    with pytest.raises(Transient) as caught:
        await crawler.fetch(SPEC)
    assert caught.value.kind == "proxy"
    assert "CONNECT to port 80" in caught.value.hint


async def test_a_slow_proxy_is_given_up(web, proxied, monkeypatch):
    monkeypatch.setattr("services.crawler.tunnel.TUNNEL_TIMEOUT", 0.2)
    web.routes["/app"] = http(200, PAGE)
    slow, quick = ForwardProxy(delay=60.0), ForwardProxy()
    crawler, pool = await proxied(slow, quick)
    pool.report(pool.ids[1], latency=30.0)
    assert (await crawler.fetch(SPEC)).status == 200
    assert pool.stats()[0].resting_seconds > 0


async def test_a_host_keeps_its_proxy(web, proxied):
    for number in range(12):
        web.routes[f"/{number}"] = http(200, PAGE)
    one, other = ForwardProxy(), ForwardProxy()
    crawler, _ = await proxied(one, other)
    for number in range(12):  # each answer ends its connection
        await crawler.fetch(FetchSpec(url=f"http://public.test/{number}"))
    assert 0 in (len(one.asked), len(other.asked))


async def test_the_browser_goes_through_the_proxy_too(web, archive, proxied, chromium):
    script = b"fetch('/api').then(r => r.text()).then(t => { document.getElementById('root').textContent = t })"
    web.routes["/app"] = http(200, b'<html><body><div id="root"></div><script>' + script + b"</script>")
    web.routes["/api"] = http(200, b"Data Engineer", content_type="text/plain")
    proxy = ForwardProxy()
    crawler, _ = await proxied(proxy, browser=True, chromium_path=chromium, fetch_timeout=20.0)
    ref = await crawler.fetch(SPEC.model_copy(update={"render": Render.AUTO}))
    assert ref.via is FetchedVia.BROWSER
    assert b"Data Engineer" in await archive.get(ref.content_hash)
    assert set(proxy.asked) == {f"CONNECT {PUBLIC}:80 HTTP/1.1"}
    assert len(proxy.asked) >= 4, "robots.txt, the page, and the browser's two"


async def test_the_browser_does_not_go_past_resting_proxies(web, proxied, chromium):
    shell = b'<html><body><div id="root"></div><script>1</script>'
    proxy = ForwardProxy()
    crawler, pool = await proxied(proxy, browser=True, chromium_path=chromium, fetch_timeout=20.0)

    async def last_answer(request, writer):
        pool.report(pool.ids[0], latency=None)
        writer.write(http(200, shell))

    web.routes["/app"] = last_answer
    with pytest.raises(Throttled):
        await crawler.fetch(SPEC.model_copy(update={"render": Render.AUTO}))
    assert web.targets() == ["/app"]


async def test_a_crawler_whose_settings_name_proxies_does_not_open_without_them(crawling):
    with pytest.raises(InvalidInput, match="QUIETHIRE_PROXIES"):
        async with crawling(proxies=("http://127.0.0.1:9",)):
            pass
