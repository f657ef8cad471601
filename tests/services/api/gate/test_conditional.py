"""ETags, caching, HEAD, CORS and security headers of the gateway."""

from dataclasses import replace

import pytest
from fastapi.routing import APIRoute

from quiethire.settings import Settings
from services.api.app import create_app
from services.api.gate.conditional import is_known

APP = "https://app.example"


@pytest.fixture
def shared(clients, tmp_path):
    """Clients of a gateway that another site's scripts may call."""
    return replace(clients, settings=Settings(data_dir=tmp_path, cors_origins=(APP,), operator_key="k" * 24))


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/jobs", "/", "/static/base.css", "/api/v1/openapi.json"])
async def test_who_has_an_answer_already_is_told_so_and_no_more(clients, gateway, crawl, posting, path):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        first = await client.get(path)
        etag = first.headers["ETag"]
        for known in (etag, f'"other", {etag}', f"W/{etag}", "*"):
            if known != "*" or not path.startswith("/static"):
                again = await client.get(path, headers={"If-None-Match": known})
                assert (again.status_code, again.content) == (304, b""), known
                assert again.headers["ETag"] == etag
                assert "Content-Length" not in again.headers
                assert "X-Request-Id" in again.headers
                # A browser would put it on the page that it has kept, in place of the page's own.
                assert "Content-Security-Policy" not in again.headers
        other = await client.get(path, headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


async def test_an_etag_is_strong_and_of_the_bytes(clients, gateway, crawl, posting):
    async with gateway(clients) as client:
        empty, again = [await client.get("/api/v1/jobs") for _ in range(2)]
        await crawl(clients, posting(1))
        full = await client.get("/api/v1/jobs")
    assert empty.headers["ETag"] == again.headers["ETag"] != full.headers["ETag"]
    assert not full.headers["ETag"].startswith("W/")


@pytest.mark.parametrize(("header", "known"), [(b"", False), (b'"a"', True), (b'"b"', False), (b'"b",W/"a"', True)])
def test_which_etags_are_known(header, known):
    assert is_known(b'"a"', header) is known


@pytest.mark.parametrize(
    ("path", "headers", "cache_control"),
    [
        ("/api/v1/search", {}, "public, no-cache"),
        ("/", {}, "public, no-cache"),
        ("/api/v1/search", {"Authorization": f"Bearer {'k' * 24}"}, "private, no-cache"),
        ("/api/v1/keys", {"Authorization": f"Bearer {'k' * 24}"}, "no-store"),
        ("/api/v1/jobs/none", {}, "no-store"),
        ("/health", {}, "no-store"),
        ("/static/base.css", {}, "public, max-age=3600"),
    ],
)
async def test_who_may_keep_what(shared, gateway, path, headers, cache_control):
    async with gateway(shared) as client:
        response = await client.get(path, headers=headers)
    assert response.headers["Cache-Control"] == cache_control


async def test_api_answers_differ_by_who_asks_and_problems_by_what_is_accepted(clients, gateway):
    async with gateway(clients) as client:
        answer = await client.get("/api/v1/stats")
        problem = await client.get("/api/v1/stats", headers={"Authorization": "Bearer x"})
    assert answer.headers["Vary"] == problem.headers["Vary"] == "Accept, Authorization"


def readable(router: object) -> list[str]:
    paths = []
    for route in router.routes:
        if isinstance(route, APIRoute) and "GET" in route.methods:
            paths.append(route.path)
        elif hasattr(route, "original_router"):
            paths += readable(route.original_router)
    return paths


async def test_every_route_that_answers_a_get_answers_a_head_alike(shared, crawl, posting, gateway):
    await crawl(shared, posting(1))
    values = {"{job_id}": str(posting(1).id), "{company:path}": "northwind.example", "{alert_id}": str(posting(1).id)}
    key = {"Authorization": f"Bearer {'k' * 24}"}
    async with gateway(shared) as client:
        for path in (*readable(create_app(shared)), "/static/base.css", "/api/v1/openapi.json", "/nothing"):
            for name, value in values.items():
                path = path.replace(name, value)  # noqa: PLW2901
            path = path.replace("{format}", "csv" if "exports" in path else "atom").replace("{token}", "x")  # noqa: PLW2901
            get, head = await client.get(path, headers=key), await client.head(path, headers=key)
            assert (head.status_code, head.content) == (get.status_code, b""), path
            assert head.headers.get("Content-Type") == get.headers.get("Content-Type"), path


async def test_a_head_of_a_long_export_does_not_make_it(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    (one,) = [row async for rows in clients.postings.scan() for row in rows]
    asked = 0

    async def long(batch):
        nonlocal asked
        for _ in range(10_000):
            asked += 1
            yield [one]

    clients.postings.scan = long
    async with gateway(clients) as client:
        response = await client.head("/api/v1/exports/jobs.jsonl")
    assert (response.status_code, response.content) == (200, b"")
    assert asked < 100


async def test_a_named_origin_may_send_keys_and_read_what_it_needs(shared, gateway):
    asked = {"Origin": APP, "Access-Control-Request-Method": "DELETE"}
    asked["Access-Control-Request-Headers"] = "authorization, idempotency-key, if-match, if-none-match, x-request-id"
    async with gateway(shared) as client:
        preflight = await client.options("/api/v1/keys", headers=asked)
        answer = await client.get("/api/v1/stats", headers={"Origin": APP})
        refused = await client.get("/api/v1/stats", headers={"Origin": APP, "Authorization": "Bearer x"})
        stranger = await client.options("/api/v1/keys", headers=asked | {"Origin": "https://evil.example"})
    assert (preflight.status_code, preflight.headers["Access-Control-Max-Age"]) == (200, "86400")
    assert "DELETE" in preflight.headers["Access-Control-Allow-Methods"]
    for response in (preflight, answer, refused):
        assert response.headers["Access-Control-Allow-Origin"] == APP
        assert "Origin" in response.headers["Vary"]
    exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"} <= exposed
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert stranger.status_code == 400
    assert stranger.headers["Content-Type"] == "application/problem+json"
    assert stranger.json()["type"].endswith("/invalid-request")
    assert stranger.json()["detail"].endswith("the origin of the request is not allowed.")
    assert "Access-Control-Allow-Origin" not in stranger.headers


async def test_pages_load_only_from_here_and_data_loads_nothing(clients, gateway):
    async with gateway(clients) as client:
        page, data = await client.get("/"), await client.get("/api/v1/search")
        problem = await client.get("/nothing", headers={"Accept": "text/html"})
    for response in (page, problem):
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert data.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    for response in (page, data, problem):
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(("site", "told"), [("https://jobs.example.com", "max-age=31536000"), (None, None)])
async def test_browsers_are_told_to_ask_by_https_alone_where_the_site_is_reached_by_it(
    clients, gateway, tmp_path, site, told
):
    async with gateway(replace(clients, settings=Settings(data_dir=tmp_path, public_url=site))) as client:
        for path in ("/", "/api/v1/search", "/nothing", "/health"):
            assert (await client.get(path)).headers.get("Strict-Transport-Security") == told, path


async def test_a_request_id_is_told_on_every_answer(shared, gateway):
    async with gateway(shared) as client:
        for path in ("/api/v1/search", "/api/v1/search", "/health", "/nothing", "/static/base.css"):
            response = await client.get(path, headers={"X-Request-Id": "trace-7"})
            assert response.headers.get_list("X-Request-Id") == ["trace-7"]
