"""Vectors of profiles."""

import pytest
from scored_people import ADA, person, posting, store

from quiethire.domain.errors import Transient

pytestmark = pytest.mark.timeout(400)


async def test_meaning_is_made_once_and_goes_with_the_person(world, score):
    asked = []
    embed = world.embedder.embed

    async def counting(texts):
        asked.extend(texts)
        return await embed(texts)

    world.embedder.embed = counting
    await store(world, posting(1))
    await score(candidate_id=ADA)
    await score(candidate_id=ADA, run_id="again")
    assert len(asked) == 1
    await world.candidates.save(person(tracks=(person().tracks[0].model_copy(update={"titles": ("Whale Watcher",)}),)))
    await score(candidate_id=ADA, run_id="changed")
    assert len(asked) == 2
    assert "whale" in asked[1]
    [kept] = (await world.profile_vectors.of(world.embedder.model, [ADA])).values()
    assert len(kept) == 1


async def test_without_the_model_profiles_are_scored_all_the_same(world, score):
    async def gone(_):
        raise Transient("no model", where="embedding")

    world.embedder.embed = gone
    await store(world, posting(1))
    assert (await score()).matches == 1
    assert await world.profile_vectors.of(world.embedder.model, [ADA]) == {}
