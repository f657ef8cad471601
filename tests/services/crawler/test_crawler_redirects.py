"""Redirects, and what is private on their way."""

import asyncio
import logging
import time

import pytest
from crawled_web import HOST, PAGE, failure, http

from quiethire.domain.errors import (
    Disallowed,
    Gone,
    InvalidInput,
    Permanent,
    Throttled,
    Transient,
)
from quiethire.domain.page import FetchSpec

URL = f"https://{HOST}/careers"


async def test_redirects_are_followed_and_the_final_url_recorded_too(web, archive, crawling):
    web.routes |= {
        "/careers": http(301, b"", "Location: https://jobs.northwind.example/open"),
        "/open": http(302, b"", "Location: /list?page=1#top"),
        "/list": http(200, PAGE),
    }
    async with crawling() as crawler:
        ref = await crawler.fetch(FetchSpec(url=URL))
        assert ref.final_url == "https://jobs.northwind.example/list?page=1"
        offline = await crawler.fetch(FetchSpec(url=ref.final_url), offline=True)
    assert offline.content_hash == ref.content_hash
    hosts = [(request.headers["host"], request.target) for request in web.received]
    assert ("jobs.northwind.example", "/robots.txt") in hosts


async def test_a_redirect_loop_ends_after_ten_hops(web, crawling):
    web.routes["/careers"] = http(302, b"", f"Location: {URL}")
    error = await failure(crawling, URL)
    assert isinstance(error, Permanent)
    assert error.kind == "redirects"
    assert len(web.targets()) == 11


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1/", "http://169.254.169.254/latest", "//10.0.0.1/", "http://[::1]/"]
)
async def test_a_redirect_to_a_private_address_is_refused(web, crawling, target):
    web.routes["/careers"] = http(302, b"", f"Location: {target}")
    error = await failure(crawling, URL)
    assert isinstance(error, Disallowed)
    assert error.kind == "private_address"


async def test_a_redirect_to_no_url_is_an_error(web, crawling):
    web.routes["/careers"] = http(302, b"", "Location: file:///etc/passwd")
    assert (await failure(crawling, URL)).kind == "redirects"


async def test_a_post_sends_its_json_and_is_archived_by_its_body(web, archive, crawling):
    web.routes["/jobs"] = http(200, b'{"jobs": []}', content_type="application/json")
    spec = FetchSpec(url=f"https://{HOST}/jobs", method="POST", body='{"offset": 0}', accept="json")
    async with crawling() as crawler:
        ref = await crawler.fetch(spec)
    assert (web.received[-1].method, web.received[-1].body) == ("POST", b'{"offset": 0}')
    assert web.received[-1].headers["content-type"] == "application/json"
    assert await archive.latest(spec) == ref
    assert await archive.latest(spec.model_copy(update={"body": '{"offset": 20}'})) is None


async def test_a_post_is_not_repeated_at_another_host(web, crawling):
    web.routes["/jobs"] = http(307, b"", "Location: https://other.example/jobs")
    error = await failure(crawling, FetchSpec(url=f"https://{HOST}/jobs", method="POST", body="{}"))
    assert error.kind == "redirects"


async def test_a_private_query_is_sent_and_never_stored_or_logged(web, archive, crawling, caplog):
    web.routes["/api"] = http(302, b"", "Location: /v2?q=a&key=s3cret")
    web.routes["/v2"] = [http(200, b"[1]", content_type="application/json"), http(404)]
    spec = FetchSpec(url=f"https://{HOST}/api?q=a", private_query="key=s3cret", accept="json")
    with caplog.at_level(logging.DEBUG, "services"):
        async with crawling() as crawler:
            ref = await crawler.fetch(spec)
            with pytest.raises(Gone) as caught:
                await crawler.fetch(spec)
    assert web.targets()[:2] == ["/api?q=a&key=s3cret", "/v2?q=a&key=s3cret"]
    assert ref.final_url == f"https://{HOST}/v2?q=a"
    assert "s3cret" not in repr(archive.__dict__) + str(caught.value) + str([vars(line) for line in caplog.records])


async def test_one_deadline_holds_for_all_hops_together(web, crawling):
    async def slow(request, writer):
        await asyncio.sleep(0.2)
        writer.write(http(302, b"", f"Location: {URL}"))

    web.routes["/careers"] = slow
    error = await failure(crawling, URL, fetch_timeout=0.7)
    assert isinstance(error, Transient)
    assert error.kind == "timeout"
    assert 2 <= len(web.targets()) <= 4


async def test_a_post_is_not_repeated_in_the_clear(web, crawling):
    web.routes["/jobs"] = http(308, b"", f"Location: http://{HOST}/jobs")
    error = await failure(crawling, FetchSpec(url=f"https://{HOST}/jobs", method="POST", body="{}"))
    assert error.kind == "redirects"
    assert web.targets() == ["/jobs"]


async def test_a_redirect_is_not_followed_before_its_time(web, crawling):
    asked = []

    async def page(request, writer):
        asked.append(time.monotonic())
        head = http(200, PAGE) if request.target == "/b" else http(302, b"", "Location: /b", "Retry-After: 1")
        writer.write(head)
        await writer.drain()

    web.routes["/careers"] = web.routes["/b"] = page
    async with crawling() as crawler:
        await crawler.fetch(FetchSpec(url=URL))
    assert asked[1] - asked[0] >= 1.0


