"""Fetching over HTTP, against a real server on a socket."""

import asyncio
import gzip
import logging
import zlib
from datetime import UTC, datetime

import httpx
import pytest
from crawled_web import HOST, PAGE, http

from quiethire.domain.errors import (
    Blocked,
    Disallowed,
    Gone,
    InvalidInput,
    Permanent,
    QuietHireError,
    Throttled,
    Transient,
)
from quiethire.domain.page import FetchedVia, FetchSpec, PageRef
from quiethire.domain.result import Problem
from services.crawler.statuses import retry_after

URL = f"https://{HOST}/careers"


async def failure(crawling, spec: FetchSpec | str, **settings) -> QuietHireError:
    spec = FetchSpec(url=spec) if isinstance(spec, str) else spec
    async with crawling(**settings) as crawler:
        with pytest.raises(QuietHireError) as caught:
            await crawler.fetch(spec)
    return caught.value


async def test_a_page_is_fetched_archived_and_recorded(web, archive, crawling):
    web.routes["/careers"] = http(200, PAGE, 'ETag: "1"', content_type="text/html; charset=utf-8")
    spec = FetchSpec(url=URL, accept="html")
    async with crawling() as crawler:
        ref = await crawler.fetch(spec)
    assert (ref.url, ref.final_url, ref.status, ref.via) == (URL, URL, 200, FetchedVia.HTTP)
    assert ref.content_type == "text/html; charset=utf-8"
    assert ref.etag == '"1"'
    assert not ref.from_archive
    assert await archive.get(ref.content_hash) == PAGE
    assert ref.size == len(PAGE)
    assert await archive.latest(spec) == ref
    sent = web.received[-1].headers
    assert sent["host"] == HOST
    assert sent["user-agent"].startswith("QuietHireBot/")
    assert sent["accept-encoding"] == "gzip, deflate"


async def test_not_modified_reuses_the_body_and_is_recorded_anew(web, archive, crawling):
    modified = "Last-Modified: Fri, 20 Nov 2026 10:00:00 GMT"
    web.routes["/careers"] = [http(200, PAGE, 'ETag: "1"', modified), http(304, b"", 'ETag: "1"')]
    spec = FetchSpec(url=URL, accept="html")
    async with crawling() as crawler:
        first = await crawler.fetch(spec)
        second = await crawler.fetch(spec)
    assert web.received[-1].headers["if-none-match"] == '"1"'
    assert web.received[-1].headers["if-modified-since"] == "Fri, 20 Nov 2026 10:00:00 GMT"
    assert second.from_archive
    assert second.content_hash == first.content_hash
    assert second.fetched_at > first.fetched_at
    assert (await archive.latest(spec)).fetched_at == second.fetched_at


async def test_a_page_whose_body_was_lost_is_fetched_whole_again(web, archive, crawling):
    web.routes["/careers"] = http(200, PAGE, 'ETag: "1"')
    spec = FetchSpec(url=URL)
    async with crawling() as crawler:
        ref = await crawler.fetch(spec)
        del archive._bodies[ref.content_hash]
        again = await crawler.fetch(spec)
    assert "if-none-match" not in web.received[-1].headers
    assert not again.from_archive
    assert await archive.get(again.content_hash) == PAGE


async def test_not_modified_without_being_asked_is_no_page(web, crawling):
    web.routes["/careers"] = http(304)
    error = await failure(crawling, URL)
    assert isinstance(error, Transient)
    assert error.kind == "http_304"


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
    assert first.value.retry_after == 120
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


async def test_a_dripping_server_ends_at_the_deadline(web, crawling):
    stopped = asyncio.Event()

    async def drip(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)
        except OSError:
            stopped.set()
            raise

    web.routes["/careers"] = drip
    error = await failure(crawling, URL, fetch_timeout=0.4)
    assert isinstance(error, Transient)
    assert error.kind == "timeout"
    await asyncio.wait_for(stopped.wait(), 10)


