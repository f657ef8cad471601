"""What is asked for twice with one `Idempotency-Key` is made once."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from api_people import ADA, as_operator, operated
from redis.asyncio import Redis

from quiethire.domain.errors import Transient
from quiethire.storage.redis import RedisCache
from services.api.gate.once import KEPT_FOR, PATHS

KEYS = "/api/v1/keys"
WANTED = {"name": "feed reader", "scopes": ["export"]}


@pytest.fixture
def house(clients):
    return operated(clients)


def once(key: str | None = None) -> dict[str, str]:
    return as_operator() | {"Idempotency-Key": key or str(uuid4())}


async def test_sent_again_it_is_answered_as_the_first_time_and_made_once(house, gateway):
    headers = once()
    async with gateway(house) as client, gateway(house) as another:
        answers = [await each.post(KEYS, json=WANTED, headers=headers) for each in (client, client, another)]
        other = await client.post(KEYS, json=WANTED, headers=once())
    first = answers[0]
    assert (first.status_code, other.status_code) == (201, 201)
    assert "Idempotency-Replayed" not in first.headers
    for again in answers[1:]:
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["Content-Type"] == "application/json"
        assert again.headers["Idempotency-Replayed"] == "true"
        assert again.headers["Cache-Control"] == "no-store"
    assert {key.prefix for key in await house.keys.issued()} == {
        answer.json()["key"]["prefix"] for answer in (first, other)
    }


async def test_a_quoted_key_is_the_same_key(house, gateway):
    key = str(uuid4())
    async with gateway(house) as client:
        for given in (key, f'"{key}"'):
            assert (await client.post(KEYS, json=WANTED, headers=once(given))).status_code == 201
    assert len(await house.keys.issued()) == 1


async def test_a_key_stands_for_one_request(house, gateway):
    headers = once()
    async with gateway(house) as client:
        await client.post(KEYS, json=WANTED, headers=headers)
        for path, body in ((KEYS, WANTED | {"name": "another"}), (f"{KEYS}?a=1", WANTED), ("/api/v1/candidates", ADA)):
            answer = await client.post(path, json=body, headers=headers)
            assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "idempotency-key-reused")
    assert len(await house.keys.issued()) == 1


async def test_whoever_else_sends_the_key_asks_for_something_else(house, gateway):
    key = str(uuid4())
    async with gateway(house) as client:
        mine = await client.post("/api/v1/candidates", json=ADA, headers={"Idempotency-Key": key})
        theirs = await client.post("/api/v1/candidates", json=ADA, headers=once(key))
    assert mine.json()["secret"] != theirs.json()["secret"]


async def test_while_it_is_under_way_it_is_told_so(house, gateway, monkeypatch):
    headers, begun, go_on = once(), asyncio.Event(), asyncio.Event()
    add = house.keys.add

    async def slow(*given):
        begun.set()
        await go_on.wait()
        await add(*given)

    monkeypatch.setattr(house.keys, "add", slow)
    async with gateway(house) as client:
        first = asyncio.create_task(client.post(KEYS, json=WANTED, headers=headers))
        await begun.wait()
        second = await client.post(KEYS, json=WANTED, headers=headers)
        other = await client.post(KEYS, json=WANTED | {"name": "another"}, headers=headers)
        go_on.set()
        assert (await first).status_code == 201
        third = await client.post(KEYS, json=WANTED, headers=headers)
    assert (second.status_code, second.headers["Retry-After"], other.status_code) == (409, "1", 422)
    assert third.content == (await first).content
    assert len(await house.keys.issued()) == 1


async def test_what_failed_is_tried_again(house, gateway, monkeypatch):
    headers = once()

    async def away(*_):
        raise Transient("connection refused", where="postgresql")

    async with gateway(house) as client:
        with monkeypatch.context() as broken:
            broken.setattr(house.keys, "add", away)
            assert (await client.post(KEYS, json=WANTED, headers=headers)).status_code == 503
        assert (await client.post(KEYS, json={"name": ""}, headers=headers)).status_code == 400
        assert (await client.post(KEYS, json=WANTED, headers=headers)).status_code == 201


async def test_what_was_made_is_answered_though_that_cannot_be_kept(house, gateway, monkeypatch):
    keep = house.cache.set

    async def full(key, value, ttl):
        if ttl == KEPT_FOR:
            raise Transient("out of memory", where="redis")
        await keep(key, value, ttl)

    monkeypatch.setattr(house.cache, "set", full)
    async with gateway(house) as client:
        assert (await client.post(KEYS, json=WANTED, headers=once())).status_code == 201
    assert len(await house.keys.issued()) == 1


@pytest.mark.parametrize(
    "key", ["short", "", "x" * 256, "with space in it here", "é" * 20, '"unbalanced-quotes', 'a"b' * 8]
)
async def test_what_is_no_key_is_refused_and_makes_nothing(house, gateway, key):
    headers = as_operator() | {"Idempotency-Key": key.encode()}
    async with gateway(house) as client:
        answer = await client.post(KEYS, json=WANTED, headers=headers)
        twice = await client.post(
            KEYS, json=WANTED, headers=[*as_operator().items(), *[("Idempotency-Key", str(uuid4()))] * 2]
        )
        # Elsewhere the header means nothing.
        assert (await client.get(KEYS, headers=headers)).status_code == 200
    assert (answer.status_code, twice.status_code) == (400, 400)
    assert await house.keys.issued() == []


async def test_without_redis_what_is_to_be_made_once_is_not_made(house, gateway, monkeypatch):
    async def away(*_):
        raise Transient("connection refused", where="redis")

    async with gateway(house) as client:
        with monkeypatch.context() as broken:
            broken.setattr(house.cache, "set_new", away)
            assert (await client.post(KEYS, json=WANTED, headers=once())).status_code == 503
        assert await house.keys.issued() == []


async def test_redis_holds_neither_the_key_nor_what_was_answered(house, gateway, redis_url):
    headers = once()
    async with RedisCache(redis_url) as cache, gateway(replace(house, cache=cache)) as client:
        first, again = [await client.post(KEYS, json=WANTED, headers=headers) for _ in range(2)]
        assert (again.status_code, again.content) == (201, first.content)
        async with Redis.from_url(redis_url) as redis:
            [name] = [key async for key in redis.scan_iter("once:*")]
            kept = name + await redis.get(name)
            assert 23 * 3600 < await redis.ttl(name) <= 24 * 3600
    told = (first.json()["secret"], first.json()["key"]["prefix"], headers["Idempotency-Key"], WANTED["name"])
    assert not [word for word in told if word.encode() in kept]


async def test_the_document_names_the_header_where_it_counts_and_nowhere_else(house, gateway):
    async with gateway(house) as client:
        document = (await client.get("/api/v1/openapi.json")).json()
    named = {
        (method, path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", ()))
    }
    assert named == {("post", path) for path in PATHS}
