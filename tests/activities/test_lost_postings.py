"""A store that comes back empty, or as another one: what the index holds is then all that is left, and goes on serving."""

from datetime import UTC, datetime

import pytest
from wordy_postings import wordy_posting

from activities.indexing import FEW, Collection, IndexActivities, ReconcileInput
from quiethire.domain.errors import Permanent
from quiethire.domain.lifecycle import observe
from quiethire.domain.search import SearchDocument

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def fill(world):
    """Show so many postings, and store some of them."""

    async def fill(shown, stored):
        advance = observe({}, [wordy_posting(number) for number in range(shown)], NOW)
        await world.index.upsert([SearchDocument.of(row) for row in advance.rows])
        await world.postings.save(advance.rows[:stored], advance.events[:stored])

    return fill


@pytest.mark.parametrize("stored", [0, FEW])
async def test_reconciling_removes_nothing_until_it_is_told_to(world, run, fill, stored):
    await fill(2 * FEW + 10, stored)
    do = IndexActivities(world)
    with pytest.raises(Permanent, match=r"lacks \d+ of the 210 jobs.*--accept-loss") as told:
        await run(do.reconcile_search_index, ReconcileInput())
    assert told.value.kind == "postings_lost"
    assert await world.index.count() == 2 * FEW + 10
    result = await run(do.reconcile_search_index, ReconcileInput(accept_loss=True))
    assert (result.removed, await world.index.count()) == (2 * FEW + 10 - stored, stored)


async def test_a_rebuild_does_not_take_over_until_it_is_told_to(world, run, fill):
    await fill(2 * FEW, 1)
    do = IndexActivities(world)
    built = await run(do.build_search_collection, Collection(name="jobs_new"))
    with pytest.raises(Permanent, match="lacks 199 of the 200 jobs"):
        await run(do.swap_search_collection, built)
    assert await world.index.count() == 2 * FEW
    await run(do.swap_search_collection, built.model_copy(update={"accept_loss": True}))
    assert await world.index.count() == 1


@pytest.mark.parametrize(("shown", "stored"), [(FEW, 0), (2 * FEW, FEW)])
async def test_a_small_index_and_what_closed_of_late_are_no_loss(world, run, fill, shown, stored):
    await fill(shown, stored)
    result = await run(IndexActivities(world).reconcile_search_index, ReconcileInput())
    assert (result.removed, await world.index.count()) == (shown - stored, stored)
