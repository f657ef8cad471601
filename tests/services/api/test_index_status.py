"""How the index is doing, as operators are told; and searches while a store is gone."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from free_port import free_port

from quiethire.domain.errors import Transient
from quiethire.domain.search import IndexFailure
from quiethire.settings import Settings
from quiethire.storage.guarded_index import GuardedIndex
from quiethire.storage.redis import RedisCache
from quiethire.storage.typesense import TypesenseIndex

OPERATOR = "the-operators-own-key-of-24"
AUTHORIZED = {"Authorization": f"Bearer {OPERATOR}"}


class Gone:
    """A store of which nothing answers."""

    def __getattr__(self, name: str) -> object:
        async def unreachable(*_: object, **__: object) -> object:
            raise Transient("out of reach", where="a store that is gone")

        return unreachable


@pytest.fixture
def unused_url() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest.fixture
def guarded(clients, tmp_path):
    """The twins, with the guard before the index and an operator's key."""
    return replace(
        clients,
        index=GuardedIndex(clients.index, clients.index_records),
        settings=Settings(data_dir=tmp_path, operator_key=OPERATOR),
    )


async def told(gateway, clients) -> dict:
    async with gateway(clients) as client:
        response = await client.get("/api/v1/index", headers=AUTHORIZED)
    assert response.status_code == 200, response.text
    return response.json()


async def test_operators_are_told_how_the_index_is(guarded, gateway, crawl, posting):
    await crawl(guarded, posting(1), posting(2))
    status = await told(gateway, guarded)
    assert (status["ready"], status["documents"], status["expected"], status["jobs"]) == (True, 2, 2, 2)
    assert [(each["name"], each["serves"]) for each in status["collections"]] == [("jobs_1", True)]
    assert (status["failed"], status["failures"], status["building"]) == (0, [], None)
    async with gateway(guarded) as client:
        assert (await client.get("/api/v1/index")).status_code in {401, 403}


async def test_an_index_that_lost_documents_is_not_ready_and_clickhouse_answers(guarded, gateway, crawl, posting):
    await crawl(guarded, posting(1), posting(2))
    bare = guarded.index._index
    await bare.delete([posting(1).id])
    await guarded.index_records.failed([IndexFailure(job_id=UUID(int=1), error="bad field")], datetime.now(UTC))
    status = await told(gateway, guarded)
    assert (status["ready"], status["documents"], status["expected"]) == (False, 1, 2)
    assert "1 of 2" in status["reason"]
    assert [(each["error"], each["attempts"]) for each in status["failures"]] == [("bad field", 1)]
    async with gateway(guarded) as client:
        answer = (await client.get("/api/v1/search", params={"q": "data"})).json()
    assert (answer["found"], answer["degraded"]) == (2, True)


async def test_without_the_index_search_answers_from_clickhouse_and_the_status_says_why(
    guarded, gateway, crawl, posting, unused_url
):
    await crawl(guarded, posting(1), posting(2, title="Office Manager"))
    async with TypesenseIndex(f"http://{unused_url}", "key", f"a{uuid4().hex[:8]}") as dead:
        clients = replace(guarded, index=GuardedIndex(dead, guarded.index_records))
        async with gateway(clients) as client:
            answer = (await client.get("/api/v1/search", params={"q": "data"})).json()
        assert (answer["found"], answer["degraded"]) == (1, True)
        assert answer["facets"]["company"] == [{"value": "Northwind", "count": 1}]
        status = await told(gateway, clients)
    assert (status["ready"], status["documents"], status["jobs"]) == (False, None, 2)
    assert "out of reach" in status["reason"]


async def test_without_redis_answers_are_the_same(guarded, gateway, crawl, posting, unused_url):
    await crawl(guarded, posting(1))
    dead = RedisCache(f"redis://{unused_url}/0")
    clients = replace(guarded, cache=dead)
    async with gateway(clients) as client:
        first = (await client.get("/api/v1/search", params={"q": "data"})).json()
        await crawl(clients, posting(2))
        second = (await client.get("/api/v1/search", params={"q": "data"})).json()
    await dead.aclose()
    assert (first["found"], first["degraded"]) == (1, False)
    assert second["found"] == 2, "nothing old is given out"
    assert (await told(gateway, replace(guarded, cache=Gone())))["generation"] is None


async def test_without_clickhouse_search_goes_on(guarded, gateway, crawl, posting):
    await crawl(guarded, posting(1))
    clients = replace(guarded, postings=Gone(), clusters=Gone())
    async with gateway(clients) as client:
        answer = (await client.get("/api/v1/search", params={"q": "data"})).json()
    assert (answer["found"], answer["degraded"]) == (1, False)
    assert (await told(gateway, clients))["jobs"] is None


async def test_without_the_records_the_index_goes_on(guarded, gateway, crawl, posting):
    await crawl(guarded, posting(1))
    clients = replace(guarded, index=GuardedIndex(guarded.index._index, Gone()))
    async with gateway(clients) as client:
        answer = (await client.get("/api/v1/search", params={"q": "data"})).json()
    assert (answer["found"], answer["degraded"]) == (1, False)
