"""The index is built anew under constant search: nothing fails, and nothing is missing for a moment."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from wordy_postings import wordy_posting

from activities.errors import INDEX_ATTEMPTS
from activities.indexing import Collection, IndexActivities, ReconcileInput
from activities.storing import IndexInput, StoreActivities
from quiethire.domain.errors import Gone, InvalidInput, Transient
from quiethire.domain.lifecycle import close, correct, observe
from quiethire.domain.search import IndexFailure, SearchQuery
from quiethire.storage.guarded_index import GuardedIndex
from quiethire.storage.postgres.memory_index_records import MemoryIndexRecords
from quiethire.storage.typesense import TypesenseIndex
from quiethire.storage.typesense.memory import MemoryIndex

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
MANY = 600
EVERYTHING = SearchQuery(per_page=1)


async def store(world, *postings, at=NOW):
    known = await world.postings.known({each.id for each in postings})
    advance = observe(known, postings, at)
    await world.postings.save(advance.rows, advance.events)


@pytest.fixture
async def served(world, stack):
    """The world with a real index behind its guard, which holds many postings."""
    world.index_records = MemoryIndexRecords()
    async with TypesenseIndex(stack.typesense_url, stack.typesense_api_key, f"re{uuid4().hex[:8]}") as bare:
        world.index = GuardedIndex(bare, world.index_records)
        world.alias, world.bare = bare.alias, bare
        await world.index.ensure()
        await store(world, *(wordy_posting(number) for number in range(MANY)))
        yield world
        for each in await bare.collections():
            await bare._life._drop(each.name)


async def test_a_rebuild_is_not_noticed_by_those_who_search_and_store(served, run):
    do, storing = IndexActivities(served), StoreActivities(served)
    await run(do.reconcile_search_index, ReconcileInput())
    answers, stop, stored = [], asyncio.Event(), MANY

    async def search():
        while not stop.is_set():
            least = stored
            answers.append((await served.index.search(EVERYTHING)).found)
            assert answers[-1] >= least

    async def keep_storing():
        nonlocal stored
        number = MANY
        while not stop.is_set():
            await store(served, wordy_posting(number), at=datetime.now(UTC))
            await run(storing.index_jobs_in_typesense, IndexInput(job_ids=(wordy_posting(number).id,)))
            number, stored = number + 1, stored + 1

    async def rebuild():
        try:
            built = await run(do.build_search_collection, Collection(name=f"{served.alias}_new"))
            since = datetime.now(UTC) - timedelta(hours=2)
            await run(do.swap_search_collection, built.model_copy(update={"since": since}))
            await asyncio.sleep(0.2)
        finally:
            stop.set()

    await asyncio.gather(search(), search(), keep_storing(), rebuild())
    assert len(answers) > 20
    assert stored > MANY, "nothing was stored meanwhile: this test shows nothing"
    collections = {each.name: each for each in await served.index.collections()}
    assert collections[f"{served.alias}_new"].serves
    assert collections[f"{served.alias}_1"].previous
    assert await served.index.count() == stored
    state = await served.index_records.state(datetime.now(UTC))
    assert (state.documents, state.building) == (stored, None)
    # What changed or closed while it was built is as it is now, and a second look finds nothing to mend.
    again = await run(do.reconcile_search_index, ReconcileInput(since=datetime.now(UTC) + timedelta(days=1)))
    assert (again.added, again.removed) == (0, 0)


async def test_what_closes_and_changes_during_a_build_is_so_after_the_swap(served, run, monkeypatch):
    do, storing = IndexActivities(served), StoreActivities(served)
    await run(do.reconcile_search_index, ReconcileInput())
    upsert, times = served.bare.upsert, 0

    async def upsert_then_change(documents, collection=None):
        nonlocal times
        failures = await upsert(documents, collection)
        if collection is not None and times == 0:
            times = 1
            at = datetime.now(UTC)
            rows = await served.postings.known([wordy_posting(1).id])
            await served.postings.save(*close(list(rows.values()), at))
            await store(served, wordy_posting(2, title="Staff Data Engineer"), at=at)
            ids = (wordy_posting(1).id, wordy_posting(2).id)
            await run(storing.index_jobs_in_typesense, IndexInput(job_ids=ids))
        return failures

    monkeypatch.setattr(served.bare, "upsert", upsert_then_change)
    built = await run(do.build_search_collection, Collection(name=f"{served.alias}_new"))
    monkeypatch.undo()
    await run(do.swap_search_collection, built.model_copy(update={"since": datetime.now(UTC) - timedelta(hours=2)}))
    assert times == 1
    assert (await served.index.search(EVERYTHING)).found == MANY - 1
    assert (await served.index.search(SearchQuery(q="staff"))).found == 1


async def test_a_rollback_serves_the_former_collection_and_then_has_what_came_since(served, run):
    do = IndexActivities(served)
    await run(do.reconcile_search_index, ReconcileInput())
    built = await run(do.build_search_collection, Collection(name=f"{served.alias}_new"))
    await run(do.swap_search_collection, built)
    await store(served, wordy_posting(MANY), at=datetime.now(UTC))
    await run(StoreActivities(served).index_jobs_in_typesense, IndexInput(job_ids=(wordy_posting(MANY).id,)))
    assert (await served.index.search(EVERYTHING)).found == MANY + 1
    back = await run(do.roll_back_search_index)
    assert back.name == f"{served.alias}_1"
    assert (await served.index.search(EVERYTHING)).found == MANY
    result = await run(do.reconcile_search_index, ReconcileInput(since=back.since))
    assert result.failed == 0
    assert (await served.index.search(EVERYTHING)).found == MANY + 1


async def correct_title(world, number, title):
    """Another reading of the same page, as a better parser makes it."""
    (row,) = (await world.postings.known([wordy_posting(number).id])).values()
    better, events = correct(row, wordy_posting(number, title=title), datetime.now(UTC))
    await world.postings.save([better], events)


async def test_a_rollback_has_what_a_better_parser_corrected_since(served, run):
    do = IndexActivities(served)
    await run(do.reconcile_search_index, ReconcileInput())
    built = await run(do.build_search_collection, Collection(name=f"{served.alias}_new"))
    await run(do.swap_search_collection, built)
    await correct_title(served, 5, "Lighthouse Keeper")
    await run(StoreActivities(served).index_jobs_in_typesense, IndexInput(job_ids=(wordy_posting(5).id,)))
    back = await run(do.roll_back_search_index)
    assert (await served.index.search(SearchQuery(q="lighthouse"))).found == 0
    await run(do.reconcile_search_index, ReconcileInput(since=back.since))
    assert (await served.index.search(SearchQuery(q="lighthouse"))).found == 1


async def test_what_is_corrected_while_a_collection_is_built_is_so_after_the_swap(served, run, monkeypatch):
    do, storing = IndexActivities(served), StoreActivities(served)
    await run(do.reconcile_search_index, ReconcileInput())
    began = datetime.now(UTC)
    documents, times = do._showing.documents, 0

    async def read_then_corrected(rows):
        """The reader has read; before it sends, another corrects the same posting and has it indexed."""
        nonlocal times
        made = await documents(rows)
        if times == 0:
            times = 1
            await correct_title(served, 5, "Lighthouse Keeper")
            await run(storing.index_jobs_in_typesense, IndexInput(job_ids=(wordy_posting(5).id,)))
        return made

    monkeypatch.setattr(do._showing, "documents", read_then_corrected)
    monkeypatch.setattr("activities.indexing.BATCH", 2 * MANY)
    built = await run(do.build_search_collection, Collection(name=f"{served.alias}_new"))
    monkeypatch.undo()
    await run(do.swap_search_collection, built.model_copy(update={"since": began - timedelta(hours=2)}))
    assert times == 1
    assert (await served.index.search(SearchQuery(q="lighthouse"))).found == 1


async def test_a_build_that_was_killed_leaves_the_old_index_serving_and_the_next_one_clears_up(
    served, run, monkeypatch
):
    do = IndexActivities(served)
    await run(do.reconcile_search_index, ReconcileInput())
    create = served.bare.create

    async def killed(name):
        await create(name)
        raise asyncio.CancelledError

    monkeypatch.setattr(served.bare, "create", killed)
    with pytest.raises(asyncio.CancelledError):
        await run(do.build_search_collection, Collection(name=f"{served.alias}_killed"))
    monkeypatch.undo()
    assert (await served.index.search(EVERYTHING)).found == MANY
    with pytest.raises(InvalidInput) as error:
        await run(do.build_search_collection, Collection(name=f"{served.alias}_other"))
    assert error.value.kind == "rebuild_running"
    # Its own retry goes on, and what it left is gone after the swap.
    built = await run(do.build_search_collection, Collection(name=f"{served.alias}_killed"))
    assert built.documents == MANY
    await served.bare.create(f"{served.alias}_leftover")
    await run(do.swap_search_collection, built)
    names = {each.name for each in await served.index.collections()}
    assert names == {f"{served.alias}_1", f"{served.alias}_killed"}
    await run(do.swap_search_collection, built)
    assert (await served.index.search(EVERYTHING)).found == MANY


async def test_a_build_that_fails_for_good_does_not_keep_the_next_one_waiting(served, run, monkeypatch):
    async def unreachable(name):
        raise Transient("out of reach", where="typesense")

    do = IndexActivities(served)
    monkeypatch.setattr(served.bare, "create", unreachable)
    with pytest.raises(Transient):
        await run(do.build_search_collection, Collection(name=f"{served.alias}_a"), attempt=INDEX_ATTEMPTS)
    monkeypatch.undo()
    await run(do.build_search_collection, Collection(name=f"{served.alias}_b"))


async def test_there_is_no_rollback_before_the_first_rebuild(served, run):
    with pytest.raises(Gone):
        await run(IndexActivities(served).roll_back_search_index)


async def test_a_rollback_that_was_done_and_not_told_is_not_undone_by_its_next_try(world, run, monkeypatch):
    monkeypatch.setattr("activities.indexing.TOLD_WITHIN", 0.01)
    bare = world.index
    world.index = GuardedIndex(bare, world.index_records)
    do, beats = IndexActivities(world), []
    for name in ("jobs_old", "jobs_new"):
        await run(do.swap_search_collection, await run(do.build_search_collection, Collection(name=name)))
    rollback = bare.rollback

    async def killed_behind_it():
        assert beats, "the next try would not know what is to serve"
        await rollback()
        raise asyncio.CancelledError

    monkeypatch.setattr(bare, "rollback", killed_behind_it)
    with pytest.raises(asyncio.CancelledError):
        await run(do.roll_back_search_index, beats=beats)
    monkeypatch.setattr(bare, "rollback", rollback)
    for attempt in (2, 3):
        back = await run(do.roll_back_search_index, attempt=attempt, heartbeat_details=beats[0])
        assert back.name == "jobs_old"
        assert [each.name for each in await bare.collections() if each.serves] == ["jobs_old"]
    # Another run is told nothing, and goes back again.
    assert (await run(do.roll_back_search_index)).name == "jobs_new"


async def test_a_rollback_killed_before_it_moved_anything_is_done_by_its_next_try(world, run, monkeypatch):
    monkeypatch.setattr("activities.indexing.TOLD_WITHIN", 0.01)
    do = IndexActivities(world)
    for name in ("jobs_old", "jobs_new"):
        await run(do.swap_search_collection, await run(do.build_search_collection, Collection(name=name)))
    assert (await run(do.roll_back_search_index, attempt=2, heartbeat_details=("jobs_old",))).name == "jobs_old"
    assert [each.name for each in await world.index.collections() if each.serves] == ["jobs_old"]
    # What was dropped since is not taken for the one that is kept now.
    with pytest.raises(Transient):
        await run(do.roll_back_search_index, attempt=2, heartbeat_details=("jobs_1",))
    assert [each.name for each in await world.index.collections() if each.serves] == ["jobs_old"]


async def test_what_the_index_refused_is_kept_and_tried_again_by_the_next_write(world, run, monkeypatch):
    bare = world.index
    world.index = GuardedIndex(bare, world.index_records)
    await store(world, wordy_posting(1), wordy_posting(2))
    upsert = bare.upsert

    async def refuse(documents, collection=None):
        return [IndexFailure(job_id=document.id, error="bad field") for document in documents]

    monkeypatch.setattr(bare, "upsert", refuse)
    result = await run(StoreActivities(world).index_jobs_in_typesense, IndexInput(job_ids=(wordy_posting(1).id,)))
    assert [problem.kind for problem in result.problems] == ["not_indexed"]
    (kept,) = await world.index_records.failures(10)
    assert (kept.job_id, kept.error, kept.attempts) == (wordy_posting(1).id, "bad field", 1)
    monkeypatch.setattr(bare, "upsert", upsert)
    monkeypatch.setattr("quiethire.domain.index_records.FIRST_WAIT", timedelta(0))
    await run(StoreActivities(world).index_jobs_in_typesense, IndexInput(job_ids=(wordy_posting(2).id,)))
    assert await world.index_records.failures(10) == []
    assert await bare.ids() == {wordy_posting(1).id, wordy_posting(2).id}


async def test_what_an_index_out_of_reach_did_not_take_is_kept_and_reconciled(world, run, monkeypatch):
    bare = world.index
    world.index = GuardedIndex(bare, world.index_records)
    await store(world, wordy_posting(1), at=datetime.now(UTC) - timedelta(days=30))
    await run(IndexActivities(world).reconcile_search_index, ReconcileInput())
    upsert = bare.upsert

    async def unreachable(documents, collection=None):
        raise Transient("out of reach", where="typesense")

    await store(world, wordy_posting(1, title="Staff Engineer"), at=datetime.now(UTC) - timedelta(days=20))
    monkeypatch.setattr(bare, "upsert", unreachable)
    indexing = StoreActivities(world).index_jobs_in_typesense
    for attempt in (1, 2):
        with pytest.raises(Transient):
            await run(indexing, IndexInput(job_ids=(wordy_posting(1).id,)), attempt=attempt)
    assert await world.index_records.count_failures() == 0
    left = await run(indexing, IndexInput(job_ids=(wordy_posting(1).id,)), attempt=3)
    assert (left.indexed, [problem.detail for problem in left.problems]) == (0, ["out of reach"])
    monkeypatch.setattr(bare, "upsert", upsert)
    assert await world.index_records.count_failures() == 1
    result = await run(IndexActivities(world).reconcile_search_index, ReconcileInput())
    assert (result.renewed, await world.index_records.count_failures()) == (1, 0)
    assert (await bare.search(SearchQuery(q="staff"))).found == 1


async def test_what_an_index_without_its_collection_did_not_take_is_kept_at_once(world, run):
    world.index = GuardedIndex(MemoryIndex(), world.index_records)
    await store(world, wordy_posting(1))
    left = await run(StoreActivities(world).index_jobs_in_typesense, IndexInput(job_ids=(wordy_posting(1).id,)))
    assert (left.indexed, [problem.kind for problem in left.problems]) == (0, ["gone"])
    (kept,) = await world.index_records.failures(10)
    assert (kept.job_id, kept.attempts) == (wordy_posting(1).id, 1)
    result = await run(IndexActivities(world).reconcile_search_index, ReconcileInput())
    assert (result.added, await world.index_records.count_failures()) == (1, 0)


@pytest.mark.parametrize(("store_away", "method"), [("alerts", "note"), ("index_records", "failed")])
async def test_what_the_index_did_not_take_and_nobody_could_keep_is_tried_again_however_late(
    world, run, monkeypatch, store_away, method
):
    bare = world.index
    world.index = GuardedIndex(bare, world.index_records)
    await store(world, wordy_posting(1))
    indexing = StoreActivities(world).index_jobs_in_typesense

    async def away(*_, **__):
        raise Transient("out of reach")

    with monkeypatch.context() as patch:
        patch.setattr(bare, "upsert", away)
        patch.setattr(getattr(world, store_away), method, away)
        with pytest.raises(Transient):
            await run(indexing, IndexInput(job_ids=(wordy_posting(1).id,)), attempt=20)
    assert (await run(indexing, IndexInput(job_ids=(wordy_posting(1).id,)), attempt=21)).indexed == 1
    assert await bare.ids() == {wordy_posting(1).id}


async def test_an_index_that_lost_documents_has_them_again_without_waiting_for_the_night(world, run, monkeypatch):
    monkeypatch.setattr("quiethire.storage.guarded_index.STANDSTILL", 0.0)
    bare = world.index
    world.index = GuardedIndex(bare, world.index_records)
    await store(world, *(wordy_posting(number) for number in range(5)))
    check, do = ReconcileInput(if_lost=True), IndexActivities(world)
    # One that nobody ever counted may lack anything; one that has all is let alone.
    assert (await run(do.reconcile_search_index, check)).added == 5
    assert (await run(do.reconcile_search_index, check)).postings == 0
    await bare.delete([wordy_posting(3).id])
    with pytest.raises(Transient):
        await world.index.search(EVERYTHING)
    assert (await run(do.reconcile_search_index, check)).added == 1
    monkeypatch.setattr("quiethire.storage.guarded_index.LOOKED_AT_EVERY", 0.0)
    assert (await world.index.search(EVERYTHING)).found == 5


async def test_a_wiped_index_is_made_anew_by_the_check(world, run, monkeypatch):
    monkeypatch.setattr("quiethire.storage.guarded_index.STANDSTILL", 0.0)
    await store(world, wordy_posting(1))
    do, records = IndexActivities(world), world.index_records
    await run(do.reconcile_search_index, ReconcileInput())
    world.index = GuardedIndex(MemoryIndex(), records)
    assert (await run(IndexActivities(world).reconcile_search_index, ReconcileInput(if_lost=True))).added == 1
    assert await world.index.count() == 1


async def test_a_long_catch_up_before_the_swap_keeps_the_lease(world, run, monkeypatch):
    world.index = GuardedIndex(world.index, world.index_records)
    await store(world, *(wordy_posting(number) for number in range(15)))
    do = IndexActivities(world)
    built = await run(do.build_search_collection, Collection(name="jobs_new"))
    monkeypatch.setattr("activities.indexing.BATCH", 1)
    passed, add, seen = timedelta(0), do._add, []

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + passed

    async def add_in_a_minute(job_ids, collection):
        nonlocal passed
        passed += timedelta(minutes=1)
        seen.append((await world.index_records.state(Clock.now(UTC))).building)
        return await add(job_ids, collection)

    monkeypatch.setattr("activities.indexing.datetime", Clock)
    monkeypatch.setattr("quiethire.storage.guarded_index.datetime", Clock)
    monkeypatch.setattr(do, "_add", add_in_a_minute)
    await run(do.swap_search_collection, built.model_copy(update={"since": NOW}))
    assert seen == ["jobs_new"] * 15
