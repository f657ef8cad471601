"""A model behind an OpenAI-compatible endpoint, over a real server."""

import math
from contextlib import asynccontextmanager

import pytest
from local_api import local_api

from quiethire.domain.errors import InvalidInput, Permanent, Throttled, Transient
from services.crawler.endpoint import open_endpoint
from services.matching.embedding.model import MODEL, SIZE
from services.matching.embedding.remote import BATCH, LONGEST, RemoteEmbedder


def vectors(body, size=SIZE):
    data = [
        {"index": at, "embedding": [float(len(text)), 3.0] + [0.0] * (size - 2)}
        for at, text in enumerate(body["input"])
    ]
    return {"data": list(reversed(data)), "model": "their name for it"}


@asynccontextmanager
async def embedding(*answers, key="secret-key"):
    async with local_api(*answers) as api, open_endpoint(api.url, key, first_wait=0.001) as endpoint:
        yield RemoteEmbedder(endpoint, "text-small"), api


async def test_texts_become_vectors_of_length_one_in_their_order_over_several_requests():
    async with embedding(vectors) as (embedder, api):
        texts = ["x" * (at + 1) for at in range(BATCH + 3)]
        found = await embedder.embed(texts)
    assert [len(body["input"]) for _, _, body in api.asked] == [BATCH, 3]
    assert all(len(vector) == SIZE and math.isclose(math.hypot(*vector), 1) for vector in found)
    assert [round(vector[0] / vector[1] * 3) for vector in found] == [len(text) for text in texts]


async def test_the_request_is_that_of_the_api():
    async with embedding(vectors) as (embedder, api):
        await embedder.embed(["Data engineer", "", "y" * 9_000])
    [(path, headers, body)] = api.asked
    assert (path, headers["authorization"]) == ("/v1/embeddings", "Bearer secret-key")
    assert (body["model"], body["dimensions"]) == ("text-small", SIZE)
    assert [len(text) for text in body["input"]] == [13, 1, LONGEST]


async def test_nothing_is_asked_for_no_texts():
    async with embedding(vectors) as (embedder, api):
        assert await embedder.embed([]) == []
    assert api.asked == []


async def test_its_vectors_bear_another_name_than_the_local_models():
    async with embedding(vectors) as (embedder, _):
        assert embedder.model == "text-small@127.0.0.1"
        assert embedder.model != MODEL


async def test_a_server_that_stumbles_is_asked_again():
    async with embedding((503, "", b"busy"), (429, "Retry-After: 0\r\n", b"slow down"), vectors) as (embedder, api):
        assert len(await embedder.embed(["one"])) == 1
    assert len(api.asked) == 3


async def test_a_server_that_stays_down_is_transient_after_three_tries():
    async with embedding((500, "", b"broken")) as (embedder, api):
        with pytest.raises(Transient, match="answered 500: broken"):
            await embedder.embed(["one"])
    assert len(api.asked) == 3


async def test_a_server_that_asks_for_a_long_wait_is_left_alone():
    async with embedding((429, "Retry-After: 600\r\n", b"")) as (embedder, api):
        with pytest.raises(Throttled) as told:
            await embedder.embed(["one"])
    assert (told.value.retry_after, len(api.asked)) == (600, 1)


async def test_a_refused_key_is_final_and_stands_in_no_error():
    async with embedding((401, "", b"the key secret-key is wrong")) as (embedder, api):
        with pytest.raises(Permanent, match="is the key right") as told:
            await embedder.embed(["one"])
    assert "secret-key" not in str(told.value)
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda body: vectors(body, SIZE * 2), "768 components"),
        ({"data": []}, "0 vectors for 1 texts"),
        ({"vectors": []}, "not in the form"),
        ({"data": [{"index": 0, "embedding": [0.0] * SIZE}]}, "without a direction"),
        ({"data": [{"index": 0, "embedding": ["x"] * SIZE}]}, "not in the form"),
        (b"<html>", "no JSON"),
    ],
)
async def test_an_answer_that_cannot_be_used_is_refused(answer, said):
    async with embedding(answer) as (embedder, _):
        with pytest.raises(Permanent, match=said):
            await embedder.embed(["one"])


async def test_a_redirect_is_not_followed():
    async with (
        local_api(vectors) as other,
        embedding((307, f"Location: {other.url}/embeddings\r\n", b"")) as (embedder, _),
    ):
        with pytest.raises(Permanent, match="answered 307"):
            await embedder.embed(["one"])
    assert other.asked == []


async def test_nobody_listening_is_transient():
    async with local_api(vectors) as api:
        url = api.url
    async with open_endpoint(url, "", first_wait=0.001) as endpoint:
        with pytest.raises(Transient, match="out of reach"):
            await RemoteEmbedder(endpoint, "m").embed(["one"])


@pytest.mark.parametrize(
    "url", ["http://models.example/v1", "ftp://models.example", "https://user:pass@models.example/v1", "models", ""]
)
async def test_an_address_that_would_tell_the_key_or_is_none_is_refused(url):
    with pytest.raises(InvalidInput):
        async with open_endpoint(url, "key"):
            pass
