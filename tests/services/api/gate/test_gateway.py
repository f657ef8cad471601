"""Postings, counts, problems and headers of the gateway."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from quiethire.domain.access import new_secret
from quiethire.domain.board import Board
from quiethire.domain.errors import InvalidInput
from quiethire.domain.lifecycle import close
from quiethire.domain.posting import Location, Salary
from quiethire.settings import Settings
from quiethire.storage.postgres import PostgresApiKeys, open_pool

LATER = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)


async def test_paging_tells_every_posting_once(clients, gateway, crawl, posting):
    postings = [posting(number) for number in range(1, 8)]
    await crawl(clients, *postings)
    seen: list[str] = []
    after: str | None = None
    async with gateway(clients) as client:
        for _ in range(4):
            params = {"per_page": 2} | ({"cursor": after} if after else {})
            page = (await client.get("/api/v1/jobs", params=params)).json()
            seen += [job["id"] for job in page["jobs"]]
            after = page["next_cursor"]
    assert after is None
    assert len(seen) == len(postings)
    assert {UUID(name) for name in seen} == {item.id for item in postings}


async def test_listing_can_be_narrowed_to_a_company(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2, company_name="Globex"))
    async with gateway(clients) as client:
        page = (await client.get("/api/v1/jobs", params={"company": "Globex"})).json()
    assert [job["company_name"] for job in page["jobs"]] == ["Globex"]
    assert page["next_cursor"] is None


async def test_a_posting_tells_its_facts_sources_and_history(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    await crawl(clients, posting(1, locations=(Location(name="Hamburg, Germany"),)), at=LATER)
    rows, events = close((await clients.postings.known({posting(1).id})).values(), LATER + timedelta(days=1))
    await clients.postings.save(rows, events)
    async with gateway(clients) as client:
        job = (await client.get(f"/api/v1/jobs/{posting(1).id}")).json()
    assert job["status"] == "closed"
    assert (job["first_seen_at"], job["last_seen_at"], job["closed_at"]) == (
        "2026-11-01T09:30:00Z",
        "2026-11-05T08:00:00Z",
        "2026-11-06T08:00:00Z",
    )
    assert job["salary"] == {
        "min": 6500,
        "max": 7900,
        "currency": "EUR",
        "period": "month",
        "yearly_min": 78_000,
        "yearly_max": 94_800,
    }
    assert (job["remote"], job["on_site_days"], job["visa_sponsorship"]) == ("hybrid", 2, True)
    assert job["provenance"] == {"title": {"source": "ats", "path": "jobs[0].title"}}
    assert [(event["kind"], event["field"]) for event in job["history"]] == [
        ("opened", None),
        ("changed", "locations"),
        ("closed", None),
    ]
    assert job["history"][1]["old"][0]["name"] == "Berlin, Germany"
    assert job["history"][1]["new"][0]["name"] == "Hamburg, Germany"


async def test_a_hostile_posting_is_told_without_its_teeth(clients, gateway, crawl, posting):
    await crawl(
        clients,
        posting(
            1,
            application_url="javascript:alert(1)",
            description_html='<p onclick="alert(1)">Hi<script>alert(1)</script><a href="javascript:alert(1)">x</a></p>',
        ),
    )
    async with gateway(clients) as client:
        job = (await client.get(f"/api/v1/jobs/{posting(1).id}")).json()
    assert job["application_url"] is None
    assert "alert" not in job["description_html"]
    assert "Hi" in job["description_html"]


async def test_counts_come_from_every_store(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2, salary=None))
    await clients.boards.add(
        Board(ats="greenhouse", token="northwind", url="https://b.example", company_domain="n.example")
    )
    await clients.queue.push(["https://a.example/"])
    async with gateway(clients) as client:
        stats = (await client.get("/api/v1/stats")).json()
    assert (stats["postings"]["open"], stats["postings"]["with_salary"]) == (2, 1)
    assert (stats["companies"], stats["boards"], stats["queue"]["pending"]) == (1, 1, 1)


async def test_health_touches_no_store_and_metrics_are_prometheus(clients, gateway):
    away = replace(clients, postings=None, index=None, cache=None)
    async with gateway(away) as client:
        assert (await client.get("/health")).json() == {"status": "ok"}
        metrics = await client.get("/metrics")
    assert metrics.headers["Content-Type"].startswith("text/plain")
    assert "quiethire_error_total" in metrics.text


@pytest.mark.parametrize(
    ("asked", "status", "kind"),
    [
        (f"GET /api/v1/jobs/{UUID(int=4)}", 404, "not-found"),
        ("GET /api/v1/jobs/not-an-id", 400, "invalid-request"),
        ("GET /api/v1/jobs?per_page=101", 400, "invalid-request"),
        ("GET /api/v1/nothing", 404, "not-found"),
        ("GET /static/%2e%2e/%2e%2e/app.py", 404, "not-found"),
        ("GET /static/nothing.css", 404, "not-found"),
        ("DELETE /api/v1/search", 405, "method-not-allowed"),
    ],
)
async def test_every_error_is_a_problem_with_a_stable_type(clients, gateway, asked, status, kind):
    async with gateway(clients) as client:
        response = await client.request(*asked.split())
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == f"https://quiethire.example/problems/{kind}"
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["X-Request-Id"]
    assert problem["detail"]


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("DELETE /api/v1/search", "GET, HEAD"),
        ("DELETE /api/v1/alerts", "GET, HEAD, POST"),
        ("POST /", "GET, HEAD"),
        ("POST /static/base.css", "GET, HEAD"),
        ("GET /api/v1/auth/sign-in", "POST"),
    ],
)
async def test_a_method_that_is_not_allowed_is_told_with_all_that_are(clients, gateway, asked, allowed):
    async with gateway(clients) as client:
        response = await client.request(*asked.split())
    assert (response.status_code, response.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("GET /matches/?saved=a%2Fb", "/matches?saved=a%2Fb"),
        ("HEAD /api/v1/jobs//", "/api/v1/jobs"),
        ("POST /api/v1/alerts/", "/api/v1/alerts"),
    ],
)
async def test_a_slash_too_many_leads_to_the_address_without_it_and_to_no_other_host(clients, gateway, asked, there):
    method, path = asked.split()
    async with gateway(clients) as client:
        response = await client.request(method, path, headers={"Host": "evil.example"})
    assert (response.status_code, response.headers["Location"]) == (307, there)


@pytest.mark.parametrize("asked", ["GET //evil.example/", "GET /nothing/", "DELETE /api/v1/search/", "GET /static/"])
async def test_a_slash_that_hides_no_address_is_a_problem(clients, gateway, asked):
    method, path = asked.split()
    async with gateway(clients) as client:
        response = await client.request(method, f"http://gateway{path}")
    assert response.status_code == 404
    assert "Location" not in response.headers


async def test_a_defect_is_logged_and_not_told(clients, gateway, caplog):
    class Broken:
        async def get(self, job_id: UUID) -> None:
            raise RuntimeError("password=hunter2")

    async with gateway(replace(clients, postings=Broken())) as client:
        response = await client.get(f"/api/v1/jobs/{UUID(int=4)}", headers={"X-Request-Id": "trace-1"})
    assert response.status_code == 500
    assert response.json()["type"] == "https://quiethire.example/problems/internal-error"
    assert "hunter2" not in response.text
    assert response.headers["X-Request-Id"] == "trace-1"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    (defect,) = [record for record in caplog.records if record.message == "defect"]
    assert defect.request_id == "trace-1"
    assert "hunter2" in caplog.text


async def test_a_database_that_was_not_migrated_is_unavailable_and_only_the_log_says_why(
    clients, gateway, postgres_dsn, caplog
):
    key = {"Authorization": f"Bearer {new_secret('aaaaaaaa')}"}
    async with open_pool(postgres_dsn) as pool, gateway(replace(clients, keys=PostgresApiKeys(pool))) as client:
        response = await client.get("/api/v1/search", headers=key)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.json()["type"] == "https://quiethire.example/problems/unavailable"
    assert "api_key" not in response.text
    assert [record.levelname for record in caplog.records if "run the migrations" in record.getMessage()] == ["ERROR"]


async def test_what_a_store_cannot_keep_is_refused_without_the_words_of_the_store(clients, gateway, caplog):
    class Refusing:
        async def get(self, job_id: UUID) -> None:
            raise InvalidInput("INSERT INTO jobs: too long", where="postgresql", kind="unstorable")

    async with gateway(replace(clients, postings=Refusing())) as client:
        response = await client.get(f"/api/v1/jobs/{UUID(int=4)}")
    assert (response.status_code, response.json()["type"].rpartition("/")[2]) == (400, "invalid-request")
    assert "INSERT" not in response.text
    assert "INSERT INTO jobs" in caplog.text


@pytest.mark.parametrize(
    ("asked", "body", "field"),
    [
        ("GET /api/v1/search?q=%00", None, "q"),
        ("GET /api/v1/search?company=a&company=%00", None, "company"),
        ("GET /api/v1/search?skills=a%00", None, "skills"),
        ("GET /?q=a%00", None, "q"),
        ("GET /api/v1/companies/a%00", None, "company"),
        ("GET /api/v1/companies/a%00/hiring", None, "company"),
        ("GET /companies/a%00", None, "company"),
        ("POST /api/v1/keys", {"name": "a\0", "scopes": ["read"]}, "name"),
        ("POST /api/v1/alerts", {"search": {"q": "\0"}, "channel": "feed"}, "search.q"),
        ("POST /api/v1/alerts", {"search": {}, "channel": "feed", "name": "\0"}, "name"),
        ("POST /api/v1/alerts", {"search": {}, "channel": "webhook", "address": "https://a.example/\0"}, "address"),
        ("POST /alerts", "q=%00&email=a%40b.example", "q"),
    ],
)
async def test_the_character_nul_is_refused_where_it_is_given_and_no_store_sees_it(
    clients, gateway, asked, body, field
):
    operated = replace(clients, settings=clients.settings.model_copy(update={"operator_key": "k" * 24}))
    content = {"content": body} if isinstance(body, str) else {"json": body} if body else {}
    async with gateway(operated) as client:
        headers = {"Authorization": f"Bearer {'k' * 24}"}
        response = await client.request(*asked.split(), headers=headers, **content)
    assert response.status_code == 400
    assert response.json()["errors"] == [{"field": field, "detail": "must not hold the character NUL"}]


async def test_an_alert_is_not_renamed_to_what_cannot_be_kept(clients, gateway):
    operated = replace(clients, settings=clients.settings.model_copy(update={"operator_key": "k" * 24}))
    async with gateway(operated) as client:
        client.headers["Authorization"] = f"Bearer {'k' * 24}"
        made = await client.post("/api/v1/alerts", json={"search": {"q": "data"}, "channel": "feed"})
        path = f"/api/v1/alerts/{made.json()['alert']['id']}"
        refused = await client.patch(path, json={"name": "a\0"})
        renamed = await client.patch(path, json={"name": "a"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "name")
    assert (renamed.status_code, renamed.json()["name"]) == (200, "a")


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "<b>", "é".encode().decode("latin-1")])
async def test_a_request_id_that_is_none_is_replaced(clients, gateway, given):
    async with gateway(clients) as client:
        response = await client.get("/health", headers={"X-Request-Id": given.encode("latin-1")})
    assert response.headers["X-Request-Id"] != given
    assert len(response.headers["X-Request-Id"]) == 32


async def test_requests_are_logged_with_their_id(clients, gateway, caplog):
    caplog.set_level(logging.INFO, "services.api")
    async with gateway(clients) as client:
        await client.get("/api/v1/nothing%0Aforged", headers={"X-Request-Id": "trace-2"})
    (record,) = [record for record in caplog.records if getattr(record, "status", None) == 404]
    assert record.request_id == "trace-2"
    assert "\n" not in record.getMessage()


async def test_only_named_origins_may_read(clients, gateway, tmp_path):
    settings = Settings(data_dir=tmp_path, cors_origins=("https://app.example",))
    async with gateway(replace(clients, settings=settings)) as client:
        named = await client.get("/health", headers={"Origin": "https://app.example"})
        other = await client.get("/health", headers={"Origin": "https://evil.example"})
    assert named.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert "Access-Control-Allow-Origin" not in other.headers
    async with gateway(clients) as client:
        closed = await client.get("/health", headers={"Origin": "https://app.example"})
    assert "Access-Control-Allow-Origin" not in closed.headers


async def test_the_api_describes_itself_with_problems_and_examples(clients, gateway):
    async with gateway(clients) as client:
        document = (await client.get("/api/v1/openapi.json")).json()
    search = document["paths"]["/api/v1/search"]["get"]
    assert {parameter["name"] for parameter in search["parameters"]} >= {"q", "remote", "salary_min", "per_page"}
    for path in document["paths"].values():
        for operation in path.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            assert "422" not in operation["responses"]
    assert document["components"]["schemas"]["SearchAnswer"]["example"]["hits"]
    assert "/" not in document["paths"]
    assert json.dumps(document)


async def test_hourly_pay_keeps_its_cents_and_only_its_year_is_whole(clients, gateway, crawl, posting):
    hourly = Salary(min=17.5, max=19, currency="EUR", period="hour")
    await crawl(clients, posting(1, salary=hourly, on_site_days=None, visa_sponsorship=None))
    async with gateway(clients) as client:
        answer = await client.get(f"/api/v1/jobs/{posting(1).id}")
        hit = (await client.get("/api/v1/search?q=data")).json()["hits"][0]
    pay = {"min": 17.5, "max": 19, "currency": "EUR", "period": "hour", "yearly_min": 36_400, "yearly_max": 39_520}
    assert answer.json()["salary"] == pay
    assert '"max":19,' in answer.text
    assert (answer.json()["on_site_days"], answer.json()["visa_sponsorship"]) == (None, None)
    assert hit["salary"] == {"min": 36_400, "max": 39_520, "currency": "EUR", "period": "year"}
