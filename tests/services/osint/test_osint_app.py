"""The HTTP face of the osint service."""

from collections.abc import AsyncIterator

import httpx
import pytest

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
    ("path", "body"),
    [
        ("discover/career-pages", {"domain": "not a domain"}),
        ("discover/career-pages", {}),
        ("discover/career-pages", {"domain": "a.example", "unknown": 1}),
        ("detect/ats", {"url": "javascript:alert(1)"}),
        ("detect/ats", {"url": "x" * 10_000}),
        ("discover/github", {"query": " "}),
    ],
)
async def test_what_cannot_be_used_is_refused(path: str, body: dict[str, object], client: httpx.AsyncClient) -> None:
    assert (await client.post(f"/api/v1/{path}", json=body)).status_code == 422


async def test_health(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "ok"}
