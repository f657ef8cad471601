"""What statuses and their headers mean."""

from datetime import UTC, datetime

import httpx
import pytest
from crawled_web import HOST, PAGE, failure, http

from quiethire.domain.errors import (
    Blocked,
    Gone,
    Permanent,
    Throttled,
    Transient,
)
from quiethire.domain.page import FetchSpec
from services.crawler.statuses import limit_wait, retry_after

URL = f"https://{HOST}/careers"


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (404, "gone", Gone),
        (410, "gone", Gone),
        (401, "blocked", Blocked),
        (403, "blocked", Blocked),
        (400, "http_400", Permanent),
        (408, "http_408", Transient),
        (500, "http_500", Transient),
        (206, "http_206", Transient),
    ],
)
async def test_statuses_end_in_their_error(web, crawling, status, kind, error):
    web.routes["/careers"] = http(status, PAGE)
    caught = await failure(crawling, URL)
    assert type(caught) is error
    assert caught.kind == kind


async def test_a_throttling_host_rests_without_another_request(web, crawling):
    web.routes["/careers"] = http(429, b"", "Retry-After: 120")
    web.routes["/other"] = http(200, PAGE)
    async with crawling() as crawler:
        with pytest.raises(Throttled) as first:
            await crawler.fetch(FetchSpec(url=URL))
        with pytest.raises(Throttled) as second:
            await crawler.fetch(FetchSpec(url=f"https://{HOST}/other"))
        await crawler.fetch(FetchSpec(url="https://elsewhere.example/other"))
    assert first.value.retry_after == pytest.approx(120)
    assert 100 < second.value.retry_after <= 120
    assert web.targets() == ["/careers", "/other"]
    assert web.received[-1].headers["host"] == "elsewhere.example"


async def test_a_challenge_is_a_block_and_the_host_rests(web, crawling):
    web.routes["/careers"] = http(200, PAGE, "cf-mitigated: challenge")
    async with crawling() as crawler:
        for _ in range(2):
            with pytest.raises(Blocked):
                await crawler.fetch(FetchSpec(url=URL))
    assert web.targets() == ["/careers"]


def test_retry_after_is_read_in_both_forms_and_never_cut_short():
    now = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

    def asked(value: str, **others: str) -> float:
        return retry_after(httpx.Headers({"retry-after": value, **others}), now)

    assert asked("30") == 30
    assert asked("86400") == 86_400
    assert asked("99999999999999999999") == 366 * 86_400
    assert asked("Fri, 20 Nov 2026 10:02:00 GMT") == 120
    assert asked("Fri, 20 Nov 2020 10:00:00 GMT") == asked("soon") == asked("-5") == 0
    assert retry_after(httpx.Headers(), now) == 0


def test_a_date_is_counted_by_the_slower_of_both_clocks():
    now = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    until = "Fri, 20 Nov 2026 10:02:00 GMT"
    behind = httpx.Headers({"retry-after": until, "date": "Fri, 20 Nov 2026 09:59:00 GMT"})
    ahead = httpx.Headers({"retry-after": until, "date": "Fri, 20 Nov 2026 10:01:00 GMT"})
    assert retry_after(behind, now) == 180
    assert retry_after(ahead, now) == 120


def test_of_several_waits_the_longest_counts():
    now = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    values = "300, Fri, 20 Nov 2026 10:10:00 GMT, Friday, 20-Nov-26 10:05:00 GMT, soon"
    assert retry_after({"retry-after": values}, now) == 600
    assert retry_after({"retry-after": "300, 900, 600"}, now) == 900


async def test_the_longest_of_two_headers_counts(web, crawling):
    web.routes["/careers"] = http(429, b"", "Retry-After: 300", "Retry-After: 600")
    error = await failure(crawling, URL)
    assert isinstance(error, Throttled)
    assert error.retry_after == pytest.approx(600)


async def test_no_control_character_of_a_header_is_passed_on(web, crawling):
    web.routes["/careers"] = http(200, PAGE, content_type="text/\x1b]0;x\x07html\u009b31m")
    async with crawling() as crawler:
        assert (await crawler.fetch(FetchSpec(url=URL))).content_type == "text/]0;xhtml31m"


GITHUB_NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(GITHUB_NOW.timestamp()) + 42)}, 42),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(GITHUB_NOW.timestamp()) - 42)}, 1),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "4000000000"}, 3600),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, 30),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "30", "retry-after": "60"}, 60),
        ({"x-ratelimit-remaining": "14", "x-ratelimit-reset": "30", "retry-after": "60"}, 60),
        ({"x-ratelimit-remaining": "14", "x-ratelimit-reset": "30"}, 0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, 0),
        ({"retry-after": "60"}, 0),
        ({}, 0),
    ],
)
def test_when_a_rate_limit_is_renewed_is_read_in_either_form(headers: dict[str, str], seconds: float) -> None:
    assert limit_wait(headers, GITHUB_NOW) == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize(
    "told",
    [("X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 90"), ("X-RateLimit-Remaining: 9", "Retry-After: 90")],
)
async def test_a_403_for_a_used_up_limit_lays_the_host_to_rest_for_as_long_as_it_says(web, crawling, told):
    """GitHub REST API, "Rate limits for the REST API": 403 or 429, and x-ratelimit-reset or retry-after say until when."""
    web.routes["/careers"] = http(403, b"{}", *told)
    async with crawling() as crawler:
        for _ in range(2):
            with pytest.raises(Throttled) as caught:
                await crawler.fetch(FetchSpec(url=URL))
            assert 80 < caught.value.retry_after <= 90
    assert web.targets() == ["/careers"]
