"""robots.txt by RFC 9309."""

import asyncio
import base64
import json
import time

import pytest
from crawled_web import HOST, PAGE, http

from quiethire.domain.errors import Disallowed, Throttled, Transient
from quiethire.domain.page import FetchSpec, PageRef
from services.crawler import exchange as exchange_module
from services.crawler import robots as robots_module
from services.crawler.robots import product_token
from services.crawler.robots_rules import parse_rules, target_of

URL = f"https://{HOST}/careers"


UNREACHABLE = "robots_unreachable"


async def allowed(web, crawling, refused_as: str = "robots") -> bool:
    web.routes["/careers"] = http(200, PAGE)
    async with crawling() as crawler:
        [(_, result)] = [pair async for pair in crawler.fetch_many([FetchSpec(url=URL)])]
    if isinstance(result, PageRef):
        return True
    assert result.kind == refused_as
    assert web.targets() == []
    return False


def robots(text: str) -> bytes:
    return http(200, text.encode(), content_type="text/plain")


async def test_a_closed_path_is_not_fetched(web, crawling):
    web.routes["/robots.txt"] = robots("User-agent: *\nDisallow: /careers")
    assert not await allowed(web, crawling)


async def test_the_group_that_names_us_counts(web, crawling):
    web.routes["/robots.txt"] = robots("User-agent: *\nDisallow: /\n\nUser-agent: quiethirebot\nAllow: /")
    assert await allowed(web, crawling)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_a_missing_or_refused_file_allows_all(web, crawling, status):
    web.routes["/robots.txt"] = http(status)
    assert await allowed(web, crawling)


@pytest.mark.parametrize("status", [500, 502])
async def test_a_failing_server_closes_the_host(web, crawling, status):
    web.routes["/robots.txt"] = http(status)
    assert not await allowed(web, crawling, UNREACHABLE)


async def test_a_throttling_server_is_asked_again_later(web, crawling):
    web.routes["/robots.txt"] = http(429, b"", "Retry-After: 60")
    async with crawling() as crawler:
        with pytest.raises(Throttled):
            await crawler.fetch(FetchSpec(url=URL))
    assert web.targets() == []


async def test_a_file_that_never_comes_closes_the_host(web, crawling):
    async def never(request, writer):
        await asyncio.sleep(30)

    web.routes["/robots.txt"] = never
    async with crawling(fetch_timeout=0.3) as crawler:
        with pytest.raises(Disallowed) as caught:
            await crawler.fetch(FetchSpec(url=URL))
    assert caught.value.kind == UNREACHABLE
    assert web.targets() == []


async def test_a_host_is_not_closed_for_an_answer_that_came_while_this_process_stood_still(web, crawling, monkeypatch):
    monkeypatch.setattr(exchange_module, "STOOD_STILL", 0.1)

    async def freezing(request, writer):
        time.sleep(1.8)  # noqa: ASYNC251  the whole process, as a debugger or a hypervisor stops it
        await asyncio.sleep(30)

    web.routes["/robots.txt"] = freezing
    web.routes["/careers"] = http(200, PAGE)
    async with crawling(fetch_timeout=1.5) as crawler:
        with pytest.raises(Transient, match="stood still"):
            await crawler.fetch(FetchSpec(url=URL))
        del web.routes["/robots.txt"]
        assert isinstance(await crawler.fetch(FetchSpec(url=URL)), PageRef)


@pytest.mark.parametrize(("hops", "open_"), [(5, False), (6, True)])
async def test_five_redirects_are_followed_and_no_more(web, crawling, hops, open_):
    web.routes["/robots.txt"] = http(301, b"", "Location: /r1")
    for hop in range(1, hops):
        web.routes[f"/r{hop}"] = http(302, b"", f"Location: /r{hop + 1}")
    web.routes[f"/r{hops}"] = robots("User-agent: *\nDisallow: /")
    web.routes["/careers"] = http(200, PAGE)
    async with crawling() as crawler:
        if open_:
            await crawler.fetch(FetchSpec(url=URL))
        else:
            with pytest.raises(Disallowed):
                await crawler.fetch(FetchSpec(url=URL))


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1/robots.txt", "https://no-such-host.invalid/", "https://dead.test/"]
)
async def test_a_file_behind_a_redirect_that_leads_nowhere_closes_the_host_and_is_asked_for_once(web, crawling, target):
    async def lookup(host: str, port: int) -> list[str]:
        raise TimeoutError

    web.routes["/robots.txt"] = http(302, b"", f"Location: {target}")
    async with crawling(lookup=lookup) as crawler:
        for _ in range(3):
            with pytest.raises(Disallowed) as caught:
                await crawler.fetch(FetchSpec(url=URL))
            assert caught.value.kind == UNREACHABLE
    assert [request.target for request in web.received] == ["/robots.txt"]


