"""Searching by meaning through the gateway, with the real model."""

from dataclasses import replace

import pytest

from quiethire.domain.errors import InvalidInput
from services.matching.embedding.texts import text_of


class NotInstalled:
    model, size, available = "none", 384, False

    async def embed(self, texts):
        raise InvalidInput("is not installed", where="embedding", hint="install it")


@pytest.fixture
async def kitchen(any_clients, crawl, posting):
    """A cook's job under another name, and an engineer's, both embedded."""
    chef = posting(1, title="Chef de Partie", description_text="Prepare dishes in our restaurant.", skills=())
    engineer = posting(2, title="Data Engineer", description_text="Build pipelines with Spark.")
    await crawl(any_clients, chef, engineer)
    vectors = await any_clients.embedder.embed([text_of(each) for each in (chef, engineer)])
    await any_clients.index.embed(dict(zip((chef.id, engineer.id), vectors, strict=True)))
    return any_clients


async def titles(client, **params):
    answer = (await client.get("/api/v1/search", params=params)).raise_for_status().json()
    return [hit["title"] for hit in answer["hits"]]


async def test_what_means_the_same_is_found_where_it_is_asked_for(kitchen, gateway):
    async with gateway(kitchen) as client:
        assert await titles(client, q="restaurant cook") == []
        assert await titles(client, q="restaurant cook", semantic="true") == ["Chef de Partie"]
        assert await titles(client, q="restaurant cook", semantic="false") == []


async def test_what_is_asked_of_the_words_themselves_is_searched_by_words_alone(kitchen, gateway):
    async with gateway(kitchen) as client:
        assert await titles(client, q='"restaurant cook"', semantic="true") == []
        assert await titles(client, q="cook -intern", semantic="true") == []
        assert len(await titles(client, q="", semantic="true")) == 2


async def test_without_the_model_the_answer_says_what_to_install(kitchen, gateway):
    async with gateway(replace(kitchen, embedder=NotInstalled())) as client:
        answer = await client.get("/api/v1/search", params={"q": "cook", "semantic": "true"})
        assert answer.status_code == 400
        assert "install it" in answer.json()["detail"]
        assert len(await titles(client, q="engineer")) == 1


async def test_who_narrows_a_search_or_leafs_in_it_asks_for_no_new_vector(kitchen, gateway):
    class Counting:
        model, size, available = kitchen.embedder.model, kitchen.embedder.size, True
        texts: list[str] = []

        async def embed(self, texts):
            self.texts += texts
            return await kitchen.embedder.embed(texts)

    counting = Counting()
    async with gateway(replace(kitchen, embedder=counting)) as client:
        for narrowed in ({}, {"page": 2}, {"salary_min": 1}):
            await titles(client, q="restaurant cook", semantic="true", **narrowed)
        await titles(client, q="engine driver", semantic="true")
    assert counting.texts == ["restaurant cook", "engine driver"]
