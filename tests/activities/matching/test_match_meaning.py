"""Vectors of profiles."""

import pytest
from scored_people import ADA, BOB, person, posting, store

from quiethire.domain.errors import Permanent, Transient
from quiethire.domain.ports import EmbeddedPosting
from services.matching.embedding.texts import text_hash, text_of

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


async def embedded(world, *postings):
    vectors = await world.embedder.embed([text_of(each) for each in postings])
    kept = [
        EmbeddedPosting(job_id=each.id, row=0, text_hash=text_hash(text_of(each)), vector=vector)
        for each, vector in zip(postings, vectors, strict=True)
    ]
    await world.embeddings.keep(world.embedder.model, kept)


async def test_the_first_run_scores_by_the_meaning_that_is_kept_as_all_others_do(world, score):
    about = (
        "Bread and cakes from our own ovens, ",
        "Wards, triage and care at night, ",
        "Falcons, owls and their keepers, ",
    )
    jobs = [posting(number, skills=("Python",), description_text=8 * text) for number, text in enumerate(about)]
    await store(world, *jobs)
    await embedded(world, *jobs)
    await score(candidate_id=ADA)
    first = {match.job_id: match.score for match in await world.matches.matches(ADA)}
    values = [match.factors[2].value for match in await world.matches.matches(ADA)]
    assert all(value and value < 1.0 for value in values)
    await score(candidate_id=ADA, run_id="again")
    assert {match.job_id: match.score for match in await world.matches.matches(ADA)} == first
    assert len(await world.matches.decisions(ADA)) == len(first) == 3


def titled(number, title):
    return person(number, tracks=(person().tracks[0].model_copy(update={"titles": (title,)}),))


async def test_the_meanings_of_many_are_asked_for_at_once(world, score):
    asked, embed = [], world.embedder.embed

    async def counting(texts):
        asked.append(len(texts))
        return await embed(texts)

    world.embedder.embed = counting
    for number in (2, 3, 4):
        await world.candidates.save(titled(number, f"Data Engineer {number}"))
    await store(world, posting(1))
    await score()
    assert asked == [4]


async def test_a_text_that_the_model_refuses_leaves_the_others_their_meaning(world, score):
    embed = world.embedder.embed

    async def choosy(texts):
        if any("falconer" in text for text in texts):
            raise Permanent("refused", where="embedding")
        return await embed(texts)

    world.embedder.embed = choosy
    await world.candidates.save(titled(2, "Falconer"))
    await store(world, posting(1))
    await score()
    assert (await world.profile_vectors.of(world.embedder.model, [ADA, BOB])).keys() == {ADA}
