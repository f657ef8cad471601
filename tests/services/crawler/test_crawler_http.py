"""Fetching over HTTP, against a real server on a socket."""

import asyncio
import logging
from datetime import UTC, datetime

import pytest
from crawled_web import HOST, PAGE, failure, http

from quiethire.domain.errors import (
    Gone,
    Transient,
)
from quiethire.domain.page import FetchedVia, FetchSpec, PageRef
from quiethire.domain.result import Problem

URL = f"https://{HOST}/careers"


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
