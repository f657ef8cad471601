"""GET /api/v1/search: answers, cache, and what happens when a store is away."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from quiethire.domain.errors import Transient
from quiethire.domain.posting import Location, Salary
from quiethire.domain.search import INDEX_GENERATION_KEY, SearchQuery
from quiethire.storage.redis import RedisCache
from quiethire.storage.redis.memory import MemoryCache
from quiethire.storage.typesense import TypesenseIndex

HOUR = timedelta(hours=1)
BERLIN = Location(name="Berlin, Germany", city="Berlin", country="DE", lat=52.52, lon=13.41)


async def test_a_hit_tells_the_posting_with_marks_and_yearly_pay(any_clients, gateway, crawl, posting):
    await crawl(any_clients, posting(1), posting(2, title="Nurse", skills=()))
    async with gateway(any_clients) as client:
        response = await client.get("/api/v1/search", params={"q": "engineer"})
    assert response.status_code == 200
    answer = response.json()
    assert (answer["found"], answer["page"], answer["per_page"], answer["degraded"]) == (1, 1, 20, False)
    (hit,) = answer["hits"]
    assert hit["id"] == str(posting(1).id)
    assert hit["salary"] == {"min": 78_000, "max": 94_800, "currency": "EUR", "period": "year"}
    assert hit["posted_at"] == "2026-11-01T09:31:00Z"
    assert hit["location"] == ["Berlin, Germany"]
    assert hit["highlights"]["title"] == "Data <mark>Engineer</mark>"
    assert answer["facets"]["remote"] == [{"value": "hybrid", "count": 1}]


async def test_every_value_of_a_facet_can_be_asked_for(any_clients, gateway, crawl, posting):
    untold = posting(1, language=None, seniority=None, job_type=None)
    await crawl(any_clients, untold, posting(2, language="de", seniority="senior", job_type="contract"))
    async with gateway(any_clients) as client:
        facets = (await client.get("/api/v1/search")).json()["facets"]
        for name in ("language", "seniority", "job_type"):
            for told in facets[name]:
                narrowed = await client.get("/api/v1/search", params={name: told["value"]})
                assert (narrowed.status_code, narrowed.json()["found"]) == (200, told["count"])
    told = {
        name: [(one["value"], one["count"]) for one in facets[name]] for name in ("language", "seniority", "job_type")
    }
    assert told == {"language": [("de", 1)], "seniority": [("senior", 1)], "job_type": [("contract", 1)]}


async def test_all_parameters_narrow_the_search(any_clients, gateway, crawl, posting):
    near = partial(posting, locations=(BERLIN,))
    await crawl(
        any_clients,
        near(1),
        near(2, remote="remote"),
        near(3, company_name="Globex"),
        near(4, job_type="contract"),
        near(5, salary=Salary(min=30, max=40, currency="EUR", period="day")),
        posting(6, locations=()),
        near(7, remote="none"),
    )
    params = {
        "q": "data",
        "location": "berlin",
        "remote": ["hybrid", "remote"],
        "company": ["Northwind"],
        "job_type": ["full_time", "internship"],
        "salary_min": 70_000,
        "sort": "date",
        "per_page": 1,
        "page": 2,
    }
    async with gateway(any_clients) as client:
        answer = (await client.get("/api/v1/search", params=params)).json()
    assert (answer["found"], answer["page"], answer["per_page"]) == (2, 2, 1)
    assert [hit["id"] for hit in answer["hits"]] == [str(posting(1).id)]


async def test_an_answer_is_cached_until_the_index_changes(any_clients, gateway, crawl, posting):
    await crawl(any_clients, posting(1))
    async with gateway(any_clients) as client:
        first = await client.get("/api/v1/search", params={"q": "data"})
        await crawl(any_clients, posting(2))
        cached = await client.get("/api/v1/search", params={"q": "data"})
        other = await client.get("/api/v1/search", params={"q": "engineer"})
        await any_clients.cache.set(INDEX_GENERATION_KEY, b"1", HOUR)
        fresh = await client.get("/api/v1/search", params={"q": "data"})
    assert cached.content == first.content
    assert [response.json()["found"] for response in (first, other, fresh)] == [1, 2, 2]


async def test_an_answer_older_than_a_change_of_the_index_is_not_filed_under_the_new_generation(
    clients, gateway, crawl, posting
):
    await crawl(clients, posting(1))
    search = clients.index.search

    async def overtaken(query: SearchQuery, meaning=None):
        result = await search(query)
        await crawl(clients, posting(2))
        await clients.cache.set(INDEX_GENERATION_KEY, b"1", HOUR)
        clients.index.search = search
        return result

    clients.index.search = overtaken
    async with gateway(clients) as client:
        counts = [(await client.get("/api/v1/search")).json()["found"] for _ in range(2)]
    assert counts == [1, 2]


async def test_without_the_index_clickhouse_answers_and_nothing_is_cached(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with TypesenseIndex("http://127.0.0.1:9", "key") as away, gateway(replace(clients, index=away)) as client:
        response = await client.get("/api/v1/search", params={"q": "data"})
        page = await client.get("/", params={"q": "data"})
    assert response.status_code == 200
    assert response.json()["degraded"] is True
    assert [hit["id"] for hit in response.json()["hits"]] == [str(posting(1).id)]
    assert "Plain search." in page.text
    async with gateway(clients) as client:
        assert (await client.get("/api/v1/search", params={"q": "data"})).json()["degraded"] is False


async def test_without_the_cache_search_goes_on(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with RedisCache("redis://127.0.0.1:9/0") as away, gateway(replace(clients, cache=away)) as client:
        response = await client.get("/api/v1/search")
    assert (response.status_code, response.json()["found"]) == (200, 1)


async def test_a_cache_that_dies_between_its_calls_is_no_error(clients, gateway, crawl, posting):
    class Dying(MemoryCache):
        async def get(self, key: str) -> bytes | None:
            if key.startswith("api:search:"):
                raise Transient("gone", where="redis")
            return await super().get(key)

        async def set(self, key: str, value: bytes, ttl: timedelta) -> None:
            raise Transient("gone", where="redis")

    await crawl(clients, posting(1))
    async with gateway(replace(clients, cache=Dying())) as client:
        assert (await client.get("/api/v1/search")).json()["found"] == 1


async def test_with_index_and_clickhouse_away_the_problem_says_when_to_come_back(clients, gateway):
    class Away:
        async def search(self, query: SearchQuery, meaning=None):
            raise Transient("connect to 10.1.2.3 refused", where="clickhouse")

    async with gateway(replace(clients, index=Away(), postings=Away())) as client:
        response = await client.get("/api/v1/search")
        page = await client.get("/", headers={"Accept": "text/html"})
    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Retry-After"] == "5"
    assert response.json()["type"] == "https://quiethire.example/problems/unavailable"
    assert "10.1.2.3" not in response.text + page.text
    assert page.status_code == 503
    assert "Try again" in page.text


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ("per_page=101", "per_page"),
        ("page=0", "page"),
        ("page=251", "page"),
        ("salary_min=-1", "salary_min"),
        ("salary_min=99999999999999999999", "salary_min"),
        ("remote=moon", "remote"),
        ("sort=random", "sort"),
        ("q=" + "x" * 301, "q"),
        ("location=" + "x" * 201, "location"),
        ("company=" + "x" * 201, "company"),
        ("company=a&" * 51 + "q=a", "company"),
        ("qq=typo", "qq"),
    ],
)
async def test_a_wrong_parameter_is_named(clients, gateway, params, field):
    async with gateway(clients) as client:
        response = await client.get(f"/api/v1/search?{params}")
    assert response.status_code == 400
    problem = response.json()
    assert problem["type"] == "https://quiethire.example/problems/invalid-request"
    assert [error["field"] for error in problem["errors"]] == [field]
    assert len(response.content) < 2_000


@pytest.mark.parametrize(
    "value", ["`", "a` || company:=`Northwind", "x && y", "\x01", "\u202e🦀", "' OR 1=1 --", "<script>", "%", "\\", "*"]
)
async def test_hostile_values_are_only_values(any_clients, gateway, crawl, posting, value):
    await crawl(any_clients, posting(1))
    async with gateway(any_clients) as client:
        for name in ("company", "location"):
            response = await client.get("/api/v1/search", params={name: value})
            assert (response.status_code, response.json()["found"]) == (200, 0)
            assert response.json()["degraded"] is False
        response = await client.get("/api/v1/search", params={"q": value})
        assert (response.status_code, response.json()["degraded"]) == (200, False)


async def test_a_hostile_posting_gives_no_markup_but_marks(any_clients, gateway, crawl, posting):
    evil = "<script>alert(1)</script> engineer <img src=x onerror=alert(1)> </mark><mark>"
    await crawl(any_clients, posting(1, title=evil, company_name=evil, description_text=evil))
    async with gateway(any_clients) as client:
        (hit,) = (await client.get("/api/v1/search", params={"q": "engineer"})).json()["hits"]
    assert hit["highlights"]
    for text in hit["highlights"].values():
        assert "<" not in text.replace("<mark>", "").replace("</mark>", "")
