"""The search index as a whole."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from activities.duplicates import Refreshed, Showing
from activities.indexing import Collection, IndexActivities, ReconcileInput
from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import close, observe
from quiethire.domain.posting import JobPosting, job_id
from quiethire.domain.search import IndexFailure, SearchDocument, SearchQuery

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def posting(number, title="Data Engineer"):
    return JobPosting(
        id=job_id(str(number)),
        identity=str(number),
        url=f"https://northwind.example/jobs/{number}",
        ats="website",
        title=title,
        company_name="Northwind",
        quality_score=90,
    )


async def store(world, *postings, at=NOW):
    known = await world.postings.known({each.id for each in postings})
    advance = observe(known, postings, at)
    await world.postings.save(advance.rows, advance.events)
    return advance.rows


async def titles(world):
    found = await world.index.search(SearchQuery())
    return sorted(hit.document.title for hit in found.hits)


async def test_reconciling_adds_what_is_missing_and_removes_what_should_not_be_there(world, run):
    kept, lost = await store(world, posting(1), posting(2), at=NOW - timedelta(days=9))
    stray = SearchDocument.of(lost).model_copy(update={"id": str(job_id("stray"))})
    await world.index.upsert([SearchDocument.of(kept), stray])
    result = await run(IndexActivities(world).reconcile_search_index, ReconcileInput())
    assert (result.postings, result.added, result.removed, result.failed) == (2, 1, 1, 0)
    assert await world.index.ids() == {posting(1).id, posting(2).id}


async def test_a_posting_that_comes_while_reconciling_is_not_removed(world, run, monkeypatch):
    ids = world.index.ids

    async def ids_then_another_posting(collection=None):
        found = await ids()
        rows = await store(world, posting(9))
        await world.index.upsert([SearchDocument.of(row) for row in rows])
        return found

    monkeypatch.setattr(world.index, "ids", ids_then_another_posting)
    await run(IndexActivities(world).reconcile_search_index, ReconcileInput())
    monkeypatch.undo()
    assert await world.index.ids() == {posting(9).id}


async def closed(world, *numbers):
    """Postings that a crawl closes, whose documents it removes."""
    rows = await world.postings.known([posting(number).id for number in numbers])
    await world.postings.save(*close(list(rows.values()), datetime.now(UTC)))
    await world.index.delete(rows)


async def test_what_closes_or_changes_while_its_document_is_made_is_so_in_the_index(world, run, monkeypatch):
    await store(world, *(posting(number) for number in range(3)))
    upsert, times = world.index.upsert, 0

    async def late(documents, collection=None):
        nonlocal times
        times += 1
        if times == 1:
            await closed(world, 1)
            rows = await store(world, posting(2, title="Staff Data Engineer"), at=NOW + timedelta(hours=1))
            await upsert([SearchDocument.of(row) for row in rows])
        return await upsert(documents, collection)

    monkeypatch.setattr(world.index, "upsert", late)
    result = await run(IndexActivities(world).reconcile_search_index, ReconcileInput())
    assert await world.index.ids() == {posting(0).id, posting(2).id}
    assert await titles(world) == ["Data Engineer", "Staff Data Engineer"]
    assert (result.postings, result.added, result.removed, result.failed) == (2, 2, 0, 0)


async def test_a_posting_that_opens_again_while_reconciling_is_not_removed(world, run, monkeypatch):
    rows = await store(world, posting(1))
    await closed(world, 1)
    await world.index.upsert([SearchDocument.of(row) for row in rows])
    open_ids, times = world.postings.open_ids, 0

    async def open_ids_before_it_opens():
        nonlocal times
        found, times = await open_ids(), times + 1
        if times > 1:  # Nothing is gathered of what the first look misses.
            again = await store(world, posting(1), at=datetime.now(UTC))
            await world.index.upsert([SearchDocument.of(row) for row in again])
        return found

    monkeypatch.setattr(world.postings, "open_ids", open_ids_before_it_opens)
    result = await run(IndexActivities(world).reconcile_search_index, ReconcileInput())
    assert await world.index.ids() == {posting(1).id}
    assert (result.postings, result.removed) == (1, 0)


async def test_comparing_very_many_leaves_the_event_loop_to_others(world, run, monkeypatch):
    def giving(answer):
        async def give(*_, **__):
            return answer

        return give

    def very_many():
        # Each of its own, as stores give them; not in order.
        return {UUID(int=number * 0x9E3779B97F4A7C15 % 2**128) for number in range(100_000)}

    monkeypatch.setattr(world.index, "ids", giving(very_many()))
    monkeypatch.setattr(world.postings, "open_ids", giving(very_many()))
    monkeypatch.setattr(world.postings, "written_since", giving(very_many()))
    monkeypatch.setattr(world.clusters, "strange", giving(very_many()))
    monkeypatch.setattr(world.clusters, "mates", giving({}))
    monkeypatch.setattr(world.postings, "known", giving({}))
    monkeypatch.setattr(world.postings, "excerpts", giving({}))
    monkeypatch.setattr(Showing, "refresh", giving(Refreshed(set(), set(), [])))
    began = time.thread_time()
    await run(IndexActivities(world).reconcile_search_index, ReconcileInput())
    assert time.thread_time() - began < 0.2


async def test_documents_of_postings_that_changed_since_are_made_anew(world, run):
    rows = await store(world, posting(1), posting(2))
    await world.index.upsert([SearchDocument.of(row) for row in rows])
    since = ReconcileInput(since=datetime.now(UTC))
    await store(world, posting(1, title="Staff Data Engineer"), at=NOW + timedelta(hours=1))
    later = ReconcileInput(since=datetime.now(UTC) + timedelta(seconds=1))
    assert (await run(IndexActivities(world).reconcile_search_index, later)).renewed == 0
    assert await titles(world) == ["Data Engineer", "Data Engineer"]
    result = await run(IndexActivities(world).reconcile_search_index, since)
    assert (result.added, result.renewed) == (0, 1)
    assert await titles(world) == ["Data Engineer", "Staff Data Engineer"]


async def test_a_document_older_than_its_row_is_made_anew_without_being_told_since_when(world, run, monkeypatch):
    monkeypatch.setattr("activities.indexing.IN_FLIGHT", timedelta(0))
    now = datetime.now(UTC)
    rows = await store(world, posting(1), posting(2), at=now - timedelta(days=9))
    await world.index.upsert([SearchDocument.of(row) for row in rows])
    await run(IndexActivities(world).reconcile_search_index, ReconcileInput())
    await store(world, posting(1, title="Staff Data Engineer"), at=now)
    result = await run(IndexActivities(world).reconcile_search_index, ReconcileInput())
    assert (result.renewed, await titles(world)) == (1, ["Data Engineer", "Staff Data Engineer"])


async def test_a_new_collection_is_filled_and_takes_over(world, run):
    await store(world, *(posting(number) for number in range(3)))
    do = IndexActivities(world)
    for _ in range(2):
        built = await run(do.build_search_collection, Collection(name="jobs_new"))
    assert built.documents == 3
    await run(do.swap_search_collection, built)
    assert await world.index.count() == 3


async def test_a_collection_that_refused_its_documents_never_takes_over(world, run, monkeypatch):
    rows = await store(world, *(posting(number) for number in range(3)))
    await world.index.upsert([SearchDocument.of(row) for row in rows])

    async def refuse(documents, collection=None):
        return [IndexFailure(job_id=document.id, error="refused") for document in documents]

    monkeypatch.setattr(world.index, "upsert", refuse)
    do = IndexActivities(world)
    built = await run(do.build_search_collection, Collection(name="jobs_new"))
    with pytest.raises(Transient):
        await run(do.swap_search_collection, built)
    assert await world.index.count() == 3
