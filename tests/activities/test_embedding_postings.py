"""Postings are given vectors after they are searchable, each text once, and the index is told."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.duplicates import Showing
from activities.embedding import EmbedActivities, EmbedInput
from activities.indexing import IndexActivities, ReconcileInput
from activities.storing import IndexInput, StoreActivities
from quiethire.domain.errors import Permanent, Transient
from quiethire.domain.lifecycle import observe
from quiethire.domain.posting import JobPosting, Salary, job_id
from quiethire.domain.search import INDEX_GENERATION_KEY, SearchDocument, SearchQuery

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def posting(number, title="Data Engineer", **changes):
    return JobPosting(
        id=job_id(str(number)),
        identity=str(number),
        url=f"https://northwind.example/jobs/{number}",
        ats="website",
        title=title,
        company_name="Northwind",
        quality_score=90,
        **changes,
    )


async def store(world, *postings, at=NOW):
    known = await world.postings.known({each.id for each in postings})
    advance = observe(known, postings, at)
    await world.postings.save(advance.rows, advance.events)
    return {row.posting.id for row in advance.rows}


@pytest.fixture
def embed(world, run):
    async def embed(limit=10):
        return await run(EmbedActivities(world).embed_postings, EmbedInput(limit=limit))

    return embed


async def vectors(world, *postings):
    rows = await world.postings.known({each.id for each in postings})
    told = {document.id: document.embedding for document in await Showing(world).documents(rows.values())}
    return [told[str(each.id)] for each in postings]


async def indexed(world, run, job_ids):
    await run(StoreActivities(world).index_jobs_in_typesense, IndexInput(job_ids=tuple(job_ids)))


async def test_every_open_posting_gets_a_vector_and_equal_texts_are_computed_once(world, embed):
    await store(world, posting(1), posting(2), posting(3, "Pastry Chef"))
    done = await embed()
    assert (done.postings, done.computed, done.more) == (3, 2, False)
    assert (await embed()).postings == 0
    one, two, chef = await vectors(world, posting(1), posting(2), posting(3))
    assert one == two != chef


async def test_what_is_left_over_a_limit_is_told_and_done_next(world, embed):
    await store(world, *(posting(number) for number in range(3)))
    assert [(done.postings, done.more) for done in [await embed(2), await embed(2)]] == [(2, True), (1, False)]


async def test_a_changed_posting_is_looked_at_again_and_a_changed_text_computed_again(world, embed):
    await store(world, posting(1))
    await embed()
    pay = Salary(min=70_000, max=90_000, currency="EUR", period="year")
    await store(world, posting(1, salary=pay), at=NOW + timedelta(hours=1))
    done = await embed()
    assert (done.postings, done.computed) == (1, 0)
    (before,) = await vectors(world, posting(1))
    await store(world, posting(1, "Pastry Chef", salary=pay), at=NOW + timedelta(hours=2))
    done = await embed()
    assert (done.postings, done.computed) == (1, 1)
    (after,) = await vectors(world, posting(1))
    assert before != after


async def test_a_document_that_is_there_is_told_and_one_that_is_made_later_knows(world, run, embed):
    first = await store(world, posting(1))
    await indexed(world, run, first)
    await store(world, posting(2, "Pastry Chef"))
    await embed()
    told = {each.id: each for each in await documents(world)}
    assert set(told) == {str(posting(1).id)}
    assert told[str(posting(1).id)].embedding is not None
    await indexed(world, run, {posting(1).id, posting(2).id})
    assert all(each.embedding is not None for each in await documents(world))
    assert len(await documents(world)) == 2


async def test_an_index_that_was_away_is_told_by_the_next_try(world, run, embed, monkeypatch):
    await indexed(world, run, await store(world, posting(1), posting(2)))

    async def away(vectors, collection=None):
        raise Transient("out of reach", where="typesense")

    with monkeypatch.context() as patched:
        patched.setattr(world.index, "embed", away)
        with pytest.raises(Transient):
            await embed()
    assert (await embed()).computed == 0
    assert all(each.embedding is not None for each in await documents(world))


async def test_answers_from_before_the_vectors_are_old(world, embed):
    await store(world, posting(1))
    before = await world.cache.get(INDEX_GENERATION_KEY)
    await embed()
    after = await world.cache.get(INDEX_GENERATION_KEY)
    assert after != before
    await embed()
    assert await world.cache.get(INDEX_GENERATION_KEY) == after


async def test_reconciling_tells_the_index_of_vectors_that_it_lost(world, run, embed):
    job_ids = await store(world, posting(1))
    await indexed(world, run, job_ids)
    await embed()
    rows = await world.postings.known(job_ids)
    await world.index.upsert([SearchDocument.of(row) for row in rows.values()])
    await run(IndexActivities(world).reconcile_search_index, ReconcileInput())
    (document,) = await documents(world)
    assert document.embedding is not None


async def documents(world):
    return [hit.document for hit in (await world.index.search(SearchQuery())).hits]


def refusing(world, monkeypatch, word):
    embed = world.embedder.embed

    async def choosy(texts):
        if any(word in text for text in texts):
            raise Permanent("against the rules of the model", where="embedding")
        return await embed(texts)

    monkeypatch.setattr(world.embedder, "embed", choosy)


async def test_a_text_that_the_model_refuses_keeps_no_other_from_its_vector(world, embed, monkeypatch):
    refusing(world, monkeypatch, "Weapons")
    jobs = [posting(number, title) for number, title in enumerate(("Weapons Engineer", "Data Engineer", "Pastry Chef"))]
    await store(world, *jobs)
    assert (await embed()).postings == 2
    refused, *others = await vectors(world, *jobs)
    assert refused is None
    assert None not in others


async def test_a_model_that_refuses_everything_is_an_error(world, embed, monkeypatch):
    refusing(world, monkeypatch, "e")
    await store(world, posting(1), posting(2, "Pastry Chef"))
    with pytest.raises(Permanent, match="against the rules"):
        await embed()
