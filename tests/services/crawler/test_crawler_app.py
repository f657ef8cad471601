"""The crawler's HTTP face."""

import json

import httpx
import pytest
from crawled_web import HOST, PAGE, http

from services.crawler.app import create_app


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


async def test_it_says_that_it_runs(client):
    assert (await client.get("/health")).json() == {"status": "ok"}
