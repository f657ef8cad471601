"""GET /api/v1/jobs and /api/v1/jobs/{id}: lists, similar postings, and what is told while a store is away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import close
from quiethire.domain.posting import Salary
from quiethire.storage.typesense import TypesenseIndex
from services.api.jobs.details import PartialPosting

LATER = timedelta(days=3)
LATEST = datetime(2026, 11, 20, tzinfo=UTC)


class Away:
    """A store of postings that does not answer."""

    def __getattr__(self, name: str):
        async def fail(*_: object, **__: object) -> None:
            raise Transient("connect to 10.1.2.3 refused", where="clickhouse")

        return fail


async def listed(client, **params):
    answer = await client.get("/api/v1/jobs", params=params)
    assert answer.status_code == 200, answer.text
    return [job["external_id"] if "external_id" in job else job["title"] for job in answer.json()["jobs"]]


async def test_a_list_is_narrowed_by_status_company_and_change(clients, gateway, crawl, posting):
    first = posting(1, title="a")
    await crawl(clients, first, posting(2, title="b", company_name="Globex", company_domain="globex.example"))
    then = datetime.now(UTC)
    await clients.postings.save(*close((await clients.postings.known({first.id})).values(), first.posted_at + LATER))
    async with gateway(clients) as client:
        assert await listed(client) == ["b"]
        assert await listed(client, status="closed") == ["a"]
        assert await listed(client, status="all") == ["a", "b"]
        assert await listed(client, status="all", updated_since=then.isoformat()) == ["a"]
        assert await listed(client, updated_since=then.isoformat()) == []
        assert await listed(client, company="globex.example") == await listed(client, company=" GLOBEX ") == ["b"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ("status=gone", "status"),
        ("updated_since=yesterday", "updated_since"),
        ("updated_since=2026-11-01T00:00:00", "updated_since"),
        ("updated_since=0001-01-01T00:00:00%2B14:00", "updated_since"),
        ("updated_since=9999-12-31T23:59:59-14:00", "updated_since"),
        ("updated_since=0999-01-01T00:00:00Z", "updated_since"),
        ("cursor=x", "cursor"),
        ("cursor=eyJhZnRlciI6IngifQ", "cursor"),
        ("per_page=0", "per_page"),
        ("next=1", "next"),
    ],
)
async def test_a_wrong_parameter_of_the_list_is_named(clients, gateway, params, field):
    async with gateway(clients) as client:
        response = await client.get(f"/api/v1/jobs?{params}")
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]


async def test_a_posting_comes_with_its_like(any_clients, gateway, crawl, posting):
    text = "You build data pipelines in Python for our warehouse, with dbt, Airflow and Spark."
    alike = {"description_text": text, "skills": ("Python", "Spark", "dbt")}
    await crawl(any_clients, posting(1, **alike), posting(2, **alike), posting(3, title="Nurse", skills=()))
    async with gateway(any_clients) as client:
        job = (await client.get(f"/api/v1/jobs/{posting(1).id}")).json()
    assert (job["similar_known"], job["partial"]) == (True, False)
    assert job["similar"][0]["id"] == str(posting(2).id)
    assert str(posting(1).id) not in [each["id"] for each in job["similar"]]


async def test_a_closed_posting_comes_with_open_ones_of_its_title(any_clients, gateway, crawl, posting):
    closed = posting(1, title="Senior Rust Engineer (m/w/d), Berlin")
    await crawl(any_clients, closed, indexed=False)
    await crawl(any_clients, posting(2, title="Rust Engineer"), posting(3, title="Nurse"))
    await any_clients.postings.save(*close((await any_clients.postings.known({closed.id})).values(), LATEST))
    async with gateway(any_clients) as client:
        job = (await client.get(f"/api/v1/jobs/{closed.id}")).json()
    assert [each["title"] for each in job["similar"]] == ["Rust Engineer"]


async def test_without_the_index_a_posting_is_told_without_its_like(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with TypesenseIndex("http://127.0.0.1:9", "key") as away, gateway(replace(clients, index=away)) as client:
        response = await client.get(f"/api/v1/jobs/{posting(1).id}")
    assert response.status_code == 200
    assert (response.json()["similar"], response.json()["similar_known"]) == ([], False)
    assert response.json()["history"]


async def test_without_clickhouse_the_index_tells_a_part_under_the_same_names(any_clients, gateway, crawl, posting):
    await crawl(any_clients, posting(1, seniority="senior"), posting(2, salary=None, visa_sponsorship=None))
    async with gateway(any_clients) as client:
        whole = (await client.get(f"/api/v1/jobs/{posting(1).id}")).json()
    async with gateway(replace(any_clients, postings=Away())) as client:
        response = await client.get(f"/api/v1/jobs/{posting(1).id}")
        silent = (await client.get(f"/api/v1/jobs/{posting(2).id}")).json()
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    part = response.json()
    assert set(part) == set(PartialPosting.model_fields)
    assert set(part) <= set(whole)
    assert part.pop("partial") is True
    yearly = {"min": 78_000, "max": 94_800, "period": "year"}
    assert part.pop("salary") == whole["salary"] | yearly
    assert part == {name: whole[name] for name in part}
    assert (silent["salary"], silent["visa_sponsorship"], silent["seniority"]) == (None, None, None)


async def test_without_clickhouse_what_the_index_lacks_is_unavailable_and_not_unknown(clients, gateway):
    async with gateway(replace(clients, postings=Away())) as client:
        response = await client.get(f"/api/v1/jobs/{UUID(int=4)}")
    assert response.status_code == 503
    assert response.json()["type"] == "https://quiethire.example/problems/unavailable"
    assert "10.1.2.3" not in response.text


async def test_without_clickhouse_search_goes_on(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(replace(clients, postings=Away())) as client:
        answer = (await client.get("/api/v1/search?q=engineer&location=")).json()
    assert (answer["found"], answer["degraded"]) == (1, False)


async def test_without_the_log_of_crawls_a_posting_is_whole(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(replace(clients, boards=Away())) as client:
        job = (await client.get(f"/api/v1/jobs/{posting(1).id}")).json()
    assert (job["partial"], job["last_seen_at"]) == (False, "2026-11-01T09:30:00Z")


async def test_with_both_away_a_posting_is_unavailable(clients, gateway):
    async with gateway(replace(clients, postings=Away(), index=Away())) as client:
        response = await client.get(f"/api/v1/jobs/{UUID(int=4)}")
    assert response.status_code == 503


async def test_an_open_end_of_pay_stays_open_in_a_part(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, salary=Salary(min=50_000, max=None, currency="EUR", period="year")))
    async with gateway(replace(clients, postings=Away())) as client:
        part = (await client.get(f"/api/v1/jobs/{posting(1).id}")).json()
    assert (part["salary"]["min"], part["salary"]["max"], part["salary"]["yearly_max"]) == (50_000, None, None)