async def test_a_redirect_that_is_to_be_followed_much_later_is_not_sat_out(web, crawling):
    web.routes["/careers"] = http(302, b"", "Location: /b", "Retry-After: 300")
    error = await failure(crawling, URL)
    assert isinstance(error, Throttled)
    assert error.retry_after == pytest.approx(300)
    assert web.targets() == ["/careers"]


@pytest.mark.parametrize(
    ("location", "final"),
    [
        ("/login/s3cret/key?x=1", "/login/private?x=1"),
        ("/login/s3cret%2Fkey", "/login/private"),
        ("/login/%73%33cret%2fkey", "/login/private"),
        ("/login?next=%2Fapi%3Fkey%3Ds3cret%252Fkey", "/login?next=%2Fapi%3Fkey%3Dprivate"),
        ("/login?renamed=s3cret%2Fkey&x=1", "/login?x=1"),
    ],
)
async def test_a_private_value_is_in_no_form_a_part_of_the_final_url(web, archive, crawling, location, final):
    web.routes |= {"/api": http(302, b"", f"Location: {location}"), location.partition("?")[0]: http(200, PAGE)}
    spec = FetchSpec(url=f"https://{HOST}/api?q=a", private_query="key=s3cret%2Fkey")
    async with crawling() as crawler:
        traced = await crawler.fetch_traced(spec)
    assert traced.ref.final_url == f"https://{HOST}{final}"


async def test_what_a_host_says_of_a_private_request_is_kept_only_where_it_cannot_tell(web, crawling):
    echo = 'Link: </api?key=s3cret&page=2>; rel="next"'
    web.routes["/api"] = http(
        200, b"[1]", echo, 'ETag: "s3cret-1"', "X-Key: s3cret", "Date: Sat, 21 Nov 2026 10:00:00 GMT"
    )
    spec = FetchSpec(url=f"https://{HOST}/api", private_query="key=s3cret")
    async with crawling() as crawler:
        traced = await crawler.fetch_traced(spec)
    assert set(traced.trace.headers) == {"content-length", "content-type", "date", "etag"}
    assert "s3cret" not in repr(traced)


async def test_an_authorization_is_sent_to_its_host_and_never_stored_or_logged(web, archive, crawling, caplog):
    web.routes["/api"] = http(302, b"", "Location: /v2?token=s3cret-token")
    web.routes["/v2"] = http(200, b"[1]", "X-Echo: s3cret-token", "Date: Sat, 21 Nov 2026 10:00:00 GMT")
    spec = FetchSpec(url=f"https://{HOST}/api", authorization="Bearer s3cret-token")
    with caplog.at_level(logging.DEBUG, "services"):
        async with crawling() as crawler:
            traced = await crawler.fetch_traced(spec)
    assert [request.headers.get("authorization") for request in web.received if request.target != "/robots.txt"] == [
        "Bearer s3cret-token",
        "Bearer s3cret-token",
    ]
    assert traced.ref.final_url == f"https://{HOST}/v2"
    assert "date" in traced.trace.headers
    assert spec.key == FetchSpec(url=spec.url).key
    kept = repr(archive.__dict__) + repr(spec) + spec.model_dump_json() + str([vars(line) for line in caplog.records])
    assert "s3cret-token" not in kept + repr(traced)
    assert await archive.latest(FetchSpec(url=spec.url)) == traced.ref


async def test_robots_txt_is_asked_without_the_authorization(web, crawling):
    web.routes["/api"] = http(200, b"[1]")
    async with crawling() as crawler:
        await crawler.fetch(FetchSpec(url=f"https://{HOST}/api", authorization="Bearer s3cret-token"))
    assert ["authorization" in request.headers for request in web.received] == [False, True]


@pytest.mark.parametrize("there", ["https://other.example/v2", f"https://{HOST}:8443/v2", f"https://api.{HOST}/v2"])
async def test_an_authorization_does_not_follow_a_redirect_to_another_host(web, crawling, there):
    web.routes["/api"] = http(302, b"", f"Location: {there}")
    web.routes["/v2"] = http(302, b"", f"Location: https://{HOST}/back")
    web.routes["/back"] = http(200, b"[1]")
    async with crawling() as crawler:
        await crawler.fetch(FetchSpec(url=f"https://{HOST}/api", authorization="Bearer s3cret-token"))
    sent = {request.target: "authorization" in request.headers for request in web.received}
    assert (sent["/api"], sent["/v2"]) == (True, False)


async def test_an_authorization_is_not_sent_in_the_clear(crawling):
    """The host is not mapped: nothing may reach it but over TLS."""
    spec = FetchSpec(url="http://northwind.test/api", authorization="Bearer s3cret-token")
    asked = []

    async def lookup(host, port):
        asked.append(host)
        return ["203.0.113.7"]

    error = await failure(crawling, spec, lookup=lookup)
    assert (type(error), error.kind, asked) == (InvalidInput, "credentials", [])
    assert "s3cret-token" not in str(error)
