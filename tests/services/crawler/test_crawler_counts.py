"""What alerts go by is counted: each fault of the outside moves the series that its alert asks for."""

import asyncio
import re
import socket

import pytest
from crawled_web import HOST, failure, http
from prometheus_client import REGISTRY

from quiethire.domain.page import FetchSpec
from quiethire.monitoring.files import ALERTS

URL = f"https://{HOST}/careers"


async def _drip(request, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


def counted(name, **labels) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def rule(alert: str) -> str:
    return next(each.expr for each in ALERTS if each.name == alert)


@pytest.mark.parametrize(
    ("route", "outcome"),
    [(_drip, "timeout"), (http(200, b"half", length=1_000), "truncated")],
    ids=["F31, a slow drip", "F39, a body that is cut"],
)
async def test_a_fetch_without_a_whole_answer_is_counted_as_its_alert_asks(web, crawling, route, outcome):
    web.routes["/careers"] = route
    before = counted("quiethire_crawler_requests_total", via="http", outcome=outcome)
    assert (await failure(crawling, URL, fetch_timeout=0.4)).kind == outcome
    assert counted("quiethire_crawler_requests_total", via="http", outcome=outcome) == before + 1
    assert outcome in re.search(r'outcome=~"([^"]*)"', rule("FetchesFailing"))[1].split("|")


async def test_a_name_server_that_fails_is_counted_as_its_alert_asks(crawling, monkeypatch):
    """F44."""

    def getaddrinfo(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "later")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    before = counted("quiethire_crawler_requests_total", via="http", outcome="dns")
    assert (await failure(crawling, "https://public.test/")).kind == "dns"
    assert counted("quiethire_crawler_requests_total", via="http", outcome="dns") == before + 1
    assert "|dns|" in rule("FetchesFailing")


@pytest.mark.parametrize(("status", "kind"), [(429, "throttled"), (503, "throttled"), (403, "blocked")])
async def test_a_host_that_sends_us_away_is_counted_as_its_alert_asks(web, crawling, status, kind):
    """F35."""
    web.routes["/careers"] = http(status, b"", "Retry-After: 120")
    before = counted("quiethire_host_rests_total", kind=kind)
    await failure(crawling, URL)
    assert counted("quiethire_host_rests_total", kind=kind) == before + 1
    assert "sum(increase(quiethire_host_rests_total[1h])) > 50" in rule("HostsBlocked")


async def test_a_robots_txt_that_cannot_be_read_is_counted_as_its_alert_asks(web, crawling):
    """F36."""
    web.routes["/robots.txt"] = http(500)
    before = counted("quiethire_robots_total", outcome="unreachable")
    await failure(crawling, FetchSpec(url=URL))
    assert counted("quiethire_robots_total", outcome="unreachable") == before + 1
    assert 'quiethire_robots_total{outcome="unreachable"}' in rule("RobotsUnreadable")
