"""The HTTP face of the osint service."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from quiethire.domain.errors import Gone
from quiethire.domain.page import FetchSpec, Page
from services.osint import app as osint_app
from services.osint.app import create_app
from services.osint.discovery import Discovery, Web


@pytest.fixture
async def client(web: Web) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(web))
    async with httpx.AsyncClient(transport=transport, base_url="http://osint") as client:
        yield client


async def test_each_endpoint_answers_with_a_discovery(client: httpx.AsyncClient) -> None:
    answers = {
        path: Discovery.model_validate((await client.post(f"/api/v1/{path}", json=body)).json())
        for path, body in {
            "discover/career-pages": {"domain": "northwind.example", "name": "Northwind"},
            "enumerate/subdomains": {"domain": "acme-robotics.example"},
            "detect/ats": {"url": "https://quayside.example/careers"},
            "discover/github": {"query": "topic:hiring"},
            "discover/dork": {"query": "site:jobs.lever.co"},
        }.items()
    }
    board = answers["discover/career-pages"].candidates[0].board
    assert board is not None
    assert (board.key, board.company_name) == ("greenhouse/northwind", "Northwind")
    assert answers["enumerate/subdomains"].subdomains[0].subdomain == "careers.acme-robotics.example"
    assert answers["detect/ats"].candidates[0].url == "https://job-boards.greenhouse.io/quaysideanalytics"
    assert answers["discover/github"].problems[0].kind == "transient"
    assert answers["discover/dork"].problems[0].kind == "not_configured"


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("discover/career-pages", {"domain": "not a domain"}, "not a URL"),
        ("discover/career-pages", {"domain": "a.example", "name": "x" * 201}, "name"),
        ("discover/career-pages", {}, "domain: Field required"),
        ("discover/career-pages", {"domain": "a.example", "unknown": 1}, "unknown: Extra inputs"),
        ("discover/career-pages", [], "valid dictionary"),
        ("enumerate/subdomains", {"domain": ""}, "at least 1 character"),
        ("enumerate/subdomains", {"domain": "x" * 254}, "at most 253 characters"),
        ("enumerate/subdomains", {"domain": "ftp://a.example/"}, "not fetched"),
        ("enumerate/subdomains", {"domain": 7}, "valid string"),
        ("detect/ats", {"url": "javascript:alert(1)"}, "not fetched"),
        ("detect/ats", {"url": "x" * 10_000}, "at most 8192 characters"),
        ("detect/ats", {"url": None}, "valid string"),
        ("discover/github", {"query": " "}, "empty"),
        ("discover/github", {"query": "x" * 501}, "at most 500 characters"),
        ("discover/dork", {"query": "\t\n"}, "empty"),
        ("discover/dork", {}, "query: Field required"),
    ],
)
async def test_what_cannot_be_used_is_refused_with_what_is_wrong(
    path: str, body: object, said: str, client: httpx.AsyncClient
) -> None:
    answer = await client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 422
    problem = answer.json()["problem"]
    assert said in problem["detail"]
    assert len(answer.content) < 2_000


async def test_what_is_no_json_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/detect/ats", content=b"{", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["problem"]["kind"]) == (422, "invalid_input")


async def test_more_runs_than_there_is_room_for_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs is let run on; its place is free when it ends, well or not."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: FetchSpec) -> Page:
        begun.set()
        await go_on.wait()
        raise Gone("there is no web here")

    monkeypatch.setattr(osint_app, "MAX_AT_ONCE", 1)
    web = Web(fetch=slow, recognise=lambda *_: None)
    transport = httpx.ASGITransport(app=create_app(web))
    async with httpx.AsyncClient(transport=transport, base_url="http://osint") as client:
        body = {"url": "https://a.example/"}
        first = asyncio.create_task(client.post("/api/v1/detect/ats", json=body))
        await begun.wait()
        turned_away = await client.post("/api/v1/detect/ats", json=body)
        go_on.set()
        assert (await first).status_code == 200
        assert (await client.post("/api/v1/detect/ats", json={"url": "x:y"})).status_code == 422
        assert (await client.post("/api/v1/detect/ats", json=body)).status_code == 200
    assert (turned_away.status_code, turned_away.json()["problem"]["kind"]) == (429, "busy")
    assert int(turned_away.headers["retry-after"]) > 0


async def test_every_endpoint_is_described_with_an_example_that_it_takes(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()
    schemas = described["components"]["schemas"]
    paths = [path for path, methods in described["paths"].items() if "post" in methods]
    assert sorted(paths) == [
        "/api/v1/detect/ats",
        "/api/v1/discover/career-pages",
        "/api/v1/discover/dork",
        "/api/v1/discover/github",
        "/api/v1/enumerate/subdomains",
    ]
    for path in paths:
        operation = described["paths"][path]["post"]
        body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert operation["description"]
        assert {"200", "422", "429"} <= operation["responses"].keys()
        for example in schemas[body]["examples"]:
            getattr(osint_app, body).model_validate(example)


async def test_health(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "ok"}
