"""The crawler's HTTP face."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from crawled_web import HOST, PAGE, http

from services.crawler.app import create_app
from services.crawler.crawler import Crawler


@pytest.fixture
async def client(crawling):
    async with (
        crawling() as crawler,
        httpx.AsyncClient(transport=httpx.ASGITransport(create_app(crawler)), base_url="http://crawler") as client,
    ):
        yield client


async def test_a_batch_yields_one_line_per_url(web, archive, client):
    web.routes["/a"] = http(200, PAGE)
    urls = [f"https://{HOST}/a", f"https://{HOST}/missing", f"https://{HOST}/a"]
    answer = await client.post("/crawl-batch", json={"urls": urls})
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = {line["url"]: line for line in map(json.loads, answer.text.splitlines())}
    assert len(lines) == len(answer.text.splitlines()) == 2
    assert lines[urls[0]]["status"] == 200
    assert lines[urls[0]]["via"] == "http"
    assert await archive.get(lines[urls[0]]["content_hash"]) == PAGE
    assert lines[urls[1]]["problem"]["kind"] == "gone"


@pytest.mark.parametrize(
    "body", [{"urls": []}, {"urls": ["x"] * 1001}, {"urls": ["x"], "renderer": 1}, {"urls": ["x" * 9000]}]
)
async def test_batches_out_of_bounds_are_refused(web, client, body):
    assert (await client.post("/crawl-batch", json=body)).status_code == 422
    assert web.received == []


async def test_each_line_says_how_the_page_was_come_by(web, client):
    web.routes["/old"] = http(301, b"", "Location: /new")
    web.routes["/new"] = http(200, PAGE)
    web.routes["/app"] = http(200, b"<div id=root></div><script>1</script>")
    urls = [f"https://{HOST}/old", f"https://{HOST}/app"]
    answer = await client.post("/crawl-batch", json={"urls": urls, "render": "auto"})
    lines = {line["url"]: line for line in map(json.loads, answer.text.splitlines())}
    moved, shell = (lines[url] for url in urls)
    assert moved["redirects"] == [f"https://{HOST}/old"]
    assert (moved["final_url"], moved["via"], moved["unrendered"]) == (f"https://{HOST}/new", "http", False)
    assert "without scripts" in moved["why"]
    assert shell["unrendered"] is True
    assert "no browser" in shell["why"]


async def test_more_urls_than_a_batch_holds_are_refused_with_the_bound(web, client):
    answer = await client.post("/crawl-batch", json={"urls": [f"https://{HOST}/{n}" for n in range(1001)]})
    assert answer.status_code == 422
    problem = answer.json()["problem"]
    assert (problem["kind"], problem["where"]) == ("invalid_input", "/crawl-batch")
    assert "at most 1000 items" in problem["detail"]
    assert HOST not in answer.text, "the refusal does not repeat what it refuses"
    assert web.received == []


async def test_a_thousand_urls_are_taken(web, client):
    urls = [f"https://h{n % 50}.example/{n}" for n in range(1000)]
    for n in range(1000):
        web.routes[f"/{n}"] = http(200, PAGE)
    answer = await client.post("/crawl-batch", json={"urls": urls})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert {line["url"] for line in lines if line.get("status") == 200} == set(urls)


@asynccontextmanager
async def serving(crawler: Crawler) -> AsyncIterator[httpx.AsyncClient]:
    """Over a real connection: an ASGI transport would wait for the whole answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(crawler), log_level="warning", lifespan="off"))
        running = asyncio.create_task(server.serve([listener]))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as client:
            yield client
        server.should_exit = True
        await running


async def test_lines_come_before_the_last_fetch_is_done(web, crawling):
    release = asyncio.Event()

    async def slow(request, writer):
        await release.wait()
        writer.write(http(200, PAGE))

    web.routes |= {"/quick": http(200, PAGE), "/slow": slow}
    urls = ["https://one.example/slow", "https://two.example/quick"]
    async with (
        crawling(fetch_timeout=30.0) as crawler,
        serving(crawler) as client,
        client.stream("POST", "/crawl-batch", json={"urls": urls}) as answer,
    ):
        lines = answer.aiter_lines()
        assert json.loads(await anext(lines))["url"] == urls[1]
        release.set()
        assert json.loads(await anext(lines))["url"] == urls[0]


async def test_a_client_that_hangs_up_ends_its_fetches(web, crawling):
    gone, others = asyncio.Event(), []

    async def held(request, writer):
        while not writer.transport.is_closing():
            writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
            await asyncio.sleep(0.05)
        gone.set()

    web.routes |= {"/quick": http(200, PAGE), "/held": held}
    urls = ["https://two.example/quick", "https://one.example/held", *(f"https://one.example/{n}" for n in range(50))]
    async with crawling(fetch_timeout=60.0) as crawler, serving(crawler) as client:
        async with client.stream("POST", "/crawl-batch", json={"urls": urls}) as answer:
            await anext(answer.aiter_lines())
        await asyncio.wait_for(gone.wait(), 30)
        others = [target for target in web.targets() if target not in ("/quick", "/held")]
    assert others == []


async def test_it_says_that_it_runs(client):
    assert (await client.get("/health")).json() == {"status": "ok"}