async def test_one_deadline_holds_for_all_hops_together(web, crawling):
    async def slow(request, writer):
        await asyncio.sleep(0.2)
        writer.write(http(302, b"", f"Location: {URL}"))

    web.routes["/careers"] = slow
    error = await failure(crawling, URL, fetch_timeout=0.7)
    assert isinstance(error, Transient)
    assert error.kind == "timeout"
    assert 2 <= len(web.targets()) <= 4


async def test_a_body_shorter_than_announced_is_truncated(web, archive, crawling):
    web.routes["/careers"] = http(200, PAGE, length=len(PAGE) + 10)
    error = await failure(crawling, URL)
    assert isinstance(error, Transient)
    assert error.kind == "truncated"
    assert await archive.latest(FetchSpec(url=URL)) is None


@pytest.mark.parametrize("rest", [b"5\r\n<html\r\n", b"5\r\n<ht", b"5\r\n<html\r\n0\r\n", b""])
async def test_an_unfinished_chunked_body_is_truncated(web, crawling, rest):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    web.routes["/careers"] = head + rest
    assert (await failure(crawling, URL)).kind == "truncated"


@pytest.mark.parametrize("cut", [-1, -9, 12])
async def test_an_incomplete_gzip_body_is_truncated(web, crawling, cut):
    web.routes["/careers"] = http(200, gzip.compress(PAGE)[:cut], "Content-Encoding: gzip")
    assert (await failure(crawling, URL)).kind == "truncated"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(PAGE)),
        ("x-gzip", gzip.compress(PAGE[:20]) + gzip.compress(PAGE[20:])),
        ("GZIP", gzip.compress(PAGE) + b"trailing"),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)[2:-4]),
        ("identity", PAGE),
    ],
)
async def test_encoded_bodies_are_decoded(web, archive, crawling, encoding, body):
    web.routes["/careers"] = http(200, body, f"Content-Encoding: {encoding}")
    async with crawling() as crawler:
        ref = await crawler.fetch(FetchSpec(url=URL))
    assert await archive.get(ref.content_hash) == PAGE


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "gzip, deflate", "compress"])
async def test_encodings_not_asked_for_are_refused(web, crawling, encoding):
    web.routes["/careers"] = http(200, b"xxxx", f"Content-Encoding: {encoding}")
    error = await failure(crawling, URL)
    assert isinstance(error, InvalidInput)
    assert error.kind == "content_encoding"


async def test_a_decompression_bomb_is_refused(web, crawling):
    bomb = gzip.compress(bytes(50_000_000))
    web.routes["/careers"] = http(200, bomb, "Content-Encoding: gzip")
    error = await failure(crawling, URL, fetch_max_bytes=1_000_000)
    assert isinstance(error, InvalidInput)
    assert error.kind == "too_large"


