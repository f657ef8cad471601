"""The parser's HTTP face: one page, many pages, and what it says of those that cannot be read."""

import hashlib
from collections.abc import AsyncIterator

import httpx
import pytest

from services.parser import messages
from services.parser.app import create_app
from services.parser.document import MAX_BODY
from services.parser.pool import ParserPool

URL = "https://www.northwind.example/jobs/7"
PAGE = f"""<html lang=en><title>Line cook at Northwind</title><h1>Line cook</h1>
<dl><dt>Location</dt><dd>Berlin, Germany</dd><dt>Pay</dt><dd>€17.50 - €19.00 per hour</dd><dt>Employment type</dt><dd>Full-time</dd></dl>
<p>{"You cook good food for good people, every day and with care. " * 12}</p>
<p>We sponsor visas. You work 4 days a week on site.</p><h2>Requirements</h2><ul><li>Two years in a kitchen</li></ul>
<a href="/apply/7">Apply now</a></html>"""
LISTING = '<a href="/jobs/4711-cook">Cook</a><a href="/jobs/4712-baker">Baker</a>'


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[ParserPool]:
    async with ParserPool(workers=1) as pool:
        yield pool


@pytest.fixture
async def client(pool: ParserPool) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(pool))
    async with httpx.AsyncClient(transport=transport, base_url="http://parser.example") as client:
        yield client


async def test_a_posting_has_every_field_and_the_flat_names_beside_them(client):
    posting = (await client.post("/api/v1/parse", json={"url": URL, "html": PAGE})).json()["postings"][0]
    flat = {name: posting[name] for name in ("title", "company", "location", "remote", "job_type", "salary_currency")}
    assert flat == {
        "title": "Line cook",
        "company": "Northwind",
        "location": "Berlin, Germany",
        "remote": "hybrid",
        "job_type": "full_time",
        "salary_currency": "EUR",
    }
    assert (posting["salary_min"], posting["salary_max"], posting["salary_period"]) == (17.5, 19, "hour")
    assert posting["salary"] == {"min": 17.5, "max": 19, "currency": "EUR", "period": "hour"}
    assert (posting["visa_sponsorship"], posting["on_site_days"]) == (True, 4)
    assert posting["requirements"] == ["Two years in a kitchen"]
    assert posting["description"] == posting["description_text"]
    assert posting["url_hash"] == hashlib.sha256(URL.encode()).hexdigest()
    points = [part.split("/") for part in posting["quality_parts"].values()]
    assert sum(int(given) for given, _ in points) == posting["quality_score"]
    assert sum(int(of) for _, of in points) == 100
    assert posting["provenance"]["salary"]["source"] == "html"


async def test_a_batch_answers_each_page_in_order_and_a_bad_page_costs_none_of_the_others(client):
    pages = [
        {"url": URL, "html": PAGE},
        {"url": "not a url", "html": PAGE},
        {"html": PAGE},
        "no page",
        {"url": "https://www.northwind.example/careers", "html": "<h1>Careers</h1>"},
        {"url": URL, "html": PAGE, "fetched_at": "2026-11-20T08:00:00"},
        {"url": URL, "html": PAGE, "fetched_at": "2026-11-20T08:00:00Z"},
    ]
    answer = await client.post("/api/v1/parse/batch", json={"pages": pages})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result["url"] for result in results] == [URL, "not a url", "", "", pages[4]["url"], URL, URL]
    kinds = [result["error"]["kind"] if result["error"] else None for result in results]
    assert kinds == [None, "invalid_url", "invalid_request", "invalid_request", None, "invalid_request", None]
    assert [len(result["postings"]) for result in results] == [1, 0, 0, 0, 0, 0, 1]
    assert results[4]["refused"][0]["reason"]


async def test_a_batch_of_listings_gives_the_links_of_each(client):
    pages = [{"url": "https://www.northwind.example/careers", "html": LISTING}, {"url": "nowhere", "html": LISTING}]
    results = (await client.post("/api/v1/extract-job-links/batch", json={"pages": pages})).json()["results"]
    assert [link["text"] for link in results[0]["links"]] == ["Cook", "Baker"]
    assert (results[1]["links"], results[1]["error"]["kind"]) == ([], "invalid_url")


@pytest.mark.parametrize("path", ["/api/v1/parse/batch", "/api/v1/extract-job-links/batch"])
async def test_a_batch_is_bounded_in_pages_and_bytes(client, path):
    page = {"url": URL, "html": ""}
    answer = await client.post(path, json={"pages": [page] * (messages.MAX_PAGES + 1)})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:quiethire:invalid_request")
    assert (await client.post(path, json={"pages": []})).status_code == 422
    answer = await client.post(path, content=b"{}", headers={"content-length": str(4 * MAX_BODY + 1)})
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:quiethire:too_large")


async def test_a_page_that_is_too_long_is_an_error_of_its_own(client):
    pages = [{"url": URL, "html": "x" * (MAX_BODY + 1)}, {"url": URL, "html": PAGE}]
    results = (await client.post("/api/v1/parse/batch", json={"pages": pages})).json()["results"]
    assert (results[0]["error"]["kind"], len(results[1]["postings"])) == ("invalid_request", 1)
    assert len(results[0]["error"]["detail"]) < 200


async def test_a_wrong_request_is_told_without_the_page_that_was_sent(client):
    answer = await client.post("/api/v1/parse", json={"html": "secret page"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "url" in answer.json()["detail"]
    assert "secret" not in answer.text


async def test_the_batches_are_documented_with_examples_that_run(client):
    document = (await client.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    for path in ("/api/v1/parse/batch", "/api/v1/extract-job-links/batch"):
        assert document["paths"][path]["post"]["description"]
        example = schemas["BatchRequest"]["example"]
        assert (await client.post(path, json=example)).status_code == 200
    assert schemas["BatchRequest"]["properties"]["pages"]["maxItems"] == messages.MAX_PAGES
    assert schemas["BatchParseResponse"]["example"]["results"]
    assert schemas["ParseRequest"]["example"]["url"]