async def test_a_challenge_in_place_of_the_file_opens_nothing(web, crawling):
    web.routes["/robots.txt"] = http(200, b"<p>Are you human?</p>", "cf-mitigated: challenge")
    assert not await allowed(web, crawling, UNREACHABLE)


async def test_a_failing_server_closes_the_host_whatever_challenge_it_sends(web, crawling):
    web.routes["/robots.txt"] = http(503, b"", "cf-mitigated: challenge")
    assert not await allowed(web, crawling, UNREACHABLE)


async def test_a_throttling_server_is_asked_later_whatever_challenge_it_sends(web, crawling):
    web.routes["/robots.txt"] = http(429, b"", "cf-mitigated: challenge", "Retry-After: 60")
    async with crawling() as crawler:
        with pytest.raises(Throttled) as caught:
            await crawler.fetch(FetchSpec(url=URL))
    assert caught.value.retry_after >= 60
    assert web.targets() == []


async def test_a_file_meant_to_keep_us_busy_closes_the_host_and_keeps_nobody_else_waiting(web, crawling):
    rules = "".join(f"Disallow: /*ab*c{number}z\n" for number in range(25_000))
    web.routes["/robots.txt"] = robots(f"User-agent: *\n{rules}")
    web.routes["/careers"] = http(200, PAGE)
    gaps, last = [], time.process_time()

    async def tick() -> None:
        nonlocal last
        while True:
            last = time.process_time()
            await asyncio.sleep(0)
            gaps.append(time.process_time() - last)

    async with crawling() as crawler:
        ticking = asyncio.create_task(tick())
        with pytest.raises(Disallowed) as caught:
            await crawler.fetch(FetchSpec(url=f"{URL}/ab{'c' * 7_000}"))
        ticking.cancel()
        assert (await crawler.fetch(FetchSpec(url=URL))).status == 200
    assert "too long" in caught.value.detail
    assert max(gaps) < 0.3


async def test_rules_are_kept_within_a_bound_of_bytes(web, crawling, monkeypatch):
    monkeypatch.setattr(robots_module, "MAX_KEPT", 150_000)
    web.routes["/robots.txt"] = robots("User-agent: *\n" + "".join(f"Disallow: /{number}\n" for number in range(5_000)))
    web.routes["/careers"] = http(200, PAGE)
    async with crawling() as crawler:
        for number in (1, 2, 3, 3, 1):
            await crawler.fetch(FetchSpec(url=f"https://{number}.example/careers"))
    hosts = [request.headers["host"] for request in web.received if request.target == "/robots.txt"]
    assert hosts == ["1.example", "2.example", "3.example", "1.example"]


async def test_only_the_first_500_kib_are_read(web, crawling):
    padding = "# padding\n" * 60_000
    web.routes["/robots.txt"] = robots(f"User-agent: *\nDisallow: /careers\n{padding}Allow: /careers\n")
    assert not await allowed(web, crawling)


async def test_a_byte_order_mark_hides_no_rule(web, crawling):
    web.routes["/robots.txt"] = robots("\ufeffUser-agent: *\nDisallow: /")
    assert not await allowed(web, crawling)


async def test_the_file_is_asked_for_once_per_host(web, crawling):
    for path in ("/a", "/b", "/c"):
        web.routes[path] = http(200, PAGE)
    async with crawling() as crawler:
        specs = [FetchSpec(url=f"https://{HOST}{path}") for path in ("/a", "/b", "/c")]
        async for _ in crawler.fetch_many(specs):
            pass
    assert [request.target for request in web.received].count("/robots.txt") == 1


def test_the_product_token_is_what_files_name():
    assert product_token("QuietHireBot/0.1 (+https://quiethire.example/bot)") == "QuietHireBot"


def test_the_matcher_passes_all_standard_cases(corpus):
    cases = json.loads((corpus / "robots" / "google_spec_cases.json").read_bytes())
    standard = [case for case in cases if case["type"] == "STANDARD"]
    right = 0
    for case in standard:
        rule = parse_rules(base64.b64decode(case["robots_b64"]), case["ua"]).deciding(target_of(case["url"]))
        right += (rule is None or rule.allow) == case["allowed"]
    assert (right, len(standard)) == (378, 378)