async def test_an_endless_body_is_cut_off(web, crawling):
    async def endless(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            writer.write(bytes(65_536))
            await writer.drain()

    web.routes["/careers"] = endless
    assert (await failure(crawling, URL, fetch_max_bytes=300_000)).kind == "too_large"


@pytest.mark.parametrize(
    ("accept", "content_type", "body", "kind"),
    [
        ("html", "application/pdf", b"%PDF-1.7", "not_html"),
        ("html", "text/html", b"\x89PNG\r\n\x1a\n\0\0", "not_html"),
        ("html", "text/html", b"", "not_html"),
        ("html", "application/json", b"{}", "not_html"),
        ("json", "application/json", b"<html>login</html>", "not_json"),
        ("json", "text/html", PAGE, "not_json"),
        ("xml", "text/html", PAGE, "not_xml"),
    ],
)
async def test_a_body_of_another_kind_is_refused(web, crawling, *, accept, content_type, body, kind):
    web.routes["/careers"] = http(200, body, content_type=content_type)
    error = await failure(crawling, FetchSpec(url=URL, accept=accept))
    assert isinstance(error, InvalidInput)
    assert error.kind == kind


@pytest.mark.parametrize(
    ("accept", "content_type", "body"),
    [
        ("html", "", PAGE),
        ("html", "text/plain", PAGE),
        ("html", "text/html", b"\xff\xfe" + "<html>".encode("utf-16-le")),
        ("json", "text/html", b' {"jobs": []}'),
        ("json", "application/vnd.api+json", b"\xef\xbb\xbf[]"),
        ("xml", "text/html", b"<?xml version='1.0'?><urlset/>"),
        ("xml", "application/rss+xml", b"<rss/>"),
        ("any", "application/pdf", b"%PDF-1.7"),
    ],
)
async def test_a_body_of_the_right_kind_is_taken_whatever_its_label(web, crawling, accept, content_type, body):
    web.routes["/careers"] = http(200, body, content_type=content_type)
    async with crawling() as crawler:
        assert (await crawler.fetch(FetchSpec(url=URL, accept=accept))).size == len(body)


async def test_a_refused_connection_is_transient(web, crawling):
    error = await failure(crawling, URL, host_map={HOST: "127.0.0.1:1"})
    assert isinstance(error, Transient)
    assert error.kind == "connection"


async def test_a_host_that_is_not_there_is_gone(web, crawling):
    error = await failure(crawling, "https://no-such-host.invalid/")
    assert isinstance(error, Gone)
    assert error.kind == "host_not_found"


async def test_offline_answers_from_the_archive_alone(web, archive, crawling):
    web.routes["/careers"] = http(200, PAGE)
    async with crawling() as crawler:
        live = await crawler.fetch(FetchSpec(url=URL, accept="html"))
        asked = len(web.received)
        offline = await crawler.fetch(FetchSpec(url=URL, accept="html"), offline=True)
        with pytest.raises(Gone) as caught:
            await crawler.fetch(FetchSpec(url=f"https://{HOST}/unknown"), offline=True)
    assert offline == live.model_copy(update={"from_archive": True})
    assert caught.value.kind == "not_archived"
    assert "import" in caught.value.hint
    assert len(web.received) == asked


async def test_offline_finds_an_imported_page_under_its_final_url(archive, crawling):
    final = FetchSpec(url=f"https://{HOST}/careers/")
    imported = PageRef(
        url=final.url,
        final_url=final.url,
        status=200,
        content_type="text/html",
        content_hash=await archive.put(PAGE),
        size=len(PAGE),
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
        via=FetchedVia.IMPORT,
    )
    await archive.record(final, imported)
    async with crawling() as crawler:
        ref = await crawler.fetch(FetchSpec(url=f"http://{HOST}/careers"), offline=True)
    assert ref == imported.model_copy(update={"from_archive": True})


async def test_fetching_many_goes_on_after_a_bad_page(web, crawling):
    web.routes["/a"] = web.routes["/b"] = http(200, PAGE)
    urls = [f"https://{HOST}/a", "no url", f"https://{HOST}/missing", f"https://{HOST}/b"]
    async with crawling(fetch_concurrency=2) as crawler:
        results = {spec.url: result async for spec, result in crawler.fetch_many(FetchSpec(url=url) for url in urls)}
    assert list(map(type, map(results.get, urls))) == [PageRef, Problem, Problem, PageRef]
    assert results["no url"].kind == "invalid_url"
    assert results[f"https://{HOST}/missing"].kind == "gone"


async def test_no_more_requests_at_once_than_a_host_may_get(web, crawling):
    now, most = 0, 0
    release = asyncio.Event()

    async def slow(request, writer):
        nonlocal now, most
        now += 1
        most = max(most, now)
        if now == 3:
            release.set()
        await release.wait()
        await asyncio.sleep(0)
        now -= 1
        writer.write(http(200, PAGE))

    for number in range(12):
        web.routes[f"/{number}"] = slow
    specs = [FetchSpec(url=f"https://{HOST}/{number}") for number in range(12)]
    async with crawling(host_concurrency=3) as crawler:
        results = [result async for _, result in crawler.fetch_many(specs)]
    assert all(isinstance(result, PageRef) for result in results)
    assert most == 3


async def test_a_failure_is_logged_with_its_kind(web, crawling, caplog):
    with caplog.at_level(logging.WARNING, "services.crawler"):
        await failure(crawling, f"https://{HOST}/missing")
    [line] = [record for record in caplog.records if record.message == "fetch failed"]
    assert (line.kind, line.url) == ("gone", f"https://{HOST}/missing")
